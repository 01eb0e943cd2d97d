"""The journal's hash chain: the closed days of each stream, each over every line of it and over the day before.

A stream is closed in the order of `seq`, as far as it is committed, and never opened again. A line counts for the
day of its moment; where the lines before it have reached a later day, or its day is closed already, for that later one.
So what is written late moves on by a day, and no closed day ever waits for it.
"""

import json
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import Any

import rfc8785
import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import local_date
from app.core.db import Base, IdText, db
from app.core.journal import JournalLine, last_seq

FIRST = "0" * 64
"""What stands for the day before the first."""
DIGEST = 32
"""Bytes of a digest in the list of a day's lines."""
_PAGE = 1000
_BEFORE_ALL = -(2**63)
_UNREADABLE = sha256(b"unreadable").digest()


class ClosedDay(Base):
    """One day of a stream: the lines from `first_seq` to `last_seq` as they stood when it was closed. It never changes.

    `lines` holds a digest for each line, one after another, so that a changed one can be named; `missing` the numbers
    [from, to] for which there was no line: nothing but a row taken away leaves a gap. `sha256` is over all the rest.
    """

    __tablename__ = "journal_day"

    stream: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    day: Mapped[date]
    first_seq: Mapped[int] = mapped_column(sa.BigInteger)
    last_seq: Mapped[int] = mapped_column(sa.BigInteger)
    line_count: Mapped[int]
    missing: Mapped[list[Any]]
    lines_sha256: Mapped[str] = mapped_column(sa.String(64))
    previous: Mapped[str] = mapped_column(sa.String(64))
    closed_at: Mapped[datetime]
    sha256: Mapped[str] = mapped_column(sa.String(64), unique=True)
    lines: Mapped[bytes] = mapped_column(sa.LargeBinary, deferred=True)


@dataclass(frozen=True, slots=True)
class ReadLine:
    """A line as it stands in the database; `at` is nothing where it cannot be read any more."""

    seq: int
    at: datetime | None
    digest: bytes


@dataclass
class OpenDay:
    """The lines of a day that can be closed."""

    first_seq: int
    day: date = date.min
    last_seq: int = 0
    missing: list[list[int]] = field(default_factory=list)
    digests: bytearray = field(default_factory=bytearray)

    def add(self, line: ReadLine) -> None:
        expected = self.last_seq + 1 if self.digests else self.first_seq
        if line.seq > expected:
            self.missing.append([expected, line.seq - 1])
        self.last_seq = line.seq
        self.digests += line.digest


# --- what is closed ---


def head(stream: uuid.UUID) -> ClosedDay | None:
    """The last closed day of a stream: its hash covers everything before it."""
    found = sa.select(ClosedDay).where(ClosedDay.stream == stream).order_by(ClosedDay.number.desc())
    return db.session.scalars(found.limit(1)).first()


def last_days(stream: uuid.UUID, count: int) -> list[ClosedDay]:
    """The days of a stream that were closed last, newest first."""
    found = sa.select(ClosedDay).where(ClosedDay.stream == stream).order_by(ClosedDay.number.desc())
    return list(db.session.scalars(found.limit(count)))


def days_closed(stream: uuid.UUID, first: date, last: date) -> list[ClosedDay]:
    """The closed days of a stream from one day of the calendar to another, oldest first."""
    found = sa.select(ClosedDay).where(ClosedDay.stream == stream, ClosedDay.day.between(first, last))
    return list(db.session.scalars(found.order_by(ClosedDay.number)))


def day_of_hash(digest: str) -> ClosedDay | None:
    """The closed day, of whatever stream, that bears this hash."""
    return db.session.scalars(sa.select(ClosedDay).where(ClosedDay.sha256 == digest)).first()


def day_of_line(stream: uuid.UUID, seq: int) -> ClosedDay | None:
    """The closed day of a stream that holds this line; nothing while it is open."""
    found = sa.select(ClosedDay).where(ClosedDay.stream == stream, ClosedDay.last_seq >= seq)
    return db.session.scalars(found.order_by(ClosedDay.number).limit(1)).first()


def next_open_day(stream: uuid.UUID, zone: str, at: datetime) -> OpenDay | None:
    """The first day of a stream that is over at a moment and not closed yet, with its lines; nothing: all is closed."""
    last, today = head(stream), local_date(at, zone)
    reached = date.min
    if last is not None and last.day < today:  # otherwise the clock ran ahead when it was closed
        reached = last.day + timedelta(days=1)

    gathered = OpenDay(first_seq=last.last_seq + 1 if last else 1, day=reached)
    for line in read_lines(stream, after=gathered.first_seq - 1, until=last_seq(stream)):
        # A moment still to come was written by a clock that ran ahead: it says nothing about the day.
        if line.at is not None and line.at <= at:
            reached = max(reached, local_date(line.at, zone))
        if reached >= today or (gathered.digests and date.min < gathered.day < reached):
            break
        gathered.day = reached
        if isinstance(line.seq, int):
            gathered.add(line)
    return gathered if gathered.digests and gathered.day > date.min else None


