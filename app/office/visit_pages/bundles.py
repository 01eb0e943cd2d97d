"""The sign-off sheets of many visits as one file: asked for from the list of visits, made by the press meanwhile."""

import uuid

from flask import Response, redirect, render_template, request, send_file, url_for
from werkzeug.wrappers import Response as AnyResponse

from app.core.clock import now
from app.core.db import db
from app.core.errors import NotFound, Words
from app.core.i18n import _, lazy_
from app.core.limits import limiter
from app.documents.at_the_press import OPEN
from app.documents.bundles import KEPT_FOR, MOST, ask_for_bundle, bundles_of, file_of, the_bundle
from app.documents.models import Progress
from app.office.door import estate_id, me, office
from app.office.listing import asked_of
from app.office.made import has_it
from app.office.moments import When
from app.office.visit_pages.visits import VISITS, wanted_visits
from app.people.access import may
from app.people.actions import note_list_taken
from app.people.rules import Act
from app.public.door import reached_at
from app.visits.queries import visit_ids

LEFT_OUT: dict[str, Words] = {
    "document:nothing_signed": lazy_("Nothing was signed at this visit."),
    "document:statement_differs": lazy_("The text of this sheet is not the one that was signed."),
    "document:glyph_missing": lazy_("No font on the server can draw a letter that stands on it."),
    "document:part_missing": lazy_("Part of this sheet could not be printed. Nothing was produced."),
}


@office.post("/visits/sheets")
@may(Act.SEE_VISITS)
@limiter.limit("10 per minute")
def ask_for_sheets() -> AnyResponse:
    """Have the sheets of the visits that the list shows, on all its pages, made into one file."""
    asked, here, at = asked_of(VISITS), me(), now()
    visits = visit_ids(estate_id(), wanted_visits(asked), MOST)
    bundle = ask_for_bundle(
        here.staff, estate_id(), visits, languages=request.form.get("lang", "both"), base=reached_at(), at=at
    )
    filters = {name: value for name, value in asked.chosen.items() if name != "q"}
    taken = {"format": "pdf", "rows": len(visits), "filters": filters, "by_words": bool(asked.words)}
    note_list_taken(here.staff, estate_id(), "visits", taken, by=here.by, at=at)
    db.session.commit()
    return redirect(url_for("office.bundle", bundle_id=bundle.id))


@office.get("/visits/sheets/<uuid:bundle_id>")
@may(Act.SEE_VISITS)
def bundle(bundle_id: uuid.UUID) -> str:
    """How far a file is; what it holds; those made earlier."""
    here = me()
    shown = the_bundle(here.staff, estate_id(), bundle_id)
    if shown.state is Progress.FAILED:
        has_it(shown)
    return render_template(
        "office/bundle.html",
        bundle=shown,
        others=[one for one in bundles_of(here.staff, estate_id()) if one.id != shown.id],
        total=len(shown.visits),
        ends_at=shown.asked_at + KEPT_FOR,
        is_open=shown.state in OPEN,
        Progress=Progress,
        LEFT_OUT=LEFT_OUT,
        most=MOST,
        when=When(here.estate.time_zone, now()),
    )


@office.get("/visits/sheets/<uuid:bundle_id>.zip")
@may(Act.SEE_VISITS)
def bundle_file(bundle_id: uuid.UUID) -> Response:
    """The file, once it is made."""
    shown = the_bundle(me().staff, estate_id(), bundle_id)
    file = file_of(shown.id)
    if shown.state is not Progress.READY or not file.exists():
        raise NotFound("bundle:not_ready", _("This file is not made yet."))
    has_it(shown)
    title, day = _("Sign-off sheets"), When(me().estate.time_zone, shown.asked_at).today
    response = send_file(file, "application/zip", as_attachment=True, download_name=f"{title}-{day.isoformat()}.zip")
    response.headers["Cache-Control"] = "private, no-store"
    return response
