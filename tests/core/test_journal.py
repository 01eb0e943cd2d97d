"""The journal: lines live and die with their transaction, and whoever reads by `seq` misses none."""

import threading
import uuid
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import suppress

import pytest
import sqlalchemy as sa
from flask import Flask

from app.core import journal
from app.core.db import db, only_reading
from app.core.ids import new_id
from app.core.journal import By, Counter, Doc, Feed, JournalLine
from tests.builders import NOBODY, NOW

STREAM = uuid.UUID(int=7)
OTHER = uuid.UUID(int=5)


def note(kind: str = "thing:happened", stream: uuid.UUID = STREAM, **more: object) -> None:
    """A line about a thing nobody else writes about."""
    more.setdefault("subject", ("thing", new_id()))
    journal.write(stream, kind, by=NOBODY, at=NOW, **more)


def lines(stream: uuid.UUID = STREAM) -> list[tuple[int, str]]:
    found = sa.select(JournalLine).where(JournalLine.stream == stream).order_by(JournalLine.seq)
    return [(line.seq, line.kind) for line in db.session.scalars(found)]


def test_lines_are_numbered_in_the_order_they_were_written(context: Flask) -> None:
    for kind in ("a:one", "a:two"):
        note(kind)
    db.session.commit()
    note("a:three")
    db.session.commit()

    assert lines() == [(1, "a:one"), (2, "a:two"), (3, "a:three")]


def test_each_stream_counts_for_itself(context: Flask) -> None:
    note(stream=STREAM)
    note(stream=OTHER)
    note(stream=STREAM)
    db.session.commit()

    assert [seq for seq, _kind in lines(STREAM)] == [1, 2]
    assert [seq for seq, _kind in lines(OTHER)] == [1]


def test_a_line_tells_who_when_and_what(context: Flask) -> None:
    staff, device, thing, event = (new_id() for _i in range(4))
    by = By(staff_id=staff, device_id=device)
    journal.write(STREAM, "thing:moved", ("thing", thing), by=by, at=NOW, data={"to": "there"}, event_id=event)
    db.session.commit()

    [line] = journal.history(thing)

    assert (line.staff_id, line.device_id, line.at, line.kind) == (staff, device, NOW, "thing:moved")
    assert (line.subject_type, line.event_id, line.data) == ("thing", event, {"to": "there"})


def test_a_rolled_back_transaction_leaves_no_line_and_no_gap(context: Flask) -> None:
    note("a:kept")
    db.session.commit()
    note("a:dropped")
    journal.take_number(STREAM, "WT-2611", lambda _number: None)
    db.session.flush()
    db.session.rollback()
    note("a:kept_too")
    db.session.commit()

    assert lines() == [(1, "a:kept"), (2, "a:kept_too")]
    assert db.session.get(Counter, (STREAM, "WT-2611")) is None


def test_lines_are_dropped_with_their_savepoint(context: Flask) -> None:
    numbers, finished = [], []
    note("a:before")
    with suppress(LookupError), db.session.begin_nested():
        note("a:inside", changes=[Doc("unit", new_id())])
        journal.take_number(STREAM, "WT-2611", numbers.append)
        journal.at_the_end(finished.append)
        raise LookupError
    note("a:after")
    db.session.commit()

    assert lines() == [(1, "a:before"), (2, "a:after")]
    assert numbers == finished == []
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Feed)) == 0


def test_a_kept_savepoint_inside_a_dropped_one_is_dropped_with_it(context: Flask) -> None:
    note("a:before")
    with suppress(LookupError), db.session.begin_nested():
        with db.session.begin_nested():
            note("a:inner")
        raise LookupError
    with db.session.begin_nested():
        note("a:kept")
    db.session.commit()

    assert lines() == [(1, "a:before"), (2, "a:kept")]


def test_a_savepoint_that_the_database_refuses_takes_only_its_own_lines(context: Flask) -> None:
    db.session.add(Counter(stream=OTHER, series="x", value=1))
    db.session.flush()
    db.session.expunge_all()
    numbers = []
    note("a:before")
    journal.take_number(STREAM, "WT-2611", numbers.append)
    with suppress(sa.exc.IntegrityError), db.session.begin_nested():
        note("a:inside")
        db.session.add(Counter(stream=OTHER, series="x", value=2))
        db.session.flush()
    note("a:after")
    db.session.commit()

    assert lines() == [(1, "a:before"), (2, "a:after")]
    assert numbers == [1]


def test_what_was_pending_in_a_closed_session_is_gone(context: Flask) -> None:
    db.session.execute(sa.text("SELECT 1"))
    note("a:forgotten")
    db.session().close()
    note("a:kept")
    db.session.commit()

    assert lines() == [(1, "a:kept")]


def test_counters_are_taken_only_by_the_outermost_commit(context: Flask) -> None:
    asked = []
    sa.event.listen(db.engine, "before_cursor_execute", lambda _c, _cur, statement, *_rest: asked.append(statement))
    with db.session.begin_nested():
        note()
        journal.take_number(STREAM, "WT-2611", lambda _number: None)
    with db.session.begin_nested():
        note()
    db.session.flush()
    before_the_commit = [statement for statement in asked if "counter" in statement.lower()]
    db.session.commit()

    assert before_the_commit == []
    assert lines() == [(1, "thing:happened"), (2, "thing:happened")]


