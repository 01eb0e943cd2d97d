"""`doorstep load-demo`: puts the demonstration estate into an empty database."""

import click
import sqlalchemy as sa
from flask import Flask, current_app
from flask.cli import with_appcontext

from app.cli.demo import LOGINS, load
from app.core.db import db, only_reading
from app.people.models import Staff

Login = tuple[str, str, str]
"""Role title, login, password."""


@click.command()
@with_appcontext
def load_demo() -> None:
    """Load the demonstration estate, if nobody is in the database yet."""
    if not load_if_empty(current_app):
        raise click.ClickException("the database is not empty, nothing was loaded")


def load_if_empty(app: Flask) -> bool:
    """Load the demonstration estate, which takes a while, unless anybody is known already. Says whether it did."""
    with app.app_context(), only_reading():
        if db.session.scalar(sa.select(sa.func.count()).select_from(Staff)):
            return False
    click.echo("· demonstration estate, once")
    load(app)
    return True


def demo_logins(app: Flask) -> list[Login]:
    """Everybody of the demonstration estate who is in this database."""
    with app.app_context(), only_reading():
        known = set(db.session.scalars(sa.select(Staff.login)))
    return [login for login in LOGINS if login[1] in known]
