"""Several owners raised the same: their issues are merged into one piece of work, and taken out of it again.

The caller commits.
"""

import uuid
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from app.core import journal
from app.core.db import db
from app.core.errors import Outdated, Refused
from app.core.i18n import _
from app.core.journal import By
from app.estates.models import Unit
from app.issues.models import Issue
from app.issues.moving import count_limits_anew, lock_work, row_for_act, take
from app.issues.routing import back_to_work
from app.issues.rules import WORKED_ON, Move
from app.issues.work import go_along, join, leader_of, together_with


def merge(issue: Issue, into: Issue, note: str, *, event_id: uuid.UUID, by: By, at: datetime) -> bool:
    """Let an issue wait for the work of another one of its estate; what had been merged into it comes along.

    Its owner is called back on and answers alone all the same. Raises Refused where nobody works on the other one.
    """
    if journal.happened(event_id):
        return False
    if not note.strip():
        raise Refused("issue:reason_missing", _("Say why."))
    lock_work(*(one.work_id or one.id for one in (issue, into)))
    db.session.refresh(into)
    row = row_for_act(issue, Move.MERGE, event_id, by)
    if row is None:
        return False
    leader = leader_of(into) or into
    _must_fit(issue, leader)
    work_id = leader.work_id or leader.id
    for one in (leader, *together_with(issue), issue):
        one.work_id = work_id
    go_along(leader, by=by, at=at)
    join(issue, leader, note.strip(), event_id=event_id, by=by, at=at)
    return True


def unmerge(issue: Issue, reason: str, *, event_id: uuid.UUID, by: By, at: datetime) -> bool:
    """It is a matter of its own after all, and goes to its department again."""
    if not reason.strip():
        raise Refused("issue:reason_missing", _("Say why."))
    row = row_for_act(issue, Move.UNMERGE, event_id, by)
    if row is None:
        return False
    leader, issue.work_id = leader_of(issue), None
    take(row, issue, event_id=event_id, by=by, at=at, data={"reason": reason.strip()})
    db.session.flush()
    if leader is not None:
        count_limits_anew(leader)
    back_to_work(issue, event_id=event_id, by=by, at=at)
    return True


def could_lead(issue: Issue, most: int = 30) -> list[Issue]:
    """Issues of the estate whose work this one could be merged into: of the same kind first, then the newest."""
    found = (
        sa.select(Issue)
        .where(
            Issue.estate_id == issue.estate_id,
            Issue.id != issue.id,
            Issue.state.in_(WORKED_ON),
            Issue.inspection_id.is_(None),
            sa.or_(Issue.work_id.is_(None), Issue.work_id != issue.work_id) if issue.work_id else sa.true(),
        )
        .order_by(sa.case((Issue.category_id == issue.category_id, 0), else_=1), Issue.raised_at.desc(), Issue.id)
        .options(joinedload(Issue.unit).joinedload(Unit.building))
    )
    return list(db.session.scalars(found.limit(most)))


def _must_fit(issue: Issue, leader: Issue) -> None:
    if leader.estate_id != issue.estate_id or not leader.owned:
        raise Refused("issue:unknown", _("This issue is not known in this estate."))
    if leader.id == issue.id or (leader.work_id is not None and leader.work_id == issue.work_id):
        raise Refused("issue:one_work", _("These are one piece of work already."))
    if leader.state not in WORKED_ON:
        raise Outdated("issue:nothing_to_join", _("Nobody works on that issue now: nothing can be merged into it."))
