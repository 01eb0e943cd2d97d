"""The end of an issue that its owner never called good: by the executive, with a reason, counted apart, never as
satisfied; and the owner's objection, which opens what has ended. The caller commits.
"""

import uuid
from datetime import datetime

import sqlalchemy as sa

from app.core.db import db
from app.core.errors import Outdated, Refused
from app.core.i18n import _
from app.core.journal import By
from app.issues.answering import is_in_time, take_owners_answer
from app.issues.models import Issue, OwnerAnswer
from app.issues.moving import end_callback, limits_of, row_for, row_for_act, take, today_of
from app.issues.owners_word import OwnersWord
from app.issues.routing import back_to_work, is_of_the_unit
from app.issues.rules import Ending, Move
from app.issues.who_answers import has_left
from app.issues.work import hand_over


def close_unsatisfied(
    issue: Issue, ending: Ending, words: str, *, tries: int, heard: int, event_id: uuid.UUID, by: By, at: datetime
) -> bool:
    """Close what its owner has not called good.

    `tries`: how often the owner was tried in vain about it since they were last met. `heard`: how many answers of its
    owner whoever decides has before them: none is closed over an answer that they have not read. A matter of the person
    ends when the person has left; one of the unit goes on with whoever holds the unit now, and is not ended for that.
    """
    if not words.strip():
        raise Refused("issue:reason_missing", _("Say why."))
    row = row_for_act(issue, Move.CLOSE_UNSATISFIED, event_id, by)
    if row is None:
        return False
    if how_often_heard(issue) != heard:
        raise answered_meanwhile()
    enough = limits_of(issue).phone_attempts
    if ending is Ending.UNREACHABLE and tries < enough:
        raise tried_too_little(tries, enough)
    if (
        ending is Ending.MOVED
        and issue.raised_by_id
        and not has_left(issue.unit_id, issue.raised_by_id, today_of(issue, at))
    ):
        raise Refused("issue:still_there", _("Whoever raised it still holds this unit by the owner file."))
    if ending is Ending.MOVED and is_of_the_unit(issue):
        words = _("This is a matter of the home: it goes on with whoever holds it now, who answers for it.")
        raise Refused("issue:of_the_unit", words)
    issue.ending = ending
    data = {"ending": ending.value, "reason": words.strip()}
    take(row, issue, event_id=event_id, by=by, at=at, data=data)
    end_callback(issue, by=by, at=at, reason="issue:closed_unsatisfied")
    hand_over(issue, event_id=event_id, by=by, at=at)
    return True


def how_often_heard(issue: Issue) -> int:
    """How many answers of its owner are kept, those too that moved nothing."""
    answers = sa.select(sa.func.count()).where(OwnerAnswer.issue_id == issue.id)
    return db.session.scalar(answers) or 0


def answered_meanwhile() -> Outdated:
    """Nobody closes over an answer that they have not read."""
    words = _("The owner has answered meanwhile: read what they said before you close it without their satisfaction.")
    return Outdated("issue:answered_meanwhile", words)


def tried_too_little(tries: int, enough: int) -> Refused:
    """Nobody is unreachable before the estate's number of tries."""
    words = _(
        "The owner was tried %(tries)s times about it; before %(enough)s nobody is unreachable.",
        tries=tries,
        enough=enough,
    )
    return Refused("issue:tried_too_little", words)


def object_to(issue: Issue, word: OwnersWord, *, event_id: uuid.UUID, by: By, at: datetime) -> bool:
    """The owner objects to the end of an issue, by any channel: its next round begins at once.

    Raises Refused when the days of objection are over, Outdated when it has not ended.
    """
    row = row_for(issue, Move.OWNER_OBJECTED, event_id)
    if row is None:
        return False
    if not is_in_time(issue, at, at):
        raise Refused(
            "issue:objection_late",
            _("The days in which the owner can object are over. Raise it as a new issue: it gets its own number."),
        )
    return owner_objected(issue, word, round_=issue.round, event_id=event_id, by=by, at=at)


def owner_objected(issue: Issue, word: OwnersWord, *, round_: int, event_id: uuid.UUID, by: By, at: datetime) -> bool:
    """The owner objected, or is dissatisfied, as on a visit: kept in any case. Returns whether it moved the issue.

    What was said within the days counts, however late its tablet comes. What was closed meanwhile is open again.
    """
    objected = take_owners_answer(issue, word, round_=round_, event_id=event_id, by=by, at=at)
    if objected:
        issue.ending = None
        db.session.flush()  # the next move reads state and round anew
        back_to_work(issue, event_id=event_id, by=by, at=at)
    return objected
