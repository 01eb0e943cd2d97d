"""Visits: the list, and one visit with what was said, raised, judged and signed."""

import uuid
from typing import Any

from flask import render_template
from werkzeug.wrappers import Response

from app.core import blobs
from app.core.blobs import Photo
from app.core.clock import local_date, now
from app.core.db import db
from app.core.i18n import _, in_a_row, lazy_
from app.issues.answer_queries import answers_of_visit
from app.issues.models import Issue
from app.issues.queries import issues_of_visit, issues_shown
from app.office.act_form import ActForm, keeps_what_was_typed
from app.office.asked import Asked, Choice, Column, Days, ListOf, Option, Spoken
from app.office.door import estate_id, me, office
from app.office.exporting import take_away
from app.office.issue_pages.issues import category_paths
from app.office.listing import Page, asked_of, days_asked_for
from app.office.moments import When
from app.office.visit_pages.answered_to import answered_at
from app.office.visit_pages.copy_shown import copy_shown
from app.office.visit_pages.record_words import REASONS
from app.office.visit_pages.records import clock_words
from app.office.visit_pages.signed import sheet_of
from app.office.words import (
    GRADES,
    HOW,
    METHODS,
    RATING_LOOKS,
    RATINGS,
    RELATIONS,
    SCRIPT,
    STATES,
    TONES,
    UNSIGNED,
    headline,
)
from app.people.access import may
from app.people.models import Device
from app.people.queries import staff_who_may
from app.people.rules import Act
from app.repairs.queries import order_answers_of_visits
from app.signatures.messages import StatementText
from app.signatures.queries import statement_of
from app.surveys.words import LEVELS
from app.sync.kept import clock_offset_ms
from app.visits.briefed import told_at
from app.visits.gathered import batch_of_visit
from app.visits.models import Visit
from app.visits.queries import Wanted, addenda_to, find_visits, the_visit, visit_ids, visits_shown
from app.visits.rules import Method, Rating
from app.visits.who_was_met import stands_in_no_file
from app.visits.words import CATEGORIES, SHEET_ACTS

_ONLY = (
    Option("unsigned", lazy_("Not signed")),
    Option("review", lazy_("For a person to look at")),
)


def _officers() -> list[Option]:
    today = local_date(now(), me().estate.time_zone)
    return [Option(str(one.id), one.name) for one in staff_who_may(Act.CARRY_TABLET, estate_id(), today)]


def _signed(visit: Visit) -> str:
    return str(UNSIGNED[visit.unsigned]) if visit.unsigned else str(_("Signed"))


def _categories(visit: Visit) -> str:
    known = {category.value: str(words) for category, words in CATEGORIES.items()}
    return in_a_row(known.get(category, category) for category in visit.categories)


VISITS: ListOf[Visit] = ListOf(
    name="visits",
    title=lazy_("Visits"),
    columns=(
        Column("unit", lazy_("Unit"), lambda visit: visit.unit.short, sorts=True),
        Column("interviewee", lazy_("Interviewee"), lambda visit: visit.interviewee_name, shown=False),
        Column(
            "relation",
            lazy_("Relation"),
            lambda visit: str(RELATIONS[visit.interviewee_relation]),
            shown=False,
            width=10,
        ),
        Column("held", lazy_("Visited"), lambda visit: visit.started_at, sorts=True, width=17),
        Column("ended", lazy_("Until"), lambda visit: visit.ended_at, shown=False, width=17),
        Column("categories", lazy_("Kind of visit"), _categories, shown=False, width=22),
        Column("method", lazy_("Method"), lambda visit: str(METHODS[visit.method]), shown=False),
        Column("officer", lazy_("Officer"), lambda visit: visit.officer.name, sorts=True),
        Column("rating", lazy_("Rating"), lambda visit: str(RATINGS[visit.rating]), sorts=True),
        Column("signed", lazy_("Signature"), _signed, shown=False, width=18),
        Column("wishes", lazy_("Wishes"), lambda visit: visit.wishes, shown=False, width=46),
        Column("received", lazy_("Receipt no."), lambda visit: visit.receipt_number, sorts=True),
        Column("number", lazy_("Number on the tablet"), lambda visit: visit.number, shown=False),
    ),
    filters=(
        Choice("only", lazy_("Only"), lambda: _ONLY),
        Choice("officer", lazy_("Officer"), _officers, ids=True),
        Choice("rating", lazy_("Rating"), lambda: [Option(one.value, words) for one, words in RATINGS.items()]),
        Choice(
            "method", lazy_("Method"), lambda: [Option(one.value, METHODS[one]) for one in (Method.DOOR, Method.PHONE)]
        ),
        Days(lazy_("Visited")),
        Spoken(lazy_("Words")),
    ),
    usual=lambda _asked: "-held",
)