def test_numbers_go_on_in_each_series_and_start_at_one(context: Flask) -> None:
    taken = []
    for series in ("WT-2611", "HF-2611", "WT-2611"):
        journal.take_number(STREAM, series, lambda number, series=series: taken.append((series, number)))
    db.session.commit()
    journal.take_number(STREAM, "WT-2611", lambda number: taken.append(("WT-2611", number)))
    db.session.commit()

    assert sorted(taken) == [("HF-2611", 1), ("WT-2611", 1), ("WT-2611", 2), ("WT-2611", 3)]


def test_the_last_step_knows_each_streams_last_seq(context: Flask) -> None:
    told = []
    note(stream=STREAM)
    note(stream=STREAM)
    note(stream=OTHER)
    journal.at_the_end(told.append)
    db.session.commit()

    assert told == [{STREAM: 2, OTHER: 1}]


def test_the_feed_keeps_one_row_per_document_with_its_last_change(context: Flask) -> None:
    unit, record, officer = new_id(), new_id(), new_id()
    note(changes=[Doc("unit", unit)])
    note(changes=[Doc("record", record, only_for=officer), Doc("unit", unit)])
    db.session.commit()
    note(changes=[Doc("unit", unit, gone=True)])
    db.session.commit()

    rows = {row.id: (row.type, row.version, row.gone, row.only_for) for row in db.session.scalars(sa.select(Feed))}
    assert rows == {unit: ("unit", 3, True, None), record: ("record", 2, False, officer)}


def test_what_the_feed_keeps_for_one_person_alone_becomes_nobody_elses(context: Flask) -> None:
    record, officer, colleague = new_id(), new_id(), new_id()
    note(changes=[Doc("record", record, only_for=officer)])
    db.session.commit()
    for whose in (colleague, None):
        note(changes=[Doc("record", record, gone=True, only_for=whose)])
        db.session.commit()

    [row] = db.session.scalars(sa.select(Feed))
    assert (row.version, row.gone, row.only_for) == (1, False, officer)


def test_an_event_is_known_while_pending_and_once_written(context: Flask) -> None:
    event = new_id()

    assert not journal.happened(event)
    note(event_id=event)
    assert journal.happened(event)
    db.session.commit()
    assert journal.happened(event)


def test_the_database_refuses_an_event_that_comes_twice(context: Flask) -> None:
    event = new_id()
    note(event_id=event)
    db.session.commit()

    note("a:again", event_id=event)
    with pytest.raises(sa.exc.IntegrityError):
        db.session.commit()
    db.session.rollback()

    assert lines() == [(1, "thing:happened")]


def test_a_history_is_told_oldest_first(context: Flask) -> None:
    thing = new_id()
    for kind in ("a:first", "a:second"):
        note(kind, subject=("thing", thing))
    note("a:of_another")
    db.session.commit()

    assert [line.kind for line in journal.history(thing)] == ["a:first", "a:second"]


WRITERS, COMMITS = 4, 12


def test_a_reader_that_follows_the_numbers_misses_no_line_and_there_are_no_gaps(app: Flask) -> None:
    """Every second transaction writes to both streams; every fifth is rolled back."""
    start, written = threading.Barrier(WRITERS + 1), threading.Event()
    read: dict[uuid.UUID, list[int]] = {STREAM: [], OTHER: []}

    def write() -> None:
        with app.app_context():
            start.wait()
            for turn in range(COMMITS):
                _write_one(turn)

    def follow() -> None:
        with app.app_context():
            start.wait()
            while not written.is_set():
                _read_on(read)
            _read_on(read)

    with ThreadPoolExecutor(WRITERS + 1) as threads:
        reader, writers = threads.submit(follow), [threads.submit(write) for _i in range(WRITERS)]
        wait(writers)
        written.set()
        for done in (reader, *writers):
            done.result()

    kept = WRITERS * sum(turn % 5 != 4 for turn in range(COMMITS))
    assert read[STREAM] == list(range(1, kept + 1))
    assert read[OTHER] == list(range(1, len(read[OTHER]) + 1))
    with app.app_context():
        assert [seq for seq, _kind in lines(OTHER)] == read[OTHER]


def _write_one(turn: int) -> None:
    note(stream=STREAM)
    if turn % 2:
        note(stream=OTHER)
    with db.session.begin_nested():
        db.session.execute(sa.text("SELECT 1"))
    if turn % 5 == 4:
        db.session.rollback()
    else:
        db.session.commit()


def _read_on(read: dict[uuid.UUID, list[int]]) -> None:
    """What a pull does: everything after the last number that was read."""
    with only_reading():
        for stream, seen in read.items():
            last = seen[-1] if seen else 0
            found = sa.select(JournalLine.seq).where(JournalLine.stream == stream, JournalLine.seq > last)
            seen.extend(sorted(db.session.scalars(found)))
        db.session.rollback()
