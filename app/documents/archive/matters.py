"""What an archive holds beside the records of visits: a row for each kind of matter, in the order of the index."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

import sqlalchemy as sa

from app.core.db import Kept, db
from app.core.errors import Words
from app.core.i18n import lazy_
from app.core.journal import JournalLine
from app.documents.archive.matter import Matter
from app.documents.archive.of_issues import tell_issue
from app.documents.archive.of_meetings import tell_meeting
from app.documents.archive.of_papers import (
    Printed,
    tell_batch,
    tell_calls,
    tell_complaint,
    tell_plan,
    tell_register,
    tell_special,
    tell_year,
)
from app.documents.archive.of_records import tell_attempt, tell_inspection
from app.documents.archive.of_results import tell_letter, tell_result
from app.documents.archive.of_surveys import tell_sheet, tell_survey
from app.documents.archive.periods import Days, months_recorded, months_without
from app.documents.sheets_of.visit_record import category_paths
from app.estates.models import Estate
from app.issues.models import Complaint, Issue
from app.issues.queries import issues_of_inspections
from app.repairs.models import WorkOrder
from app.reports.models import YearReport
from app.surveys.measure_rules import MeetingState
from app.surveys.measures import SurveyMeasure, SurveyMeeting
from app.surveys.models import AS_NUMBERED, Survey, SurveySheet
from app.surveys.rules import SheetState, SurveyState
from app.visits.calls import calls_between
from app.visits.models import Attempt, Batch, BatchLine, Inspection, Plan, SpecialVisit, Visit
from app.visits.rules import LineState, PlanState

_Kept = TypeVar("_Kept", bound=Kept)


@dataclass(frozen=True)
class MatterKind:
    """`folder`: where its files lie. `within`: a period's matters in order, by id, or by the days of a month.
    `tell`: what is told of one.

    `has_page`: a page of its own in each language, for whoever reads its history.
    """

    type: str
    folder: str
    title: Words
    within: Callable[[Estate, Days], list[str]]
    tell: Callable[[Estate, str, Printed], Matter]
    has_page: bool = False


# --- which ---


def _attempts(estate: Estate, days: Days) -> list[str]:
    begin, end = days.moments(estate.time_zone)
    found = sa.select(Attempt.id).where(Attempt.estate_id == estate.id)
    found = found.where(Attempt.tried_at >= begin, Attempt.tried_at < end)
    return _ids(found.order_by(Attempt.tried_at, Attempt.id))


def _inspections(estate: Estate, days: Days) -> list[str]:
    begin, end = days.moments(estate.time_zone)
    found = sa.select(Inspection.id).where(Inspection.estate_id == estate.id)
    found = found.where(Inspection.noticed_at >= begin, Inspection.noticed_at < end)
    return _ids(found.order_by(Inspection.noticed_at, Inspection.id))


def _issues(estate: Estate, days: Days) -> list[str]:
    """Those raised in the period, and those that went on in it."""
    begin, end = days.moments(estate.time_zone)
    raised = sa.and_(Issue.raised_at >= begin, Issue.raised_at < end)
    went_on = Issue.id.in_(_went_on("issue", estate, days))
    found = sa.select(Issue.id).where(Issue.estate_id == estate.id, sa.or_(raised, went_on))
    return _ids(found.order_by(Issue.raised_at, Issue.id))


def _complaints(estate: Estate, days: Days) -> list[str]:
    """Those received in the period, and those that went on in it."""
    begin, end = days.moments(estate.time_zone)
    received = sa.and_(Complaint.received_at >= begin, Complaint.received_at < end)
    went_on = Complaint.id.in_(_went_on("complaint", estate, days))
    found = sa.select(Complaint.id).where(Complaint.estate_id == estate.id, sa.or_(received, went_on))
    return _ids(found.order_by(Complaint.received_at, Complaint.id))


def _plans(estate: Estate, days: Days) -> list[str]:
    """Those of the months that the period touches; a draft that nobody handed in is none yet."""
    first, last = f"{days.first:%Y-%m}", f"{days.last:%Y-%m}"
    found = sa.select(Plan.id).where(Plan.estate_id == estate.id, Plan.month.between(first, last))
    return _ids(found.where(Plan.state != PlanState.DRAFT).order_by(Plan.month))


def _specials(estate: Estate, days: Days) -> list[str]:
    begin, end = days.moments(estate.time_zone)
    found = sa.select(SpecialVisit.id).where(SpecialVisit.estate_id == estate.id)
    ordered = sa.and_(SpecialVisit.ordered_at >= begin, SpecialVisit.ordered_at < end)
    due = SpecialVisit.due_on.between(days.first, days.last)
    return _ids(found.where(sa.or_(ordered, due)).order_by(SpecialVisit.ordered_at, SpecialVisit.id))


def _batches(estate: Estate, days: Days) -> list[str]:
    """Those in which a record of the period is."""
    begin, end = days.moments(estate.time_zone)
    of_the_period = sa.select(Visit.id).where(
        Visit.estate_id == estate.id, Visit.started_at >= begin, Visit.started_at < end
    )
    lines = sa.select(BatchLine.batch_id).where(BatchLine.state != LineState.OUT, BatchLine.visit_id.in_(of_the_period))
    return _ids(sa.select(Batch.id).where(Batch.id.in_(lines)).order_by(Batch.made_at, Batch.id))


def _years(estate: Estate, days: Days) -> list[str]:
    """Those of which somebody had anything in hand in the period, and those whose last day is in it."""
    last = days.last.year if days.last == date(days.last.year, 12, 31) else days.last.year - 1
    ends = YearReport.year.between(days.first.year, last)
    went_on = YearReport.id.in_(_went_on("year_report", estate, days))
    found = sa.select(YearReport.id).where(YearReport.estate_id == estate.id, sa.or_(ends, went_on))
    return _ids(found.order_by(YearReport.year))


def _surveys(estate: Estate, days: Days) -> list[str]:
    """Those of which something happened in the period; one that nobody got is none."""
    went_on = Survey.id.in_(_went_on("survey", estate, days))
    found = sa.select(Survey.id).where(Survey.estate_id == estate.id, Survey.issued_at.is_not(None), went_on)
    return _ids(found.order_by(Survey.made_at, Survey.id))


def _results(estate: Estate, days: Days) -> list[str]:
    """Those that were read to the end, of surveys of which something happened in the period."""
    went_on = Survey.id.in_(_went_on("survey", estate, days))
    return _ids(_read_to_the_end(estate).where(went_on))


def _letters(estate: Estate, days: Days) -> list[str]:
    """The same, and those of which the measures, that stand in the letter, went on in the period."""
    measured = sa.select(SurveyMeasure.survey_id).where(SurveyMeasure.id.in_(_went_on("survey_measure", estate, days)))
    went_on = sa.or_(Survey.id.in_(_went_on("survey", estate, days)), Survey.id.in_(measured))
    return _ids(_read_to_the_end(estate).where(went_on))


def _meetings(estate: Estate, days: Days) -> list[str]:
    """Those whose minutes are written, and of which, or of whose measures, something happened in the period."""
    measured = sa.select(SurveyMeasure.survey_id).where(SurveyMeasure.id.in_(_went_on("survey_measure", estate, days)))
    held = SurveyMeeting.id.in_(_went_on("survey_meeting", estate, days))
    found = sa.select(SurveyMeeting.id).where(
        SurveyMeeting.estate_id == estate.id,
        SurveyMeeting.state == MeetingState.HELD,
        sa.or_(held, SurveyMeeting.survey_id.in_(measured)),
    )
    return _ids(found.order_by(SurveyMeeting.written_at, SurveyMeeting.id))


def _read_to_the_end(estate: Estate) -> sa.Select[uuid.UUID]:
    found = sa.select(Survey.id).where(Survey.estate_id == estate.id, Survey.state == SurveyState.READ)
    return found.order_by(Survey.made_at, Survey.id)


def _sheets(estate: Estate, days: Days) -> list[str]:
    """Those that came back in the period, or arrived from a tablet in it."""
    begin, end = days.moments(estate.time_zone)
    came_back = sa.and_(SurveySheet.collected_at >= begin, SurveySheet.collected_at < end)
    arrived = SurveySheet.id.in_(_went_on("survey_sheet", estate, days, "sheet:collected"))
    found = sa.select(SurveySheet.id).where(SurveySheet.estate_id == estate.id, sa.or_(came_back, arrived))
    found = found.where(SurveySheet.state == SheetState.COLLECTED)
    return _ids(found.order_by(SurveySheet.survey_id, *AS_NUMBERED))


def _months_of_calls(estate: Estate, days: Days) -> list[str]:
    return [str(month) for month in days.months() if calls_between(estate, *month.moments(estate.time_zone))]


def _months_of_orders(estate: Estate, days: Days) -> list[str]:
    def has_orders(month: Days) -> bool:
        begin, end = month.moments(estate.time_zone)
        reported = WorkOrder.reported_at >= begin, WorkOrder.reported_at < end
        return bool(db.session.scalar(sa.select(sa.exists().where(WorkOrder.estate_id == estate.id, *reported))))

    return [str(month) for month in days.months() if has_orders(month)]


def _went_on(subject: str, estate: Estate, days: Days, *kinds: str) -> sa.Select[uuid.UUID]:
    """Ids of the matters of which something happened in the period, of these kinds or any."""
    begin, end = days.moments(estate.time_zone)
    return sa.select(JournalLine.subject_id).where(
        *([JournalLine.kind.in_(kinds)] if kinds else []),
        JournalLine.stream == estate.id,
        JournalLine.subject_type == subject,
        JournalLine.at >= begin,
        JournalLine.at < end,
    )


def _ids(found: sa.Select[uuid.UUID]) -> list[str]:
    return [str(id_) for id_ in db.session.scalars(found)]


# --- what ---


def _attempt(estate: Estate, id_: str, _printed: Printed) -> Matter:
    return tell_attempt(db.session.get_one(Attempt, uuid.UUID(id_)), estate)


def _inspection(estate: Estate, id_: str, _printed: Printed) -> Matter:
    inspection = db.session.get_one(Inspection, uuid.UUID(id_))
    return tell_inspection(inspection, issues_of_inspections([inspection.id]).get(inspection.id), estate)


def _issue(estate: Estate, id_: str, _printed: Printed) -> Matter:
    issue = db.session.get_one(Issue, uuid.UUID(id_))
    return tell_issue(issue, estate, category_paths(estate.id)[issue.category_id])


def _by_id(model: type[_Kept], tell: Callable[[_Kept, Estate, Printed], Matter]) -> Callable[..., Matter]:
    def told(estate: Estate, id_: str, printed: Printed) -> Matter:
        return tell(db.session.get_one(model, uuid.UUID(id_)), estate, printed)

    return told


def _by_month(tell: Callable[[Days, Estate, Printed], Matter]) -> Callable[..., Matter]:
    def told(estate: Estate, days: str, printed: Printed) -> Matter:
        return tell(Days.read(days), estate, printed)

    return told


MATTERS: tuple[MatterKind, ...] = (
    MatterKind("attempt", "attempts", lazy_("Tries that met nobody"), _attempts, _attempt),
    MatterKind("inspection", "inspections", lazy_("Routine inspections"), _inspections, _inspection),
    MatterKind("issue", "issues", lazy_("Issues and their rectification"), _issues, _issue, has_page=True),
    MatterKind("complaint", "complaints", lazy_("Complaints"), _complaints, _by_id(Complaint, tell_complaint)),
    MatterKind("calls", "calls", lazy_("Phone callback summaries"), _months_of_calls, _by_month(tell_calls)),
    MatterKind("register", "orders", lazy_("Work order register"), _months_of_orders, _by_month(tell_register)),
    MatterKind("plan", "plans", lazy_("Plans and their changes"), _plans, _by_id(Plan, tell_plan), has_page=True),
    MatterKind(
        "special", "specials", lazy_("Special visits"), _specials, _by_id(SpecialVisit, tell_special), has_page=True
    ),
    MatterKind("batch", "batches", lazy_("Records handed up"), _batches, _by_id(Batch, tell_batch), has_page=True),
    MatterKind("survey", "surveys", lazy_("Surveys"), _surveys, _by_id(Survey, tell_survey), has_page=True),
    MatterKind("sheet", "sheets", lazy_("Sheets of surveys"), _sheets, _by_id(SurveySheet, tell_sheet)),
    MatterKind("result", "results", lazy_("Results of surveys"), _results, _by_id(Survey, tell_result), has_page=True),
    MatterKind("letter", "letters", lazy_("Open letters to owners"), _letters, _by_id(Survey, tell_letter)),
    MatterKind(
        "meeting",
        "meetings",
        lazy_("Special meetings on surveys"),
        _meetings,
        _by_id(SurveyMeeting, tell_meeting),
        has_page=True,
    ),
    MatterKind("year", "years", lazy_("Annual statistics"), _years, _by_id(YearReport, tell_year), has_page=True),
)


def months_to_archive(estate: Estate, today: date) -> dict[date, tuple[int, int]]:
    """First day of each month of which anything can be archived, newest first → visits, and how many are archived.

    A month is looked through for older matters that went on only where nothing began in it: that is rare.
    """
    began = months_recorded(estate, today)
    went_on = [
        month.first
        for month in months_without(began, estate, today)
        if any(kind.within(estate, month) for kind in MATTERS)
    ]
    return {month: began.get(month, (0, 0)) for month in sorted([*began, *went_on], reverse=True)}
