"""The list of issues in the order to act; its filters live in the address."""

import uuid
from dataclasses import replace
from datetime import datetime
from typing import cast
from zoneinfo import ZoneInfo

from flask import g, redirect, render_template, request
from werkzeug.wrappers import Response

from app.core.clock import now
from app.core.db import db
from app.core.errors import Refused
from app.core.i18n import _, current_locale, lazy_
from app.core.ids import new_id
from app.core.waits import Wait
from app.estates.rules import LIABLE
from app.issues.liability import Covered
from app.issues.models import Issue
from app.issues.queries import (
    OPEN,
    Wanted,
    categories,
    count_by_state,
    count_late,
    find_issues,
    issue_ids,
    issues_by_id,
    issues_with_waits,
)
from app.issues.routing import route
from app.issues.rules import ENDED, Move, State, Urgency
from app.office.asked import Asked, Choice, Column, Days, ListOf, Option, Spoken
from app.office.bulk import Judged, chosen_ids, event_for, event_of_form, say_what_was_done
from app.office.door import estate_id, me, office
from app.office.exporting import take_away
from app.office.first_page.ageing import held_asked_for, held_by_options, round_options
from app.office.issue_pages.issue_scope import in_scope, open_moves
from app.office.issue_pages.turn import department_name, turn_of
from app.office.listing import Chip, Page, address_of, asked_of, days_asked_for, most_counted
from app.office.moments import When
from app.office.setting_pages.setting_words import COMPANIES
from app.office.words import CANNOT, COVERED, ENDINGS, GRADES, TONES, URGENCIES, headline, state_words
from app.people.access import may
from app.people.queries import departments, open_departments
from app.people.rules import Act, Liable

Row = tuple[Issue, Wait | None]
_ALL, _NOTICED = "all", "inspection"
INTO_THIS_YEAR, IN_THIS_YEAR = "into", "since"
_STATES: tuple[Option, ...] = (
    Option(State.REPORTED.value, lazy_("To route")),
    Option(State.ROUTED.value, lazy_("To accept")),
    Option(State.ACCEPTED.value, lazy_("Being rectified")),
    Option(State.RECTIFIED.value, lazy_("To call back or verify")),
    Option(State.DISPUTED.value, lazy_("In dispute")),
    Option(State.DEFERRED.value, lazy_("Date to agree to")),
    Option(State.MERGED.value, lazy_("Same work")),
    Option(State.EXPLAINED.value, lazy_("To explain")),
    Option(State.CLOSED.value, lazy_("Closed")),
    Option(State.VERIFIED.value, lazy_("Verified")),
    Option(State.CARRIED_OVER.value, lazy_("Carried over")),
    Option(State.CLOSED_UNSATISFIED.value, lazy_("Closed without satisfaction")),
    Option(_ALL, lazy_("All")),
)


_CARRIED = (
    Option(INTO_THIS_YEAR, lazy_("Carried into this year")),
    Option(IN_THIS_YEAR, lazy_("Put on the list this year")),
)
_RARE = {
    one.value
    for one in (
        State.DISPUTED,
        State.DEFERRED,
        State.MERGED,
        State.EXPLAINED,
        State.CARRIED_OVER,
        State.CLOSED_UNSATISFIED,
    )
}
"""States that get a chip only while something is in them."""


def _usual(asked: Asked) -> str:
    """What is open stands in the order to act; where nothing waits any more the newest comes first."""
    return "-raised" if _state_asked(asked) in (*(one.value for one in ENDED), _ALL) else "limit"


def _state_asked(asked: Asked) -> str:
    """What was or is on the carry-over list is looked for in every state."""
    return asked.get("state") or (_ALL if asked.get("carried") else "")


def category_paths() -> dict[uuid.UUID, str]:
    """`工程 › 防水` for each category of the estate; read once for a page."""
    if "category_paths" not in g:
        g.category_paths = _read_category_paths()
    return cast(dict[uuid.UUID, str], g.category_paths)


def _read_category_paths() -> dict[uuid.UUID, str]:
    locale = current_locale()
    known = categories(estate_id())
    parents = {category.code: f"{category.name(locale)} › " for category in known}
    return {category.id: parents.get(category.parent_code or "", "") + category.name(locale) for category in known}


def _category_path(issue: Issue) -> str:
    return category_paths().get(issue.category_id, "–")


def department_options() -> list[Option]:
    """The departments that whoever is at the desk may ask for."""
    only_of = in_scope().only_of
    known = departments(estate_id())
    return [Option(str(one.id), one.name(current_locale())) for one in known if only_of is None or one.id in only_of]


def company_options() -> list[Option]:
    """The companies that an estate of this profile has to do with, and those whose departments it ever knew."""
    known = {department.liable for department in departments(estate_id())} | LIABLE[me().estate.profile]
    return [Option(one.value, words) for one, words in COMPANIES.items() if one in known]


def _to_route_to() -> list[Option]:
    return [Option(str(one.id), one.name(current_locale())) for one in open_departments(estate_id())]


def _categories() -> list[Option]:
    return [Option(str(id_), path) for id_, path in category_paths().items()]


