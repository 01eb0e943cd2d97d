"""Days of the journal are closed in order, each once, whatever was late, ahead or switched off."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import rfc8785
import sqlalchemy as sa
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from app.core import journal
from app.core.chain import FIRST, ClosedDay, canonical_row, close_day, head, next_open_day
from app.core.db import db
from app.core.ids import new_id
from app.core.journal import JournalLine
from tests.builders import NOBODY
from tests.core.chained import (
    DAY,
    LINES,
    MONDAY,
    STREAM,
    ZONE,
    a_history,
    close,
    closed,
    found,
    insert,
    note,
    past_the_triggers,
    remove,
)

MIDNIGHT = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)
"""Where the estate stands it becomes Tuesday, the 24th."""
A_MOMENT = timedelta(milliseconds=1)


def test_a_day_is_closed_over_its_lines_and_over_the_day_before(context: Flask) -> None:
    a_history(days=3, lines=2)

    monday, tuesday, wednesday = db.session.scalars(sa.select(ClosedDay).order_by(ClosedDay.number))
    assert closed() == [("23", 1, 2), ("24", 3, 4), ("25", 5, 6)]
    assert (monday.previous, tuesday.previous, wednesday.previous) == (FIRST, monday.sha256, tuesday.sha256)
    assert head(STREAM) == wednesday
    assert found() == set()


def test_nothing_is_closed_before_its_day_is_over_and_nothing_twice(context: Flask) -> None:
    note(MONDAY)

    close(MIDNIGHT - A_MOMENT)
    before = closed()
    close(MIDNIGHT)
    close(MIDNIGHT)

    assert (before, closed()) == ([], [("23", 1, 1)])


def test_a_day_ends_at_midnight_where_the_estate_stands(context: Flask) -> None:
    note(MIDNIGHT - A_MOMENT, MIDNIGHT)

    close(MIDNIGHT + DAY)
    assert closed() == [("23", 1, 1), ("24", 2, 2)]


def test_elsewhere_the_same_lines_are_of_one_day(context: Flask) -> None:
    note(MIDNIGHT - A_MOMENT, MIDNIGHT)

    close(MIDNIGHT + DAY, zone="America/Sao_Paulo")

    assert closed() == [("23", 1, 2)]


def test_after_a_week_without_a_worker_every_day_is_closed_for_itself(context: Flask) -> None:
    note(*(MONDAY + n * DAY for n in (0, 0, 1, 3, 6)))

    close(MONDAY + 7 * DAY)

    assert closed() == [("23", 1, 2), ("24", 3, 3), ("26", 4, 4), ("29", 5, 5)]


def test_what_is_written_late_counts_for_the_day_that_its_place_has_reached(context: Flask) -> None:
    note(MONDAY, MONDAY + DAY, MONDAY, MONDAY + DAY)
    close(MONDAY + 2 * DAY)
    note(MONDAY)  # its day and the next are closed

    close(MONDAY + 3 * DAY)

    assert closed() == [("23", 1, 1), ("24", 2, 4), ("25", 5, 5)]
    assert found() == set()


def test_a_clock_that_ran_ahead_holds_nothing_up(context: Flask) -> None:
    ahead = MONDAY + 400 * DAY
    note(ahead, MONDAY, ahead, MONDAY + DAY)
    close(MONDAY + 2 * DAY)
    assert closed() == [("23", 1, 3), ("24", 4, 4)]

    note(MONDAY + 2 * DAY)
    close(ahead)  # the worker's clock as well
    note(MONDAY + 3 * DAY)
    close(MONDAY + 4 * DAY)

    assert closed()[2:] == [("25", 5, 5), ("26", 6, 6)]
    assert found() == set()


def test_a_row_taken_away_before_its_day_was_closed_leaves_a_gap_that_is_told(context: Flask) -> None:
    past_the_triggers()
    note(MONDAY, MONDAY, MONDAY)
    remove(2)
    db.session.commit()

    close(MIDNIGHT)

    assert [day.missing for day in db.session.scalars(sa.select(ClosedDay))] == [[[2, 2]]]
    assert {(wrong.value, day, seq) for wrong, day, seq in found()} == {("was missing", "23", 2)}


def test_a_row_put_in_far_beyond_the_last_number_does_not_get_into_the_chain(context: Flask) -> None:
    note(MONDAY)
    insert(10**15)
    db.session.commit()

    close(MIDNIGHT)
    note(MIDNIGHT)
    close(MIDNIGHT + DAY)

    assert closed() == [("23", 1, 1), ("24", 2, 2)]
    assert {(wrong.value, seq) for wrong, _day, seq in found()} == {("inserted", 10**15)}


def test_lines_still_being_written_meanwhile_are_never_passed(app: Flask) -> None:
    """Writers and whoever closes at the same time: in the end every line is in one closed day, and all agree."""

    def write(_n: int) -> None:
        with app.app_context():
            for turn in range(20):
                note(MONDAY + turn % 4 * DAY)

    def close_meanwhile() -> None:
        with app.app_context():
            for _turn in range(15):
                close(MONDAY + 4 * DAY)

    with ThreadPoolExecutor(3) as threads:
        for done in [threads.submit(close_meanwhile), *(threads.submit(write, n) for n in range(2))]:
            done.result()

    with app.app_context():
        note(MONDAY + 30 * DAY)
        close(MONDAY + 40 * DAY)
        ranges = [(first, last) for _day, first, last in closed()]
        assert [first for first, _last in ranges] == [1, *(last + 1 for _first, last in ranges[:-1])]
        assert ranges[-1][1] == 41
        assert found() == set()


def test_of_two_who_close_the_same_day_one_does(context: Flask) -> None:
    note(MONDAY)
    gathered = next_open_day(STREAM, ZONE, MIDNIGHT)
    close_day(STREAM, gathered, at=MIDNIGHT)
    taken = db.session.scalars(sa.select(ClosedDay)).one()
    columns = {column.name: getattr(taken, column.name) for column in ClosedDay.__table__.columns}

    with pytest.raises(sa.exc.IntegrityError), db.session.begin_nested():
        db.session.execute(sa.insert(ClosedDay.__table__), columns)


def test_every_column_of_a_line_stands_in_what_is_hashed(context: Flask) -> None:
    note(MONDAY)

    row = db.session.execute(sa.select(LINES)).mappings().one()
    form = canonical_row(row).decode()

    for name in list(LINES.columns.keys()):
        assert f'"{name}":' in form
    assert '"at":"2026-11-23T06:30:00.000000+00:00"' in form
    assert form.index('"at"') < form.index('"data"') < form.index('"subject_type"')


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)


@given(JSON)
def test_the_quick_way_to_the_canonical_form_leads_where_the_library_does(contents: Any) -> None:
    row = {"seq": 7, "data": {"contents": contents}}

    try:
        expected = rfc8785.dumps(row)
    except ValueError:
        return
    assert canonical_row(row) == expected


def test_a_column_added_later_changes_no_older_line(context: Flask) -> None:
    note(MONDAY)
    row = dict(db.session.execute(sa.select(LINES)).mappings().one())

    assert canonical_row(row) == canonical_row(row | {"added_later": None})
    assert canonical_row(row) != canonical_row(row | {"added_later": 1})


@pytest.mark.parametrize("odd", [2**60, "\ud800", float("inf")])
def test_contents_without_a_canonical_form_are_closed_all_the_same(odd: object, context: Flask) -> None:
    if db.engine.dialect.name == "postgresql" and not isinstance(odd, int):
        odd = -(2**60)  # the others it refuses itself
    journal.write(STREAM, "test:odd", ("test", new_id()), by=NOBODY, at=MONDAY, data={"odd": odd})
    db.session.commit()
    note(MONDAY)

    close(MIDNIGHT)

    assert closed() == [("23", 1, 2)]
    assert found() == set()
    assert len(db.session.scalars(sa.select(JournalLine).where(JournalLine.stream == uuid.UUID(int=7))).all()) == 2
