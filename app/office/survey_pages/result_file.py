"""A survey's result as a workbook: every line with each of its counts and rates in a column of its own."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from app.core.i18n import _, current_locale, lazy_
from app.core.rates import Rate
from app.office.asked import Column, ListOf
from app.office.setting_pages.setting_words import COMPANIES
from app.people.rules import Liable
from app.surveys.counting import FIVE_LEVELS, Returns, Satisfaction
from app.surveys.figures import Figures
from app.surveys.words import LEVELS


@dataclass(frozen=True)
class Line:
    """A line of the workbook: which part of the result, what it is of."""

    part: str
    words: str
    said: Satisfaction | None
    returns: Returns | None = None
    opinions: int | None = None


def _level(place: int) -> Callable[[Line], int | None]:
    return lambda line: line.said.levels[place] if line.said else None


def _said(of: Callable[[Satisfaction], int]) -> Callable[[Line], int | None]:
    return lambda line: of(line.said) if line.said else None


def _rate(of: Callable[[Satisfaction], Rate]) -> Callable[[Line], str]:
    return lambda line: of(line.said).percent if line.said else ""


def _of_sheets(of: Callable[[Returns], int]) -> Callable[[Line], int | None]:
    return lambda line: of(line.returns) if line.returns else None


def _rate_of_sheets(of: Callable[[Returns], Rate]) -> Callable[[Line], str]:
    return lambda line: of(line.returns).percent if line.returns else ""


RESULT: ListOf[Line] = ListOf(
    name="survey_result",
    title=lazy_("Result of a survey"),
    columns=(
        Column("part", lazy_("Part of the result"), lambda line: line.part, width=20),
        Column("line", lazy_("Line"), lambda line: line.words, width=36),
        *(
            Column(level.value, words, _level(n))
            for n, (level, words) in enumerate(LEVELS.items())
            if level in FIVE_LEVELS
        ),
        Column("valid", lazy_("Valid answers"), _said(lambda said: said.valid)),
        Column("satisfied", lazy_("Satisfied or better"), _said(lambda said: said.strict.part)),
        Column("strict", lazy_("Satisfaction rate, strict"), _rate(lambda said: said.strict)),
        Column("broadly", lazy_("With mostly satisfied"), _said(lambda said: said.broad.part)),
        Column("broad", lazy_("Satisfaction rate, broad"), _rate(lambda said: said.broad)),
        Column("phone_valid", lazy_("Of the valid, by phone"), _said(lambda said: said.by_phone.whole)),
        Column("few", lazy_("Fewer than 5 answers"), lambda line: _("few") if line.said and line.said.is_small else ""),
        Column("no_opinion", lazy_("No opinion"), _said(lambda said: said.no_opinion)),
        Column("left_out", lazy_("Proxies above the share"), _said(lambda said: said.left_out)),
        Column("unsigned", lazy_("Unsigned, not counted"), _said(lambda said: said.unsigned)),
        Column("opinions", lazy_("Written opinions"), lambda line: line.opinions),
        Column("households", lazy_("Households"), _of_sheets(lambda one: one.households)),
        Column("issued", lazy_("Sheets handed out"), _of_sheets(lambda one: one.issued)),
        Column("distribution", lazy_("Distribution rate"), _rate_of_sheets(lambda one: one.distribution)),
        Column("collected", lazy_("Sheets that came back"), _of_sheets(lambda one: one.collected)),
        Column("response", lazy_("Response rate"), _rate_of_sheets(lambda one: one.response)),
        Column("sheets_valid", lazy_("Valid sheets"), _of_sheets(lambda one: one.valid)),
        Column("validity", lazy_("Share of valid sheets"), _rate_of_sheets(lambda one: one.validity)),
        Column("signed", lazy_("Signed sheets"), _of_sheets(lambda one: one.signed)),
        Column("signed_share", lazy_("Share of signed sheets"), _rate_of_sheets(lambda one: one.signed_share)),
        Column("declined", lazy_("Declined"), _of_sheets(lambda one: one.declined)),
        Column("not_returned", lazy_("Not come back"), _of_sheets(lambda one: one.not_returned)),
        Column("not_handed_out", lazy_("Not handed out"), _of_sheets(lambda one: one.not_handed_out)),
    ),
    filters=(),
    usual=lambda _asked: "",
)


def lines_of(figures: Figures) -> Iterable[Line]:
    """The whole survey, companies, departments with their items, buildings, earlier surveys."""
    locale, whole, item = current_locale(), _("Whole survey"), _("Item")
    overall, all_items = _("Overall"), _("All items")
    yield Line(whole, f"{figures.number} · {overall}", figures.overall, figures.returns, figures.opinions)
    yield Line(whole, f"{figures.number} · {all_items}", figures.items)
    for company in figures.companies:
        yield Line(_("Company"), str(COMPANIES[Liable(company.company)]), company.said)
    for one in figures.departments:
        yield Line(_("Department"), one.name.of(locale), one.said, opinions=len(one.opinions))
        for asked in one.items:
            yield Line(f"{item} · {one.name.of(locale)}", asked.text.of(locale), asked.said)
    for building in figures.buildings:
        yield Line(_("Building"), building.name.of(locale), building.overall, building.returns)
    for earlier in figures.earlier:
        yield Line(_("Earlier survey"), earlier.number, earlier.overall, earlier.returns)