def _grade(row: Row) -> str:
    return str(GRADES[row[0].complaint_grade]) if row[0].complaint_grade else ""


def _warranty(row: Row) -> str:
    return str(COVERED[row[0].warranty]) if row[0].warranty else ""


def _cannot(issue: Issue) -> str:
    """For now or at all, of what is explained to its owner or carried over (R18); blank for every other issue."""
    told = issue.cannot if issue.state in (State.EXPLAINED, State.CARRIED_OVER) else None
    return str(CANNOT[told]) if told else ""


def _ending(issue: Issue) -> str:
    return str(ENDINGS[issue.ending]) if issue.ending else ""


def _with(row: Row) -> str:
    """Who holds an issue; the department that had it, once nobody does."""
    issue, wait = row
    holder = turn_of(issue, wait, _when()).holder
    return department_name(issue) if holder == "–" else holder


def _when() -> When:
    return When(me().estate.time_zone, now())


ISSUES: ListOf[Row] = ListOf(
    name="issues",
    title=lazy_("Issues"),
    columns=(
        Column("number", lazy_("Number"), lambda row: row[0].number, sorts=True, shown=False),
        Column("issue", lazy_("Issue"), lambda row: row[0].text, width=46),
        Column("category", lazy_("Category"), lambda row: _category_path(row[0]), shown=False, width=20),
        Column("urgency", lazy_("Urgency"), lambda row: str(URGENCIES[row[0].urgency]), shown=False),
        Column("raised", lazy_("Raised"), lambda row: row[0].raised_at, sorts=True, width=17),
        Column("unit", lazy_("Where"), lambda row: row[0].where_short(current_locale()), sorts=True),
        Column("owner", lazy_("Owner"), lambda row: row[0].raised_by, shown=False, act=Act.SEE_OWNERS),
        Column("state", lazy_("State"), lambda row: str(state_words(row[0])), sorts=True, width=22),
        Column("complaint", lazy_("Complaint grade"), _grade, shown=False),
        Column("round", lazy_("Round"), lambda row: row[0].round, shown=False, width=8),
        Column("department", lazy_("With"), _with, sorts=True, width=22),
        Column("warranty", lazy_("Warranty"), _warranty, shown=False),
        Column("measure", lazy_("Measure"), lambda row: row[0].measure, shown=False, width=36),
        Column("limit", lazy_("Limit"), lambda row: row[1].due_at if row[1] else None, sorts=True, width=17),
        Column("closed", lazy_("Closed"), lambda row: row[0].closed_at, shown=False, width=17),
        Column("cannot", lazy_("Cannot be solved"), lambda row: _cannot(row[0]), shown=False, width=18),
        Column("ending", lazy_("Why without satisfaction"), lambda row: _ending(row[0]), shown=False, width=22),
    ),
    filters=(
        Choice("state", lazy_("State"), lambda: _STATES),
        Choice("overdue", lazy_("Limit"), lambda: (Option("yes", lazy_("Overdue")),)),
        Choice("department", lazy_("Department"), department_options, ids=True),
        Choice("with", lazy_("With"), held_by_options),
        Choice("round", lazy_("Round"), round_options),
        Choice("warranty", lazy_("Warranty"), lambda: [Option(one.value, words) for one, words in COVERED.items()]),
        Choice("company", lazy_("Company"), company_options),
        Choice("carried", lazy_("Carry-over list"), lambda: _CARRIED),
        Choice("source", lazy_("Source"), lambda: (Option(_NOTICED, lazy_("Noticed on inspections")),)),
        Choice("category", lazy_("Category"), _categories, ids=True),
        Choice("urgency", lazy_("Urgency"), lambda: [Option(one.value, words) for one, words in URGENCIES.items()]),
        Days(lazy_("Raised")),
        Spoken(lazy_("Words")),
    ),
    usual=_usual,
)


@office.get("/issues")
@may(Act.SEE_ISSUES)
def issues() -> str:
    """Issues in the order to act, by state, department, category, lateness, days and words."""
    asked, when = asked_of(ISSUES), _when()
    counts = _counted(asked, when)
    state, overdue = _state_asked(asked), asked.get("overdue")
    rows, total = find_issues(
        estate_id(),
        _wanted(asked, when),
        start=asked.start,
        count=asked.size,
        total=None if state and overdue else counts.get(state or ("overdue" if overdue else "")),
        most=most_counted(asked),
    )
    page = Page(ISSUES, asked, rows, total, most_counted(asked))
    return render_template(
        "office/issues.html",
        found=page,
        chips=_chips(page, counts),
        turns={issue.id: turn_of(issue, wait, when) for issue, wait in rows},
        departments=_to_route_to(),
        category_paths=category_paths(),
        when=when,
        state_words=state_words,
        TONES=TONES,
        GRADES=GRADES,
        headline=headline,
        issue_key=lambda row: (row[0].id, row[0].number or headline(row[0].text)),
        event=new_id(),
    )


