"""How far a survey is: its sheets in counts, by building, and what each officer has left. Counts, never rates."""

import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import sqlalchemy as sa

from app.agenda.models import Task
from app.agenda.rules import OF_SURVEYS, TaskKind, TaskState
from app.core.db import db
from app.estates.models import Building, Unit
from app.people.models import Staff
from app.surveys.counting import Counts
from app.surveys.models import Survey, SurveySheet
from app.surveys.rules import SheetState, SurveyState


@dataclass(frozen=True)
class WithLate(Counts):
    """`late`: of those that are left, whose day is over."""

    late: int = 0


@dataclass(frozen=True)
class OfBuilding:
    """What stands in a line: a building and its counts."""

    building_id: uuid.UUID
    words: str
    line: WithLate
    is_total: bool = False


@dataclass(frozen=True)
class OfOfficer:
    """What an officer has still to do, how much of it is late, and by when the next is due; what they have collected.

    `buildings`: where, with how many homes.
    """

    officer_id: uuid.UUID
    name: str
    to_hand_out: int
    to_collect: int
    late: int
    next_on: date | None
    collected: int
    buildings: tuple[tuple[uuid.UUID, str, int], ...]

    @property
    def left(self) -> int:
        return self.to_hand_out + self.to_collect


def counts_of(survey_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Counts]:
    """Survey → its sheets in counts, of any number of surveys in one query."""
    found = sa.select(SurveySheet.survey_id, *_COUNTED).where(SurveySheet.survey_id.in_(list(survey_ids)))
    rows = db.session.execute(found.group_by(SurveySheet.survey_id))
    return {row[0]: Counts(*row[1:]) for row in rows}


def by_building(survey: Survey, today: date) -> list[OfBuilding]:
    """A line for each building with sheets, as one walks."""
    late = _late_by_building(survey, today)
    found = (
        sa.select(Building.id, Building.name, *_COUNTED)
        .select_from(SurveySheet)
        .join(Unit, SurveySheet.unit_id == Unit.id)
        .join(Building, Unit.building_id == Building.id)
        .where(SurveySheet.survey_id == survey.id)
        .group_by(Building.id, Building.name)
        .order_by(sa.func.length(Building.name), Building.name)
    )
    return [OfBuilding(id_, name, replace(WithLate(*counted), late=late[id_])) for id_, name, *counted in _rows(found)]


def by_officer(survey: Survey, today: date) -> list[OfOfficer]:
    """A line for everybody who has something left, or has collected something; who has most left stands first."""
    left: dict[uuid.UUID, list[tuple[Any, ...]]] = defaultdict(list)
    for row in _rows(_due(survey, today)):
        left[row[0]].append(tuple(row[1:]))
    collected = _collected(survey)
    people = _rows(sa.select(Staff.id, Staff.name).where(Staff.id.in_({*left, *collected})))
    lines = [_officer(id_, name, left[id_], collected[id_]) for id_, name in people]
    return sorted(lines, key=lambda line: (-line.left, line.name))


def is_overdue(survey: Survey, today: date) -> bool:
    """Whether its time of collecting is over, and its result is not handed up."""
    return survey.state in (SurveyState.OUT, SurveyState.BACK) and survey.collect_until < today


_FIRST_MONTH = 7
"""From July on the supervisor is told that no survey has gone out yet: before, there is time enough (V48)."""


def survey_owed(estate_id: uuid.UUID, today: date) -> int | None:
    """This year, if none of its surveys went out yet, from some month on (V48)."""
    if today.month < _FIRST_MONTH:
        return None
    out = sa.select(Survey.id).where(
        Survey.estate_id == estate_id,
        Survey.year == today.year,
        Survey.issued_at.is_not(None),
        Survey.state != SurveyState.WITHDRAWN,
    )
    return None if db.session.scalars(out.limit(1)).first() else today.year


def not_handed_up(estate_id: uuid.UUID, today: date) -> list[Survey]:
    """The surveys whose time is over and whose result nobody has handed up (R31), the oldest first."""
    over = sa.select(Survey).where(
        Survey.estate_id == estate_id,
        Survey.state.in_((SurveyState.OUT, SurveyState.BACK)),
        Survey.collect_until < today,
    )
    return list(db.session.scalars(over.order_by(Survey.collect_until, Survey.id)))


def _how_many(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
    return sa.func.coalesce(sa.func.sum(sa.case((condition, 1), else_=0)), 0)


_IS_BACK = SurveySheet.state == SheetState.COLLECTED
_COUNTED = (
    sa.func.count(),
    # Whoever took it and declined later has had it: left out, the response would look better than it is.
    _how_many(sa.or_(SurveySheet.handed_out_at.is_not(None), _IS_BACK)),
    _how_many(_IS_BACK),
    _how_many(SurveySheet.state == SheetState.DECLINED),
    _how_many(sa.and_(_IS_BACK, SurveySheet.signed)),
)


def _rows(found: sa.Executable) -> list[Any]:
    return list(db.session.execute(found))


def _still_due(survey: Survey) -> tuple[sa.ColumnElement[bool], ...]:
    sheets = sa.select(SurveySheet.id).where(SurveySheet.survey_id == survey.id)
    return (
        Task.estate_id == survey.estate_id,
        Task.kind.in_(OF_SURVEYS),
        Task.state == TaskState.DUE,
        Task.subject_id.in_(sheets),
    )


def _late_by_building(survey: Survey, today: date) -> Counter[uuid.UUID]:
    late = (
        sa.select(Unit.building_id, sa.func.count())
        .select_from(Task)
        .join(Unit, Task.unit_id == Unit.id)
        .where(*_still_due(survey), Task.due_on < today)
        .group_by(Unit.building_id)
    )
    return Counter(dict(_rows(late)))


def _due(survey: Survey, today: date) -> sa.Executable:
    """Assignee, building, its name, kind, how many, how many late, the next day; of what is due."""
    return (
        sa.select(
            Task.assignee_id,
            Building.id,
            Building.name,
            Task.kind,
            sa.func.count(),
            _how_many(Task.due_on < today),
            sa.func.min(Task.due_on),
        )
        .select_from(Task)
        .join(Unit, Task.unit_id == Unit.id)
        .join(Building, Unit.building_id == Building.id)
        .where(*_still_due(survey))
        .group_by(Task.assignee_id, Building.id, Building.name, Task.kind)
        .order_by(sa.func.length(Building.name), Building.name)
    )


def _collected(survey: Survey) -> Counter[uuid.UUID]:
    found = (
        sa.select(SurveySheet.collected_by_id, sa.func.count())
        .where(SurveySheet.survey_id == survey.id, _IS_BACK, SurveySheet.collected_by_id.is_not(None))
        .group_by(SurveySheet.collected_by_id)
    )
    return Counter(dict(_rows(found)))


def _officer(officer_id: uuid.UUID, name: str, due: list[tuple[Any, ...]], collected: int) -> OfOfficer:
    of_kind, there, names = Counter[TaskKind](), Counter[uuid.UUID](), {}
    for building_id, building, kind, number, _late, _next in due:
        of_kind[kind] += number
        there[building_id] += number
        names[building_id] = building
    return OfOfficer(
        officer_id,
        name,
        of_kind[TaskKind.SURVEY_HAND_OUT],
        of_kind[TaskKind.SURVEY_COLLECT],
        sum(row[4] for row in due),
        min((row[5] for row in due), default=None),
        collected,
        tuple((building_id, names[building_id], number) for building_id, number in there.items()),
    )
