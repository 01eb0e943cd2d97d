"""Other systems that speak to one estate, each by a key of its own: made, told once, used, withdrawn."""

import hashlib
import secrets
import uuid
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.core import journal
from app.core.db import Kept, db
from app.core.errors import NotFound, Refused
from app.core.i18n import _
from app.core.journal import By

_BEGINS = "ds_"
_SEEN_EVERY = timedelta(minutes=1)
LONGEST_NAME = 80


class OtherSystem(Kept):
    """A system that may post to one estate. Of its key only the hash is kept, and its last characters to know it by."""

    __tablename__ = "other_system"

    estate_id: Mapped[uuid.UUID] = mapped_column(index=True)
    name: Mapped[str] = mapped_column(sa.String(LONGEST_NAME))
    key_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    ending: Mapped[str] = mapped_column(sa.String(8))
    made_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]


def let_in(estate_id: uuid.UUID, name: str, *, by: By, at: datetime) -> tuple[OtherSystem, str]:
    """A system and its key, which is told only here. Raises Refused."""
    name = name.strip()
    if not name:
        raise Refused("system:no_name", _("Say what the system is called."))
    if any(one.revoked_at is None and one.name == name for one in systems_of(estate_id)):
        raise Refused("system:known", _("A system of this name has a key already."))
    key = _BEGINS + secrets.token_urlsafe(32)
    system = OtherSystem(
        estate_id=estate_id, name=name[:LONGEST_NAME], key_hash=_hash(key), ending=key[-4:], made_at=at
    )
    db.session.add(system)
    db.session.flush()
    journal.write(estate_id, "system:let_in", ("system", system.id), by=by, at=at)
    return system, key


def withdraw(system: OtherSystem, *, by: By, at: datetime) -> None:
    """Its key opens nothing any more; what came by it stays."""
    if system.revoked_at is None:
        system.revoked_at = at
        journal.write(system.estate_id, "system:withdrawn", ("system", system.id), by=by, at=at)


def system_with(key: str) -> OtherSystem | None:
    """The system whose key this is, unless it was withdrawn."""
    found = sa.select(OtherSystem).where(OtherSystem.key_hash == _hash(key), OtherSystem.revoked_at.is_(None))
    return db.session.scalars(found).first() if key.startswith(_BEGINS) else None


def seen(system: OtherSystem, at: datetime) -> None:
    """Remember when a key was last used, to the minute."""
    if system.last_used_at is None or at - system.last_used_at >= _SEEN_EVERY:
        system.last_used_at = at


def systems_of(estate_id: uuid.UUID) -> list[OtherSystem]:
    """The systems of an estate: those in use first, newest first."""
    found = sa.select(OtherSystem).where(OtherSystem.estate_id == estate_id)
    return list(db.session.scalars(found.order_by(OtherSystem.revoked_at.is_not(None), OtherSystem.made_at.desc())))


def the_system(estate_id: uuid.UUID, system_id: uuid.UUID) -> OtherSystem:
    """A system of this estate. Raises NotFound."""
    system = db.session.get(OtherSystem, system_id)
    if system is None or system.estate_id != estate_id:
        raise NotFound("system:unknown", _("This system is not known in this estate."))
    return system


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
