"""Form 10, a year's statistics on paper: by month, category, method, building, department; the carry-over list."""

from dataclasses import dataclass
from datetime import datetime

from app.core.clock import local_date
from app.documents.letterhead import letterhead
from app.documents.sheets import Language, Sheet
from app.estates.models import Estate
from app.reports.figures import CarriedLine, Figures


@dataclass(frozen=True, kw_only=True)
class YearSheet(Sheet):
    """A year as it was counted."""

    figures: Figures

    @property
    def carried(self) -> tuple[CarriedLine, ...]:
        """The list that may be long."""
        return self.figures.carried


def year_sheet(estate: Estate, figures: Figures, languages: tuple[Language, ...], *, printed_at: datetime) -> YearSheet:
    """The year as these figures tell it."""
    return YearSheet(
        languages=languages,
        estate=letterhead(estate, languages),
        number=f"TJ-{figures.year}-{local_date(printed_at, estate.time_zone):%m%d}",
        printed_at=printed_at,
        figures=figures,
    )
