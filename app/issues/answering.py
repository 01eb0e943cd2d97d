"""What an owner says of an issue is kept in any case, and moves it where it counts (R13). The caller commits."""

import uuid
from datetime import datetime

from app.agenda.rules import TaskKind
from app.core import journal
from app.core.clock import days_later
from app.core.db import attach, db
from app.core.errors import NotAllowed
from app.core.i18n import _
from app.core.ids import new_id
from app.core.journal import By
from app.estates.queries import days_to_object
from app.issues.complaint_rules import closing_answers
from app.issues.complaints import is_about
from app.issues.models import Issue, OwnerAnswer
from app.issues.moving import estate_of, lock, take, today_of, write_down
from app.issues.owners_word import OwnersWord, Stays
from app.issues.rules import CONTENT, Move, State, move_of, step
from app.issues.telling import told_on_visit
from app.issues.who_answers import are_owners, has_left, is_anothers
from app.issues.work import goes_on

_EXPLAINED_BY = frozenset(move.value for move in (Move.CANNOT, Move.CANNOT_TOO, Move.REFUSE))


def take_owners_answer(
    issue: Issue, word: OwnersWord, *, round_: int, event_id: uuid.UUID, by: By, at: datetime
) -> bool:
    """Keep what the owner said about a round and let it move the issue.

    Returns whether it moved; if not, `why_it_stays` says why. The same event twice is kept once. Raises NotAllowed for
    an issue that nobody owns.
    """
    if not issue.owned:
        raise NotAllowed("issue:no_owner", _("Nobody owns this issue: the supervisor verifies it."))
    if journal.happened(event_id):
        return False
    lock(issue)
    row = None
    if why_it_stays(issue, word, round_, by=by, at=at) is None:
        row = step(issue.state, move_of(word.answer, issue.state), owned=issue.owned)
    said = OwnerAnswer(
        id=new_id(),
        estate_id=issue.estate_id,
        issue_id=issue.id,
        round=round_,
        **word.columns(),
        moved=row is not None,
    )
    attach(said, issue=issue)
    db.session.add(said)
    data = {
        "answer": word.answer.value,
        "how": word.how.value,
        "reason": word.words,
        "of_round": round_,
        **({"visit": str(word.visit_id)} if word.visit_id else {"said": str(said.id)}),
        **({"new_date": word.new_date.isoformat()} if word.new_date else {}),
    }
    if row is None:
        write_down(issue, "issue:answer_kept", by=by, at=at, data=data, event_id=event_id)
        return False
    if issue.state is State.EXPLAINED and word.visit_id is not None:
        told_on_visit(issue, TaskKind.ISSUE_EXPLANATION, word.visit_id, by=by, at=at)
    take(row, issue, event_id=event_id, by=by, at=at, data=data, said_at=word.said_at)
    if word.answer not in CONTENT:
        goes_on(issue, event_id=event_id, by=by, at=at)
    return True


def why_it_stays(issue: Issue, word: OwnersWord, round_: int, *, by: By, at: datetime) -> Stays | None:
    """Why an answer moves nothing, as the issue stands now; nothing if it moves it.

    Who holds the unit is judged on the day by our clock, never by a tablet's.
    """
    today = today_of(issue, at)
    if word.new_date is not None:
        return Stays.OF_A_DATE
    if has_left(issue.unit_id, word.person_id, today):
        return Stays.HAS_LEFT
    move = move_of(word.answer, issue.state)
    if move is Move.OWNER_OBJECTED and not is_in_time(issue, word.said_at, at):
        return Stays.LATE
    if word.answer in CONTENT:
        if is_anothers(
            issue.unit_id, word.person_id, today, by_owner=_is_owners(issue, word), says_tenant=word.says_tenant
        ):
            return Stays.ANOTHERS
        if word.how not in closing_answers(complaint=issue.complaint_grade is not None):
            return word.not_closing
    if word.explanation is not None and not _is_to_the_explanation(issue, word):
        return Stays.MOVED_ON
    if issue.round != round_ or step(issue.state, move, owned=issue.owned) is None:
        return Stays.MOVED_ON
    if word.answer in CONTENT and is_about(issue, by.staff_id):
        return Stays.ABOUT_TAKER
    return None


def _is_owners(issue: Issue, word: OwnersWord) -> bool:
    """Whether an owner's word is asked for: it is their matter, and it is not whoever raised it who answers."""
    is_raiser = word.person_id is not None and word.person_id == issue.raised_by_id
    return not is_raiser and issue.id in are_owners([issue.id])


def _is_to_the_explanation(issue: Issue, word: OwnersWord) -> bool:
    """Whether an answer is to the explanation that stands: worded anew, what an owner was shown before is no more.

    Nor is what they agreed to before they disagreed, though it is explained once more in the same words.
    """
    history = journal.history(issue.id)
    given = [line for line in history if line.kind in _EXPLAINED_BY]
    if not given or word.explanation != str(given[-1].data["reason"]):
        return False
    disagreed = any(line.kind == Move.OWNER_DISAGREED.value for line in history)
    return word.answer not in CONTENT or not disagreed or word.said_at >= given[-1].at


def may_object_until(issue: Issue) -> datetime | None:
    """Until when the owner can object to its end; nothing for what has not ended so."""
    if issue.closed_at is None:
        return None
    estate = estate_of(issue)
    return days_later(issue.closed_at, days_to_object(estate, issue.closed_at), estate.time_zone)


def is_in_time(issue: Issue, said_at: datetime, at: datetime) -> bool:
    """Whether an objection, said at one moment and here at another, keeps to the days for it; so for what is open.

    The moment it was said is by a tablet's clock, which is not believed where it lies before the end itself.
    """
    until = may_object_until(issue)
    if issue.closed_at is None or until is None or at <= until:
        return True
    return issue.closed_at <= said_at <= until
