"""Files of work orders between preview and confirmation: what was read, for a day."""

import uuid
from datetime import datetime, timedelta

import sqlalchemy as sa
from pydantic import BaseModel, ValidationError

from app.core import blobs
from app.core.blobs import Blob
from app.core.db import db
from app.core.errors import NotFound
from app.core.i18n import lazy_
from app.repairs.lines import OrderFile

MEDIA_TYPE = "application/vnd.doorstep.orders+json"
KEPT_FOR = timedelta(days=1)


class WaitingOrders(BaseModel):
    """A file that somebody uploaded for an estate and has not confirmed yet."""

    estate_id: uuid.UUID
    staff_id: uuid.UUID
    file: str
    at: datetime
    orders: OrderFile


def keep(waiting: WaitingOrders) -> str:
    """Keep a file for a day; returns its key. Older ones that nobody confirmed are thrown away."""
    old = sa.select(Blob.sha256).where(Blob.media_type == MEDIA_TYPE, Blob.arrived_at < waiting.at - KEPT_FOR)
    for key in db.session.scalars(old).all():
        forget(key)
    return blobs.keep(waiting.model_dump_json().encode(), MEDIA_TYPE, at=waiting.at)


def fetch(key: str, estate_id: uuid.UUID) -> WaitingOrders:
    """The file that waits under this key in this estate. Raises NotFound."""
    blob = db.session.get(Blob, key)
    if blob is None or blob.media_type != MEDIA_TYPE:
        raise _gone()
    try:
        waiting = WaitingOrders.model_validate_json(blobs.read(key))
    except (FileNotFoundError, ValidationError) as error:
        raise _gone() from error
    if waiting.estate_id != estate_id:
        raise _gone()
    return waiting


def forget(key: str) -> None:
    """Throw a file away, confirmed or not."""
    blob = db.session.get(Blob, key)
    if blob is not None and blob.media_type == MEDIA_TYPE:
        db.session.delete(blob)
        blobs.path_of(key).unlink(missing_ok=True)


def _gone() -> NotFound:
    return NotFound(
        "order:preview_gone", lazy_("This preview is not there any more. Files are kept for a day; upload it again.")
    )
