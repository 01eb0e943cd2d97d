"""Fixtures of all tests: a fresh migrated database for each, on SQLite or on a private PostgreSQL (`--db`)."""

import gc
import os
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import flask_migrate
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from app.config import settings
from app.core.db import db
from app.core.limits import limiter
from app.factory import create_app
from app.sync.pages import TOLD
from tests.postgres import Postgres
from tests.standing import Built, BuiltOnce, Database, OnPostgres, SqliteFile

SHARED_SERVER = "DOORSTEP_TEST_POSTGRES"
DATABASE = {"on_postgresql", "migrated", "database", "database_url"}
"""Fixtures of whatever touches a database."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--db", choices=("sqlite", "postgresql"), default="sqlite", help="which database to test on")


def pytest_configure(config: pytest.Config) -> None:
    """Start one PostgreSQL for all workers; they find it by the environment."""
    if config.getoption("--db") == "postgresql" and SHARED_SERVER not in os.environ:
        server = Postgres()
        os.environ[SHARED_SERVER] = server.start()
        config.add_cleanup(server.stop)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL take only what depends on the database: all else was tried with SQLite and comes out the same.

    What takes long goes first, so that no worker is left alone with it at the end.
    """
    if config.getoption("--db") == "postgresql":
        config.hook.pytest_deselected(items=[item for item in items if not _depends_on_the_database(item)])
        items[:] = filter(_depends_on_the_database, items)
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


def pytest_collection_finish() -> None:
    """Let the garbage collector pass by the program and its tests, and look less often, as the server does."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


def _depends_on_the_database(item: pytest.Item) -> bool:
    asks_for_one = bool(DATABASE & set(getattr(item, "fixturenames", ())))
    return asks_for_one and item.get_closest_marker("any_database") is None


@pytest.fixture(scope="session")
def on_postgresql(request: pytest.FixtureRequest) -> bool:
    """Whether these tests run on PostgreSQL."""
    return bool(request.config.getoption("--db") == "postgresql")


@pytest.fixture(scope="session")
def migrated(on_postgresql: bool, tmp_path_factory: pytest.TempPathFactory, worker: str) -> Iterator[str]:
    """A database with all migrations applied, to be copied for each test: a file, or the name of a template."""
    folder = tmp_path_factory.mktemp("migrated")
    if on_postgresql:
        name = f"template_{worker}"
        server = Postgres.at(os.environ[SHARED_SERVER])
        _migrate(folder, server.create_database(name))
        yield name
        server.let_go()
        return
    file = folder / "migrated.sqlite3"
    _migrate(folder, f"sqlite:///{file}")
    connection = sqlite3.connect(file)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    yield str(file)


@pytest.fixture(scope="session")
def worker() -> str:
    """Which of the parallel workers this is."""
    return os.environ.get("PYTEST_XDIST_WORKER", "only")


@pytest.fixture(scope="session")
def kept_connections() -> set[int]:
    """Ids of the processes with which PostgreSQL serves the program; they outlive each test."""
    return set()


@pytest.fixture(scope="session")
def database(
    migrated: str,
    on_postgresql: bool,
    worker: str,
    kept_connections: set[int],
    tmp_path_factory: pytest.TempPathFactory,
) -> Database:
    """This worker's database; what stands in it is each test's own."""
    if on_postgresql:
        server = Postgres.at(os.environ[SHARED_SERVER])
        return OnPostgres(server, f"test_{worker}", migrated, kept_connections)
    return SqliteFile(tmp_path_factory.mktemp("database") / "doorstep.sqlite3", Path(migrated))


@pytest.fixture
def database_url(database: Database) -> str:
    """A fresh database of this test's own."""
    database.renew()
    return database.url


@pytest.fixture(scope="session")
def program(
    database: Database, kept_connections: set[int], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    """The application, put together once: that takes longer than most tests."""
    config = settings(folder=tmp_path_factory.mktemp("data"), database=database.url, secret="only for tests")
    program = create_app(config | {"TESTING": True, "WTF_CSRF_ENABLED": False, "RATELIMIT_ENABLED": False})
    with program.app_context():
        if db.engine.dialect.name == "sqlite":
            event.listen(db.engine, "connect", _do_not_wait_for_the_disk)
        else:
            event.listen(db.engine, "connect", lambda made, _record: kept_connections.add(made.info.backend_pid))
    yield program
    with program.app_context():
        db.engine.dispose()


@pytest.fixture
def app(program: Flask, database_url: str, kept_connections: set[int], tmp_path: Path) -> Iterator[Flask]:
    """The application on a fresh database and folder. Outside an app context, as a server starts it."""
    _let_go_of_dead_connections(program, kept_connections)
    before = dict(program.config)
    program.config.update(settings(folder=tmp_path, database=database_url, secret="only for tests"))
    limiter.enabled = False  # one for all applications: whatever was put together last had its say
    yield program
    program.config.clear()
    program.config.update(before)
    program.extensions.pop(TOLD, None)
    with program.app_context():
        if db.engine.pool.checkedout():  # type: ignore[attr-defined]
            kept_connections.clear()
    _let_go_of_dead_connections(program, kept_connections)


@pytest.fixture
def context(app: Flask) -> Iterator[Flask]:
    """The application with a context pushed, for tests below the doors."""
    with app.app_context():
        yield app
        db.session.rollback()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser or tablet at the doors."""
    return app.test_client()


@pytest.fixture(scope="session")
def built_before() -> dict[Callable[[FlaskClient], Any], Built]:
    """What this worker's builders have built, by builder."""
    return {}


@pytest.fixture
def built_once(
    client: FlaskClient, database: Database, built_before: dict[Callable[[FlaskClient], Any], Built]
) -> BuiltOnce:
    """Builds what many tests begin on, or brings it back."""
    return BuiltOnce(built_before, client, database)


def _let_go_of_dead_connections(program: Flask, kept: set[int]) -> None:
    """None is kept to a file, which each test replaces, nor to a database that was made anew."""
    if not kept:
        with program.app_context():
            db.engine.dispose()


def _do_not_wait_for_the_disk(connection: sqlite3.Connection, _record: object) -> None:
    """These files are gone in a moment; what survives a power cut is not what these tests are about."""
    connection.execute("PRAGMA synchronous=OFF")


def _migrate(folder: Path, url: str) -> None:
    app = create_app(settings(folder=folder, database=url, secret="only for tests"))
    with app.app_context():
        flask_migrate.upgrade()
        db.session.remove()
        db.engine.dispose()
