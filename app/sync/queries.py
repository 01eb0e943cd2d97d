"""What a pull reads: which documents changed since a cursor, the digest of a whole scope, what was decided last."""

import base64
import binascii
import hashlib
import json
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import sqlalchemy as sa

from app.core.db import IdText, db
from app.core.journal import Feed
from app.sync.models import Decision, Epoch, Operation
from app.sync.rules import APPLIED, IN_EFFECT, Standing, standing


@dataclass(frozen=True)
class Cursor:
    """How far a tablet has read each estate, in which epoch of the server."""

    epoch: str = ""
    seen: dict[uuid.UUID, int] = field(default_factory=dict)

    def text(self) -> str:
        plain = {"e": self.epoch, "s": {str(estate): seq for estate, seq in self.seen.items()}}
        return base64.urlsafe_b64encode(json.dumps(plain, separators=(",", ":")).encode()).decode()


def read_cursor(text: str, epoch: str) -> Cursor:
    """The cursor a tablet brought; one from another epoch, or nonsense, begins anew."""
    try:
        plain = json.loads(base64.urlsafe_b64decode(text.encode()))
        seen = {uuid.UUID(estate): _place(seq) for estate, seq in plain["s"].items()}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, binascii.Error):
        return Cursor(epoch)
    return Cursor(epoch, seen) if plain.get("e") == epoch else Cursor(epoch)


def _place(seq: object) -> int:
    """A place in a journal. Raises ValueError for what is none, and for one that no database counts to."""
    if type(seq) is not int or not 0 <= seq < 2**53:
        raise ValueError(f"no place in a journal: {seq!r:.40}")
    return seq


def epoch() -> str:
    """The server's epoch."""
    return db.session.scalars(sa.select(Epoch.value)).one()


class Changed(Protocol):
    """One document of the feed: which, and as of when, or that it is gone."""

    type: str
    id: str
    version: int
    gone: bool


def changed(estate_id: uuid.UUID, since: int, staff_id: uuid.UUID, limit: int) -> Sequence[Changed]:
    """The next changed documents of an estate that this person may hold, in the order of their change.

    About `limit` of them: a page never ends between two documents of one change, or the cursor would pass the second.
    A tablet that begins (`since` 0) is not told of what is gone.
    """
    rows = sa.select(_FEED.type, _ID_TEXT, _FEED.version, _FEED.gone).where(*_after(estate_id, since, staff_id))
    rows = rows.order_by(_FEED.version, _FEED.type, _FEED.id)
    page = _read(rows.limit(limit))
    if len(page) == limit:
        last = page[-1].version
        page = [*(row for row in page if row.version < last), *_read(rows.where(_FEED.version == last))]
    return page


@dataclass(frozen=True)
class Counted:
    """Documents of the feed between two versions: how many, their versions in sum, how many for one person alone."""

    documents: int
    versions: int
    personal: int


def counted(estate_id: uuid.UUID, since: int, until: int, staff_id: uuid.UUID) -> Counted:
    """What `changed` would read of an estate up to a version, only counted.

    A document that changes leaves the place of its old version for one above all others; so does one that is gone.
    """
    columns: tuple[Any, ...] = (
        sa.func.count().label("documents"),
        sa.func.sum(_FEED.version).label("versions"),
        sa.func.count(_FEED.only_for).label("personal"),
    )
    [row] = _read(sa.select(*columns).where(*_after(estate_id, since, staff_id), _FEED.version <= until))
    return Counted(row.documents, int(row.versions or 0), row.personal)


def digest(estate_ids: list[uuid.UUID], staff_id: uuid.UUID) -> dict[str, object]:
    """Count and hash of `type:id:version` over all live documents of a scope: a tablet compares its own."""
    rows = _read(_live(estate_ids, staff_id, _FEED.type, _ID_TEXT, _FEED.version))
    lines = sorted([f"{row.type}:{row.id}:{row.version}\n" for row in rows])
    return {"count": len(lines), "sha256": hashlib.sha256("".join(lines).encode()).hexdigest()}


def fingerprint(estate_ids: list[uuid.UUID], staff_id: uuid.UUID) -> frozenset[tuple[uuid.UUID, int, int, int]]:
    """Of each estate of a scope count, sum and highest of all live versions: they change with the scope's digest.

    Whoever changes a document gives it a version above all others of its estate; those of two estates have nothing to
    do with each other. One that turned up late all the same, below a version already told, changes count and sum.
    """
    version = _FEED.version
    counted = (sa.func.count().label("live"), sa.func.sum(version).label("sum"), sa.func.max(version).label("highest"))
    rows = _read(_live(estate_ids, staff_id, _FEED.stream, *counted).group_by(_FEED.stream))
    return frozenset((row.stream, row.live, int(row.sum), row.highest) for row in rows)


_FEED = Feed.__table__.columns
_ID_TEXT = sa.type_coerce(_FEED.id, IdText()).label("id")


def last_decisions(op_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Decision]:
    """Operation → the last decision about it, for those that there is one about."""
    found = sa.select(Decision).where(Decision.op_id.in_(list(op_ids))).order_by(Decision.number)
    return {decided.op_id: decided for decided in db.session.scalars(found)}


def waiting_of(device_id: uuid.UUID) -> list[Operation]:
    """The operations of a tablet that were kept without taking effect until now."""
    found = sa.select(Operation).where(Operation.device_id == device_id, Operation.status != APPLIED)
    operations = list(db.session.scalars(found.order_by(Operation.op_id)))
    decisions = last_decisions(operation.op_id for operation in operations)
    return [one for one in operations if _stands(one, decisions.get(one.op_id)) not in IN_EFFECT]


def _stands(operation: Operation, decided: Decision | None) -> Standing:
    last = (decided.outcome, decided.code) if decided else (None, "")
    return standing(operation.status, operation.code, *last)


def _for(staff_id: uuid.UUID) -> sa.ColumnElement[bool]:
    return sa.or_(_FEED.only_for.is_(None), _FEED.only_for == staff_id)


def _after(estate_id: uuid.UUID, since: int, staff_id: uuid.UUID) -> tuple[sa.ColumnElement[bool], ...]:
    """Of an estate after a version, what a person may hold; whoever begins need not know of what is gone."""
    there = () if since else (_FEED.gone.is_(False),)
    return (_FEED.stream == estate_id, _FEED.version > since, _for(staff_id), *there)


def _live(estate_ids: list[uuid.UUID], staff_id: uuid.UUID, *columns: Any) -> sa.Select[Any]:
    """These columns of the live documents that a person may hold."""
    return sa.select(*columns).where(_FEED.stream.in_(estate_ids), _FEED.gone.is_(False), _for(staff_id))


def _read(rows: sa.Select[Any]) -> Sequence[sa.Row[Any]]:
    """Rows past the mapper: of the feed there are thousands, and nobody changes them here."""
    return db.session.connection().execute(rows).all()
