"""When a job is due: by its last run, and sooner after a failure."""

from datetime import datetime, timedelta

import pytest

from app.jobs.due import JOBS, Job, is_due, next_try
from tests.builders import NOW

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def a_job(every: timedelta) -> Job:
    return Job("tidy", every, lambda _at: None)


@pytest.mark.parametrize(
    ("every", "ran_at", "due"),
    [
        (HOUR, None, True),
        (HOUR, NOW, False),
        (HOUR, NOW - 59 * MINUTE, False),
        (HOUR, NOW - HOUR, True),
        # After any time without a worker: once, as it finds all its work in the state.
        (HOUR, NOW - 30 * DAY, True),
        # The clock was wrong by a year when it ran.
        (HOUR, NOW + 365 * DAY, True),
        (HOUR, NOW + MINUTE, False),
    ],
)
def test_a_job_is_due_once_in_its_time(every: timedelta, ran_at: datetime | None, due: bool) -> None:
    assert is_due(a_job(every), ran_at, None, 0, NOW) is due


@pytest.mark.parametrize(
    ("every", "failures", "after"),
    [
        (DAY, 1, MINUTE),
        (DAY, 2, 2 * MINUTE),
        (DAY, 3, 4 * MINUTE),
        (DAY, 7, HOUR),
        (DAY, 10_000, HOUR),
        # Never later than it would have run anyway.
        (MINUTE, 5, MINUTE),
    ],
)
def test_a_job_that_failed_is_tried_again_after_a_while(every: timedelta, failures: int, after: timedelta) -> None:
    assert next_try(a_job(every), NOW - 2 * DAY, NOW, failures) == NOW + after


def test_each_job_has_a_name_of_its_own() -> None:
    names = [job.name for job in JOBS]

    assert len(set(names)) == len(names)
