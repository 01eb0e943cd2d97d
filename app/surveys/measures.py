"""The special meeting on a survey (R33), who is called to it, and the measures that follow (R34), as they are kept."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from app.core.db import Kept, by_id, db
from app.core.errors import NotFound
from app.core.i18n import _
from app.people.models import Department, Staff
from app.surveys.measure_rules import MeasureState, MeetingState
from app.surveys.models import Survey


class SurveyMeeting(Kept):
    """The special meeting on a survey's result, 专项研讨会 (R33). Once its minutes are written it never changes.

    `meets_at`, `place`: what it is called for. `present`: ids of staff who came, `others`: names of whoever else did.
    """

    __tablename__ = "survey_meeting"

    estate_id: Mapped[uuid.UUID]
    survey_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("survey.id"), unique=True)
    state: Mapped[MeetingState] = mapped_column(default=MeetingState.CALLED)
    meets_at: Mapped[datetime]
    place: Mapped[str] = mapped_column(sa.String(120))
    note: Mapped[str] = mapped_column(sa.Text, default="")
    called_by_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("staff.id"))
    called_at: Mapped[datetime]
    held_on: Mapped[date | None]
    chair_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("staff.id"))
    present: Mapped[list[str]] = mapped_column(default=list)
    others: Mapped[str] = mapped_column(sa.Text, default="")
    minutes: Mapped[str] = mapped_column(sa.Text, default="")
    written_by_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("staff.id"))
    written_at: Mapped[datetime | None]
    survey: Mapped[Survey] = relationship()
    called_by: Mapped[Staff] = relationship(foreign_keys=[called_by_id])
    chair: Mapped[Staff | None] = relationship(foreign_keys=[chair_id])
    written_by: Mapped[Staff | None] = relationship(foreign_keys=[written_by_id])
    calls: Mapped[list["SurveyCall"]] = relationship(back_populates="meeting", order_by="SurveyCall.id")


class SurveyCall(Kept):
    """Who is called to a meeting: a department's manager, or the property manager where there is no department.

    `read_at`: when one of them had read the summary and said that they come.
    """

    __tablename__ = "survey_call"
    __table_args__ = (sa.UniqueConstraint("meeting_id", "department_id"),)

    estate_id: Mapped[uuid.UUID]
    meeting_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("survey_meeting.id"))
    department_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("department.id"))
    read_at: Mapped[datetime | None]
    read_by_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("staff.id"))
    meeting: Mapped[SurveyMeeting] = relationship(back_populates="calls")
    department: Mapped[Department | None] = relationship()
    read_by: Mapped[Staff | None] = relationship()


class SurveyMeasure(Kept):
    """A department's problem as the minutes set it down, with the first plan; its measure, and how that was reported.

    `round`: from 1, one more each time the executive asks again. `met_on`: when the department held its own meeting.
    """

    __tablename__ = "survey_measure"

    estate_id: Mapped[uuid.UUID]
    survey_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("survey.id"), index=True)
    department_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("department.id"))
    place: Mapped[int]
    state: Mapped[MeasureState] = mapped_column(default=MeasureState.SET_DOWN)
    round: Mapped[int] = mapped_column(default=1)
    problem: Mapped[str] = mapped_column(sa.Text)
    first_plan: Mapped[str] = mapped_column(sa.Text, default="")
    measure: Mapped[str] = mapped_column(sa.Text, default="")
    responsible_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("staff.id"))
    met_on: Mapped[date | None]
    due_on: Mapped[date | None]
    settled_at: Mapped[datetime | None]
    report: Mapped[str] = mapped_column(sa.Text, default="")
    reported_at: Mapped[datetime | None]
    reported_by_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("staff.id"))
    read_at: Mapped[datetime | None]
    read_by_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("staff.id"))
    collected_at: Mapped[datetime | None]
    collected_by_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("staff.id"))
    survey: Mapped[Survey] = relationship()
    department: Mapped[Department] = relationship()
    responsible: Mapped[Staff | None] = relationship(foreign_keys=[responsible_id])
    reported_by: Mapped[Staff | None] = relationship(foreign_keys=[reported_by_id])


@dataclass(frozen=True)
class Measured:
    """A measure as owners are told of it (form 12): the problem, what is done, by whom and when, where it stands."""

    department: Department
    problem: str
    measure: str
    responsible: str
    due_on: date | None
    state: MeasureState


def meeting_on(survey_id: uuid.UUID) -> SurveyMeeting | None:
    """The special meeting on a survey, if it is called."""
    found = sa.select(SurveyMeeting).where(SurveyMeeting.survey_id == survey_id)
    with_calls = joinedload(SurveyMeeting.calls).joinedload(SurveyCall.department)
    return db.session.scalars(found.options(with_calls)).unique().first()


def the_meeting(estate_id: uuid.UUID, meeting_id: uuid.UUID) -> SurveyMeeting:
    """A meeting of this estate. Raises NotFound."""
    meeting = db.session.get(SurveyMeeting, meeting_id)
    if meeting is None or meeting.estate_id != estate_id:
        raise NotFound("meeting:unknown", _("This meeting is not known in this estate."))
    return meeting


def the_call(estate_id: uuid.UUID, call_id: uuid.UUID) -> SurveyCall:
    """Somebody's call to a meeting of this estate. Raises NotFound."""
    call = db.session.get(SurveyCall, call_id)
    if call is None or call.estate_id != estate_id:
        raise NotFound("call:unknown", _("This call is not to you."))
    return call


