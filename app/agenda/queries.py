"""What is asked about tasks."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from app.agenda.models import Task
from app.agenda.rules import TaskKind, TaskState
from app.core import ahead
from app.core.clock import local_date
from app.core.db import db
from app.core.errors import NotFound
from app.core.i18n import _
from app.core.journal import JournalLine


def tasks_by_id(ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Task]:
    """These tasks by id, locked in id order until the transaction ends."""
    wanted = sorted(ids)
    loaded = ahead.loaded(Task, wanted)
    if loaded is not None or not wanted:
        return loaded or {}
    found = sa.select(Task).where(Task.id.in_(wanted)).order_by(Task.id).with_for_update()
    return {task.id: task for task in db.session.scalars(found)}


def due_at(unit_id: uuid.UUID) -> list[Task]:
    """What is due at a unit, soonest first."""
    found = sa.select(Task).where(Task.unit_id == unit_id, Task.state == TaskState.DUE).order_by(Task.due_on)
    return list(db.session.scalars(found))


def due_held(unit_id: uuid.UUID, kind: TaskKind) -> list[Task]:
    """What of a kind is due at a unit, locked in id order until the transaction ends.

    What somebody did away with while we waited for it may have another in its place: then it is asked anew.
    """
    due = sa.select(Task.id).where(Task.unit_id == unit_id, Task.kind == kind, Task.state == TaskState.DUE)
    while True:
        ids = list(db.session.scalars(due))
        held = sa.select(Task).where(Task.id.in_(ids), Task.state == TaskState.DUE).order_by(Task.id).with_for_update()
        still = list(db.session.scalars(held.execution_options(populate_existing=True)))
        if len(still) == len(ids):
            return still


def the_task(estate_id: uuid.UUID, task_id: uuid.UUID) -> Task:
    """A task of this estate. Raises NotFound."""
    task = db.session.get(Task, task_id)
    if task is None or task.estate_id != estate_id:
        raise NotFound("task:unknown", _("This is not known in this estate."))
    return task


def missed_days(estate_id: uuid.UUID, kinds: Collection[TaskKind], since: date, zone: str) -> dict[uuid.UUID, date]:
    """Task → the day that was over when it got another one, or was called off; of several the first.

    What was late stays late, whatever was decided about it afterwards; what only went to somebody else may have been
    done by its day. What took the place of one that was late is the same, and as late. `since`: the first day that
    they are due on now.
    """
    its_kind = (Task.estate_id == estate_id, Task.kind.in_(kinds))
    due_later = sa.select(_OTHER.subject_id).where(_OTHER.estate_id == estate_id, _OTHER.due_on >= since)
    left_its_place = sa.and_(Task.state == TaskState.CANCELLED, Task.subject_id.in_(due_later))
    decided = (
        sa.select(*_ITS_PLACE, JournalLine.subject_id, JournalLine.kind, JournalLine.at, JournalLine.data)
        .join(Task, Task.id == JournalLine.subject_id)
        .where(*its_kind, sa.or_(Task.due_on >= since, left_its_place))
        .where(JournalLine.kind.in_(("task:adjusted", "task:changed", "task:cancelled")))
        .order_by(JournalLine.seq)
    )
    missed: dict[uuid.UUID, date] = {}
    left: dict[tuple[Any, ...], date] = {}
    for *place, task_id, kind, at, data in db.session.execute(decided):
        day = data.get("was_due_on", data["due_on"])
        counts_no_more = kind == "task:cancelled" or day != data["due_on"]
        if counts_no_more and date.fromisoformat(day) < local_date(at, zone):
            missed.setdefault(task_id, date.fromisoformat(day))
        if kind == "task:cancelled" and task_id in missed:
            left.setdefault(tuple(place), missed[task_id])
    if not left:
        return missed
    came = sa.select(Task.id, *_ITS_PLACE).where(*its_kind, Task.due_on >= since)
    gone = sa.select(_OTHER.subject_id).where(_OTHER.estate_id == estate_id, _OTHER.state == TaskState.CANCELLED)
    taken = {task_id: tuple(place) for task_id, *place in db.session.execute(came.where(Task.subject_id.in_(gone)))}
    return missed | {task_id: left[place] for task_id, place in taken.items() if place in left}


def handed_on(
    estate_id: uuid.UUID, kinds: Collection[TaskKind], since: date
) -> dict[uuid.UUID, list[tuple[datetime, uuid.UUID]]]:
    """Task → when it went to somebody else, and who had it until then, in order. `since`: as for `missed_days`."""
    found = (
        sa.select(JournalLine.subject_id, JournalLine.at, JournalLine.data)
        .join(Task, Task.id == JournalLine.subject_id)
        .where(Task.estate_id == estate_id, Task.kind.in_(kinds), Task.due_on >= since)
        .where(JournalLine.kind.in_(("task:adjusted", "task:changed")))
        .order_by(JournalLine.seq)
    )
    handed: dict[uuid.UUID, list[tuple[datetime, uuid.UUID]]] = defaultdict(list)
    for task_id, at, data in db.session.execute(found):
        if "was_assignee" in data:
            handed[task_id].append((at, uuid.UUID(data["was_assignee"])))
    return handed


_ITS_PLACE = (Task.subject_id, Task.round, Task.unit_id)
"""What is due at a unit about one round of a subject is one thing, whoever does it under whichever category."""

_OTHER = aliased(Task)


def ids_due_about(subject_ids: Iterable[uuid.UUID], kinds: Collection[TaskKind]) -> list[uuid.UUID]:
    """Of the open tasks of these kinds about any of these subjects."""
    due = sa.select(Task.id).where(Task.subject_id.in_(list(subject_ids)), Task.kind.in_(kinds))
    return list(db.session.scalars(due.where(Task.state == TaskState.DUE)))


def due_about(subject_id: uuid.UUID, *kinds: TaskKind) -> list[Task]:
    """The open tasks of these kinds about one subject, by their rounds."""
    found = sa.select(Task).where(Task.subject_id == subject_id, Task.kind.in_(kinds), Task.state == TaskState.DUE)
    return list(db.session.scalars(found.order_by(Task.round, Task.id)))
