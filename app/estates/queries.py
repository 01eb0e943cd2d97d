"""What is asked about estates, units and owners."""

import uuid
from collections.abc import Iterable
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, selectinload

from app.core.clock import local_date
from app.core.db import db
from app.core.errors import NotFound
from app.core.i18n import _
from app.estates.models import Building, Estate, Ownership, Person, Tenancy, Unit
from app.people.models import StaffRole
from app.people.queries import all_roles

_AS_ONE_WALKS = (Building.name, Unit.entrance, Unit.floor.desc(), Unit.number)


def estates_by_id(ids: Iterable[uuid.UUID]) -> list[Estate]:
    """These estates, by code."""
    return list(db.session.scalars(sa.select(Estate).where(Estate.id.in_(list(ids))).order_by(Estate.code)))


def roles_at(staff_id: uuid.UUID, at: datetime) -> list[StaffRole]:
    """The roles a person holds at a moment, by the calendar of each estate."""
    held = all_roles(staff_id)
    days = {estate.id: local_date(at, estate.time_zone) for estate in estates_by_id({role.estate_id for role in held})}
    return [role for role in held if role.estate_id in days and role.valid_on(days[role.estate_id])]


def all_estates() -> list[Estate]:
    """Every estate, by code."""
    return list(db.session.scalars(sa.select(Estate).order_by(Estate.code)))


def buildings_by_name(estate_id: uuid.UUID) -> dict[str, Building]:
    """Name → building of an estate."""
    found = sa.select(Building).where(Building.estate_id == estate_id)
    return {building.name: building for building in db.session.scalars(found)}


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
        .order_by(*_AS_ONE_WALKS)
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


def code_contains(words: str) -> sa.ColumnElement[bool]:
    """Whether a unit's short form (`3-1-1202`) contains these words; for queries that join Unit and Building."""
    entrance = sa.case((Unit.entrance != "", Unit.entrance + "-"), else_="")
    return (Building.name + "-" + entrance + Unit.number).icontains(words, autoescape=True)


def find_units(
    estate_id: uuid.UUID, words: str, day: date, *, start: int = 0, count: int = 50
) -> tuple[list[Unit], int]:
    """Units by number, or by name, initials or phone of who owns or rents them on `day`; and how many there are in all.

    In the order one walks: building, entrance, floor downwards, number.
    """
    found = sa.select(Unit).join(Unit.building).where(Unit.estate_id == estate_id)
    if words:
        found = found.where(
            sa.or_(code_contains(words), _people_like(Ownership, words, day), _people_like(Tenancy, words, day))
        )
    total = db.session.scalar(sa.select(sa.func.count()).select_from(found.subquery())) or 0
    page = (
        found.options(
            contains_eager(Unit.building),
            selectinload(Unit.ownerships).selectinload(Ownership.person),
            selectinload(Unit.tenancies).selectinload(Tenancy.person),
        )
        .order_by(*_AS_ONE_WALKS)
        .offset(start)
        .limit(count)
    )
    return list(db.session.scalars(page)), total


def _people_like(held: type[Ownership] | type[Tenancy], words: str, day: date) -> sa.ColumnElement[bool]:
    spoken = words.lower()
    like = sa.or_(
        Person.name.icontains(words, autoescape=True),
        Person.initials.startswith(spoken, autoescape=True),
        Person.pinyin.startswith(spoken, autoescape=True),
        Person.phone.contains(words, autoescape=True) if len(words) > 3 else sa.false(),
    )
    found = sa.select(held.unit_id).join(held.person).where(held.since <= day, like)
    return Unit.id.in_(found.where(sa.or_(held.until.is_(None), held.until > day)))
