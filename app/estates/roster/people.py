"""Who is who in a roster.

The same name and a shared phone number is one person, another number is another person. A company is one by its
name. Without a number a name is one person within its unit only.
"""

import re
from collections.abc import Iterable
from dataclasses import replace

from app.estates.roster.lines import At, RosterLine, RosterPerson
from app.estates.rules import PersonKind

Mark = tuple[object, ...]


def name_key(name: str) -> str:
    """What makes two ways to write a name the same."""
    return re.sub(r"[\s·.,]", "", name).casefold()


def joined(known: RosterPerson, again: RosterPerson) -> RosterPerson:
    """One person as two rows tell them."""
    return replace(
        known,
        phones=tuple(dict.fromkeys(known.phones + again.phones)),
        id_last4=known.id_last4 or again.id_last4,
        legal_representative=known.legal_representative or again.legal_representative,
        licence_no=known.licence_no or again.licence_no,
    )


class WhoIsWho:
    """The people of some lines, numbered from 0 in the order in which they are told of."""

    def __init__(self, lines: Iterable[RosterLine]) -> None:
        self.people: list[RosterPerson] = []
        self.told: list[list[tuple[At, RosterPerson]]] = []
        self._same = _Same()
        self._number_of: dict[Mark, int] = {}
        told = [(line, person) for line in lines for person in (*line.owners, *line.tenants)]
        for line, person in told:
            self._same.join(_marks(line, person))
        for line, person in told:
            self._tell(line, person)

    def number(self, line: RosterLine, person: RosterPerson) -> int:
        return self._number_of[self._same.first(_marks(line, person)[0])]

    def _tell(self, line: RosterLine, person: RosterPerson) -> None:
        mark = self._same.first(_marks(line, person)[0])
        number = self._number_of.setdefault(mark, len(self.people))
        if number == len(self.people):
            self.people.append(person)
            self.told.append([])
        self.people[number] = joined(self.people[number], person)
        self.told[number].append((line.at, person))


def _marks(line: RosterLine, person: RosterPerson) -> list[Mark]:
    """What a person is known by."""
    name = name_key(person.name)
    if person.kind is PersonKind.COMPANY:
        return [("company", name)]
    return [("in unit", name, line.key), *(("phone", name, phone) for phone in person.phones)]


class _Same:
    """Marks that mean the same person (a union-find)."""

    def __init__(self) -> None:
        self._next: dict[Mark, Mark] = {}

    def first(self, mark: Mark) -> Mark:
        while self._next.setdefault(mark, mark) != mark:
            self._next[mark] = self._next[self._next[mark]]
            mark = self._next[mark]
        return mark

    def join(self, marks: list[Mark]) -> None:
        for mark in marks[1:]:
            self._next[self.first(mark)] = self.first(marks[0])
