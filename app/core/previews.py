"""What was read of an uploaded file, kept for a day between its preview and its confirmation."""

import uuid
from datetime import datetime, timedelta
from typing import Generic, TypeVar

import sqlalchemy as sa
from pydantic import BaseModel, ValidationError

from app.core import blobs
from app.core.blobs import Blob
from app.core.db import db
from app.core.errors import NotFound, Words

KEPT_FOR = timedelta(days=1)


class Previewed(BaseModel):
    """A file that somebody uploaded for an estate and has not confirmed yet; a kind adds what was read of it."""

    estate_id: uuid.UUID
    staff_id: uuid.UUID
    file: str
    at: datetime


P = TypeVar("P", bound=Previewed)


class Previews(Generic[P]):
    """The files of one kind that wait, told from all other bytes by their media type."""

    def __init__(self, form: type[P], media_type: str, code: str, gone: Words) -> None:
        self._form, self._media_type = form, media_type
        self._code, self._gone = code, gone

    def keep(self, previewed: P) -> str:
        """Keep one for a day; returns its key. Older ones that nobody confirmed are thrown away."""
        old = sa.select(Blob.sha256).where(
            Blob.media_type == self._media_type, Blob.arrived_at < previewed.at - KEPT_FOR
        )
        for key in db.session.scalars(old).all():
            self.forget(key)
        return blobs.keep(previewed.model_dump_json().encode(), self._media_type, at=previewed.at)

    def fetch(self, key: str, estate_id: uuid.UUID) -> P:
        """The one that waits under this key in this estate. Raises NotFound."""
        blob = db.session.get(Blob, key)
        if blob is None or blob.media_type != self._media_type:
            raise NotFound(self._code, self._gone)
        try:
            previewed = self._form.model_validate_json(blobs.read(key))
        except (FileNotFoundError, ValidationError) as error:
            raise NotFound(self._code, self._gone) from error
        if previewed.estate_id != estate_id:
            raise NotFound(self._code, self._gone)
        return previewed

    def forget(self, key: str) -> None:
        """Throw one away, confirmed or not."""
        blob = db.session.get(Blob, key)
        if blob is not None and blob.media_type == self._media_type:
            db.session.delete(blob)
            blobs.path_of(key).unlink(missing_ok=True)
