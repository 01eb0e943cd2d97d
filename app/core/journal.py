"""The append-only journal: history, audit trail, the tablets' change feed, in the same transaction as each change.

Lines are collected while a transaction runs, dropped with their savepoint, and written in one last step before the
outermost commit. Only there are the counters taken, streams in id order, so that whoever reads by `seq` never passes
a line that commits later.
"""

import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import Mapped, Session, SessionTransaction, mapped_column

from app.core import ahead
from app.core.db import Base, db, take_turn, upsert

COMPANY_STREAM = uuid.UUID("00000000-0000-7000-8000-000000000001")
"""The stream of what belongs to no estate: staff, devices, settings of the company."""
RESTORED = "server:restored"
"""The line of a server that came back from a backup."""

_SEQ = "seq"


class JournalLine(Base):
    """One thing that happened: it never changes. `data` holds ids and values, never names or phones."""

    __tablename__ = "journal"
    __table_args__ = (sa.Index("ix_journal_subject", "subject_id", "seq"),)

    stream: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True)
    at: Mapped[datetime]
    staff_id: Mapped[uuid.UUID | None]
    device_id: Mapped[uuid.UUID | None]
    subject_type: Mapped[str] = mapped_column(sa.String(40))
    subject_id: Mapped[uuid.UUID]
    kind: Mapped[str] = mapped_column(sa.String(60), index=True)
    event_id: Mapped[uuid.UUID | None] = mapped_column(unique=True)
    data: Mapped[dict[str, Any]]


_INSERT = sa.insert(JournalLine.__table__)  # type: ignore[arg-type]


class Counter(Base):
    """The last number taken of a series in a stream: `seq` itself, or a month's record numbers."""

    __tablename__ = "counter"

    stream: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    series: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    value: Mapped[int] = mapped_column(sa.BigInteger)


class Feed(Base):
    """For each document a tablet can hold, the `seq` of its last change: what a pull reads."""

    __tablename__ = "feed"
    __table_args__ = (sa.Index("ix_feed_stream_version", "stream", "version"),)

    stream: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    type: Mapped[str] = mapped_column(sa.String(20), primary_key=True)
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(sa.BigInteger)
    gone: Mapped[bool]
    only_for: Mapped[uuid.UUID | None]


@dataclass(frozen=True)
class By:
    """Who acts: a member of staff, perhaps through a tablet; nobody when the product acts by itself."""

    staff_id: uuid.UUID | None = None
    device_id: uuid.UUID | None = None


@dataclass(frozen=True)
class Doc:
    """A document of the tablets' feed; `only_for` one member of staff, or for everybody in the estate."""

    type: str
    id: uuid.UUID
    gone: bool = False
    only_for: uuid.UUID | None = None


Line = dict[str, Any]
"""The columns of a line of the journal; `seq` comes last."""


@dataclass
class _Pending:
    """What waits for the last step of the running transaction."""

    lines: list[tuple[Line, tuple[Doc, ...]]] = field(default_factory=list)
    numbers: list[tuple[uuid.UUID, str, Callable[[int], None]]] = field(default_factory=list)
    finishes: list[Callable[[dict[uuid.UUID, int]], None]] = field(default_factory=list)
    events: set[uuid.UUID] = field(default_factory=set)

    def add(self, line: Line, changes: tuple[Doc, ...]) -> None:
        self.lines.append((line, changes))
        if line["event_id"]:
            self.events.add(line["event_id"])

    def marks(self) -> tuple[int, int, int]:
        return len(self.lines), len(self.numbers), len(self.finishes)

    def cut(self, marks: tuple[int, int, int]) -> None:
        self.events -= {line["event_id"] for line, _changes in self.lines[marks[0] :]}
        del self.lines[marks[0] :], self.numbers[marks[1] :], self.finishes[marks[2] :]


def write(
    stream: uuid.UUID,
    kind: str,
    subject: tuple[str, uuid.UUID],
    *,
    by: By,
    at: datetime,
    data: dict[str, Any] | None = None,
    changes: Iterable[Doc] = (),
    event_id: uuid.UUID | None = None,
) -> None:
    """Note that `kind` (`issue:rectified`) happened to `subject`; `changes` are the tablet documents it touches."""
    line = {
        "stream": stream,
        "at": at,
        "staff_id": by.staff_id,
        "device_id": by.device_id,
        "subject_type": subject[0],
        "subject_id": subject[1],
        "kind": kind,
        "event_id": event_id,
        "data": data or {},
    }
    _running().add(line, tuple(changes))


def take_number(stream: uuid.UUID, series: str, assign: Callable[[int], None]) -> None:
    """Have `assign` called with the next number of `series` when the transaction is about to commit."""
    _running().numbers.append((stream, series, assign))


def number_early(session: Session) -> None:
    """Give what waits for a number its own before it is flushed, so that its row is written once.

    Only SQLite, which has one writer anyway: elsewhere others would wait for the counter while rows are written.
    """
    if session.get_bind().dialect.name == "sqlite":
        _assign_numbers(session, _pending(session))


def at_the_end(finish: Callable[[dict[uuid.UUID, int]], None]) -> None:
    """Have `finish` called with each stream's last `seq` after lines and numbers are written."""
    _running().finishes.append(finish)


def happened(event_id: uuid.UUID) -> bool:
    """Whether this event is in the journal already, or among the lines of the running transaction.

    Whoever asks for the same one at this moment waits until we are done: a form that came twice was taken once, and
    its second answer says so too.
    """
    if event_id in _pending(db.session()).events:
        return True
    if ahead.is_on():
        return False  # not known before; had it happened all the same, the line's unique key would refuse it
    take_turn(f"event {event_id}")
    found = sa.select(JournalLine.seq).where(JournalLine.event_id == event_id)
    return db.session.execute(found).first() is not None


