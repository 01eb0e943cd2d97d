"""What an estate's database holds of units and people, as a roster is compared with it."""

import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from app.core.db import db
from app.estates.models import Building, Ownership, Person, Tenancy, Unit
from app.estates.rules import Occupancy, PersonKind, unit_code


@dataclass(frozen=True)
class KnownPerson:
    """A person of the estate, whether they own or rent anything today or not."""

    id: uuid.UUID
    name: str
    kind: PersonKind
    phones: tuple[str, ...] = ()
    id_last4: str | None = None
    legal_representative: str | None = None
    licence_no: str | None = None


@dataclass(frozen=True)
class Held:
    """Somebody owns or rents a unit, today or from a later day on."""

    id: uuid.UUID
    person_id: uuid.UUID
    since: date


@dataclass(frozen=True)
class KnownUnit:
    """A unit with whoever owns and rents it."""

    id: uuid.UUID
    building: str
    entrance: str
    number: str
    floor: int | None = None
    area: str | None = None
    layout: str | None = None
    handover_on: date | None = None
    occupancy: Occupancy = Occupancy.OWNER
    care: tuple[str, ...] = ()
    do_not_disturb: str | None = None
    remarks: str = ""
    owners: tuple[Held, ...] = ()
    tenants: tuple[Held, ...] = ()

    @property
    def short(self) -> str:
        return unit_code(self.building, self.entrance, self.number)


@dataclass(frozen=True)
class Known:
    """An estate on a day."""

    units: tuple[KnownUnit, ...] = ()
    people: tuple[KnownPerson, ...] = ()


def what_is_known(estate_id: uuid.UUID, today: date) -> Known:
    """Everything of an estate that a roster can touch, in five queries however large it is."""
    owners = _held(Ownership, estate_id, today)
    tenants = _held(Tenancy, estate_id, today)
    units = db.session.execute(
        sa.select(
            Unit.id,
            Building.name,
            Unit.entrance,
            Unit.number,
            Unit.floor,
            Unit.area,
            Unit.layout,
            Unit.handover_on,
            Unit.occupancy,
            Unit.care,
            Unit.do_not_disturb,
            Unit.remarks,
        )
        .join(Unit.building)
        .where(Unit.estate_id == estate_id)
        .order_by(Unit.id)
    )
    people = db.session.execute(
        sa.select(
            Person.id,
            Person.name,
            Person.kind,
            Person.phone,
            Person.other_phones,
            Person.id_last4,
            Person.legal_representative,
            Person.licence_no,
        )
        .where(Person.estate_id == estate_id)
        .order_by(Person.id)
    )
    return Known(
        tuple(_unit(tuple(row), owners, tenants) for row in units),
        tuple(_person(tuple(row)) for row in people),
    )


def _held(
    model: type[Ownership] | type[Tenancy], estate_id: uuid.UUID, today: date
) -> dict[uuid.UUID, tuple[Held, ...]]:
    found = db.session.execute(
        sa.select(model.unit_id, model.id, model.person_id, model.since)
        .where(model.estate_id == estate_id, sa.or_(model.until.is_(None), model.until > today))
        .order_by(model.since, model.id)
    )
    held: dict[uuid.UUID, list[Held]] = defaultdict(list)
    for unit_id, key, person_id, since in found:
        held[unit_id].append(Held(key, person_id, since))
    return {unit_id: tuple(there) for unit_id, there in held.items()}


def _unit(
    row: tuple[Any, ...], owners: dict[uuid.UUID, tuple[Held, ...]], tenants: dict[uuid.UUID, tuple[Held, ...]]
) -> KnownUnit:
    key, building, entrance, number, floor, area, layout, handover_on, occupancy, care, quiet, remarks = row
    return KnownUnit(
        key,
        building,
        entrance,
        number,
        floor,
        area,
        layout,
        handover_on,
        occupancy,
        tuple(care),
        quiet,
        remarks,
        owners.get(key, ()),
        tenants.get(key, ()),
    )


def _person(row: tuple[Any, ...]) -> KnownPerson:
    key, name, kind, phone, others, id_last4, legal_representative, licence_no = row
    return KnownPerson(key, name, kind, _phones(phone, others), id_last4, legal_representative, licence_no)


def _phones(first: str, others: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(phone for phone in (first, *others) if phone))
