"""The special meeting on a survey (R33): called by the executive, put off, its minutes written. The caller commits."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from app.core import journal, waits
from app.core.clock import days_later, local_date
from app.core.db import db, hold, take_turn
from app.core.errors import Outdated, Refused
from app.core.i18n import _
from app.core.ids import new_id
from app.core.journal import By
from app.core.waits import Holder
from app.estates.models import Estate
from app.estates.rules import Limits, Profile, limits
from app.people.models import Department
from app.people.rules import Role
from app.surveys.measure_rules import ATTEND, CALL, MINUTES, SETTLE, MeasureState, MeetingMove, MeetingState
from app.surveys.measures import SurveyCall, SurveyMeasure, SurveyMeeting, meeting_on
from app.surveys.models import Survey
from app.surveys.rules import HANDED_UP


@dataclass(frozen=True)
class Called:
    """When and where a meeting is, what is said with it, and whom it calls beside those who lead the estate."""

    meets_at: datetime
    place: str
    note: str
    departments: Sequence[Department]


@dataclass(frozen=True)
class Problem:
    """What the meeting found about a department, and the first plan of putting it right."""

    department_id: uuid.UUID
    words: str
    first_plan: str


@dataclass(frozen=True)
class Minutes:
    """What a meeting came to. `present`: ids of staff, `others`: names of whoever else was there."""

    held_on: date
    chair_id: uuid.UUID
    present: Sequence[uuid.UUID]
    others: str
    words: str
    problems: Sequence[Problem]


def let_call(survey: Survey, *, at: datetime) -> None:
    """The result is read to the end of its chain: the executive calls the meeting, unless it is called already."""
    if meeting_on(survey.id) is None:
        due_at = _days_for_review(survey.estate_id, at)
        holder = Holder(role=Role.EXECUTIVE.value)
        waits.begin(survey.estate_id, ("survey", survey.id), CALL, holder, since=at, due_at=due_at)


def call_meeting(survey: Survey, called: Called, *, event_id: uuid.UUID, by: By, at: datetime) -> SurveyMeeting | None:
    """The managers of the departments concerned are called, in profile A the property manager as well (R33).

    Returns nothing if this very event happened already. Raises Outdated where somebody else has called it.
    """
    take_turn(f"meeting {survey.id}")
    if journal.happened(event_id):
        return None
    if meeting_on(survey.id) is not None:
        raise Outdated("meeting:called", _("The meeting on this survey is called already."))
    if survey.state not in HANDED_UP:
        raise Refused("meeting:no_result", _("The meeting is on the result: it is handed up first."))
    if not called.departments:
        raise Refused("meeting:nobody", _("Choose the departments concerned."))
    _must_lie_ahead(called.meets_at, called.place, at)
    assert by.staff_id is not None, "a meeting is called by a person"
    meeting = SurveyMeeting(
        id=new_id(),
        estate_id=survey.estate_id,
        survey_id=survey.id,
        state=MeetingState.CALLED,
        meets_at=called.meets_at,
        place=called.place.strip(),
        note=called.note.strip(),
        called_by_id=by.staff_id,
        called_at=at,
    )
    db.session.add(meeting)
    db.session.flush()
    _write(meeting, MeetingMove.CALL, {"meets_at": meeting.meets_at.isoformat()}, event_id=event_id, by=by, at=at)
    for department_id in [*(one.id for one in called.departments), *_property_company(survey.estate_id)]:
        db.session.add(
            SurveyCall(id=new_id(), estate_id=meeting.estate_id, meeting_id=meeting.id, department_id=department_id)
        )
    db.session.flush()
    db.session.expire(meeting, ["calls"])
    waits.end(survey.id, CALL)
    _let_come(meeting, by=by, at=at)
    return meeting


def put_off(
    meeting: SurveyMeeting, meets_at: datetime, place: str, *, event_id: uuid.UUID, by: By, at: datetime
) -> bool:
    """It is another time, or elsewhere: whoever is called is told again."""
    if not _take(meeting, event_id):
        return False
    _must_lie_ahead(meets_at, place, at)
    meeting.meets_at, meeting.place = meets_at, place.strip()
    for call in meeting.calls:
        call.read_at = call.read_by_id = None
    _write(meeting, MeetingMove.PUT_OFF, {"meets_at": meets_at.isoformat()}, event_id=event_id, by=by, at=at)
    _let_come(meeting, by=by, at=at)
    return True


def will_come(call: SurveyCall, *, by: By, at: datetime) -> bool:
    """Whoever is called has read the summary, and comes. Returns whether nobody had said so before."""
    hold(call)
    if call.read_at is not None or call.meeting.state is not MeetingState.CALLED:
        return False
    call.read_at, call.read_by_id = at, by.staff_id
    waits.end(call.id, ATTEND)
    _note(call, "meeting:summary_read", by=by, at=at)
    return True


def record_meeting(meeting: SurveyMeeting, written: Minutes, *, event_id: uuid.UUID, by: By, at: datetime) -> bool:
    """The minutes: who was there, each department's problems, the first plan; departments now settle their measures.

    Returns False if this very event happened already. Raises Outdated if somebody else has written them, Refused
    before the hour of the meeting.
    """
    if not _take(meeting, event_id):
        return False
    _must_have_been_held(meeting, written.held_on, at)
    if not written.words.strip():
        raise Refused("meeting:no_minutes", _("Write down what was discussed."))
    if not written.problems:
        raise Refused("meeting:no_problems", _("Write down at least one department's problem."))
    _must_answer({one.department_id for one in written.problems}, meeting)
    meeting.state, meeting.held_on, meeting.chair_id = MeetingState.HELD, written.held_on, written.chair_id
    meeting.present, meeting.others = [str(id_) for id_ in written.present], written.others.strip()
    meeting.minutes, meeting.written_by_id, meeting.written_at = written.words.strip(), by.staff_id, at
    for call in meeting.calls:
        waits.end(call.id, ATTEND)
    waits.end(meeting.id, MINUTES)
    data = {"held_on": written.held_on.isoformat(), "problems": len(written.problems)}
    _write(meeting, MeetingMove.RECORD, data, event_id=event_id, by=by, at=at)
    for place, problem in enumerate(written.problems, start=1):
        _set_down(meeting, place, problem, by=by, at=at)
    return True


def _must_have_been_held(meeting: SurveyMeeting, held_on: date, at: datetime) -> None:
    """Since it was called, and by now; nobody writes what is discussed before the hour for which it is called."""
    zone = db.session.get_one(Estate, meeting.estate_id).time_zone
    if at < meeting.meets_at:
        raise Refused(
            "meeting:not_held", _("The hour of the meeting lies ahead: its minutes are written from then on.")
        )
    if held_on > local_date(at, zone):
        raise Refused("meeting:not_held", _("The day of the meeting lies ahead."))
    if held_on < local_date(meeting.called_at, zone):
        raise Refused("meeting:not_called_yet", _("On that day the meeting was not called yet."))


def _must_answer(named: set[uuid.UUID], meeting: SurveyMeeting) -> None:
    """Departments that were called; for one that has closed since another that there is, as nobody settles for it."""
    wanted = sa.select(Department.id, Department.closed_on).where(Department.estate_id == meeting.estate_id)
    # None of them closes until their measures wait for them.
    found = wanted.order_by(Department.id).with_for_update(read=True)
    closed = {row.id: row.closed_on is not None for row in db.session.execute(found)}
    called = {call.department_id for call in meeting.calls if call.department_id}
    if any(closed.get(id_) for id_ in named):
        raise Refused(
            "meeting:department_closed", _("A department has closed since it was called: say who answers for it now.")
        )
    if not named <= (set(closed) if any(closed[id_] for id_ in called) else called):
        raise Refused("meeting:not_called", _("This department was not called to the meeting."))


def _set_down(meeting: SurveyMeeting, place: int, problem: Problem, *, by: By, at: datetime) -> None:
    """A problem of a department: its manager settles measure, person and date (R34)."""
    measure = SurveyMeasure(
        id=new_id(),
        estate_id=meeting.estate_id,
        survey_id=meeting.survey_id,
        department_id=problem.department_id,
        place=place,
        state=MeasureState.SET_DOWN,
        problem=problem.words.strip(),
        first_plan=problem.first_plan.strip(),
    )
    db.session.add(measure)
    db.session.flush()
    subject, department = ("survey_measure", measure.id), {"department": str(problem.department_id)}
    journal.write(meeting.estate_id, "measure:set_down", subject, by=by, at=at, data={"round": 1, **department})
    holder = Holder(role=Role.DEPARTMENT_MANAGER.value, department_id=problem.department_id)
    due_at = at + timedelta(hours=_limits(meeting.estate_id).measure_hours)
    waits.begin(meeting.estate_id, subject, SETTLE, holder, since=at, due_at=due_at, round_=1)


def _let_come(meeting: SurveyMeeting, *, by: By, at: datetime) -> None:
    """Whoever is called reads the summary and comes; some days after it the minutes are written."""
    for call in meeting.calls:
        role = Role.DEPARTMENT_MANAGER if call.department_id else Role.PROPERTY_MANAGER
        holder = Holder(role=role.value, department_id=call.department_id)
        waits.begin(meeting.estate_id, ("survey_call", call.id), ATTEND, holder, since=at, due_at=meeting.meets_at)
        _note(call, "meeting:invited", by=by, at=at)
    due_at = _days_for_review(meeting.estate_id, meeting.meets_at)
    holder = Holder(role=Role.SUPERVISOR.value, also_role=Role.EXECUTIVE.value)
    waits.begin(meeting.estate_id, ("survey_meeting", meeting.id), MINUTES, holder, since=at, due_at=due_at)


def _take(meeting: SurveyMeeting, event_id: uuid.UUID) -> bool:
    """Read it as it is now; whether there is something left to be done, and this event did not do it."""
    if journal.happened(event_id):
        return False
    hold(meeting)
    if meeting.state is not MeetingState.CALLED:
        raise Outdated("meeting:held", _("The minutes of this meeting are written already."))
    return True


def _write(
    meeting: SurveyMeeting, move: MeetingMove, data: dict[str, Any], *, event_id: uuid.UUID, by: By, at: datetime
) -> None:
    data, subject = {"survey": str(meeting.survey_id), **data}, ("survey_meeting", meeting.id)
    journal.write(meeting.estate_id, move.value, subject, by=by, at=at, data=data, event_id=event_id)


def _note(call: SurveyCall, kind: str, *, by: By, at: datetime) -> None:
    data = {"department": str(call.department_id)} if call.department_id else {}
    journal.write(call.estate_id, kind, ("survey_call", call.id), by=by, at=at, data=data)


def _property_company(estate_id: uuid.UUID) -> list[None]:
    """The property manager is called too, where that is another than the executive."""
    return [None] if db.session.get_one(Estate, estate_id).profile is Profile.A else []


def _must_lie_ahead(meets_at: datetime, place: str, at: datetime) -> None:
    if meets_at <= at:
        raise Refused("meeting:past", _("The meeting lies in the past: set another time."))
    if not place.strip():
        raise Refused("meeting:no_place", _("Say where the meeting is."))


def _days_for_review(estate_id: uuid.UUID, at: datetime) -> datetime:
    """So many days later, by the clock of where the estate stands."""
    return days_later(at, _limits(estate_id).review_days, db.session.get_one(Estate, estate_id).time_zone)


def _limits(estate_id: uuid.UUID) -> Limits:
    return limits(db.session.get_one(Estate, estate_id).settings)
