"""What a desk does with a sheet: hands it out, takes it back, notes who does not take part. The caller commits."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from app.core import journal
from app.core.clock import local_date
from app.core.db import db
from app.core.errors import Outdated, Refused
from app.core.i18n import _
from app.core.journal import By
from app.estates.models import Estate
from app.surveys.actions import Returned, collect, decline, hand_out, is_collecting, put_off
from app.surveys.asking_again import ask_again
from app.surveys.models import SurveySheet
from app.surveys.receipts import Given
from app.surveys.rules import Filled

_FURTHEST = timedelta(days=366)


@dataclass(frozen=True)
class AtDesk:
    """Who sits there and when; sent twice it happens once."""

    event_id: uuid.UUID
    by: By
    at: datetime


def give_out(sheet: SurveySheet, given: Given, collector_id: uuid.UUID, estate: Estate, desk: AtDesk) -> None:
    """Somebody takes their sheet at a desk, and agrees when it is collected (R24, R28)."""
    if given.agreed_at is None:
        raise Refused("sheet:no_time", _("Agree on a time for collecting it."))
    _must_be_out(sheet)
    _must_have_begun(sheet, estate, desk)
    if not given.name.strip():
        raise Refused("sheet:no_name", _("Write down who took it."))
    collect_on = _day(given.agreed_at, estate, desk)
    moved = hand_out(
        sheet,
        given,
        collector_id=collector_id,
        collect_on=collect_on,
        event_id=desk.event_id,
        by=desk.by,
        at=desk.at,
        when=desk.at,
    )
    _must_have_moved(moved, desk)


def agree_anew(sheet: SurveySheet, agreed_at: datetime, collector_id: uuid.UUID, estate: Estate, desk: AtDesk) -> None:
    """It is not filled in yet: another time is agreed."""
    _must_be_out(sheet)
    collect_on = _day(agreed_at, estate, desk)
    more: dict[str, Any] = {"event_id": desk.event_id, "by": desk.by, "at": desk.at, "when": desk.at}
    _must_have_moved(put_off(sheet, agreed_at, collector_id=collector_id, collect_on=collect_on, **more), desk)


def take_back(sheet: SurveySheet, returned: Returned, desk: AtDesk) -> None:
    """What stands on it is copied, or was asked by phone (R29); it never changes after that."""
    _must_be_out(sheet)
    _must_have_begun(sheet, db.session.get_one(Estate, sheet.estate_id), desk)
    if returned.signed and returned.filled is Filled.BY_PHONE:
        raise Refused("sheet:phone_signed", _("Asked by phone it bears no name."))
    if returned.signed and not returned.signed_name.strip():
        raise Refused("sheet:whose_name", _("Write down whose name it bears."))
    _must_be_of_it(sheet, returned)
    more: dict[str, Any] = {"event_id": desk.event_id, "by": desk.by, "at": desk.at, "when": desk.at}
    _must_have_moved(collect(sheet, returned, **more), desk)


def note_declined(sheet: SurveySheet, reason: str, desk: AtDesk) -> None:
    """The household does not take part."""
    _must_be_out(sheet)
    if not reason.strip():
        raise Refused("survey:no_reason", _("Please write down why."))
    more: dict[str, Any] = {"event_id": desk.event_id, "by": desk.by, "at": desk.at, "when": desk.at}
    _must_have_moved(decline(sheet, reason, **more), desk)


def send_again(
    sheet: SurveySheet, reason: str, officer_id: uuid.UUID, due_on: date, estate: Estate, desk: AtDesk
) -> None:
    """A household that declined wishes to be asked once more: an officer goes there by that day."""
    _must_be_out(sheet)
    _must_have_begun(sheet, estate, desk)
    if not reason.strip():
        raise Refused("survey:no_reason", _("Please write down why."))
    today = local_date(desk.at, estate.time_zone)
    if not today <= due_on <= today + _FURTHEST:
        raise Refused("sheet:day", _("Choose a day from today on, within a year."))
    moved = ask_again(sheet, reason, officer_id, due_on, event_id=desk.event_id, by=desk.by, at=desk.at)
    _must_have_moved(moved, desk)


def _must_be_out(sheet: SurveySheet) -> None:
    if not is_collecting(sheet):
        raise Outdated("survey:not_out", _("This survey is not out any more: no sheet of it changes."))


def has_begun(sheet: SurveySheet, today: date) -> bool:
    """Whether it is with its owner, or the set dates have come (R24): before, it is neither handed out nor asked."""
    return sheet.handed_out_at is not None or sheet.survey.issue_from <= today


def _must_have_begun(sheet: SurveySheet, estate: Estate, desk: AtDesk) -> None:
    if not has_begun(sheet, local_date(desk.at, estate.time_zone)):
        raise Refused("sheet:too_soon", _("Handing out has not begun yet."))


def _must_be_of_it(sheet: SurveySheet, returned: Returned) -> None:
    questions = {str(question.id) for question in sheet.survey.questions}
    asked_about = {str(question.department_id) for question in sheet.survey.questions}
    if set(returned.levels) - questions or set(returned.opinions) - asked_about:
        raise Refused("sheet:not_asked", _("This was not asked on this sheet."))
    if not (returned.levels or returned.overall or any(words.strip() for words in returned.opinions.values())):
        raise Refused("sheet:blank", _("Nothing stands on it: note down that the household does not take part."))


def _day(agreed_at: datetime, estate: Estate, desk: AtDesk) -> date:
    if agreed_at < desk.at:
        raise Refused("sheet:time_past", _("The time agreed for collecting lies in the past."))
    if agreed_at > desk.at + _FURTHEST:
        raise Refused("sheet:time_far", _("The time agreed for collecting is too far off."))
    return local_date(agreed_at, estate.time_zone)


def _must_have_moved(moved: bool, desk: AtDesk) -> None:
    """Nothing moved where this very event came before, or where somebody else was faster."""
    if not moved and not journal.happened(desk.event_id):
        raise Outdated("sheet:moved_on", _("Somebody was faster: look at where this sheet is now."))
