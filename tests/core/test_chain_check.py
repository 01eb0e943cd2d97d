"""Whatever is done to the journal behind the triggers is found, and named by day and line."""

import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.core.chain import DIGEST, ClosedDay, hash_of, head, read_lines
from app.core.chain_check import Wrong, check_stream, day_in_chain, strange_streams
from app.core.db import db
from app.core.ids import new_id
from app.core.immutable import protect
from app.core.journal import COMPANY_STREAM
from tests.core.chained import (
    DAYS,
    LINES,
    MONDAY,
    STREAM,
    Found,
    a_history,
    change,
    change_day,
    found,
    insert,
    past_the_triggers,
    remove,
    set_counter,
    swap,
)

CHANGED, MISSING, INSERTED = Wrong.LINE_CHANGED, Wrong.LINE_MISSING, Wrong.LINE_INSERTED
UNCHECKED, DAY_CHANGED = Wrong.LINE_UNCHECKED, Wrong.DAY_CHANGED


@pytest.fixture
def history(context: Flask) -> Iterator[Flask]:
    """Four closed days of five lines, 1 to 20, from the 23rd to the 26th; 21 to 23 are open. Nothing guards them.

    The triggers come back in the end: to empty a database is much quicker than to make one anew.
    """
    a_history()
    past_the_triggers()
    yield context
    db.session.rollback()
    protect(db.session.connection())
    db.session.commit()


def test_an_honest_history_agrees_and_says_what_was_looked_at(history: Flask) -> None:
    checked = check_stream(STREAM)

    assert (checked.days, checked.lines, checked.open_lines, checked.findings) == (4, 20, 3, {})
    assert checked.head == head(STREAM)


OTHERWISE: dict[str, Any] = {
    "stream": uuid.UUID(int=8),
    "seq": 99,
    "at": MONDAY + timedelta(microseconds=1),
    "staff_id": None,
    "device_id": new_id(),
    "subject_type": "visit",
    "subject_id": new_id(),
    "kind": "issue:closed",
    "event_id": None,
    "data": {"from": "routed", "to": "rectified", "round": 1, "text": "水槽漏水 😁"},
}


def test_every_column_of_a_line_is_changed_in_this_table() -> None:
    assert set(OTHERWISE) == set(LINES.columns.keys())


@pytest.mark.parametrize("column", OTHERWISE)
def test_a_line_changed_in_any_column_is_named(history: Flask, column: str) -> None:
    change(7, **{column: OTHERWISE[column]})

    moved = {"stream": {(MISSING, "24", 7)}, "seq": {(MISSING, "24", 7), (INSERTED, "", 99)}}
    assert found() == moved.get(column, {(CHANGED, "24", 7)})


ALTERED: dict[str, tuple[Callable[[], object], Found]] = {
    "a line taken away": (lambda: remove(8), {(MISSING, "24", 8)}),
    "the first line": (lambda: remove(1), {(MISSING, "23", 1)}),
    "a whole day": (lambda: remove(*range(6, 11)), {(MISSING, "24", seq) for seq in range(6, 11)}),
    "two lines swapped": (lambda: swap(4, 12), {(CHANGED, "23", 4), (CHANGED, "25", 12)}),
    "a line put in before the first": (lambda: insert(0), {(INSERTED, "23", 0)}),
    "a line put in where one was taken away": (lambda: (remove(9), insert(9)), {(CHANGED, "24", 9)}),
    "a line put in at the end": (lambda: insert(24), {(INSERTED, "", 24)}),
    "an open line taken away": (lambda: remove(22), {(MISSING, "", 22)}),
    "the last lines taken away": (lambda: remove(22, 23), {(MISSING, "", 22), (MISSING, "", 23)}),
    "the last closed lines taken away": (
        lambda: remove(19, 20, 21, 22, 23),
        {(MISSING, "26", 19), (MISSING, "26", 20), *((MISSING, "", seq) for seq in (21, 22, 23))},
    ),
    "a closed day taken away": (
        lambda: db.session.execute(sa.delete(DAYS).where(DAYS.c.number == 2)),
        {(Wrong.DAY_MISSING, "25", 2), *((UNCHECKED, "25", seq) for seq in range(6, 11))},
    ),
    "the first closed day": (
        lambda: db.session.execute(sa.delete(DAYS).where(DAYS.c.number == 1)),
        {(Wrong.DAY_MISSING, "24", 1), *((UNCHECKED, "24", seq) for seq in range(1, 6))},
    ),
    "a line, and its day closed anew": (
        lambda: (change(7, kind="issue:closed"), _close_anew(2)),
        {(Wrong.DAY_REPLACED, "24", 2)},
    ),
    "a line in the list of its day": (
        lambda: (change(7, kind="issue:closed"), change_day(2, lines=_list_as_it_is_now(2))),
        {(DAY_CHANGED, "24", 2), *((UNCHECKED, "24", seq) for seq in range(6, 11))},
    ),
}


