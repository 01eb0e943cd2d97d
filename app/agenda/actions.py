"""Everything that changes a task. The caller commits."""

import uuid
from datetime import date, datetime
from typing import Any

from app.agenda.models import Task
from app.agenda.rules import TaskKind, TaskState
from app.core import journal
from app.core.db import db
from app.core.ids import new_id
from app.core.journal import By, Doc
from app.estates.models import Unit


def make_task(
    unit: Unit,
    kind: TaskKind,
    *,
    assignee_id: uuid.UUID,
    due_on: date,
    by: By,
    at: datetime,
    subject_id: uuid.UUID | None = None,
    round_: int = 0,
    plan_id: uuid.UUID | None = None,
) -> Task:
    """Something new is due at a unit; it reaches the tablets of the estate at their next pull."""
    task = Task(
        id=new_id(),
        estate_id=unit.estate_id,
        unit_id=unit.id,
        kind=kind,
        state=TaskState.DUE,
        subject_id=subject_id,
        round=round_,
        plan_id=plan_id,
        assignee_id=assignee_id,
        due_on=due_on,
        made_at=at,
    )
    db.session.add(task)
    _note(task, "task:made", by=by, at=at)
    return task


def settle(task: Task, visit_id: uuid.UUID, *, by: By, at: datetime) -> bool:
    """The visit did what was due. Returns whether the task was still due."""
    if task.state is not TaskState.DUE:
        return False
    task.state, task.done_at, task.visit_id = TaskState.DONE, at, visit_id
    _note(task, "task:done", by=by, at=at)
    return True


def cancel(task: Task, *, by: By, at: datetime, reason: str = "") -> bool:
    """It is not due any more. Returns whether it was."""
    if task.state is not TaskState.DUE:
        return False
    task.state = TaskState.CANCELLED
    _note(task, "task:cancelled", by=by, at=at, reason=reason)
    return True


def change(task: Task, *, assignee_id: uuid.UUID, due_on: date, by: By, at: datetime) -> bool:
    """Somebody else does it, on another day, or what it is for was changed. Returns whether it was still due."""
    if task.state is not TaskState.DUE:
        return False
    moved: dict[str, Any] = {"was_due_on": task.due_on.isoformat()} if due_on != task.due_on else {}
    if assignee_id != task.assignee_id:
        moved["was_assignee"] = str(task.assignee_id)
    task.assignee_id, task.due_on = assignee_id, due_on
    _note(task, "task:changed", by=by, at=at, **moved)
    return True


def adjust(
    task: Task,
    *,
    assignee_id: uuid.UUID | None = None,
    due_on: date | None = None,
    reason: str,
    by: By,
    at: datetime,
    event_id: uuid.UUID | None = None,
) -> bool:
    """Another officer, another day, or both (P53). Returns whether that changed a task that was still due."""
    to, on = assignee_id or task.assignee_id, due_on or task.due_on
    if task.state is not TaskState.DUE or (to, on) == (task.assignee_id, task.due_on):
        return False
    was_due_on, was_assignee = task.due_on.isoformat(), str(task.assignee_id)
    task.assignee_id, task.due_on = to, on
    _note(
        task,
        "task:adjusted",
        by=by,
        at=at,
        event_id=event_id,
        assignee=str(to),
        was_assignee=was_assignee,
        was_due_on=was_due_on,
        reason=reason,
    )
    return True


def note_late_visit(task: Task, visit_id: uuid.UUID, *, by: By, at: datetime) -> None:
    """Somebody did what had been called off meanwhile: it stays called off, and says who was there."""
    if task.visit_id is None:
        task.visit_id = visit_id
        _note(task, "task:visited_late", by=by, at=at, visit=str(visit_id))


def _note(task: Task, kind: str, *, by: By, at: datetime, event_id: uuid.UUID | None = None, **more: str) -> None:
    changes = (Doc("task", task.id),)
    data = {"task": task.kind.value, "unit": str(task.unit_id), "due_on": task.due_on.isoformat(), **more}
    journal.write(task.estate_id, kind, ("task", task.id), by=by, at=at, data=data, changes=changes, event_id=event_id)
