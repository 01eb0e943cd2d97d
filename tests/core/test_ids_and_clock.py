"""Ids that sort by time, ids that always follow, and the one reading of the clock."""

import uuid
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from app.core.clock import days_later, isoformat, local_date, now
from app.core.ids import derived_id, new_id


def test_what_is_made_later_sorts_later() -> None:
    made = [new_id() for _i in range(1000)]

    assert made == sorted(made)
    assert len(set(made)) == 1000
    assert {one.version for one in made} == {7}


def test_an_id_that_follows_is_always_the_same_and_no_other() -> None:
    base, thing = new_id(), new_id()

    assert derived_id(base, thing, "owner") == derived_id(base, str(thing), "owner")
    assert derived_id(base, thing, "owner") != derived_id(base, thing, "answered")
    assert derived_id(base, thing, "owner") != derived_id(new_id(), thing, "owner")


def test_the_clock_is_aware_and_keeps_what_json_can_tell() -> None:
    moment = now()

    assert moment.tzinfo is UTC
    assert datetime.fromisoformat(isoformat(moment)) == moment


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (datetime(2026, 11, 23, 9, 1, 2, 123456, tzinfo=UTC), "2026-11-23T09:01:02.123Z"),
        (datetime(2026, 11, 23, 9, 1, tzinfo=UTC), "2026-11-23T09:01:00.000Z"),
        (datetime(2026, 11, 23, 9, 1, tzinfo=timezone(timedelta(hours=8))), "2026-11-23T01:01:00.000Z"),
    ],
)
def test_a_moment_has_one_form_in_json(moment: datetime, text: str) -> None:
    assert isoformat(moment) == text


@pytest.mark.parametrize(
    ("zone", "day"),
    [("Asia/Shanghai", date(2026, 11, 24)), ("UTC", date(2026, 11, 23)), ("America/New_York", date(2026, 11, 23))],
)
def test_the_day_is_that_of_the_estate(zone: str, day: date) -> None:
    assert local_date(datetime(2026, 11, 23, 16, 0, tzinfo=UTC), zone) == day


def test_ids_from_json_are_the_dashed_form() -> None:
    assert uuid.UUID(str(new_id())).version == 7


def test_days_later_are_days_of_the_estates_calendar() -> None:
    """Where clocks are put forward at night, that day has 23 hours."""
    noon_after = datetime(2026, 3, 29, 10, 0, tzinfo=UTC)

    assert days_later(noon_after, -1, "Europe/Berlin") == noon_after - timedelta(hours=23)
    assert days_later(noon_after, -1, "Asia/Shanghai") == noon_after - timedelta(hours=24)
    assert days_later(noon_after - timedelta(hours=23), 1, "Europe/Berlin") == noon_after
