"""How often an owner was tried in vain about one matter: before the set number of tries nobody is unreachable."""

import uuid

import sqlalchemy as sa

from app.agenda.models import Task
from app.agenda.rules import EVERY_CALLBACK, TELLINGS
from app.core.db import db
from app.issues.models import Issue
from app.repairs.models import WorkOrder
from app.visits.models import MET_AT, Attempt, Visit
from app.visits.rules import ANSWERED_ANYWAY


def tries_about(issue: Issue) -> int:
    """Attempts, by phone or at the door, to call back on this issue or to tell something about it, since somebody was
    last met there, or said no or later: whoever does so can be reached.
    """
    return _tries(issue.id, issue.unit_id) if issue.unit_id else 0


def tries_about_order(order: WorkOrder) -> int:
    """The same of a work order."""
    return _tries(order.id, order.unit_id)


def _tries(subject_id: uuid.UUID, unit_id: uuid.UUID) -> int:
    about = sa.select(Task.id).where(Task.subject_id == subject_id, Task.kind.in_(EVERY_CALLBACK | TELLINGS))
    callbacks = {str(task_id) for task_id in db.session.scalars(about)}
    met = db.session.scalar(sa.select(sa.func.max(MET_AT)).where(Visit.unit_id == unit_id))
    answered = sa.select(sa.func.max(Attempt.tried_at)).where(
        Attempt.unit_id == unit_id, Attempt.outcome.in_(ANSWERED_ANYWAY)
    )
    heard = [at for at in (met, db.session.scalar(answered)) if at is not None]
    tried = sa.select(Attempt.task_ids).where(Attempt.unit_id == unit_id)
    if heard:
        tried = tried.where(Attempt.tried_at > max(heard))
    return sum(not callbacks.isdisjoint(task_ids) for task_ids in db.session.scalars(tried))
