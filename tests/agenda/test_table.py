"""What can happen to a task, as a table: every row taken, everything else refused, its history telling its state."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.agenda.actions import adjust, cancel, change, settle
from app.agenda.models import Task
from app.agenda.rules import TaskState
from app.core import journal
from app.core.db import db
from app.core.ids import new_id
from app.people.rules import Role
from tests.builders import NOBODY, NOW, TODAY, a_home, a_planned_visit, a_staff, an_estate

MORE = {"by": NOBODY, "at": NOW}
LATER = TODAY + timedelta(days=9)

ACTS: dict[str, Callable[[Task], bool]] = {
    "settle": lambda task: settle(task, new_id(), **MORE),
    "cancel": lambda task: cancel(task, reason="业主出国", **MORE),
    "change": lambda task: change(task, assignee_id=task.assignee_id, due_on=LATER, **MORE),
    "adjust": lambda task: adjust(task, due_on=task.due_on + timedelta(days=1), reason="业主出差", **MORE),
}
TABLE = {
    (TaskState.DUE, "settle"): TaskState.DONE,
    (TaskState.DUE, "cancel"): TaskState.CANCELLED,
    (TaskState.DUE, "change"): TaskState.DUE,
    (TaskState.DUE, "adjust"): TaskState.DUE,
}
LEADS_TO = {"task:made": TaskState.DUE, "task:done": TaskState.DONE, "task:cancelled": TaskState.CANCELLED}
"""What the journal's kinds say of where a task stands; all others leave it where it is."""
WAYS = {TaskState.DUE: [], TaskState.DONE: ["settle"], TaskState.CANCELLED: ["cancel"]}


@pytest.fixture
def task(context: Flask) -> Task:
    estate = an_estate()
    return a_planned_visit(a_home(estate), a_staff(estate, Role.OFFICER))


def told(task: Task) -> TaskState:
    """Its history replayed."""
    db.session.commit()
    state = None
    for line in journal.history(task.id):
        state = LEADS_TO.get(line.kind, state)
    assert state is not None
    return state


def test_every_state_is_reached_by_a_row_and_the_ends_are_not_left() -> None:
    assert {TaskState.DUE, *TABLE.values()} == set(TaskState)
    assert {before for before, _act in TABLE} == {TaskState.DUE}


@pytest.mark.parametrize("state", TaskState)
@pytest.mark.parametrize("act", ACTS)
def test_every_row_is_taken_and_everything_else_is_refused(task: Task, state: TaskState, act: str) -> None:
    for step in WAYS[state]:
        ACTS[step](task)
    db.session.commit()
    lines, due_on, visit_id = len(journal.history(task.id)), task.due_on, task.visit_id

    taken = ACTS[act](task)

    assert taken is ((state, act) in TABLE)
    assert task.state is told(task) is TABLE.get((state, act), state)
    assert len(journal.history(task.id)) == lines + taken
    if not taken:
        assert (task.due_on, task.visit_id) == (due_on, visit_id)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=st.lists(st.sampled_from(sorted(ACTS)), max_size=8))
def test_whatever_is_tried_in_whatever_order_the_history_tells_the_state(context: Flask, acts: list[str]) -> None:
    estate = an_estate()
    task = a_planned_visit(a_home(estate), a_staff(estate, Role.OFFICER))

    for act in acts:
        before = task.state
        taken = ACTS[act](task)
        assert taken is ((before, act) in TABLE)
        assert task.state is TABLE.get((before, act), before)

    assert told(task) is task.state
