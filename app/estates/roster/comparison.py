"""A roster against what the database holds: what would be created, changed or ended, and what is refused.

Nothing here writes. The same roster and the same database always give the same plan, so that its digest can say
whether what is confirmed is still what was shown.
"""

import enum
import hashlib
import json
import uuid
from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from app.estates.roster import places
from app.estates.roster.households import FACTS, Household, Households
from app.estates.roster.identity import Facts, Identities
from app.estates.roster.known import Held, Known, KnownUnit
from app.estates.roster.lines import At, RosterLine, RosterPerson
from app.estates.roster.people import name_key
from app.estates.roster.units import Units
from app.estates.roster.words import Reason, reason
from app.estates.rules import Occupancy, unit_code

UNIT_FACTS = ("floor", "area", "layout", "handover_on", "occupancy", "care", "do_not_disturb", "remarks")


class Relation(enum.Enum):
    """How a person is tied to a unit."""

    OWNER = "owner"
    TENANT = "tenant"


@dataclass(frozen=True)
class Change:
    """Something that will be different: a fact of a unit or person, or who owns or rents it. Blank is nothing."""

    what: str
    old: Any = None
    new: Any = None
    about: str = ""
    """The person, where the fact is one of theirs."""


@dataclass(frozen=True)
class Begins:
    """A person, known or new (a number of `Plan.new_people`), owns or rents from a day on."""

    relation: Relation
    since: date
    person_id: uuid.UUID | None = None
    number: int | None = None


@dataclass(frozen=True)
class Ends:
    """An ownership or tenancy ends on a day (that day excluded)."""

    relation: Relation
    held_id: uuid.UUID
    person_id: uuid.UUID
    until: date


@dataclass(frozen=True)
class UnitPlan:
    """What happens to one unit. `facts` of an existing unit are those that change, of a new one all there are."""

    unit_id: uuid.UUID | None
    building: str
    entrance: str
    number: str
    facts: Facts
    begins: tuple[Begins, ...] = ()
    ends: tuple[Ends, ...] = ()

    @property
    def is_nothing(self) -> bool:
        return self.unit_id is not None and not (self.facts or self.begins or self.ends)


@dataclass(frozen=True)
class PersonPlan:
    """What changes of a known person: fact → old and new."""

    person_id: uuid.UUID
    facts: Facts


@dataclass(frozen=True)
class Standing:
    """A row that is taken: its unit, whether that is new, and what the row brings about."""

    line: RosterLine
    unit_id: uuid.UUID | None
    unit: str
    """The short form of the unit as the estate knows or will know it."""
    changes: tuple[Change, ...]
    notes: tuple[Reason, ...]


@dataclass(frozen=True)
class Plan:
    """All that taking a roster over would do."""

    units: tuple[UnitPlan, ...]
    new_people: dict[int, RosterPerson]
    people: tuple[PersonPlan, ...]
    standing: tuple[Standing, ...]
    refused: tuple[RosterLine, ...]
    untouched: int
    """Units of the estate that the roster does not name."""

    @property
    def changes_nothing(self) -> bool:
        return all(unit.is_nothing for unit in self.units) and not self.people

    def digest(self) -> str:
        """SHA-256 in hex over everything that would be written and what it would replace."""
        told = [
            [_plain(unit) for unit in self.units if not unit.is_nothing],
            sorted((number, _plain(person)) for number, person in self.new_people.items()),
            [_plain(person) for person in self.people],
            [_plain(line.at) for line in self.refused],
        ]
        return hashlib.sha256(json.dumps(told, sort_keys=True, default=str).encode()).hexdigest()


def compare(households: Households, known: Known, today: date) -> Plan:
    """What taking this roster over on `today` would do to the estate as it is known."""
    return _Comparison(households, known, today).plan()


@dataclass
class _Match:
    """A household, the unit it is (None: a new one, with this entrance), and who of it is there already."""

    household: Household
    unit: KnownUnit | None
    entrance: str
    owners: dict[int, Held]
    tenants: dict[int, Held]

    @property
    def first(self) -> At:
        return self.household.lines[0].at


