"""What a survey came to, as it is shown, printed and handed up: every line with its name (R31, R32, form 13).

They are plain data: what somebody has read is kept as it was, and read back from JSON. Owners' words stand in their
sheets alone; figures know of which sheets they are.
"""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from pydantic import TypeAdapter

from app.core.clock import local_date
from app.core.i18n import Name, lazy_, name_of, words_in
from app.estates.models import Estate
from app.estates.queries import building_names
from app.estates.rules import limits
from app.people.models import Department
from app.people.queries import departments
from app.people.rules import Liable
from app.surveys.counting import (
    Answered,
    Facts,
    Item,
    Returns,
    Satisfaction,
    items_of,
    overall_of,
    returns_of,
)
from app.surveys.homes import without_a_sheet
from app.surveys.models import Survey, SurveySheet
from app.surveys.queries import handed_up_before, sheets_to_count
from app.surveys.rules import HANDED_UP, Level

MOST_EARLIER = 4
"""How many earlier surveys a result is compared with."""


@dataclass(frozen=True)
class CompanyLine:
    """All items about one company's departments; `company` is a value of `Liable`."""

    company: str
    said: Satisfaction


@dataclass(frozen=True)
class ItemLine:
    """One item, as it was asked."""

    text: Name
    said: Satisfaction


@dataclass(frozen=True)
class DepartmentLine:
    """All items about one department, each of them; `opinions`: of the sheets on which something is written to it."""

    department_id: uuid.UUID
    name: Name
    company: str
    said: Satisfaction
    items: tuple[ItemLine, ...]
    opinions: tuple[uuid.UUID, ...]


@dataclass(frozen=True)
class BuildingLine:
    """The sheets of one building."""

    name: Name
    returns: Returns
    overall: Satisfaction
    items: Satisfaction


@dataclass(frozen=True)
class Earlier:
    """What an earlier survey came to; `departments`: by id."""

    survey_id: uuid.UUID
    number: str
    year: int
    title: Name
    returns: Returns
    overall: Satisfaction
    items: Satisfaction
    departments: dict[uuid.UUID, Satisfaction]


@dataclass(frozen=True)
class Figures:
    """A survey as it was counted on a day. `ended_early`: why, if collecting ended before `collect_until`.
    `without_a_sheet`: households that were none when it went out, and were not given one since.

    `version` is that of this text: of figures that were kept by an earlier program.
    """

    number: str
    year: int
    title: Name
    counted_on: date
    issue_from: date
    issue_until: date
    collect_until: date
    ended_early: str
    vacant: int
    proxy_share: int
    unsigned_count: bool
    returns: Returns
    overall: Satisfaction
    items: Satisfaction
    companies: tuple[CompanyLine, ...]
    departments: tuple[DepartmentLine, ...]
    buildings: tuple[BuildingLine, ...]
    earlier: tuple[Earlier, ...]
    without_a_sheet: int = 0
    version: int = 1

    @property
    def worst_first(self) -> list[DepartmentLine]:
        """Its departments, whose owners are least satisfied first; those that nobody judged last."""
        return sorted(self.departments, key=lambda one: one.said.badness)

    @property
    def beside_earlier(self) -> list[tuple[DepartmentLine, list[Satisfaction | None]]]:
        """Each department, the worst first, in this survey and those before it; none where it was not asked about."""
        return [
            (one, [one.said, *(before.departments.get(one.department_id) for before in self.earlier)])
            for one in self.worst_first
        ]

    @property
    def opinions(self) -> int:
        """How many there are, to all departments."""
        return sum(len(one.opinions) for one in self.departments)


_PLAIN = TypeAdapter(Figures)


def facts_of(estate: Estate, survey: Survey) -> Facts:
    """All that a survey's figures are counted from, as it stands: also for who wants to know what came back alone."""
    return _facts(estate, survey, sheets_to_count(survey.id), {one.id: one for one in departments(estate.id)})


def figures_of(estate: Estate, survey: Survey, at: datetime, ended_early: str = "") -> Figures:
    """The survey as it stands."""
    sheets, known = sheets_to_count(survey.id), {one.id: one for one in departments(estate.id)}
    facts, words = _facts(estate, survey, sheets, known), [sheet for sheet, _building in sheets]
    lines = [_department(survey, facts, known[id_], words) for id_ in _in_order(survey, words, known)]
    return Figures(
        number=survey.number,
        year=survey.year,
        title=name_of(survey.title),
        counted_on=local_date(at, estate.time_zone),
        issue_from=survey.issue_from,
        issue_until=survey.issue_until,
        collect_until=survey.collect_until,
        ended_early=ended_early,
        vacant=survey.vacant,
        proxy_share=facts.proxy_share,
        unsigned_count=facts.unsigned_count,
        returns=returns_of(facts),
        overall=overall_of(facts),
        items=items_of(facts),
        companies=tuple(_companies(facts)),
        departments=tuple(lines),
        buildings=tuple(_buildings(facts)),
        earlier=tuple(_earlier(one) for one in handed_up_before(survey, MOST_EARLIER)),
        without_a_sheet=without_a_sheet(survey, estate, local_date(at, estate.time_zone)),
    )


