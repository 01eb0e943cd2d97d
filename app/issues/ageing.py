"""How long open issues have been open, by whoever holds them and by round."""

import uuid
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from app.core.db import db
from app.core.waits import Wait
from app.issues.models import Issue

LAST_ROUND = 3
"""The third round and all later ones are counted together."""


@dataclass(frozen=True)
class Held:
    """With whom an issue is: a department, a role, or (neither) the officer who calls back."""

    department_id: uuid.UUID | None = None
    role: str | None = None


@dataclass(frozen=True)
class Age:
    """Open issues of one holder in one round: how many, how many over their limit, when the oldest was raised."""

    held: Held
    round: int
    open: int
    late: int
    oldest: datetime


def ages(estate_id: uuid.UUID, at: datetime, only_of: frozenset[uuid.UUID] | None = None) -> list[Age]:
    """Every holder and round that has any, in one query; `only_of`: no other departments than these."""
    round_ = sa.case((Wait.round.is_(None), 1), (Wait.round < LAST_ROUND, Wait.round), else_=LAST_ROUND)
    role = sa.case((Wait.department_id.is_(None), Wait.role))
    counted = (
        sa.select(
            Wait.department_id,
            role,
            round_,
            sa.func.count(),
            sa.func.sum(sa.case((Wait.due_at < at, 1), else_=0)),
            sa.func.min(sa.func.coalesce(Wait.raised_at, Wait.since), type_=Wait.since.type),
        )
        .where(Wait.estate_id == estate_id, Wait.subject_type == "issue")
        .group_by(Wait.department_id, role, round_)
    )
    if only_of is not None:
        counted = counted.where(Wait.department_id.in_(only_of))
    return [
        Age(Held(row[0], row[1]), round=row[2], open=row[3], late=int(row[4]), oldest=row[5])
        for row in db.session.execute(counted)
    ]


def is_held(held: Held) -> sa.ColumnElement[bool]:
    """Whether the issue of the query around it waits for this holder."""
    wait = aliased(Wait)
    waits = sa.exists().where(wait.estate_id == Issue.estate_id, wait.subject_id == Issue.id)
    if held.department_id is not None:
        return waits.where(wait.department_id == held.department_id)
    if held.role is not None:
        return waits.where(wait.department_id.is_(None), wait.role == held.role)
    return waits.where(wait.department_id.is_(None), wait.staff_id.is_not(None))


def in_round(number: int) -> sa.ColumnElement[bool]:
    """Whether the issue is in this round; the last one stands for all later ones too."""
    return Issue.round == number if number < LAST_ROUND else Issue.round >= LAST_ROUND
