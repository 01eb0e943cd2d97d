"""Which units somebody means who writes down their numbers, or the names of who lives there, a line each."""

import re
import uuid
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from app.estates.models import Unit
from app.estates.queries import Wanted, find_units, units_of
from app.estates.roster.cells import Misread
from app.estates.roster.places import key, read_place

MOST_LINES = 1_000
_MOST_SHOWN = 6


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
    return [meant for line in lines[:MOST_LINES] for meant in _meant(estate_id, line, by_number, day)]


def _meant(estate_id: uuid.UUID, line: str, by_number: dict[str, list[Unit]], day: date) -> Iterator[Meant]:
    found = _at(line, by_number) or find_units(estate_id, Wanted(on=day, words=line), count=_MOST_SHOWN)[0]
    parts = [part for part in re.split(r"[,，\s]+", line) if part]
    if found or len(parts) < 2:
        yield Meant(line, found[:_MOST_SHOWN])
        return
    for part in parts:
        yield Meant(
            part,
            (_at(part, by_number) or find_units(estate_id, Wanted(on=day, words=part), count=_MOST_SHOWN)[0])[
                :_MOST_SHOWN
            ],
        )


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
