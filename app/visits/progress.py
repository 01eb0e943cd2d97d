"""What became of a plan at work: each of its homes, and how many of them were met. Counts, never rates."""

import uuid
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from app.agenda.models import Task
from app.agenda.queries import missed_days
from app.agenda.rules import TaskKind, TaskState
from app.core import journal
from app.core.db import db
from app.estates.models import Unit
from app.people.models import Staff
from app.visits.models import MET_AT, Attempt, Plan, PlanLine, Visit
from app.visits.planning import Home, walking_order
from app.visits.rules import Method, Outcome

PUT_TO_WORK = "plan:put_to_work"
"""The journal's kind of the line that a plan went to work, and to which earlier months it left homes."""


@dataclass(frozen=True)
class PlannedHome:
    """One line of a plan as it is shown: where, who, by when, whether it was done; `tries`: how often not, and why.

    `met_at`, `met_by`: when and how its owner was met, if a visit has done it. `earlier`: the same as `tries`, of the
    month that it was carried over from. `fell_away`: the plan went to work without it, as its owner had been met
    meanwhile, or was still to be met by the plan of the month `left_to`. `moved_to`: the month whose plan has taken it
    up since. `adjusted`: what is due there now, where that is not what the plan says (P53).
    """

    line: PlanLine
    state: TaskState | None
    met_at: datetime | None
    met_by: Method | None
    tries: list[Outcome]
    earlier: list[Outcome]
    fell_away: bool
    left_to: str = ""
    moved_to: str = ""
    adjusted: Task | None = None

    @property
    def is_done(self) -> bool:
        """Whether its owner was met."""
        return self.state is TaskState.DONE

    @property
    def rang_instead(self) -> bool:
        """Whether its owner was to be met at the door, and was rung."""
        return self.is_done and self.line.method is Method.DOOR and self.met_by is Method.PHONE

    @property
    def goes(self) -> Staff:
        """Who goes there now."""
        return self.adjusted.assignee if self.adjusted else self.line.officer

    @property
    def on(self) -> date:
        """By which day it is due now."""
        return self.adjusted.due_on if self.adjusted else self.line.due_on


def planned_homes(plan: Plan) -> list[PlannedHome]:
    """A plan's lines in walking order, each with the state of its task and the attempts at it that met nobody."""
    tasks = {task.subject_id: task for task in db.session.scalars(sa.select(Task).where(Task.plan_id == plan.id))}
    tries = tries_since(plan.estate_id, plan.active_at) if plan.active_at else {}
    lines = db.session.scalars(
        sa.select(PlanLine)
        .where(PlanLine.plan_id == plan.id)
        .options(joinedload(PlanLine.unit).joinedload(Unit.building), joinedload(PlanLine.officer))
    ).all()
    earlier = _earlier_tries(plan, [line for line in lines if line.carried_from])
    met, left_to, moved_to = _met(plan), _left_to(plan), _moved_to(plan, tasks.values())
    homes = []
    for line in sorted(lines, key=_walking_order):
        task = tasks.get(line.id)
        met_at, met_by = met.get(task.id, (task.done_at, None)) if task else (None, None)
        homes.append(
            PlannedHome(
                line,
                state=task.state if task else None,
                met_at=met_at,
                met_by=met_by,
                tries=tries.get(str(task.id), []) if task else [],
                earlier=earlier.get(line.unit_id, []),
                fell_away=task is None and plan.active_at is not None,
                left_to=left_to.get(str(line.unit_id), "") if task is None else "",
                moved_to=moved_to.get(task.id, "") if task else "",
                adjusted=task if task and _is_adjusted(task, line) else None,
            )
        )
    return homes


@dataclass(frozen=True)
class Progress:
    """How many homes a plan has, without those that `fell_away`; how many were met, and how many of these were `rung`
    instead of visited at their door; how many were `tried` in vain and are still due.

    `due`: with those that were taken out when their day was over (`out_late`); what is done is counted of these.
    """

    homes: int = 0
    due: int = 0
    out_late: int = 0
    fell_away: int = 0
    done: int = 0
    rung: int = 0
    tried: int = 0


def progress(plan: Plan, homes: list[PlannedHome], zone: str) -> Progress:
    """A plan's homes, counted."""
    planned, out_late = sum(not home.fell_away for home in homes), taken_out_late(plan, zone)
    return Progress(
        homes=planned,
        due=planned + out_late,
        out_late=out_late,
        fell_away=sum(home.fell_away for home in homes),
        done=sum(home.is_done for home in homes),
        rung=sum(home.rang_instead for home in homes),
        tried=sum(home.state is TaskState.DUE and home.tries != [] for home in homes),
    )


