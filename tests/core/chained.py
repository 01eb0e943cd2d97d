"""A journal of some days, closed, and hands that change it as whoever keeps the database could."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from app.core import journal
from app.core.chain import ClosedDay, close_day, next_open_day
from app.core.chain_check import Wrong, check_stream
from app.core.db import db
from app.core.ids import new_id
from app.core.journal import By, Counter, JournalLine

STREAM = uuid.UUID(int=7)
ZONE = "Asia/Shanghai"
MONDAY = datetime(2026, 11, 23, 6, 30, tzinfo=UTC)
DAY = timedelta(days=1)
LINES = JournalLine.__table__
DAYS = ClosedDay.__table__

Found = set[tuple[Wrong, str, int]]
"""What is wrong, the day or a blank, and the number of the line or of the closed day."""


def note(*moments: datetime, stream: uuid.UUID = STREAM) -> None:
    """A line for each moment, in this order, with something in every column."""
    for n, at in enumerate(moments):
        by = By(new_id(), new_id())
        data = {"from": "routed", "to": "rectified", "round": n, "text": "水槽漏水 😀"}
        journal.write(stream, "issue:moved", ("issue", new_id()), by=by, at=at, data=data, event_id=new_id())
    db.session.commit()


def close(at: datetime, stream: uuid.UUID = STREAM, zone: str = ZONE) -> None:
    """Close all days of a stream that are over."""
    while (gathered := next_open_day(stream, zone, at)) is not None:
        close_day(stream, gathered, at=at)
        db.session.commit()


def a_history(days: int = 4, lines: int = 5, open_lines: int = 3) -> None:
    """Closed days from Monday on with so many lines each, and a day that is not over."""
    for day in range(days):
        note(*(MONDAY + day * DAY + n * timedelta(minutes=1) for n in range(lines)))
    note(*(MONDAY + days * DAY for _n in range(open_lines)))
    close(MONDAY + days * DAY)


def closed() -> list[tuple[str, int, int]]:
    """The closed days with the first and last of their lines."""
    rows = db.session.scalars(sa.select(ClosedDay).where(ClosedDay.stream == STREAM).order_by(ClosedDay.number))
    return [(f"{row.day:%d}", row.first_seq, row.last_seq) for row in rows]


def found(stream: uuid.UUID = STREAM) -> Found:
    """All that is wrong with the journal."""
    db.session.expire_all()
    return {
        (finding.wrong, f"{finding.day:%d}" if finding.day else "", seq)
        for finding in check_stream(stream).findings.values()
        for first, last in finding.ranges
        for seq in range(first, last + 1)
    }


def past_the_triggers() -> None:
    """As whoever keeps the database: nothing guards the rows any more."""
    for table in ("journal", "journal_day"):
        on = f" ON {table}" if db.engine.dialect.name == "postgresql" else ""
        for guard in ("keeps", "stays"):
            db.session.execute(sa.text(f"DROP TRIGGER {table}_{guard}{on}"))
    db.session.commit()


def change(seq: int, /, **columns: Any) -> None:
    db.session.execute(sa.update(LINES).where(LINES.c.stream == STREAM, LINES.c.seq == seq).values(**columns))


def remove(*seqs: int) -> None:
    db.session.execute(sa.delete(LINES).where(LINES.c.stream == STREAM, LINES.c.seq.in_(seqs)))


def insert(seq: int, at: datetime = MONDAY) -> None:
    row = {
        "stream": STREAM,
        "seq": seq,
        "at": at,
        "subject_type": "issue",
        "subject_id": new_id(),
        "kind": "issue:moved",
    }
    db.session.execute(sa.insert(LINES), row | {"data": {}})


def swap(one: int, other: int) -> None:
    for seq, become in ((one, -1), (other, one), (-1, other)):
        change(seq, seq=become)


def change_day(number: int, /, **columns: Any) -> None:
    db.session.execute(sa.update(DAYS).where(DAYS.c.stream == STREAM, DAYS.c.number == number).values(**columns))


def set_counter(value: int) -> None:
    db.session.execute(sa.update(Counter).where(Counter.stream == STREAM, Counter.series == "seq").values(value=value))
