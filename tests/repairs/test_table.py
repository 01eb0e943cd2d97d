"""The table of a work order's moves: every row is taken, everything else is refused, and only an owner closes."""

import os
import uuid
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.agenda.queries import due_about
from app.core import waits
from app.core.db import db
from app.core.errors import NotAllowed, Outdated
from app.core.ids import new_id
from app.core.journal import By
from app.issues.rules import Answer, HowAnswered
from app.people.rules import Role
from app.repairs.actions import make_move
from app.repairs.models import WorkOrder
from app.repairs.moving import CALLBACK_KINDS
from app.repairs.rules import ENDED, STEPS, Move, State, Step, closes, moves_open_to, step
from tests.builders import NOW, TODAY, an_owner
from tests.issues.conftest import so_many
from tests.repairs.conftest import Yard, kinds, replayed

WALKS = max(60, int(os.environ.get("WALKS", "0")))
"""How many walks are taken; a night takes many."""
ANSWERS = {Move.OWNER_SATISFIED, Move.OWNER_DISSATISFIED}
WAITING = {State.REPORTED, State.DISPATCHED, State.FINISHED, State.REWORK}


def named(value: object) -> str:
    return getattr(value, "value", str(value))


# --- the table itself ---


def test_no_two_rows_say_different_things_about_one_move() -> None:
    assert len({(row.before, row.move) for row in STEPS}) == len(STEPS)


def test_every_state_can_be_reached_and_left_but_for_the_first_and_the_ends() -> None:
    assert reached_from(State.REPORTED, STEPS) == set(State)
    assert {row.before for row in STEPS} >= set(State) - ENDED
    assert {row.move for row in STEPS if row.before in ENDED} == {Move.OWNER_OBJECTS}


@pytest.mark.clause("R22")
def test_without_an_owners_answer_no_way_leads_to_closed() -> None:
    """Whatever departments, the desk, other systems and jobs do, and in whatever order."""
    assert State.CLOSED not in reached_from(State.REPORTED, [row for row in STEPS if not row.by_owner])
    assert {row.move for row in STEPS if row.after is State.CLOSED} == {Move.OWNER_SATISFIED}


def test_no_move_of_a_department_ends_an_order_and_only_the_executive_ends_one_unsatisfied() -> None:
    departments = {Role.DEPARTMENT_MANAGER, Role.HANDLER}

    assert {row.after for row in STEPS if row.roles & departments} & ENDED == set()
    assert {row.roles for row in STEPS if row.after is State.CLOSED_UNSATISFIED} == {frozenset({Role.EXECUTIVE})}


@pytest.mark.parametrize(
    ("state", "roles", "moves"),
    [
        (State.REPORTED, {Role.FRONT_DESK}, [Move.DISPATCH]),
        (State.REPORTED, {Role.HANDLER}, []),
        (State.DISPATCHED, {Role.HANDLER}, [Move.ARRIVE, Move.FINISH]),
        (State.DISPATCHED, {Role.MANAGER}, [Move.TRANSFER]),
        (State.REWORK, {Role.DEPARTMENT_MANAGER}, [Move.ARRIVE, Move.FINISH]),
        # Nobody is offered a button for what only the owner says at the callback.
        (State.FINISHED, set(Role), [Move.CLOSE_UNSATISFIED]),
        (State.CLOSED, {Role.FRONT_DESK}, [Move.OWNER_OBJECTS]),
        (State.CLOSED, {Role.HANDLER, Role.EXECUTIVE}, []),
        (State.CLOSED_UNSATISFIED, {Role.SUPERVISOR}, [Move.OWNER_OBJECTS]),
        (State.CLOSED_UNSATISFIED, {Role.EXECUTIVE, Role.HANDLER}, []),
    ],
)
def test_the_buttons_follow_from_the_table(state: State, roles: set[Role], moves: list[Move]) -> None:
    assert moves_open_to(frozenset(roles), state) == moves


@pytest.mark.clause("R22")
@pytest.mark.parametrize(
    ("how", "at_first", "after_rework"),
    [
        (HowAnswered.SIGNED, True, True),
        (HowAnswered.MARK, True, True),
        (HowAnswered.WITNESSED, True, True),
        (HowAnswered.PHONE, True, False),
        (HowAnswered.COUNTER, True, False),
        (HowAnswered.PROXY, True, False),
        (HowAnswered.TOLD, False, False),
    ],
)
def test_after_rework_only_a_signature_or_a_witnessed_answer_closes(
    how: HowAnswered, at_first: bool, after_rework: bool
) -> None:
    assert (closes(how, 1), closes(how, 2), closes(how, 5)) == (at_first, after_rework, after_rework)


def reached_from(start: State, rows: object) -> set[State]:
    seen, next_ones = {start}, {start}
    while next_ones:
        next_ones = {row.after for row in rows if row.before in next_ones} - seen
        seen |= next_ones
    return seen


# --- the table in use ---


