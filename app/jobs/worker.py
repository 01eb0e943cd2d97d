"""Runs what is due, one job after another, each in a transaction of its own."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

import sqlalchemy as sa
from flask import Flask

from app.core.clock import now
from app.core.db import db, only_reading
from app.jobs.due import JOBS, Job, is_due
from app.jobs.models import JobRun
from app.jobs.turn import turn_at

PAUSE = timedelta(seconds=15)
"""How long a worker rests between two looks at what is due."""


def work(app: Flask, until_told: Callable[[float], bool], *, clock: Callable[[], datetime] = now) -> None:
    """Run what is due, again and again; `until_told(seconds)` waits so long and says whether to stop."""
    while True:
        try:
            run_due(app, clock())
        except Exception:  # a database that is away for a while comes back, and we are still there
            app.logger.exception("what is due could not be looked at")
        if until_told(PAUSE.total_seconds()):
            return


def run_due(app: Flask, at: datetime, jobs: Iterable[Job] = JOBS) -> list[str]:
    """Run each job that is due and that no other worker is at; returns the names of those that came to their end."""
    return [job.name for job in jobs if _run(app, job, at)]


def _run(app: Flask, job: Job, at: datetime) -> bool:
    with app.app_context():
        with only_reading():
            due = _due(job, at)
            db.session.rollback()
        if not due:
            return False
        with turn_at(job.name) as mine:
            return mine and _run_alone(app, job, at)


def _run_alone(app: Flask, job: Job, at: datetime) -> bool:
    """What it did and that it ran is committed together, or neither."""
    try:
        if not _due(job, at):  # somebody else ran it while we took our turn
            return False
        job.run(at)
        _note(job, ran_at=at, failed_at=None, failures=0)
        db.session.commit()
    except Exception:  # whatever is wrong with one job, the others go on
        db.session.rollback()
        app.logger.exception("job %s failed", job.name)
        _note_failure(app, job, at)
        return False
    return True


def _due(job: Job, at: datetime) -> bool:
    known = _known(job)
    return is_due(job, known.ran_at, known.failed_at, known.failures, at) if known else True


def _known(job: Job) -> JobRun | None:
    return db.session.scalars(
        sa.select(JobRun).where(JobRun.name == job.name).execution_options(populate_existing=True)
    ).first()


def _note(job: Job, *, failed_at: datetime | None, failures: int, ran_at: datetime | None = None) -> None:
    known = _known(job)
    if known is None:
        known = JobRun(name=job.name)
        db.session.add(known)
    known.ran_at = ran_at or known.ran_at
    known.failed_at, known.failures = failed_at, failures


def _note_failure(app: Flask, job: Job, at: datetime) -> None:
    try:
        known = _known(job)
        _note(job, failed_at=at, failures=(known.failures if known else 0) + 1)
        db.session.commit()
    except Exception:  # it is logged already, and the job is tried again in any case
        db.session.rollback()
        app.logger.exception("the failure of job %s could not be noted", job.name)
