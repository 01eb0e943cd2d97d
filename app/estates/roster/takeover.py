"""Everything that taking a roster over changes, in bulk. The caller commits."""

import enum
import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from app.core import journal
from app.core.db import db, take_turn
from app.core.errors import Outdated
from app.core.i18n import lazy_
from app.core.ids import new_id
from app.core.journal import By, Doc
from app.estates.corrections import home_sold
from app.estates.lived_in import it_is_known
from app.estates.models import Building, Estate, Ownership, Person, Tenancy, Unit
from app.estates.owner_file import PEOPLE, Hand, household_goes, plain, record_rows
from app.estates.roster.comparison import Begins, Plan, Relation, UnitPlan, compare
from app.estates.roster.households import Households
from app.estates.roster.identity import Facts
from app.estates.roster.known import what_is_known
from app.estates.roster.lines import RosterPerson
from app.estates.roster.preview import counts, preview_rows
from app.estates.rules import initials, pinyin

_HOLDS: dict[Relation, type[Ownership] | type[Tenancy]] = {Relation.OWNER: Ownership, Relation.TENANT: Tenancy}
_PRIVATE = frozenset({"care", "remarks", "phones", "id_last4", "legal_representative"})
"""Facts whose values the journal does not keep."""


def take_over(estate: Estate, households: Households, *, shown: str, today: date, by: By, at: datetime) -> Plan:
    """Write what the preview showed. `shown` is the digest of its plan; raises Outdated where the plan has changed."""
    take_turn(f"roster/{estate.id}")  # one import of an estate at a time
    plan = compare(households, what_is_known(estate.id, today), today)
    if plan.digest() != shown:
        raise Outdated(
            "roster:outdated",
            lazy_("The estate has changed since this preview was made. Nothing was written. Look at it again."),
        )
    if not plan.changes_nothing:
        _Writing(estate.id, Hand(by, at, today)).write(plan)
        rows = {verdict.value: count for verdict, count in counts(preview_rows(households, plan)).items()}
        journal.write(estate.id, "roster:imported", ("estate", estate.id), by=by, at=at, data={"rows": rows})
    return plan


