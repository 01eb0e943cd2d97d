"""Who owns and who rents a unit, as one row tells it."""

import re
from dataclasses import replace

from app.estates.roster.cells import Misread, id_last4, lines, says_nothing, text
from app.estates.roster.grid import Value
from app.estates.roster.headings import Column
from app.estates.roster.lines import RosterPerson
from app.estates.roster.names import LONGEST_NAME, Names, kind_of, names
from app.estates.roster.people import joined
from app.estates.roster.phones import Phones, phone_numbers
from app.estates.roster.rows import Row
from app.estates.roster.vocabulary import KINDS, Field
from app.estates.rules import PersonKind


def owners(row: Row) -> tuple[RosterPerson, ...]:
    """The owners in the order of the row, co-owners of a column of their own last."""
    kind = KINDS.get(row.words(Field.OWNER_KIND).lower())
    people = _people(row, Field.OWNER, Field.OWNER_PHONE, Field.OWNER_ID)
    if len(people) == 1:
        people = [_with_papers(people[0], row)]
    people = [_of_kind(person, kind, row) for person in people]
    return _each_once([*people, *_people(row, Field.CO_OWNER, Field.CO_OWNER_PHONE, Field.CO_OWNER_ID)])


def tenants(row: Row) -> tuple[RosterPerson, ...]:
    """Who rents the unit."""
    return _each_once(_people(row, Field.TENANT, Field.TENANT_PHONE, Field.TENANT_ID))


def _with_papers(person: RosterPerson, row: Row) -> RosterPerson:
    return replace(
        person,
        legal_representative=row.words(Field.LEGAL_REPRESENTATIVE, 80) or None,
        licence_no=row.words(Field.LICENCE, 40) or None,
    )


def _of_kind(person: RosterPerson, kind: str | None, row: Row) -> RosterPerson:
    if kind == "person" and person.kind is PersonKind.COMPANY:
        row.refuse("roster:kind_differs", value=person.name)
    return replace(person, kind=PersonKind.COMPANY) if kind == "company" else person


def _people(row: Row, name: Field, phone: Field, identity: Field) -> list[RosterPerson]:
    """The people of one group of columns, each with their phone numbers."""
    problems = len(row.problems)
    found = row.read(name, names, Names())
    _note_left_out(row, name, found.beside)
    phones = [(column, read) for column, read in row.each(phone, phone_numbers) if read.numbers or read.beside]
    if len(row.problems) > problems:
        return [RosterPerson(one[:LONGEST_NAME], kind_of(one)) for one in found.names]
    if any(len(one) > LONGEST_NAME for one in found.names):
        row.refuse("roster:too_long", heading=row.heading(name), limit=LONGEST_NAME)
        return []
    if not found.names:
        if any(read.numbers for _column, read in phones):
            row.refuse("roster:phone_without_name", heading=phones[0][0].heading)
        return []
    for column, read in phones:
        _note_left_out(row, phone, "" if read.beside in found.names else read.beside, column)
    people = _with_phones(row, found.names, [read for _column, read in phones])
    return _with_identity(row, people, identity)


def _with_phones(row: Row, told: tuple[str, ...], phones: list[Phones]) -> list[RosterPerson]:
    """One name has all the numbers; several names have one each, or share one."""
    people = [RosterPerson(name, kind_of(name)) for name in told]
    numbers = tuple(dict.fromkeys(number for read in phones for number in read.numbers))
    if len(told) == 1:
        return [replace(people[0], phones=numbers)]
    first, more = (phones[0].numbers if phones else ()), phones[1:]
    if not numbers:
        return people
    if len(numbers) == 1:
        row.note("roster:phone_shared")
        return [replace(person, phones=numbers) for person in people]
    if all(len(read.numbers) == len(told) for read in phones):
        return [
            replace(person, phones=tuple(dict.fromkeys(read.numbers[place] for read in phones)))
            for place, person in enumerate(people)
        ]
    if len(numbers) == len(told) and len(first) == 1 and all(len(read.numbers) == 1 for read in more):
        return [replace(person, phones=(numbers[place],)) for place, person in enumerate(people)]
    row.refuse("roster:phones_unmatched", names=len(told), phones=len(numbers))
    return people


def _with_identity(row: Row, people: list[RosterPerson], identity: Field) -> list[RosterPerson]:
    """The last four signs of the identity numbers, where there are as many as people."""
    for _column, value in row.values.get(identity, []):
        parts: list[Value] = [value]
        if isinstance(value, str):
            parts = [part for part in re.split(r"[、,;/|\s]+", lines(value)) if part]
        if not parts or says_nothing(text(value)):
            continue
        if len(parts) != len(people):
            row.note("roster:id_unreadable")
            continue
        try:
            return [replace(person, id_last4=id_last4(part)) for person, part in zip(people, parts, strict=True)]
        except Misread as misread:
            row.note(misread.code)
    return people


def _each_once(people: list[RosterPerson]) -> tuple[RosterPerson, ...]:
    """The same name twice in one row is one person."""
    merged: dict[str, RosterPerson] = {}
    for person in people:
        known = merged.get(person.name)
        merged[person.name] = joined(known, person) if known else person
    return tuple(merged.values())


def _note_left_out(row: Row, wanted: Field, words: str, column: Column | None = None) -> None:
    if words:
        row.note("roster:left_out", heading=column.heading if column else row.heading(wanted), value=words)
