"""Photos as pages show them: made anew from the original, which itself is never served."""

import io
import uuid

from flask import Response, abort
from PIL import Image, ImageOps, UnidentifiedImageError

from app.core import blobs
from app.core.blobs import Photo
from app.core.db import db
from app.core.errors import NotFound
from app.core.i18n import _
from app.office.door import estate_id, office
from app.office.issue_scope import issue_in_scope
from app.people.access import may
from app.people.rules import Act

_LONG_EDGE = {"small": 480, "large": 1600}
_MOST_PIXELS = 50_000_000


@office.get("/photos/<uuid:photo_id>/<size>.jpg")
@may(Act.SEE_ISSUES)
def photo(photo_id: uuid.UUID, size: str) -> Response:
    """A photo of an issue that whoever asks may see. 404 while its bytes are still on the tablet."""
    found = db.session.get(Photo, photo_id)
    if found is None or found.estate_id != estate_id() or size not in _LONG_EDGE:
        raise NotFound("photo:unknown", _("This photo is not known in this estate."))
    issue_in_scope(found.subject_id)

    if not blobs.held(found.sha256):
        abort(404)
    response = Response(_shown(blobs.read(found.sha256), _LONG_EDGE[size]), mimetype="image/jpeg")
    response.headers["Cache-Control"] = "private, max-age=86400, immutable"
    return response


def _shown(original: bytes, long_edge: int) -> bytes:
    """JPEG, upright, at most `long_edge` pixels, and nothing else of the original. 404 if it is no picture."""
    try:
        picture = Image.open(io.BytesIO(original), formats=("JPEG", "PNG", "WEBP"))
        if picture.width * picture.height > _MOST_PIXELS:
            abort(404)
        picture.draft("RGB", (long_edge, long_edge))
        upright = ImageOps.exif_transpose(picture).convert("RGB")
    except (UnidentifiedImageError, OSError, ValueError):
        abort(404)
    upright.thumbnail((long_edge, long_edge))
    shown = io.BytesIO()
    upright.save(shown, "JPEG", quality=82)
    return shown.getvalue()
