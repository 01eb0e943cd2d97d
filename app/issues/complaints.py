"""What it means for an issue that it is a complaint: stricter limits, and never in the hands of whom it is about.

What the issue does moves its complaint along (`follow`); what people do with the complaint itself: `complaining.py`.
"""

import uuid
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from app.agenda.rules import TaskKind
from app.core import ahead, journal, waits
from app.core.clock import days_later, local_date
from app.core.db import db
from app.core.errors import NotAllowed, Refused
from app.core.i18n import _
from app.core.journal import By, Doc
from app.estates.models import Estate
from app.estates.rules import Limits, limits
from app.issues.complaint_rules import RUNNING, Act, Grade, Row, Standing, complaint_row, follows
from app.issues.models import Complaint, Issue
from app.issues.rules import OWNERS, Move, State, Urgency
from app.people.models import Staff
from app.people.queries import staff_in, staff_who_may
from app.people.rules import Act as May
from app.people.rules import Role

RESPOND, REVIEW = "complaint:respond", "complaint:review"
"""What a complaint waits for beside its issue's work."""

_CAPPED = frozenset({"issue:route", "issue:accept", "issue:rectify"})
"""What of an issue's work must be over when the limit of handling ends."""


def complaint_of(issue: Issue) -> Complaint | None:
    """The complaint that an issue is at present; none if it is none, or was turned back."""
    return issue.complaint if issue.complaint_grade is not None else None


def handling_days(grade: Grade, limit: Limits) -> int:
    """Days in which a complaint of a grade is handled."""
    return {
        Grade.ORDINARY: limit.complaint_days_ordinary,
        Grade.IMPORTANT: limit.complaint_days_important,
        Grade.MAJOR: limit.complaint_days_major,
    }[grade]


def complaints_of_work(issue: Issue) -> list[Complaint]:
    """The complaint that an issue is, and those that were merged into the work it leads: their clocks run on there."""
    own = complaint_of(issue)
    if issue.work_id is None or issue.state is State.MERGED:
        return [own] if own else []
    merged = sa.select(Complaint).join(Complaint.issue)
    merged = merged.where(Issue.work_id == issue.work_id, Issue.id != issue.id, Issue.state == State.MERGED)
    followers = db.session.scalars(merged.where(Issue.complaint_grade.is_not(None)).order_by(Complaint.id))
    return [*([own] if own else []), *followers]


def within_limit(issue: Issue, what: str, due_at: datetime) -> datetime:
    """When an issue must be done with what it waits for: no later than the limit of any complaint about its work."""
    if what not in _CAPPED:
        return due_at
    return min([due_at, *(complaint.deadline_at for complaint in complaints_of_work(issue))])


def callback_days(issue: Issue) -> int:
    """Days in which the owner is called back on after "rectified"."""
    limit = _limits(issue)
    return limit.callback_days if issue.complaint_grade is None else limit.complaint_callback_days


def callback_kind(issue: Issue) -> TaskKind:
    """Under which category the owner is called back on (R02)."""
    return TaskKind.ISSUE_CALLBACK if issue.complaint_grade is None else TaskKind.COMPLAINT_CALLBACK


def caller_back(issue: Issue, on: date) -> uuid.UUID:
    """Who calls back on the owner: the officer of the issue, but never whom its complaint is about."""
    complaint = complaint_of(issue)
    if complaint is None or complaint.about_id != issue.officer_id:
        return issue.officer_id
    supervisors = staff_in(issue.estate_id, [Role.SUPERVISOR], on)
    others = [*supervisors, *staff_who_may(May.CARRY_TABLET, issue.estate_id, on)]
    return next((staff.id for staff in others if staff.id != complaint.about_id), issue.officer_id)


_ABOVE = {Role.SUPERVISOR: Role.MANAGER, Role.MANAGER: Role.EXECUTIVE}


def whose_turn(complaint: Complaint, role: Role, on: date) -> Role:
    """The role that does something with a complaint: the one above where it is about the only one who holds this."""
    if complaint.about_id is None:
        return role
    held_by = {staff.id for staff in staff_in(complaint.estate_id, [role], on)}
    return _ABOVE[role] if held_by == {complaint.about_id} else role


def is_about(issue: Issue, staff_id: uuid.UUID | None) -> bool:
    """Whether the issue is a complaint about this member of staff."""
    complaint = complaint_of(issue)
    return complaint is not None and staff_id is not None and complaint.about_id == staff_id


def not_by_whom_it_is_about(issue: Issue, by: By) -> None:
    """Raises NotAllowed where somebody acts on a complaint about themselves."""
    if is_about(issue, by.staff_id):
        raise NotAllowed("complaint:about_you", _("This complaint is about you: somebody else handles it."))


def last_day_to_rectify(issue: Issue, today: date) -> date:
    """The latest day that a department can settle (R38): its urgency's limit, or that of a complaint about its work.

    What takes longer is taken up with customer service, who agrees to a later date (R39).
    """
    complaints = complaints_of_work(issue)
    if complaints:
        last = local_date(min(complaint.deadline_at for complaint in complaints), _estate(issue).time_zone)
        return max(last, today)
    limit = _limits(issue)
    days = {
        Urgency.URGENT: limit.rectify_days_urgent,
        Urgency.ORDINARY: limit.rectify_days_ordinary,
        Urgency.MAJOR: limit.rectify_days_major,
    }
    return today + timedelta(days=days[issue.urgency])


