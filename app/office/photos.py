"""Photos as pages show them: made anew from the original, which itself is never served."""

import uuid

from flask import Response, abort

from app.core import blobs, pictures
from app.core.blobs import Photo
from app.core.db import db
from app.core.errors import NotFound
from app.core.i18n import _
from app.office.door import estate_id, me, office
from app.office.issue_pages.issue_scope import issue_in_scope
from app.people.access import may
from app.people.rules import Act
from app.visits.surveyed import OF_A_SHEET

_LONG_EDGE = {"small": 480, "large": 1600}


@office.get("/photos/<uuid:photo_id>/<size>.jpg")
@may(Act.SEE_ISSUES)
def photo(photo_id: uuid.UUID, size: str) -> Response:
    """A photo of what whoever asks may see, an issue or a survey's sheet. 404 while its bytes are on the tablet."""
    found = db.session.get(Photo, photo_id)
    if found is None or found.estate_id != estate_id() or size not in _LONG_EDGE:
        raise _unknown()
    if found.subject_type != OF_A_SHEET:
        issue_in_scope(found.subject_id)
    elif not me().may(Act.SEE_SURVEYS):
        raise _unknown()

    picture = pictures.shown(blobs.read(found.sha256), _LONG_EDGE[size]) if blobs.held(found.sha256) else None
    if picture is None:
        abort(404)
    response = Response(picture, mimetype="image/jpeg")
    response.headers["Cache-Control"] = "private, max-age=86400, immutable"
    return response


def _unknown() -> NotFound:
    return NotFound("photo:unknown", _("This photo is not known in this estate."))
