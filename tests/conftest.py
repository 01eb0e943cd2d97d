"""Fixtures of all tests: a fresh migrated database for each, on SQLite or on a private PostgreSQL (`--db`)."""

import os
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import flask_migrate
import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.config import settings
from app.core.db import db
from app.factory import create_app
from tests.postgres import Postgres

SHARED_SERVER = "DOORSTEP_TEST_POSTGRES"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--db", choices=("sqlite", "postgresql"), default="sqlite", help="which database to test on")


def pytest_configure(config: pytest.Config) -> None:
    """Start one PostgreSQL for all workers; they find it by the environment."""
    if config.getoption("--db") == "postgresql" and SHARED_SERVER not in os.environ:
        server = Postgres()
        os.environ[SHARED_SERVER] = server.start()
        config.add_cleanup(server.stop)


@pytest.fixture(scope="session")
def on_postgresql(request: pytest.FixtureRequest) -> bool:
    """Whether these tests run on PostgreSQL."""
    return bool(request.config.getoption("--db") == "postgresql")


@pytest.fixture(scope="session")
def migrated(on_postgresql: bool, tmp_path_factory: pytest.TempPathFactory, worker: str) -> str:
    """A database with all migrations applied, to be copied for each test: a file, or the name of a template."""
    folder = tmp_path_factory.mktemp("migrated")
    if on_postgresql:
        name = f"template_{worker}"
        _migrate(folder, Postgres.at(os.environ[SHARED_SERVER]).create_database(name))
        return name
    file = folder / "migrated.sqlite3"
    _migrate(folder, f"sqlite:///{file}")
    connection = sqlite3.connect(file)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return str(file)


@pytest.fixture(scope="session")
def worker() -> str:
    """Which of the parallel workers this is."""
    return os.environ.get("PYTEST_XDIST_WORKER", "only")


@pytest.fixture
def database_url(migrated: str, on_postgresql: bool, tmp_path: Path, worker: str) -> Iterator[str]:
    """A fresh database of this test's own."""
    if not on_postgresql:
        copy = tmp_path / "doorstep.sqlite3"
        shutil.copy(migrated, copy)
        yield f"sqlite:///{copy}"
        return
    server, name = Postgres.at(os.environ[SHARED_SERVER]), f"test_{worker}"
    server.drop_database(name)
    yield server.create_database(name, template=migrated)


@pytest.fixture
def app(database_url: str, tmp_path: Path) -> Iterator[Flask]:
    """The application on a fresh database. Outside an app context, as a server starts it."""
    config = settings(folder=tmp_path, database=database_url, secret="only for tests")
    app = create_app(config | {"TESTING": True, "WTF_CSRF_ENABLED": False, "RATELIMIT_ENABLED": False})
    yield app
    with app.app_context():
        db.engine.dispose()


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


def _migrate(folder: Path, url: str) -> None:
    app = create_app(settings(folder=folder, database=url, secret="only for tests"))
    with app.app_context():
        flask_migrate.upgrade()
        db.session.remove()
        db.engine.dispose()
