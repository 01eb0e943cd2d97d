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
    """Who does it again (R21): the liable company's department of repairs, the one that did it if that is one.

    Without such a department whoever did it for that company, or else the first that it has.
    """
    theirs = [one for one in open_departments(order.estate_id) if one.liable is order.liable]
    did_it = order.department_id
    return next(iter(sorted(theirs, key=lambda one: (not one.repairs, one.id != did_it))), None)


def _due_by_person(estate_id: uuid.UUID, staff_ids: list[uuid.UUID]) -> dict[uuid.UUID, int]:
    counted = (
        sa.select(Task.assignee_id, sa.func.count())
        .where(Task.estate_id == estate_id, Task.state == TaskState.DUE, Task.assignee_id.in_(staff_ids))
        .group_by(Task.assignee_id)
    )
    return {row[0]: row[1] for row in db.session.execute(counted)}
