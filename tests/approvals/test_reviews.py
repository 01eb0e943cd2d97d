"""A paper on its way: every row is taken, everything else is refused, and what is kept can be replayed."""

import uuid
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from flask import Flask

from app.approvals.actions import MEND, WAITS, make_move, submit
from app.approvals.models import Review, ReviewAct
from app.approvals.queries import review_of
from app.approvals.rules import AT_A_STAGE, STEPS, Duty, Move, Paper, Stage, State, step
from app.core import journal, waits
from app.core.db import db
from app.core.errors import NotAllowed, Outdated, Refused
from app.core.ids import new_id
from app.core.journal import By
from app.estates.models import Estate
from app.people.rules import Role
from tests.at_once import at_the_same_moment
from tests.builders import NOW, a_staff, an_estate

ALL_ROLES = frozenset(Role)


class Desk:
    """An estate, and one person who does everything with one paper."""

    def __init__(self) -> None:
        self.estate = an_estate()
        self.by = By(a_staff(self.estate, Role.SUPERVISOR, name="孙丽华").id)
        self.paper = new_id()

    @property
    def review(self) -> Review:
        found = review_of(self.paper)
        assert found is not None
        return found

    def submit(self, **wanted: object) -> bool:
        more = {"event_id": new_id(), "by": self.by, "at": NOW} | wanted
        return submit(Paper.PLAN, self.paper, self.estate, **more)

    def move(self, move: Move, **wanted: object) -> bool:
        more = {"after": len(self.review.acts), "roles": ALL_ROLES, "event_id": new_id(), "by": self.by, "at": NOW}
        return make_move(self.review, move, **(more | {"note": "请再看一遍"} | wanted))

    def take(self, move: Move) -> bool:
        return self.submit() if move is Move.SUBMIT else self.move(move)

    def waits_for(self) -> list[tuple[str, str | None]]:
        return [(wait.what, wait.role) for wait in waits.on(self.paper)]


@pytest.fixture
def desk(context: Flask) -> Desk:
    return Desk()


WAYS: dict[tuple[State, bool], list[Move]] = {
    (State.DRAFT, False): [Move.SUBMIT, Move.TAKE_BACK],
    (State.RUNNING, False): [Move.SUBMIT],
    (State.RUNNING, True): [Move.SUBMIT, Move.HAND_ON, Move.HAND_ON],
    (State.SENT_BACK, False): [Move.SUBMIT, Move.SEND_BACK],
    (State.COMPLETE, False): [Move.SUBMIT, Move.HAND_ON, Move.HAND_ON, Move.HAND_ON],
}
"""A way to each state (and whether it is the last stage) from a paper that was never handed in."""


def test_there_is_a_way_to_every_state() -> None:
    assert {state for state, _last in WAYS} == set(State)


@pytest.mark.clause("V44")
@pytest.mark.parametrize("move", Move)
@pytest.mark.parametrize(("state", "last"), WAYS)
def test_every_row_is_taken_and_everything_else_is_refused(desk: Desk, state: State, last: bool, move: Move) -> None:
    for way in WAYS[state, last]:
        desk.take(way)
    assert desk.review.state is state
    row, acts = step(state, move, last=last), len(desk.review.acts)

    if row is None:
        with pytest.raises(Outdated):
            desk.take(move)
        assert (desk.review.state, len(desk.review.acts)) == (state, acts)
        return
    assert desk.take(move)
    assert (desk.review.state, len(desk.review.acts)) == (row.after, acts + 1)


def test_every_row_of_the_table_lies_on_one_of_these_ways() -> None:
    tried = {step(state, move, last=last) for state, last in WAYS for move in Move}

    assert tried - {None} == set(STEPS)


def replayed(acts: list[ReviewAct], stages: int) -> tuple[State, int]:
    """State and stages passed, from what people did."""
    state, passed = State.DRAFT, 0
    for act in acts:
        row = step(state, act.move, last=passed + 1 == stages)
        assert row is not None
        state = row.after
        passed = 0 if act.move is Move.SUBMIT else passed + (act.move is Move.HAND_ON)
    return state, passed


def test_what_people_did_replayed_gives_where_the_paper_stands(desk: Desk) -> None:
    moves = ["submit", "hand_on", "send_back", "submit", "take_back", "submit", "hand_on", "hand_on", "hand_on"]

    for move in moves:
        desk.take(Move(move))
        assert replayed(desk.review.acts, 3) == (desk.review.state, desk.review.passed)

    assert [act.move.value for act in desk.review.acts] == moves
    assert [act.round for act in desk.review.acts] == [1, 1, 1, 2, 2, 3, 3, 3, 3]
    db.session.commit()
    assert [line.kind for line in journal.history(desk.paper)] == [
        *("plan:submit", "plan:review", "plan:send_back", "plan:submit", "plan:take_back"),
        *("plan:submit", "plan:review", "plan:approve", "plan:file"),
    ]


