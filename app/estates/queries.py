"""What is asked about estates, units and owners."""

import uuid
from collections.abc import Iterable
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, selectinload

from app.core.db import db
from app.core.errors import NotFound
from app.core.i18n import _
from app.estates.models import Building, Estate, Ownership, Tenancy, Unit


def estates_by_id(ids: Iterable[uuid.UUID]) -> list[Estate]:
    """These estates, by code."""
    return list(db.session.scalars(sa.select(Estate).where(Estate.id.in_(list(ids))).order_by(Estate.code)))


def all_estates() -> list[Estate]:
    """Every estate, by code."""
    return list(db.session.scalars(sa.select(Estate).order_by(Estate.code)))


def the_unit(estate_id: uuid.UUID, unit_id: uuid.UUID) -> Unit:
    """A unit of this estate. Raises NotFound."""
    unit = db.session.get(Unit, unit_id)
    if unit is None or unit.estate_id != estate_id:
        raise NotFound("unit:unknown", _("This unit is not known in this estate."))
    return unit


def units_of(estate_id: uuid.UUID) -> list[Unit]:
    """All units of an estate as one walks: building, entrance, floor downwards, number."""
    found = (
        sa.select(Unit)
        .join(Unit.building)
        .options(contains_eager(Unit.building))
        .where(Unit.estate_id == estate_id)
        .order_by(Building.name, Unit.entrance, Unit.floor.desc(), Unit.number)
    )
    return list(db.session.scalars(found))


def units_with_people(unit_ids: Iterable[uuid.UUID]) -> list[Unit]:
    """These units with building, owners and tenants, in one query each."""
    found = (
        sa.select(Unit)
        .where(Unit.id.in_(list(unit_ids)))
        .options(
            selectinload(Unit.building),
            selectinload(Unit.ownerships).selectinload(Ownership.person),
            selectinload(Unit.tenancies).selectinload(Tenancy.person),
        )
    )
    return list(db.session.scalars(found))


def owners_on(unit: Unit, day: date) -> list[Ownership]:
    """Who owns a unit on a day."""
    return [held for held in unit.ownerships if held.since <= day and (held.until is None or held.until > day)]


def tenants_on(unit: Unit, day: date) -> list[Tenancy]:
    """Who rents a unit on a day."""
    return [held for held in unit.tenancies if held.since <= day and (held.until is None or held.until > day)]
