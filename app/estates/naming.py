"""Which units somebody means who writes down their numbers, or the names of who lives there, a line each."""

import re
import uuid
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import islice

from app.estates.models import Unit
from app.estates.queries import Wanted, find_units, units_of
from app.estates.roster.cells import Misread
from app.estates.roster.places import key, read_place

MOST_LINES = 1_000
"""So many lines are read, and so many things that stand in them."""
_MOST_SHOWN = 6
_LONGEST = 120
"""What is longer is nobody's name, as a roster has them."""


@dataclass(frozen=True)
class Meant:
    """What was written, and the units that it can mean: one if it is clear, none if nobody knows such a place."""

    words: str
    units: list[Unit]

    @property
    def is_clear(self) -> bool:
        return len(self.units) == 1


def units_meant(estate_id: uuid.UUID, text: str, day: date) -> list[Meant]:
    """Each line as somebody pastes it: `3-1-1202`, `3栋1单元1202室`, `Building 3, Entrance 1, 1202`, `陈建国`.

    Several in one line stand apart by commas or blanks. Of many that it can mean a few are told.
    """
    by_number = _by_number(units_of(estate_id))
    lines = [line.strip() for line in re.split(r"[\r\n;；、\t]+", text) if line.strip()]
    meant = (meant for line in lines[:MOST_LINES] for meant in _meant(estate_id, line, by_number, day))
    return list(islice(meant, MOST_LINES))


def _meant(estate_id: uuid.UUID, line: str, by_number: dict[str, list[Unit]], day: date) -> Iterator[Meant]:
    found = _called(estate_id, line, by_number, day)
    parts = [part for part in re.split(r"[,，\s]+", line) if part]
    if found or len(parts) < 2:
        yield Meant(line, found)
        return
    for part in parts:
        yield Meant(part, _called(estate_id, part, by_number, day))


def _called(estate_id: uuid.UUID, words: str, by_number: dict[str, list[Unit]], day: date) -> list[Unit]:
    """A few of the units at a place, or of people, that are called so."""
    there = _at(words, by_number)
    if not there and len(words) <= _LONGEST:
        there, _total = find_units(estate_id, Wanted(on=day, words=words), count=_MOST_SHOWN)
    return there[:_MOST_SHOWN]


def _at(words: str, by_number: dict[str, list[Unit]]) -> list[Unit]:
    """The units at a place as it is written, perhaps without its building or entrance."""
    try:
        place = read_place(words)
    except Misread:
        return []
    if place.number is None:
        return []
    building, entrance, number = key(place.building or "", place.entrance or "", place.number)
    return [unit for unit in by_number[number] if _fits(unit, building, entrance)]


def _fits(unit: Unit, building: str, entrance: str) -> bool:
    there = key(unit.building.name, unit.entrance, unit.number)
    return building in ("", there[0]) and entrance in ("", there[1])


def _by_number(units: list[Unit]) -> dict[str, list[Unit]]:
    known: dict[str, list[Unit]] = defaultdict(list)
    for unit in units:
        known[key("", "", unit.number)[2]].append(unit)
    return known
