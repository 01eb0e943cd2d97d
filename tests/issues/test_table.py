"""The table of an issue's moves: every row is taken, everything else is refused, and only an owner closes."""

from contextlib import suppress

import pytest

from app.core.db import db
from app.core.errors import NotAllowed, Outdated
from app.core.ids import new_id
from app.core.journal import By
from app.issues.actions import make_move
from app.issues.models import Issue
from app.issues.rules import STEPS, Move, State, moves_open_to, step
from app.people.rules import Role
from tests.builders import NOW, TODAY
from tests.issues.conftest import Ground, kinds, replayed

OWNERS = {Move.OWNER_SATISFIED, Move.OWNER_DISSATISFIED}


def named(value: object) -> str:
    return getattr(value, "value", str(value))


# --- the table itself ---


def test_no_two_rows_say_different_things_about_one_move() -> None:
    assert len({(row.before, row.move) for row in STEPS}) == len(STEPS)


def test_every_state_but_the_first_can_be_reached_and_every_state_but_the_last_can_be_left() -> None:
    assert {row.after for row in STEPS} == set(State) - {State.RECORDED}
    assert {row.before for row in STEPS} == set(State) - {State.CLOSED}


def test_every_state_lies_on_a_way_from_recorded_to_closed() -> None:
    ways = {(row.before, row.after) for row in STEPS}

    assert reached_from(State.RECORDED, ways) == set(State)
    assert reached_from(State.CLOSED, {(after, before) for before, after in ways}) == set(State)


@pytest.mark.clause("R13")
@pytest.mark.clause("R40")
def test_without_an_owners_answer_no_way_leads_to_closed() -> None:
    """Whatever departments, officers and jobs do, and in whatever order."""
    ways = {(row.before, row.after) for row in STEPS if not row.by_owner}

    assert State.CLOSED not in reached_from(State.RECORDED, ways)
    assert not {after for _before, after in ways} & {State.CLOSED}


def test_the_owners_moves_are_an_owners_answers() -> None:
    assert {row.move for row in STEPS if row.by_owner} == OWNERS
    assert not {row.move for row in STEPS if not row.by_owner} & OWNERS


def test_somebody_may_take_every_row() -> None:
    assert [row for row in STEPS if not row.roles] == []


@pytest.mark.parametrize(
    ("state", "roles", "moves"),
    [
        (State.REPORTED, {Role.SUPERVISOR}, [Move.ROUTE, Move.CLASSIFY]),
        (State.REPORTED, {Role.OFFICER}, []),
        (State.ROUTED, {Role.SUPERVISOR}, [Move.CLASSIFY, Move.TRANSFER]),
        (State.ROUTED, {Role.DEPARTMENT_MANAGER}, [Move.ACCEPT]),
        (State.ROUTED, {Role.HANDLER}, []),
        (State.ACCEPTED, {Role.HANDLER}, [Move.RECTIFY]),
        (State.ACCEPTED, {Role.OFFICER, Role.DEPARTMENT_MANAGER}, [Move.RECTIFY]),
        # Nobody is offered a button for what only the owner says.
        (State.RECTIFIED, set(Role), []),
        (State.CLOSED, set(Role), []),
    ],
)
def test_the_buttons_follow_from_the_table(state: State, roles: set[Role], moves: list[Move]) -> None:
    assert moves_open_to(frozenset(roles), state) == moves


def reached_from(start: State, ways: set[tuple[State, State]]) -> set[State]:
    seen, next_ones = {start}, {start}
    while next_ones:
        next_ones = {after for before, after in ways if before in next_ones} - seen
        seen |= next_ones
    return seen


# --- the table in use ---


@pytest.mark.parametrize("state", State, ids=named)
def test_each_row_is_taken_with_its_journal_line(ground: Ground, state: State) -> None:
    for row in STEPS:
        if row.before is not state:
            continue
        issue = ground.an_issue(state)
        told = kinds(issue)

        moved = ground.take(issue, row.move)
        db.session.commit()

        assert moved, row
        assert issue.state is row.after, row
        assert kinds(issue) == [*told, row.move.value]
        assert replayed(issue) == (issue.state, issue.round)


@pytest.mark.parametrize("state", State, ids=named)
def test_every_other_move_is_refused_and_changes_nothing(ground: Ground, state: State) -> None:
    issue = ground.an_issue(state)
    before, told = facts(issue), kinds(issue)

    for move in Move:
        if step(state, move) is None and move not in OWNERS:
            with pytest.raises(Outdated) as refusal:
                ground.take(issue, move)
            db.session.rollback()

            assert refusal.value.code == "issue:not_open_to_this"
            assert facts(issue) == before, move
            assert kinds(issue) == told, move


@pytest.mark.parametrize("state", State, ids=named)
def test_an_owners_answer_that_cannot_move_an_issue_is_kept_all_the_same(ground: Ground, state: State) -> None:
    issue = ground.an_issue(state)

    for move in OWNERS:
        if step(state, move) is None:
            told, answers = kinds(issue), len(issue.answers)

            moved = ground.take(issue, move)
            db.session.commit()

            assert not moved
            assert issue.state is state
            assert kinds(issue) == [*told, "issue:answer_kept"]
            assert len(issue.answers) == answers + 1


@pytest.mark.parametrize("state", State, ids=named)
@pytest.mark.clause("R13")
def test_nobody_closes_an_issue_by_a_bare_move(ground: Ground, state: State) -> None:
    """Not a department, not an officer, not a job: closing takes an answer that is kept with how it was given."""
    issue = ground.an_issue(state)
    issue.due_on = TODAY  # what an acceptance would have brought along
    db.session.commit()

    for move in Move:
        for actor in (By(staff_id=ground.manager.id), By(staff_id=ground.officer.id), By()):
            with suppress(Outdated, NotAllowed):
                make_move(issue, move, event_id=new_id(), by=actor, at=NOW)
            assert (issue.state is State.CLOSED) == (state is State.CLOSED), (move, actor)
            db.session.rollback()


@pytest.mark.parametrize("move", sorted(OWNERS, key=named), ids=named)
def test_an_owners_answer_made_up_as_a_bare_move_is_refused(ground: Ground, move: Move) -> None:
    issue = ground.an_issue(State.RECTIFIED)

    with pytest.raises(NotAllowed) as refusal:
        make_move(issue, move, event_id=new_id(), by=By(staff_id=ground.officer.id), at=NOW)
    db.session.rollback()

    assert refusal.value.code == "issue:only_the_owner"
    assert issue.state is State.RECTIFIED


def facts(issue: Issue) -> dict[str, object]:
    """Every column of an issue as it stands in the database."""
    db.session.expire(issue)
    return {column.key: getattr(issue, column.key) for column in Issue.__table__.columns}
