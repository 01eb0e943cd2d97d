"""How often an owner was tried in vain about one issue: before the set number of tries nobody is unreachable."""

import sqlalchemy as sa

from app.agenda.models import Task
from app.agenda.rules import CALLBACKS
from app.core.db import db
from app.issues.models import Issue
from app.visits.models import Attempt, Visit


def tries_about(issue: Issue) -> int:
    """Attempts, by phone or at the door, that were about callbacks on this issue, since somebody was last met there."""
    if issue.unit_id is None:
        return 0
    about = sa.select(Task.id).where(Task.subject_id == issue.id, Task.kind.in_(CALLBACKS))
    callbacks = {str(task_id) for task_id in db.session.scalars(about)}
    met = db.session.scalar(sa.select(sa.func.max(Visit.started_at)).where(Visit.unit_id == issue.unit_id))
    tried = sa.select(Attempt.task_ids).where(Attempt.unit_id == issue.unit_id)
    if met is not None:
        tried = tried.where(Attempt.tried_at > met)
    return sum(not callbacks.isdisjoint(task_ids) for task_ids in db.session.scalars(tried))