class _Writing:
    """One taking over: rows are written table by table, and the journal gets a line for each unit and person."""

    def __init__(self, estate_id: uuid.UUID, hand: Hand) -> None:
        self.estate_id = estate_id
        self.hand = hand
        self.people: dict[int, uuid.UUID] = {}

    def write(self, plan: Plan) -> None:
        self._meet(plan.new_people)
        units = [unit for unit in plan.units if not unit.is_nothing]
        ids = self._open_units(units)
        self._change_units(units)
        others = [unit.unit_id for unit in units if unit.unit_id and (unit.begins or unit.ends)]
        before = self._people_of(others)
        for relation, model in _HOLDS.items():
            self._end(model, units, relation)
            self._begin(model, units, ids, relation)
        after = self._people_of(others)
        self._note_people(before, after)
        it_is_known(unit_id for unit, unit_id in zip(units, ids, strict=True) if _says_who_lives_there(unit))
        self._change_people({person.person_id: person.facts for person in plan.people})
        for unit, unit_id in zip(units, ids, strict=True):
            self._note_unit(unit, unit_id)
            if _all_others(before.get((unit_id, "owners"), []), after.get((unit_id, "owners"), [])):
                self._let_the_household_go(unit, unit_id)

    def _let_the_household_go(self, unit: UnitPlan, unit_id: uuid.UUID) -> None:
        """The home was sold: what was known of the former household does not stay for the next."""
        sold = db.session.get_one(Unit, unit_id, populate_existing=True)
        household_goes(sold, self.hand.today, self.hand, known_anew=unit.facts.keys())
        home_sold(sold, self.hand)

    def _meet(self, new_people: dict[int, RosterPerson]) -> None:
        self.people = {number: new_id() for number in new_people}
        rows = [
            {
                "id": self.people[number],
                "estate_id": self.estate_id,
                "name": person.name,
                "initials": initials(person.name)[:60],
                "pinyin": pinyin(person.name)[:240],
                **_columns_of_person({fact: getattr(person, fact) for fact in _FACTS_OF_PERSON}),
            }
            for number, person in new_people.items()
        ]
        _insert(Person, rows)

    def _open_units(self, units: list[UnitPlan]) -> list[uuid.UUID]:
        """The ids of all these units; new ones are made, with the buildings they stand in."""
        buildings = self._buildings(unit.building for unit in units if unit.unit_id is None)
        ids = [unit.unit_id or new_id() for unit in units]
        rows = [
            {
                "id": unit_id,
                "estate_id": self.estate_id,
                "building_id": buildings[unit.building.casefold()],
                "entrance": unit.entrance,
                "number": unit.number,
                **_NO_FACTS,
                **_columns_of_unit(unit.facts),
            }
            for unit, unit_id in zip(units, ids, strict=True)
            if unit.unit_id is None
        ]
        _insert(Unit, rows)
        return ids

    def _buildings(self, wanted: Iterable[str]) -> dict[str, uuid.UUID]:
        """Building in small letters → its id."""
        found = db.session.execute(sa.select(Building.name, Building.id).where(Building.estate_id == self.estate_id))
        ids = {name.casefold(): key for name, key in found}
        new = {name.casefold(): name for name in wanted if name.casefold() not in ids}
        rows = [{"id": new_id(), "estate_id": self.estate_id, "name": name} for name in new.values()]
        _insert(Building, rows)
        return ids | {str(row["name"]).casefold(): uuid.UUID(str(row["id"])) for row in rows}

    def _change_units(self, units: list[UnitPlan]) -> None:
        for unit in units:
            if unit.unit_id and unit.facts:
                db.session.execute(
                    sa.update(Unit).where(Unit.id == unit.unit_id).values(**_columns_of_unit(unit.facts))
                )

        self._keep("unit", {unit.unit_id: unit.facts for unit in units if unit.unit_id})

    def _keep(self, subject_type: str, changed: Mapping[uuid.UUID, Facts]) -> None:
        """In the history of owner files what these facts were and became."""
        rows = [
            (subject_type, subject_id, field, plain(was), plain(became))
            for subject_id, facts in changed.items()
            for field, (was, became) in _fields(facts).items()
        ]
        record_rows(self.estate_id, rows, None, self.hand)

    def _people_of(self, unit_ids: list[uuid.UUID]) -> dict[tuple[uuid.UUID, str], list[str]]:
        """Unit and `owners` or `tenants` → ids of those who own or rent it today."""
        found: dict[tuple[uuid.UUID, str], list[str]] = defaultdict(list)
        today = self.hand.today
        for model, field in PEOPLE.items():
            for start in range(0, len(unit_ids), 500):
                some = model.unit_id.in_(unit_ids[start : start + 500])
                held = sa.select(model.unit_id, model.person_id).where(some, model.since <= today)
                held = held.where(sa.or_(model.until.is_(None), model.until > today))
                for unit_id, person_id in db.session.execute(held.order_by(model.since, model.id)):
                    found[unit_id, field].append(str(person_id))
        return found

    def _note_people(
        self, before: dict[tuple[uuid.UUID, str], list[str]], after: dict[tuple[uuid.UUID, str], list[str]]
    ) -> None:
        keys = sorted(before.keys() | after.keys())
        rows = [("unit", key[0], key[1], before.get(key), after.get(key)) for key in keys]
        record_rows(self.estate_id, rows, None, self.hand)

    def _end(self, model: type[Ownership] | type[Tenancy], units: list[UnitPlan], relation: Relation) -> None:
        for unit in units:
            for end in unit.ends:
                if end.relation is relation:
                    db.session.execute(sa.update(model).where(model.id == end.held_id).values(until=end.until))

    def _begin(
        self, model: type[Ownership] | type[Tenancy], units: list[UnitPlan], ids: list[uuid.UUID], relation: Relation
    ) -> None:
        rows = [
            {
                "id": new_id(),
                "estate_id": self.estate_id,
                "unit_id": unit_id,
                "person_id": self._person(begins),
                "since": begins.since,
            }
            for unit, unit_id in zip(units, ids, strict=True)
            for begins in unit.begins
            if begins.relation is relation
        ]
        _insert(model, rows)

    def _change_people(self, changed: dict[uuid.UUID, Facts]) -> None:
        units = _units_of(changed)
        for person_id, facts in changed.items():
            columns = _columns_of_person({fact: new for fact, (_old, new) in facts.items()})
            db.session.execute(sa.update(Person).where(Person.id == person_id).values(**columns))
            changes = [Doc("unit", unit_id) for unit_id in units[person_id]]
            self._note("person:changed", ("person", person_id), {"facts": _for_the_journal(facts)}, changes)
        self._keep("person", changed)

    def _note_unit(self, unit: UnitPlan, unit_id: uuid.UUID) -> None:
        data: dict[str, Any] = {"facts": _for_the_journal(unit.facts)} if unit.facts else {}
        if unit.begins:
            data["begins"] = [
                {"as": begins.relation.value, "person": str(self._person(begins)), "since": begins.since.isoformat()}
                for begins in unit.begins
            ]
        if unit.ends:
            data["ends"] = [
                {"as": end.relation.value, "person": str(end.person_id), "until": end.until.isoformat()}
                for end in unit.ends
            ]
        kind = "unit:changed" if unit.unit_id else "unit:opened"
        self._note(kind, ("unit", unit_id), data, [Doc("unit", unit_id)])

    def _person(self, begins: Begins) -> uuid.UUID:
        return begins.person_id or self.people[begins.number or 0]

    def _note(self, kind: str, subject: tuple[str, uuid.UUID], data: dict[str, Any], changes: list[Doc]) -> None:
        journal.write(self.estate_id, kind, subject, by=self.hand.by, at=self.hand.at, data=data, changes=changes)


