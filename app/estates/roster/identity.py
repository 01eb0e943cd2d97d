"""Who of a roster is who in the database.

Whoever owns or rents a unit by the same name stays, with a new phone number if need be; else the same name and a
shared number, or a company's name, is looked for in the whole estate; else it is somebody new.
"""

import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from app.estates.roster.households import Households
from app.estates.roster.known import Held, Known, KnownPerson
from app.estates.roster.lines import RosterPerson
from app.estates.roster.people import name_key
from app.estates.rules import PersonKind

PERSON_FACTS = ("kind", "phones", "id_last4", "legal_representative", "licence_no")
Facts = dict[str, tuple[Any, Any]]
"""What changes: fact → old and new."""


class Identities:
    """The people of the file (by number) as people of the database.

    First ask who may `stay` at every unit, then look for the others `anywhere`.
    """

    def __init__(self, known: Known, households: Households) -> None:
        self.known = {person.id: person for person in known.people}
        self.new: dict[int, RosterPerson] = {}
        self._told = households.people
        self._ids: dict[int, list[uuid.UUID]] = defaultdict(list)
        self._claimed: dict[uuid.UUID, int] = {}
        self._by_mark: dict[tuple[str, str], list[uuid.UUID]] = defaultdict(list)
        for person in known.people:
            for mark in _marks(person):
                self._by_mark[mark].append(person.id)
        self._asserted = {
            (name_key(person.name), phone): number
            for number, person in enumerate(self._told)
            for phone in person.phones
        }

    def stay(self, numbers: Iterable[int], held: Iterable[Held]) -> dict[int, Held]:
        """Those of a unit's people who are there already."""
        left = list(held)
        found: dict[int, Held] = {}
        for number in numbers:
            there = self._among(number, left)
            if there is not None:
                found[number] = there
                left.remove(there)
        return found

    def anywhere(self, number: int) -> uuid.UUID | None:
        """The known person this is, wherever in the estate; None makes it a new one."""
        if number in self.new:
            return None
        if self._ids[number]:
            return self._ids[number][0]
        found = sorted({key for mark in _marks(self._told[number]) for key in self._by_mark[mark]})
        if not found:
            self.new[number] = self._told[number]
            return None
        self._bind(number, found[0])
        return found[0]

    def numbers_of(self, person_id: uuid.UUID) -> list[int]:
        """Who of the file is this known person."""
        return [number for number, ids in self._ids.items() if person_id in ids]

    def changed_facts(self) -> dict[uuid.UUID, Facts]:
        """Known person → what the file says otherwise."""
        now: dict[uuid.UUID, KnownPerson] = {}
        for number in sorted(self._ids):
            for person_id in self._ids[number]:
                now[person_id] = _brought_up_to_date(now.get(person_id, self.known[person_id]), self._told[number])
        differences = {person_id: _differences(self.known[person_id], person) for person_id, person in now.items()}
        return {person_id: facts for person_id, facts in sorted(differences.items()) if facts}

    def _among(self, number: int, held: list[Held]) -> Held | None:
        told = self._told[number]
        same_name = [there for there in held if name_key(self.known[there.person_id].name) == name_key(told.name)]
        for is_same in (_shares_a_phone, self._lacks_a_phone, self._has_a_new_phone):
            for there in same_name:
                if is_same(told, self.known[there.person_id], number):
                    self._bind(number, there.person_id)
                    return there
        return None

    def _lacks_a_phone(self, told: RosterPerson, known: KnownPerson, number: int) -> bool:
        return not told.phones or (not known.phones and self._may_claim(known, number))

    def _has_a_new_phone(self, told: RosterPerson, known: KnownPerson, number: int) -> bool:
        """The same name at the same unit with another number: changed, unless either number is somebody else's."""
        elsewhere = any(self._by_mark.get((name_key(told.name), phone)) for phone in told.phones)
        asserted = {self._asserted.get((name_key(known.name), phone)) for phone in known.phones}
        return not elsewhere and asserted <= {None, number} and self._may_claim(known, number)

    def _may_claim(self, known: KnownPerson, number: int) -> bool:
        """Nobody gets two people's numbers, or the next import would tell them apart again."""
        return self._claimed.get(known.id, number) == number

    def _bind(self, number: int, person_id: uuid.UUID) -> None:
        if person_id not in self._ids[number]:
            self._ids[number].append(person_id)
        if self._told[number].phones:
            self._claimed.setdefault(person_id, number)


def _shares_a_phone(told: RosterPerson, known: KnownPerson, _number: int) -> bool:
    if told.kind is PersonKind.COMPANY and known.kind is PersonKind.COMPANY:
        return True
    return not set(told.phones).isdisjoint(known.phones)


def _marks(person: KnownPerson | RosterPerson) -> list[tuple[str, str]]:
    name = name_key(person.name)
    company = [(name, "company")] if person.kind is PersonKind.COMPANY else []
    return company + [(name, phone) for phone in person.phones]


def _brought_up_to_date(known: KnownPerson, told: RosterPerson) -> KnownPerson:
    return replace(
        known,
        # A name tells a company by its ending; that it has none does not make a company a person.
        kind=PersonKind.COMPANY if told.kind is PersonKind.COMPANY else known.kind,
        phones=_phones(known.phones, told.phones),
        id_last4=told.id_last4 or known.id_last4,
        legal_representative=told.legal_representative or known.legal_representative,
        licence_no=told.licence_no or known.licence_no,
    )


def _phones(known: tuple[str, ...], told: tuple[str, ...]) -> tuple[str, ...]:
    """More numbers are added; where none is known yet, the first known one, the one to call, is replaced."""
    if set(told) <= set(known):
        return known
    if set(told).isdisjoint(known):
        return (*told, *known[1:])
    return tuple(dict.fromkeys((*known, *told)))


def _differences(old: KnownPerson, new: KnownPerson) -> Facts:
    return {
        fact: (getattr(old, fact), getattr(new, fact))
        for fact in PERSON_FACTS
        if getattr(old, fact) != getattr(new, fact)
    }
