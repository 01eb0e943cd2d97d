"""Which issues somebody may see: customer service all of the estate, a department its own."""

import uuid

from app.core import journal
from app.core.errors import NotFound
from app.core.i18n import _, current_locale
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
        raise _not_theirs(issue)
    must_be_theirs(issue.department_id)
    return issue


def _not_theirs(issue: Issue) -> NotFound:
    """Whoever had it reads who has it now: their list may be older than its transfer."""
    had = {line.data.get("department") for line in journal.history(issue.id)}
    if issue.department is None or had.isdisjoint(str(id_) for id_ in me().departments):
        return NotFound("issue:other_department", _("This issue is not with your department."))
    department = issue.department.name(current_locale())
    words = _("This issue is not with your department any more: %(department)s has it now.", department=department)
    return NotFound("issue:other_department", words)


def open_moves(issue: Issue) -> list[Move]:
    """What whoever is at the desk can do to an issue now: a department's roles count for its own issues alone."""
    return moves_open_to(me().roles_about(issue.department_id), issue.state, owned=issue.owned)


def _sees_all(here: Me) -> bool:
    return here.may(Act.SEE_VISITS)
