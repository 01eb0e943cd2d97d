"""Proposing a month's plan: who is due by the visit cycle (P53), in walking order, balanced over the officers (V44)."""

import calendar
import itertools
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from app.estates.rules import months_before

Share = TypeVar("Share")
"""Who, or what day, homes are shared out to."""


@dataclass(frozen=True)
class Home:
    """A household as planning sees it. `last_met_on` is the last day its owner was met, if ever."""

    unit_id: uuid.UUID
    building: str
    entrance: str
    floor: int | None
    number: str
    last_met_on: date | None


@dataclass(frozen=True)
class Proposal:
    """One household proposed for the month: who goes there, and by which day."""

    home: Home
    officer_id: uuid.UUID
    due_on: date


def month_of(day: date) -> str:
    """`2026-11`."""
    return f"{day:%Y-%m}"


def last_day(month: str) -> date:
    """The last day of `2026-11`. Raises ValueError for what is no month."""
    year, number = (int(part) for part in month.split("-"))
    return date(year, number, calendar.monthrange(year, number)[1])


def due_in(homes: Sequence[Home], month: str, cycle_months: int) -> list[Home]:
    """The homes whose cycle ends in the month or before it, and those never met."""
    end = last_day(month)
    return [home for home in homes if home.last_met_on is None or cycle_ends(home.last_met_on, cycle_months) <= end]


def propose(
    homes: Sequence[Home], officers: Sequence[uuid.UUID], month: str, cycle_months: int, today: date
) -> list[Proposal]:
    """The month's proposals in walking order; a floor is never split between officers. Empty without officers."""
    if not officers:
        return []
    due = due_in(homes, month, cycle_months)
    earliest = max(today, last_day(month).replace(day=1))
    return [
        Proposal(home, officer, day_for(home, month, cycle_months, earliest))
        for home, officer in share_out(due, officers)
    ]


def share_out(homes: Sequence[Home], among: Sequence[Share]) -> list[tuple[Home, Share]]:
    """The homes in walking order, each with its officer, or its day; a floor is never split between two."""
    floors = [list(there) for _key, there in itertools.groupby(sorted(homes, key=walking_order), key=_floor_of)]
    shared = zip(floors, _shared_out(floors, among), strict=True)
    return [(home, share) for there, share in shared for home in there]


def walking_order(home: Home) -> tuple[object, ...]:
    """Building, entrance, then floor downwards: the lift goes up once. Numbers in names sort as numbers."""
    # The plain values follow the natural ones, so that `3` and `03` are two buildings and no floor is torn apart.
    building, entrance = (_natural(home.building), home.building), (_natural(home.entrance), home.entrance)
    return building, entrance, -(home.floor or 0), home.floor is None, _natural(home.number)


def _shared_out(floors: list[list[Home]], among: Sequence[Share]) -> list[Share]:
    """One of them for each floor: neighbouring floors to the same one, as equal in homes as whole floors allow."""
    total, before, shared = sum(len(homes) for homes in floors), 0.0, []
    for homes in floors:
        middle = before + len(homes) / 2
        shared.append(among[min(int(middle * len(among) / total), len(among) - 1)])
        before += len(homes)
    return shared


def day_for(home: Home, month: str, cycle_months: int, earliest: date) -> date:
    """The day the cycle ends, within what is left of the month."""
    end = last_day(month)
    if home.last_met_on is None:
        return end
    return min(max(cycle_ends(home.last_met_on, cycle_months), earliest), end)


def cycle_ends(last_met_on: date, cycle_months: int) -> date:
    """The same day `cycle_months` later; counted forwards, as the 31st has no such day in every month."""
    return months_before(last_met_on, -cycle_months)


def _floor_of(home: Home) -> tuple[object, ...]:
    return home.building, home.entrance, home.floor


def _natural(name: str) -> tuple[tuple[int, int, str], ...]:
    """`10` after `9`, `A` after the numbers."""
    parts = ("".join(group) for _digit, group in itertools.groupby(name, key=str.isdecimal))
    return tuple((0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts)
