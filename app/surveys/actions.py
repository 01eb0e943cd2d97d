"""Everything that moves a household's sheet: handed out, put off, back, declined. The caller commits."""

import uuid
from dataclasses import dataclass, field
from datetime import date, datetime

import sqlalchemy as sa

from app.agenda.queries import due_about
from app.agenda.rules import OF_SURVEYS
from app.core import journal
from app.core.clock import isoformat
from app.core.db import db, hold
from app.core.journal import By
from app.surveys.classifying import let_classify
from app.surveys.models import Survey, SurveySheet
from app.surveys.receipts import TAKEN_BEFORE, Given, keep_former
from app.surveys.rules import COLLECTING, Filled, Level, SheetMove, SheetState, sheet_step
from app.surveys.tasks import call_off_collecting, hold_due, let_collect, settle_about


@dataclass(frozen=True)
class Returned:
    """A sheet as it came back. `signed`: with a name (R29). `levels`: of questions, `opinions`: of departments."""

    filled: Filled
    signed: bool
    signed_name: str
    relation: str
    proxy: bool
    overall: Level | None
    levels: dict[str, Level] = field(default_factory=dict)
    opinions: dict[str, str] = field(default_factory=dict)
    callback_welcome: bool | None = None


def is_collecting(sheet: SurveySheet) -> bool:
    """Whether its survey takes sheets; it is not counted, or called off, until this transaction ends.

    What is due about it is held first, as by whoever counts: a visit may settle more than its tablet knew of.
    """
    hold_due(sheet)
    state = sa.select(Survey.state).where(Survey.id == sheet.survey_id).with_for_update(read=True)
    return db.session.scalar(state) in COLLECTING


def hand_out(
    sheet: SurveySheet,
    given: Given,
    *,
    visit_id: uuid.UUID | None = None,
    collector_id: uuid.UUID,
    collect_on: date,
    event_id: uuid.UUID,
    by: By,
    at: datetime,
    when: datetime,
) -> bool:
    """Somebody took the sheet (R24); it is to be collected on the agreed day (R28). Returns whether it was to be given.

    `when` it was; `collect_on`: where the estate stands. What comes to be known once its household has declined since
    is a receipt alone: nobody goes there again.
    """
    if journal.happened(event_id):
        return False
    hold(sheet)
    declined_since = sheet.declined_at if sheet.state is SheetState.DECLINED else None
    if declined_since and when < declined_since:
        if sheet.handed_out_at is not None:
            return False
        _note(sheet, TAKEN_BEFORE, event_id=event_id, by=by, at=at)
    elif not _take(sheet, SheetMove.HAND_OUT, event_id=event_id, by=by, at=at):
        return False
    else:
        keep_former(sheet)
        settle_about(sheet, visit_id, by=by, at=at)
        let_collect(sheet, collect_on, collector_id, by=by, at=at)
    sheet.handed_out_at, sheet.handed_out_by_id, sheet.handed_out_visit_id = when, by.staff_id, visit_id
    sheet.receipt, sheet.receipt_name, sheet.receipt_relation = given.receipt, given.name, given.relation
    sheet.agreed_at = given.agreed_at
    return True


def put_off(
    sheet: SurveySheet,
    agreed_at: datetime,
    *,
    collector_id: uuid.UUID,
    collect_on: date,
    event_id: uuid.UUID,
    by: By,
    at: datetime,
    when: datetime,
) -> bool:
    """It is not filled in yet, and is collected another time. Returns whether it is out.

    `when` that was agreed. What was agreed since stands, though this comes to be known only now.
    """
    hold(sheet)
    agreed_since = _is_agreed_after(sheet, when)
    if not _take(sheet, SheetMove.PUT_OFF, event_id=event_id, by=by, at=at, when=isoformat(when)):
        return False
    if agreed_since:
        return True
    sheet.agreed_at = agreed_at
    call_off_collecting(sheet, by=by, at=at)
    let_collect(sheet, collect_on, collector_id, by=by, at=at)
    return True


def collect(
    sheet: SurveySheet,
    returned: Returned,
    *,
    visit_id: uuid.UUID | None = None,
    event_id: uuid.UUID,
    by: By,
    at: datetime,
    when: datetime,
) -> bool:
    """The sheet came back filled in (R29). Returns whether it was the first time; of a second nothing is taken over."""
    if not _take(sheet, SheetMove.COLLECT, event_id=event_id, by=by, at=at):
        return False
    sheet.collected_at, sheet.collected_by_id, sheet.visit_id = when, by.staff_id, visit_id
    sheet.filled, sheet.signed, sheet.signed_name = returned.filled, returned.signed, returned.signed_name
    sheet.relation, sheet.proxy, sheet.callback_welcome = returned.relation, returned.proxy, returned.callback_welcome
    sheet.overall = returned.overall
    sheet.levels = {question: level.value for question, level in returned.levels.items()}
    sheet.opinions = {department: words.strip() for department, words in returned.opinions.items() if words.strip()}
    settle_about(sheet, visit_id, by=by, at=at)
    let_classify(sheet, at=at)
    return True


def decline(
    sheet: SurveySheet,
    reason: str,
    *,
    visit_id: uuid.UUID | None = None,
    event_id: uuid.UUID,
    by: By,
    at: datetime,
    when: datetime,
) -> bool:
    """The household does not take part, and says so. Returns whether that moved the sheet.

    One that declined before says so again where somebody was to go there once more, and did. One that took its sheet
    since has thought better of it.
    """
    hold(sheet)
    if sheet.state is SheetState.HANDED_OUT and sheet.handed_out_at is not None and when < sheet.handed_out_at:
        return False
    sent_there = [task for task in due_about(sheet.id, *OF_SURVEYS) if task.made_at <= when]
    if sheet.state is SheetState.DECLINED and not sent_there:
        return False
    if not _take(sheet, SheetMove.DECLINE, event_id=event_id, by=by, at=at):
        return False
    sheet.declined_at, sheet.declined_reason = when, reason.strip()
    settle_about(sheet, visit_id, by=by, at=at)
    return True


def _is_agreed_after(sheet: SurveySheet, when: datetime) -> bool:
    """Whether the day on which it is collected was agreed after a moment."""
    lines = [line for line in journal.history(sheet.id) if line.kind == SheetMove.PUT_OFF.value]
    agreed = [datetime.fromisoformat(line.data["when"]) if "when" in line.data else line.at for line in lines]
    return any(moment > when for moment in (sheet.handed_out_at, *agreed) if moment)


def _take(sheet: SurveySheet, what: SheetMove, *, event_id: uuid.UUID, by: By, at: datetime, **more: str) -> bool:
    """Write the sheet's new state and its line together; nothing if there is no such move from where it is."""
    if journal.happened(event_id):
        return False
    hold(sheet)
    row = sheet_step(sheet.state, what)
    if row is None:
        return False
    sheet.state = row.after
    _note(sheet, what.value, event_id=event_id, by=by, at=at, **more)
    return True


def _note(sheet: SurveySheet, kind: str, *, event_id: uuid.UUID, by: By, at: datetime, **more: str) -> None:
    data = {"survey": str(sheet.survey_id), "unit": str(sheet.unit_id), **more}
    subject = ("survey_sheet", sheet.id)
    journal.write(sheet.estate_id, kind, subject, by=by, at=at, data=data, event_id=event_id)
