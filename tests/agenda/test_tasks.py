"""Tasks: due until somebody settles or cancels them, once, with a line in the journal."""

import uuid
from dataclasses import dataclass
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from app.agenda.actions import cancel, make_task, settle
from app.agenda.models import Task
from app.agenda.queries import due_about, due_at, tasks_by_id
from app.agenda.rules import TaskKind, TaskState
from app.core import journal
from app.core.db import db
from app.core.ids import new_id
from app.core.journal import Feed
from app.estates.models import Unit
from app.people.models import Staff
from app.people.rules import Role
from tests.builders import NOBODY, NOW, TODAY, a_home, a_planned_visit, a_staff, an_estate

MORE = {"by": NOBODY, "at": NOW}


@dataclass(frozen=True)
class Ground:
    """A home and an officer."""

    unit: Unit
    officer: Staff

    def a_callback(self, issue_id: uuid.UUID, days: int = 3) -> Task:
        task = make_task(
            self.unit,
            TaskKind.ISSUE_CALLBACK,
            assignee_id=self.officer.id,
            due_on=TODAY + timedelta(days=days),
            subject_id=issue_id,
            round_=2,
            **MORE,
        )
        db.session.flush()
        return task


@pytest.fixture
def ground(context: Flask) -> Ground:
    estate = an_estate()
    return Ground(a_home(estate), a_staff(estate, Role.OFFICER))


def kinds(task: Task) -> list[str]:
    db.session.commit()
    return [line.kind for line in journal.history(task.id)]


def test_a_new_task_is_due_and_on_the_tablets(ground: Ground) -> None:
    issue_id = new_id()

    task = ground.a_callback(issue_id)

    assert (task.state, task.subject_id, task.round) == (TaskState.DUE, issue_id, 2)
    assert (task.made_at, task.done_at) == (NOW, None)
    assert kinds(task) == ["task:made"]
    assert db.session.scalars(sa.select(Feed.type).where(Feed.id == task.id)).all() == ["task"]


def test_a_visit_settles_a_task_once(ground: Ground) -> None:
    task, visit_id = a_planned_visit(ground.unit, ground.officer), new_id()

    assert settle(task, visit_id, **MORE)
    assert not settle(task, new_id(), by=NOBODY, at=NOW + timedelta(days=1))

    assert (task.state, task.visit_id, task.done_at) == (TaskState.DONE, visit_id, NOW)
    assert kinds(task) == ["task:made", "task:done"]


def test_what_is_cancelled_is_not_settled_and_what_is_done_is_not_cancelled(ground: Ground) -> None:
    cancelled, done = (a_planned_visit(ground.unit, ground.officer) for _i in range(2))

    assert cancel(cancelled, **MORE)
    assert settle(done, new_id(), **MORE)
    assert not cancel(cancelled, **MORE)
    assert not settle(cancelled, new_id(), **MORE)
    assert not cancel(done, **MORE)

    assert (cancelled.state, done.state) == (TaskState.CANCELLED, TaskState.DONE)
    assert (kinds(cancelled), kinds(done)) == (["task:made", "task:cancelled"], ["task:made", "task:done"])


def test_what_is_due_at_a_unit_stands_soonest_first(ground: Ground) -> None:
    later = a_planned_visit(ground.unit, ground.officer, TODAY + timedelta(days=9))
    sooner = a_planned_visit(ground.unit, ground.officer, TODAY)
    settle(a_planned_visit(ground.unit, ground.officer), new_id(), **MORE)
    db.session.flush()

    assert due_at(ground.unit.id) == [sooner, later]


def test_callbacks_are_found_by_their_issue_while_they_are_due(ground: Ground) -> None:
    issue_id = new_id()
    first, second = ground.a_callback(issue_id), ground.a_callback(issue_id)
    ground.a_callback(new_id())
    cancel(first, **MORE)
    db.session.flush()

    assert due_about(issue_id, TaskKind.ISSUE_CALLBACK) == [second]
    assert due_about(issue_id, TaskKind.PLANNED_VISIT) == []


def test_tasks_are_found_by_id_and_unknown_ones_are_left_out(ground: Ground) -> None:
    task = a_planned_visit(ground.unit, ground.officer)

    assert tasks_by_id([task.id, new_id()]) == {task.id: task}
    assert tasks_by_id([]) == {}
