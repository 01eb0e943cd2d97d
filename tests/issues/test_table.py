"""The table of an issue's moves: every row is taken, everything else is refused, and only an owner closes.

What nobody owns, noticed on an inspection, only the supervisor ends, and that is never "closed".
"""

from contextlib import suppress

import pytest

from app.core.db import db
from app.core.errors import NotAllowed, Outdated
from app.core.ids import new_id
from app.core.journal import By
from app.issues.actions import make_move
from app.issues.models import Issue
from app.issues.rules import CLOSED_MEANWHILE, ENDED, MOVE_OF_ANSWER, STEPS, Move, State, Step, moves_open_to, step
from app.people.rules import Role
from tests.builders import NOW, TODAY
from tests.issues.conftest import Ground, kinds, replayed

OWNERS = set(MOVE_OF_ANSWER.values())
CALLED_BACK = {Move.OWNER_SATISFIED, Move.OWNER_DISSATISFIED}
"""The answers that a tablet brings, and that are kept whatever has become of the issue."""
GOES_BACK_TO_WORK = {Move.OWNER_OBJECTED, Move.UNMERGE}
"""Moves to `reported` from where the issue goes on to its department at once."""
SUPERVISORS = {Move.VERIFY, Move.SEND_BACK}
_ONLY_OWNED = {
    State.ANSWERED,
    State.MERGED,
    State.EXPLAINED,
    State.CLOSED,
    State.CARRIED_OVER,
    State.CLOSED_UNSATISFIED,
}
STANDINGS = [
    (state, owned)
    for owned in (True, False)
    for state in State
    if not (owned and state is State.VERIFIED)
    if owned or state not in _ONLY_OWNED
]
"""Every state that an issue with an owner, or one without, can be in."""


def named(value: object) -> str:
    return getattr(value, "value", str(value))


# --- the table itself ---


def test_no_two_rows_say_different_things_about_one_move() -> None:
    assert len({(row.before, row.move) for row in STEPS}) == len(STEPS)


def test_every_state_but_the_first_can_be_reached_and_every_state_but_one_can_be_left() -> None:
    """What the supervisor verified is over for good; every other end has a way back."""
    assert {row.after for row in STEPS} == set(State) - {State.RECORDED}
    assert {row.before for row in STEPS} == set(State) - {State.VERIFIED}


@pytest.mark.parametrize(("owned", "end"), [(True, State.CLOSED), (False, State.VERIFIED)])
def test_every_state_lies_on_a_way_from_recorded_to_the_end_that_is_meant(owned: bool, end: State) -> None:
    ways = ways_of(owned)

    states = {state for state, whose in STANDINGS if whose is owned}
    assert reached_from(State.RECORDED, ways) == states
    assert reached_from(end, {(after, before) for before, after in ways}) == states


@pytest.mark.clause("R03")
def test_what_an_owner_raised_is_never_verified_and_what_nobody_owns_never_answered_by_an_owner() -> None:
    assert State.VERIFIED not in reached_from(State.RECORDED, ways_of(True))
    assert State.CLOSED not in reached_from(State.RECORDED, ways_of(False))
    assert {row.move for row in STEPS if row.owned is False} == SUPERVISORS
    assert {row.owned for row in STEPS if row.by_owner} == {True}
    assert [step(state, move, owned=True) for state in State for move in SUPERVISORS] == [None] * 2 * len(State)
    assert [step(state, move, owned=False) for state in State for move in OWNERS] == [None] * len(OWNERS) * len(State)


@pytest.mark.clause("R40")
def test_no_move_of_a_department_ends_an_issue_with_or_without_an_owner() -> None:
    departments = {Role.DEPARTMENT_MANAGER, Role.HANDLER}

    assert {row.after for row in STEPS if row.roles & departments} & ENDED == set()
    assert {row.roles for row in STEPS if row.after is State.VERIFIED} == {frozenset({Role.SUPERVISOR})}


def test_every_other_end_has_its_own_guard() -> None:
    """Carried over: only by the owner's own agreement. Closed without satisfaction: only by the executive."""
    into = [row for row in STEPS if row.after in ENDED and row.before not in ENDED]

    assert {row.after for row in into if row.by_owner} == {State.CLOSED, State.CARRIED_OVER}
    assert {row.after for row in into if not row.by_owner} == {State.VERIFIED, State.CLOSED_UNSATISFIED}
    assert {row.roles for row in into if row.after is State.CLOSED_UNSATISFIED} == {frozenset({Role.EXECUTIVE})}


