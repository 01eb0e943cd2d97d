"""Builders for forms 12 and 13: a survey as it was counted, with as many written opinions as are asked for."""

import uuid
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from app.core.i18n import Name
from app.core.rates import Rate
from app.documents.hands import Hand
from app.documents.sheets_of.survey_analysis import AnalysisSheet, Written
from app.documents.sheets_of.survey_letter import LetterSheet, Measure
from app.surveys.counting import Returns, Satisfaction
from app.surveys.figures import BuildingLine, CompanyLine, DepartmentLine, Earlier, Figures, ItemLine
from tests.documents.builders import PRINTED, an_estate

REPAIRS, WORKS = Name("工程维修部", "Repairs"), Name("地产公司工程部", "Developer's engineering")


def said(*levels: int, **changes: Any) -> Satisfaction:
    """So many valid answers of each level, the best first; three owners had no opinion, one proxy was too many."""
    facts = {"by_phone": Rate(1, 2), "no_opinion": 3, "left_out": 1, "unsigned": 0}
    return Satisfaction(levels=levels, **(facts | changes))  # type: ignore[arg-type]


def some_returns(**changes: Any) -> Returns:
    """120 households: 100 sheets handed out, 80 came back, 76 of them valid."""
    returns = Returns(
        households=120,
        not_handed_out=17,
        not_returned=15,
        declined=8,
        issued=100,
        collected=80,
        signed=70,
        by_phone=4,
        valid=76,
        blank=3,
        unsigned=0,
        left_out=1,
    )
    return replace(returns, **changes)


def survey_figures(opinions: int = 1, **changes: Any) -> Figures:
    """Repairs do worse than the developer; a year before they did better."""
    repairs = DepartmentLine(
        department_id=uuid.UUID(int=1),
        name=REPAIRS,
        company="property",
        said=said(10, 20, 10, 8, 2),
        items=(ItemLine(Name("维修是否及时", "Are repairs in time"), said(4, 10, 6, 4, 1)),),
        opinions=tuple(uuid.UUID(int=n) for n in range(opinions)),
    )
    works = DepartmentLine(
        department_id=uuid.UUID(int=2),
        name=WORKS,
        company="developer",
        said=said(2, 2, 0, 0, 0),
        items=(ItemLine(Name("房屋质量", "Quality of the building"), said(2, 2, 0, 0, 0)),),
        opinions=(),
    )
    before = Earlier(
        survey_id=uuid.UUID(int=7),
        number="2025-1",
        year=2025,
        title=Name("2025 年业主满意度调查", "Owner satisfaction 2025"),
        returns=some_returns(issued=90, collected=60),
        overall=said(20, 20, 10, 5, 5),
        items=said(20, 20, 10, 10, 0),
        departments={uuid.UUID(int=1): said(9, 9, 1, 1, 0)},
    )
    figures = Figures(
        number="2026-1",
        year=2026,
        title=Name("2026 年业主满意度调查", "Owner satisfaction 2026"),
        counted_on=date(2026, 11, 28),
        issue_from=date(2026, 11, 1),
        issue_until=date(2026, 11, 14),
        collect_until=date(2026, 11, 27),
        ended_early="",
        vacant=25,
        proxy_share=5,
        unsigned_count=True,
        returns=some_returns(),
        overall=said(20, 30, 10, 10, 5),
        items=said(12, 22, 10, 8, 2),
        companies=(CompanyLine("property", repairs.said), CompanyLine("developer", works.said)),
        departments=(works, repairs),
        buildings=(
            BuildingLine(Name("3 栋", "Building 3"), some_returns(), said(20, 30, 10, 10, 5), said(12, 22, 10, 8, 2)),
        ),
        earlier=(before,),
    )
    return replace(figures, **changes)


def an_analysis(opinions: int = 1, **changes: Any) -> AnalysisSheet:
    """The analysis as the manager has passed it on, and so many opinions about repairs."""
    sheet = AnalysisSheet(
        languages=("zh", "en"),
        estate=an_estate(),
        number="MYD-2026-1",
        printed_at=PRINTED,
        figures=survey_figures(opinions),
        is_running=False,
        written=tuple(Written(REPAIRS, f"电梯太慢，第 {n} 次说了") for n in range(1, opinions + 1)),
        summary="维修最慢，须增派人手",
        hands=(
            Hand("count", "孙丽华", datetime(2026, 11, 28, 3, 0, tzinfo=UTC)),
            Hand("review", "顾文博", datetime(2026, 11, 29, 3, 0, tzinfo=UTC), "同意，先查维修"),
            Hand("assess"),
        ),
    )
    return replace(sheet, **changes)


def a_letter(**changes: Any) -> LetterSheet:
    """The open letter with one measure."""
    sheet = LetterSheet(
        languages=("zh", "en"),
        estate=an_estate(),
        number="GKX-2026-1",
        printed_at=PRINTED,
        figures=survey_figures(),
        measures=(Measure(REPAIRS, "增派两名维修工", date(2026, 12, 20)),),
    )
    return replace(sheet, **changes)
