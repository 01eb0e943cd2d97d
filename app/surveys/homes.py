"""The sheets of a survey as one walks: all of them, those of one building, those of one officer's homes."""

import uuid
from collections.abc import Iterable
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, joinedload

from app.agenda.models import Task
from app.agenda.rules import OF_SURVEYS, TaskState
from app.core.db import db
from app.estates.households import is_household
from app.estates.models import Building, Estate, Unit
from app.people.models import Staff
from app.surveys.models import AS_NUMBERED, Survey, SurveySheet
from app.surveys.rules import SheetState

OPEN = frozenset(SheetState) - {SheetState.COLLECTED}
"""What may still be filled in: whoever declined may think better of it."""


def sheets_walked(
    survey_id: uuid.UUID,
    *,
    building_id: uuid.UUID | None = None,
    officer_id: uuid.UUID | None = None,
    states: Iterable[SheetState] = frozenset(SheetState),
) -> list[SurveySheet]:
    """In the order of their numbers, which were given as one walks; with unit, building and who took them.

    An officer's are also those with which they are done: so many are left, and it is the same homes as before.
    """
    found = (
        sa.select(SurveySheet)
        .join(SurveySheet.unit)
        .join(Unit.building)
        .options(
            contains_eager(SurveySheet.unit).contains_eager(Unit.building),
            joinedload(SurveySheet.handed_out_by),
            joinedload(SurveySheet.collected_by),
        )
        .where(SurveySheet.survey_id == survey_id, SurveySheet.state.in_(states))
    )
    if building_id is not None:
        found = found.where(Unit.building_id == building_id)
    if officer_id is not None:
        found = found.where(LAST_OFFICER.in_([officer_id]))
    return list(db.session.scalars(found.order_by(*AS_NUMBERED)))


def buildings_of(survey_id: uuid.UUID) -> list[Building]:
    """Where a survey has sheets."""
    there = sa.select(Unit.building_id).join(SurveySheet).where(SurveySheet.survey_id == survey_id)
    found = sa.select(Building).where(Building.id.in_(there))
    return list(db.session.scalars(found.order_by(sa.func.length(Building.name), Building.name)))


def officers_of(survey_id: uuid.UUID) -> list[Staff]:
    """Who has sheets of a survey to hand out or to collect, or had them to the end."""
    theirs = sa.select(LAST_OFFICER).where(SurveySheet.survey_id == survey_id)
    return list(db.session.scalars(sa.select(Staff).where(Staff.id.in_(theirs)).order_by(Staff.name, Staff.id)))


def without_a_sheet(survey: Survey, estate: Estate, today: date) -> int:
    """How many households have no sheet of it, as they were none when it went out: beside it, as vacant units are."""
    have = sa.exists().where(SurveySheet.unit_id == Unit.id, SurveySheet.survey_id == survey.id)
    found = sa.select(sa.func.count()).select_from(Unit).where(Unit.estate_id == estate.id, ~have)
    return db.session.scalar(found.where(is_household(today, estate.time_zone))) or 0


def officer_of(sheet_id: uuid.UUID) -> uuid.UUID | None:
    """Who has the last thing to do with a sheet, or did it."""
    return db.session.scalar(sa.select(LAST_OFFICER).where(SurveySheet.id == sheet_id))


def declined_for_good(survey_id: uuid.UUID) -> set[uuid.UUID]:
    """Sheets that no officer goes with: their household declined, and has not asked to be asked once more."""
    return set(db.session.scalars(_declined(survey_id).where(~_IS_DUE)))


def to_ask_once_more(survey_id: uuid.UUID) -> int:
    """How many households declined, wish to be asked once more, and are waited upon."""
    wish = _declined(survey_id).where(_IS_DUE).subquery()
    return db.session.scalar(sa.select(sa.func.count()).select_from(wish)) or 0


def _declined(survey_id: uuid.UUID) -> sa.Select[uuid.UUID]:
    found = sa.select(SurveySheet.id).where(SurveySheet.survey_id == survey_id)
    return found.where(SurveySheet.state == SheetState.DECLINED)


_IS_DUE = sa.exists().where(Task.subject_id == SurveySheet.id, Task.kind.in_(OF_SURVEYS), Task.state == TaskState.DUE)
LAST_OFFICER = (
    sa.select(Task.assignee_id)
    .where(Task.subject_id == SurveySheet.id, Task.kind.in_(OF_SURVEYS))
    .order_by(Task.made_at.desc(), Task.id.desc())
    .limit(1)
    .correlate(SurveySheet)
    .scalar_subquery()
)
"""Who has the last thing to do with a sheet, or did it."""
