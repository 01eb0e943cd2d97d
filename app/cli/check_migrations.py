"""`doorstep check-migrations`: whether the migrations build exactly what the models say."""

from pathlib import Path
from tempfile import TemporaryDirectory

import click
import flask_migrate

from app.config import settings
from app.factory import create_app


@click.command()
def check_migrations() -> None:
    """Run all migrations on an empty database of its own, then `flask db check`. Fails when the models differ."""
    with TemporaryDirectory() as folder:
        database = f"sqlite:///{folder}/empty.sqlite3"
        app = create_app(settings(folder=Path(folder), database=database, secret="of no use"))  # noqa: S106
        with app.app_context():
            flask_migrate.upgrade()
            flask_migrate.check()
