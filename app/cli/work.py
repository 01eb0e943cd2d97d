"""`doorstep work`: runs by itself what is due: limits that are over, notices, reminders."""

import os
import signal
import sys
import threading

import click
from flask import current_app

from app.cli.begun import on_a_database_begun
from app.cli.machine import end_with_parent
from app.cli.supervisor import STARTED_BY, STOP_SIGNALS, leave
from app.core.clock import now
from app.jobs import worker


@click.command()
@click.option("--once", is_flag=True, help="Run what is due now, and end; for cron.")
@on_a_database_begun
def work(*, once: bool) -> None:
    """Run what is due, until told to stop. Any number may work at once: each job runs in one place at a time."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    if once:
        click.echo(f"ran: {', '.join(worker.run_due(app, now())) or '–'}")
        return
    never_outlive_who_started_us()
    told = threading.Event()
    for number in STOP_SIGNALS:
        signal.signal(number, lambda _signal, _frame: told.set())
    worker.work(app, told.wait)
    leave(0)


def never_outlive_who_started_us() -> None:
    """End with whoever started us, however they end."""
    starter = os.environ.get(STARTED_BY)
    if starter is None:
        return
    end_with_parent()
    if os.getppid() != int(starter):
        sys.exit("whoever started this worker is gone")
