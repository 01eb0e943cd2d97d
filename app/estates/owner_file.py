"""Everything that changes an owner file (form 5): its fields, who lives there, a sale. The caller commits.

Each change leaves its old and new value in `owner_file_change` and a line in the journal that names the field only.
"""

import enum
import json
import uuid
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar

import sqlalchemy as sa

from app.core import journal
from app.core.db import db, take_turn
from app.core.errors import Outdated, Refused
from app.core.i18n import _
from app.core.journal import By, Doc
from app.estates.file_rules import a_name
from app.estates.lived_in import ask_who_lives_there, asked_of, it_is_known, still_let
from app.estates.models import FileChange, HouseholdMember, Ownership, Person, Tenancy, Unit
from app.estates.queries import owners_on, tenants_on
from app.estates.rules import Occupancy, PersonKind, initials, pinyin

Subject = Unit | Person | HouseholdMember
Held = Ownership | Tenancy
Known = TypeVar("Known", Person, HouseholdMember)
TYPES: dict[type[Subject], str] = {Unit: "unit", Person: "person", HouseholdMember: "member"}
PEOPLE: dict[type[Held], str] = {Ownership: "owners", Tenancy: "tenants"}
"""The field of a unit's history that tells who owns or rents it: ids of people."""


@dataclass(frozen=True)
class Newcomer:
    """Somebody who is not in the file yet. `id` is made where it is written down, so that sent twice it is one."""

    id: uuid.UUID
    name: str
    phone: str
    kind: PersonKind = PersonKind.PERSON


@dataclass(frozen=True)
class Hand:
    """Who changes a file and when; perhaps because of a correction from the door.

    `event_id`: the form that somebody new comes in by, with what was written in it.
    """

    by: By
    at: datetime
    today: date
    correction_id: uuid.UUID | None = None
    event_id: uuid.UUID | None = None


def change_fields(
    subject: Subject, unit: Unit, wanted: Mapping[str, Any], hand: Hand, *, seen: int | None = None
) -> list[str]:
    """Write these fields of a person, a member of the household or the unit itself; which of them changed.

    `seen`: the number of the subject's last change that whoever writes has seen. Raises Outdated where one of these
    fields was changed after that. `warranty.pipes` is the warranty of a part.
    """
    _take_turn(subject, wanted, seen)
    asked = {field: plain(value) for field, value in wanted.items()}
    changed = {field: (was, value) for field, value in asked.items() if (was := value_of(subject, field)) != value}
    for field, (_was, value) in changed.items():
        _set(subject, field, value)
    if isinstance(subject, Person) and "name" in changed:
        subject.initials, subject.pinyin = initials(subject.name)[:60], pinyin(subject.name)[:240]
    record([(subject, field, was, value) for field, (was, value) in changed.items()], unit.id, hand)
    if "occupancy" in changed:
        it_is_known([unit.id])
    if changed:
        _note(unit, subject, sorted(changed), hand)
    return list(changed)


def value_of(subject: Subject, field: str) -> Any:
    """What stands in a field, as its history keeps it: text, a list of texts, or nothing."""
    part = field.removeprefix("warranty.")
    value = subject.warranty.get(part) if isinstance(subject, Unit) and part != field else getattr(subject, field)
    return plain(value)


def plain(value: Any) -> Any:
    """A value of a field as its history keeps it. Nothing, "" and an empty list are all nothing."""
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    return (list(value) if isinstance(value, list | tuple) else value) or None


def move_in_person(unit: Unit, who: Newcomer, held: type[Held], since: date, hand: Hand) -> Person:
    """A co-owner or a tenant more, from a day on. Sent twice it happens once."""
    known = _came_before(Person, who.id, who.name, unit, hand)
    if known is not None:
        return known
    _must_have_come(since, hand.today)
    before = _people(unit, held, hand.today)
    person = _meet(unit, who, held, since, hand)
    _note_people(unit, held, before, hand)
    if held is Tenancy and unit.occupancy is not Occupancy.LET:
        change_fields(unit, unit, {"occupancy": Occupancy.LET.value}, hand)
    if held is Tenancy:
        it_is_known([unit.id])
    return person


