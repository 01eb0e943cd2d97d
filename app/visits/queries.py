"""What is asked about visits and attempts."""

import uuid
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from app.agenda.models import Task
from app.agenda.rules import TaskKind, TaskState
from app.core.clock import local_date
from app.core.counting import contains, count_up_to
from app.core.db import by_id, db
from app.core.errors import NotFound
from app.core.i18n import _
from app.estates.households import is_household
from app.estates.models import Building, Estate, Unit
from app.estates.queries import AS_ONE_WALKS, PerUnit, code_contains
from app.people.models import Staff
from app.visits.models import MET_AT, Addendum, Attempt, Plan, PlanLine, Visit
from app.visits.planning import Home, due_in, month_of, walking_order
from app.visits.rules import Method, PlanState, Rating


@dataclass(frozen=True)
class Wanted:
    """Which visits somebody wants to see; blank is every one. `since` and `until` bound the start, `until` excluded.

    `order` is one of ORDERS, downwards with `-`.
    """

    officer_id: uuid.UUID | None = None
    rating: Rating | None = None
    method: Method | None = None
    since: datetime | None = None
    until: datetime | None = None
    for_review: bool = False
    unsigned: bool = False
    words: str = ""
    order: str = "-held"


ORDERS: dict[str, tuple[sa.ColumnExpressionArgument[Any], ...]] = {
    "held": (Visit.started_at,),
    "received": (Visit.received_at,),
    "unit": AS_ONE_WALKS,
    "officer": (Staff.name,),
    "rating": (sa.case(*((Visit.rating == rating, n) for n, rating in enumerate(Rating))),),
}
"""By what visits can be sorted."""


def the_visit(estate_id: uuid.UUID, visit_id: uuid.UUID) -> Visit:
    """A visit of this estate. Raises NotFound."""
    visit = db.session.get(Visit, visit_id)
    if visit is None or visit.estate_id != estate_id:
        raise NotFound("visit:unknown", _("This visit is not known in this estate."))
    return visit


def visits_by_id(ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Visit]:
    """These visits by id, with who held them."""
    return by_id(Visit, ids, joinedload(Visit.officer))


def find_visits(estate_id: uuid.UUID, wanted: Wanted, *, start: int = 0, count: int = 50) -> tuple[list[Visit], int]:
    """The wanted visits in the order that is wanted; and how many there are, counted up to MOST."""
    total = count_up_to(sa.select(Visit.id).where(*_conditions(estate_id, wanted)))
    page = _sorted(estate_id, wanted).offset(start).limit(count)
    return visits_shown(list(db.session.scalars(page))), total


def visit_ids(estate_id: uuid.UUID, wanted: Wanted, most: int) -> list[uuid.UUID]:
    """The first `most` of the wanted visits, in the order that is wanted."""
    return list(db.session.scalars(_sorted(estate_id, wanted).limit(most)))


def visits_shown(ids: list[uuid.UUID]) -> list[Visit]:
    """These visits in this order, with what lists show of them."""
    found = (
        sa.select(Visit)
        .where(Visit.id.in_(ids))
        .options(joinedload(Visit.unit).joinedload(Unit.building), joinedload(Visit.officer))
    )
    by_id = {visit.id: visit for visit in db.session.scalars(found)}
    return [by_id[id_] for id_ in ids if id_ in by_id]


def _sorted(estate_id: uuid.UUID, wanted: Wanted) -> sa.Select[uuid.UUID]:
    name, down = wanted.order.removeprefix("-"), wanted.order.startswith("-")
    found = sa.select(Visit.id).where(*_conditions(estate_id, wanted))
    if name == "unit":
        found = found.join(Visit.unit).join(Unit.building)
    if name == "officer":
        found = found.join(Visit.officer)
    by = [sa.desc(one) if down else sa.asc(one) for one in ORDERS[name]]
    newest = () if name == "held" else (Visit.started_at.desc(),)
    return found.order_by(*by, *newest, Visit.id)


def visits_at(unit_id: uuid.UUID) -> list[Visit]:
    """Every visit held at a unit, newest first."""
    found = sa.select(Visit).where(Visit.unit_id == unit_id).options(joinedload(Visit.officer))
    return list(db.session.scalars(found.order_by(Visit.started_at.desc())))


_OF_A_PLAN = sa.exists().where(
    Task.unit_id == Visit.unit_id,
    Task.visit_id == Visit.id,
    Task.kind == TaskKind.PLANNED_VISIT,
    Task.state == TaskState.DONE,
)
MET = sa.or_(Visit.method == Method.DOOR, _OF_A_PLAN)
"""What the visit cycle (P53) counts: at the door, or what was planned. Who was only rung about something else is due
as before, or a home that is often called back on would never be visited again."""


