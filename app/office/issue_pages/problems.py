"""Main problems (R18): each category with how often it was raised and what became of it, the most frequent first."""

import uuid
from datetime import date

from flask import render_template
from werkzeug.wrappers import Response

from app.core.clock import now
from app.core.i18n import lazy_
from app.issues.problems import Problem
from app.issues.problems import problems as counted
from app.issues.queries import Wanted
from app.office.asked import Asked, Choice, Column, Days, ListOf
from app.office.door import estate_id, me, office
from app.office.exporting import take_away
from app.office.issue_pages.issues import category_paths, wanted_issues
from app.office.issue_pages.issues import department_options as departments
from app.office.listing import Chip, Page, address_of, asked_of
from app.office.moments import When
from app.people.access import may
from app.people.rules import Act

PROBLEMS: ListOf[Problem] = ListOf(
    name="problems",
    title=lazy_("Main problems"),
    columns=(
        Column("category", lazy_("Category"), lambda row: category_paths().get(row.category_id, "–"), width=30),
        Column("raised", lazy_("Raised"), lambda row: row.raised, sorts=True),
        Column("open", lazy_("Open"), lambda row: row.open, sorts=True),
        Column("closed", lazy_("Closed by the owner"), lambda row: row.closed, sorts=True),
        Column("carried", lazy_("Carried over"), lambda row: row.carried, sorts=True),
        Column("for_now", lazy_("Cannot be solved for now"), lambda row: row.for_now, shown=False, width=18),
        Column("at_all", lazy_("Cannot be solved"), lambda row: row.at_all, shown=False),
        Column("ended", lazy_("Ended otherwise"), lambda row: row.ended, sorts=True),
    ),
    filters=(Choice("department", lazy_("Department"), departments, ids=True), Days(lazy_("Raised"))),
    usual=lambda _asked: "-raised",
)


@office.get("/issues/problems")
@may(Act.SEE_ISSUES)
def problems() -> str:
    """The categories of the issues raised in some days, or ever, by department."""
    asked, when = asked_of(PROBLEMS), When(me().estate.time_zone, now())
    found = _found(asked)
    page = Page(PROBLEMS, asked, found[asked.start : asked.start + asked.size], len(found))
    days = {name: value for name in ("from", "to", "department") if (value := asked.get(name))}
    return render_template(
        "office/problems.html",
        found=page,
        chips=_chips(page, when.today),
        asked_of_issues=days,
        category_paths=category_paths(),
        all_of_it={name: sum(getattr(row, name) for row in found) for name in ("raised", "carried")},
    )


@office.post("/issues/problems/export/<kind>")
@may(Act.SEE_ISSUES)
def export_problems(kind: str) -> Response:
    """The same as a file to take away."""
    asked = asked_of(PROBLEMS)
    rows: dict[uuid.UUID, Problem] = {}

    def ids(most: int) -> list[uuid.UUID]:
        rows.update({row.category_id: row for row in _found(asked)[:most]})
        return list(rows)

    return take_away(PROBLEMS, asked, ids, lambda some: [rows[id_] for id_ in some], kind)


def _found(asked: Asked) -> list[Problem]:
    """As they are asked for; of two that are alike the one that stands first in the tree."""
    wanted: Wanted = wanted_issues(asked)
    order = PROBLEMS.order_of(asked)
    places = {id_: n for n, id_ in enumerate(category_paths())}
    found = sorted(counted(estate_id(), wanted), key=lambda row: places.get(row.category_id, len(places)))
    return sorted(found, key=lambda row: getattr(row, order.removeprefix("-")), reverse=order.startswith("-"))


def _chips(page: Page[Problem], today: date) -> list[Chip]:
    """Everything, this year, the year before."""
    asked = page.asked
    days = [(lazy_("All"), "", "")]
    days += [(str(year), f"{year}-01-01", f"{year}-12-31") for year in (today.year, today.year - 1)]
    return [
        Chip(
            words,
            None,
            address_of(PROBLEMS, asked.with_(**{"from": first, "to": last})),
            (asked.get("from"), asked.get("to")) == (first, last),
        )
        for words, first, last in days
    ]
