"""`doorstep press`: makes many sheets into one file, as they are asked for."""

import signal
import threading

import click
from flask import current_app
from flask.cli import with_appcontext

from app.cli.machine import end_with_parent
from app.cli.supervisor import STOP_SIGNALS, leave
from app.cli.work import never_outlive_who_started_us
from app.jobs import press as jobs
from app.sync.kept import not_entered


@click.command()
@with_appcontext
def press() -> None:
    """Print what waits to be printed, until told to stop. Any number may print at once: one file each."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    never_outlive_who_started_us()
    told = threading.Event()
    for number in STOP_SIGNALS:
        signal.signal(number, lambda _signal, _frame: told.set())
    jobs.press(app, told.wait, not_entered=not_entered, at_birth=_end_with_the_press)
    leave(0)


def _end_with_the_press() -> None:
    """A process that prints ends with the press, however that ends; it does not hear signals as the press does."""
    for number in STOP_SIGNALS:
        signal.signal(number, signal.SIG_DFL)
    end_with_parent()
