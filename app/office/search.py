"""One search over everything: units and owners, issues, visits; never more than whoever searches may see."""

import re
import uuid
from dataclasses import dataclass, field, replace

from flask import render_template, request, url_for
from markupsafe import Markup, escape

from app.core.clock import now
from app.core.errors import Words
from app.core.i18n import current_locale, in_a_row, lazy_
from app.estates.models import Unit
from app.estates.queries import Wanted as WantedUnits
from app.estates.queries import owners_on, tenants_on, unit_ids, units_shown
from app.issues.models import Issue
from app.issues.queries import issue_ids, issues_with_waits, reasons_with
from app.office.asked import LONGEST_WORDS
from app.office.door import estate_id, me, office
from app.office.issue_pages.issue_scope import in_scope
from app.office.issue_pages.issues import category_paths
from app.office.moments import When
from app.office.order_pages.order_words import STATES as ORDER_STATES
from app.office.order_pages.order_words import orders_in_scope
from app.office.survey_pages.survey_words import STATES as SURVEY_STATES
from app.office.survey_pages.survey_words import sheet_looks
from app.office.words import headline, masked, state_words
from app.people.access import may
from app.people.rules import Act
from app.repairs.models import WorkOrder
from app.repairs.queries import order_ids, orders_with_waits
from app.surveys.models import Survey, SurveySheet
from app.surveys.queries import surveys_of
from app.surveys.sheets import numbered, sheets_shown
from app.visits.models import Visit
from app.visits.queries import Wanted as WantedVisits
from app.visits.queries import visit_ids, visits_shown

SHOWN = 8
"""Of each kind; the list holds the others."""
_AROUND = 24
_ON_PAPER = re.compile(r"^(?:DC|QS)-", re.IGNORECASE)
_OF_A_SHEET = re.compile(r"\d{4}-\d+-\d*$")


@dataclass(frozen=True)
class Hit:
    """One thing that was found: where it is, and in which of its words."""

    title: Markup
    url: str
    beside: str = ""
    said: list[tuple[Words, Markup]] = field(default_factory=list)


@dataclass(frozen=True)
class Group:
    """What was found of one kind; `more` leads to the list, if there is more than is shown."""

    title: Words
    icon: str
    hits: list[Hit]
    more: str


@office.get("/search")
@may(Act.SEE_ESTATE)
def search() -> str:
    """What contains the words, by kind."""
    words = request.args.get("q", "").replace("\0", "").strip()[:LONGEST_WORDS].strip()
    when = When(me().estate.time_zone, now())
    groups = [group for group in _groups(words, when) if group.hits] if words else []
    return render_template("office/search.html", words=words, groups=groups)


def marked(text: str, words: str) -> Markup:
    """The text with each place where the words stand marked, capital or small letters alike."""
    told, left, sought = Markup(""), text, words.lower()
    while sought and (at := left.lower().find(sought)) >= 0 and len(left.lower()) == len(left):
        told += escape(left[:at]) + Markup("<mark>{}</mark>").format(left[at : at + len(sought)])
        left = left[at + len(sought) :]
    return told + escape(left)


def around(text: str, words: str) -> str:
    """Of a long text the part in which the words stand first; blank if they do not."""
    at = text.lower().find(words.lower())
    if at < 0:
        return ""
    start, end = max(at - _AROUND, 0), at + len(words) + 2 * _AROUND
    return f"{'…' if start else ''}{text[start:end].strip()}{'…' if end < len(text) else ''}"


def _groups(words: str, when: When) -> list[Group]:
    here = me()
    groups = []
    if here.may(Act.SEE_OWNERS):
        groups.append(_units(words, when))
    if here.may(Act.SEE_ISSUES):
        groups.append(_issues(words))
        groups.append(_orders(words))
    if here.may(Act.SEE_VISITS):
        groups.append(_visits(words, when))
    if here.may(Act.SEE_SURVEYS):
        groups.append(_surveys(_as_numbered(words)))
        groups.append(_survey_sheets(_as_numbered(words)))
    return groups


def _units(words: str, when: When) -> Group:
    ids = unit_ids(estate_id(), WantedUnits(on=when.today, words=words), SHOWN + 1)
    hits = [_unit(unit, words, when) for unit in units_shown(ids[:SHOWN])]
    return Group(lazy_("Units and owners"), "home", hits, _more("office.units", words, ids))


def _unit(unit: Unit, words: str, when: When) -> Hit:
    people = [held.person for held in owners_on(unit, when.today)]
    people += [held.person for held in tenants_on(unit, when.today)]
    names = in_a_row(marked(person.name, words) for person in people)
    phones = in_a_row(masked(person.phone) for person in people if person.phone)
    title = marked(unit.short, words) + Markup(" · ") + names if people else marked(unit.short, words)
    return Hit(title, url_for("office.unit", unit_id=unit.id), phones)


