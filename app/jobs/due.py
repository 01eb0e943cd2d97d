"""The jobs there are, and when one is due."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.core import arriving
from app.documents import bundles, long_papers, shelf
from app.documents.archive import archives
from app.estates.escalation import escalate, hand_over
from app.jobs.closing import close_days
from app.jobs.notices import send_notices
from app.visits.lapsing import let_plans_lapse
from app.visits.taking_over import take_over_tasks


@dataclass(frozen=True)
class Job:
    """Something that runs by itself, once in `every`.

    `run(at)` finds its work from the state, does nothing twice and may be killed at any point: the worker commits what
    it did, together with the note that it ran, or nothing of both.
    """

    name: str
    every: timedelta
    run: Callable[[datetime], object]


def _clear_up(at: datetime) -> int:
    """Printed papers and files of them that nobody needs any more, and photos of which no more comes."""
    papers = bundles.clear_up(at) + archives.clear_up(at) + long_papers.clear_up(at) + shelf.clear_up(at)
    return papers + arriving.clear_up(at)


JOBS: tuple[Job, ...] = (
    Job("hand_over", timedelta(minutes=10), hand_over),
    Job("take_over_tasks", timedelta(minutes=10), take_over_tasks),
    Job("let_plans_lapse", timedelta(minutes=10), let_plans_lapse),
    Job("escalate", timedelta(minutes=1), escalate),
    Job("notices", timedelta(minutes=1), send_notices),
    Job("clear_up", timedelta(hours=1), _clear_up),
    Job("close_days", timedelta(minutes=1), close_days),
)

_FIRST_RETRY, _LAST_RETRY = timedelta(minutes=1), timedelta(hours=1)


def next_try(job: Job, ran_at: datetime | None, failed_at: datetime | None, failures: int) -> datetime | None:
    """When a job is due that ran last, and has failed so often since; nothing: it never ran, so now.

    One that failed is tried again after a minute, then after two, four … up to an hour, or its own `every` if shorter.
    """
    if failed_at is not None and failures:
        doubled: int = 2 ** min(failures - 1, 6)
        return failed_at + min(_FIRST_RETRY * doubled, _LAST_RETRY, job.every)
    return ran_at + job.every if ran_at is not None else None


def is_due(job: Job, ran_at: datetime | None, failed_at: datetime | None, failures: int, at: datetime) -> bool:
    """Whether it is to run at a moment. A clock that ran far ahead once does not hold it up for ever."""
    due = next_try(job, ran_at, failed_at, failures)
    return due is None or at >= due or due - at > job.every + _LAST_RETRY