@pytest.mark.parametrize("what", ALTERED)
def test_whatever_is_altered_is_found_and_named(history: Flask, what: str) -> None:
    alter, expected = ALTERED[what]

    alter()

    assert found() == expected


OTHER_DAY: dict[str, Any] = {
    "stream": uuid.UUID(int=8),
    "number": 12,
    "day": MONDAY.date(),
    "first_seq": 5,
    "last_seq": 9,
    "line_count": 4,
    "missing": [[7, 7]],
    "lines_sha256": "1" * 64,
    "previous": "2" * 64,
    "closed_at": MONDAY,
    "sha256": "3" * 64,
    "lines": b"4" * DIGEST * 5,
}


def test_every_column_of_a_closed_day_is_changed_in_this_table() -> None:
    assert set(OTHER_DAY) == set(DAYS.columns.keys())


@pytest.mark.parametrize("column", OTHER_DAY)
@pytest.mark.parametrize("number", [2, 4])
def test_a_closed_day_changed_in_any_column_is_named(history: Flask, column: str, number: int) -> None:
    change_day(number, **{column: OTHER_DAY[column]})

    wrong = {(wrong, seq) for wrong, _day, seq in found()}
    if column == "stream":
        assert wrong >= {(Wrong.DAY_MISSING, 2)} if number == 2 else strange_streams({STREAM}) == {}
        assert check_stream(uuid.UUID(int=8)).findings
    elif column == "number":
        assert wrong >= {(DAY_CHANGED, 12), (Wrong.DAY_MISSING, number)}
    else:
        assert (DAY_CHANGED, number) in wrong
    assert not {seq for kind, seq in wrong if kind in (CHANGED, MISSING, INSERTED)}


def test_a_tail_cut_off_with_all_that_tells_of_it_is_told_by_a_head_that_was_kept(history: Flask) -> None:
    kept = head(STREAM).sha256
    db.session.execute(sa.delete(DAYS).where(DAYS.c.number == 4))
    remove(*range(16, 24))
    set_counter(15)

    assert found() == set()
    assert kept not in {day.sha256 for day in db.session.scalars(sa.select(ClosedDay))}


@pytest.mark.parametrize(
    ("alter", "left"),
    [
        (lambda: (change(7, kind="issue:closed"), _close_anew(2)), [False, False, True, True]),
        (lambda: change_day(3, day=MONDAY.date()), [False, False, False, True]),
        (lambda: db.session.execute(sa.delete(DAYS).where(DAYS.c.number == 3)), [False, False, False, True]),
    ],
)
def test_a_head_is_in_the_chain_as_long_as_every_day_after_it_follows(
    history: Flask, alter: Callable[[], object], left: list[bool]
) -> None:
    heads = [day.sha256 for day in db.session.scalars(sa.select(ClosedDay).order_by(ClosedDay.number))]
    before = [day_in_chain(kept).day.day for kept in heads]

    alter()
    db.session.expire_all()

    assert before == [23, 24, 25, 26]
    assert [day_in_chain(kept) is not None for kept in heads] == left
    assert day_in_chain("ab" * 32) is None


def test_lines_of_a_stream_of_nobody_are_told(history: Flask) -> None:
    change(1, stream=uuid.UUID(int=9))

    assert strange_streams({STREAM, COMPANY_STREAM}) == {str(uuid.UUID(int=9)): 1}


