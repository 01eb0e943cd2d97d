"""A year's statistics as they are printed and handed up: every line with its name, and the carry-over list.

They are plain data: what somebody has signed is kept as it was, and read back from JSON.
"""

import uuid
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial

from pydantic import TypeAdapter

from app.core.clock import local_date
from app.core.i18n import Name, name_of
from app.estates.households import vacant_units
from app.estates.models import Estate
from app.reports.carried_over import MOST, CarriedOver, carried_over
from app.reports.counting import Dimension, Line, count, count_by
from app.reports.models import YearReport
from app.reports.queries import Year, facts_of, keys_of
from app.reports.words import Names


@dataclass(frozen=True)
class NamedLine:
    """One line and what it is of."""

    name: Name
    line: Line


@dataclass(frozen=True)
class Part:
    """The year by one dimension, of which `by` is the value."""

    by: str
    lines: tuple[NamedLine, ...]


@dataclass(frozen=True)
class CarriedLine:
    """An issue on the carry-over list. `said`: the move of the review, blank while it has not decided."""

    issue_id: uuid.UUID
    number: str
    unit: str
    text: str
    category: Name
    department: Name | None
    cannot: str
    reason: str
    agreed_on: date
    said: str
    note: str
    reviewer: str
    reviewed_on: date | None


@dataclass(frozen=True)
class Figures:
    """A year as it was counted on a day: `last` is its last day, or that day while the year runs.

    `cut`: more is carried over than stands on the list.
    """

    year: int
    last: date
    is_over: bool
    vacant: int
    total: Line
    parts: tuple[Part, ...]
    carried: tuple[CarriedLine, ...]
    cut: bool = False


_IN_THE_FORM = tuple(one for one in Dimension if one is not Dimension.OFFICER)
"""What form 10 counts by; officers are looked at in the office alone (R42)."""
_PLAIN = TypeAdapter(Figures)


def figures_of(estate: Estate, year: Year) -> Figures:
    """The year as it stands."""
    facts, names = facts_of(estate, year), Names(estate.id)
    carried = carried_over(estate.id, year, MOST + 1)

    def part(by: Dimension) -> Part:
        lines = count_by(facts, by, keys_of(estate, year, by, facts), {})
        return Part(
            by.value,
            tuple(NamedLine(name_of(partial(names.of, by, key)), line) for key, line in lines),
        )

    return Figures(
        year=year.number,
        last=year.last,
        is_over=year.is_over,
        vacant=vacant_units(estate, year.last),
        total=count(facts, {}),
        parts=tuple(map(part, _IN_THE_FORM)),
        carried=tuple(_carried(one, year.zone) for one in carried[:MOST]),
        cut=len(carried) > MOST,
    )


def figures_in(estate: Estate, report: YearReport, now: datetime) -> Figures:
    """A year as it was counted when it was handed up; until it is assessed with what its review has said so far.

    Assessed, it holds what had been said by then (R19), and nothing that is said of an issue later.
    """
    figures = from_text(report.figures)
    return figures if report.assessed_at else with_opinions(figures, estate, now)


def with_opinions(figures: Figures, estate: Estate, now: datetime) -> Figures:
    """The same, with what has been said since of each issue on its list."""
    listed = carried_over(estate.id, Year(figures.year, estate.time_zone, now)) if figures.carried else []
    said = {one.issue_id: one for one in (_carried(one, estate.time_zone) for one in listed) if one.said}

    def told(line: CarriedLine) -> CarriedLine:
        one = said.get(line.issue_id, line)
        return replace(line, said=one.said, note=one.note, reviewer=one.reviewer, reviewed_on=one.reviewed_on)

    return replace(figures, carried=tuple(map(told, figures.carried)))


def as_text(figures: Figures) -> str:
    """As they are kept."""
    return _PLAIN.dump_json(figures).decode()


def from_text(text: str) -> Figures:
    """The same, read back."""
    return _PLAIN.validate_json(text)


def _carried(one: CarriedOver, zone: str) -> CarriedLine:
    issue, said = one.issue, one.reviewed
    department = issue.department
    return CarriedLine(
        issue_id=issue.id,
        number=issue.number or "",
        unit=issue.where_short("zh"),
        text=issue.text,
        category=Name(issue.category.name_zh, issue.category.name_en),
        department=Name(department.name_zh, department.name_en) if department else None,
        cannot=one.cannot.value,
        reason=one.reason,
        agreed_on=local_date(one.agreed_at, zone),
        said=said.move if said else "",
        note=said.note if said else "",
        reviewer=said.by if said else "",
        reviewed_on=local_date(said.at, zone) if said else None,
    )
