"""Whoever leaves an estate leaves nothing undone: what was due by them is the supervisor's. The caller commits."""

import uuid
from datetime import datetime

import sqlalchemy as sa

from app.agenda.actions import change
from app.agenda.models import Task
from app.agenda.rules import ABOUT_ISSUES, TaskKind, TaskState
from app.core import waits
from app.core.clock import local_date
from app.core.db import db
from app.core.journal import By
from app.estates.models import Estate
from app.estates.queries import all_estates
from app.issues.complaints import is_about
from app.issues.deferring import untold
from app.issues.models import Issue
from app.people.queries import staff_in, staff_who_may
from app.people.rules import Act, Role


def take_over_tasks(at: datetime) -> int:
    """Give what is due by somebody who visits in the estate no more to its supervisor, by the same day.

    Returns how many. Where nobody else is there, or a callback is about the one who is, it stays where it was.
    """
    return sum(_take_over(estate, at) for estate in all_estates())


def _take_over(estate: Estate, at: datetime) -> int:
    today = local_date(at, estate.time_zone)
    able = staff_who_may(Act.CARRY_TABLET, estate.id, today)
    left = (
        sa.select(Task)
        .where(Task.estate_id == estate.id, Task.state == TaskState.DUE)
        .where(Task.assignee_id.not_in([staff.id for staff in able]))
        .order_by(Task.id)
        .with_for_update()
    )
    taken = 0
    for task in db.session.scalars(left).all():
        issue = db.session.get(Issue, task.subject_id) if task.kind in ABOUT_ISSUES else None
        next_ones = [*staff_in(estate.id, [Role.SUPERVISOR], today), *able]
        heir = next((staff.id for staff in next_ones if issue is None or not is_about(issue, staff.id)), None)
        if heir is not None:
            _hand_on_what_waits(task, issue, heir)
            taken += change(task, assignee_id=heir, due_on=task.due_on, by=By(), at=at)
    return taken


def _hand_on_what_waits(task: Task, issue: Issue | None, heir: uuid.UUID) -> None:
    """What waits for the one who left, about the same, waits for the heir."""
    deferral = untold(issue) if issue is not None and task.kind is TaskKind.NEW_DATE else None
    about = deferral.id if deferral is not None else task.subject_id
    for wait in waits.on(about) if about is not None else []:
        if wait.staff_id == task.assignee_id:
            wait.staff_id = heir
