"""The job that closes the journal's days: for every estate by its own calendar, however long it was switched off."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from app.core.chain import ClosedDay
from app.core.chain_check import check_stream
from app.core.db import db
from app.core.journal import COMPANY_STREAM
from app.jobs import closing
from app.jobs.closing import close_days
from app.jobs.due import Job
from app.jobs.worker import run_due
from tests.builders import NOW, an_estate
from tests.core.chained import note

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
CLOSE = Job("close_days", MINUTE, close_days)


@pytest.fixture
def estates(app: Flask) -> list[uuid.UUID]:
    """The ids of one in Shanghai and one in Lisbon, both founded on Monday, the 23rd; committed, in no session."""
    with app.app_context():
        ids = [an_estate().id, an_estate(time_zone="Europe/Lisbon").id]
        db.session.commit()
    return ids


def write(app: Flask, stream: uuid.UUID, *days_later: int) -> None:
    with app.app_context():
        note(*(NOW + n * DAY for n in days_later), stream=stream)


def days(app: Flask, stream: uuid.UUID) -> list[str]:
    found = sa.select(ClosedDay.day).where(ClosedDay.stream == stream).order_by(ClosedDay.number)
    with app.app_context():
        return [f"{day:%d}" for day in db.session.scalars(found)]


def test_a_day_is_closed_when_it_is_over_there(app: Flask, estates: list[uuid.UUID]) -> None:
    run_due(app, datetime(2026, 11, 23, 16, 0, tzinfo=UTC), [CLOSE])
    first = [days(app, estate) for estate in estates]
    run_due(app, datetime(2026, 11, 24, 0, 0, tzinfo=UTC), [CLOSE])

    assert first == [["23"], []]
    assert [days(app, estate) for estate in estates] == [["23"], ["23"]]


def test_after_a_week_without_it_nothing_is_missing_and_nothing_is_closed_twice(
    app: Flask, estates: list[uuid.UUID]
) -> None:
    for estate in estates:
        write(app, estate, 1, 1, 4, 6)
    write(app, COMPANY_STREAM, 0)

    ran = [run_due(app, NOW + 7 * DAY + later, [CLOSE]) for later in (timedelta(), MINUTE)]

    assert ran == [["close_days"]] * 2
    assert [days(app, estate) for estate in estates] == [["23", "24", "27", "29"]] * 2
    with app.app_context():
        for stream in (*estates, COMPANY_STREAM):
            checked = check_stream(stream)
            assert (checked.findings, checked.open_lines) == ({}, 0)


def test_a_long_past_is_closed_in_several_runs(
    app: Flask, estates: list[uuid.UUID], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As it is after the migration of a database with years behind it: other jobs have their turn in between."""
    monkeypatch.setattr(closing, "MOST_LINES", 5)
    write(app, estates[0], *(n for n in range(1, 5) for _line in range(4)))

    closed = []
    for run in range(4):
        run_due(app, NOW + 9 * DAY + run * MINUTE, [CLOSE])
        with app.app_context():
            closed.append(len(db.session.scalars(sa.select(ClosedDay.number)).all()))

    assert closed[0] < closed[1] < closed[2] == closed[3] == 6
    assert days(app, estates[0]) == ["23", "24", "25", "26", "27"]
