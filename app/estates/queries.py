"""What is asked about estates, units and owners."""

import re
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from app.core import changes
from app.core.clock import local_date
from app.core.counting import contains, count_up_to
from app.core.db import by_id, db
from app.core.errors import NotFound
from app.core.i18n import _
from app.estates.models import Building, Estate, Ownership, Person, Tenancy, Unit
from app.estates.rules import Occupancy, PersonKind, counts_as, limits
from app.people.models import Staff, StaffRole
from app.people.queries import all_roles, staff_in
from app.people.rules import Role

AS_ONE_WALKS: tuple[sa.ColumnExpressionArgument[Any], ...] = (
    sa.func.length(Building.name),
    Building.name,
    Unit.entrance,
    -Unit.floor,
    sa.func.length(Unit.number),
    Unit.number,
)
"""As one walks: building, entrance, floor downwards, number, 2 before 10; for queries that join Unit and Building."""


def estates_by_id(ids: Iterable[uuid.UUID]) -> list[Estate]:
    """These estates, by code."""
    return list(db.session.scalars(sa.select(Estate).where(Estate.id.in_(list(ids))).order_by(Estate.code)))


def days_to_object(estate: Estate, at: datetime) -> int:
    """Days in which an owner can object to what was signed or ended at a moment: the most that was told since then."""
    now = limits(estate.settings).objection_days
    return int(max(changes.since(estate.id, "limit.objection_days", now, at)))


def roles_at(staff_id: uuid.UUID, at: datetime) -> list[StaffRole]:
    """The roles a person holds at a moment, by the calendar of each estate."""
    held = all_roles(staff_id)
    days = {estate.id: local_date(at, estate.time_zone) for estate in estates_by_id({role.estate_id for role in held})}
    return [role for role in held if role.estate_id in days and role.valid_on(days[role.estate_id])]


def who_is(estate: Estate, roles: Iterable[Role], on: date) -> list[Staff]:
    """The people who are one of `roles` in an estate on a day, by name, as the estate's profile counts them."""
    return staff_in(estate.id, counts_as(estate.profile, roles), on)


def all_estates() -> list[Estate]:
    """Every estate, by code."""
    return list(db.session.scalars(sa.select(Estate).order_by(Estate.code)))


def names_in_use() -> list[str]:
    """What estates and companies are called here: nobody who guesses has to be told."""
    known = all_estates()
    named = ((one.code, one.name_zh, one.name_en, one.company_zh, one.company_en) for one in known)
    return list(dict.fromkeys(name for names in named for name in names if name))


def buildings_of(estate_id: uuid.UUID) -> list[Building]:
    """The buildings of an estate, by number: 2 stands before 10."""
    found = db.session.scalars(sa.select(Building).where(Building.estate_id == estate_id))
    return sorted(found, key=lambda building: (len(building.name), building.name))


