"""Whose matter a work order is (policy, section 2): its owner's, or a tenant's too, for what they use themselves."""

import uuid
from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any

import sqlalchemy as sa

from app.core import ahead
from app.core.clock import local_date
from app.core.db import db
from app.estates.models import Estate, Ownership, Person, Tenancy
from app.issues.who_answers import who_may_answer
from app.repairs.models import WorkOrder

_Held = sa.Row[uuid.UUID, str, date, date | None]


def is_owners(order: WorkOrder) -> bool:
    """Whether it is an owner's matter, which no tenant calls good."""
    return bool(of_owners([order]))


def of_owners(orders: Iterable[WorkOrder]) -> set[uuid.UUID]:
    """Those of these orders that are an owner's matter.

    Whoever reported it decides, where the owner file knows their name: as an owner, or as a tenant. Of a name that it
    does not know the matter and the unit decide: what is under warranty is owed to the owner, and what is paid for is
    the tenants' own use where the unit was let on that day.
    """
    asked = list(orders)
    unknown = [order for order in asked if order.owner_id is None]
    tenancies = _tenancies({order.unit_id for order in unknown})
    theirs = {order.id for order in unknown if _is_tenants(order, tenancies[order.unit_id])}
    return {order.id for order in asked} - theirs


def is_of_former_people(unit_id: uuid.UUID, name: str, then: date, today: date) -> bool:
    """Whether somebody who spoke about a unit on a day is none of its people by now: the unit was sold since, or they
    moved out. Whom the owner file never knew left with all who owned it then.
    """
    if name in {one.name for one in who_may_answer(unit_id, today)}:
        return False
    owned, rented = (
        db.session.execute(
            sa.select(Person.name, held.since, held.until).join(Person).where(held.unit_id == unit_id)
        ).all()
        for held in (Ownership, Tenancy)
    )
    owners_then = [held for held in owned if _covers(held, then)]
    is_sold = bool(owners_then) and not any(_covers(held, today) for held in owners_then)
    return is_sold or any(held.name == name for held in (*owned, *rented))


def _covers(held: Any, day: date) -> bool:
    return bool(held.since <= day and (held.until is None or day < held.until))


def _is_tenants(order: WorkOrder, tenancies: list[_Held]) -> bool:
    if any(held.name == order.reported_by for held in tenancies):
        return True
    day = local_date(order.reported_at, ahead.get_one(Estate, order.estate_id).time_zone)
    return not order.under_warranty and any(_covers(held, day) for held in tenancies)


def _tenancies(unit_ids: set[uuid.UUID]) -> dict[uuid.UUID, list[_Held]]:
    """Who rented these units, and when."""
    held: dict[uuid.UUID, list[_Held]] = defaultdict(list)
    if unit_ids:
        found = sa.select(Tenancy.unit_id, Person.name, Tenancy.since, Tenancy.until)
        found = found.join(Person, Person.id == Tenancy.person_id).where(Tenancy.unit_id.in_(unit_ids))
        for row in db.session.execute(found):
            held[row.unit_id].append(row)
    return held