class _Comparison:
    """First finds the units and whoever stays in them, then who comes, goes and changes."""

    def __init__(self, households: Households, known: Known, today: date) -> None:
        self.households = households
        self.today = today
        self.units = Units(known, households)
        self.people = Identities(known, households)
        self.changes: dict[At, list[Change]] = defaultdict(list)
        self.notes: dict[At, list[Reason]] = defaultdict(list)

    def plan(self) -> Plan:
        matches, refused = self._matches()
        units = tuple(self._unit_plan(match) for match in matches)
        short = [unit_code(unit.building, unit.entrance, unit.number) for unit in units]
        people = self._person_plans(matches)
        standing = [
            Standing(
                line,
                match.unit.id if match.unit else None,
                name,
                tuple(self.changes[line.at]),
                (*line.notes, *self.notes[line.at]),
            )
            for match, name in zip(matches, short, strict=True)
            for line in match.household.lines
        ]
        return Plan(
            units,
            self.people.new,
            people,
            tuple(sorted(standing, key=lambda row: row.line.at)),
            tuple(sorted((*self.households.refused, *refused), key=lambda line: line.at)),
            self.units.count - sum(1 for unit in units if unit.unit_id),
        )

    def _matches(self) -> tuple[list[_Match], list[RosterLine]]:
        matches: list[_Match] = []
        refused: list[RosterLine] = []
        for household in self.households.households:
            unit, entrance, why = self.units.find(household.told)
            why = why or self._lies_ahead(household.told)
            if why:
                refused += [replace(line, problems=(why,)) for line in household.lines]
                continue
            owners = self.people.stay(household.owners, unit.owners if unit else ())
            tenants = self.people.stay(household.tenants, unit.tenants if unit else ())
            matches.append(_Match(household, unit, entrance, owners, tenants))
        return matches, refused

    def _lies_ahead(self, told: RosterLine) -> Reason | None:
        if told.owned_since is None or told.owned_since <= self.today:
            return None
        return reason("roster:date_in_future", heading=FACTS["owned_since"], value=told.owned_since.isoformat())

    def _unit_plan(self, match: _Match) -> UnitPlan:
        told, unit = match.household.told, match.unit
        if unit is None:
            facts = {fact: (None, value) for fact, value in _facts_of_new(told).items()}
        else:
            facts = _changed_facts(told, unit)
            self.changes[match.first] += [Change(fact, old, new) for fact, (old, new) in facts.items()]
            if unit.entrance != told.entrance:
                self.notes[match.first].append(reason("roster:known_as", value=unit.short))
        owners_begin, owners_end = self._who_changes(match, Relation.OWNER)
        tenants_begin, tenants_end = self._who_changes(match, Relation.TENANT)
        return UnitPlan(
            unit.id if unit else None,
            unit.building if unit else told.building,
            unit.entrance if unit else match.entrance,
            unit.number if unit else told.number,
            facts,
            (*owners_begin, *tenants_begin),
            (*owners_end, *tenants_end),
        )

    def _who_changes(self, match: _Match, relation: Relation) -> tuple[list[Begins], list[Ends]]:
        """Who begins and who ends. A roster that names nobody says nothing about who is there."""
        if relation is Relation.OWNER:
            numbers, there, since = match.household.owners, match.owners, match.household.told.owned_since
            held = match.unit.owners if match.unit else ()
        else:
            numbers, there, since = match.household.tenants, match.tenants, None
            held = match.unit.tenants if match.unit else ()
        if not numbers:
            return [], []
        self._note_since(match, there, since)

        stay = {one.person_id for one in there.values()}
        begins: list[Begins] = []
        for number in numbers:
            if number in there:
                continue
            person_id = self.people.anywhere(number)
            if person_id is None or person_id not in stay:
                begins.append(Begins(relation, since or self.today, person_id, None if person_id else number))
                stay |= {person_id} if person_id else set()
                self._say_begins(match, relation, number, begins[-1])
        until = begins[0].since if begins else self.today
        ends = [
            Ends(relation, one.id, one.person_id, max(one.since, until)) for one in held if one.person_id not in stay
        ]
        for end in ends:
            name = self.people.known[end.person_id].name
            self.changes[match.first].append(Change(f"{relation.value}_ends", old=end.until, about=name))
        return begins, ends

    def _note_since(self, match: _Match, there: dict[int, Held], since: date | None) -> None:
        for one in there.values():
            if since is not None and since != one.since:
                self.notes[match.first].append(reason("roster:since_kept", value=one.since.isoformat()))

    def _say_begins(self, match: _Match, relation: Relation, number: int, begins: Begins) -> None:
        name = self.households.people[number].name
        row = _row_that_tells(match.household, relation, name)
        self.changes[row].append(Change(f"{relation.value}_begins", new=begins.since, about=name))

    def _person_plans(self, matches: list[_Match]) -> tuple[PersonPlan, ...]:
        changed = self.people.changed_facts()
        rows = _first_rows(matches, self.households)
        for person_id, facts in changed.items():
            row = min(rows[number] for number in self.people.numbers_of(person_id))
            name = self.people.known[person_id].name
            self.changes[row] += [Change(fact, old, new, about=name) for fact, (old, new) in facts.items()]
        return tuple(PersonPlan(person_id, facts) for person_id, facts in changed.items())


def _facts_of_new(told: RosterLine) -> dict[str, Any]:
    facts = {fact: getattr(told, fact) for fact in UNIT_FACTS if getattr(told, fact) not in (None, ())}
    floor = places.floor_of(told.number)
    if "floor" not in facts and floor is not None:
        facts["floor"] = floor
    facts.setdefault("occupancy", _occupancy_of_new(told))
    return facts


def _occupancy_of_new(told: RosterLine) -> Occupancy:
    if told.tenants:
        return Occupancy.LET
    return Occupancy.OWNER if told.owners else Occupancy.VACANT


def _changed_facts(told: RosterLine, unit: KnownUnit) -> Facts:
    changed: Facts = {}
    for fact in UNIT_FACTS:
        new, old = getattr(told, fact), getattr(unit, fact)
        if fact == "care":
            new = tuple(dict.fromkeys((*old, *new)))  # care notes come from visits too: they are added to
        if new is not None and not _is_same(fact, old, new):
            changed[fact] = (old, new)
    return changed


def _is_same(fact: str, old: Any, new: Any) -> bool:
    if fact == "area" and old is not None:
        try:
            return Decimal(old) == Decimal(new)
        except InvalidOperation:
            return False
    return bool(old == new)


def _row_that_tells(household: Household, relation: Relation, name: str) -> At:
    """The first row of a household that names somebody."""
    for line in household.lines:
        people = line.owners if relation is Relation.OWNER else line.tenants
        if any(name_key(person.name) == name_key(name) for person in people):
            return line.at
    return household.lines[0].at


def _first_rows(matches: list[_Match], households: Households) -> dict[int, At]:
    """Person of the file → the first row that names them."""
    rows: dict[int, At] = {}
    for match in matches:
        for relation, numbers in (
            (Relation.OWNER, match.household.owners),
            (Relation.TENANT, match.household.tenants),
        ):
            for number in numbers:
                row = _row_that_tells(match.household, relation, households.people[number].name)
                rows[number] = min(rows.get(number, row), row)
    return rows


def _plain(thing: Any) -> Any:
    """A dataclass as plain values, in the order of its fields."""
    return [getattr(thing, name) for name in thing.__dataclass_fields__]
