"""Photos on their way up: resumed by offset, checked against their name, opened, kept. The caller commits."""

import hashlib
import re
from datetime import datetime

import sqlalchemy as sa

from app.core import arriving, blobs
from app.core.db import db, upsert
from app.core.errors import NotFound, Outdated, Refused, TooLarge
from app.core.i18n import _
from app.core.journal import By
from app.people.models import Device
from app.sync.contents import contents_of
from app.sync.keeping import office_of, tell
from app.sync.keys import open_frozen
from app.sync.models import Upload
from app.sync.queries import waiting_of
from app.visits.pictured import photos_arrived

_NAME = re.compile(r"[0-9a-f]{64}")
LARGEST = 16 * 1024 * 1024
"""Bytes of one frozen photo; tablets send about one megabyte."""


def upload_of(sealed: str) -> Upload | None:
    """How far an upload has come."""
    return db.session.get(Upload, sealed)


def held_of(upload: Upload) -> int:
    """How many bytes of it are here: of a part that was cleared away, or did not come back with a backup, none."""
    return upload.held if upload.complete else min(upload.held, arriving.held(upload.sealed))


def take_in(sealed: str, offset: int, length: int, content: bytes, device: Device, *, at: datetime) -> Upload:
    """Append bytes at `offset`; the last ones complete the photo.

    Raises Outdated (`held` in its detail) when `offset` is not what the server holds, Refused when the whole does not
    have the name it came under, or another length than it began with: then the server forgets it and the tablet begins
    anew.
    """
    if not _NAME.fullmatch(sealed):
        raise NotFound("blob:name", _("A photo is named by its SHA-256."))
    upload = db.session.get(Upload, sealed, with_for_update=True) or _begin(sealed, length, device, at)
    if upload.complete:
        return upload
    held = held_of(upload)
    if offset != held:
        raise Outdated("blob:offset_differs", _("The upload goes on from another place."), held=held)
    if held + len(content) > upload.length or length != upload.length:
        raise Refused("blob:length_differs", _("The upload is longer than it said."))
    arriving.append(sealed, offset, content)
    upload.held = held + len(content)
    if upload.held == upload.length:
        _complete(upload, at)
    return upload


def forget(sealed: str) -> None:
    """Drop an upload whose bytes were wrong, so that the tablet can begin anew; not one that somebody has completed."""
    arriving.let_go(sealed)
    db.session.execute(sa.delete(Upload).where(Upload.sealed == sealed, Upload.complete.is_(False)))


def _begin(sealed: str, length: int, device: Device, at: datetime) -> Upload:
    if not 0 < length <= LARGEST:
        raise TooLarge("blob:too_large", _("The photo is too large."))
    insert = upsert(Upload).on_conflict_do_nothing(index_elements=["sealed"])
    row = insert.values(
        sealed=sealed, device_id=device.id, length=length, held=0, complete=False, sha256="", code="", begun_at=at
    )
    db.session.execute(row)
    # Ours, or that of whoever began it at the same moment.
    return db.session.get_one(Upload, sealed, with_for_update=True)


def _complete(upload: Upload, at: datetime) -> None:
    frozen = arriving.read(upload.sealed)
    if hashlib.sha256(frozen).hexdigest() != upload.sealed:
        raise Refused("blob:hash_differs", _("The photo arrived damaged and is sent again."))
    try:
        photo = open_frozen(frozen.decode("ascii"), "doorstep-blob")
    except ValueError as error:
        raise Refused("blob:unreadable", _("The photo cannot be read by the office."), error=str(error)) from error
    upload.complete, upload.sha256 = True, blobs.keep(photo, "image/jpeg", at=at)
    db.session.flush()
    photos_arrived(upload.sealed, upload.sha256, at=at)
    _tell_what_was_kept(upload, at)


def _tell_what_was_kept(upload: Upload, at: datetime) -> None:
    """An operation that was kept without taking effect names photos too: its record says what it still lacks."""
    by = By(device_id=upload.device_id)
    for operation in waiting_of(upload.device_id):
        if upload.sealed in contents_of(operation).sealed:
            data = {"sealed": upload.sealed}
            tell(operation, "operation:photo_arrived", office_of(operation), entered=False, by=by, at=at, data=data)
