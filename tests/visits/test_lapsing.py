"""A plan that nobody filed in its month: it is not filed afterwards, and waits for nobody."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from app.agenda.models import Task
from app.approvals.queries import review_of
from app.approvals.rules import Move
from app.core import journal, waits
from app.core.db import db
from app.core.errors import Refused
from app.core.ids import new_id
from app.core.journal import By
from app.estates.models import Estate
from app.people.models import Staff
from app.people.rules import Role
from app.visits.lapsing import let_plans_lapse
from app.visits.models import Plan
from app.visits.plans import move_plan, planned_too_early, propose_plan, submit_plan
from tests.builders import NOW, TODAY, a_home, a_staff, an_estate

LAST_MINUTE = datetime(2026, 11, 30, 15, 59, tzinfo=UTC)
DECEMBER = datetime(2026, 11, 30, 16, 0, tzinfo=UTC)
"""Where the estate stands the day begins eight hours earlier."""


@dataclass(frozen=True)
class Late:
    """November's plan, drafted."""

    estate: Estate
    supervisor: Staff
    plan: Plan

    def hand_in(self, at: datetime = NOW) -> None:
        submit_plan(self.plan, event_id=new_id(), by=By(self.supervisor.id), at=at)

    def move(self, move: Move, at: datetime = NOW) -> None:
        seen, roles = len(review_of(self.plan.id).acts), frozenset(Role)
        said = {"by": By(self.supervisor.id), "at": at, "note": "请按楼栋重排"}
        move_plan(self.plan, move, after=seen, roles=roles, event_id=new_id(), **said)


@pytest.fixture
def late(context: Flask) -> Late:
    estate = an_estate()
    supervisor, _officer = a_staff(estate, Role.SUPERVISOR), a_staff(estate, Role.OFFICER)
    a_home(estate)
    db.session.flush()
    plan = propose_plan(estate, "2026-11", today=TODAY, by=By(supervisor.id), at=NOW)
    return Late(estate, supervisor, plan)


def _under_review(late: Late) -> None:
    late.hand_in()
    late.move(Move.HAND_ON)


def _sent_back(late: Late) -> None:
    late.hand_in()
    late.move(Move.SEND_BACK)


@pytest.mark.parametrize(
    ("before", "act"),
    [(lambda _late: None, Late.hand_in), (_under_review, lambda late, at: late.move(Move.HAND_ON, at))],
)
def test_a_plan_is_neither_handed_in_nor_passed_on_once_its_month_is_over(
    late: Late, before: Callable[[Late], None], act: Callable[[Late, datetime], None]
) -> None:
    before(late)
    db.session.commit()

    with pytest.raises(Refused) as refusal:
        act(late, DECEMBER)
    db.session.rollback()

    assert refusal.value.code == "plan:month_over"
    assert db.session.scalars(sa.select(Task)).all() == []
    act(late, LAST_MINUTE)


def test_a_plan_is_not_handed_in_with_a_day_that_is_over(late: Late) -> None:
    [line] = late.plan.lines
    line.due_on = TODAY - timedelta(days=1)
    db.session.commit()

    with pytest.raises(Refused) as refusal:
        late.hand_in()
    db.session.rollback()
    early = planned_too_early(late.plan, TODAY)
    line.due_on = TODAY
    late.hand_in()

    assert refusal.value.code == "plan:days_over"
    assert early == [line]


@pytest.mark.parametrize("before", [_under_review, _sent_back])
def test_a_plan_that_was_not_filed_in_its_month_waits_for_nobody_once_it_is_over(
    late: Late, before: Callable[[Late], None]
) -> None:
    before(late)
    state = late.plan.state

    lapsed = [let_plans_lapse(at) for at in (LAST_MINUTE, DECEMBER, DECEMBER)]

    assert lapsed == [0, 1, 0]
    assert (waits.on(late.plan.id), late.plan.state) == ([], state)
    db.session.commit()
    assert journal.history(late.plan.id)[-1].kind == "plan:lapsed"
