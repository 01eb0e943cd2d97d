"""What cannot be solved, for now or at all: explained to the owner (R36), carried over if they agree (R18), and what
the year's review makes of it. The caller commits.
"""

import uuid
from datetime import date, datetime

from app.core import waits
from app.core.errors import Refused
from app.core.i18n import _
from app.core.journal import By
from app.issues.answering import take_owners_answer
from app.issues.models import Issue
from app.issues.moving import EXPLAIN, begin_wait, end_of, row_for, row_for_act, take, write_down
from app.issues.owners_word import OwnersWord
from app.issues.rules import Cannot, Move
from app.issues.work import cannot_too
from app.people.models import Staff


def cannot_be_solved(
    issue: Issue,
    cannot: Cannot,
    reason: str,
    explainer: Staff | None,
    *,
    event_id: uuid.UUID,
    by: By,
    at: datetime,
) -> bool:
    """It is to be explained to its owner, by the supervisor or by whoever is sent."""
    if not reason.strip():
        raise Refused("issue:reason_missing", _("Say why it cannot be solved: the owner is told so."))
    return _let_be_explained(Move.CANNOT, issue, cannot, reason, explainer, event_id=event_id, by=by, at=at)


def refuse(issue: Issue, reason: str, explainer: Staff | None, *, event_id: uuid.UUID, by: By, at: datetime) -> bool:
    """The year's review finds that it cannot be solved at all (R19): that is explained to the owner once more."""
    if not reason.strip():
        raise Refused("issue:reason_missing", _("Say why it cannot be solved: the owner is told so."))
    return _let_be_explained(Move.REFUSE, issue, Cannot.AT_ALL, reason, explainer, event_id=event_id, by=by, at=at)


def carry_on(issue: Issue, note: str, *, event_id: uuid.UUID, by: By, at: datetime) -> bool:
    """The year's review leaves it on the list for another year."""
    row = row_for_act(issue, Move.CARRY_ON, event_id, by)
    if row is None:
        return False
    take(row, issue, event_id=event_id, by=by, at=at, data={"note": note.strip()})
    return True


def owner_was_explained(issue: Issue, word: OwnersWord, *, event_id: uuid.UUID, by: By, at: datetime) -> bool:
    """What the owner said to the explanation, taken down by whoever gave it.

    Agreed, it is carried over and counts as neither satisfied nor closed; disagreed, supervisor and manager have it
    again. Raises Outdated where there is nothing more to be explained.
    """
    row = row_for(issue, Move.OWNER_AGREED, event_id)
    if row is None:
        return False
    return take_owners_answer(issue, word, round_=issue.round, event_id=event_id, by=by, at=at)


def explanation_adjusted(
    issue: Issue, *, assignee_id: uuid.UUID, due_on: date, reason: str, by: By, at: datetime
) -> None:
    """Somebody else is sent to explain it, or by another day (P53): the issue waits for them."""
    issue.explainer_id = assignee_id
    data = {"round": issue.round, "assignee": str(assignee_id), "due_on": due_on.isoformat(), "reason": reason}
    write_down(issue, "issue:telling_adjusted", by=by, at=at, data=data)
    begin_wait(issue, EXPLAIN, waits.Holder(staff_id=assignee_id), since=at, due_at=end_of(due_on, issue))


def _let_be_explained(
    move: Move,
    issue: Issue,
    cannot: Cannot,
    reason: str,
    explainer: Staff | None,
    *,
    event_id: uuid.UUID,
    by: By,
    at: datetime,
) -> bool:
    row = row_for_act(issue, move, event_id, by)
    if row is None:
        return False
    issue.cannot, issue.explainer_id = cannot, explainer.id if explainer else None
    data = {"cannot": cannot.value, "reason": reason.strip()}
    if explainer:
        data["assignee"] = str(explainer.id)
    take(row, issue, event_id=event_id, by=by, at=at, data=data)
    if move is Move.CANNOT:
        cannot_too(issue, cannot, reason.strip(), event_id=event_id, by=by, at=at)
    return True
