"""What officers did in a year, on paper: the basis of their appraisal (R42), with the figures of the page."""

from dataclasses import dataclass
from datetime import date, datetime

from app.core.clock import local_date
from app.documents.letterhead import letterhead
from app.documents.sheets import Language, Sheet
from app.estates.models import Estate
from app.reports.counting import Line
from app.reports.figures import NamedLine


@dataclass(frozen=True, kw_only=True)
class OfficersSheet(Sheet):
    """A line for each officer. `last`: the last day counted; `filters`: of which part of the year, in words."""

    year: int
    last: date
    filters: tuple[str, ...]
    lines: tuple[NamedLine, ...]
    total: Line


def officers_sheet(
    estate: Estate,
    languages: tuple[Language, ...],
    *,
    year: int,
    last: date,
    filters: tuple[str, ...],
    lines: tuple[NamedLine, ...],
    total: Line,
    printed_at: datetime,
) -> OfficersSheet:
    """The lines that the page shows."""
    return OfficersSheet(
        languages=languages,
        estate=letterhead(estate, languages),
        number=f"KH-{year}-{local_date(printed_at, estate.time_zone):%m%d}",
        printed_at=printed_at,
        year=year,
        last=last,
        filters=filters,
        lines=lines,
        total=total,
    )
