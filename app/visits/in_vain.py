"""How often an owner was tried in vain about one matter: before the set number of tries nobody is unreachable."""

import uuid

import sqlalchemy as sa

from app.agenda.models import Task
from app.agenda.rules import EVERY_CALLBACK, TELLINGS
from app.core.db import db
from app.issues.models import Issue
from app.repairs.models import WorkOrder
from app.visits.models import MET_AT, Attempt, Visit


def tries_about(issue: Issue) -> int:
    """Attempts, by phone or at the door, to call back on this issue or to tell something about it, since somebody was
    last met there.
    """
    return _tries(issue.id, issue.unit_id) if issue.unit_id else 0


def tries_about_order(order: WorkOrder) -> int:
    """The same of a work order."""
    return _tries(order.id, order.unit_id)


def _tries(subject_id: uuid.UUID, unit_id: uuid.UUID) -> int:
    about = sa.select(Task.id).where(Task.subject_id == subject_id, Task.kind.in_(EVERY_CALLBACK | TELLINGS))
    callbacks = {str(task_id) for task_id in db.session.scalars(about)}
    met = db.session.scalar(sa.select(sa.func.max(MET_AT)).where(Visit.unit_id == unit_id))
    tried = sa.select(Attempt.task_ids).where(Attempt.unit_id == unit_id)
    if met is not None:
        tried = tried.where(Attempt.tried_at > met)
    return sum(not callbacks.isdisjoint(task_ids) for task_ids in db.session.scalars(tried))
