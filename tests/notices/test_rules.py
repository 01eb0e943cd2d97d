"""When a notice goes out: quiet hours, once a day, and how long is waited after a try that failed."""

from datetime import UTC, datetime, time, timedelta

import pytest

from app.notices.rules import BACKOFF, EVENTS, MOST_TRIES, RULES, SERVICES, Event, Pace, Times, again_at

SHANGHAI, BERLIN = "Asia/Shanghai", "Europe/Berlin"


def utc(day: int, hour: int, minute: int = 0, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


def quiet(since: time | None, until: time | None, zone: str = SHANGHAI) -> Times:
    return Times(Pace.AT_ONCE, time(8), since, until, zone)


@pytest.mark.parametrize(
    ("times", "at", "goes"),
    [
        # 22:00 to 07:00 in Shanghai is 14:00 to 23:00 UTC.
        (quiet(time(22), time(7)), utc(23, 13, 59), utc(23, 13, 59)),
        (quiet(time(22), time(7)), utc(23, 14), utc(23, 23)),
        (quiet(time(22), time(7)), utc(23, 16, 30), utc(23, 23)),
        (quiet(time(22), time(7)), utc(23, 22, 59), utc(23, 23)),
        (quiet(time(22), time(7)), utc(23, 23), utc(23, 23)),
        (quiet(time(12), time(14)), utc(23, 5), utc(23, 6)),
        (quiet(time(12), time(14)), utc(23, 6), utc(23, 6)),
        (quiet(time(12), time(12)), utc(23, 4), utc(23, 4)),
        (quiet(None, None), utc(23, 16), utc(23, 16)),
        # The same hours end an hour earlier by UTC once the summer begins there.
        (quiet(time(22), time(7), BERLIN), utc(28, 22, month=3), utc(29, 5, month=3)),
        (quiet(time(22), time(7), BERLIN), utc(27, 22, month=3), utc(28, 6, month=3)),
    ],
)
def test_nothing_goes_out_in_quiet_hours(times: Times, at: datetime, goes: datetime) -> None:
    assert times.first(at) == goes


@pytest.mark.parametrize(
    ("digest_at", "at", "goes"),
    [
        (time(8), utc(23, 6, 30), utc(24, 0)),
        (time(8), utc(22, 23, 59), utc(23, 0)),
        (time(8), utc(23, 0), utc(24, 0)),
        (time(18, 30), utc(23, 6, 30), utc(23, 10, 30)),
    ],
)
def test_a_digest_goes_out_at_its_hour_where_the_estate_stands(digest_at: time, at: datetime, goes: datetime) -> None:
    assert Times(Pace.DAILY, digest_at, None, None, SHANGHAI).first(at) == goes


def test_a_digest_at_a_quiet_hour_waits_for_its_end() -> None:
    times = Times(Pace.DAILY, time(6), time(22), time(7), SHANGHAI)

    assert times.first(utc(23, 6, 30)) == utc(23, 23)


def test_each_try_waits_longer_and_at_last_there_is_none() -> None:
    at = utc(23, 6)

    waits = [again_at(tries, at, 0) for tries in range(1, MOST_TRIES + 1)]

    assert waits == [*(at + wait for wait in BACKOFF), None]
    assert sorted(BACKOFF) == list(BACKOFF)


def test_a_wait_is_stretched_by_a_fifth_at_most() -> None:
    at = utc(23, 6)

    assert again_at(3, at, 1.0) == at + timedelta(minutes=18)
    assert again_at(len(BACKOFF), at, 1.0) == at + BACKOFF[-1] * 1.2


def test_every_event_can_be_turned_off_by_somebody_and_no_service_stands_twice() -> None:
    schemes = [scheme for service in SERVICES for scheme in service.schemes]

    assert set(EVENTS) == set(Event)
    assert {rule.event for rule in RULES} <= set(EVENTS)
    assert len(schemes) == len(set(schemes))
    assert "file" not in schemes
