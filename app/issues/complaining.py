"""Everything people do with a complaint: make one of an issue, respond first, grade, turn back, review (V46).

The caller commits.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.agenda.actions import cancel, change, make_task
from app.agenda.queries import due_about
from app.agenda.rules import CALLBACKS, TELLINGS
from app.core import journal, waits
from app.core.clock import local_date
from app.core.db import attach, db
from app.core.errors import NotFound, Outdated, Refused
from app.core.i18n import _
from app.core.ids import new_id
from app.core.journal import By
from app.estates.models import Estate
from app.issues.complaint_rules import Act, Grade, Nature, Row, Standing, complaint_row, graver
from app.issues.complaints import (
    begin_round,
    callback_days,
    callback_kind,
    caller_back,
    is_about,
    not_by_whom_it_is_about,
    take_in_what_was_done,
    write,
)
from app.issues.deferring import untold
from app.issues.models import Complaint, Issue
from app.issues.moving import CALL_BACK, EXPLAIN, TELL, begin_wait, count_limits_anew, end_of, lock
from app.issues.rules import ENDED, State
from app.issues.work import leader_of
from app.people.models import Staff


@dataclass(frozen=True)
class Matter:
    """What kind of complaint it is; `about`: the member of staff it is about, if about one."""

    nature: Nature
    grade: Grade
    about_id: uuid.UUID | None = None


def the_complaint(issue: Issue) -> Complaint:
    """The complaint that an issue is. Raises NotFound."""
    if issue.complaint is None:
        raise NotFound("complaint:unknown", _("This issue is no complaint."))
    return issue.complaint


def open_complaint(
    issue: Issue, matter: Matter, *, event_id: uuid.UUID, by: By, at: datetime, told_at: datetime | None = None
) -> bool:
    """An issue amounts to a complaint: from now on it has its own record and stricter limits.

    `told_at`: when the owner made it, if that was before `at`, when the office heard of it. The first response is due
    by the former, for the owner waits since then; what the department must do is due by the latter.
    Returns False if this very event happened already. Raises Refused for what nobody owns or has ended, Outdated
    where it is a complaint already.
    """
    if journal.happened(event_id):
        return False
    lock(issue)
    if not issue.owned:
        raise Refused("complaint:no_owner", _("Nobody owns this issue: it cannot be a complaint."))
    if issue.state in ENDED:
        raise Refused("complaint:ended", _("This issue has ended: the owner can raise it anew."))
    if issue.complaint_grade is not None:
        raise Outdated("complaint:is_one", _("This issue is a complaint already."))
    if matter.about_id is not None and db.session.get(Staff, matter.about_id) is None:
        matter = Matter(matter.nature, matter.grade)
    complaint = issue.complaint or _new(issue, matter, by=by, at=at)
    complaint.nature, complaint.grade, complaint.about_id = matter.nature, matter.grade, matter.about_id
    complaint.receiver_id, complaint.received_at = by.staff_id or issue.officer_id, told_at or at
    complaint.responded_by_id, complaint.responded_at, complaint.response = None, None, ""
    issue.complaint_grade = matter.grade
    take_in_what_was_done(complaint)
    begin_round(complaint, at=at)
    data = {"nature": matter.nature.value, "grade": matter.grade.value}
    row = Row(complaint.standing, Act.OPEN, Standing.RECEIVED)
    write(complaint, row, by=by, at=at, data=data | _about(matter), event_id=event_id)
    _limit_anew(issue, by=by, at=at)
    return True


def respond(complaint: Complaint, response: str, *, event_id: uuid.UUID, by: By, at: datetime) -> bool:
    """The complainant has had a first response: what was said."""
    if not response.strip():
        raise Refused("complaint:response_missing", _("Say what the complainant was told."))
    row = _row_for(complaint, Act.RESPOND, event_id, by)
    if row is None:
        return False
    if complaint.responded_at is not None:
        raise Outdated("complaint:responded", _("Somebody else has given the first response already."))
    complaint.responded_by_id, complaint.responded_at, complaint.response = by.staff_id, at, response.strip()
    write(complaint, row, by=by, at=at, data={"note": complaint.response}, event_id=event_id)
    return True


def grade_anew(
    complaint: Complaint, grade: Grade, reason: str, *, seen: Grade, event_id: uuid.UUID, by: By, at: datetime
) -> bool:
    """Grade a complaint up or down, with a reason; its limit counts from the same moment as before.

    `seen`: the grade that whoever decides had before them.
    """
    if not reason.strip():
        raise Refused("complaint:reason_missing", _("Say why."))
    if grade is seen:
        raise Refused("complaint:same_grade", _("Nothing would change: choose another grade."))
    row = _row_for(complaint, Act.GRADE_UP if graver(grade, seen) else Act.GRADE_DOWN, event_id, by)
    if row is None:
        return False
    if complaint.grade is not seen:
        raise Outdated("complaint:graded", _("Somebody else has graded this complaint meanwhile: look at it again."))
    complaint.grade = complaint.issue.complaint_grade = grade
    begin_round(complaint, at=complaint.counted_from)
    data = {"from": seen.value, "grade": grade.value, "reason": reason.strip()}
    write(complaint, row, by=by, at=at, data=data, event_id=event_id)
    _limit_anew(complaint.issue, by=by, at=at)
    return True


def name_person(complaint: Complaint, about_id: uuid.UUID | None, *, event_id: uuid.UUID, by: By, at: datetime) -> bool:
    """Whom of the staff the complaint is about, or that it is about nobody: it leaves their hands at once."""
    row = _row_for(complaint, Act.NAME_PERSON, event_id, by)
    if row is None:
        return False
    if about_id == complaint.about_id:
        raise Refused("complaint:same_person", _("Nothing would change: choose somebody else."))
    complaint.about_id = about_id
    data = {"about": str(about_id)} if about_id else {}
    write(complaint, row, by=by, at=at, data=data, event_id=event_id)
    _limit_anew(complaint.issue, by=by, at=at)
    return True


def turn_back(complaint: Complaint, reason: str, *, event_id: uuid.UUID, by: By, at: datetime) -> bool:
    """The manager finds that it is an ordinary issue, with a reason; the issue goes on as one."""
    if not reason.strip():
        raise Refused("complaint:reason_missing", _("Say why."))
    row = _row_for(complaint, Act.TURN_BACK, event_id, by)
    if row is None:
        return False
    complaint.issue.complaint_grade = None
    write(complaint, row, by=by, at=at, data={"reason": reason.strip()}, event_id=event_id)
    _limit_anew(complaint.issue, by=by, at=at)
    return True


def review(complaint: Complaint, opinion: str, *, event_id: uuid.UUID, by: By, at: datetime) -> bool:
    """The manager's opinion on how the complaint was handled, once its owner has had the last word."""
    if not opinion.strip():
        raise Refused("complaint:opinion_missing", _("Write down your opinion."))
    row = _row_for(complaint, Act.REVIEW, event_id, by)
    if row is None:
        return False
    complaint.reviewed_by_id, complaint.reviewed_at, complaint.review = by.staff_id, at, opinion.strip()
    write(complaint, row, by=by, at=at, data={"note": complaint.review}, event_id=event_id)
    return True