def move_out(unit: Unit, held: Held, until: date, hand: Hand) -> None:
    """An ownership or tenancy ends on a day (that day excluded). Raises Outdated where it has ended already.

    With the last tenant it is asked who lives there now.
    """
    before = _people(unit, type(held), hand.today)
    if isinstance(held, Ownership) and len(before) < 2:
        raise Refused("file:last_owner", _("The last owner leaves by a sale: name who owns it from then on."))
    _end(held, until, hand)
    _note_people(unit, type(held), before, hand)
    if isinstance(held, Tenancy):
        ask_who_lives_there(unit, today=hand.today, at=hand.at)


def say_who_lives_there(unit: Unit, occupancy: Occupancy, hand: Hand) -> None:
    """Who lives in a home that its last tenant has left. Raises Outdated where nobody asks any more."""
    _lock(unit)
    if not asked_of([unit.id]):
        raise Outdated("file:said_already", _("Somebody else has said who lives there already."))
    if occupancy is Occupancy.LET:
        still_let(unit, by=hand.by, at=hand.at)
    else:
        change_fields(unit, unit, {"occupancy": occupancy.value}, hand)


def sell(
    unit: Unit,
    leaving: Sequence[Ownership],
    newcomers: Sequence[Newcomer],
    on: date,
    hand: Hand,
    *,
    household_leaves: bool = True,
    seen: int | None = None,
) -> list[Person]:
    """From a day on the unit has other owners. With the household goes what was noted about it: care, times, plates.

    Sent twice it happens once. Raises Outdated where the owners changed after what `seen` names.
    """
    known = [person for who in newcomers if (person := _came_before(Person, who.id, who.name, unit, hand))]
    if known:
        return known
    _must_have_come(on, hand.today)
    _take_turn(unit, {"owners": None}, seen)
    before = _people(unit, Ownership, hand.today)
    if not leaving:
        raise Refused("file:nobody_sells", _("Tick who does not own it any more."))
    if not newcomers:
        raise Refused("file:nobody_buys", _("Write down who owns it from then on."))
    for held in leaving:
        _end(held, on, hand)
    people = [_meet(unit, who, Ownership, on, hand) for who in newcomers]
    _note_people(unit, Ownership, before, hand)
    if household_leaves:
        household_goes(unit, on, hand)
    return people


_OF_THE_HOUSEHOLD: dict[str, Any] = {"care": [], "preferred_contact": None, "do_not_disturb": None, "plates": []}
"""What was noted about whoever lived in a unit, and what it is once they have left."""


def household_goes(unit: Unit, on: date, hand: Hand, known_anew: Collection[str] = ()) -> None:
    """With the former owners goes what was noted about their household, but for what is `known_anew`."""
    for member in list(unit.household):
        if member.until is None:
            member_leaves(unit, member, on, hand)
    nothing = {field: value for field, value in _OF_THE_HOUSEHOLD.items() if field not in known_anew}
    change_fields(unit, unit, nothing, hand)


def _came_before(new: type[Known], id_: uuid.UUID, name: str, unit: Unit, hand: Hand) -> Known | None:
    """Whom this form has made already, if it was sent before.

    Raises Outdated where other words were in it then: nothing of these would be kept.
    """
    as_it_was = hand.event_id is None or journal.happened(hand.event_id)
    known = db.session.get(new, id_)
    if known is None or (as_it_was and (known.estate_id, known.name) == (unit.estate_id, name)):
        return known
    raise Outdated(
        "file:sent_otherwise",
        _("This form was sent before, with other words. Nothing of it was saved now: load the page again."),
    )


