"""The sheets of a survey as they are looked for: with what is due about each, and with whom it is."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased, joinedload

from app.agenda.models import Task
from app.agenda.rules import OF_SURVEYS, TaskState
from app.core.counting import contains, count_up_to
from app.core.db import db
from app.estates.models import Building, Unit
from app.estates.queries import AS_ONE_WALKS, code_contains
from app.people.models import Staff
from app.surveys.homes import LAST_OFFICER
from app.surveys.models import AS_NUMBERED, Survey, SurveySheet
from app.surveys.rules import SheetState


@dataclass(frozen=True)
class Wanted:
    """Which sheets of a survey somebody wants to see; blank is every one. `order`: of ORDERS, downwards with `-`."""

    states: tuple[SheetState, ...] = ()
    building_id: uuid.UUID | None = None
    officer_id: uuid.UUID | None = None
    late_on: date | None = None
    words: str = ""
    order: str = "unit"


@dataclass(frozen=True)
class Shown:
    """A sheet, what is due about it, and who has it: whoever it is or was due with, else whoever did the last of it."""

    sheet: SurveySheet
    task: Task | None
    officer: str


_ITS_TASK = sa.and_(
    Task.estate_id == SurveySheet.estate_id,
    Task.subject_id == SurveySheet.id,
    Task.kind.in_(OF_SURVEYS),
    Task.state == TaskState.DUE,
)
_WAS_TO_GO = sa.case((SurveySheet.state.in_([SheetState.TO_HAND_OUT, SheetState.HANDED_OUT]), LAST_OFFICER))
"""Of a sheet that is not back: who goes there, or was to until its survey was over."""
_WITH = sa.func.coalesce(Task.assignee_id, _WAS_TO_GO, SurveySheet.collected_by_id, SurveySheet.handed_out_by_id)
_OFFICER = aliased(Staff)
_AS_THEY_GO_ON = sa.case(*((SurveySheet.state == state, n) for n, state in enumerate(SheetState)))
ORDERS: dict[str, tuple[sa.ColumnExpressionArgument[Any], ...]] = {
    "unit": AS_ONE_WALKS,
    "state": (_AS_THEY_GO_ON,),
    "officer": (_OFFICER.name,),
    "due": (Task.due_on,),
    "handed_out": (SurveySheet.handed_out_at,),
    "collected": (SurveySheet.collected_at,),
}
"""By what sheets can be sorted; what has nothing to be sorted by comes last."""


def find_sheets(survey: Survey, wanted: Wanted, *, start: int = 0, count: int = 50) -> tuple[list[Shown], int]:
    """The wanted sheets in the order that is wanted; and how many there are, counted up to MOST."""
    ids = list(db.session.scalars(_found(survey, wanted).offset(start).limit(count)))
    return sheets_shown(ids), count_up_to(_found(survey, wanted))


def sheet_ids(survey: Survey, wanted: Wanted, most: int) -> list[uuid.UUID]:
    """The first `most` of the wanted sheets, in the order that is wanted."""
    return list(db.session.scalars(_found(survey, wanted).limit(most)))


def numbered(estate_id: uuid.UUID, start: str, most: int) -> list[uuid.UUID]:
    """The first `most` sheets of an estate whose number begins with this, of whichever survey; the newest first."""
    found = sa.select(SurveySheet.id).where(SurveySheet.estate_id == estate_id)
    begins = found.where(SurveySheet.number.startswith(start, autoescape=True))
    return list(db.session.scalars(begins.order_by(SurveySheet.survey_id.desc(), *AS_NUMBERED).limit(most)))


def sheets_shown(ids: Sequence[uuid.UUID]) -> list[Shown]:
    """These sheets in this order, with what lists show of them."""
    found = (
        sa.select(SurveySheet, Task, _OFFICER.name)
        .outerjoin(Task, _ITS_TASK)
        .outerjoin(_OFFICER, _OFFICER.id == _WITH)
        .where(SurveySheet.id.in_(list(ids)))
        .options(joinedload(SurveySheet.unit).joinedload(Unit.building))
    )
    shown = {sheet.id: Shown(sheet, task, officer or "–") for sheet, task, officer in db.session.execute(found)}
    return [shown[id_] for id_ in ids if id_ in shown]


def count_by_state(survey: Survey, wanted: Wanted) -> dict[SheetState, int]:
    """How many of the wanted sheets stand in each state."""
    found = _found(survey, replace(wanted, states=(), late_on=None)).order_by(None).subquery()
    counted = sa.select(SurveySheet.state, sa.func.count()).where(SurveySheet.id.in_(sa.select(found.c.id)))
    return {row[0]: row[1] for row in db.session.execute(counted.group_by(SurveySheet.state))}


def count_late(survey: Survey, wanted: Wanted) -> int:
    """How many of the wanted sheets are late."""
    return count_up_to(_found(survey, replace(wanted, states=())))


def buildings_with_sheets(survey: Survey) -> list[tuple[uuid.UUID, str]]:
    """Id and name of the buildings that it went to, as one walks."""
    there = sa.select(Unit.building_id).join(SurveySheet, SurveySheet.unit_id == Unit.id)
    found = sa.select(Building.id, Building.name).where(
        Building.id.in_(there.where(SurveySheet.survey_id == survey.id))
    )
    rows = db.session.execute(found.order_by(sa.func.length(Building.name), Building.name))
    return [(id_, name) for id_, name in rows]


def officers_with_sheets(survey: Survey) -> list[tuple[uuid.UUID, str]]:
    """Id and name of everybody who has a sheet of it, by name."""
    having = sa.select(_WITH).select_from(SurveySheet).outerjoin(Task, _ITS_TASK)
    found = sa.select(Staff.id, Staff.name).where(Staff.id.in_(having.where(SurveySheet.survey_id == survey.id)))
    return [(id_, name) for id_, name in db.session.execute(found.order_by(Staff.name))]


def _found(survey: Survey, wanted: Wanted) -> sa.Select[uuid.UUID]:
    name, down = wanted.order.removeprefix("-"), wanted.order.startswith("-")
    found = (
        sa.select(SurveySheet.id)
        .join(Unit, SurveySheet.unit_id == Unit.id)
        .join(Building, Unit.building_id == Building.id)
        .outerjoin(Task, _ITS_TASK)
        .where(SurveySheet.survey_id == survey.id, *_conditions(survey, wanted))
    )
    if name == "officer":
        found = found.outerjoin(_OFFICER, _OFFICER.id == _WITH)
    by = [(sa.desc(one) if down else sa.asc(one)).nulls_last() for one in ORDERS[name]]
    return found.order_by(*by, *AS_NUMBERED)


def _conditions(survey: Survey, wanted: Wanted) -> list[sa.ColumnElement[bool]]:
    conditions: list[sa.ColumnElement[bool]] = []
    if wanted.states:
        conditions.append(SurveySheet.state.in_(wanted.states))
    if wanted.building_id is not None:
        conditions.append(Unit.building_id == wanted.building_id)
    if wanted.officer_id is not None:
        conditions.append(_WITH.in_([wanted.officer_id]))
    if wanted.late_on is not None:
        conditions.append(Task.due_on < wanted.late_on)
    if wanted.words:
        units = sa.select(Unit.id).join(Unit.building).where(Unit.estate_id == survey.estate_id)
        at_units = SurveySheet.unit_id.in_(units.where(code_contains(wanted.words)))
        conditions.append(sa.or_(at_units, contains(SurveySheet.number, wanted.words)))
    return conditions
