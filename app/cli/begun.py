"""Commands that look into a database which somebody began: where there is none they say so in one line."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

import click
import sqlalchemy as sa
from flask import current_app
from flask.cli import with_appcontext

from app.core.db import db, only_reading

P = ParamSpec("P")
R = TypeVar("R")


def on_a_database_begun(command: Callable[P, R]) -> Callable[P, R]:
    """Like `with_appcontext`, for what would find, or back up, nothing in a folder that is not the server's."""

    @with_appcontext
    @wraps(command)
    def begun(*given: P.args, **named: P.kwargs) -> R:
        _must_be_begun()
        return command(*given, **named)

    return begun


def _must_be_begun() -> None:
    with only_reading():
        begun = sa.inspect(db.engine).has_table("estate")
    if not begun:
        where = current_app.config["DATA"] if db.engine.dialect.name == "sqlite" else db.engine.url.render_as_string()
        raise click.ClickException(
            f"no server has begun a database in {where} yet: start it once, with doorstep run, "
            "or type this with the DOORSTEP_DATA and DATABASE_URL of the one that runs"
        )