def close_day(stream: uuid.UUID, gathered: OpenDay, *, at: datetime) -> ClosedDay:
    """Close a day for good. Of two that do so at once the key lets one through."""
    last = head(stream)
    closed = ClosedDay(
        stream=stream,
        number=last.number + 1 if last else 1,
        day=gathered.day,
        first_seq=gathered.first_seq,
        last_seq=gathered.last_seq,
        line_count=len(gathered.digests) // DIGEST,
        missing=gathered.missing,
        lines_sha256=sha256(gathered.digests).hexdigest(),
        previous=last.sha256 if last else FIRST,
        closed_at=at,
        lines=bytes(gathered.digests),
    )
    closed.sha256 = hash_of(closed)
    db.session.add(closed)
    db.session.flush()
    return closed


# --- what is hashed ---


def hash_of(closed: ClosedDay) -> str:
    """SHA-256 of a closed day's canonical form: all of its row but the list, which `lines_sha256` stands for."""
    return sha256(canonical_day(closed)).hexdigest()


def canonical_day(closed: ClosedDay) -> bytes:
    """What of a closed day its hash covers."""
    covered = {column.name: getattr(closed, column.name) for column in ClosedDay.__table__.columns}
    del covered["sha256"], covered["lines"]
    return canonical_row(covered)


def canonical_row(row: Mapping[str, Any]) -> bytes:
    """A row as RFC 8785 JSON: every column that holds anything, so that one added later changes no older line.

    Contents that have no such form (a lone half of a surrogate pair, a number beyond 2^53) stand in it as a text.
    """
    said = {name: _as_json(value) for name, value in row.items() if value is not None}
    try:
        # For these contents the standard library writes the same, ten times faster.
        return _plain.encode(said).encode() if _is_plain(said) else rfc8785.dumps(said)
    except (ValueError, RecursionError):
        said["data"] = ["no canonical form", json.dumps(said.get("data"), sort_keys=True)]
        return rfc8785.dumps(said)


_plain = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def _is_plain(value: Any) -> bool:
    """Whether there is nothing in it on which Python and the RFC differ: fractions, large numbers, order of keys."""
    if isinstance(value, dict):
        return all(isinstance(key, str) and key.isascii() and _is_plain(one) for key, one in value.items())
    if isinstance(value, list):
        return all(map(_is_plain, value))
    if isinstance(value, int):
        return -(2**53) < value < 2**53
    return value is None or isinstance(value, str)


def _as_json(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, uuid.UUID | date):
        return str(value)
    return value


# --- what stands in the journal ---


def read_lines(stream: uuid.UUID, *, after: int = _BEFORE_ALL, until: int | None = None) -> Iterator[ReadLine]:
    """The lines of a stream in their order, each with its digest; a page of them in memory at a time."""
    mine = sa.select(*_COLUMNS).where(JournalLine.stream == stream).order_by(JournalLine.seq)
    if until is not None:
        mine = mine.where(JournalLine.seq <= until)
    while True:
        page = _page(mine.where(JournalLine.seq > after).limit(_PAGE))
        yield from (_read(seq, row) for seq, row in page)
        if len(page) < _PAGE:
            return
        after = page[-1][0]


def canonical_lines(closed: ClosedDay) -> Iterator[bytes]:
    """The lines of a closed day as they are hashed; nothing stands for one that cannot be read any more."""
    mine = sa.select(*_COLUMNS).where(JournalLine.stream == closed.stream, JournalLine.seq <= closed.last_seq)
    after = closed.first_seq - 1
    while page := _page(mine.where(JournalLine.seq > after).order_by(JournalLine.seq).limit(_PAGE)):
        yield from (
            canonical_row(dict(zip(_NAMES, row, strict=True))) if row is not None else b"" for _seq, row in page
        )
        after = page[-1][0]


_COLUMNS = [
    sa.type_coerce(column, IdText()).label(column.name) if isinstance(column.type, sa.Uuid) else column
    for column in JournalLine.__table__.columns
]
_NAMES = [column.name for column in JournalLine.__table__.columns]
_SEQ = _NAMES.index("seq")


def _page(found: sa.Select[Any]) -> list[tuple[int, sa.Row[Any] | None]]:
    """Number and row; no row where somebody broke one by hand so that it cannot be read."""
    try:
        return [(row[_SEQ], row) for row in db.session.execute(found)]
    except Exception:  # noqa: BLE001 - whatever comes of it
        seqs = db.session.scalars(found.with_only_columns(JournalLine.seq)).all()
        return [(seq, _one(found, seq)) for seq in seqs]


def _one(found: sa.Select[Any], seq: int) -> sa.Row[Any] | None:
    try:
        return db.session.execute(found.where(JournalLine.seq == seq)).one()
    except Exception:  # noqa: BLE001 - this one
        return None


def _read(seq: int, row: sa.Row[Any] | None) -> ReadLine:
    if row is None:
        return ReadLine(seq, None, _UNREADABLE)
    line = dict(zip(_NAMES, row, strict=True))
    try:
        return ReadLine(seq, line["at"], sha256(canonical_row(line)).digest())
    except (ValueError, TypeError):  # bytes where a text belongs
        return ReadLine(seq, None, _UNREADABLE)