BROKEN = {
    "data": ("'{\"to\":'", Wrong.LINE_UNREADABLE),
    "at": ("'yesterday'", Wrong.LINE_UNREADABLE),
    "staff_id": ("'nobody'", CHANGED),
    "kind": ("x'ff00'", Wrong.LINE_UNREADABLE),
}
"""What SQLite keeps in a column of any type; PostgreSQL keeps its types itself."""


@pytest.mark.parametrize("column", BROKEN)
def test_a_row_that_cannot_be_read_any_more_is_named_and_the_rest_is_examined(history: Flask, column: str) -> None:
    value, expected = BROKEN[column]
    if db.engine.dialect.name == "postgresql":
        column, value, expected = "data", "'\"nothing\"'", CHANGED

    db.session.execute(sa.text(f"UPDATE journal SET {column} = {value.replace(':', chr(92) + ':')} WHERE seq = 7"))
    remove(12)

    assert found() == {(expected, "24", 7), (MISSING, "25", 12)}


def test_a_long_history_is_read_page_by_page(context: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.core.chain._PAGE", 3)
    a_history(days=2, lines=6, open_lines=1)
    past_the_triggers()
    remove(3, 4)

    assert [line.seq for line in read_lines(STREAM)] == [1, 2, *range(5, 14)]
    assert found() == {(MISSING, "23", 3), (MISSING, "23", 4)}


EDITS = st.lists(
    st.one_of(
        st.tuples(st.just("change"), st.integers(1, 23), st.sampled_from(("kind", "at", "data", "staff_id"))),
        st.tuples(st.just("remove"), st.integers(1, 23), st.none()),
        st.tuples(st.just("insert"), st.integers(-3, 27), st.none()),
        st.tuples(st.just("swap"), st.integers(1, 23), st.integers(1, 23)),
    ),
    max_size=6,
)


def test_whatever_is_done_to_the_rows_exactly_the_difference_is_named(history: Flask) -> None:
    before = rows()

    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(EDITS)
    def holds(edits: list[tuple[str, int, Any]]) -> None:
        with db.session.begin_nested() as tampering:
            for edit in edits:
                tamper(*edit)
            said, now = found(), rows()
            tampering.rollback()

        assert said == difference(before, now)

    holds()


def tamper(what: str, seq: int, more: Any) -> None:
    present = rows()
    if what == "change":
        change(seq, **{more: OTHERWISE[more]})
    elif what == "remove":
        remove(seq)
    elif what == "insert" and seq not in present:
        insert(seq)
    elif what == "swap" and more != seq and {seq, more} <= set(present):
        change(seq, seq=-99)
        change(more, seq=seq)
        change(-99, seq=more)


def difference(before: dict[int, Any], now: dict[int, Any]) -> Found:
    """What a reader of both would say; open lines are not in the chain, but numbers without a gap are."""
    differences: Found = set()
    for seq in sorted(before | now):
        day = f"{23 + (max(seq, 1) - 1) // 5}" if seq <= 20 else ""
        if seq not in now:
            differences.add((MISSING, day, seq))
        elif seq not in before:
            differences.add((INSERTED, day, seq))
        elif day and now[seq] != before[seq]:
            differences.add((CHANGED, day, seq))
    return differences


def rows() -> dict[int, Any]:
    found_rows = db.session.execute(sa.select(LINES).where(LINES.c.stream == STREAM)).mappings()
    return {row["seq"]: dict(row) for row in found_rows}


def _list_as_it_is_now(number: int) -> bytes:
    day = db.session.get_one(ClosedDay, (STREAM, number))
    return b"".join(line.digest for line in read_lines(STREAM) if day.first_seq <= line.seq <= day.last_seq)


def _close_anew(number: int) -> None:
    """As somebody who knows how a day is hashed, and does it all over again."""
    day = db.session.get_one(ClosedDay, (STREAM, number))
    lines = _list_as_it_is_now(number)
    with db.session.no_autoflush:
        day.lines, day.lines_sha256 = lines, sha256(lines).hexdigest()
        day.sha256 = hash_of(day)
    db.session.flush()