@pytest.mark.clause("V44")
def test_it_waits_for_one_after_the_other(desk: Desk) -> None:
    waited = []
    for move in (Move.SUBMIT, Move.HAND_ON, Move.HAND_ON, Move.SEND_BACK, Move.SUBMIT, Move.TAKE_BACK):
        desk.take(move)
        waited.append(desk.waits_for())

    manager, property_manager = (WAITS[Duty.REVIEW], "manager"), (WAITS[Duty.APPROVE], "property_manager")
    filed, mend = (WAITS[Duty.FILE], "supervisor"), (MEND, "supervisor")
    assert waited == [[manager], [property_manager], [filed], [mend], [manager], []]


@pytest.mark.parametrize("move", sorted(AT_A_STAGE, key=lambda move: move.value))
def test_a_stage_is_only_for_who_holds_it(desk: Desk, move: Move) -> None:
    desk.submit()

    with pytest.raises(NotAllowed) as refusal:
        desk.move(move, roles=ALL_ROLES - {Role.MANAGER})

    assert refusal.value.code == "review:not_yours"
    assert (desk.review.passed, len(desk.review.acts)) == (0, 1)


def test_nothing_goes_back_without_a_reason(desk: Desk) -> None:
    desk.submit()

    with pytest.raises(Refused) as refusal:
        desk.move(Move.SEND_BACK, note="  ")

    assert refusal.value.code == "review:reason_missing"
    assert desk.review.state is State.RUNNING


def test_an_act_that_is_sent_twice_happens_once(desk: Desk) -> None:
    first, second = new_id(), new_id()

    assert [desk.submit(event_id=first), desk.submit(event_id=first)] == [True, False]
    assert [desk.move(Move.HAND_ON, event_id=second), desk.move(Move.HAND_ON, event_id=second)] == [True, False]

    assert len(desk.review.acts) == 2


def test_who_has_not_seen_the_last_act_is_told(desk: Desk) -> None:
    desk.submit()
    desk.move(Move.TAKE_BACK)
    desk.submit()

    with pytest.raises(Outdated) as refusal:
        desk.move(Move.HAND_ON, after=1)

    assert refusal.value.code == "review:moved_on"
    assert (desk.review.state, desk.review.passed) == (State.RUNNING, 0)


def test_a_running_review_ends_by_the_chain_it_began_with(desk: Desk) -> None:
    desk.submit()
    short = [Stage(Duty.APPROVE, Role.EXECUTIVE, 5).plain()]
    desk.estate.settings = {**desk.estate.settings, "chains": {"plan": short}}
    db.session.flush()

    for _stage in range(3):
        assert desk.review.state is State.RUNNING
        desk.move(Move.HAND_ON)

    assert desk.review.state is State.COMPLETE
    desk.paper = new_id()
    desk.submit()
    assert desk.waits_for() == [(WAITS[Duty.APPROVE], "executive")]


@pytest.mark.parametrize("other", [Move.HAND_ON, Move.SEND_BACK, Move.TAKE_BACK])
def test_of_two_at_once_one_wins(app: Flask, desk: Desk, other: Move) -> None:
    desk.submit()
    db.session.commit()
    paper, estate_id, by = desk.paper, desk.estate.id, desk.by

    def act(move: Move) -> Callable[[], object]:
        def run() -> object:
            assert db.session.get(Estate, estate_id)
            review = review_of(paper)
            assert review is not None
            more = {"after": 1, "roles": ALL_ROLES, "event_id": new_id(), "by": by, "at": NOW, "note": "不行"}
            return make_move(review, move, **more)

        return run

    assert at_the_same_moment(app, act(Move.HAND_ON), act(other)) == ["done", "review:moved_on"]
    db.session.rollback()
    assert db.session.scalar(sa.select(sa.func.count()).select_from(ReviewAct)) == 2


@pytest.mark.parametrize("move", [Move.HAND_ON, Move.SEND_BACK, Move.TAKE_BACK])
def test_a_form_that_is_sent_twice_at_one_moment_says_to_nobody_that_another_was_faster(
    app: Flask, desk: Desk, move: Move
) -> None:
    desk.submit()
    db.session.commit()
    paper, more = desk.paper, {"event_id": new_id(), "by": desk.by, "at": NOW, "note": "请再看一遍"}

    def act() -> object:
        review = review_of(paper)
        assert review is not None
        return make_move(review, move, after=1, roles=ALL_ROLES, **more)

    assert at_the_same_moment(app, act, act, act) == ["done", "done", "done"]
    db.session.rollback()
    assert [one.move for one in desk.review.acts] == [Move.SUBMIT, move]


def test_a_paper_that_nobody_handed_in_has_no_review(context: Flask) -> None:
    assert review_of(uuid.uuid4()) is None


def test_the_days_of_a_stage_are_days_of_the_estates_calendar(desk: Desk) -> None:
    """Where clocks are put back at night, that day has 25 hours."""
    desk.estate.time_zone = "Europe/Berlin"

    desk.submit(at=datetime(2026, 10, 24, 8, tzinfo=UTC))

    assert [wait.due_at for wait in waits.on(desk.paper)] == [datetime(2026, 10, 27, 9, tzinfo=UTC)]
