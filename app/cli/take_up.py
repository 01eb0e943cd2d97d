"""`doorstep take-up`: enters what this server could not read, or not place, when it came."""

import click
import sqlalchemy as sa
from flask import Flask, current_app
from flask.cli import with_appcontext

from app.core.clock import now
from app.core.db import db
from app.sync.deciding import held_but_known, take_up, waiting_for_a_visit


@click.command("take-up")
@with_appcontext
def take_up_held() -> None:
    """Enter the records that were held for a newer server, or waited for their visit."""
    click.echo(f"taken up: {take_up_whatever_can_be(current_app)}")


def take_up_whatever_can_be(app: Flask) -> int:
    """Each in a transaction of its own, once, whoever else is at it. Returns how many were decided about."""
    taken = 0
    with app.app_context():
        waiting = [*held_but_known(), *waiting_for_a_visit()]
        db.session.rollback()
        for op_id in waiting:
            try:
                taken += take_up(op_id, at=now()) is not None
                db.session.commit()
            except sa.exc.OperationalError:  # in the way of another transaction: it is taken up next time
                db.session.rollback()
    return taken