def last_met(unit_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, datetime]:
    """When somebody was last met at each of these units, those where nobody ever was left out."""
    last = sa.select(Visit.unit_id, sa.func.max(MET_AT)).where(Visit.unit_id.in_(list(unit_ids)), MET)
    return {row[0]: row[1] for row in db.session.execute(last.group_by(Visit.unit_id))}


def last_visits_by_unit() -> PerUnit:
    """When somebody was last met at each unit, to sort units by."""
    last = sa.select(Visit.unit_id, sa.func.max(MET_AT).label("last")).where(MET)
    rows = last.group_by(Visit.unit_id).subquery("last_visits")
    return PerUnit(rows, rows.c.last)


def visited_since(moment: datetime) -> sa.Exists:
    """Whether somebody was met at the unit of the query around it since a moment."""
    return sa.exists().where(Visit.unit_id == Unit.id, moment <= MET_AT, MET).correlate(Unit)


def addenda_to(visit_id: uuid.UUID) -> list[Addendum]:
    """What was added to a visit later, in the order it arrived."""
    found = sa.select(Addendum).where(Addendum.visit_id == visit_id).options(joinedload(Addendum.author))
    return list(db.session.scalars(found.order_by(Addendum.received_at, Addendum.number)))


def attempts_at(unit_id: uuid.UUID) -> list[Attempt]:
    """Every attempt that met nobody at a unit, newest first."""
    found = sa.select(Attempt).where(Attempt.unit_id == unit_id).options(joinedload(Attempt.officer))
    return list(db.session.scalars(found.order_by(Attempt.tried_at.desc())))


def _conditions(estate_id: uuid.UUID, wanted: Wanted) -> list[sa.ColumnElement[bool]]:
    conditions = [Visit.estate_id == estate_id]
    if wanted.officer_id:
        conditions.append(Visit.officer_id == wanted.officer_id)
    if wanted.rating:
        conditions.append(Visit.rating == wanted.rating)
    if wanted.method:
        conditions.append(Visit.method == wanted.method)
    if wanted.since:
        conditions.append(Visit.started_at >= wanted.since)
    if wanted.until:
        conditions.append(Visit.started_at < wanted.until)
    if wanted.for_review:
        conditions.append(Visit.review != "")
    if wanted.unsigned:
        conditions.append(Visit.unsigned.is_not(None))
    if wanted.words:
        conditions.append(_says(estate_id, wanted.words))
    return conditions


def _says(estate_id: uuid.UUID, words: str) -> sa.ColumnElement[bool]:
    """Visits whose numbers, interviewee, wishes or unit contain these words."""
    units = sa.select(Unit.id).join(Unit.building).where(Unit.estate_id == estate_id, code_contains(words))
    texts = (Visit.number, Visit.receipt_number, Visit.interviewee_name, Visit.wishes)
    return sa.or_(*(contains(text, words) for text in texts), Visit.unit_id.in_(units))


def homes_in_scope(estate: Estate, today: date) -> list[Home]:
    """Every household of an estate (owned on this day and not vacant) with the day its owner was last met."""
    last_met = (
        sa.select(Visit.unit_id, sa.func.max(MET_AT).label("at"))
        .where(Visit.estate_id == estate.id, MET)
        .group_by(Visit.unit_id)
        .subquery()
    )
    rows = db.session.execute(
        sa.select(Unit.id, Building.name, Unit.entrance, Unit.floor, Unit.number, last_met.c.at)
        .join(Unit.building)
        .outerjoin(last_met, last_met.c.unit_id == Unit.id)
        .where(Unit.estate_id == estate.id, is_household(today, estate.time_zone))
    )
    return [
        Home(row[0], row[1], row[2], row[3], row[4], local_date(row[5], estate.time_zone) if row[5] else None)
        for row in rows
    ]


def planned_visits_due(estate_id: uuid.UUID) -> dict[uuid.UUID, Task]:
    """The planned visit that is due at each unit where one is."""
    due = sa.select(Task).where(
        Task.estate_id == estate_id, Task.kind == TaskKind.PLANNED_VISIT, Task.state == TaskState.DUE
    )
    return {task.unit_id: task for task in db.session.scalars(due.order_by(Task.due_on.desc(), Task.id))}


def planned_visits_held(estate_id: uuid.UUID, unit_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Task]:
    """As `planned_visits_due`, of these units; locked in id order, so that no visit settles one meanwhile."""
    due = sa.select(Task).where(
        Task.estate_id == estate_id,
        Task.unit_id.in_(list(unit_ids)),
        Task.kind == TaskKind.PLANNED_VISIT,
        Task.state == TaskState.DUE,
    )
    held = due.order_by(Task.id).with_for_update().execution_options(populate_existing=True)
    latest_first = sorted(db.session.scalars(held), key=lambda task: task.due_on, reverse=True)
    return {task.unit_id: task for task in latest_first}