def member_joins(unit: Unit, id_: uuid.UUID, name: str, relation: str, phone: str | None, hand: Hand) -> None:
    """Somebody more lives here. Sent twice it happens once."""
    if _came_before(HouseholdMember, id_, a_name(name), unit, hand):
        return
    before = _household(unit)
    member = HouseholdMember(
        id=id_, estate_id=unit.estate_id, name=a_name(name), relation=relation, phone=phone or None, since=hand.today
    )
    unit.household.append(member)
    db.session.flush()
    record([(member, field, None, value_of(member, field)) for field in ("name", "relation", "phone")], unit.id, hand)
    record([(unit, "household", before, _household(unit))], unit.id, hand)
    _note(unit, unit, ["household"], hand, hand.event_id)


def member_leaves(unit: Unit, member: HouseholdMember, until: date, hand: Hand) -> None:
    """Somebody does not live here any more. Raises Outdated where somebody said so already."""
    _lock(member)
    if member.until is not None:
        raise Outdated("file:left_already", _("%(name)s is not in the household any more.", name=member.name))
    before = _household(unit)
    member.until = max(until, member.since)
    record([(unit, "household", before, _household(unit))], unit.id, hand)
    _note(unit, unit, ["household"], hand)


def record(changes: Sequence[tuple[Subject, str, Any, Any]], unit_id: uuid.UUID | None, hand: Hand) -> None:
    """Keep what fields of an estate's subjects were and became."""
    if changes:
        rows = [(TYPES[type(subject)], subject.id, field, was, value) for subject, field, was, value in changes]
        record_rows(changes[0][0].estate_id, rows, unit_id, hand)


def record_rows(
    estate_id: uuid.UUID, rows: Sequence[tuple[str, uuid.UUID, str, Any, Any]], unit_id: uuid.UUID | None, hand: Hand
) -> None:
    """The same in bulk: type and id of each subject, field, what it was and became. Numbers follow in their order."""
    rows = [row for row in rows if row[3] != row[4]]
    if not rows:
        return
    db.session.flush()
    last = last_numbers({row[1] for row in rows})
    values = []
    for subject_type, subject_id, field, was, became in rows:
        last[subject_id] = last.get(subject_id, 0) + 1
        values.append(
            {
                "estate_id": estate_id,
                "unit_id": unit_id,
                "subject_type": subject_type,
                "subject_id": subject_id,
                "number": last[subject_id],
                "field": field,
                "was": _as_text(was),
                "became": _as_text(became),
                "by_id": hand.by.staff_id,
                "at": hand.at,
                "correction_id": hand.correction_id,
            }
        )
    db.session.execute(sa.insert(FileChange).execution_options(render_nulls=True), values)


def last_numbers(subject_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, int]:
    """Subject → number of its last change."""
    wanted, last = list(subject_ids), dict[uuid.UUID, int]()
    for start in range(0, len(wanted), 500):
        some = FileChange.subject_id.in_(wanted[start : start + 500])
        found = sa.select(FileChange.subject_id, sa.func.max(FileChange.number)).where(some)
        last |= {row[0]: row[1] for row in db.session.execute(found.group_by(FileChange.subject_id))}
    return last


def changes_after(subject_id: uuid.UUID, seen: int, fields: Iterable[str]) -> list[FileChange]:
    """What changed in these fields of a subject since its change number `seen`, oldest first."""
    found = sa.select(FileChange).where(
        FileChange.subject_id == subject_id, FileChange.number > seen, FileChange.field.in_(list(fields))
    )
    return list(db.session.scalars(found.order_by(FileChange.number)))


def _take_turn(subject: Subject, fields: Iterable[str], seen: int | None) -> None:
    _lock(subject)
    if seen is not None and changes_after(subject.id, seen, fields):
        raise Outdated("file:outdated", _("Somebody else has changed this meanwhile."))


def _lock(subject: Subject) -> None:
    """One at a time at a subject; what is there now is read anew."""
    db.session.flush()
    take_turn(f"file {subject.id}")
    db.session.refresh(subject)


