"""Photos of the work: taken in by a form, checked and made anew; shown to whoever may see the issue."""

import uuid
from contextlib import closing

from flask import Response, request
from werkzeug.datastructures import FileStorage

from app.core import blobs, pictures
from app.core.db import db
from app.core.errors import NotFound, Refused
from app.core.i18n import _
from app.core.pictures import Picture
from app.issues.progress import MOST_PHOTOS, the_work_photo
from app.office.door import estate_id, office
from app.office.issue_pages.issue_scope import issue_in_scope
from app.people.access import may
from app.people.rules import Act

ACCEPTED = "image/jpeg,image/png,image/webp"
"""What cameras make and every browser shows; a telephone turns its own kind into one of these."""
_MOST_BYTES = 12 * 1024 * 1024
_KEPT_EDGE = 2000
_LONG_EDGE = {"small": 480, "large": 1600}


def photos_sent() -> list[Picture]:
    """The photos of the form that was sent, made anew without place and camera. Raises Refused in words.

    Ends the transaction: nobody who writes waits while pictures are made.
    """
    sent = [_read(file) for file in request.files.getlist("photos") if file.filename]
    if not sent:
        return []
    if len(sent) > MOST_PHOTOS:
        raise Refused("photo:too_many", _("At most %(n)s photos at once.", n=MOST_PHOTOS))
    db.session.rollback()
    made = []
    for content in sent:
        if len(content) > _MOST_BYTES:
            limit = _MOST_BYTES // 1024 // 1024
            raise Refused("photo:too_large", _("A photo is larger than %(limit)s MB.", limit=limit))
        picture = pictures.made_anew(content, _KEPT_EDGE)
        if picture is None:
            raise Refused("photo:unreadable", _("A file is no photo that can be read: JPEG, PNG or WebP."))
        made.append(picture)
    return made


def _read(file: FileStorage) -> bytes:
    """No more of it than shows that it is too large."""
    with closing(file):
        return bytes(file.read(_MOST_BYTES + 1))


@office.get("/desk/photos/<uuid:photo_id>/<size>.jpg")
@may(Act.SEE_ISSUES)
def work_photo(photo_id: uuid.UUID, size: str) -> Response:
    """A photo of the work on an issue that whoever asks may see."""
    found = the_work_photo(estate_id(), photo_id)
    issue_in_scope(found.issue_id)
    if size not in _LONG_EDGE:
        raise NotFound("photo:unknown", _("This photo is not known in this estate."))

    picture = pictures.shown(blobs.read(found.sha256), _LONG_EDGE[size])
    response = Response(picture, mimetype="image/jpeg")
    response.headers["Cache-Control"] = "private, max-age=86400, immutable"
    return response