def history(subject_id: uuid.UUID) -> list[JournalLine]:
    """Everything that happened to a thing, oldest first."""
    lines = sa.select(JournalLine).where(JournalLine.subject_id == subject_id).order_by(JournalLine.seq)
    return list(db.session.scalars(lines))


def came_back_as() -> uuid.UUID | None:
    """The epoch in which the server last came back from a backup, if it ever did: what it lost, tablets may know."""
    epochs = sa.select(JournalLine.subject_id).where(JournalLine.stream == COMPANY_STREAM, JournalLine.kind == RESTORED)
    return db.session.scalars(epochs.order_by(JournalLine.seq.desc()).limit(1)).first()


def last_seq(stream: uuid.UUID) -> int:
    """The last number that was given to a line of a stream: it is committed together with that line."""
    taken = sa.select(Counter.value).where(Counter.stream == stream, Counter.series == _SEQ)
    return db.session.scalar(taken) or 0


def _running() -> _Pending:
    """What waits for the end of the running transaction; one begins if there is none, so that a rollback drops it."""
    session = db.session()
    if not session.in_transaction():
        session.begin()
    return _pending(session)


def _pending(session: Session) -> _Pending:
    pending: _Pending | None = session.info.get("journal")
    if pending is None:
        pending = session.info["journal"] = _Pending()
    return pending


def _write_pending(session: Session) -> None:
    pending = _pending(session)
    if not (pending.lines or pending.numbers or pending.finishes):
        return
    number_early(session)
    session.flush()
    versions = _write_lines(session, pending)
    _write_feed(session, pending)
    _assign_numbers(session, pending)
    for finish in pending.finishes:
        finish(versions)
    session.info["journal"] = _Pending()


def _write_lines(session: Session, pending: _Pending) -> dict[uuid.UUID, int]:
    by_stream: dict[uuid.UUID, list[Line]] = {}
    for line, _changes in pending.lines:
        by_stream.setdefault(line["stream"], []).append(line)

    versions = {}
    for stream in sorted(by_stream):
        lines = by_stream[stream]
        last = _count(session, stream, _SEQ, len(lines))
        for seq, line in enumerate(lines, start=last - len(lines) + 1):
            line["seq"] = seq
        versions[stream] = last
    if by_stream:
        session.connection().execute(_INSERT, [line for stream in sorted(by_stream) for line in by_stream[stream]])
    return versions


def _write_feed(session: Session, pending: _Pending) -> None:
    newest: dict[tuple[uuid.UUID, str, uuid.UUID], dict[str, Any]] = {}
    for line, changes in pending.lines:
        for doc in changes:
            newest[line["stream"], doc.type, doc.id] = {
                "stream": line["stream"],
                "type": doc.type,
                "id": doc.id,
                "version": line["seq"],
                "gone": doc.gone,
                "only_for": doc.only_for,
            }
    if not newest:
        return
    insert = upsert(Feed)
    insert = insert.on_conflict_do_update(
        index_elements=["stream", "type", "id"],
        set_={name: insert.excluded[name] for name in ("version", "gone")},
        where=Feed.only_for.is_not_distinct_from(insert.excluded["only_for"]),  # what is somebody's stays theirs
    )
    session.connection().execute(insert, [newest[key] for key in sorted(newest)])


def _assign_numbers(session: Session, pending: _Pending) -> None:
    wanted: dict[tuple[uuid.UUID, str], list[Callable[[int], None]]] = {}
    for stream, series, assign in pending.numbers:
        wanted.setdefault((stream, series), []).append(assign)
    for stream, series in sorted(wanted):
        assigns = wanted[stream, series]
        last = _count(session, stream, series, len(assigns))
        for number, assign in enumerate(assigns, start=last - len(assigns) + 1):
            assign(number)
    pending.numbers.clear()


def _count(session: Session, stream: uuid.UUID, series: str, by: int) -> int:
    """Take the next `by` numbers; returns the last. The row stays locked until the commit that follows at once."""
    insert = upsert(Counter).values(stream=stream, series=series, value=by)
    insert = insert.on_conflict_do_update(
        index_elements=["stream", "series"], set_={"value": Counter.value + by}
    ).returning(Counter.value)
    return int(session.connection().execute(insert).scalar_one())


@event.listens_for(Session, "before_commit")
def _before_commit(session: Session) -> None:
    # SQLAlchemy fires this on every savepoint release too: the counters wait for the outermost commit.
    if not session.in_nested_transaction():
        _write_pending(session)


@event.listens_for(Session, "after_transaction_create")
def _remember_marks(session: Session, transaction: SessionTransaction) -> None:
    if transaction.nested:
        _marks(session)[transaction] = _pending(session).marks()


@event.listens_for(Session, "after_commit")
def _keep_lines(session: Session) -> None:
    released = session.get_nested_transaction()
    if released is not None:
        _marks(session).pop(released)


@event.listens_for(Session, "after_transaction_end")
def _drop_lines(session: Session, transaction: SessionTransaction) -> None:
    # A savepoint that was not released was rolled back; not every such end is told as a rollback.
    if transaction in _marks(session):
        _pending(session).cut(_marks(session).pop(transaction))
    if transaction.parent is None:
        session.info.pop("journal", None)


def _marks(session: Session) -> dict[SessionTransaction, tuple[int, int, int]]:
    """What was pending when each open savepoint began."""
    marks: dict[SessionTransaction, tuple[int, int, int]] = session.info.setdefault("journal_marks", {})
    return marks
