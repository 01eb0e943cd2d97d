"""Whose matter a work order is (policy, section 2): its owner's, or a tenant's too, for what they use themselves."""

import uuid
from collections import defaultdict
from collections.abc import Iterable
from datetime import date

import sqlalchemy as sa

from app.core import ahead
from app.core.clock import local_date
from app.core.db import db
from app.estates.models import Estate, Person, Tenancy
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


def _is_tenants(order: WorkOrder, tenancies: list[_Held]) -> bool:
    if any(held.name == order.reported_by for held in tenancies):
        return True
    day = local_date(order.reported_at, ahead.get_one(Estate, order.estate_id).time_zone)
    was_let = any(held.since <= day and (held.until is None or day < held.until) for held in tenancies)
    return was_let and not order.under_warranty


def _tenancies(unit_ids: set[uuid.UUID]) -> dict[uuid.UUID, list[_Held]]:
    """Who rented these units, and when."""
    held: dict[uuid.UUID, list[_Held]] = defaultdict(list)
    if unit_ids:
        found = sa.select(Tenancy.unit_id, Person.name, Tenancy.since, Tenancy.until)
        found = found.join(Person, Person.id == Tenancy.person_id).where(Tenancy.unit_id.in_(unit_ids))
        for row in db.session.execute(found):
            held[row.unit_id].append(row)
    return held
