"""`doorstep restored`: to be typed after a database was restored from a backup, before it is served."""

import click

from app.cli.begun import on_a_database_begun
from app.core.clock import now
from app.core.db import db
from app.sync.restored import begin_new_epoch


@click.command()
@on_a_database_begun
def restored() -> None:
    """Tell tablets that the database came back from a backup: they send again what it may have lost."""
    begin_new_epoch(at=now())
    db.session.commit()
    click.echo("Every tablet starts over at its next contact and sends again what it handed in for the last 30 days.")