def _set(subject: Subject, field: str, value: Any) -> None:
    part = field.removeprefix("warranty.")
    if isinstance(subject, Unit) and part != field:
        others = {name: day for name, day in subject.warranty.items() if name != part}
        subject.warranty = others | ({part: value} if value else {})
    elif field in _READ:
        setattr(subject, field, _READ[field](value))
    else:
        setattr(subject, field, value)


def _day(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None


_READ: dict[str, Callable[[Any], Any]] = {
    "occupancy": Occupancy,
    "kind": PersonKind,
    "handover_on": _day,
    "consent_on": _day,
    "care": lambda value: list(value or []),
    "plates": lambda value: list(value or []),
    "parking": lambda value: list(value or []),
    "other_phones": lambda value: list(value or []),
    "phone": lambda value: value or "",
    "remarks": lambda value: value or "",
    "relation": lambda value: value or "",
}
"""How a value of the history stands in its column, where the two differ."""


def _meet(unit: Unit, who: Newcomer, held: type[Held], since: date, hand: Hand) -> Person:
    name = a_name(who.name)
    person = Person(
        id=who.id,
        estate_id=unit.estate_id,
        kind=who.kind,
        name=name,
        initials=initials(name)[:60],
        pinyin=pinyin(name)[:240],
        phone=who.phone,
        other_phones=[],
    )
    db.session.add(person)
    db.session.add(held(estate_id=unit.estate_id, unit=unit, person=person, since=since))
    db.session.flush()
    record([(person, field, None, value_of(person, field)) for field in ("kind", "name", "phone")], unit.id, hand)
    return person


def _end(held: Held, until: date, hand: Hand) -> None:
    _must_have_come(until, hand.today)
    db.session.flush()
    take_turn(f"file {held.id}")
    db.session.refresh(held)
    if held.until is not None:
        raise Outdated("file:ended_already", _("%(name)s has left already.", name=held.person.name))
    if until <= held.since:
        raise Refused("file:before_it_began", _("It cannot end on the day it began, or before."))
    held.until = until


def _must_have_come(day: date, today: date) -> None:
    if day > today:
        raise Refused("file:in_future", _("This day has not come yet. Enter it on that day or after."))


def _people(unit: Unit, held: type[Held], today: date) -> list[str]:
    found: list[Held] = [*owners_on(unit, today)] if held is Ownership else [*tenants_on(unit, today)]
    return [str(one.person_id) for one in sorted(found, key=lambda one: (one.since, one.id))]


def _household(unit: Unit) -> list[str] | None:
    return [str(member.id) for member in unit.household if member.until is None] or None


def _note_people(unit: Unit, held: type[Held], before: list[str], hand: Hand) -> None:
    field = PEOPLE[held]
    record([(unit, field, before or None, _people(unit, held, hand.today) or None)], unit.id, hand)
    _note(unit, unit, [field], hand, hand.event_id)


def _note(unit: Unit, subject: Subject, fields: list[str], hand: Hand, event_id: uuid.UUID | None = None) -> None:
    """A line that names ids and fields, never values; tablets learn of every unit that shows it."""
    data: dict[str, Any] = {"fields": fields}
    if subject is not unit:
        data[TYPES[type(subject)]] = str(subject.id)
    if hand.correction_id:
        data["correction"] = str(hand.correction_id)
    units = {unit.id} | (_homes_of(subject) if isinstance(subject, Person) else set())
    changes = [Doc("unit", unit_id) for unit_id in sorted(units)]
    journal.write(
        unit.estate_id,
        "file:changed",
        ("unit", unit.id),
        by=hand.by,
        at=hand.at,
        data=data,
        changes=changes,
        event_id=event_id,
    )


def _homes_of(person: Person) -> set[uuid.UUID]:
    homes: set[uuid.UUID] = set()
    for held in PEOPLE:
        found = sa.select(held.unit_id).where(held.person_id == person.id)
        homes |= set(db.session.scalars(found))
    return homes


def _as_text(value: Any) -> str | None:
    return None if value is None else json.dumps(value, ensure_ascii=False)
