"""Form 13, the analysis of a satisfaction survey on paper: rates, distribution, trend, opinions by department (V49)."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from app.approvals.queries import review_of
from app.approvals.rules import Paper, chain_of
from app.core.i18n import Name
from app.documents.hands import Hand, hands_ahead, hands_of
from app.documents.letterhead import letterhead
from app.documents.sheets import Language, Sheet
from app.estates.models import Estate
from app.surveys.figures import DepartmentLine, Figures, ItemLine
from app.surveys.models import Survey
from app.surveys.queries import written_on
from app.surveys.rules import COLLECTING, HANDED_UP, SurveyState


@dataclass(frozen=True)
class Written:
    """What one owner wrote to a department; whose it is stands in the sheet alone."""

    department: Name
    words: str


@dataclass(frozen=True, kw_only=True)
class AnalysisSheet(Sheet):
    """A survey as it was counted; once it is handed up with what was said of it, and who had it in hand when.

    `is_running`: it is out still, or was sent back, and more sheets may come back. `called_off`: it never had a result.
    """

    figures: Figures
    is_running: bool
    written: tuple[Written, ...]
    summary: str = ""
    hands: tuple[Hand, ...] = ()
    called_off: bool = False

    @property
    def items(self) -> list[tuple[DepartmentLine, ItemLine]]:
        """Every item with whom it is about, the worst first."""
        found = [(one, item) for one in self.figures.departments for item in one.items]
        return sorted(found, key=lambda both: both[1].said.badness)

    @property
    def by_department(self) -> list[tuple[Name, list[str]]]:
        """What was written, gathered by department."""
        gathered: dict[Name, list[str]] = {}
        for one in self.written:
            gathered.setdefault(one.department, []).append(one.words)
        return list(gathered.items())


def analysis_sheet(
    estate: Estate, survey: Survey, figures: Figures, languages: tuple[Language, ...], *, printed_at: datetime
) -> AnalysisSheet:
    """The survey as these figures tell it, and how far it has come."""
    is_handed_up, called_off = survey.state in HANDED_UP, survey.state is SurveyState.WITHDRAWN
    review = review_of(survey.id) if is_handed_up else None
    ahead = hands_ahead(chain_of(Paper.SURVEY, estate.profile, estate.settings))
    return AnalysisSheet(
        languages=languages,
        estate=letterhead(estate, languages),
        number=f"MYD-{figures.number}",
        printed_at=printed_at,
        figures=figures,
        is_running=survey.state in COLLECTING,
        written=tuple(_written(figures)),
        summary=survey.summary if is_handed_up else "",
        hands=() if called_off else tuple(hands_of(review) if review else ahead),
        called_off=called_off,
    )


def _written(figures: Figures) -> Iterable[Written]:
    sheets = written_on(id_ for one in figures.departments for id_ in one.opinions)
    for one in figures.worst_first:
        for id_ in one.opinions:
            yield Written(one.name, _words(sheets[id_].opinions, one.department_id))


def _words(opinions: dict[str, str], department_id: uuid.UUID) -> str:
    return opinions[str(department_id)]
