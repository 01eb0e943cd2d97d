"""The lines of a survey's result, as its page shows them: the worst first, beside those of earlier surveys."""

from dataclasses import dataclass

from app.core.i18n import _, current_locale
from app.office.door import me
from app.office.setting_pages.setting_words import COMPANIES
from app.people.rules import Act, Liable
from app.surveys.counting import Returns, Satisfaction
from app.surveys.figures import Earlier, Figures
from app.surveys.queries import written_on

MOST_OPINIONS = 50
"""To one department, on the page; the printed analysis has them all."""


@dataclass(frozen=True)
class Row:
    """One line of answers, and what it is of."""

    words: str
    line: Satisfaction
    note: str = ""
    returns: Returns | None = None
    is_total: bool = False


@dataclass(frozen=True)
class Opinion:
    """An owner's words to a department; `unit` for whoever may see owners."""

    unit: str
    words: str


def departments(figures: Figures) -> list[Row]:
    """The worst first, then all together."""
    two = len(figures.companies) > 1
    rows = [
        Row(one.name.of(current_locale()), one.said, str(COMPANIES[Liable(one.company)]) if two else "")
        for one in figures.worst_first
    ]
    return [*rows, Row(_("All items"), figures.items, is_total=True)]


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


def surveys(figures: Figures) -> list[tuple[str, Figures | Earlier]]:
    """This survey and those before it, by number; nothing where there was none."""
    every: list[Figures | Earlier] = [figures, *figures.earlier]
    return [(one.number, one) for one in every] if figures.earlier else []


def beside_earlier(figures: Figures) -> list[tuple[str, list[Satisfaction | None]]]:
    """Each department and all items in every survey that `surveys` names."""
    rows = [(one.name.of(current_locale()), every) for one, every in figures.beside_earlier]
    whole: list[Satisfaction | None] = [figures.items, *(one.items for one in figures.earlier)]
    return [*rows, (_("All items"), whole)]


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