def building_names(ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Id → name of these buildings."""
    rows = db.session.execute(sa.select(Building.id, Building.name).where(Building.id.in_(list(ids))))
    return {row.id: row.name for row in rows}


def company_owners(estate_id: uuid.UUID, day: date) -> list[Person]:
    """The companies that own homes in an estate on a day, by name."""
    owned = sa.select(Ownership.person_id).where(
        Ownership.estate_id == estate_id,
        Ownership.since <= day,
        sa.or_(Ownership.until.is_(None), Ownership.until > day),
    )
    found = sa.select(Person).where(Person.id.in_(owned), Person.kind == PersonKind.COMPANY)
    return list(db.session.scalars(found.order_by(Person.name, Person.id)))


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


def homes_by_id(unit_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Unit]:
    """Units by id, with their buildings."""
    return by_id(Unit, unit_ids, joinedload(Unit.building))


def units_of(estate_id: uuid.UUID) -> list[Unit]:
    """All units of an estate as one walks: building, entrance, floor downwards, number."""
    found = (
        sa.select(Unit)
        .join(Unit.building)
        .options(contains_eager(Unit.building))
        .where(Unit.estate_id == estate_id)
        .order_by(*AS_ONE_WALKS)
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


def owner_called(unit_id: uuid.UUID, name: str) -> uuid.UUID | None:
    """Whoever owns a unit, or last did, under this very name; nothing if nobody does."""
    found = sa.select(Ownership.person_id).join(Person, Person.id == Ownership.person_id)
    found = found.where(Ownership.unit_id == unit_id, Person.name == name).order_by(Ownership.since.desc())
    return db.session.scalars(found).first()


def tenants_on(unit: Unit, day: date) -> list[Tenancy]:
    """Who rents a unit on a day."""
    return [held for held in unit.tenancies if held.since <= day and (held.until is None or held.until > day)]


def code_contains(words: str) -> sa.ColumnElement[bool]:
    """Whether a unit's short form (`3-1-1202`) contains these words; for queries that join Unit and Building.

    `3 栋 1 单元 1202` and `Building 3, Entrance 1, 1202` are understood too.
    """
    entrance = sa.case((Unit.entrance != "", Unit.entrance + "-"), else_="")
    return contains(Building.name + "-" + entrance + Unit.number, _as_code(words))


_PARTS = re.compile(r"\s*(?:号楼|栋|幢|座|单元|门|,)\s*")
_NAMES = re.compile(r"(?:building|entrance|室|号)\s*", re.IGNORECASE)


def _as_code(words: str) -> str:
    """`3 栋 1 单元 1202` → `3-1-1202`; words that name no unit stay as they are."""
    code = _PARTS.sub("-", _NAMES.sub("", words.strip())).strip("-")
    return code if re.fullmatch(r"[\w-]*\d[\w-]*", code, re.ASCII) else words


@dataclass(frozen=True)
class Wanted:
    """Which units somebody wants to see; blank is every one. `on`: the day whose owners count.

    `order` is `unit`, `owner`, `met` or `open`, downwards with `-`; `by` brings what the last two are sorted by.
    """

    on: date
    words: str = ""
    occupancy: Occupancy | None = None
    order: str = "unit"
    by: dict[str, "PerUnit"] = field(default_factory=dict)
    only: tuple[sa.ColumnElement[bool], ...] = ()


@dataclass(frozen=True)
class PerUnit:
    """A figure of every unit to sort by, told once for all of them: rows of `unit_id`, and the figure among them."""

    rows: sa.Subquery
    figure: sa.ColumnElement[Any]


def walked(estate_id: uuid.UUID) -> sa.CTE:
    """`unit_id`, `place`: where each unit of an estate stands as one walks, so that rows are sorted by one number."""
    place = sa.func.row_number().over(order_by=AS_ONE_WALKS).label("place")
    found = sa.select(Unit.id.label("unit_id"), place).join(Unit.building).where(Unit.estate_id == estate_id)
    return found.cte("walked")


def find_units(estate_id: uuid.UUID, wanted: Wanted, *, start: int = 0, count: int = 50) -> tuple[list[Unit], int]:
    """The wanted units in the order that is wanted; and how many there are, counted up to MOST.

    Words find a unit by its number, or by name, initials, pinyin or phone of who owns or rents it on the day.
    """
    found = _wanted(estate_id, wanted)
    page = _sorted(found, wanted).offset(start).limit(count)
    return units_shown(list(db.session.scalars(page))), count_up_to(found)


def unit_ids(estate_id: uuid.UUID, wanted: Wanted, most: int) -> list[uuid.UUID]:
    """The first `most` of the wanted units, in the order that is wanted."""
    return list(db.session.scalars(_sorted(_wanted(estate_id, wanted), wanted).limit(most)))


def units_shown(ids: list[uuid.UUID]) -> list[Unit]:
    """These units in this order, with building, owners and tenants."""
    by_id = {unit.id: unit for unit in units_with_people(ids)}
    return [by_id[id_] for id_ in ids if id_ in by_id]


def _wanted(estate_id: uuid.UUID, wanted: Wanted) -> sa.Select[uuid.UUID]:
    found = sa.select(Unit.id).join(Unit.building).where(Unit.estate_id == estate_id, *wanted.only)
    if wanted.occupancy:
        found = found.where(Unit.occupancy == wanted.occupancy)
    if wanted.words:
        people = (_people_like(estate_id, held, wanted.words, wanted.on) for held in (Ownership, Tenancy))
        found = found.where(sa.or_(code_contains(wanted.words), *people))
    return found


def _sorted(found: sa.Select[uuid.UUID], wanted: Wanted) -> sa.Select[uuid.UUID]:
    """By what is asked, then as one walks."""
    name, down = wanted.order.removeprefix("-"), wanted.order.startswith("-")
    by: tuple[sa.ColumnExpressionArgument[Any], ...] = AS_ONE_WALKS
    if told := wanted.by.get(name):
        found = found.outerjoin(told.rows, told.rows.c.unit_id == Unit.id)
        by = (told.figure,)
    elif name != "unit":
        by = (_first_owner(wanted.on),)
    sorted_ = [sa.desc(one).nulls_last() if down else sa.asc(one).nulls_last() for one in by]
    return found.order_by(*sorted_, *(() if name == "unit" else AS_ONE_WALKS), Unit.id)


def _first_owner(day: date) -> sa.ScalarSelect[Any]:
    """In the order of the alphabet, which Chinese names have by their pinyin."""
    return (
        sa.select(sa.func.min(Person.pinyin))
        .join(Ownership, Ownership.person_id == Person.id)
        .where(Ownership.unit_id == Unit.id, *_held_on(Ownership, day))
        .scalar_subquery()
    )


def _held_on(held: type[Ownership] | type[Tenancy], day: date) -> tuple[sa.ColumnElement[bool], ...]:
    return held.since <= day, sa.or_(held.until.is_(None), held.until > day)


def _people_like(
    estate_id: uuid.UUID, held: type[Ownership] | type[Tenancy], words: str, day: date
) -> sa.ColumnElement[bool]:
    """Units that somebody like this owns or rents on a day: never those that a former owner has left."""
    spoken, dialled = words.lower(), re.sub(r"[\s-]", "", words)
    like = sa.or_(
        contains(Person.name, words),
        Person.initials.startswith(spoken, autoescape=True),
        Person.pinyin.startswith(spoken, autoescape=True),
        contains(Person.phone, dialled) if len(dialled) > 3 and dialled.isdigit() else sa.false(),
    )
    found = sa.select(held.unit_id).join(held.person).where(Person.estate_id == estate_id, like)
    return Unit.id.in_(found.where(*_held_on(held, day)))
