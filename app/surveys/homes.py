"""The sheets of a survey as one walks: all of them, those of one building, those that one officer has in hand."""

import uuid
from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, joinedload

from app.agenda.models import Task
from app.agenda.rules import OF_SURVEYS, TaskState
from app.core.db import db
from app.estates.models import Building, Unit
from app.people.models import Staff
from app.surveys.models import AS_NUMBERED, SurveySheet
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
    """In the order of their numbers, which were given as one walks; with unit, building and who took them."""
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
        found = found.where(
            SurveySheet.id.in_(sa.select(Task.subject_id).where(*_IN_HAND, Task.assignee_id == officer_id))
        )
    return list(db.session.scalars(found.order_by(*AS_NUMBERED)))


def buildings_of(survey_id: uuid.UUID) -> list[Building]:
    """Where a survey has sheets."""
    there = sa.select(Unit.building_id).join(SurveySheet).where(SurveySheet.survey_id == survey_id)
    found = sa.select(Building).where(Building.id.in_(there))
    return list(db.session.scalars(found.order_by(sa.func.length(Building.name), Building.name)))


def officers_of(survey_id: uuid.UUID) -> list[Staff]:
    """Who has sheets of a survey to hand out or to collect."""
    sheets = sa.select(SurveySheet.id).where(SurveySheet.survey_id == survey_id)
    theirs = sa.select(Task.assignee_id).where(*_IN_HAND, Task.subject_id.in_(sheets))
    return list(db.session.scalars(sa.select(Staff).where(Staff.id.in_(theirs)).order_by(Staff.name, Staff.id)))


_IN_HAND = (Task.kind.in_(OF_SURVEYS), Task.state == TaskState.DUE)