def test_what_has_ended_is_opened_by_its_owner_or_by_the_years_review() -> None:
    out = [row for row in STEPS if row.before in ENDED and row.after not in ENDED]

    assert {row.move for row in out if row.before is not State.CARRIED_OVER} == {Move.OWNER_OBJECTED}
    by_all = {Move.OWNER_OBJECTED, Move.ROUTE, Move.REFUSE}
    assert {row.move for row in out if row.before is State.CARRIED_OVER} == by_all


def ways_of(owned: bool) -> set[tuple[State, State]]:
    """From where to where the rows lead that there are for an issue with an owner, or for one without."""
    return {(row.before, row.after) for row in STEPS if row.owned in (None, owned)}


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
        (State.REPORTED, {Role.SUPERVISOR}, [Move.ROUTE, Move.CLASSIFY, Move.CANNOT, Move.MERGE]),
        (State.REPORTED, {Role.OFFICER}, []),
        (State.ROUTED, {Role.SUPERVISOR}, [Move.CLASSIFY, Move.TRANSFER, Move.CANNOT, Move.MERGE]),
        (State.ROUTED, {Role.DEPARTMENT_MANAGER}, [Move.ACCEPT, Move.DISPUTE, Move.CANNOT]),
        (State.DISPUTED, {Role.SUPERVISOR, Role.DEPARTMENT_MANAGER}, []),
        (State.DISPUTED, {Role.MANAGER}, [Move.DECIDE_LIABILITY]),
        (State.ACCEPTED, {Role.DEPARTMENT_MANAGER}, [Move.RECTIFY, Move.ASK_TO_DEFER, Move.CANNOT]),
        (State.DEFERRED, {Role.DEPARTMENT_MANAGER}, [Move.RECTIFY]),
        (State.DEFERRED, {Role.SUPERVISOR}, [Move.DEFER, Move.KEEP_DATE, Move.CANNOT, Move.MERGE]),
        (State.MERGED, set(Role) - {Role.EXECUTIVE}, [Move.UNMERGE]),
        (State.CARRIED_OVER, {Role.EXECUTIVE}, [Move.CARRY_ON, Move.REFUSE]),
        (State.ROUTED, {Role.HANDLER}, []),
        (State.ACCEPTED, {Role.HANDLER}, [Move.RECTIFY]),
        (State.ACCEPTED, {Role.OFFICER, Role.HANDLER}, [Move.RECTIFY]),
        # Nobody is offered a button for what only the owner says.
        (State.RECTIFIED, set(Role) - {Role.EXECUTIVE}, []),
        (State.RECTIFIED, {Role.EXECUTIVE}, [Move.CLOSE_UNSATISFIED]),
        (State.CLOSED, set(Role), []),
    ],
)
def test_the_buttons_follow_from_the_table(state: State, roles: set[Role], moves: list[Move]) -> None:
    assert moves_open_to(frozenset(roles), state) == moves


@pytest.mark.parametrize(
    ("state", "roles", "moves"),
    [
        (State.RECTIFIED, {Role.SUPERVISOR}, [Move.VERIFY, Move.SEND_BACK]),
        (State.RECTIFIED, set(Role) - {Role.SUPERVISOR}, []),
        (State.ACCEPTED, {Role.HANDLER}, [Move.RECTIFY]),
        (State.RECORDED, {Role.OFFICER}, [Move.ROUTE, Move.REPORT]),
        (State.VERIFIED, set(Role), []),
    ],
)
def test_the_buttons_of_what_nobody_owns_follow_from_the_table(
    state: State, roles: set[Role], moves: list[Move]
) -> None:
    assert moves_open_to(frozenset(roles), state, owned=False) == moves


def reached_from(start: State, ways: set[tuple[State, State]]) -> set[State]:
    seen, next_ones = {start}, {start}
    while next_ones:
        next_ones = {after for before, after in ways if before in next_ones} - seen
        seen |= next_ones
    return seen


# --- the table in use ---


@pytest.mark.parametrize(("state", "owned"), STANDINGS, ids=named)
def test_each_row_is_taken_with_its_journal_line(ground: Ground, state: State, owned: bool) -> None:
    for row in STEPS:
        if row.before is not state or row.owned not in (None, owned):
            continue
        issue = ground.an_issue(state, owned=owned)
        told = kinds(issue)

        moved = ground.take(issue, row.move)
        db.session.commit()

        back_to_work = row.move in GOES_BACK_TO_WORK
        assert moved, row
        assert issue.state is (State.ROUTED if back_to_work else row.after), row
        assert kinds(issue) == [*told, row.move.value, *(["issue:routed"] if back_to_work else [])]
        assert replayed(issue) == (issue.state, issue.round)


