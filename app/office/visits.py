"""Visits: the list, and one visit with what was said, raised, judged and signed."""

import uuid
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import render_template, request

from app.core import blobs
from app.core.blobs import Photo
from app.core.clock import now
from app.core.db import db
from app.core.errors import Words
from app.core.i18n import lazy_
from app.issues.models import Issue
from app.issues.queries import answers_of_visit, issues_of_visit, issues_shown
from app.issues.rules import Answer
from app.office.door import estate_id, me, office
from app.office.issues import category_paths
from app.office.listing import first_row, id_asked_for, listing, words_asked_for
from app.office.moments import When
from app.office.records import clock_words
from app.office.signed import sheet_of
from app.office.words import (
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
from app.sync.kept import clock_offset_ms
from app.visits.actions import CALLED_OFF, MOVED_ON, NOT_SIGNED, REASSIGNED
from app.visits.briefed import told_at
from app.visits.gathered import batch_of_visit
from app.visits.models import Visit
from app.visits.queries import Wanted, addenda_to, find_visits, the_visit
from app.visits.words import CATEGORIES

_REVIEWS: dict[str, Words] = {
    REASSIGNED: lazy_("Received, but the visit had been given to somebody else meanwhile."),
    MOVED_ON: lazy_("An answer could not move its issue any more: it is kept, please look at it."),
    CALLED_OFF: lazy_("Received, but a special visit that it was for had been withdrawn meanwhile."),
    NOT_SIGNED: lazy_("The owner was satisfied with an earlier issue but did not sign: it stays open."),
}
"""Why a visit is for a person to look at."""


@office.get("/visits")
@may(Act.SEE_VISITS)
def visits() -> str:
    """Visits, newest first, by officer, month and words; those without a signature or for review apart."""
    when = When(me().estate.time_zone, now())
    since, until = _month_asked_for(when)
    wanted = Wanted(
        officer_id=id_asked_for("officer"),
        since=since,
        until=until,
        for_review=request.args.get("only") == "review",
        unsigned=request.args.get("only") == "unsigned",
        words=words_asked_for(),
    )
    rows = find_visits(estate_id(), wanted, start=first_row())

    return render_template(
        "office/visits.html",
        found=listing(rows, "officer", "month", "only", "q"),
        officers=staff_who_may(Act.CARRY_TABLET, estate_id(), when.today),
        when=when,
        **_words(),
    )


@office.get("/visits/<uuid:visit_id>")
@may(Act.SEE_VISITS)
def visit(visit_id: uuid.UUID) -> str:
    """One visit, as the record says it and as the owner signed it."""
    held = the_visit(estate_id(), visit_id)
    raised = issues_of_visit(held.id)
    return render_template(
        "office/visit.html",
        visit=held,
        raised=raised,
        answers=[said for said in answers_of_visit(held.id) if said.issue.visit_id != held.id],
        photos=_photos(held, raised),
        sheet=sheet_of(held.id),
        review=_REVIEWS.get(held.review, held.review),
        device=_device_code(held),
        addenda=addenda_to(held.id),
        told_lines=told_at(held),
        told_issues=_issues_told(held),
        handed_up=batch_of_visit(held.id),
        clock=clock_words(clock_offset_ms(held.operation_id)),
        category_paths=category_paths(),
        when=When(me().estate.time_zone, now()),
        **_words(),
    )


def _issues_told(held: Visit) -> list[Issue]:
    """The owner's earlier issues of which they were told what was done."""
    ids = [uuid.UUID(id_) for id_ in held.script.get("told", {}).get("issues", [])]
    return [issue for issue in issues_shown(ids).values() if issue.unit_id == held.unit_id]


def _photos(held: Visit, raised: list[Issue]) -> dict[uuid.UUID, list[tuple[Photo, bool]]]:
    """The photos of each issue, and whether their bytes are here."""
    photos: dict[uuid.UUID, list[tuple[Photo, bool]]] = {issue.id: [] for issue in raised}
    for photo in blobs.photos_in(held.id):
        photos.setdefault(photo.subject_id, []).append((photo, blobs.held(photo.sha256)))
    return photos


def _device_code(held: Visit) -> str:
    device = db.session.get(Device, held.device_id)
    return device.code if device else ""


def _month_asked_for(when: When) -> tuple[datetime | None, datetime | None]:
    """Beginning and end of the month in the address (`2026-11`) on the estate's clock; no bounds for anything else."""
    try:
        first = datetime.strptime(request.args.get("month", ""), "%Y-%m").replace(tzinfo=ZoneInfo(when.zone))
    except ValueError:
        return None, None
    return first, (first + timedelta(days=31)).replace(day=1)


def _words() -> dict[str, Any]:
    return {
        "Answer": Answer,
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
