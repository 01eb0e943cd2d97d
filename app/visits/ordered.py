"""What is asked about special visits: the orders of an estate, and what became of each home."""

import uuid
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from app.agenda.models import Task
from app.agenda.queries import missed_days
from app.agenda.rules import TaskKind, TaskState
from app.core.db import by_id, db
from app.core.errors import NotFound
from app.core.i18n import _
from app.estates.models import Estate, Unit
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
    """How many homes of an order there are but for those withdrawn, how many of them were met, how many are late.

    Withdrawn when their day was over (`out_late`) they are homes that were not met, as of a plan.
    """

    homes: int = 0
    met: int = 0
    withdrawn: int = 0
    late: int = 0
    out_late: int = 0


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


def counted(estate: Estate, special_ids: Iterable[uuid.UUID], today: date) -> dict[uuid.UUID, Counted]:
    """Order → its homes in numbers. Homes that were withdrawn in time are no part of `homes`."""
    ids = list(special_ids)
    late = sa.and_(Task.state == TaskState.DUE, Task.due_on < today)
    rows = db.session.execute(
        sa.select(
            Task.subject_id,
            _how_many(Task.state != TaskState.CANCELLED),
            _how_many(Task.state == TaskState.DONE),
            _how_many(Task.state == TaskState.CANCELLED),
            _how_many(late),
        )
        .where(Task.subject_id.in_(ids), Task.kind == TaskKind.SPECIAL_VISIT)
        .group_by(Task.subject_id)
    )
    out_late = _withdrawn_late(estate, ids)
    return {
        id_: Counted(homes + out_late[id_], met, withdrawn - out_late[id_], late, out_late[id_])
        for id_, homes, met, withdrawn, late in rows
        if id_ is not None
    }


def _withdrawn_late(estate: Estate, special_ids: list[uuid.UUID]) -> Counter[uuid.UUID | None]:
    """Order → how many of its homes were withdrawn when their day, or one that they had before, was over."""
    out = sa.select(Task.id, Task.subject_id).where(
        Task.subject_id.in_(special_ids), Task.kind == TaskKind.SPECIAL_VISIT, Task.state == TaskState.CANCELLED
    )
    withdrawn = db.session.execute(out).all()
    missed = missed_days(estate.id, {TaskKind.SPECIAL_VISIT}, date.min, estate.time_zone) if withdrawn else {}
    return Counter(subject_id for task_id, subject_id in withdrawn if task_id in missed)


def homes_of(special: SpecialVisit) -> list[OrderedHome]:
    """Every home of an order in walking order."""
    found = sa.select(Task).where(Task.subject_id == special.id, Task.kind == TaskKind.SPECIAL_VISIT)
    loading = (joinedload(Task.unit).joinedload(Unit.building), joinedload(Task.assignee))
    tries = tries_since(special.estate_id, special.ordered_at)
    tasks = sorted(db.session.scalars(found.options(*loading)), key=lambda task: walking_order(as_planned(task.unit)))
    return [OrderedHome(task, tries.get(str(task.id), [])) for task in tasks]


def _how_many(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
    return sa.func.coalesce(sa.func.sum(sa.case((condition, 1), else_=0)), 0)