def taken_out_late(plan: Plan, zone: str) -> int:
    """How many homes were taken out of a plan when their day was over, and are in none of its lines any more.

    They were to be visited and were not: a plan that is amended afterwards shows no more done than it did.
    """
    planned, first = {TaskKind.PLANNED_VISIT}, date.fromisoformat(f"{plan.month}-01")
    out = sa.select(Task.id).where(
        Task.plan_id == plan.id,
        Task.kind.in_(planned),
        Task.state == TaskState.CANCELLED,
        Task.unit_id.not_in(sa.select(PlanLine.unit_id).where(PlanLine.plan_id == plan.id)),
    )
    missed = missed_days(plan.estate_id, planned, first, zone)
    return sum(task_id in missed for task_id in db.session.scalars(out))


def _met(plan: Plan) -> dict[uuid.UUID, tuple[datetime | None, Method | None]]:
    """Task → when and how its owner was met; of those that a visit has done."""
    found = sa.select(Task.id, MET_AT, Visit.method).join(Visit, Visit.id == Task.visit_id)
    done = found.where(Task.plan_id == plan.id, Task.state == TaskState.DONE)
    return {task_id: (at, method) for task_id, at, method in db.session.execute(done)}


def _left_to(plan: Plan) -> dict[str, str]:
    """Unit → the earlier month to whose plan it was left when this one went to work."""
    went = (line for line in journal.history(plan.id) if line.kind == PUT_TO_WORK)
    return {unit: month for line in went for unit, month in line.data.get("left_to", {}).items()}


def _moved_to(plan: Plan, tasks: Collection[Task]) -> dict[uuid.UUID, str]:
    """Task that was called off as another plan took its home up → that plan's month."""
    gone = {task.unit_id: task.id for task in tasks if task.state is TaskState.CANCELLED}
    later = sa.select(Task.unit_id, Task.id, Plan.month).join(Plan, Plan.id == Task.plan_id).order_by(Task.id)
    planned = Task.unit_id.in_(list(gone)), Task.kind == TaskKind.PLANNED_VISIT, Plan.id != plan.id
    moved: dict[uuid.UUID, str] = {}
    for unit_id, task_id, month in db.session.execute(later.where(*planned)) if gone else ():
        if task_id > gone[unit_id]:
            moved.setdefault(gone[unit_id], month)
    return moved


def _is_adjusted(task: Task, line: PlanLine) -> bool:
    return task.state is TaskState.DUE and (task.assignee_id, task.due_on) != (line.officer_id, line.due_on)


def _earlier_tries(plan: Plan, carried: list[PlanLine]) -> dict[uuid.UUID, list[Outcome]]:
    """Unit → why each attempt in the month that it was carried over from met nobody."""
    if not carried:
        return {}
    months = {line.carried_from for line in carried}
    before = sa.select(Plan).where(Plan.estate_id == plan.estate_id, Plan.month.in_(months))
    since = min(older.active_at for older in db.session.scalars(before) if older.active_at)
    missed = db.session.execute(
        sa.select(Task.id, Task.unit_id)
        .join(Plan, Plan.id == Task.plan_id)
        .where(Task.unit_id.in_([line.unit_id for line in carried]), Plan.month.in_(months))
    )
    tries = tries_since(plan.estate_id, since)
    return {unit_id: tries.get(str(task_id), []) for task_id, unit_id in missed}


def tries_since(estate_id: uuid.UUID, since: datetime) -> dict[str, list[Outcome]]:
    """Task → why each attempt at it met nobody, in the order they were made; of all that arrived since a moment."""
    tries: dict[str, list[Outcome]] = defaultdict(list)
    # By arrival, as a tablet's clock can be wrong: nothing for a task arrives before there is one.
    made = sa.select(Attempt.task_ids, Attempt.outcome).where(
        Attempt.estate_id == estate_id, Attempt.received_at >= since
    )
    for task_ids, outcome in db.session.execute(made.order_by(Attempt.tried_at, Attempt.id)):
        for task_id in task_ids:
            tries[task_id].append(outcome)
    return tries


def _walking_order(line: PlanLine) -> tuple[object, ...]:
    unit = line.unit
    return walking_order(Home(unit.id, unit.building.name, unit.entrance, unit.floor, unit.number, None))