def _issues(words: str) -> Group:
    ids = issue_ids(estate_id(), replace(in_scope(), words=words, order="-raised"), SHOWN + 1)
    found = [issue for issue, _wait in issues_with_waits(ids[:SHOWN])]
    reasons = reasons_with([issue.id for issue in found], words)
    hits = [_issue(issue, words, reasons.get(issue.id, "")) for issue in found]
    return Group(lazy_("Issues"), "checklist", hits, _more("office.issues", words, ids, state="all"))


def _issue(issue: Issue, words: str, reason: str) -> Hit:
    title = headline(issue.text)
    places = [
        (lazy_("Number"), issue.number or ""),
        (lazy_("Owner"), issue.raised_by),
        (lazy_("Issue"), "" if words.lower() in title.lower() else issue.text),
        (lazy_("Answered on the spot"), issue.answer),
        (lazy_("Measure"), issue.measure),
        (lazy_("What was done"), issue.rectified_note),
        (lazy_("Owner's answer"), reason),
    ]
    where = issue.where_short(current_locale())
    beside = f"{where} · {category_paths().get(issue.category_id, '–')} · {state_words(issue)}"
    return Hit(marked(title, words), url_for("office.issue", issue_id=issue.id), beside, _said(places, words))


def _orders(words: str) -> Group:
    ids = order_ids(estate_id(), replace(orders_in_scope(), words=words, order="-reported"), SHOWN + 1)
    hits = [_order(order, words) for order, _wait in orders_with_waits(ids[:SHOWN])]
    return Group(lazy_("Work orders"), "tool", hits, _more("office.orders", words, ids, state="all"))


def _order(order: WorkOrder, words: str) -> Hit:
    title = headline(order.content)
    places = [
        (lazy_("Number"), " ".join((order.number or "", order.outside_number)).strip()),
        (lazy_("Reported by"), order.reported_by),
        (lazy_("Work order"), "" if words.lower() in title.lower() else order.content),
        (lazy_("What was done"), order.work_done),
        (lazy_("Worker"), order.worker),
    ]
    beside = f"{order.unit.short} · {ORDER_STATES[order.state]}"
    return Hit(marked(title, words), url_for("office.order", order_id=order.id), beside, _said(places, words))


def _visits(words: str, when: When) -> Group:
    ids = visit_ids(estate_id(), WantedVisits(words=words), SHOWN + 1)
    hits = [_visit(visit, words, when) for visit in visits_shown(ids[:SHOWN])]
    return Group(lazy_("Visits"), "door-enter", hits, _more("office.visits", words, ids))


def _visit(visit: Visit, words: str, when: When) -> Hit:
    title = marked(f"{visit.unit.short} · {visit.interviewee_name}", words)
    places = [
        (lazy_("Number"), visit.receipt_number or ""),
        (lazy_("Number on the tablet"), visit.number),
        (lazy_("Wishes"), visit.wishes),
    ]
    beside = f"{when.moment(visit.started_at)} · {visit.officer.name}"
    return Hit(title, url_for("office.visit", visit_id=visit.id), beside, _said(places, words))


def _surveys(words: str) -> Group:
    sought = words.lower()
    found = [
        one for one in surveys_of(estate_id()) if sought in f"{one.number}\n{one.title_zh}\n{one.title_en}".lower()
    ]
    hits = [_survey(survey, words) for survey in found[:SHOWN]]
    return Group(lazy_("Surveys"), "forms", hits, url_for("office.surveys") if found[SHOWN:] else "")


def _survey(survey: Survey, words: str) -> Hit:
    title = marked(f"{survey.number} · {survey.title(current_locale())}", words)
    return Hit(title, url_for("office.survey", survey_id=survey.id), str(SURVEY_STATES[survey.state][0]))


def _survey_sheets(words: str) -> Group:
    """By the number that stands on them: of a survey's own number they would all be found."""
    ids = numbered(estate_id(), words, SHOWN + 1) if _OF_A_SHEET.match(words) else []
    found = [shown.sheet for shown in sheets_shown(ids[:SHOWN])]
    surveys = {sheet.survey_id for sheet in found}
    more = _more("office.survey_sheets", words, ids, survey_id=found[0].survey_id) if len(surveys) == 1 else ""
    return Group(lazy_("Sheets of households"), "file-text", [_sheet(sheet, words) for sheet in found], more)


def _sheet(sheet: SurveySheet, words: str) -> Hit:
    title = Markup("{} · {}").format(marked(sheet.number, words), sheet.unit.short)
    url = url_for("office.survey_sheet", survey_id=sheet.survey_id, sheet_id=sheet.id)
    return Hit(title, url, str(sheet_looks(sheet)[0]))


def _as_numbered(words: str) -> str:
    """A survey's or a sheet's number without what a paper puts before it."""
    return _ON_PAPER.sub("", words)


def _said(places: list[tuple[Words, str]], words: str) -> list[tuple[Words, Markup]]:
    """Those texts that contain the words, each around them."""
    return [(name, marked(part, words)) for name, text in places if (part := around(text, words))]


def _more(endpoint: str, words: str, ids: list[uuid.UUID], **filters: object) -> str:
    return url_for(endpoint, q=words, **filters) if len(ids) > SHOWN else ""  # type: ignore[arg-type]