@pytest.mark.parametrize(("state", "owned"), STANDINGS, ids=named)
@pytest.mark.any_database
def test_every_other_move_is_refused_and_changes_nothing(ground: Ground, state: State, owned: bool) -> None:
    issue = ground.an_issue(state, owned=owned)
    before, told = facts(issue), kinds(issue)

    for move in Move:
        if step(state, move, owned=owned) is None and move not in CALLED_BACK:
            with pytest.raises(Outdated) as refusal:
                ground.take(issue, move)
            db.session.rollback()

            assert refusal.value.code == "issue:not_open_to_this"
            assert facts(issue) == before, move
            assert kinds(issue) == told, move


@pytest.mark.parametrize("state", [state for state, owned in STANDINGS if not owned], ids=named)
@pytest.mark.any_database
def test_an_owners_answer_on_what_nobody_owns_is_refused(ground: Ground, state: State) -> None:
    issue = ground.an_issue(state, owned=False)
    before, told = facts(issue), kinds(issue)

    for move in CALLED_BACK:
        with pytest.raises(NotAllowed) as refusal:
            ground.take(issue, move)
        db.session.rollback()

        assert refusal.value.code == "issue:no_owner"
        assert (facts(issue), kinds(issue), issue.answers) == (before, told, [])


@pytest.mark.parametrize("state", [state for state, owned in STANDINGS if owned], ids=named)
@pytest.mark.any_database
def test_an_owners_answer_that_cannot_move_an_issue_is_kept_all_the_same(ground: Ground, state: State) -> None:
    issue = ground.an_issue(state)

    for move in CALLED_BACK:
        objects = move is Move.OWNER_DISSATISFIED and state in CLOSED_MEANWHILE
        if step(state, move) is None and not objects:
            told, answers = kinds(issue), len(issue.answers)

            moved = ground.take(issue, move)
            db.session.commit()

            assert not moved
            assert issue.state is state
            assert kinds(issue) == [*told, "issue:answer_kept"]
            assert len(issue.answers) == answers + 1


@pytest.mark.parametrize(("state", "owned"), STANDINGS, ids=named)
@pytest.mark.clause("R13")
@pytest.mark.any_database
def test_nobody_closes_an_issue_by_a_bare_move(ground: Ground, state: State, owned: bool) -> None:
    """Not a department, not an officer, not a job: closing takes an answer that is kept with how it was given."""
    issue = ground.an_issue(state, owned=owned)
    issue.due_on = TODAY  # what an acceptance would have brought along
    db.session.commit()

    for move in Move:
        for actor in (By(staff_id=ground.manager.id), By(staff_id=ground.officer.id), By()):
            with suppress(Outdated, NotAllowed):
                make_move(issue, move, event_id=new_id(), by=actor, at=NOW)
            assert (issue.state is State.CLOSED) == (state is State.CLOSED), (move, actor)
            db.session.rollback()


@pytest.mark.parametrize("move", sorted(OWNERS, key=named), ids=named)
@pytest.mark.any_database
def test_an_owners_answer_made_up_as_a_bare_move_is_refused(ground: Ground, move: Move) -> None:
    before = next(row.before for row in STEPS[::-1] if row.move is move)
    issue = ground.an_issue(before)

    with pytest.raises(NotAllowed) as refusal:
        make_move(issue, move, event_id=new_id(), by=By(staff_id=ground.officer.id), at=NOW)
    db.session.rollback()

    assert refusal.value.code == "issue:only_the_owner"
    assert issue.state is before


@pytest.mark.parametrize("row", [row for row in STEPS if row.together], ids=lambda row: row.move.value)
@pytest.mark.any_database
def test_what_happens_only_with_the_work_is_refused_as_a_bare_move(ground: Ground, row: Step) -> None:
    issue = ground.an_issue(row.before)

    with pytest.raises(NotAllowed) as refusal:
        make_move(issue, row.move, event_id=new_id(), by=By(staff_id=ground.manager.id), at=NOW)

    assert refusal.value.code == "issue:only_together"
    assert issue.state is row.before


def facts(issue: Issue) -> dict[str, object]:
    """Every column of an issue as it stands in the database."""
    db.session.expire(issue)
    return {column.key: getattr(issue, column.key) for column in Issue.__table__.columns}
