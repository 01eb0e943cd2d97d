"""The rows of one unit together: what they say at once, or why they cannot."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from app.core.i18n import lazy_
from app.estates.roster.lines import At, PassedOver, Roster, RosterLine, RosterPerson
from app.estates.roster.people import WhoIsWho, joined, name_key
from app.estates.roster.words import Reason, reason

Key = tuple[str, str, str]
Units = dict[Key, list[RosterLine]]
Problems = dict[At, list[Reason]]

FACTS = {
    "floor": lazy_("Floor"),
    "area": lazy_("Area"),
    "layout": lazy_("Layout"),
    "handover_on": lazy_("Handed over"),
    "occupancy": lazy_("Occupancy"),
    "do_not_disturb": lazy_("Do not disturb"),
    "owned_since": lazy_("Owner since"),
    "phones": lazy_("Phone"),
    "kind": lazy_("Person or company"),
    "id_last4": lazy_("Identity number"),
    "legal_representative": lazy_("Legal representative"),
    "licence_no": lazy_("Licence no."),
    "care": lazy_("Care notes"),
    "remarks": lazy_("Remarks"),
}
"""What rows, or a row and the database, can differ about."""
ONE_PER_UNIT = ("floor", "area", "layout", "handover_on", "occupancy", "do_not_disturb", "owned_since")
_ONE_PER_PERSON = ("id_last4", "legal_representative", "licence_no")


@dataclass(frozen=True)
class Household:
    """A unit as all its rows tell it. `owners` and `tenants` are numbers of `Households.people`."""

    told: RosterLine
    lines: tuple[RosterLine, ...]
    owners: tuple[int, ...]
    tenants: tuple[int, ...]


@dataclass(frozen=True)
class Households:
    """A roster with its rows taken together. Each row is in a household, refused, or passed over."""

    households: tuple[Household, ...]
    people: tuple[RosterPerson, ...]
    refused: tuple[RosterLine, ...]
    passed_over: tuple[PassedOver, ...]


def take_together(roster: Roster) -> Households:
    """Join the rows of each unit, and refuse those that contradict each other."""
    units: Units = defaultdict(list)
    nowhere: list[RosterLine] = []
    for line in roster.lines:
        (units[line.key] if line.number else nowhere).append(line)

    units, in_units = _stand_or_fall(roster, units, _contradictions_in_units(roster, units))
    units, of_people = _stand_or_fall(roster, units, _contradictions_of_people(roster, units))

    who = WhoIsWho(line for lines in units.values() for line in lines)
    households: list[Household] = []
    repeated: list[PassedOver] = []
    for lines in units.values():
        told, kept, again = _one_after_another(roster, lines)
        repeated += again
        owners = tuple(dict.fromkeys(who.number(line, person) for line in kept for person in line.owners))
        tenants = tuple(dict.fromkeys(who.number(line, person) for line in kept for person in line.tenants))
        households.append(Household(told, tuple(kept), owners, tenants))
    return Households(
        tuple(households),
        tuple(who.people),
        tuple(sorted((*nowhere, *in_units, *of_people), key=lambda line: line.at)),
        tuple(sorted((*roster.passed_over, *repeated), key=lambda passed: passed.at)),
    )


def _one_after_another(
    roster: Roster, lines: list[RosterLine]
) -> tuple[RosterLine, list[RosterLine], list[PassedOver]]:
    """What the rows of a unit say together, the rows that add something, and those that only repeat."""
    told, kept, repeated = lines[0], lines[:1], []
    for line in lines[1:]:
        more = _together(told, line)
        if more == told:
            repeated.append(PassedOver(line.at, reason("roster:repeated", row=roster.name_of(kept[0].at))))
        else:
            told, kept = more, [*kept, line]
    return told, kept, repeated


def _together(told: RosterLine, line: RosterLine) -> RosterLine:
    facts = {fact: _first_told(told, line, fact) for fact in ONE_PER_UNIT}
    remarks = dict.fromkeys(remark for remark in (*(told.remarks or "").split("\n"), line.remarks) if remark)
    return replace(
        told,
        **facts,
        care=tuple(dict.fromkeys(told.care + line.care)),
        remarks="\n".join(remarks) or None,
        owners=_people_together(told.owners, line.owners),
        tenants=_people_together(told.tenants, line.tenants),
    )


def _first_told(told: RosterLine, line: RosterLine, fact: str) -> Any:
    value = getattr(told, fact)
    return getattr(line, fact) if value is None else value


def _people_together(known: tuple[RosterPerson, ...], more: tuple[RosterPerson, ...]) -> tuple[RosterPerson, ...]:
    people = {name_key(person.name): person for person in known}
    for person in more:
        name = name_key(person.name)
        people[name] = joined(people[name], person) if name in people else person
    return tuple(people.values())


def _stand_or_fall(roster: Roster, units: Units, problems: Problems) -> tuple[Units, list[RosterLine]]:
    """Take out the units that have a refused row: half a household would look like a sale."""
    standing: Units = {}
    refused: list[RosterLine] = []
    for key, told in units.items():
        lines = [replace(line, problems=_once((*line.problems, *problems.get(line.at, ())))) for line in told]
        culprits = [line.at for line in lines if line.problems]
        if not culprits:
            standing[key] = lines
            continue
        because = reason("roster:row_of_unit_refused", rows=roster.names_of(culprits))
        refused += [line if line.problems else replace(line, problems=(because,)) for line in lines]
    return standing, refused


def _contradictions_in_units(roster: Roster, units: Units) -> Problems:
    found: Problems = defaultdict(list)
    for lines in units.values():
        if len(lines) == 1:
            continue
        for fact in ONE_PER_UNIT:
            told = [(line.at, getattr(line, fact)) for line in lines]
            _note_contradiction(roster, found, "roster:rows_contradict", fact, told)
        for people in _by_name(lines).values():
            kinds = [(at, person.kind) for at, person in people]
            _note_contradiction(roster, found, "roster:rows_contradict", "kind", kinds)
            _note_contradiction(roster, found, "roster:rows_contradict", "phones", _unlike_phones(people))
    return found


def _contradictions_of_people(roster: Roster, units: Units) -> Problems:
    found: Problems = defaultdict(list)
    for told in WhoIsWho(line for lines in units.values() for line in lines).told:
        if len(told) == 1:
            continue
        for fact in _ONE_PER_PERSON:
            values = [(at, getattr(person, fact)) for at, person in told]
            _note_contradiction(roster, found, "roster:people_contradict", fact, values)
    return found


def _note_contradiction(roster: Roster, found: Problems, code: str, fact: str, told: Iterable[tuple[At, Any]]) -> None:
    said = [(at, value) for at, value in told if value is not None]
    if len({value for _at, value in said}) < 2:
        return
    rows = sorted({at for at, _value in said})
    for at in rows:
        found[at].append(reason(code, rows=roster.names_of(rows), heading=FACTS[fact]))


def _by_name(lines: Iterable[RosterLine]) -> dict[str, list[tuple[At, RosterPerson]]]:
    people: dict[str, list[tuple[At, RosterPerson]]] = defaultdict(list)
    for line in lines:
        for person in (*line.owners, *line.tenants):
            people[name_key(person.name)].append((line.at, person))
    return people


def _unlike_phones(people: list[tuple[At, RosterPerson]]) -> list[tuple[At, Any]]:
    """One name in one unit is one person: rows whose numbers have nothing in common contradict each other."""
    told = [(at, person.phones) for at, person in people if person.phones]
    return [
        (at, phones)
        for at, phones in told
        if any(at != other_at and set(phones).isdisjoint(other) for other_at, other in told)
    ]


def _once(reasons: Iterable[Reason]) -> tuple[Reason, ...]:
    return tuple(dict.fromkeys(reasons))
