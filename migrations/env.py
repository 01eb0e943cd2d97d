"""Runs migrations with the application's own engine, then makes the triggers: what never changes, what is searched."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path

import sqlalchemy as sa
from alembic import context
from flask import current_app

import app
from app.core.db import Base
from app.core.immutable import protect
from app.core.said import gather

for models in sorted(Path(app.__file__).parent.glob("*/models.py")):
    import_module(f"app.{models.parent.name}.models")


def run() -> None:
    """Migrate to the revision asked for, in one transaction."""
    extension = current_app.extensions["migrate"]
    with extension.db.engine.connect() as connection, _free_to_rebuild(connection):
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            # We begin SQLite's transactions ourselves, so that there too a migration happens whole or not at all.
            transactional_ddl=True,
            **extension.configure_args,
        )
        with context.begin_transaction():
            context.run_migrations()
            protect(connection)
            gather(connection)
            _no_orphans(connection)


@contextmanager
def _free_to_rebuild(connection: sa.Connection) -> Iterator[None]:
    """A batch migration drops a table and builds it anew: on SQLite no row or trigger that points to it must object."""
    if connection.dialect.name != "sqlite":
        yield
        return
    # Straight to the driver: SQLite hears this only outside a transaction.
    driver = connection.connection.driver_connection
    driver.execute("PRAGMA foreign_keys=OFF")
    driver.execute("PRAGMA legacy_alter_table=ON")
    try:
        yield
    finally:
        driver.execute("PRAGMA legacy_alter_table=OFF")
        driver.execute("PRAGMA foreign_keys=ON")


def _no_orphans(connection: sa.Connection) -> None:
    if connection.dialect.name == "sqlite":
        orphans = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
        if orphans:
            raise RuntimeError(f"after this migration rows point to rows that are not there: {orphans[:5]}")


run()
