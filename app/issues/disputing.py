"""Whose matter it is, where a department says that it is another's.

The manager decides, between companies the executive. The clock runs on meanwhile. The caller commits.
"""

import uuid
from datetime import datetime

from app.core.db import attach, db
from app.core.errors import NotAllowed, Refused
from app.core.i18n import _
from app.core.journal import By
from app.issues.models import Issue
from app.issues.moving import row_for_act, take, who_decides
from app.issues.rules import Move
from app.issues.work import go_along
from app.people.models import Department
from app.people.rules import Role


def dispute(issue: Issue, claimed: Department, reason: str, *, event_id: uuid.UUID, by: By, at: datetime) -> bool:
    """The department says that it is not liable, and who is."""
    if not reason.strip():
        raise Refused("issue:reason_missing", _("Say why."))
    _must_be_open(issue, claimed)
    row = row_for_act(issue, Move.DISPUTE, event_id, by)
    if row is None:
        return False
    if claimed.id == issue.department_id:
        raise Refused("issue:same_department", _("The issue is with this department already."))
    issue.claimed_id = claimed.id
    data = {"claimed": str(claimed.id), "reason": reason.strip()}
    take(row, issue, event_id=event_id, by=by, at=at, data=data)
    return True


def decide_liability(
    issue: Issue,
    department: Department,
    reason: str,
    *,
    roles: frozenset[Role],
    event_id: uuid.UUID,
    by: By,
    at: datetime,
) -> bool:
    """Settle which department is responsible. Its time to settle a measure is what is left of the first one's.

    Raises NotAllowed where two companies are concerned and whoever decides is not the executive.
    """
    if not reason.strip():
        raise Refused("issue:reason_missing", _("Say why."))
    _must_be_open(issue, department)
    row = row_for_act(issue, Move.DECIDE_LIABILITY, event_id, by)
    if row is None:
        return False
    crosses = issue.department is not None and issue.department.liable is not department.liable
    if Role.EXECUTIVE not in roles and (crosses or who_decides(issue) is Role.EXECUTIVE):
        raise NotAllowed("issue:executive_decides", _("Between two companies the executive decides."))
    before = str(issue.department_id)
    issue.department_id, issue.claimed_id = department.id, None
    attach(issue, department=department)
    data = {"department": str(department.id), "from": before, "reason": reason.strip()}
    take(row, issue, event_id=event_id, by=by, at=at, data=data)
    go_along(issue, by=by, at=at)
    return True


def claimed_by(issue: Issue) -> Department | None:
    """The department that the disputing one names."""
    return db.session.get(Department, issue.claimed_id) if issue.claimed_id else None


def _must_be_open(issue: Issue, department: Department) -> None:
    if department.estate_id != issue.estate_id:
        raise Refused("issue:department_unknown", _("This department is not known in this estate."))
    if department.closed_on is not None:
        raise Refused("department:closed", _("This department is closed."))
