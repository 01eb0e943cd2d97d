"""What can happen to a month's plan, as a table: every row taken, all else refused, its history telling its state."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from flask import Flask

from app.approvals.queries import review_of
from app.approvals.rules import Move
from app.core import journal
from app.core.db import db
from app.core.errors import Outdated, Refused
from app.core.ids import new_id
from app.core.journal import By
from app.estates.models import Estate, Unit
from app.people.models import Staff
from app.people.rules import Role
from app.visits.amendments import begin_amendment
from app.visits.models import Plan
from app.visits.plans import drop_lines, give_lines, move_plan, propose_plan, submit_plan
from app.visits.rules import PlanState
from app.visits.sheet import Typed, add_homes, write_cells
from app.visits.terms import Field
from tests.builders import NOW, TODAY, a_home, a_staff, an_estate
from tests.visits.replayed import as_it_stands, replayed


@dataclass(frozen=True)
class Desk:
    """A plan of two homes, a third home outside it, and one person who does everything with it."""

    estate: Estate
    by: By
    colleague: Staff
    plan: Plan
    outside: Unit

    @property
    def more(self) -> dict[str, object]:
        return {"by": self.by, "at": NOW}

    def move(self, move: Move) -> None:
        review = review_of(self.plan.id)
        seen, roles = len(review.acts) if review else 0, frozenset(Role)
        move_plan(self.plan, move, after=seen, roles=roles, event_id=new_id(), note="请再核对", **self.more)


def _write(desk: Desk) -> None:
    line = desk.plan.lines[0]
    write_cells(desk.plan, [Typed(line.id, Field.PURPOSE, line.purpose, "年前走访")], **desk.more)


def _file(desk: Desk) -> None:
    """Every stage from here on."""
    desk.move(Move.HAND_ON)
    while desk.plan.state is PlanState.UNDER_REVIEW:
        desk.move(Move.HAND_ON)


ACTS: dict[str, Callable[[Desk], object]] = {
    "propose anew": lambda desk: propose_plan(desk.estate, desk.plan.month, today=TODAY, **desk.more),
    "write": _write,
    "give": lambda desk: give_lines(desk.plan, [line.id for line in desk.plan.lines], desk.colleague.id, **desk.more),
    "take out": lambda desk: drop_lines(desk.plan, [desk.plan.lines[0].id], **desk.more),
    "put in": lambda desk: add_homes(desk.plan, [desk.outside], **desk.more),
    "hand in": lambda desk: submit_plan(desk.plan, event_id=new_id(), **desk.more),
    "pass on": lambda desk: desk.move(Move.HAND_ON),
    "send back": lambda desk: desk.move(Move.SEND_BACK),
    "take back": lambda desk: desk.move(Move.TAKE_BACK),
    "file": _file,
    "amend": lambda desk: begin_amendment(desk.plan, **desk.more),
}
DRAFT, UNDER_REVIEW, ACTIVE = PlanState.DRAFT, PlanState.UNDER_REVIEW, PlanState.ACTIVE
TABLE = {
    (DRAFT, "propose anew"): DRAFT,
    (DRAFT, "write"): DRAFT,
    (DRAFT, "give"): DRAFT,
    (DRAFT, "take out"): DRAFT,
    (DRAFT, "put in"): DRAFT,
    (DRAFT, "hand in"): UNDER_REVIEW,
    (UNDER_REVIEW, "pass on"): UNDER_REVIEW,
    (UNDER_REVIEW, "send back"): DRAFT,
    (UNDER_REVIEW, "take back"): DRAFT,
    (UNDER_REVIEW, "file"): ACTIVE,
    (ACTIVE, "amend"): ACTIVE,
}
WAYS = {
    "drafted": (DRAFT, []),
    "sent back": (DRAFT, ["hand in", "pass on", "send back"]),
    "taken back": (DRAFT, ["hand in", "take back"]),
    "handed in": (UNDER_REVIEW, ["hand in"]),
    "handed in anew": (UNDER_REVIEW, ["hand in", "send back", "write", "hand in"]),
    "at work": (ACTIVE, ["hand in", "file"]),
}
LEADS_TO = {
    "plan:proposed": DRAFT,
    "plan:submit": UNDER_REVIEW,
    "plan:send_back": DRAFT,
    "plan:take_back": DRAFT,
    "plan:put_to_work": ACTIVE,
}
"""What the journal's kinds say of where a plan stands; all others leave it where it is."""


@pytest.fixture
def desk(context: Flask) -> Desk:
    estate = an_estate()
    by = By(a_staff(estate, Role.SUPERVISOR, name="孙丽华").id)
    a_staff(estate, Role.OFFICER, name="李敏")
    for _home in range(2):
        a_home(estate)
    db.session.flush()
    plan = propose_plan(estate, f"{TODAY:%Y-%m}", today=TODAY, by=by, at=NOW)
    outside, colleague = a_home(estate), a_staff(estate, Role.OFFICER, name="张伟")
    db.session.commit()
    return Desk(estate, by, colleague, plan, outside)


def told(plan: Plan) -> PlanState:
    """Its history replayed."""
    states = [LEADS_TO[line.kind] for line in journal.history(plan.id) if line.kind in LEADS_TO]
    return states[-1]


def test_every_state_is_reached_by_a_row_and_no_row_leaves_a_plan_at_work() -> None:
    assert {DRAFT, *TABLE.values()} == set(PlanState)
    assert {after for (before, _act), after in TABLE.items() if before is ACTIVE} == {ACTIVE}
    assert {state for state, _way in WAYS.values()} == set(PlanState)


@pytest.mark.clause("V44")
@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.any_database
def test_every_row_is_taken_and_everything_else_is_refused(desk: Desk, way: str, act: str) -> None:
    state, steps = WAYS[way]
    for step in steps:
        ACTS[step](desk)
    db.session.commit()
    assert desk.plan.state is told(desk.plan) is state
    before, lines = as_it_stands(desk.plan), len(journal.history(desk.plan.id))

    if (state, act) in TABLE:
        ACTS[act](desk)
        db.session.commit()
    else:
        with pytest.raises((Outdated, Refused)):
            ACTS[act](desk)
        db.session.rollback()
        assert (as_it_stands(desk.plan), len(journal.history(desk.plan.id))) == (before, lines)

    assert desk.plan.state is told(desk.plan) is TABLE.get((state, act), state)
    assert replayed(desk.plan) == as_it_stands(desk.plan)
