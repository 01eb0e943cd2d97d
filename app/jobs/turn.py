"""One worker at a time at a job: a lock that ends with the process that holds it, however that ends."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa
from flask import current_app

from app.core.db import db


@contextmanager
def turn_at(name: str) -> Iterator[bool]:
    """Hold the lock of this job meanwhile; False at once if another worker holds it.

    It is no transaction: what a job writes is not held up by it, nor does it hold up others.
    """
    lock = _on_postgresql if db.engine.dialect.name == "postgresql" else _on_this_machine
    with lock(f"job {name}") as mine:
        yield mine


@contextmanager
def _on_postgresql(name: str) -> Iterator[bool]:
    key = sa.func.hashtextextended(name, 0)
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        mine = bool(connection.scalar(sa.select(sa.func.pg_try_advisory_lock(key))))
        try:
            yield mine
        finally:
            if mine:
                connection.scalar(sa.select(sa.func.pg_advisory_unlock(key)))


@contextmanager
def _on_this_machine(name: str) -> Iterator[bool]:
    """SQLite's file is on this machine, and so is everybody who works on it."""
    folder = Path(current_app.config["DATA"]) / "jobs"
    folder.mkdir(parents=True, exist_ok=True)
    file = os.open(folder / f"{name.replace(' ', '_')}.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
    finally:
        os.close(file)