@office.get("/visits")
@may(Act.SEE_VISITS)
def visits() -> str:
    """Visits, newest first, by officer, rating, days and words; those without a signature or for review apart."""
    asked = asked_of(VISITS)
    rows, total = find_visits(estate_id(), wanted_visits(asked), start=asked.start, count=asked.size)
    return render_template(
        "office/visits.html",
        found=Page(VISITS, asked, rows, total),
        when=When(me().estate.time_zone, now()),
        **_words(),
    )


@office.post("/visits/export/<kind>")
@may(Act.SEE_VISITS)
def export_visits(kind: str) -> Response:
    """What the list shows, on all its pages, as a file to take away."""
    asked = asked_of(VISITS)
    wanted = wanted_visits(asked)
    return take_away(VISITS, asked, lambda most: visit_ids(estate_id(), wanted, most), visits_shown, kind)


@office.get("/visits/<uuid:visit_id>")
@may(Act.SEE_VISITS)
def visit(visit_id: uuid.UUID) -> str:
    """One visit, as the record says it and as the owner signed it."""
    return visit_page(visit_id)


@keeps_what_was_typed("visit_id")
def _page_again(visit_id: uuid.UUID, refused: ActForm) -> str:
    return visit_page(visit_id, refused)


def visit_page(visit_id: uuid.UUID, written: ActForm | None = None) -> str:
    """The page of a visit; with a form that was refused as it was written."""
    held = the_visit(estate_id(), visit_id)
    raised, when = issues_of_visit(held.id), When(me().estate.time_zone, now())
    return render_template(
        "office/visit.html",
        visit=held,
        raised=raised,
        answers=[said for said in answers_of_visit(held.id) if said.issue.visit_id != held.id],
        answered_to=answered_at([held.id], when),
        order_answers=order_answers_of_visits([held.id])[held.id],
        photos=_photos(held, raised),
        surveys=_surveys(held),
        relations={relation.value: words for relation, words in RELATIONS.items()},
        sheet_acts={act.value: words for act, words in SHEET_ACTS.items()},
        levels={level.value: words for level, words in LEVELS.items()},
        sheet=sheet_of(held.id),
        in_no_file=stands_in_no_file(held),
        review=REASONS.get(held.review, held.review),
        device=_device_code(held),
        copy=copy_shown(held.id, written, when),
        addenda=addenda_to(held.id),
        told_lines=told_at(held),
        told_issues=_issues_told(held),
        handed_up=batch_of_visit(held.id),
        clock=clock_words(clock_offset_ms(held.operation_id)),
        category_paths=category_paths(),
        when=when,
        **_words(),
    )


def _issues_told(held: Visit) -> list[Issue]:
    """The owner's earlier issues of which they were told what was done."""
    ids = [uuid.UUID(id_) for id_ in held.script.get("told", {}).get("issues", [])]
    return [issue for issue in issues_shown(ids).values() if issue.unit_id == held.unit_id]


def _surveys(held: Visit) -> list[StatementText.SurveyShown]:
    """What became of the sheets of surveys, as the owner read it."""
    statement = statement_of(held.id)
    return StatementText.model_validate_json(statement.text).surveys if statement else []


def _photos(held: Visit, raised: list[Issue]) -> dict[uuid.UUID, list[tuple[Photo, bool]]]:
    """The photos of each issue, and whether their bytes are here."""
    photos: dict[uuid.UUID, list[tuple[Photo, bool]]] = {issue.id: [] for issue in raised}
    for photo in blobs.photos_in(held.id):
        photos.setdefault(photo.subject_id, []).append((photo, blobs.held(photo.sha256)))
    return photos


def _device_code(held: Visit) -> str:
    device = db.session.get(Device, held.device_id)
    return device.code if device else ""


def wanted_visits(asked: Asked) -> Wanted:
    """What the list is asked for."""
    since, until = days_asked_for(asked, me().estate.time_zone)
    return Wanted(
        officer_id=asked.id("officer"),
        rating=next((one for one in Rating if one.value == asked.get("rating")), None),
        method=next((one for one in Method if one.value == asked.get("method")), None),
        since=since,
        until=until,
        for_review=asked.get("only") == "review",
        unsigned=asked.get("only") == "unsigned",
        words=asked.words,
        order=VISITS.order_of(asked),
    )


def _words() -> dict[str, Any]:
    return {
        "GRADES": GRADES,
        "CATEGORIES": {category.value: words for category, words in CATEGORIES.items()},
        "HOW": HOW,
        "METHODS": METHODS,
        "RATINGS": RATINGS,
        "RATING_LOOKS": RATING_LOOKS,
        "RELATIONS": RELATIONS,
        "SCRIPT": SCRIPT,
        "STATES": STATES,
        "TONES": TONES,
        "UNSIGNED": UNSIGNED,
        "headline": headline,
    }