@pytest.mark.parametrize("row", STEPS, ids=lambda row: f"{row.before.value}-{row.move.value}")
def test_each_row_is_taken_once_with_its_journal_line(yard: Yard, row: Step) -> None:
    order, event = yard.an_order(row.before), new_id()
    told = kinds(order)

    moved, again = yard.take(order, row.move, event), yard.take(order, row.move, event)
    db.session.commit()

    assert (moved, again) == (True, False)
    assert order.state is row.after
    assert kinds(order) == [*told, row.move.value]
    assert replayed(order) == (order.state, order.round)
    assert len(waits.on(order.id)) == (order.state in WAITING)


@pytest.mark.parametrize("state", State, ids=named)
@pytest.mark.any_database
def test_every_other_move_is_refused_and_changes_nothing(yard: Yard, state: State) -> None:
    order = yard.an_order(state)
    before, told = facts(order), kinds(order)

    for move in Move:
        if step(state, move) is None and move not in ANSWERS:
            with pytest.raises(Outdated) as refusal:
                yard.take(order, move)
            db.session.rollback()

            assert refusal.value.code == "order:not_open_to_this"
            assert (facts(order), kinds(order)) == (before, told), move


@pytest.mark.parametrize("state", State, ids=named)
@pytest.mark.any_database
def test_an_answer_that_cannot_move_an_order_is_kept_all_the_same(yard: Yard, state: State) -> None:
    order = yard.an_order(state)

    for move in ANSWERS:
        objects = move is Move.OWNER_DISSATISFIED and state in ENDED
        if step(state, move) is None and not objects:
            told, answers = kinds(order), len(order.answers)

            moved = yard.take(order, move)
            db.session.commit()

            assert not moved
            assert (order.state, kinds(order)) == (state, [*told, "order:answer_kept"])
            assert len(order.answers) == answers + 1


@pytest.mark.clause("R22")
@pytest.mark.parametrize("state", State, ids=named)
@pytest.mark.any_database
def test_nobody_closes_an_order_by_a_bare_move(yard: Yard, state: State) -> None:
    """Not a department, not the desk, not another system: closing takes an answer kept with how it was given."""
    order = yard.an_order(state)

    for move in Move:
        for actor in (By(staff_id=yard.worker.id), By(staff_id=yard.desk.id), By()):
            with suppress(Outdated, NotAllowed):
                make_move(order, move, event_id=new_id(), by=actor, at=NOW)
            assert (order.state is State.CLOSED) == (state is State.CLOSED), (move, actor)
            db.session.rollback()


@so_many(WALKS)
@given(
    walked=st.lists(
        st.tuples(
            st.sampled_from([*Move, Move.FINISH, Move.FINISH, Move.DISPATCH, Move.OWNER_DISSATISFIED]),
            st.sampled_from(HowAnswered),
            st.booleans(),
        ),
        max_size=16,
    )
)
def test_whatever_is_tried_in_whatever_order_the_history_tells_the_state(
    yard: Yard, walked: list[tuple[Move, HowAnswered, bool]]
) -> None:
    order, seller = yard.an_order(), somebody_who_sold(yard)
    for move, how, by_seller in walked:
        with suppress(Outdated), db.session.begin_nested():
            if move in ANSWERS:
                satisfied = Answer.SATISFIED if move is Move.OWNER_SATISFIED else Answer.DISSATISFIED
                moved = yard.owner_says(order, satisfied, how, person_id=seller if by_seller else None)
                assert not (moved and by_seller), "who has sold moves nothing"
            else:
                yard.take(order, move)
    db.session.commit()

    last = next((said for said in reversed(order.answers) if said.moved), None)
    due = [task for kind in CALLBACK_KINDS.values() for task in due_about(order.id, kind)]
    assert replayed(order) == (order.state, order.round)
    assert len(waits.on(order.id)) == (order.state in WAITING)
    if order.state is State.CLOSED:
        assert last is not None
        assert last.answer is Answer.SATISFIED
        assert closes(last.how, last.round)
    if order.state is State.FINISHED:
        assert [task.round for task in due if task.round == order.round] == [order.round]


@so_many(60)
@given(moves=st.lists(st.sampled_from([move for move in Move if move not in ANSWERS]), max_size=20))
@pytest.mark.clause("R22")
def test_no_walk_without_an_owners_answer_ever_closes(yard: Yard, moves: list[Move]) -> None:
    order = yard.an_order()
    for move in moves:
        with suppress(Outdated), db.session.begin_nested():
            yard.take(order, move)

        assert order.state is not State.CLOSED, moves


def somebody_who_sold(yard: Yard) -> uuid.UUID:
    """Somebody who owned the home until before the walk began."""
    sold = an_owner(yard.unit, "旧业主")
    next(one for one in yard.unit.ownerships if one.person_id == sold.id).until = TODAY
    db.session.commit()
    return sold.id


def facts(order: WorkOrder) -> dict[str, object]:
    """Every column of an order as it stands in the database."""
    db.session.expire(order)
    return {column.key: getattr(order, column.key) for column in WorkOrder.__table__.columns}
