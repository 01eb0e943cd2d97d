"""Which homes a survey goes to, and which officer goes there: all households (R25), shared out as a plan does (V51)."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager

from app.core import journal
from app.core.clock import local_date
from app.core.db import db, take_turn
from app.core.errors import Refused
from app.core.i18n import _
from app.core.journal import By
from app.estates.households import is_household, vacant_units
from app.estates.models import Estate, Unit
from app.people.queries import staff_in
from app.people.rules import Role
from app.surveys.calling_off import withdraw_survey
from app.surveys.drawing import must_ask_about_open_ones, must_be_seen
from app.surveys.issuing import add_homes, give_rest, issue_survey
from app.surveys.models import Survey, SurveySheet
from app.visits.ordered import as_planned
from app.visits.planning import share_out


@dataclass(frozen=True)
class Change:
    """Who acts on a survey, when, and how much of its history they have seen; sent twice it happens once."""

    after: int
    event_id: uuid.UUID
    by: By
    at: datetime


def households_of(estate: Estate, today: date) -> list[Unit]:
    """Every household: owned, and not vacant (policy, section 4)."""
    found = sa.select(Unit).join(Unit.building).options(contains_eager(Unit.building))
    return list(db.session.scalars(found.where(Unit.estate_id == estate.id, is_household(today, estate.time_zone))))


def without_sheet(survey: Survey, estate: Estate, today: date) -> list[Unit]:
    """Households that have no sheet of a survey: that they are some came later."""
    have = set(db.session.scalars(sa.select(SurveySheet.unit_id).where(SurveySheet.survey_id == survey.id)))
    return [unit for unit in households_of(estate, today) if unit.id not in have]


def shared(homes: Sequence[Unit], officers: Sequence[uuid.UUID]) -> list[tuple[Unit, uuid.UUID]]:
    """The homes in walking order, each with its officer; none without officers."""
    units = {unit.id: unit for unit in homes}
    if not officers:
        return []
    return [(units[home.unit_id], officer) for home, officer in share_out([as_planned(one) for one in homes], officers)]


def send_out(survey: Survey, estate: Estate, officer_ids: Sequence[uuid.UUID], change: Change) -> bool:
    """Let it go out to every household there is now. Returns whether that was new; raises Refused, Outdated.

    What goes out is ready before handing out begins (R23).
    """
    today = local_date(change.at, estate.time_zone)
    homes = shared(households_of(estate, today), _officers(estate, officer_ids, today))
    if _must_be_seen(survey, change):
        if survey.issue_from < today <= survey.issue_until:
            raise Refused("survey:begun", _("Handing out was to begin before today: set its first day anew."))
        must_ask_about_open_ones(survey, estate)
    return issue_survey(survey, homes, estate, vacant=vacant_units(estate, today), **_by(change))


def send_to_new(survey: Survey, estate: Estate, officer_ids: Sequence[uuid.UUID], change: Change) -> bool:
    """The same for those that became households since. Returns whether that was new."""
    today = local_date(change.at, estate.time_zone)
    officers = _officers(estate, officer_ids, today)
    _must_be_seen(survey, change)
    return add_homes(survey, shared(without_sheet(survey, estate, today), officers), estate, **_by(change))


def give(
    survey: Survey,
    estate: Estate,
    giver_id: uuid.UUID,
    taker_id: uuid.UUID,
    reason: str,
    change: Change,
    *,
    building_id: uuid.UUID | None = None,
) -> int | None:
    """What an officer has left of it goes to another: of how many homes; None where this has happened before."""
    if taker_id not in _known(estate, local_date(change.at, estate.time_zone)):
        raise Refused("plan:officer_unknown", _("This person is not a visit officer of this estate."))
    _must_be_seen(survey, change)
    return give_rest(survey, giver_id, taker_id, reason, building_id=building_id, **_by(change))


def call_off(survey: Survey, reason: str, change: Change) -> bool:
    """Withdraw it, if whoever does so has seen where it stands."""
    _must_be_seen(survey, change)
    return withdraw_survey(survey, reason, **_by(change))


def _must_be_seen(survey: Survey, change: Change) -> bool:
    """Whether this is new; raises Outdated where it is, and more has happened than its author saw."""
    take_turn(f"survey {survey.id}")
    if journal.happened(change.event_id):
        return False
    db.session.refresh(survey)
    must_be_seen(survey, change.after)
    return True


def _by(change: Change) -> dict[str, Any]:
    return {"event_id": change.event_id, "by": change.by, "at": change.at}


def _officers(estate: Estate, wanted: Sequence[uuid.UUID], today: date) -> list[uuid.UUID]:
    """Those wanted, in the order of their names: the homes are shared out the same way whoever asks."""
    known = _known(estate, today)
    if not wanted or set(wanted) - set(known):
        raise Refused("plan:no_officer", _("Choose a visit officer."))
    return [officer for officer in known if officer in set(wanted)]


def _known(estate: Estate, today: date) -> list[uuid.UUID]:
    return [staff.id for staff in staff_in(estate.id, [Role.OFFICER], today)]
