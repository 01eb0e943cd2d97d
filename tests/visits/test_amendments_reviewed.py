"""An amendment goes along the chain of its plan, as long as the month lasts; of two at once one is told."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask

from app.agenda.rules import TaskState
from app.approvals.queries import review_of
from app.approvals.rules import Move
from app.core import journal, waits
from app.core.db import db
from app.core.errors import NotAllowed, Outdated, Refused
from app.core.ids import new_id
from app.core.journal import By
from app.people.rules import Role
from app.visits.amending import AmendmentState
from app.visits.amendments import (
    begin_amendment,
    discard_amendment,
    drop_in_amendment,
    move_amendment,
    open_amendment,
    write_in_amendment,
)
from app.visits.lapsing import let_plans_lapse
from app.visits.models import Plan, PlanAmendment
from app.visits.plans import propose_plan
from app.visits.sheet import Fate, Typed
from app.visits.terms import Field
from tests.at_once import at_the_same_moment
from tests.builders import NOW, TODAY, a_staff
from tests.visits.amended import LATER, AtWork, at_work
from tests.visits.replayed import as_it_stands

LAST_MINUTE = datetime(2026, 11, 30, 15, 59, tzinfo=UTC)
DECEMBER = datetime(2026, 11, 30, 16, 0, tzinfo=UTC)
"""Where the estate stands the day begins eight hours earlier."""


@pytest.fixture
def work(context: Flask) -> AtWork:
    return at_work()


# --- the chain ---


@pytest.mark.clause("V44")
def test_it_goes_through_the_chain_of_a_plan_and_back_with_a_reason(work: AtWork) -> None:
    work.write(Field.DAY, "29")
    work.hand_in()
    with pytest.raises(NotAllowed):
        work.hand_on(roles=frozenset({Role.SUPERVISOR}))
    work.hand_on(roles=frozenset({Role.MANAGER}))

    work.hand_on(Move.SEND_BACK, roles=frozenset({Role.PROPERTY_MANAGER}))

    assert work.amendment.state is AmendmentState.DRAFT
    assert review_of(work.amendment.id).acts[-1].note == "请说明原因"
    work.write(Field.DAY, "28")
    work.file()
    assert work.task().due_on == date(2026, 11, 28)


def test_under_review_it_is_not_written_in_until_it_is_taken_back(work: AtWork) -> None:
    work.write(Field.DAY, "29")
    work.hand_in()

    for change in (
        lambda: work.write(Field.DAY, "28"),
        lambda: drop_in_amendment(work.amendment, [work.line().id], "原因", **work.more),
        lambda: discard_amendment(work.amendment, **work.more),
        work.hand_in,
    ):
        with pytest.raises(Outdated) as refusal:
            change()
        assert refusal.value.code == "amendment:under_review"

    work.hand_on(Move.TAKE_BACK)
    assert work.write(Field.DAY, "28").fate is Fate.SAVED


def test_thrown_away_it_leaves_the_plan_as_it_is_and_another_can_be_begun(work: AtWork) -> None:
    work.write(Field.DAY, "29")
    before = as_it_stands(work.plan)
    discard_amendment(work.amendment, **work.more)

    assert begin_amendment(work.plan, **work.more).id != work.amendment.id
    assert (as_it_stands(work.plan), work.plan.version) == (before, 1)


def test_a_plan_that_is_not_at_work_or_whose_month_is_over_is_not_amended(work: AtWork) -> None:
    draft = propose_plan(work.estate, "2026-12", today=TODAY, **work.more)
    discard_amendment(work.amendment, **work.more)
    in_december = {"by": By(staff_id=work.supervisor.id), "at": NOW + timedelta(days=10)}

    with pytest.raises(Outdated) as not_at_work:
        begin_amendment(draft, **work.more)
    with pytest.raises(Refused) as over:
        begin_amendment(work.plan, **in_december)

    assert (not_at_work.value.code, over.value.code) == ("plan:not_at_work", "plan:month_over")


# --- two at once ---


def test_of_two_who_begin_an_amendment_one_is_told(app: Flask, work: AtWork) -> None:
    discard_amendment(work.amendment, **work.more)
    db.session.commit()
    plan_id, more = work.plan.id, work.more

    def begin() -> None:
        begin_amendment(db.session.get_one(Plan, plan_id), **more)

    assert at_the_same_moment(app, begin, begin) == ["amendment:begun", "done"]
    assert open_amendment(plan_id) is not None


@pytest.mark.parametrize("_once_more", range(3))
def test_what_a_colleague_writes_at_the_moment_it_is_thrown_away_is_not_lost(
    app: Flask, work: AtWork, _once_more: int
) -> None:
    colleague = a_staff(work.estate, Role.SUPERVISOR).id
    db.session.commit()
    amendment_id, line_id, more = work.amendment.id, work.line().id, work.more
    saw = work.line().terms.value(Field.PURPOSE)

    def discard() -> None:
        discard_amendment(db.session.get_one(PlanAmendment, amendment_id), **more, seen=0)

    def write() -> None:
        one, by = db.session.get_one(PlanAmendment, amendment_id), By(staff_id=colleague)
        write_in_amendment(one, [Typed(line_id, Field.PURPOSE, saw, "甲")], by=by, at=LATER)

    told = at_the_same_moment(app, discard, write)

    assert told in (["done", "plan:worked_in"], ["amendment:discarded", "done"])


def test_of_two_who_write_into_one_cell_the_second_is_told(work: AtWork) -> None:
    seen = work.line().terms.value(Field.PURPOSE)
    work.write(Field.PURPOSE, "甲", seen=seen)

    answer = work.write(Field.PURPOSE, "乙", seen=seen)

    assert (answer.fate, answer.value) == (Fate.OVERTAKEN, "甲")


def test_of_two_who_file_it_one_does(app: Flask, work: AtWork) -> None:
    work.write(Field.DAY, "29")
    work.hand_in()
    work.hand_on()
    work.hand_on()
    db.session.commit()
    amendment_id, more = work.amendment.id, work.more

    def file() -> None:
        one = db.session.get_one(PlanAmendment, amendment_id)
        move_amendment(one, Move.HAND_ON, after=3, roles=frozenset(Role), event_id=new_id(), **more)

    assert at_the_same_moment(app, file, file) == ["done", "review:moved_on"]
    db.session.expire_all()
    assert work.plan.version == 2


def _only_drafted(_work: AtWork) -> None:
    """As it was written."""


@pytest.mark.parametrize(
    ("before", "act"), [(_only_drafted, AtWork.hand_in), (AtWork.hand_in, AtWork.hand_on)], ids=["drafted", "handed in"]
)
def test_a_change_is_neither_handed_in_nor_passed_on_once_its_month_is_over(
    work: AtWork, before: Callable[[AtWork], None], act: Callable[..., None]
) -> None:
    """It would change what was to be done in a month that has been counted."""
    drop_in_amendment(work.amendment, [work.line().id], "业主出国", **work.more)
    before(work)
    db.session.commit()

    with pytest.raises(Refused) as refusal:
        act(work, at=DECEMBER)
    db.session.rollback()

    assert refusal.value.code == "plan:month_over"
    act(work, at=LAST_MINUTE)


@pytest.mark.parametrize("sent_back", [False, True])
def test_a_change_that_was_not_filed_in_its_month_waits_for_nobody_once_it_is_over(
    work: AtWork, *, sent_back: bool
) -> None:
    drop_in_amendment(work.amendment, [work.line().id], "业主出国", **work.more)
    work.hand_in()
    if sent_back:
        work.hand_on(Move.SEND_BACK)
    state = work.amendment.state

    lapsed = [let_plans_lapse(at) for at in (LAST_MINUTE, DECEMBER, DECEMBER)]
    db.session.commit()

    assert lapsed == [0, 1, 0]
    assert (waits.on(work.amendment.id), work.amendment.state) == ([], state)
    assert journal.history(work.amendment.id)[-1].kind == "plan_amendment:lapsed"
    assert work.task().state is TaskState.DUE