def can_be_responsible(issue: Issue, responsible: Staff, due_on: date, today: date) -> None:
    """Raises Refused for whom a complaint is about, and for a day after the last one.

    A complaint that was merged into the work counts as well.
    """
    complaints = complaints_of_work(issue)
    if responsible.id in {complaint.about_id for complaint in complaints}:
        raise Refused("complaint:about_them", _("The complaint is about this person: choose somebody else."))
    last = last_day_to_rectify(issue, today)
    if due_on <= last:
        return
    day = last.isoformat()
    if complaints:
        raise Refused("complaint:too_late", _("A complaint of this grade must be handled by %(day)s.", day=day))
    words = _("Set a day by %(day)s. If it takes longer, accept it and ask customer service for a later date.", day=day)
    raise Refused("issue:date_too_late", words)


def follow(
    issue: Issue, before: State, move: Move, *, data: dict[str, Any], by: By, at: datetime, said_at: datetime
) -> None:
    """Move the complaint along after its issue has moved; nothing for what means nothing to it.

    `said_at`: when an owner said what moved it, which a tablet may bring much later.
    """
    complaint = complaint_of(issue)
    if complaint is None:
        return
    # Answered on the spot the complainant has heard it; with an answer of their own they were spoken with.
    if move is Move.ANSWER or move in OWNERS:
        words = str(data.get("answer", "")) if move is Move.ANSWER else ""
        _was_spoken_with(complaint, words, by=by, at=at, said_at=said_at)
    act = follows(before, move, issue.state, responded=complaint.responded_at is not None)
    row = complaint_row(complaint.standing, act) if act else None
    if row is None:
        return
    if row.act is Act.HANDLE:
        complaint.handled_by_id, complaint.handled_at = by.staff_id, at
        complaint.handling = str(data.get("note") or data.get("answer") or "")
    if row.act in (Act.REOPEN, Act.HANDLE_AGAIN):
        begin_round(complaint, at=at)
        # A review of how it was handled says nothing of what is handled anew; the history keeps it.
        complaint.reviewed_by_id, complaint.reviewed_at, complaint.review = None, None, ""
    write(complaint, row, by=by, at=at, data={"round": issue.round})


def take_in_what_was_done(complaint: Complaint) -> None:
    """What an issue was reported rectified with before it became a complaint is the complaint's handling."""
    issue, done = complaint.issue, complaint.issue.state is State.RECTIFIED
    complaint.handled_by_id, complaint.handled_at = (issue.responsible_id, issue.rectified_at) if done else (None, None)
    complaint.handling = issue.rectified_note if done else ""


def begin_round(complaint: Complaint, *, at: datetime) -> None:
    """The limit of handling counts anew."""
    complaint.counted_from = at
    days = handling_days(complaint.grade, _limits(complaint.issue))
    complaint.deadline_at = days_later(at, days, _estate(complaint.issue).time_zone)


def owes_a_response(complaint: Complaint) -> bool:
    """Whether nobody has spoken with the complainant yet, who still waits for it."""
    return complaint.standing in RUNNING and complaint.responded_at is None


def _was_spoken_with(complaint: Complaint, words: str, *, by: By, at: datetime, said_at: datetime) -> None:
    """That is the first response, where nobody has given one; without words it was the callback itself.

    It was given when they spoke, not when the tablet found a network. The issue's own line says what was said: this
    one has no words.
    """
    if complaint.responded_at is not None:
        return
    complaint.responded_by_id, complaint.responded_at, complaint.response = by.staff_id, said_at, words
    row = complaint_row(complaint.standing, Act.RESPOND)
    if row is not None:
        write(complaint, row, by=by, at=at, data={})


def write(
    complaint: Complaint,
    row: Row,
    *,
    by: By,
    at: datetime,
    data: dict[str, Any],
    event_id: uuid.UUID | None = None,
) -> None:
    """Write standing and journal line together, and what the complaint waits for now."""
    complaint.standing = row.after
    issue = complaint.issue
    changes = (Doc("issue", issue.id), *((Doc("unit", issue.unit_id),) if issue.unit_id else ()))
    subject, said = ("complaint", complaint.id), {"issue": str(issue.id), **data}
    journal.write(
        complaint.estate_id, row.act.value, subject, by=by, at=at, data=said, changes=changes, event_id=event_id
    )
    _let_wait(complaint, at=at)


def _let_wait(complaint: Complaint, *, at: datetime) -> None:
    """The first response, until it is given, whatever its department has done meanwhile; at the end the review."""
    limit, subject = _limits(complaint.issue), ("complaint", complaint.id)
    zone = _estate(complaint.issue).time_zone
    today = local_date(at, zone)
    if owes_a_response(complaint):
        due = complaint.received_at + timedelta(hours=limit.complaint_response_hours)
        holder = waits.Holder(role=whose_turn(complaint, Role.SUPERVISOR, today).value)
        is_new = not sa.inspect(complaint).persistent
        waits.begin(
            complaint.estate_id, subject, RESPOND, holder, since=complaint.received_at, due_at=due, is_new=is_new
        )
    else:
        waits.end(complaint.id, RESPOND)
    if complaint.standing is Standing.TO_REVIEW:
        due, reviewer = days_later(at, limit.review_days, zone), whose_turn(complaint, Role.MANAGER, today)
        waits.begin(complaint.estate_id, subject, REVIEW, waits.Holder(role=reviewer.value), since=at, due_at=due)
    else:
        waits.end(complaint.id, REVIEW)


def _estate(issue: Issue) -> Estate:
    return ahead.get_one(Estate, issue.estate_id)


def _limits(issue: Issue) -> Limits:
    return limits(_estate(issue).settings)