@office.post("/issues/export/<kind>")
@may(Act.SEE_ISSUES)
def export_issues(kind: str) -> Response:
    """What the list shows, on all its pages, as a file to take away."""
    asked = asked_of(ISSUES)
    wanted = _wanted(asked, _when())
    return take_away(ISSUES, asked, lambda most: issue_ids(estate_id(), wanted, most), issues_with_waits, kind)


@office.post("/issues/route")
@may(Act.ROUTE_ISSUE)
def route_issues() -> Response:
    """Make a department responsible for the chosen issues, each judged by its own row of the table."""
    department_id, chosen = _department_chosen(), chosen_ids("issue")
    form_event, known, judged = event_of_form(), issues_by_id(chosen), Judged()

    for issue_id in chosen:
        issue = known.get(issue_id)
        if issue is None or issue.estate_id != estate_id():
            judged.refuse(str(_("not known here")), "–")
        elif Move.ROUTE not in open_moves(issue):
            judged.refuse(str(state_words(issue)), issue.number or "–")
        else:
            route(issue, department_id, event_id=event_for(form_event, issue_id), by=me().by, at=now())
            judged.done += 1
    name = next(str(option.words) for option in _to_route_to() if option.value == str(department_id))
    db.session.commit()

    say_what_was_done(judged, _("Routed to %(department)s: %(n)s", department=name, n=judged.done))
    return redirect(address_of(ISSUES, asked_of(ISSUES)))


def wanted_issues(asked: Asked) -> Wanted:
    """Issues in whatever state that were raised in these days, of this department; never more than one may see."""
    since, until = days_asked_for(asked, me().estate.time_zone)
    return replace(in_scope(), department_id=asked.id("department"), since=since, until=until)


def _wanted(asked: Asked, when: When) -> Wanted:
    """What the query is asked for, never more than whoever is at the desk may see."""
    since, until = days_asked_for(asked, when.zone)
    year = year_began(when)
    return replace(
        in_scope(),
        states=_states(_state_asked(asked)),
        late_at=when.now if asked.get("overdue") else None,
        department_id=asked.id("department"),
        category_id=asked.id("category"),
        noticed=asked.get("source") == _NOTICED,
        held=held_asked_for(asked.get("with")),
        round=int(asked.get("round") or 0) or None,
        carried_at=year if asked.get("carried") == INTO_THIS_YEAR else None,
        carried_since=year if asked.get("carried") == IN_THIS_YEAR else None,
        warranty=next((one for one in Covered if one.value == asked.get("warranty")), None),
        liable=next((one for one in Liable if one.value == asked.get("company")), None),
        urgency=next((one for one in Urgency if one.value == asked.get("urgency")), None),
        since=since,
        until=until,
        words=asked.words,
        order=ISSUES.order_of(asked),
    )


def year_began(when: When) -> datetime:
    """The first moment of this year where the estate stands."""
    return datetime(when.today.year, 1, 1, tzinfo=ZoneInfo(when.zone))


def category_choices() -> dict[str, dict[str, str]]:
    """The categories in use that a matter can have, id → name, under the name of the one above."""
    locale = current_locale()
    known = [category for category in categories(estate_id()) if category.retired_on is None]
    below = {category.parent_code for category in known}
    names = {category.code: category.name(locale) for category in known}
    choices: dict[str, dict[str, str]] = {}
    for category in known:
        if category.code not in below:
            group = names.get(category.parent_code or "", names[category.code])
            choices.setdefault(group, {})[str(category.id)] = category.name(locale)
    return choices


def _states(asked: str) -> tuple[State, ...]:
    """One state, every one (`all`), or those that are open."""
    if asked == _ALL:
        return ()
    return tuple(state for state in State if state.value == asked) or OPEN


def _chips(page: Page[Row], counts: dict[str, int]) -> list[Chip]:
    """A chip for each state that is worth asking for, and one for what is late."""
    overdue = bool(page.asked.get("overdue"))
    state = "" if overdue else _state_asked(page.asked)
    return [
        Chip(lazy_("Open"), counts.get(""), page.address(state=None, overdue=None), not state and not overdue),
        *(
            Chip(one.words, counts.get(one.value), page.address(state=one.value, overdue=None), state == one.value)
            for one in _STATES
            if one.value not in _RARE or one.value == state or counts.get(one.value)
        ),
        Chip(lazy_("Overdue"), counts.get("overdue"), page.address(state=None, overdue="yes"), overdue),
    ]


def _counted(asked: Asked, when: When) -> dict[str, int]:
    """How many each chip finds; nobody counts where words are looked for, as each count would read every text."""
    if asked.words:
        return {}
    wanted = replace(_wanted(asked, when), states=(), late_at=when.now)
    by_state = count_by_state(estate_id(), wanted)
    return {
        "": sum(by_state.get(state, 0) for state in OPEN),
        _ALL: sum(by_state.values()),
        "overdue": count_late(estate_id(), wanted),
        **{state.value: by_state.get(state, 0) for state in State},
    }


def _department_chosen() -> uuid.UUID:
    asked = request.form.get("department", "")
    if asked not in {option.value for option in _to_route_to()}:
        raise Refused("issue:department_unknown", _("Choose a department first."))
    return uuid.UUID(asked)
