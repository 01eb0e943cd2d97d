"""Unsent work that somebody brings as a file, because its tablet cannot reach the office: seen first, then taken in."""

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.core.clock import now
from app.core.db import db
from app.core.errors import Refused
from app.core.i18n import _
from app.office.door import estate_id, me, office
from app.office.moments import When
from app.people.access import may
from app.people.rules import Act
from app.sync import handed_over
from app.sync.taking_up import take_up_addenda

ROOM = handed_over.LARGEST_FILE + 64 * 1024
"""Bytes of a request that brings a file, what surrounds it included."""


@office.url_value_preprocessor
def _make_room(endpoint: str | None, _values: dict[str, str] | None) -> None:
    """Before anybody reads the form: this one may be larger than others."""
    if endpoint == "office.upload_unsent":
        request.max_content_length = ROOM


@office.get("/devices/unsent")
@may(Act.TAKE_IN_UNSENT)
def unsent() -> str:
    """Where a file is uploaded, and how a tablet makes one."""
    return render_template(
        "office/unsent/upload.html",
        limit=handed_over.LARGEST_FILE,
        megabytes=handed_over.LARGEST_FILE // 1024 // 1024,
    )


@office.post("/devices/unsent")
@may(Act.TAKE_IN_UNSENT)
def upload_unsent() -> Response:
    """Keep a file until it is confirmed."""
    file = request.files.get("file")
    if file is None or not file.filename:
        raise Refused("unsent:no_file", _("Choose a file first."))
    db.session.rollback()  # nothing is held while a large file is read

    key = handed_over.keep(file.stream, at=now())

    return redirect(url_for("office.unsent_preview", key=key))


@office.get("/devices/unsent/<string(length=64):key>")
@may(Act.TAKE_IN_UNSENT)
def unsent_preview(key: str) -> str:
    """Whose records these are, how many, and which the office has already."""
    return render_template(
        "office/unsent/preview.html",
        key=key,
        found=handed_over.survey(key, estate_id()),
        when=When(me().estate.time_zone, now()),
    )


@office.post("/devices/unsent/<string(length=64):key>")
@may(Act.TAKE_IN_UNSENT)
def take_in_unsent(key: str) -> Response:
    """Take in what the preview showed."""
    here, at = me(), now()
    by, estate = here.by, here.estate.id

    taken = handed_over.take_over(key, estate, by=by, at=at)
    take_up_addenda([estate])

    troubled = taken["review"] + taken["rejected"] + taken["held"]
    flash(
        _(
            "Taken in: %(applied)s. To be looked at: %(troubled)s. Here before: %(known)s. Photos: %(photos)s.",
            applied=taken["applied"],
            troubled=troubled,
            known=taken["known"],
            photos=taken["photos"],
        ),
        "good",
    )
    return redirect(url_for("office.devices"))


@office.post("/devices/unsent/<string(length=64):key>/drop")
@may(Act.TAKE_IN_UNSENT)
def drop_unsent(key: str) -> Response:
    """Throw an uploaded file away."""
    handed_over.drop(key)
    flash(_("Nothing was taken in. The uploaded file is thrown away."), "good")
    return redirect(url_for("office.unsent"))
