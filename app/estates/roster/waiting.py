"""Rosters between preview and confirmation: what was read of the file, without what is never kept.

An identity number is in the file and not in what was read of it, so the file itself is thrown away.
"""

import uuid
from datetime import datetime, timedelta

import sqlalchemy as sa
from pydantic import BaseModel, ValidationError

from app.core import blobs
from app.core.blobs import Blob
from app.core.db import db
from app.core.errors import NotFound
from app.core.i18n import lazy_
from app.estates.roster.lines import Roster

MEDIA_TYPE = "application/vnd.doorstep.roster+json"
KEPT_FOR = timedelta(days=1)


class WaitingRoster(BaseModel):
    """A roster that somebody uploaded for an estate and has not confirmed yet."""

    estate_id: uuid.UUID
    staff_id: uuid.UUID
    file: str
    at: datetime
    roster: Roster


def keep(waiting: WaitingRoster) -> str:
    """Keep a roster for a day; returns its key. Older ones that nobody confirmed are thrown away."""
    for key in db.session.scalars(
        sa.select(Blob.sha256).where(Blob.media_type == MEDIA_TYPE, Blob.arrived_at < waiting.at - KEPT_FOR)
    ).all():
        forget(key)
    return blobs.keep(waiting.model_dump_json().encode(), MEDIA_TYPE, at=waiting.at)


def fetch(key: str, estate_id: uuid.UUID) -> WaitingRoster:
    """The roster that waits under this key in this estate. Raises NotFound."""
    blob = db.session.get(Blob, key)
    if blob is None or blob.media_type != MEDIA_TYPE:
        raise _gone()
    try:
        waiting = WaitingRoster.model_validate_json(blobs.read(key))
    except (FileNotFoundError, ValidationError) as error:
        raise _gone() from error
    if waiting.estate_id != estate_id:
        raise _gone()
    return waiting


def forget(key: str) -> None:
    """Throw a roster away, confirmed or not."""
    blob = db.session.get(Blob, key)
    if blob is not None and blob.media_type == MEDIA_TYPE:
        db.session.delete(blob)
        blobs.path_of(key).unlink(missing_ok=True)


def _gone() -> NotFound:
    return NotFound(
        "roster:gone", lazy_("This preview is not there any more. Rosters are kept for a day; upload the file again.")
    )
