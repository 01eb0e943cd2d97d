"""What an office asks about operations that were kept for a person: which they are, what was decided about them."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from app.core.counting import count_up_to
from app.core.db import db
from app.core.errors import NotFound
from app.core.i18n import _
from app.sync.contents import took_place_at
from app.sync.deciding import Kept, kept_operation
from app.sync.keeping import estates_of_tablet, moments_told
from app.sync.models import Decision, Operation
from app.sync.rules import APPLIED, ESTRANGED, HELD, IN_EFFECT, REJECTED, REVIEW, Outcome, standing

_Last, _Newest = aliased(Decision), aliased(Decision)
_AT_ONCE = 50
"""Operations in memory, as each may be of megabytes."""
_ASKED_AT_ONCE = 1000
"""Ids in one query."""


@dataclass(frozen=True)
class Wanted:
    """Which operations somebody wants to see. `status` is that of the receipt, blank every one.

    `order` is `received`, downwards with `-`.
    """

    decided: bool = False
    status: str = ""
    device_id: uuid.UUID | None = None
    order: str = "-received"


def find_kept(estate_id: uuid.UUID, wanted: Wanted, *, start: int = 0, count: int = 50) -> tuple[list[Kept], int]:
    """The wanted operations of an office, last arrived first, and how many there are, counted up to MOST."""
    total = count_up_to(sa.select(Operation.op_id).where(*_conditions(estate_id, wanted)))
    page = sa.select(Operation).where(*_conditions(estate_id, wanted)).order_by(*_order(wanted))
    operations = list(db.session.scalars(page.offset(start).limit(count)))
    return _with_decisions(operations), total


def kept_ids(estate_id: uuid.UUID, wanted: Wanted, most: int) -> list[uuid.UUID]:
    """The first `most` of the wanted operations, last arrived first."""
    found = sa.select(Operation.op_id).where(*_conditions(estate_id, wanted)).order_by(*_order(wanted))
    return list(db.session.scalars(found.limit(most)))


def ids_here(estate_id: uuid.UUID, op_ids: list[uuid.UUID]) -> list[uuid.UUID]:
    """Those of these operations that this office looks at."""
    found = sa.select(Operation.op_id).where(Operation.op_id.in_(op_ids), Operation.status != APPLIED, _of(estate_id))
    return list(db.session.scalars(found))


def _order(wanted: Wanted) -> tuple[Any, ...]:
    received = Operation.received_at
    return (received.desc() if wanted.order.startswith("-") else received.asc(), Operation.op_id)


def count_undecided(estate_id: uuid.UUID) -> int:
    """How many operations an office has to look at."""
    waiting = sa.select(sa.func.count()).select_from(Operation).where(*_conditions(estate_id, Wanted()))
    return db.session.scalar(waiting) or 0


def not_entered(estate_id: uuid.UUID) -> Iterator[datetime | None]:
    """Of each record that an office has to look at and of which nothing is entered, when it was by the tablet's clock.

    Nothing stands for one that nobody can read. Only those are opened of which the journal does not tell it: what
    could not be read when it came, or came to a server that did not write it down yet.
    """
    for ids in _in_parts(_waiting_ids(estate_id), _ASKED_AT_ONCE):
        told = moments_told(ids)
        yield from told.values()
        for closed in _in_parts([op_id for op_id in ids if op_id not in told], _AT_ONCE):
            for operation in db.session.scalars(sa.select(Operation).where(Operation.op_id.in_(closed))):
                yield took_place_at(operation)


def _waiting_ids(estate_id: uuid.UUID) -> list[uuid.UUID]:
    """The operations of which an office has to look at and nothing is entered."""
    last = sa.select(sa.func.max(Decision.number)).where(Decision.op_id == Operation.op_id).scalar_subquery()
    found = sa.select(Operation.op_id, Operation.status, Operation.code, _Newest.outcome, _Newest.code)
    found = found.outerjoin(_Newest, sa.and_(_Newest.op_id == Operation.op_id, _Newest.number == last))
    return [
        op_id
        for op_id, status, code, outcome, why in db.session.execute(found.where(*_conditions(estate_id, Wanted())))
        if standing(status, code, outcome, why) not in IN_EFFECT
    ]


def _in_parts(ids: list[uuid.UUID], size: int) -> Iterator[list[uuid.UUID]]:
    return (ids[start : start + size] for start in range(0, len(ids), size))


def kept_by_id(op_ids: list[uuid.UUID]) -> dict[uuid.UUID, Kept]:
    """Operations by id, with what was decided about them."""
    operations = list(db.session.scalars(sa.select(Operation).where(Operation.op_id.in_(op_ids))))
    return {kept.operation.op_id: kept for kept in _with_decisions(operations)}


def clock_offset_ms(op_id: uuid.UUID) -> int:
    """How far ahead its tablet's clock was when an operation arrived; 0 for one that did not come from a tablet."""
    return db.session.scalar(sa.select(Operation.clock_offset_ms).where(Operation.op_id == op_id)) or 0


def the_kept(estate_id: uuid.UUID, op_id: uuid.UUID) -> Kept:
    """An operation that this office looks at. Raises NotFound."""
    mine = sa.select(Operation.op_id).where(Operation.op_id == op_id, Operation.status != APPLIED, _of(estate_id))
    if db.session.scalar(mine) is None:
        raise NotFound("operation:unknown", _("This record is not known at the office."))
    return kept_operation(op_id)


def _conditions(estate_id: uuid.UUID, wanted: Wanted) -> list[sa.ColumnElement[bool]]:
    last = sa.select(sa.func.max(Decision.number)).where(Decision.op_id == _Last.op_id).scalar_subquery()
    settled = sa.exists().where(
        _Last.op_id == Operation.op_id,
        _Last.number == last,
        sa.or_(
            _Last.outcome.in_((Outcome.SEEN, Outcome.NOTED, Outcome.SET_ASIDE)),
            sa.and_(_Last.outcome == Outcome.APPLIED, _Last.code == ""),
        ),
    )
    statuses = (wanted.status,) if wanted.status else (REJECTED, REVIEW, HELD)
    conditions = [Operation.status.in_(statuses), _of(estate_id), settled if wanted.decided else ~settled]
    if wanted.device_id:
        conditions.append(Operation.device_id == wanted.device_id)
    return conditions


def _of(estate_id: uuid.UUID) -> sa.ColumnElement[bool]:
    """Of this estate by its own word, or, where that does not count, by where its tablet is carried."""
    estranged = sa.or_(Operation.estate_id.is_(None), Operation.code.in_(ESTRANGED))
    own = sa.and_(Operation.estate_id == estate_id, Operation.code.not_in(ESTRANGED))
    return sa.or_(own, sa.and_(estranged, sa.literal(estate_id).in_(estates_of_tablet(Operation.device_id))))


def _with_decisions(operations: list[Operation]) -> list[Kept]:
    decisions: dict[uuid.UUID, list[Decision]] = {operation.op_id: [] for operation in operations}
    found = sa.select(Decision).where(Decision.op_id.in_(list(decisions))).order_by(Decision.number)
    for decision in db.session.scalars(found):
        decisions[decision.op_id].append(decision)
    return [Kept(operation, decisions[operation.op_id]) for operation in operations]
