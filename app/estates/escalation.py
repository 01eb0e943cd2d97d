"""What is overdue goes up: told to the manager, then to the executive, each once. The caller commits.

It tells and never moves a step: whoever holds it holds it still, and nothing is closed by it.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute

from app.core import journal
from app.core.clock import days_later, local_date
from app.core.db import db
from app.core.journal import By
from app.core.waits import FETCH, Wait
from app.estates.models import Estate
from app.estates.queries import all_estates
from app.estates.rules import Limits, Profile, counts_as, limits
from app.people.models import Staff, StaffRole
from app.people.queries import roles_held
from app.people.rules import MAY, Act, Role

ESCALATED, HANDED_OVER = "wait:escalated", "wait:handed_over"
"""The journal's kinds."""


@dataclass(frozen=True)
class Level:
    """Who is told of an overdue step, and where the wait keeps since when.

    `not_of`: whose steps are not told there, as they stand at that level or above it. Of a function above it that
    nobody has they are told all the same: they would be told to nobody at all.
    """

    name: str
    role: Role
    told_at: InstrumentedAttribute[datetime | None]
    not_of: dict[Profile, frozenset[Role]]

    def after(self, limit: Limits) -> int:
        """After how many calendar days: a limit of the estate."""
        days: int = getattr(limit, f"escalate_{self.name}_days")
        return days


_EXECUTIVE = {profile: counts_as(profile, {Role.EXECUTIVE}) for profile in Profile}
LEVELS = (
    Level(
        "manager",
        Role.MANAGER,
        Wait.manager_told_at,
        {profile: above | {Role.MANAGER} for profile, above in _EXECUTIVE.items()},
    ),
    Level("executive", Role.EXECUTIVE, Wait.executive_told_at, _EXECUTIVE),
)
"""Policy, section 5: to the manager, then to the executive."""


def levels_of(roles: frozenset[Role]) -> list[Level]:
    """The levels at which somebody with these roles is told."""
    return [level for level in LEVELS if level.role in roles]


def escalate(at: datetime) -> int:
    """Tell of every step that is overdue for so long, in all estates; returns how many times somebody was told."""
    return sum(_tell(estate, level, at) for estate in all_estates() for level in LEVELS)


def _tell(estate: Estate, level: Level, at: datetime) -> int:
    """One statement finds and marks them, so that whoever runs at the same moment tells of none again."""
    latest = days_later(at, -level.after(limits(estate.settings)), estate.time_zone)
    there = counts_as(estate.profile, {level.role, *roles_held(estate.id, local_date(at, estate.time_zone))})
    spared = [role.value for role in level.not_of[estate.profile] & there]
    is_role = sa.or_(Wait.role.in_(spared), sa.and_(Wait.also_role.is_not(None), Wait.also_role.in_(spared)))
    is_person = Wait.staff_id.in_(_who_is(estate, level.not_of[estate.profile], at))
    overdue = (
        sa.update(Wait)
        .where(Wait.estate_id == estate.id, Wait.due_at <= latest, level.told_at.is_(None))
        .where(sa.case((Wait.staff_id.is_not(None), sa.not_(is_person)), else_=sa.not_(is_role)))
        .values({level.told_at: at})
        .returning(Wait.subject_type, Wait.subject_id, Wait.what, Wait.due_at)
        .execution_options(synchronize_session=False)
    )
    told = sorted(db.session.execute(overdue), key=lambda row: (row.due_at, row.subject_id))
    for row in told:
        data = {"what": row.what, "level": level.name}
        journal.write(estate.id, ESCALATED, (row.subject_type, row.subject_id), by=By(), at=at, data=data)
    return len(told)


def hand_over(at: datetime) -> int:
    """What waits for somebody who speaks with owners of the estate no more waits for the supervisor, by the same limit.

    They may still work there: whoever repairs now opens no record that was sent back to them as an officer.
    """
    return sum(_hand_over(estate, at) for estate in all_estates())


def _hand_over(estate: Estate, at: datetime) -> int:
    left = (
        sa.select(Wait)
        .where(Wait.estate_id == estate.id, Wait.staff_id.is_not(None))
        .where(Wait.staff_id.not_in(_who_is(estate, MAY[Act.EXPLAIN_ISSUE], at)), Wait.what != FETCH)
        .order_by(Wait.id)
        .with_for_update()
    )
    waiting = list(db.session.scalars(left))
    for wait in waiting:
        data = {"what": wait.what, "from": str(wait.staff_id)}
        wait.staff_id, wait.role = None, Role.SUPERVISOR.value
        journal.write(estate.id, HANDED_OVER, (wait.subject_type, wait.subject_id), by=By(), at=at, data=data)
    return len(waiting)


def _who_is(estate: Estate, roles: frozenset[Role], at: datetime) -> sa.Select[uuid.UUID]:
    """Ids of those who hold one of `roles` in the estate today and have not left."""
    today = local_date(at, estate.time_zone)
    return (
        sa.select(StaffRole.staff_id)
        .join(Staff, Staff.id == StaffRole.staff_id)
        .where(StaffRole.estate_id == estate.id, StaffRole.role.in_(roles), StaffRole.since <= today)
        .where(sa.or_(StaffRole.until.is_(None), StaffRole.until > today), Staff.left_at.is_(None))
    )
