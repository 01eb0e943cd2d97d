"""Examines the journal against its chain: which line was changed, taken away or put in, and which closed day was."""

import enum
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from itertools import islice

import sqlalchemy as sa

from app.core.chain import DIGEST, FIRST, ClosedDay, ReadLine, day_of_hash, hash_of, read_lines
from app.core.db import IdText, db
from app.core.journal import JournalLine, last_seq


class Wrong(enum.Enum):
    """What can no longer agree."""

    LINE_CHANGED = "changed"
    LINE_MISSING = "missing"
    LINE_INSERTED = "inserted"
    LINE_UNREADABLE = "unreadable"
    LINE_UNCHECKED = "unchecked"
    """The closed day that would tell is gone or was changed itself."""
    WAS_MISSING = "was missing"
    """A line that was taken away before its day was closed."""
    DAY_CHANGED = "day changed"
    DAY_REPLACED = "day replaced"
    """Closed anew: the day after it was closed over another."""
    DAY_MISSING = "day missing"


MOST_RANGES = 1000
"""So many places are kept of one kind of finding in one day; beyond that they are only counted."""


@dataclass
class Finding:
    """What is wrong with a day, or with what is open (no `day`): ranges of lines' `seq`, or of closed days' numbers."""

    wrong: Wrong
    day: date | None
    ranges: list[tuple[int, int]] = field(default_factory=list)
    count: int = 0

    def add(self, first: int, last: int) -> None:
        self.count += last - first + 1
        if self.ranges and self.ranges[-1][1] == first - 1:
            self.ranges[-1] = (self.ranges[-1][0], last)
        elif len(self.ranges) < MOST_RANGES:
            self.ranges.append((first, last))


@dataclass
class Checked:
    """What was looked at in one stream, and all that is wrong with it."""

    days: int = 0
    lines: int = 0
    open_lines: int = 0
    head: ClosedDay | None = None
    findings: dict[tuple[Wrong, date | None], Finding] = field(default_factory=dict)

    def found(self, wrong: Wrong, day: date | None, first: int, last: int | None = None) -> None:
        finding = self.findings.setdefault((wrong, day), Finding(wrong, day))
        finding.add(first, first if last is None else last)


def check_stream(stream: uuid.UUID) -> Checked:
    """Walk a stream from its first line to its last, beside the days that were closed."""
    return _Walk(stream).whole()


def day_in_chain(digest: str) -> ClosedDay | None:
    """The closed day with this hash, if every day from there on to the head is as it was closed on the one before."""
    kept = day_of_hash(digest)
    if kept is None:
        return None
    previous = kept.previous
    for number, day in enumerate((day for day in _closed_days(kept.stream) if day.number >= kept.number), kept.number):
        if day.number != number or day.previous != previous or not _is_sound(day):
            return None
        previous = day.sha256
    return kept


def strange_streams(known: set[uuid.UUID]) -> dict[str, int]:
    """Streams, as they are written, that belong to nobody we know, and how many lines each has."""
    stream = sa.type_coerce(JournalLine.stream, IdText())
    rows = db.session.execute(sa.select(stream, sa.func.count()).group_by(JournalLine.stream))
    names = {str(one) for one in known}
    return {str(name): count for name, count in rows if name not in names}