def the_measure(estate_id: uuid.UUID, measure_id: uuid.UUID) -> SurveyMeasure:
    """A measure of this estate. Raises NotFound."""
    measure = db.session.get(SurveyMeasure, measure_id)
    if measure is None or measure.estate_id != estate_id:
        raise NotFound("measure:unknown", _("This measure is not known in this estate."))
    return measure


def measures_on(*survey_ids: uuid.UUID) -> list[SurveyMeasure]:
    """Every measure that follows of these surveys, department by department, in the order of the minutes."""
    found = (
        sa.select(SurveyMeasure)
        .join(SurveyMeasure.department)
        .where(SurveyMeasure.survey_id.in_(survey_ids))
        .options(joinedload(SurveyMeasure.department), joinedload(SurveyMeasure.responsible))
        .order_by(Department.code, SurveyMeasure.place, SurveyMeasure.id)
    )
    return list(db.session.scalars(found))


def followed_up_with(estate_id: uuid.UUID, department_ids: Collection[uuid.UUID]) -> list[SurveyMeeting]:
    """The meetings that any of these departments is called to or has a measure from, the newest first."""
    called = SurveyMeeting.calls.any(SurveyCall.department_id.in_(department_ids))
    measured = sa.exists().where(
        SurveyMeasure.survey_id == SurveyMeeting.survey_id, SurveyMeasure.department_id.in_(department_ids)
    )
    found = sa.select(SurveyMeeting).where(SurveyMeeting.estate_id == estate_id, sa.or_(called, measured))
    newest = found.options(joinedload(SurveyMeeting.survey)).order_by(SurveyMeeting.meets_at.desc(), SurveyMeeting.id)
    return list(db.session.scalars(newest))


def measures_of(survey_id: uuid.UUID) -> list[Measured]:
    """What owners are told of them; what was dropped is left out."""
    return [_told(one) for one in measures_on(survey_id) if one.state is not MeasureState.DROPPED]


def _told(one: SurveyMeasure) -> Measured:
    """Until it is settled the first plan, without a day; so again once the executive wants more than was done."""
    if one.state is MeasureState.SET_DOWN:
        return Measured(one.department, one.problem, one.first_plan, "", None, one.state)
    who = one.responsible.name if one.responsible else ""
    return Measured(one.department, one.problem, one.measure, who, one.due_on, one.state)


def measures_by_id(ids: list[uuid.UUID]) -> dict[uuid.UUID, SurveyMeasure]:
    """With their survey and department."""
    return by_id(SurveyMeasure, ids, joinedload(SurveyMeasure.survey), joinedload(SurveyMeasure.department))


def meetings_by_id(ids: list[uuid.UUID]) -> dict[uuid.UUID, SurveyMeeting]:
    """With their survey."""
    return by_id(SurveyMeeting, ids, joinedload(SurveyMeeting.survey))


def calls_by_id(ids: list[uuid.UUID]) -> dict[uuid.UUID, SurveyCall]:
    """With the meeting and its survey."""
    return by_id(SurveyCall, ids, joinedload(SurveyCall.meeting).joinedload(SurveyMeeting.survey))