def missed_before(estate_id: uuid.UUID, month: str, today: date) -> dict[uuid.UUID, str]:
    """Unit → the month whose plan has not met it in time, of what is due still; of months before this one."""
    return of_months_before(month, [task for task in planned_visits_due(estate_id).values() if task.due_on < today])


def of_months_before(month: str, tasks: Collection[Task]) -> dict[uuid.UUID, str]:
    """Unit → the month of the plan by which one of these is due there, of plans of months before this one."""
    months = months_of(task.plan_id for task in tasks if task.plan_id)
    planned = {task.unit_id: months[task.plan_id] for task in tasks if task.plan_id in months}
    return {unit_id: before for unit_id, before in planned.items() if before < month}


def taken_up_before(estate_id: uuid.UUID, month: str, today: date) -> set[uuid.UUID]:
    """The units in plans of earlier months that are not over yet, and that nobody has filed yet."""
    this = month_of(today)
    found = sa.select(PlanLine.unit_id).join(PlanLine.plan)
    early = (Plan.estate_id == estate_id, Plan.month >= this, Plan.month < month, Plan.state != PlanState.ACTIVE)
    return set(db.session.scalars(found.where(*early)))


def due_in_no_plan(plan: Plan, homes: Sequence[Home], cycle_months: int, today: date) -> list[uuid.UUID]:
    """Which of these homes are due by the end of the plan's month (P53), and stand neither in it nor in another.

    Another: one by which a visit is due there, late or not, or one that can still be filed. As one walks.
    """
    this = month_of(today)
    drawn_up = Plan.estate_id == plan.estate_id, Plan.month >= this, Plan.state != PlanState.ACTIVE
    lines = sa.select(PlanLine.unit_id).join(PlanLine.plan).where(sa.or_(Plan.id == plan.id, sa.and_(*drawn_up)))
    planned = set(db.session.scalars(lines)).union(planned_visits_due(plan.estate_id))
    left_out = [home for home in due_in(homes, plan.month, cycle_months) if home.unit_id not in planned]
    return [home.unit_id for home in sorted(left_out, key=walking_order)]


def months_of(plan_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Plan → its month."""
    rows = db.session.execute(sa.select(Plan.id, Plan.month).where(Plan.id.in_(list(plan_ids))))
    return {row.id: row.month for row in rows}


def left_behind(plan: Plan, taken: Iterable[uuid.UUID], today: date) -> list[tuple[Unit, str]]:
    """Households that a month before this plan's has not met, and that stand in no plan since, as one walks.

    Each with that month: the plan was proposed before it was over. `taken`: the units that the plan has already.
    """
    missed = missed_before(plan.estate_id, plan.month, today)
    estate = db.session.get_one(Estate, plan.estate_id)
    homes = [home for home in homes_in_scope(estate, today) if home.unit_id in missed]
    out = taken_up_before(plan.estate_id, plan.month, today).union(taken)
    left = [home.unit_id for home in sorted(homes, key=walking_order) if home.unit_id not in out]
    units = by_id(Unit, left, joinedload(Unit.building))
    return [(units[unit_id], missed[unit_id]) for unit_id in left]


def plan_of(estate_id: uuid.UUID, month: str) -> Plan | None:
    """The month's plan, draft or at work."""
    return db.session.scalars(sa.select(Plan).where(Plan.estate_id == estate_id, Plan.month == month)).first()


def the_plan(estate_id: uuid.UUID, plan_id: uuid.UUID) -> Plan:
    """A plan of this estate. Raises NotFound."""
    plan = db.session.get(Plan, plan_id)
    if plan is None or plan.estate_id != estate_id:
        raise NotFound("plan:unknown", _("This plan is not known in this estate."))
    return plan


def the_plan_line(estate_id: uuid.UUID, line_id: uuid.UUID) -> PlanLine:
    """A line of a plan of this estate. Raises NotFound."""
    line = db.session.get(PlanLine, line_id)
    if line is None or line.estate_id != estate_id:
        raise NotFound("plan:line_unknown", _("This line stands in no plan of this estate."))
    return line


def plans_by_id(ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Plan]:
    """These plans by id, with their lines and who made them."""
    return by_id(Plan, ids, joinedload(Plan.made_by), selectinload(Plan.lines))


def plans_of(estate_id: uuid.UUID) -> list[Plan]:
    """An estate's plans, newest month first."""
    return list(db.session.scalars(sa.select(Plan).where(Plan.estate_id == estate_id).order_by(Plan.month.desc())))
