"""Form 12, the open letter to owners after a survey: how many were asked and answered, rates, measures, worst first."""

from dataclasses import dataclass
from datetime import date, datetime

from app.core.i18n import Name, name_of
from app.documents.letterhead import letterhead
from app.documents.sheets import Language, Sheet
from app.estates.models import Estate
from app.surveys.figures import DepartmentLine, Figures, ItemLine
from app.surveys.measures import measures_of
from app.surveys.models import Survey

MOST_ITEMS = 5
"""How many of the items that owners judged worst stand in the letter."""


@dataclass(frozen=True)
class Measure:
    """What a department does about it, and by when, if a day is settled."""

    department: Name
    text: str
    by: date | None = None


@dataclass(frozen=True, kw_only=True)
class LetterSheet(Sheet):
    """The letter; `is_draft` until its figures are read to the end."""

    figures: Figures
    measures: tuple[Measure, ...] = ()
    is_draft: bool = False

    @property
    def worst_items(self) -> list[tuple[DepartmentLine, ItemLine]]:
        """Those that owners judged worst, of those that anybody judged."""
        found = [(one, item) for one in self.figures.departments for item in one.items if item.said.valid]
        return sorted(found, key=lambda both: both[1].said.badness)[:MOST_ITEMS]


def measures_told(survey: Survey, figures: Figures) -> tuple[Measure, ...]:
    """What departments do about it, of the one that owners judged worst first."""
    place = {line.department_id: n for n, line in enumerate(figures.worst_first)}
    found = sorted(measures_of(survey.id), key=lambda one: place.get(one.department.id, len(place)))
    return tuple(Measure(name_of(one.department.name), one.measure, one.due_on) for one in found if one.measure)


def letter_sheet(
    estate: Estate,
    figures: Figures,
    languages: tuple[Language, ...],
    measures: tuple[Measure, ...] = (),
    *,
    printed_at: datetime,
    is_draft: bool,
) -> LetterSheet:
    """What owners are told of these figures, and of what the departments do."""
    return LetterSheet(
        languages=languages,
        estate=letterhead(estate, languages),
        number=f"GKX-{figures.number}",
        printed_at=printed_at,
        figures=figures,
        measures=measures,
        is_draft=is_draft,
    )
