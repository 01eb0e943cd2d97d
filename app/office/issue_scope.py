"""Which issues somebody may see: customer service all of the estate, a department its own."""

import uuid

from app.core.errors import NotFound
from app.core.i18n import _
from app.issues.models import Issue
from app.issues.queries import Wanted, the_issue
from app.issues.rules import Move, moves_open_to
from app.office.door import Me, estate_id, me, must_be_theirs
from app.people.rules import Act


def in_scope() -> Wanted:
    """Every issue that whoever is at the desk may see."""
    return Wanted(only_of=None if _sees_all(me()) else me().departments)


def issue_in_scope(issue_id: uuid.UUID) -> Issue:
    """An issue that whoever is at the desk may see. Raises NotFound.

    Raises NotAllowed where they may do what was asked only in another department than the one it is with.
    """
    issue = the_issue(estate_id(), issue_id)
    if not _sees_all(me()) and issue.department_id not in me().departments:
        raise NotFound("issue:other_department", _("This issue is not with your department."))
    must_be_theirs(issue.department_id)
    return issue


def open_moves(issue: Issue) -> list[Move]:
    """What whoever is at the desk can do to an issue now: a department's roles count for its own issues alone."""
    return moves_open_to(me().roles_about(issue.department_id), issue.state, owned=issue.owned)


def _sees_all(here: Me) -> bool:
    return here.may(Act.SEE_VISITS)