class _Walk:
    """One pass over the lines and the closed days of a stream, side by side."""

    def __init__(self, stream: uuid.UUID) -> None:
        self.stream, self.checked, self._end = stream, Checked(), 0
        self._lines = self._numbered(read_lines(stream))
        self._ahead = next(self._lines, None)

    def whole(self) -> Checked:
        closed, before = _closed_days(self.stream), None
        for place, entry in enumerate(closed):
            after = closed[place + 1] if place + 1 < len(closed) else None
            self._must_follow(entry, before)
            self._check_day(entry, _last_of(entry, after))
            before = entry
        self.checked.head = before
        self._look_at_what_is_open()
        return self.checked

    def _must_follow(self, entry: ClosedDay, before: ClosedDay | None) -> None:
        number, previous = (before.number, before.sha256) if before else (0, FIRST)
        if entry.number != number + 1:
            self.checked.found(Wrong.DAY_MISSING, entry.day, number + 1, entry.number - 1)
            self._skip(entry.first_seq - 1, entry.day)
        elif _is_sound(entry) and entry.previous != previous and (before is None or _is_sound(before)):
            self.checked.found(Wrong.DAY_REPLACED, before.day if before else entry.day, number)

    def _check_day(self, entry: ClosedDay, last: int) -> None:
        self.checked.days += 1
        lines = db.session.scalar(
            sa.select(ClosedDay.lines).where(ClosedDay.stream == self.stream, ClosedDay.number == entry.number)
        )
        listed = isinstance(lines, bytes) and sha256(lines).hexdigest() == entry.lines_sha256
        if not (_is_sound(entry) and listed):
            self.checked.found(Wrong.DAY_CHANGED, entry.day, entry.number)
        if last <= self._end:
            return  # its place was changed: its lines were looked at there
        if listed and lines is not None and len(lines) == DIGEST * _count(entry) and entry.first_seq == self._end + 1:
            self._compare(entry, lines, last)
        else:
            self._compare_as_a_whole(entry, last)
        for first, until in entry.missing if _is_sound(entry) else ():
            self.checked.found(Wrong.WAS_MISSING, entry.day, first, until)
        self._end = last

    def _compare(self, entry: ClosedDay, lines: bytes, last: int) -> None:
        """Line for line, so that each is named that differs."""
        for place, seq in enumerate(islice(_seqs(entry), entry.line_count)):
            for strange in self._until(seq - 1):
                self._inserted(strange, entry.day)
            line = self._take(seq)
            if line is None:
                self.checked.found(Wrong.LINE_MISSING, entry.day, seq)
            elif line.at is None:
                self.checked.found(Wrong.LINE_UNREADABLE, entry.day, seq)
            elif line.digest != lines[DIGEST * place : DIGEST * (place + 1)]:
                self.checked.found(Wrong.LINE_CHANGED, entry.day, seq)
            else:
                self.checked.lines += 1
        for strange in self._until(last):
            self._inserted(strange, entry.day)

    def _compare_as_a_whole(self, entry: ClosedDay, last: int) -> None:
        """Without the list of its lines a day can only be right or wrong."""
        digest, seqs = sha256(), []
        for line in self._until(last):
            digest.update(line.digest)
            seqs.append(line.seq)
        if digest.hexdigest() == entry.lines_sha256:
            self.checked.lines += len(seqs)
            return
        for seq in seqs:
            self.checked.found(Wrong.LINE_UNCHECKED, entry.day, seq)

    def _look_at_what_is_open(self) -> None:
        taken, end = last_seq(self.stream), self._end
        for line in self._until(None):
            if line.seq > taken:
                self._inserted(line, None)
                continue
            if line.seq > end + 1:
                self.checked.found(Wrong.LINE_MISSING, None, end + 1, line.seq - 1)
            if line.at is None:
                self.checked.found(Wrong.LINE_UNREADABLE, None, line.seq)
            self.checked.open_lines += 1
            end = line.seq
        if end < taken:
            self.checked.found(Wrong.LINE_MISSING, None, end + 1, taken)

    def _inserted(self, line: ReadLine, day: date | None) -> None:
        self.checked.found(Wrong.LINE_INSERTED, day, line.seq)

    def _skip(self, last: int, day: date) -> None:
        for line in self._until(last):
            self.checked.found(Wrong.LINE_UNCHECKED, day, line.seq)
        self._end = max(self._end, last)

    def _take(self, seq: int) -> ReadLine | None:
        line = self._ahead
        if line is None or line.seq != seq:
            return None
        self._ahead = next(self._lines, None)
        return line

    def _until(self, last: int | None) -> Iterator[ReadLine]:
        while self._ahead is not None and (last is None or self._ahead.seq <= last):
            line, self._ahead = self._ahead, next(self._lines, None)
            yield line

    def _numbered(self, lines: Iterator[ReadLine]) -> Iterator[ReadLine]:
        """A number that is none was put in by hand: SQLite keeps what it is given."""
        for line in lines:
            if isinstance(line.seq, int):
                yield line
            else:
                self.checked.found(Wrong.LINE_INSERTED, None, int(line.seq) if isinstance(line.seq, float) else 0)


def _closed_days(stream: uuid.UUID) -> list[ClosedDay]:
    """The closed days in order, without their lists; one that cannot even be read is as good as gone."""
    found = sa.select(ClosedDay).where(ClosedDay.stream == stream).order_by(ClosedDay.number)
    try:
        return list(db.session.scalars(found))
    except Exception:  # noqa: BLE001 - whatever comes of a row that somebody broke by hand
        numbers = db.session.scalars(found.with_only_columns(ClosedDay.number)).all()
        days = [_closed_day(stream, number) for number in numbers]
        return [day for day in days if day is not None]


def _closed_day(stream: uuid.UUID, number: int) -> ClosedDay | None:
    try:
        return db.session.get(ClosedDay, (stream, number))
    except Exception:  # noqa: BLE001 - this one
        return None


def _is_sound(entry: ClosedDay) -> bool:
    try:
        return hash_of(entry) == entry.sha256
    except (ValueError, TypeError):
        return False


def _last_of(entry: ClosedDay, after: ClosedDay | None) -> int:
    """Where a day ends, as the day after it says if that is sound: it begins there."""
    if after is not None and after.number == entry.number + 1 and _is_sound(after):
        return after.first_seq - 1
    return entry.last_seq


def _count(entry: ClosedDay) -> int:
    """How many lines a day had by its bounds; -1 if these make no sense."""
    try:
        gaps = sum(last - first + 1 for first, last in entry.missing)
        count = entry.last_seq - entry.first_seq + 1 - gaps
    except (ValueError, TypeError):
        return -1
    return count if count == entry.line_count else -1


def _seqs(entry: ClosedDay) -> Iterator[int]:
    seq = entry.first_seq
    for first, last in entry.missing:
        yield from range(seq, first)
        seq = last + 1
    yield from range(seq, entry.last_seq + 1)
