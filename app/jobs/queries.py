"""What is asked about jobs: how each of them is."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from app.core.db import db
from app.jobs.due import JOBS, Job, next_try
from app.jobs.models import JobRun
from app.jobs.worker import PAUSE


@dataclass(frozen=True)
class Health:
    """When a job last ran, how often it has failed since, and whether it should have run by now and has not."""

    job: Job
    ran_at: datetime | None
    failures: int
    is_late: bool


def health(at: datetime) -> list[Health]:
    """Every job there is, in the order in which they run."""
    known = {run.name: run for run in db.session.scalars(sa.select(JobRun))}
    return [_health(job, known.get(job.name), at) for job in JOBS]


def _health(job: Job, run: JobRun | None, at: datetime) -> Health:
    if run is None:
        return Health(job, None, 0, is_late=True)
    due = next_try(job, run.ran_at, run.failed_at, run.failures)
    return Health(job, run.ran_at, run.failures, is_late=due is None or at - due > max(4 * PAUSE, job.every))
