"""What can happen to a change of a plan at work: every row taken, all else refused, its history telling its state."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from flask import Flask

from app.approvals.queries import review_of
from app.approvals.rules import Move
from app.core import journal
from app.core.db import db
from app.core.errors import Outdated
from app.core.ids import new_id
from app.core.journal import By
from app.people.rules import Role
from app.visits.amending import AMENDMENT_STEPS, AmendmentMove, AmendmentState, amendment_step
from app.visits.amendments import (
    begin_amendment,
    discard_amendment,
    drop_in_amendment,
    move_amendment,
    submit_amendment,
)
from app.visits.models import PlanAmendment
from app.visits.plans import propose_plan
from tests.builders import NOW, TODAY, a_home, a_staff, an_estate, put_to_work
from tests.visits.replayed import as_it_stands, replayed


@dataclass(frozen=True)
class Desk:
    """A change of a plan of four homes, and one person who does everything with it."""

    by: By
    amendment: PlanAmendment

    @property
    def more(self) -> dict[str, object]:
        return {"by": self.by, "at": NOW}

    def write(self) -> None:
        """Take one more home out of the plan."""
        wanted = sorted(self.amendment.plan.lines, key=lambda line: line.id)
        for line in wanted:
            if drop_in_amendment(self.amendment, [line.id], "业主出国", **self.more):
                return

    def move(self, move: Move) -> None:
        review = review_of(self.amendment.id)
        seen, roles = len(review.acts) if review else 0, frozenset(Role)
        move_amendment(self.amendment, move, after=seen, roles=roles, event_id=new_id(), note="请再核对", **self.more)

    def file(self) -> None:
        """Every stage from here on."""
        self.move(Move.HAND_ON)
        while self.amendment.state is AmendmentState.UNDER_REVIEW:
            self.move(Move.HAND_ON)


ACTS: dict[str, tuple[AmendmentMove, Callable[[Desk], object]]] = {
    "write": (AmendmentMove.WRITE, Desk.write),
    "hand in": (AmendmentMove.SUBMIT, lambda desk: submit_amendment(desk.amendment, event_id=new_id(), **desk.more)),
    "send back": (AmendmentMove.GIVE_BACK, lambda desk: desk.move(Move.SEND_BACK)),
    "take back": (AmendmentMove.GIVE_BACK, lambda desk: desk.move(Move.TAKE_BACK)),
    "file": (AmendmentMove.FILE, Desk.file),
    "throw away": (AmendmentMove.DISCARD, lambda desk: discard_amendment(desk.amendment, **desk.more)),
}
WAYS = {
    "drawn up": (AmendmentState.DRAFT, ["write"]),
    "sent back": (AmendmentState.DRAFT, ["write", "hand in", "send back"]),
    "handed in": (AmendmentState.UNDER_REVIEW, ["write", "hand in"]),
    "filed": (AmendmentState.FILED, ["write", "hand in", "file"]),
    "thrown away": (AmendmentState.DISCARDED, ["write", "throw away"]),
    "thrown away after it was sent back": (AmendmentState.DISCARDED, ["write", "hand in", "send back", "throw away"]),
}
LEADS_TO = {
    "plan_amendment:begun": AmendmentState.DRAFT,
    "plan_amendment:submit": AmendmentState.UNDER_REVIEW,
    "plan_amendment:send_back": AmendmentState.DRAFT,
    "plan_amendment:take_back": AmendmentState.DRAFT,
    "plan_amendment:file": AmendmentState.FILED,
    "plan_amendment:discarded": AmendmentState.DISCARDED,
}
"""What the journal's kinds say of where a change stands; all others leave it where it is."""


@pytest.fixture
def desk(context: Flask) -> Desk:
    estate = an_estate()
    by = By(a_staff(estate, Role.SUPERVISOR, name="孙丽华").id)
    a_staff(estate, Role.OFFICER, name="李敏")
    for _home in range(4):
        a_home(estate)
    db.session.flush()
    plan = propose_plan(estate, f"{TODAY:%Y-%m}", today=TODAY, by=by, at=NOW)
    put_to_work(plan, by=by, at=NOW)
    amendment = begin_amendment(plan, by=by, at=NOW)
    db.session.commit()
    return Desk(by, amendment)


def told(amendment: PlanAmendment) -> AmendmentState:
    """Its history replayed."""
    return [LEADS_TO[line.kind] for line in journal.history(amendment.id) if line.kind in LEADS_TO][-1]


def test_every_row_of_the_table_lies_on_one_of_these_ways() -> None:
    tried = {amendment_step(state, move) for state, _way in WAYS.values() for move, _act in ACTS.values()}

    assert tried - {None} == set(AMENDMENT_STEPS)


@pytest.mark.clause("V44")
@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.any_database
def test_every_row_is_taken_and_everything_else_is_refused(desk: Desk, way: str, act: str) -> None:
    state, steps = WAYS[way]
    for step in steps:
        ACTS[step][1](desk)
        db.session.commit()
    assert desk.amendment.state is told(desk.amendment) is state
    lines, stood = len(journal.history(desk.amendment.id)), as_it_stands(desk.amendment.plan)
    move, run = ACTS[act]
    row = amendment_step(state, move)

    if row is None:
        with pytest.raises(Outdated):
            run(desk)
        db.session.rollback()
        assert len(journal.history(desk.amendment.id)) == lines
    else:
        run(desk)
        db.session.commit()

    assert desk.amendment.state is told(desk.amendment) is (row.after if row else state)
    changes_the_plan = row is not None and row.after is AmendmentState.FILED
    assert (as_it_stands(desk.amendment.plan) != stood) is changes_the_plan, "only filed it changes the plan"
    assert replayed(desk.amendment.plan) == as_it_stands(desk.amendment.plan)
