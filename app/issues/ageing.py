"""How long open issues have been open, by whoever holds them and by round.

What was merged into other work is open all the same: it is with whoever has that work.
"""

import uuid
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, aliased

from app.core.db import db
from app.core.waits import Wait
from app.issues.models import Issue
from app.issues.rules import WORKED_ON, State

LAST_ROUND = 3
"""The third round and all later ones are counted together."""


@dataclass(frozen=True)
class Held:
    """With whom an issue is: a department, a role, or (neither) the officer who calls back."""

    department_id: uuid.UUID | None = None
    role: str | None = None


@dataclass(frozen=True)
class Age:
    """Open issues of one holder in one round: how many, how many over their limit, when the oldest was raised.

    Of one piece of work the limit is that of the issue which leads it.
    """

    held: Held
    round: int
    open: int
    late: int
    oldest: datetime


def ages(estate_id: uuid.UUID, at: datetime, only_of: frozenset[uuid.UUID] | None = None) -> list[Age]:
    """Every holder and round that has any; `only_of`: no other departments than these."""
    waiting: dict[tuple[Held, int], list[Age]] = defaultdict(list)
    for counted in (_counted_waits(estate_id, at), _counted_merged(estate_id)):
        within = counted if only_of is None else counted.where(Wait.department_id.in_(only_of))
        for row in db.session.execute(within):
            held, round_ = Held(row[0], row[1]), int(row[2])
            waiting[held, round_].append(Age(held, round_, open=row[3], late=int(row[4]), oldest=row[5]))
    return [_together(found) for found in waiting.values()]


def is_held(estate_id: uuid.UUID, held: Held) -> sa.ColumnElement[bool]:
    """Whether the issue of the query around it is with this holder: it waits for them, or its work does."""
    merged = _merged(sa.select(_MERGED.id), estate_id).where(*_with(held))
    waits = sa.select(Wait.subject_id).where(Wait.estate_id == estate_id, Wait.subject_type == "issue", *_with(held))
    return Issue.id.in_(sa.union_all(waits, merged))


def in_round(number: int) -> sa.ColumnElement[bool]:
    """Whether the issue is in this round; the last one stands for all later ones too."""
    return Issue.round == number if number < LAST_ROUND else Issue.round >= LAST_ROUND


_MERGED, _LEADER = aliased(Issue), aliased(Issue)
_ROLE = sa.case((Wait.department_id.is_(None), Wait.role))


def _counted_waits(estate_id: uuid.UUID, at: datetime) -> sa.Select[Any]:
    """Holder, role, round, how many, how many late, the oldest: of what waits, without reading any issue."""
    round_ = _round(Wait.round)
    late = sa.func.sum(sa.case((Wait.due_at < at, 1), else_=0))
    oldest = sa.func.min(sa.func.coalesce(Wait.raised_at, Wait.since), type_=Wait.since.type)
    counted = sa.select(Wait.department_id, _ROLE, round_, sa.func.count(), late, oldest)
    counted = counted.where(Wait.estate_id == estate_id, Wait.subject_type == "issue")
    return counted.group_by(Wait.department_id, _ROLE, round_)


def _counted_merged(estate_id: uuid.UUID) -> sa.Select[Any]:
    """The same of what waits for the work of another issue, whose limit is counted once."""
    round_ = _round(_MERGED.round)
    oldest = sa.func.min(_MERGED.raised_at)
    counted = sa.select(Wait.department_id, _ROLE, round_, sa.func.count(), sa.literal(0), oldest)
    return _merged(counted, estate_id).group_by(Wait.department_id, _ROLE, round_)


def _merged(selected: sa.Select[Any], estate_id: uuid.UUID) -> sa.Select[Any]:
    """Issues merged into other work, each with what the one that leads it waits for."""
    leads = sa.and_(_LEADER.work_id == _MERGED.work_id, _LEADER.state.in_(WORKED_ON))
    found = selected.select_from(_MERGED).join(_LEADER, leads)
    found = found.join(Wait, sa.and_(Wait.estate_id == estate_id, Wait.subject_id == _LEADER.id))
    return found.where(_MERGED.estate_id == estate_id, _MERGED.state == State.MERGED)


def _with(held: Held) -> tuple[sa.ColumnElement[bool], ...]:
    if held.department_id is not None:
        return (Wait.department_id == held.department_id,)
    if held.role is not None:
        return Wait.department_id.is_(None), Wait.role == held.role
    return Wait.department_id.is_(None), Wait.staff_id.is_not(None)


def _round(column: InstrumentedAttribute[Any]) -> sa.ColumnElement[int]:
    return sa.case((column.is_(None), 1), (column < LAST_ROUND, column), else_=LAST_ROUND)


def _together(found: list[Age]) -> Age:
    first = found[0]
    total, late = sum(one.open for one in found), sum(one.late for one in found)
    return Age(first.held, first.round, total, late, min(one.oldest for one in found))
