"""A plan at work is amended: what may change, and what becomes of it while visits go on."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from app.agenda.actions import adjust
from app.agenda.models import Task
from app.agenda.rules import TaskState
from app.approvals.rules import Move
from app.core import waits
from app.core.db import db
from app.core.errors import Refused
from app.core.ids import new_id
from app.estates.models import Unit
from app.estates.rules import Occupancy
from app.visits.amending import (
    ALLOWED,
    AMENDMENT_STEPS,
    AmendmentMove,
    AmendmentState,
    Came,
    Change,
    Standing,
    amendment_step,
    change_from,
)
from app.visits.amendments import (
    add_to_amendment,
    begin_amendment,
    discard_amendment,
    drop_in_amendment,
    give_in_amendment,
    leave_as_it_was,
)
from app.visits.progress import taken_out_late
from app.visits.rules import Method
from app.visits.sheet import Fate
from app.visits.terms import Field, Terms
from app.visits.versions import changes_in, lines_of_amendment, versions_of
from tests.builders import NOW, TODAY, a_planned_visit
from tests.visits.amended import AtWork, a_new_home, at_work, came, kinds
from tests.visits.replayed import as_it_stands, replayed


@pytest.fixture
def work(context: Flask) -> AtWork:
    return at_work()


# --- the rules ---


@pytest.mark.parametrize("state", AmendmentState)
@pytest.mark.parametrize("move", AmendmentMove)
def test_a_move_is_a_row_or_refused(state: AmendmentState, move: AmendmentMove) -> None:
    after = {
        (AmendmentState.DRAFT, AmendmentMove.WRITE): AmendmentState.DRAFT,
        (AmendmentState.DRAFT, AmendmentMove.SUBMIT): AmendmentState.UNDER_REVIEW,
        (AmendmentState.DRAFT, AmendmentMove.DISCARD): AmendmentState.DISCARDED,
        (AmendmentState.UNDER_REVIEW, AmendmentMove.GIVE_BACK): AmendmentState.DRAFT,
        (AmendmentState.UNDER_REVIEW, AmendmentMove.FILE): AmendmentState.FILED,
    }.get((state, move))

    row = amendment_step(state, move)

    assert (row.after if row else None) == after


def test_every_state_is_reached_and_only_the_ends_are_not_left() -> None:
    reached = {row.after for row in AMENDMENT_STEPS}

    assert reached == set(AmendmentState)
    assert set(AmendmentState) - {row.before for row in AMENDMENT_STEPS} == {
        AmendmentState.FILED,
        AmendmentState.DISCARDED,
    }


@pytest.mark.parametrize("standing", Standing)
@pytest.mark.parametrize("change", Change)
def test_only_what_is_still_due_changes_and_only_what_is_absent_is_added(standing: Standing, change: Change) -> None:
    wanted = standing is (Standing.ABSENT if change is Change.ADDED else Standing.DUE)

    assert ((standing, change) in ALLOWED) == wanted


def test_a_change_is_read_from_what_was_and_what_becomes() -> None:
    one = Terms(new_id(), TODAY)
    other = one.having(Field.PURPOSE, "复查")

    assert change_from(one, other) is Change.CHANGED
    assert change_from(None, one) is Change.ADDED
    assert change_from(one, None) is Change.DROPPED
    assert change_from(one, Terms(one.officer_id, TODAY)) is change_from(None, None) is None


# --- drawing up ---


@pytest.mark.clause("V44")
def test_while_an_amendment_is_under_way_the_plan_at_work_goes_on(work: AtWork) -> None:
    before = (work.line().terms, work.task().assignee_id, work.task().due_on)
    work.write(Field.OFFICER, "张伟" if before[1] == work.officers[0].id else "李敏")
    work.write(Field.DAY, "29")
    work.hand_in()
    work.hand_on()
    db.session.commit()

    assert (work.line().terms, work.task().assignee_id, work.task().due_on) == before
    assert (work.plan.version, versions_of(work.plan)) == (1, [])


@pytest.mark.clause("V44")
@pytest.mark.clause("P53")
def test_filed_it_is_the_next_version_and_tasks_change_with_it(work: AtWork) -> None:
    """One changes hands and day, one goes, one comes; each once, with what it was and what it became."""
    new, other = a_new_home(work), next(one for one in work.officers if one.id != work.line().officer_id)
    changed, gone = work.task(0), work.task(1)
    work.write(Field.OFFICER, other.name)
    work.write(Field.DAY, "29")
    work.write(Field.PURPOSE, "渗水复查")
    work.write(Field.METHOD, "电话")
    drop_in_amendment(work.amendment, [work.line(1).id], "业主出国，下月再去", **work.more)
    add_to_amendment(work.amendment, [new], **work.more)
    out, kept = work.line(1).unit_id, work.line(0)

    work.file()

    assert (changed.state, changed.assignee_id, changed.due_on) == (TaskState.DUE, other.id, date(2026, 11, 29))
    assert (kept.terms.purpose, kept.method) == ("渗水复查", Method.PHONE)
    assert gone.state is TaskState.CANCELLED
    [made] = db.session.scalars(sa.select(Task).where(Task.unit_id == new.id))
    assert (made.state, made.plan_id) == (TaskState.DUE, work.plan.id)
    assert {line.unit_id for line in work.plan.lines} == {kept.unit_id, work.line(1).unit_id, new.id}
    assert out not in {line.unit_id for line in work.plan.lines}
    assert (work.plan.version, [one.version for one in versions_of(work.plan)]) == (2, [2])
    told = {one.unit.id: (one.change, one.fields) for one in changes_in(work.amendment)}
    assert told == {
        kept.unit_id: (Change.CHANGED, [Field.OFFICER, Field.DAY, Field.PURPOSE, Field.METHOD]),
        out: (Change.DROPPED, []),
        new.id: (Change.ADDED, []),
    }
    assert "task:changed" in kinds(changed.id)
    assert kinds(work.plan.id)[-1] == "plan:amended"


@pytest.mark.parametrize(("days_over", "late"), [(0, 0), (1, 1)])
def test_a_home_taken_out_when_its_day_was_over_stays_among_those_that_were_to_be_visited(
    work: AtWork, days_over: int, late: int
) -> None:
    line_id, day = work.line(1).id, date(2026, 11, 25)
    work.write(Field.DAY, "25", 1)
    work.file()
    taken_out = replace(work, amendment=begin_amendment(work.plan, **work.more))
    drop_in_amendment(taken_out.amendment, [line_id], "业主出国", **work.more)

    taken_out.file(at=NOW + timedelta(days=(day - TODAY).days + days_over))

    assert len(work.plan.lines) == 2
    assert taken_out_late(work.plan, "Asia/Shanghai") == late
    if late:
        unit = db.session.scalars(
            sa.select(Unit).where(Unit.id.not_in([line.unit_id for line in work.plan.lines]))
        ).one()
        again = begin_amendment(work.plan, **work.more)
        add_to_amendment(again, [unit], **work.more)
        replace(work, amendment=again).file(at=NOW + timedelta(days=1))
        assert taken_out_late(work.plan, "Asia/Shanghai") == 0


@pytest.mark.parametrize(("days_over", "late"), [(0, 0), (1, 1)])
def test_a_home_that_missed_its_day_stays_among_those_although_it_got_another_day_before_it_was_taken_out(
    work: AtWork, days_over: int, late: int
) -> None:
    line_id, day = work.line().id, date(2026, 11, 25)
    work.write(Field.DAY, "25")
    work.file()
    its_day = NOW + timedelta(days=(day - TODAY).days + days_over)

    another_day = replace(work, amendment=begin_amendment(work.plan, **work.more))
    another_day.write(Field.DAY, "29")
    another_day.file(at=its_day)
    taken_out = replace(work, amendment=begin_amendment(work.plan, **work.more))
    drop_in_amendment(taken_out.amendment, [line_id], "业主出国", **work.more)
    taken_out.file(at=its_day)

    assert line_id not in {line.id for line in work.plan.lines}
    assert taken_out_late(work.plan, "Asia/Shanghai") == late


def test_what_was_visited_meanwhile_falls_away_and_the_rest_is_filed(work: AtWork) -> None:
    new = a_new_home(work)
    for number in (0, 2):
        work.write(Field.DAY, "29", number)
    drop_in_amendment(work.amendment, [work.line(1).id], "业主出国", **work.more)
    add_to_amendment(work.amendment, [new], **work.more)
    new.occupancy = Occupancy.VACANT
    done, dropped = work.task(0), work.task(1)
    stood = work.line(0).terms
    work.visited(0)
    work.visited(1)

    work.file()

    lines = {line.unit_id: line for line in work.plan.lines}
    assert len(lines) == 3
    assert (done.state, dropped.state) == (TaskState.DONE, TaskState.DONE)
    assert lines[done.unit_id].terms == stood, "what was done never changes"
    assert came(work) == {
        done.unit_id: Came.FELL_AWAY,
        dropped.unit_id: Came.FELL_AWAY,
        new.id: Came.FELL_AWAY,
        work.line(2).unit_id: Came.TAKEN,
    }


def test_a_visit_that_was_held_is_not_written_about_and_says_so(work: AtWork) -> None:
    work.visited(0)

    answer = work.write(Field.DAY, "29")

    assert answer.fate is Fate.REFUSED
    assert "不再更改" in str(answer.message)
    assert drop_in_amendment(work.amendment, [work.line().id], "不去了", **work.more) == 0
    assert len(lines_of_amendment(work.amendment)) == 2


def test_a_change_written_before_the_visit_is_shown_as_falling_away(work: AtWork) -> None:
    work.write(Field.DAY, "29")
    work.visited(0)

    [changed] = changes_in(work.amendment)

    assert (changed.fell_away, changed.fell) == (True, Standing.DONE)


def test_written_back_to_what_it_was_nothing_is_to_change(work: AtWork) -> None:
    before = work.line().due_on
    work.write(Field.DAY, "29")
    work.write(Field.DAY, before.isoformat())

    assert changes_in(work.amendment) == []
    with pytest.raises(Refused) as refusal:
        work.hand_in()
    assert refusal.value.code == "amendment:empty"


def test_a_day_that_is_over_can_be_written_back_but_not_chosen(work: AtWork) -> None:
    overdue = work.line()
    overdue.due_on = TODAY - timedelta(days=3)
    db.session.flush()

    later = work.write(Field.DAY, "29")
    back = work.write(Field.DAY, overdue.due_on.isoformat())
    other = work.write(Field.DAY, (TODAY - timedelta(days=2)).isoformat())

    assert (later.fate, back.fate, other.fate) == (Fate.SAVED, Fate.SAVED, Fate.REFUSED)
    assert changes_in(work.amendment) == []


def test_what_was_to_change_can_be_let_go_of(work: AtWork) -> None:
    new = a_new_home(work)
    work.write(Field.DAY, "29")
    drop_in_amendment(work.amendment, [work.line(1).id], "误写", **work.more)
    add_to_amendment(work.amendment, [new], **work.more)
    ids = [changed.row.line_id for changed in changes_in(work.amendment)]

    assert leave_as_it_was(work.amendment, ids, **work.more) == 3

    assert changes_in(work.amendment) == []
    add_to_amendment(work.amendment, [new], **work.more)
    assert [changed.change for changed in changes_in(work.amendment)] == [Change.ADDED]


def test_homes_are_given_over_in_bulk(work: AtWork) -> None:
    ids, second = [line.id for line in work.plan.lines], work.officers[1]
    to_change = sum(line.officer_id != second.id for line in work.plan.lines)

    assert give_in_amendment(work.amendment, ids, second.id, **work.more) == to_change
    work.file()

    assert {line.officer_id for line in work.plan.lines} == {second.id}
    assert {work.task(number).assignee_id for number in range(3)} == {second.id}


def test_what_the_executive_adjusted_meanwhile_stays_where_the_version_says_nothing_of_it(work: AtWork) -> None:
    task, other = work.task(), next(one for one in work.officers if one.id != work.line().officer_id)
    adjust(task, assignee_id=other.id, due_on=date(2026, 11, 28), reason="业主要求", **work.more)
    work.write(Field.PURPOSE, "渗水复查")

    work.file()

    assert (work.task().assignee_id, work.task().due_on) == (other.id, date(2026, 11, 28))
    assert work.line().purpose == "渗水复查"


def test_a_day_that_is_over_when_the_version_is_filed_is_not_taken(work: AtWork) -> None:
    work.write(Field.DAY, "25")
    before = work.task().due_on

    work.file(at=datetime(2026, 11, 26, 3, 0, tzinfo=UTC))

    assert [one.came for one in work.amendment.lines] == [Came.FELL_AWAY]
    assert work.task().due_on == before


def test_thrown_away_after_it_was_sent_back_it_waits_for_nobody(work: AtWork) -> None:
    work.write(Field.DAY, "29")
    work.hand_in()
    work.hand_on(Move.SEND_BACK)
    db.session.commit()

    discard_amendment(work.amendment, **work.more)
    db.session.commit()

    assert waits.on(work.amendment.id) == []


def test_homes_are_not_taken_out_without_a_reason(work: AtWork) -> None:
    with pytest.raises(Refused) as refusal:
        drop_in_amendment(work.amendment, [work.line().id], "  ", **work.more)

    assert refusal.value.code == "amendment:reason_missing"


def test_an_added_home_takes_the_place_of_a_visit_that_was_due_there_before(work: AtWork) -> None:
    new = a_new_home(work)
    older = a_planned_visit(new, work.officers[0])
    add_to_amendment(work.amendment, [new], **work.more)

    work.file()

    states = {task.id: task.state for task in db.session.scalars(sa.select(Task).where(Task.unit_id == new.id))}
    assert states.pop(older.id) is TaskState.CANCELLED
    assert list(states.values()) == [TaskState.DUE]


def test_what_was_dropped_can_come_back_with_a_later_version(work: AtWork) -> None:
    unit = work.line().unit
    drop_in_amendment(work.amendment, [work.line().id], "业主出国", **work.more)
    work.file()
    again = begin_amendment(work.plan, **work.more)
    add_to_amendment(again, [unit], **work.more)
    second = AtWork(work.estate, work.supervisor, work.officers, work.plan, again)
    second.file()

    assert [one.version for one in versions_of(work.plan)] == [3, 2]
    assert unit.id in {line.unit_id for line in work.plan.lines}
    assert replayed(work.plan) == as_it_stands(work.plan)


def test_the_journal_replayed_is_the_plan_as_it_stands(work: AtWork) -> None:
    new = a_new_home(work)
    work.write(Field.PURPOSE, "年前走访")
    work.write(Field.TIME, "14:30")
    drop_in_amendment(work.amendment, [work.line(1).id], "业主出国", **work.more)
    work.write(Field.DAY, "29", 2)
    add_to_amendment(work.amendment, [new], **work.more)
    work.visited(2)
    work.file()

    assert replayed(work.plan) == as_it_stands(work.plan)
