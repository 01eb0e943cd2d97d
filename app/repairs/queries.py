"""What is asked about work orders."""

import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from app.core.counting import contains, count_up_to
from app.core.db import by_id, db
from app.core.errors import NotFound
from app.core.i18n import _
from app.core.waits import Wait
from app.estates.models import Building, Unit
from app.estates.queries import AS_ONE_WALKS, code_contains
from app.people.models import Department
from app.people.rules import Liable
from app.repairs.models import WorkOrder, WorkOrderAnswer
from app.repairs.rules import ENDED, Kind, State

OPEN = tuple(state for state in State if state not in ENDED)


def the_order(estate_id: uuid.UUID, order_id: uuid.UUID) -> WorkOrder:
    """A work order of this estate. Raises NotFound."""
    order = db.session.get(WorkOrder, order_id)
    if order is None or order.estate_id != estate_id:
        raise NotFound("order:unknown", _("This work order is not known in this estate."))
    return order


def order_called(estate_id: uuid.UUID, origin_key: str) -> WorkOrder | None:
    """The work order that another system, or a file, calls this."""
    found = sa.select(WorkOrder).where(WorkOrder.estate_id == estate_id, WorkOrder.origin_key == origin_key)
    return db.session.scalars(found).first()


def keys_known(estate_id: uuid.UUID, origin_keys: Iterable[str]) -> dict[str, WorkOrder]:
    """Those of these keys that a work order has."""
    wanted, known = list(origin_keys), {}
    for start in range(0, len(wanted), 500):
        some = wanted[start : start + 500]
        found = sa.select(WorkOrder).where(WorkOrder.estate_id == estate_id, WorkOrder.origin_key.in_(some))
        known.update({order.origin_key: order for order in db.session.scalars(found) if order.origin_key})
    return known


def orders_by_id(ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, WorkOrder]:
    """These work orders by id, locked in id order until the transaction ends."""
    wanted = sorted(ids)
    if not wanted:
        return {}
    found = sa.select(WorkOrder).where(WorkOrder.id.in_(wanted)).order_by(WorkOrder.id).with_for_update()
    return {order.id: order for order in db.session.scalars(found)}


def orders_shown(ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, WorkOrder]:
    """These work orders by id, with what lists show of them."""
    return by_id(WorkOrder, ids, *_SHOWN)


def orders_at(unit_id: uuid.UUID) -> list[WorkOrder]:
    """Every work order of a unit, newest first."""
    found = sa.select(WorkOrder).where(WorkOrder.unit_id == unit_id).options(selectinload(WorkOrder.answers))
    return list(db.session.scalars(found.order_by(WorkOrder.reported_at.desc(), WorkOrder.id)))


def order_answers_of_visits(visit_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, list[WorkOrderAnswer]]:
    """What the owners answered at each of these visits about work orders; nothing for the others."""
    answered: dict[uuid.UUID, list[WorkOrderAnswer]] = defaultdict(list)
    found = sa.select(WorkOrderAnswer).where(WorkOrderAnswer.visit_id.in_(list(visit_ids)))
    for said in db.session.scalars(found.options(joinedload(WorkOrderAnswer.order)).order_by(WorkOrderAnswer.id)):
        if said.visit_id:
            answered[said.visit_id].append(said)
    return answered


@dataclass(frozen=True)
class Wanted:
    """Which work orders somebody wants to see; blank is every one. `only_of`: no other departments than these.

    `since` and `until` bound when they were reported, `until` excluded. `order` is one of ORDERS, downwards with `-`.
    """

    states: tuple[State, ...] = ()
    kind: Kind | None = None
    liable: Liable | None = None
    under_warranty: bool | None = None
    department_id: uuid.UUID | None = None
    only_of: frozenset[uuid.UUID] | None = None
    reworked: bool = False
    late_at: datetime | None = None
    since: datetime | None = None
    until: datetime | None = None
    words: str = ""
    order: str = "limit"


_AS_THEY_GO_ON = sa.case(*((WorkOrder.state == state, n) for n, state in enumerate(State)))
ORDERS: dict[str, tuple[sa.ColumnExpressionArgument[Any], ...]] = {
    "limit": (Wait.due_at,),
    "reported": (WorkOrder.reported_at,),
    "number": (WorkOrder.number,),
    "unit": AS_ONE_WALKS,
    "state": (_AS_THEY_GO_ON, WorkOrder.round),
    "department": (Department.name_zh,),
    "finished": (WorkOrder.finished_at,),
    "fee": (WorkOrder.fee_cents,),
    "rounds": (WorkOrder.round,),
}
"""By what work orders can be sorted; what has nothing to be sorted by comes last."""

_ITS_WAIT = sa.and_(Wait.estate_id == WorkOrder.estate_id, Wait.subject_id == WorkOrder.id)
_SHOWN = (
    joinedload(WorkOrder.unit).joinedload(Unit.building),
    joinedload(WorkOrder.department),
    joinedload(WorkOrder.caller),
)


