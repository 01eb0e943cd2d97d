"""Whose turn an issue is: who holds it, what they owe, until when."""

from dataclasses import dataclass

from app.core.errors import Words
from app.core.i18n import current_locale, lazy_
from app.core.waits import Wait
from app.issues.models import Issue
from app.issues.moving import CALL_BACK
from app.issues.rules import ENDED, State
from app.office.first_page.elsewhere import role_titles
from app.office.moments import Limit, When
from app.office.words import OWED, OWED_AGAIN
from app.people.queries import names


@dataclass(frozen=True)
class Turn:
    """Who holds an issue, what they owe, until when. All "–" once it has ended. `hint`: where, if not here."""

    holder: str
    owed: str
    moment: str
    limit: Limit
    tone: str
    hint: Words = ""


CALLED_BACK_ON: Words = lazy_("On the tablet, at the door or by phone: only the owner's answer ends it.")


def turn_of(issue: Issue, wait: Wait | None, when: When) -> Turn:
    """Red from the second round on, while the department has not accepted it anew, and whenever it is late."""
    if wait is None:
        return Turn("–", "–", "–", Limit("", ""), "good" if issue.state in ENDED else "")
    again = issue.round > 1 and issue.state is State.ROUTED
    limit = when.limit(wait.due_at)
    return Turn(
        holder=_holder(issue, wait),
        owed=str(OWED_AGAIN if again else OWED.get(wait.what, "–")),
        moment=when.deadline(wait.due_at),
        limit=limit,
        tone="late" if again else limit.tone,
        hint=CALLED_BACK_ON if wait.what == CALL_BACK else "",
    )


def department_name(issue: Issue) -> str:
    """In the reader's language; "–" where none is responsible."""
    return issue.department.name(current_locale()) if issue.department else "–"


def _holder(issue: Issue, wait: Wait) -> str:
    if wait.staff_id == issue.officer_id:
        return issue.officer.name
    if wait.staff_id:
        return names([wait.staff_id]).get(wait.staff_id, "–")
    if wait.department_id:
        person = issue.responsible.name if issue.responsible and issue.state is State.ACCEPTED else ""
        return " · ".join(part for part in (department_name(issue), person) if part)
    return role_titles(wait)
