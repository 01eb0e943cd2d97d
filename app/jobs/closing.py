"""Closes the journal's days by the clock: of every estate, and of the company, each in a transaction of its own."""

import uuid
from collections.abc import Iterator
from datetime import datetime

from app.core.chain import DIGEST, close_day, next_open_day
from app.core.db import db, only_reading
from app.core.journal import COMPANY_STREAM
from app.estates.queries import all_estates

COMPANY_ZONE = "UTC"
"""The days of what belongs to no estate."""
MOST_LINES = 20_000
"""So many lines are closed in one run, or a single day's, so that other jobs wait for seconds; the next run goes on."""


def close_days(at: datetime) -> int:
    """Close every day that is over, oldest first; the next run goes on where one was killed. Returns how many."""
    closed = lines = 0
    for stream, zone in _streams():
        while lines < MOST_LINES:
            closed_lines = _close_next(stream, zone, at)
            if not closed_lines:
                break
            closed, lines = closed + 1, lines + closed_lines
    return closed


def _close_next(stream: uuid.UUID, zone: str, at: datetime) -> int:
    with only_reading():  # hashing a day takes its time, and holds up nobody
        gathered = next_open_day(stream, zone, at)
        db.session.rollback()
    if gathered is None:
        return 0
    close_day(stream, gathered, at=at)
    db.session.commit()
    return len(gathered.digests) // DIGEST


def _streams() -> Iterator[tuple[uuid.UUID, str]]:
    streams = [(estate.id, estate.time_zone) for estate in all_estates()]
    db.session.rollback()  # the worker's look at what is due ends here
    yield COMPANY_STREAM, COMPANY_ZONE
    yield from streams
