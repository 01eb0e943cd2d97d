"""The worker: runs what is due, survives what fails, and shares the work with others."""

import logging
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from app.core import journal
from app.core.db import db
from app.core.ids import new_id
from app.core.journal import COMPANY_STREAM, JournalLine
from app.estates.escalation import escalate
from app.jobs import worker
from app.jobs.due import Job
from app.jobs.models import JobRun
from app.jobs.turn import turn_at
from app.jobs.worker import run_due, work
from tests.builders import NOBODY, NOW

MINUTE = timedelta(minutes=1)


def a_job(run: Callable[[datetime], object], name: str = "tidy", every: timedelta = MINUTE) -> Job:
    return Job(name, every, run)


def leaves_a_line(at: datetime) -> None:
    """The work of a job that can be counted afterwards."""
    journal.write(COMPANY_STREAM, "test:ran", ("test", new_id()), by=NOBODY, at=at)


def fails(_at: datetime) -> None:
    raise RuntimeError("the other side is away")


def lines(app: Flask) -> int:
    with app.app_context():
        return len(db.session.scalars(sa.select(JournalLine.seq).where(JournalLine.kind == "test:ran")).all())


def known(app: Flask, name: str = "tidy") -> JobRun | None:
    with app.app_context():
        return db.session.get(JobRun, name)


def test_a_job_runs_when_it_is_due_and_not_before(app: Flask) -> None:
    job = a_job(leaves_a_line)

    ran = [run_due(app, NOW + seconds * timedelta(seconds=1), [job]) for seconds in (0, 30, 59, 60, 61)]

    assert ran == [["tidy"], [], [], ["tidy"], []]
    assert lines(app) == 2
    assert known(app).ran_at == NOW + MINUTE


def test_after_a_week_without_a_worker_it_runs_once(app: Flask) -> None:
    job = a_job(leaves_a_line)
    run_due(app, NOW, [job])

    run_due(app, NOW + timedelta(days=7), [job])

    assert lines(app) == 2


def test_a_job_that_fails_leaves_nothing_and_the_others_go_on(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    def writes_and_fails(at: datetime) -> None:
        leaves_a_line(at)
        db.session.flush()
        fails(at)

    ran = run_due(app, NOW, [a_job(writes_and_fails, "broken"), a_job(leaves_a_line)])

    assert ran == ["tidy"]
    assert lines(app) == 1
    broken = known(app, "broken")
    assert (broken.ran_at, broken.failed_at, broken.failures) == (None, NOW, 1)
    assert "job broken failed" in caplog.text


def test_it_is_tried_again_until_it_succeeds_and_then_is_as_before(app: Flask) -> None:
    works = iter((fails, fails, leaves_a_line))

    def at_the_third_go(at: datetime) -> None:
        next(works)(at)

    job = a_job(at_the_third_go, every=timedelta(days=1))

    ran = [run_due(app, NOW + n * MINUTE, [job]) for n in range(5)]

    # At once, after a minute, after two more.
    assert ran == [[], [], [], ["tidy"], []]
    tidy = known(app)
    assert (tidy.ran_at, tidy.failed_at, tidy.failures) == (NOW + 3 * MINUTE, None, 0)


def test_a_job_that_somebody_else_is_at_is_left_to_them(app: Flask) -> None:
    with app.app_context(), turn_at("tidy") as mine:
        assert mine
        ran = run_due(app, NOW, [a_job(leaves_a_line), a_job(leaves_a_line, "other")])

    assert ran == ["other"]
    assert run_due(app, NOW, [a_job(leaves_a_line)]) == ["tidy"]


def test_of_two_workers_at_the_same_moment_one_runs_a_job(app: Flask) -> None:
    together, running, most = threading.Barrier(4), [], []

    def counts_who_is_in(at: datetime) -> None:
        running.append(1)
        most.append(len(running))
        leaves_a_line(at)
        running.pop()

    def a_worker(_n: int) -> int:
        together.wait()
        return sum(len(run_due(app, NOW + n * MINUTE, [a_job(counts_who_is_in)])) for n in range(10))

    with ThreadPoolExecutor(4) as workers:
        ran = sum(workers.map(a_worker, range(4)))

    assert max(most) == 1
    assert ran == lines(app) <= 10
    assert known(app).ran_at is not None


def test_the_worker_survives_a_database_that_is_away(
    app: Flask, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    looked = []

    def away(_app: Flask, at: datetime) -> list[str]:
        looked.append(at)
        raise sa.exc.OperationalError("SELECT 1", {}, Exception("gone"))

    monkeypatch.setattr(worker, "run_due", away)
    rests = iter((False, False, True))

    with caplog.at_level(logging.ERROR):
        work(app, lambda _seconds: next(rests), clock=lambda: NOW)

    assert looked == [NOW] * 3
    assert caplog.text.count("could not be looked at") == 3


DIES = """
import os, sys
from datetime import datetime
from sqlalchemy import event
from app.config import from_environment
from app.core.db import db
from app.factory import create_app
from app.jobs.worker import run_due

app = create_app(from_environment())
with app.app_context():
    @event.listens_for(db.engine, "commit")
    def die(_connection):
        os.kill(os.getpid(), 9)  # after every effect, before the commit
run_due(app, datetime.fromisoformat(sys.argv[1]))
"""


def test_killed_between_effect_and_commit_it_has_done_nothing_and_does_it_again(app: Flask, overdue: object) -> None:
    at = NOW + timedelta(days=9)
    url = app.config["SQLALCHEMY_DATABASE_URI"].replace("postgresql+psycopg", "postgresql")
    environment = {**os.environ, "DATABASE_URL": url, "DOORSTEP_DATA": app.config["DATA"]}

    killed = subprocess.run([sys.executable, "-c", DIES, at.isoformat()], env=environment, check=False)

    assert killed.returncode == -signal.SIGKILL
    assert levels(app, overdue) == []
    run_due(app, at, [Job("escalate", MINUTE, escalate)])
    run_due(app, at + MINUTE, [Job("escalate", MINUTE, escalate)])
    assert levels(app, overdue) == ["manager", "executive"]


def levels(app: Flask, subject: object) -> list[str]:
    with app.app_context():
        return [line.data["level"] for line in journal.history(subject) if line.kind == "wait:escalated"]
