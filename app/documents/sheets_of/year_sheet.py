"""Form 10, a year's statistics on paper: by month, category, method, building, department; the carry-over list."""

from dataclasses import dataclass, replace
from datetime import datetime

from app.approvals.queries import review_of
from app.core.clock import local_date
from app.documents.hands import Hand, hands_of
from app.documents.letterhead import letterhead
from app.documents.sheets import Language, Sheet
from app.estates.models import Estate
from app.reports.figures import CarriedLine, Figures, figures_in
from app.reports.models import YearReport


@dataclass(frozen=True, kw_only=True)
class YearSheet(Sheet):
    """A year as it was counted; once it is handed up with what was said of it, and who had it in hand when."""

    figures: Figures
    summary: str = ""
    hands: tuple[Hand, ...] = ()

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


def signed_year_sheet(
    estate: Estate, report: YearReport, languages: tuple[Language, ...], *, printed_at: datetime
) -> YearSheet:
    """The year as it was handed up, and how far it has come."""
    sheet = year_sheet(estate, figures_in(estate, report, printed_at), languages, printed_at=report.counted_at)
    review = review_of(report.id)
    assert review is not None, "a report is under review from its beginning"
    return replace(sheet, printed_at=printed_at, summary=report.summary, hands=tuple(hands_of(review)))
