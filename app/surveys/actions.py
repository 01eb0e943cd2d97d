"""Everything that moves a survey and its sheets, but for its result. The caller commits."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from app.agenda.actions import adjust
from app.agenda.queries import due_about
from app.agenda.rules import OF_SURVEYS
from app.core import journal
from app.core.clock import local_date
from app.core.db import db, hold, take_turn
from app.core.errors import Outdated, Refused
from app.core.i18n import _
from app.core.ids import new_id
from app.core.journal import By, Doc
from app.estates.models import Estate, Unit
from app.surveys.classifying import let_classify
from app.surveys.meeting import let_call
from app.surveys.models import Survey, SurveySheet
from app.surveys.receipts import Given, keep_former
from app.surveys.rules import (
    ASKED_AGAIN,
    COLLECTING,
    Filled,
    Level,
    SheetMove,
    SheetState,
    SurveyMove,
    sheet_step,
    survey_step,
)
from app.surveys.tasks import (
    call_off_collecting,
    due_of,
    hold_due,
    let_collect,
    let_hand_out,
    make_anew,
    settle_about,
    still_due,
)

HOMES_ADDED, GIVEN = "survey:homes_added", "survey:given"


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


def issue_survey(
    survey: Survey,
    homes: Sequence[tuple[Unit, uuid.UUID]],
    estate: Estate,
    *,
    vacant: int,
    event_id: uuid.UUID,
    by: By,
    at: datetime,
) -> bool:
    """Let it go out to these households, each with its officer (R24, R25); returns whether it had not gone out.

    From now on what it asks does not change. Raises Refused where something is missing or a date does not fit (R23).
    """
    take_turn(f"survey {survey.id}")
    if journal.happened(event_id):
        return False
    _must_be_ready(survey, homes, local_date(at, estate.time_zone))
    survey.issued_at, survey.households, survey.vacant = at, len(homes), vacant
    move(survey, SurveyMove.ISSUE, event_id=event_id, by=by, at=at, data={"homes": len(homes)})
    _make_sheets(survey, homes, first=1, due_on=survey.issue_until, by=by, at=at)
    return True


def add_homes(
    survey: Survey,
    homes: Sequence[tuple[Unit, uuid.UUID]],
    estate: Estate,
    *,
    event_id: uuid.UUID,
    by: By,
    at: datetime,
) -> bool:
    """Households that there were not when it went out get a sheet too (R25). Returns whether that was new.

    They are due by the end of handing out, or at once where that is over.
    """
    take_turn(f"survey {survey.id}")
    if journal.happened(event_id):
        return False
    if survey.state not in COLLECTING:
        raise Outdated("survey:moved_on", _("This survey has moved on since: look at it again."))
    if not homes:
        raise Outdated("survey:nobody_new", _("Every household has its sheet already."))
    first = survey.households + 1
    survey.households += len(homes)
    due_on = max(survey.issue_until, local_date(at, estate.time_zone))
    _make_sheets(survey, homes, first=first, due_on=due_on, by=by, at=at)
    journal.write(
        survey.estate_id,
        HOMES_ADDED,
        ("survey", survey.id),
        by=by,
        at=at,
        data={"homes": len(homes)},
        changes=(Doc("survey", survey.id),),
        event_id=event_id,
    )
    return True


def give_rest(
    survey: Survey,
    giver_id: uuid.UUID,
    taker_id: uuid.UUID,
    reason: str,
    *,
    building_id: uuid.UUID | None = None,
    event_id: uuid.UUID,
    by: By,
    at: datetime,
) -> int | None:
    """What an officer has still to hand out and collect goes to another, all of it or that of a building.

    Returns of how many homes; None where this very event has done so already.
    """
    take_turn(f"survey {survey.id}")
    if journal.happened(event_id):
        return None
    if survey.state not in COLLECTING:
        raise Outdated("survey:moved_on", _("This survey has moved on since: look at it again."))
    if not reason.strip():
        raise Refused("survey:no_reason", _("Please write down why."))
    given = sum(
        adjust(task, assignee_id=taker_id, reason=reason.strip(), by=by, at=at)
        for task in due_of(survey, giver_id, building_id)
    )
    if not given:
        raise Outdated("survey:nothing_left", _("Nothing of it is left there, or it is as you want it already."))
    data = {"homes": given, "from": str(giver_id), "assignee": str(taker_id), "reason": reason.strip()}
    journal.write(survey.estate_id, GIVEN, ("survey", survey.id), by=by, at=at, data=data, event_id=event_id)
    return given


def is_collecting(sheet: SurveySheet) -> bool:
    """Whether its survey takes sheets; it is not counted, or called off, until this transaction ends.

    What is due about it is held first, as by whoever counts: a visit may settle more than its tablet knew of.
    """
    hold_due(sheet)
    state = sa.select(Survey.state).where(Survey.id == sheet.survey_id).with_for_update(read=True)
    return db.session.scalar(state) in COLLECTING


def hold_to_count(survey: Survey) -> None:
    """No sheet of it moves until this transaction ends; whoever is moving one is waited for.

    What is due first, then itself, as whoever moves a sheet takes them: so neither waits for the other in a ring.
    """
    still_due(survey)
    hold(survey)


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

    `when` it was; `collect_on`: where the estate stands.
    """
    if not _take(sheet, SheetMove.HAND_OUT, event_id=event_id, by=by, at=at):
        return False
    keep_former(sheet)
    sheet.handed_out_at, sheet.handed_out_by_id, sheet.handed_out_visit_id = when, by.staff_id, visit_id
    sheet.receipt, sheet.receipt_name, sheet.receipt_relation = given.receipt, given.name, given.relation
    sheet.agreed_at = given.agreed_at
    settle_about(sheet, visit_id, by=by, at=at)
    let_collect(sheet, collect_on, collector_id, by=by, at=at)
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
) -> bool:
    """It is not filled in yet, and is collected another time. Returns whether it is out."""
    if not _take(sheet, SheetMove.PUT_OFF, event_id=event_id, by=by, at=at):
        return False
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

    One that declined before says so again where somebody was to go there once more, and did.
    """
    hold(sheet)
    sent_there = [task for task in due_about(sheet.id, *OF_SURVEYS) if task.made_at <= when]
    if sheet.state is SheetState.DECLINED and not sent_there:
        return False
    if not _take(sheet, SheetMove.DECLINE, event_id=event_id, by=by, at=at):
        return False
    sheet.declined_at, sheet.declined_reason = when, reason.strip()
    settle_about(sheet, visit_id, by=by, at=at)
    return True


def ask_again(
    sheet: SurveySheet, reason: str, officer_id: uuid.UUID, due_on: date, *, event_id: uuid.UUID, by: By, at: datetime
) -> bool:
    """A household that declined thought better of it: somebody goes there once more. Returns whether that was new.

    It counts as one that declined until it takes its sheet, or answers.
    """
    if journal.happened(event_id):
        return False
    hold(sheet)
    if sheet.state is not SheetState.DECLINED or due_about(sheet.id, *OF_SURVEYS):
        return False
    let_hand_out(sheet, sheet.unit, officer_id, due_on, by=by, at=at)
    data = {"survey": str(sheet.survey_id), "unit": str(sheet.unit_id), "reason": reason.strip()}
    subject = ("survey_sheet", sheet.id)
    journal.write(sheet.estate_id, ASKED_AGAIN, subject, by=by, at=at, data=data, event_id=event_id)
    return True


def move(
    survey: Survey,
    what: SurveyMove,
    *,
    event_id: uuid.UUID | None,
    by: By,
    at: datetime,
    data: dict[str, Any] | None = None,
) -> None:
    """Write state and journal line together; tablets hold what takes sheets. Raises Outdated if it has moved on."""
    row = survey_step(survey.state, what)
    if row is None:
        raise Outdated("survey:moved_on", _("This survey has moved on since: look at it again."))
    survey.state = row.after
    if what is SurveyMove.READ:
        let_call(survey, at=at)
    if what is SurveyMove.COME_BACK:
        make_anew(survey, db.session.get_one(Estate, survey.estate_id).time_zone, by=by, at=at)
    changes = (Doc("survey", survey.id, gone=survey.state not in COLLECTING),)
    subject = ("survey", survey.id)
    journal.write(survey.estate_id, what.value, subject, by=by, at=at, data=data, changes=changes, event_id=event_id)


def _make_sheets(
    survey: Survey, homes: Sequence[tuple[Unit, uuid.UUID]], *, first: int, due_on: date, by: By, at: datetime
) -> None:
    """A sheet for each, its number from `first` on, and the task to hand it out."""
    for n, (unit, officer_id) in enumerate(homes, start=first):
        sheet = SurveySheet(
            id=new_id(),
            estate_id=survey.estate_id,
            survey_id=survey.id,
            unit_id=unit.id,
            number=f"{survey.number}-{n:04}",
        )
        db.session.add(sheet)
        let_hand_out(sheet, unit, officer_id, due_on, by=by, at=at)


def _must_be_ready(survey: Survey, homes: Sequence[tuple[Unit, uuid.UUID]], today: date) -> None:
    if not survey.questions:
        raise Refused("survey:no_questions", _("Write down at least one question first."))
    if not homes:
        raise Refused("survey:no_homes", _("There is no household that it could go to."))
    if survey.issue_until < today:
        raise Refused("survey:dates_past", _("The days of handing out are over: set others first."))


def _take(sheet: SurveySheet, what: SheetMove, *, event_id: uuid.UUID, by: By, at: datetime) -> bool:
    """Write the sheet's new state and its line together; nothing if there is no such move from where it is."""
    if journal.happened(event_id):
        return False
    hold(sheet)
    row = sheet_step(sheet.state, what)
    if row is None:
        return False
    sheet.state = row.after
    data = {"survey": str(sheet.survey_id), "unit": str(sheet.unit_id)}
    subject = ("survey_sheet", sheet.id)
    journal.write(sheet.estate_id, what.value, subject, by=by, at=at, data=data, event_id=event_id)
    return True