def find_orders(
    estate_id: uuid.UUID, wanted: Wanted, *, start: int = 0, count: int = 50
) -> tuple[list[tuple[WorkOrder, Wait | None]], int]:
    """Work orders with what each waits for, in the order that is wanted; and how many there are, counted up to MOST."""
    ids = list(db.session.scalars(_found(estate_id, wanted).offset(start).limit(count)))
    is_last = len(ids) < count and (ids or not start)
    total = start + len(ids) if is_last else count_up_to(_found(estate_id, replace(wanted, order="")))
    return orders_with_waits(ids), total


def order_ids(estate_id: uuid.UUID, wanted: Wanted, most: int) -> list[uuid.UUID]:
    """The first `most` of the wanted work orders, in the order that is wanted."""
    return list(db.session.scalars(_found(estate_id, wanted).limit(most)))


def orders_with_waits(ids: list[uuid.UUID]) -> list[tuple[WorkOrder, Wait | None]]:
    """These work orders in this order, with what lists show of them and what each waits for."""
    found = sa.select(WorkOrder, Wait).outerjoin(Wait, _ITS_WAIT).where(WorkOrder.id.in_(ids)).options(*_SHOWN)
    by_id = {order.id: (order, wait) for order, wait in db.session.execute(found).unique()}
    return [by_id[id_] for id_ in ids if id_ in by_id]


def count_by_state(estate_id: uuid.UUID, wanted: Wanted) -> dict[State, int]:
    """How many of the wanted work orders stand in each state."""
    conditions = _conditions(estate_id, replace(wanted, late_at=None))
    counted = sa.select(WorkOrder.state, sa.func.count()).where(*conditions).group_by(WorkOrder.state)
    return {row[0]: row[1] for row in db.session.execute(counted)}


def count_late(estate_id: uuid.UUID, wanted: Wanted) -> int:
    """How many of the wanted work orders are late, counted up to MOST."""
    return count_up_to(_found(estate_id, replace(wanted, states=(), order="")))


def _found(estate_id: uuid.UUID, wanted: Wanted) -> sa.Select[uuid.UUID]:
    name, down = wanted.order.removeprefix("-"), wanted.order.startswith("-")
    found = sa.select(WorkOrder.id).where(*_conditions(estate_id, wanted))
    if wanted.late_at:
        found = found.join(Wait, _ITS_WAIT)
    elif name == "limit":
        found = found.outerjoin(Wait, _ITS_WAIT)
    if name == "unit":
        found = found.join(WorkOrder.unit).join(Building, Unit.building_id == Building.id)
    if name == "department":
        found = found.outerjoin(WorkOrder.department)
    if not name:
        return found
    by = [(sa.desc(one) if down else sa.asc(one)).nulls_last() for one in ORDERS[name]]
    return found.order_by(*by, WorkOrder.reported_at.desc(), WorkOrder.id)


def _conditions(estate_id: uuid.UUID, wanted: Wanted) -> list[sa.ColumnElement[bool]]:
    conditions = [WorkOrder.estate_id == estate_id]
    if wanted.states:
        conditions.append(WorkOrder.state.in_(wanted.states))
    if wanted.kind:
        conditions.append(WorkOrder.kind == wanted.kind)
    if wanted.liable:
        conditions.append(WorkOrder.liable == wanted.liable)
    if wanted.under_warranty is not None:
        conditions.append(WorkOrder.under_warranty.is_(wanted.under_warranty))
    if wanted.department_id:
        conditions.append(WorkOrder.department_id == wanted.department_id)
    if wanted.only_of is not None:
        conditions.append(WorkOrder.department_id.in_(wanted.only_of))
    if wanted.reworked:
        conditions.append(WorkOrder.round > 1)
    if wanted.late_at:
        conditions.append(Wait.due_at < wanted.late_at)
    if wanted.since:
        conditions.append(WorkOrder.reported_at >= wanted.since)
    if wanted.until:
        conditions.append(WorkOrder.reported_at < wanted.until)
    if wanted.words:
        conditions.append(_says(estate_id, wanted.words))
    return conditions


def _says(estate_id: uuid.UUID, words: str) -> sa.ColumnElement[bool]:
    """Work orders whose number, content, work, worker, reporter or unit contains these words."""
    units = sa.select(Unit.id).join(Unit.building).where(Unit.estate_id == estate_id, code_contains(words))
    texts = (
        WorkOrder.number,
        WorkOrder.outside_number,
        WorkOrder.content,
        WorkOrder.place,
        WorkOrder.work_done,
        WorkOrder.material,
        WorkOrder.worker,
        WorkOrder.reported_by,
    )
    return sa.or_(*(contains(text, words) for text in texts), WorkOrder.unit_id.in_(units))
