"""How a measure goes on (R34, R35): settled and reported by its department, read, collected. The caller commits."""

import uuid
from datetime import date, datetime, timedelta
from typing import Any

from app.core import journal, waits
from app.core.clock import days_later, local_date
from app.core.db import db, hold
from app.core.errors import Outdated, Refused
from app.core.i18n import _
from app.core.journal import By
from app.core.waits import Holder
from app.estates.models import Estate
from app.estates.rules import limits
from app.people.models import Staff
from app.people.rules import Role
from app.surveys.days import end_of_day
from app.surveys.measure_rules import (
    CARRIED_OUT,
    COLLECT,
    READ,
    READING,
    REPORT,
    SETTLE,
    MeasureMove,
    MeasureState,
    MeasureStep,
    measure_step,
)
from app.surveys.measures import SurveyMeasure


def settle(
    measure: SurveyMeasure,
    words: str,
    responsible: Staff,
    due_on: date,
    *,
    met_on: date | None = None,
    event_id: uuid.UUID,
    by: By,
    at: datetime,
) -> bool:
    """The department settles measure, responsible person and date, in a meeting of its own (R34)."""
    today = local_date(at, _estate(measure).time_zone)
    if not words.strip():
        raise Refused("measure:missing", _("Say what will be done."))
    if due_on < today:
        raise Refused("measure:date_past", _("The date lies in the past."))
    if met_on is not None and met_on > today:
        raise Refused("measure:meeting_ahead", _("The department's own meeting lies ahead."))
    row = _row_for(measure, MeasureMove.SETTLE, event_id)
    if row is None:
        return False
    measure.measure, measure.responsible, measure.due_on = words.strip(), responsible, due_on
    measure.met_on, measure.settled_at = met_on, at
    data = {"measure": measure.measure, "responsible": str(responsible.id), "due_on": due_on.isoformat()}
    _take(row, measure, data, event_id=event_id, by=by, at=at)
    return True


def report(measure: SurveyMeasure, words: str, *, event_id: uuid.UUID, by: By, at: datetime) -> bool:
    """The department reports that it is carried out: to the executive (R34), and to customer service (R35, V52)."""
    if not words.strip():
        raise Refused("measure:report_missing", _("Say what was done."))
    row = _row_for(measure, MeasureMove.REPORT, event_id)
    if row is None:
        return False
    measure.report, measure.reported_at, measure.reported_by_id = words.strip(), at, by.staff_id
    measure.read_at = measure.read_by_id = None
    _take(row, measure, {"note": measure.report}, event_id=event_id, by=by, at=at)
    return True


def collect_report(measure: SurveyMeasure, *, event_id: uuid.UUID, by: By, at: datetime) -> bool:
    """Customer service has the report, and the callbacks by it are arranged (R35). It closes no issue."""
    row = _row_for(measure, MeasureMove.COLLECT, event_id)
    if row is None:
        return False
    measure.collected_at, measure.collected_by_id = at, by.staff_id
    _take(row, measure, {}, event_id=event_id, by=by, at=at)
    return True


def ask_again(measure: SurveyMeasure, reason: str, *, event_id: uuid.UUID, by: By, at: datetime) -> bool:
    """The executive wants more than was reported: the department settles it anew."""
    return _with_reason(measure, MeasureMove.ASK_AGAIN, reason, event_id=event_id, by=by, at=at)


def drop(measure: SurveyMeasure, reason: str, *, event_id: uuid.UUID, by: By, at: datetime) -> bool:
    """It is not pursued, as what was set down by mistake: never counted as carried out."""
    return _with_reason(measure, MeasureMove.DROP, reason, event_id=event_id, by=by, at=at)


def read_report(measure: SurveyMeasure, *, by: By, at: datetime) -> bool:
    """The executive has read what was reported. Returns whether that is new."""
    hold(measure)
    if measure.state not in CARRIED_OUT or measure.read_at is not None:
        return False
    measure.read_at, measure.read_by_id = at, by.staff_id
    waits.end(measure.id, READ)
    _write(measure, READING, {}, event_id=None, by=by, at=at)
    return True


def _with_reason(
    measure: SurveyMeasure, move: MeasureMove, reason: str, *, event_id: uuid.UUID, by: By, at: datetime
) -> bool:
    if not reason.strip():
        raise Refused("measure:reason_missing", _("Say why."))
    row = _row_for(measure, move, event_id)
    if row is None:
        return False
    if move is MeasureMove.ASK_AGAIN:
        measure.round += 1
        measure.collected_at = measure.collected_by_id = None
        measure.read_at, measure.read_by_id = at, by.staff_id
    _take(row, measure, {"reason": reason.strip()}, event_id=event_id, by=by, at=at)
    return True


def _row_for(measure: SurveyMeasure, move: MeasureMove, event_id: uuid.UUID) -> MeasureStep | None:
    """The row for a move, of the measure as it is now; nothing if this very event happened already. Raises Outdated."""
    if journal.happened(event_id):
        return None
    hold(measure)
    row = measure_step(measure.state, move)
    if row is None:
        raise Outdated("measure:moved_on", _("This measure has moved on since: look at it again."))
    return row


def _take(
    row: MeasureStep, measure: SurveyMeasure, data: dict[str, Any], *, event_id: uuid.UUID, by: By, at: datetime
) -> None:
    """Write state and journal line together, and what the measure waits for now."""
    measure.state = row.after
    _write(measure, row.move.value, data, event_id=event_id, by=by, at=at)
    _let_wait(measure, row, at=at)


def _write(
    measure: SurveyMeasure, kind: str, data: dict[str, Any], *, event_id: uuid.UUID | None, by: By, at: datetime
) -> None:
    data = {"round": measure.round, "department": str(measure.department_id), **data}
    subject = ("survey_measure", measure.id)
    journal.write(measure.estate_id, kind, subject, by=by, at=at, data=data, event_id=event_id)


def _let_wait(measure: SurveyMeasure, row: MeasureStep, *, at: datetime) -> None:
    """The executive's reading waits on, whether customer service has collected the report or not."""
    for what in (SETTLE, REPORT, COLLECT, *(() if row.after in CARRIED_OUT else (READ,))):
        waits.end(measure.id, what)
    limit, zone = limits(_estate(measure).settings), _estate(measure).time_zone
    department = Holder(role=Role.DEPARTMENT_MANAGER.value, department_id=measure.department_id)
    if row.after is MeasureState.SET_DOWN:
        _begin(measure, SETTLE, department, at, at + timedelta(hours=limit.measure_hours))
    elif row.after is MeasureState.SETTLED:
        assert measure.due_on is not None, "a settled measure has a date"
        _begin(measure, REPORT, department, at, end_of_day(measure.due_on, zone))
    elif row.after is MeasureState.REPORTED:
        leaders = Holder(role=Role.SUPERVISOR.value, also_role=Role.MANAGER.value)
        _begin(measure, READ, Holder(role=Role.EXECUTIVE.value), at, days_later(at, limit.review_days, zone))
        _begin(measure, COLLECT, leaders, at, days_later(at, limit.callback_days, zone))


def _begin(measure: SurveyMeasure, what: str, holder: Holder, since: datetime, due_at: datetime) -> None:
    subject = ("survey_measure", measure.id)
    waits.begin(measure.estate_id, subject, what, holder, since=since, due_at=due_at, round_=measure.round)


def _estate(measure: SurveyMeasure) -> Estate:
    return db.session.get_one(Estate, measure.estate_id)
