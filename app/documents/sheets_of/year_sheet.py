"""Form 10, a year's statistics on paper: by month, category, method, building, department; the carry-over list."""

from dataclasses import dataclass
from datetime import date

from app.core.clock import local_date
from app.documents.letterhead import letterhead
from app.documents.sheets import Bilingual, Language, Sheet
from app.estates.models import Estate
from app.reports.carried_over import CarriedOver, carried_over
from app.reports.counting import Dimension, Line, count, count_by
from app.reports.queries import Year, facts_of, keys_of
from app.reports.words import Names
from app.visits.figures import vacant_units


@dataclass(frozen=True)
class YearLine:
    """One line and what it is of."""

    name: Bilingual
    line: Line


@dataclass(frozen=True)
class YearPart:
    """The year by one thing; `by`: a value of `Dimension`."""

    by: str
    lines: tuple[YearLine, ...]


@dataclass(frozen=True)
class CarriedLine:
    """An issue on the carry-over list. `said`: the move of the review, blank while it has not decided."""

    number: str
    unit: str
    text: str
    category: Bilingual
    department: Bilingual | None
    cannot: str
    reason: str
    agreed_on: date
    said: str
    note: str
    reviewer: str
    reviewed_on: date | None


@dataclass(frozen=True, kw_only=True)
class YearSheet(Sheet):
    """A year as it was counted on the day of printing: `last` is its last day, or that day while it runs."""

    year: int
    last: date
    is_over: bool
    vacant: int
    total: Line
    parts: tuple[YearPart, ...]
    carried: tuple[CarriedLine, ...]


def year_sheet(estate: Estate, year: Year, languages: tuple[Language, ...]) -> YearSheet:
    """The year as it stands. Only reads."""
    facts, names = facts_of(estate, year), Names(estate.id)

    def part(by: Dimension) -> YearPart:
        lines = count_by(facts, by, keys_of(estate, year, by, facts), {})
        called = (Bilingual(names.of(by, key, "zh"), names.of(by, key, "en")) for key, _line in lines)
        return YearPart(by.value, tuple(YearLine(name, line) for name, (_key, line) in zip(called, lines, strict=True)))

    return YearSheet(
        languages=languages,
        estate=letterhead(estate, languages),
        number=f"TJ-{year.number}-{local_date(year.now, year.zone):%m%d}",
        printed_at=year.now,
        year=year.number,
        last=year.last,
        is_over=year.is_over,
        vacant=vacant_units(estate.id),
        total=count(facts, {}),
        parts=tuple(map(part, Dimension)),
        carried=tuple(_carried(one, year.zone) for one in carried_over(estate.id, year)),
    )


def _carried(one: CarriedOver, zone: str) -> CarriedLine:
    issue, said = one.issue, one.reviewed
    return CarriedLine(
        number=issue.number or "",
        unit=issue.where_short("zh"),
        text=issue.text,
        category=Bilingual(issue.category.name_zh, issue.category.name_en),
        department=Bilingual(issue.department.name_zh, issue.department.name_en) if issue.department else None,
        cannot=one.cannot.value,
        reason=one.reason,
        agreed_on=local_date(one.agreed_at, zone),
        said=said.move if said else "",
        note=said.note if said else "",
        reviewer=said.by if said else "",
        reviewed_on=local_date(said.at, zone) if said else None,
    )
