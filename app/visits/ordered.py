"""What is asked about special visits: the orders of an estate, and what became of each home."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from app.agenda.models import Task
from app.agenda.rules import TaskKind, TaskState
from app.core.db import by_id, db
from app.core.errors import NotFound
from app.core.i18n import _
from app.estates.models import Unit
from app.visits.models import SpecialVisit
from app.visits.planning import Home, walking_order
from app.visits.progress import tries_since
from app.visits.rules import Outcome


@dataclass(frozen=True)
class OrderedHome:
    """One home of an order: its task, and why each attempt at it met nobody."""

    task: Task
    tries: list[Outcome]


@dataclass(frozen=True)
class Counted:
    """How many homes of an order there are but for those withdrawn, how many of them were met, how many are late."""

    homes: int = 0
    met: int = 0
    withdrawn: int = 0
    late: int = 0


def as_planned(unit: Unit) -> Home:
    """A unit as planning sees it."""
    return Home(unit.id, unit.building.name, unit.entrance, unit.floor, unit.number, None)


def the_special(estate_id: uuid.UUID, special_id: uuid.UUID) -> SpecialVisit:
    """A special visit of this estate. Raises NotFound."""
    special = db.session.get(SpecialVisit, special_id)
    if special is None or special.estate_id != estate_id:
        raise NotFound("special:unknown", _("This special visit is not known in this estate."))
    return special


def specials_of(estate_id: uuid.UUID, *, start: int = 0, count: int = 50) -> tuple[list[SpecialVisit], int]:
    """An estate's special visits, newest first; and how many there are in all."""
    found = sa.select(SpecialVisit).where(SpecialVisit.estate_id == estate_id)
    total = db.session.scalar(sa.select(sa.func.count()).select_from(found.subquery())) or 0
    page = found.options(joinedload(SpecialVisit.ordered_by)).order_by(SpecialVisit.ordered_at.desc(), SpecialVisit.id)
    return list(db.session.scalars(page.offset(start).limit(count))), total


def specials_by_id(ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, SpecialVisit]:
    """These special visits by id."""
    return by_id(SpecialVisit, ids)


def counted(special_ids: Iterable[uuid.UUID], today: date) -> dict[uuid.UUID, Counted]:
    """Order → its homes in numbers. Withdrawn homes are no part of `homes`."""
    late = sa.and_(Task.state == TaskState.DUE, Task.due_on < today)
    rows = db.session.execute(
        sa.select(
            Task.subject_id,
            _how_many(Task.state != TaskState.CANCELLED),
            _how_many(Task.state == TaskState.DONE),
            _how_many(Task.state == TaskState.CANCELLED),
            _how_many(late),
        )
        .where(Task.subject_id.in_(list(special_ids)), Task.kind == TaskKind.SPECIAL_VISIT)
        .group_by(Task.subject_id)
    )
    return {row[0]: Counted(*row[1:]) for row in rows if row[0] is not None}


def homes_of(special: SpecialVisit) -> list[OrderedHome]:
    """Every home of an order in walking order."""
    found = sa.select(Task).where(Task.subject_id == special.id, Task.kind == TaskKind.SPECIAL_VISIT)
    loading = (joinedload(Task.unit).joinedload(Unit.building), joinedload(Task.assignee))
    tries = tries_since(special.estate_id, special.ordered_at)
    tasks = sorted(db.session.scalars(found.options(*loading)), key=lambda task: walking_order(as_planned(task.unit)))
    return [OrderedHome(task, tries.get(str(task.id), [])) for task in tasks]


def _how_many(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
    return sa.func.coalesce(sa.func.sum(sa.case((condition, 1), else_=0)), 0)
