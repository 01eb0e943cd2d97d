"""A survey goes out: to every household, to those that came later, from one officer to another. The caller commits."""

import uuid
from collections.abc import Sequence
from datetime import date, datetime

from app.agenda.actions import adjust
from app.core import journal
from app.core.clock import local_date
from app.core.db import db, take_turn
from app.core.errors import Outdated, Refused
from app.core.i18n import _
from app.core.ids import new_id
from app.core.journal import By, Doc
from app.estates.models import Estate, Unit
from app.surveys.models import Survey, SurveySheet
from app.surveys.moving import move
from app.surveys.rules import COLLECTING, SurveyMove
from app.surveys.tasks import due_of, let_hand_out

HOMES_ADDED, GIVEN = "survey:homes_added", "survey:given"


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