def as_text(figures: Figures) -> str:
    """As they are kept."""
    return _PLAIN.dump_json(figures).decode()


def from_text(text: str) -> Figures:
    """The same, read back."""
    return _PLAIN.validate_json(text)


def kept_of(survey: Survey) -> Figures | None:
    """As they were handed up, while they stand: with the settings of that day, whatever is set now."""
    if survey.state not in HANDED_UP:
        return None
    assert survey.figures is not None, "it was handed up with them"
    return from_text(survey.figures)


def _facts(
    estate: Estate,
    survey: Survey,
    sheets: Iterable[tuple[SurveySheet, uuid.UUID]],
    known: Mapping[uuid.UUID, Department],
) -> Facts:
    limit, asked = limits(estate.settings), {str(one.id): one.id for one in survey.questions}
    return Facts(
        items=[Item(one.id, one.department_id, known[one.department_id].liable) for one in survey.questions],
        sheets=[_answered(sheet, building_id, asked) for sheet, building_id in sheets],
        households=survey.households,
        proxy_share=limit.proxy_share,
        unsigned_count=bool(limit.unsigned_sheets),
    )


def _answered(sheet: SurveySheet, building_id: uuid.UUID, asked: Mapping[str, uuid.UUID]) -> Answered:
    """What of a sheet is counted; a level of what was never asked is not. `asked`: ids as sheets keep them → ids."""
    given = {asked[id_]: Level(level) for id_, level in sheet.levels.items() if id_ in asked}
    return Answered(
        building_id=building_id,
        state=sheet.state,
        was_handed_out=sheet.handed_out_at is not None,
        filled=sheet.filled,
        signed=sheet.signed,
        proxy=sheet.proxy,
        overall=sheet.overall or Level.NONE,
        levels=given,
    )


def _in_order(survey: Survey, sheets: Sequence[SurveySheet], known: Iterable[uuid.UUID]) -> list[uuid.UUID]:
    """The departments as they are asked about, then any others to which something is written."""
    written = {id_ for sheet in sheets for id_ in sheet.opinions}
    return list(
        dict.fromkeys(
            [*(one.department_id for one in survey.questions), *(id_ for id_ in known if str(id_) in written)]
        )
    )


def _department(survey: Survey, facts: Facts, department: Department, sheets: Sequence[SurveySheet]) -> DepartmentLine:
    def is_item(item: Item, id_: uuid.UUID) -> bool:
        return item.id == id_

    theirs = [one for one in survey.questions if one.department_id == department.id]
    return DepartmentLine(
        department_id=department.id,
        name=name_of(department.name),
        company=department.liable.value,
        said=items_of(facts, lambda item: item.department_id == department.id),
        items=tuple(ItemLine(name_of(one.text), items_of(facts, partial(is_item, id_=one.id))) for one in theirs),
        opinions=tuple(sheet.id for sheet in sheets if str(department.id) in sheet.opinions),
    )


def _companies(facts: Facts) -> Iterable[CompanyLine]:
    """Those that are asked about (R31): in profile B there is one."""

    def is_of(item: Item, company: Liable) -> bool:
        return item.company is company

    for company in Liable:
        if any(item.company is company for item in facts.items):
            yield CompanyLine(company.value, items_of(facts, partial(is_of, company=company)))


def _buildings(facts: Facts) -> Iterable[BuildingLine]:
    """Each in which a household has a sheet, by number."""
    names = building_names({sheet.building_id for sheet in facts.sheets})
    for id_, name in sorted(names.items(), key=lambda one: (len(one[1]), one[1])):
        yield BuildingLine(
            name=_building(name),
            returns=returns_of(facts, id_),
            overall=overall_of(facts, id_),
            items=items_of(facts, building_id=id_),
        )


def _building(name: str) -> Name:
    words = lazy_("Building %(building)s", building=name)
    return Name(words_in("zh", words), words_in("en", words))


def _earlier(survey: Survey) -> Earlier:
    assert survey.figures is not None, "it was handed up"
    figures = from_text(survey.figures)
    return Earlier(
        survey_id=survey.id,
        number=figures.number,
        year=figures.year,
        title=figures.title,
        returns=figures.returns,
        overall=figures.overall,
        items=figures.items,
        departments={one.department_id: one.said for one in figures.departments},
    )
