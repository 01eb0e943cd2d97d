"""Runs migrations with the application's own engine, then makes the triggers that keep immutable tables."""

from importlib import import_module
from pathlib import Path

from alembic import context
from flask import current_app

import app
from app.core.db import Base
from app.core.immutable import protect

for models in sorted(Path(app.__file__).parent.glob("*/models.py")):
    import_module(f"app.{models.parent.name}.models")


def run() -> None:
    """Migrate to the revision asked for, in one transaction."""
    extension = current_app.extensions["migrate"]
    with extension.db.engine.connect() as connection:
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


run()
