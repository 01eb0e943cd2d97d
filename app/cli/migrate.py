"""`doorstep migrate`: brings the database to the newest migration."""

import click
import flask_migrate
from flask import Flask
from flask.cli import with_appcontext


@click.command()
@with_appcontext
def migrate() -> None:
    """Bring the database to the newest migration; does nothing where it is there already."""
    flask_migrate.upgrade()


def bring_up_to_date(app: Flask) -> None:
    """The same for the database of `app`, before it is served."""
    with app.app_context():
        flask_migrate.upgrade()
