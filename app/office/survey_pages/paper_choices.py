"""Of which part of a survey its sheets and receipts can be printed, and which part somebody asked for."""

from dataclasses import dataclass

from app.documents.sheets_of.survey_forms import MOST_COPIES
from app.estates.models import Building
from app.people.models import Staff
from app.surveys.homes import buildings_of, officers_of, sheets_walked
from app.surveys.models import Survey, SurveySheet


@dataclass(frozen=True)
class PartAsked:
    """Which part of the sheets: of a building, of an officer, or the nth of so many as one paper holds; 0 for all."""

    building: Building | None
    officer: Staff | None
    part: int

    def sheets(self, survey: Survey) -> list[SurveySheet]:
        """As one walks; of a part, those that it is a part of."""
        building_id, officer_id = (one.id if one else None for one in (self.building, self.officer))
        return sheets_walked(survey.id, building_id=building_id, officer_id=officer_id)


@dataclass(frozen=True)
class Choices:
    """Of what part of a survey its papers can be had. `parts`: first and last place of each, where one paper does not
    hold all; `asked`: what was asked for, if that was more than it holds.
    """

    buildings: list[Building]
    officers: list[Staff]
    parts: list[tuple[int, int]]
    asked: PartAsked | None = None


def choices(survey: Survey, asked: PartAsked | None = None, *, of: int = 0) -> Choices:
    """What the papers of a survey can be narrowed to: of all its sheets, or of so many as were asked for."""
    return Choices(buildings_of(survey.id), officers_of(survey.id), _parts(of or survey.households), asked)


def _parts(last: int) -> list[tuple[int, int]]:
    """First and last place of each part of so many sheets; none where one paper holds them."""
    parts = [(first, min(first + MOST_COPIES - 1, last)) for first in range(1, last + 1, MOST_COPIES)]
    return parts if len(parts) > 1 else []
