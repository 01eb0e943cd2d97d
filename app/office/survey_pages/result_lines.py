"""The lines of a survey's result, as its page shows them: the worst first, beside those of the survey before."""

from dataclasses import dataclass

from app.core.i18n import _, current_locale
from app.office.door import me
from app.office.setting_pages.setting_words import COMPANIES
from app.people.rules import Act, Liable
from app.surveys.counting import Returns, Satisfaction
from app.surveys.figures import Figures
from app.surveys.queries import written_on

MOST_OPINIONS = 50
"""To one department, on the page; the printed analysis has them all."""


@dataclass(frozen=True)
class Row:
    """One line of answers, and what it is of; `before`: the same in the survey before, if it was asked then."""

    words: str
    line: Satisfaction
    note: str = ""
    before: Satisfaction | None = None
    returns: Returns | None = None
    is_total: bool = False


@dataclass(frozen=True)
class Opinion:
    """An owner's words to a department; `unit` for whoever may see owners."""

    unit: str
    words: str


def departments(figures: Figures) -> list[Row]:
    """The worst first, then all together."""
    last, locale = figures.earlier[0] if figures.earlier else None, current_locale()
    rows = [
        Row(
            one.name.of(locale),
            one.said,
            str(COMPANIES[Liable(one.company)]) if len(figures.companies) > 1 else "",
            last.departments.get(one.department_id) if last else None,
        )
        for one in figures.worst_first
    ]
    return [*rows, Row(_("All items"), figures.items, before=last.items if last else None, is_total=True)]


def companies(figures: Figures) -> list[Row]:
    """Property management company and developer; in profile B the one (R31)."""
    return [Row(str(COMPANIES[Liable(one.company)]), one.said) for one in figures.companies]


def items(figures: Figures) -> list[Row]:
    """The worst first, whoever they are about."""
    locale = current_locale()
    asked = [(item, one) for one in figures.departments for item in one.items]
    asked.sort(key=lambda both: both[0].said.badness)
    return [Row(item.text.of(locale), item.said, one.name.of(locale)) for item, one in asked]


def buildings(figures: Figures) -> list[Row]:
    """What became of the sheets of each, and how satisfied its households are altogether; then all of them."""
    locale = current_locale()
    rows = [Row(one.name.of(locale), one.overall, returns=one.returns) for one in figures.buildings]
    return [*rows, Row(_("Total"), figures.overall, returns=figures.returns, is_total=True)]


def trend(figures: Figures) -> list[tuple[str, Returns, Satisfaction, Satisfaction]]:
    """This survey and those before it; nothing where there was none."""
    if not figures.earlier:
        return []
    here = (f"{figures.year} · {figures.number}", figures.returns, figures.overall, figures.items)
    return [here, *((f"{one.year} · {one.number}", one.returns, one.overall, one.items) for one in figures.earlier)]


def opinions(figures: Figures) -> list[tuple[str, int, list[Opinion]]]:
    """Department, how many owners wrote to it, and the first of what they wrote; the worst judged first."""
    lines = [one for one in figures.worst_first if one.opinions]
    sheets = written_on(id_ for one in lines for id_ in one.opinions[:MOST_OPINIONS])
    with_unit = me().may(Act.SEE_OWNERS)
    return [
        (
            one.name.of(current_locale()),
            len(one.opinions),
            [
                Opinion(sheets[id_].unit.short if with_unit else "", sheets[id_].opinions[str(one.department_id)])
                for id_ in one.opinions[:MOST_OPINIONS]
            ],
        )
        for one in lines
    ]
