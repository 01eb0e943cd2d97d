"""Who calls back on an owner about a repair, and which department does it again."""

import uuid
from collections.abc import Iterable
from datetime import date

import sqlalchemy as sa

from app.agenda.models import Task
from app.agenda.rules import TaskState
from app.core.db import db
from app.people.models import Department, Staff
from app.people.queries import open_departments, staff_in
from app.people.rules import Role
from app.repairs.models import WorkOrder

CALLERS = (Role.FRONT_DESK, Role.OFFICER, Role.SUPERVISOR)
"""Work-order callbacks are the front desk's; where an estate has none, the officers', or else the supervisor's."""


def callers(estate_id: uuid.UUID, on: date, roles: Iterable[Role] = CALLERS) -> list[Staff]:
    """Who can call back on a day: those of the first role that anybody has, whoever has least to do first."""
    for role in roles:
        known = staff_in(estate_id, {role}, on)
        if known:
            busy = _due_by_person(estate_id, [one.id for one in known])
            return sorted(known, key=lambda one: (busy.get(one.id, 0), one.id))
    return []


def engineering_of(order: WorkOrder) -> Department | None:
    """Who does it again (R21): the department that did it, where that is the liable company's; else its engineering."""
    now = order.department
    if now is not None and now.liable is order.liable and now.closed_on is None:
        return now
    theirs = [one for one in open_departments(order.estate_id) if one.liable is order.liable]
    return next(iter(sorted(theirs, key=lambda one: not is_engineering(one))), None)


def is_engineering(department: Department) -> bool:
    """工程部, 工程维修部, 地产公司工程部, Engineering: as the policy's departments of repairs are called."""
    return "工程" in department.name_zh or "engineering" in department.name_en.lower()


def _due_by_person(estate_id: uuid.UUID, staff_ids: list[uuid.UUID]) -> dict[uuid.UUID, int]:
    counted = (
        sa.select(Task.assignee_id, sa.func.count())
        .where(Task.estate_id == estate_id, Task.state == TaskState.DUE, Task.assignee_id.in_(staff_ids))
        .group_by(Task.assignee_id)
    )
    return {row[0]: row[1] for row in db.session.execute(counted)}