def _says_who_lives_there(unit: UnitPlan) -> bool:
    return "occupancy" in unit.facts or any(begins.relation is Relation.TENANT for begins in unit.begins)


def _all_others(before: list[str], after: list[str]) -> bool:
    """Whether somebody owns it now, and none of those who owned it before."""
    return bool(before) and bool(after) and not set(before) & set(after)


_FACTS_OF_PERSON = ("kind", "phones", "id_last4", "legal_representative", "licence_no")
_NO_FACTS: dict[str, Any] = {
    "floor": None,
    "area": None,
    "layout": None,
    "handover_on": None,
    "care": [],
    "do_not_disturb": None,
    "remarks": "",
}


def _insert(model: type[Any], rows: list[dict[str, Any]]) -> None:
    if rows:
        # With NULLs said, all rows have the same columns and go in one statement.
        db.session.execute(sa.insert(model).execution_options(render_nulls=True), rows)


def _columns_of_unit(facts: Facts) -> dict[str, Any]:
    columns = {fact: new for fact, (_old, new) in facts.items()}
    if "care" in columns:
        columns["care"] = list(columns["care"])
    return columns


def _columns_of_person(facts: dict[str, Any]) -> dict[str, Any]:
    """`phones` are kept as the one to call and the others."""
    columns = dict(facts)
    if "phones" in columns:
        first, *others = columns.pop("phones") or ("",)
        columns |= {"phone": first, "other_phones": others}
    return columns


def _fields(facts: Facts) -> Facts:
    """The facts as fields of an owner file: of `phones` the one to call, and the others."""
    if "phones" not in facts:
        return facts
    was, became = (tuple(phones or ()) for phones in facts["phones"])
    split = {"phone": (was[:1], became[:1]), "other_phones": (was[1:], became[1:])}
    first = tuple(phones[0] if phones else None for phones in split["phone"])
    fields = {fact: both for fact, both in facts.items() if fact != "phones"}
    return fields | {"phone": (first[0], first[1]), "other_phones": split["other_phones"]}


def _units_of(people: Iterable[uuid.UUID]) -> dict[uuid.UUID, set[uuid.UUID]]:
    """Person → every unit they own, rent, or once did: the tablets show their phone there."""
    units: dict[uuid.UUID, set[uuid.UUID]] = defaultdict(set)
    wanted = list(people)
    for model in _HOLDS.values():
        for start in range(0, len(wanted), 500):
            some = model.person_id.in_(wanted[start : start + 500])
            for person_id, unit_id in db.session.execute(sa.select(model.person_id, model.unit_id).where(some)):
                units[person_id].add(unit_id)
    return units


def _for_the_journal(facts: Facts) -> dict[str, Any]:
    """Old and new value of each fact; of private ones only that they changed."""
    return {fact: None if fact in _PRIVATE else [_plain(old), _plain(new)] for fact, (old, new) in facts.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, enum.Enum):
        return value.value
    return value.isoformat() if isinstance(value, date) else value
