"""Bytes by their SHA-256: photos, frozen uploads, spreadsheets between preview and confirmation."""

import hashlib
import os
import tempfile
import uuid
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, Kept, db


class Blob(Base):
    """Bytes that the server holds and has checked against their name."""

    __tablename__ = "blob"

    sha256: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    size: Mapped[int]
    media_type: Mapped[str] = mapped_column(sa.String(80))
    arrived_at: Mapped[datetime]


class Photo(Kept):
    """A photo that a record names. `sealed` names the bytes the tablet sends; once they are here it never changes."""

    __tablename__ = "photo"

    estate_id: Mapped[uuid.UUID] = mapped_column(index=True)
    record_id: Mapped[uuid.UUID] = mapped_column(index=True)
    subject_type: Mapped[str] = mapped_column(sa.String(40))
    subject_id: Mapped[uuid.UUID] = mapped_column(index=True)
    position: Mapped[int]
    sha256: Mapped[str] = mapped_column(sa.String(64), index=True)
    sealed: Mapped[str] = mapped_column(sa.String(64), index=True)
    width: Mapped[int]
    height: Mapped[int]
    size: Mapped[int]
    arrived_at: Mapped[datetime | None]


def keep(content: bytes, media_type: str, *, at: datetime) -> str:
    """Store `content` durably and return its SHA-256 in hex; the same bytes twice are kept once."""
    name = hashlib.sha256(content).hexdigest()
    path = path_of(name)
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        write_durably(path, content)
    if db.session.get(Blob, name) is None:
        db.session.add(Blob(sha256=name, size=len(content), media_type=media_type, arrived_at=at))
    return name


def held(sha256: str) -> bool:
    """Whether the bytes of this name are here."""
    return db.session.get(Blob, sha256) is not None


def read(sha256: str) -> bytes:
    """The bytes of this name. Raises FileNotFoundError if they are not here."""
    return path_of(sha256).read_bytes()


def path_of(sha256: str) -> Path:
    """Where the bytes of this name lie in the data folder."""
    return Path(current_app.config["BLOBS"]) / sha256[:2] / sha256[2:4] / sha256


def photos_of(subject_id: uuid.UUID, subject_type: str = "issue") -> list[Photo]:
    """The photos of one thing, in the order they were taken."""
    found = sa.select(Photo).where(Photo.subject_id == subject_id, Photo.subject_type == subject_type)
    found = found.order_by(Photo.position, Photo.id)
    return list(db.session.scalars(found))


def photos_in(record_id: uuid.UUID) -> list[Photo]:
    """The photos that a record names."""
    db.session.flush()
    found = sa.select(Photo).where(Photo.record_id == record_id).order_by(Photo.subject_id, Photo.position)
    return list(db.session.scalars(found))


def photos_sealed_as(sealed: str) -> list[Photo]:
    """Every mention of a photo by the name of its frozen bytes."""
    return list(db.session.scalars(sa.select(Photo).where(Photo.sealed == sealed).order_by(Photo.id)))


def write_durably(path: Path, content: bytes) -> None:
    """Write a file, readable by us alone, so that after a power cut it is there whole or not at all."""
    handle, temporary = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, path)
    folder = os.open(path.parent, os.O_RDONLY)
    os.fsync(folder)
    os.close(folder)