def _new(issue: Issue, matter: Matter, *, by: By, at: datetime) -> Complaint:
    complaint = Complaint(
        id=new_id(),
        estate_id=issue.estate_id,
        issue_id=issue.id,
        complainant=issue.raised_by,
        standing=Standing.RECEIVED,
        nature=matter.nature,
        grade=matter.grade,
        receiver_id=by.staff_id or issue.officer_id,
        received_at=at,
        counted_from=at,
        deadline_at=at,
        response="",
        handling="",
        review="",
    )
    attach(complaint, issue=issue)
    attach(issue, complaint=complaint)
    db.session.add(complaint)
    series = f"TS-{local_date(at, db.session.get_one(Estate, issue.estate_id).time_zone):%y%m}"

    def assign(number: int) -> None:
        complaint.number = f"{series}-{number:04}"

    journal.take_number(issue.estate_id, series, assign)
    return complaint


def _row_for(complaint: Complaint, act: Act, event_id: uuid.UUID, by: By) -> Row | None:
    """The row for an act; nothing if this very event happened already. Raises Outdated if there is no such row.

    Its issue is locked before it, as by whatever moves the issue and the complaint with it.
    """
    if journal.happened(event_id):
        return None
    lock(complaint.issue)
    db.session.refresh(complaint, with_for_update={"of": Complaint})
    not_by_whom_it_is_about(complaint.issue, by)
    row = complaint_row(complaint.standing, act)
    if row is None:
        raise Outdated(
            "complaint:not_open_to_this",
            _("This complaint has moved on since: look at it again."),
            standing=complaint.standing.value,
        )
    return row


def _limit_anew(issue: Issue, *, by: By, at: datetime) -> None:
    """What waits has the limit that follows from what the issue is now, and the callback its category and caller."""
    if issue.state in (State.RECORDED, State.ANSWERED):
        return  # at its visit nothing waits yet, and it may not stand in the database
    db.session.flush()
    count_limits_anew(leader_of(issue) or issue)
    if issue.state is State.RECTIFIED:
        _call_back_anew(issue, by=by, at=at)
    _tell_anew(issue, by=by, at=at)


def _call_back_anew(issue: Issue, *, by: By, at: datetime) -> None:
    today = local_date(at, db.session.get_one(Estate, issue.estate_id).time_zone)
    for task in due_about(issue.id, *CALLBACKS):
        assignee_id = caller_back(issue, today) if is_about(issue, task.assignee_id) else task.assignee_id
        if (task.kind, task.assignee_id) == (callback_kind(issue), assignee_id) or issue.unit is None:
            continue
        cancel(task, by=by, at=at)
        due_on = min(task.due_on, today + timedelta(days=callback_days(issue)))
        make_task(
            issue.unit,
            callback_kind(issue),
            assignee_id=assignee_id,
            due_on=due_on,
            subject_id=issue.id,
            round_=issue.round,
            by=by,
            at=at,
        )
        for wait in waits.on(issue.id):
            due_at = min(wait.due_at, end_of(due_on, issue))
            begin_wait(issue, CALL_BACK, waits.Holder(staff_id=assignee_id), since=wait.since, due_at=due_at)


def _tell_anew(issue: Issue, *, by: By, at: datetime) -> None:
    """What is still to be explained, or another date, is told by somebody else than whom the complaint is about."""
    today = local_date(at, db.session.get_one(Estate, issue.estate_id).time_zone)
    for task in due_about(issue.id, *TELLINGS):
        if is_about(issue, task.assignee_id):
            change(task, assignee_id=caller_back(issue, today), due_on=task.due_on, by=by, at=at)
    deferral = untold(issue)
    for wait in [*waits.on(issue.id), *(waits.on(deferral.id) if deferral else [])]:
        if wait.what in (EXPLAIN, TELL) and is_about(issue, wait.staff_id):
            wait.staff_id = caller_back(issue, today)


def _about(matter: Matter) -> dict[str, str]:
    return {"about": str(matter.about_id)} if matter.about_id else {}
