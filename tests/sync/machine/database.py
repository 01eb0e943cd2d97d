"""A database that can be kept as it stands and brought back, as from a backup: SQLite file or PostgreSQL database."""

import itertools
import shutil
import sqlite3
from pathlib import Path
from urllib.parse import urlsplit

from flask import Flask
from sqlalchemy.engine import make_url

from app.core.db import db
from app.sync.pages import TOLD
from tests.postgres import Postgres


class Backups:
    """Backups of the database of `app` and of its photos. Take and bring back only while nobody uses it."""

    def __init__(self, app: Flask, folder: Path) -> None:
        self._app, self._folder = app, folder
        self._url = str(app.config["SQLALCHEMY_DATABASE_URI"])
        self._names = itertools.count(1)

    def take(self, name: str = "") -> str:
        """Keep everything as it stands; one of the same name is replaced. Gives its name."""
        name = name or f"backup{next(self._names)}"
        self.stop_server()
        self._copy_database(name)
        shutil.rmtree(self._folder / f"{name}.blobs", ignore_errors=True)
        self._blobs.mkdir(parents=True, exist_ok=True)
        shutil.copytree(self._blobs, self._folder / f"{name}.blobs")
        return name

    def bring_back(self, name: str) -> None:
        """Everything as it was when `name` was taken."""
        self.stop_server()
        self._restore_database(name)
        shutil.rmtree(self._blobs, ignore_errors=True)
        shutil.copytree(self._folder / f"{name}.blobs", self._blobs)

    def stop_server(self) -> None:
        """What its process remembered is gone."""
        self._app.extensions.pop(TOLD, None)
        with self._app.app_context():
            db.engine.dispose()

    def _copy_database(self, name: str) -> None:
        if self._file is None:
            self._server.drop_database(self._database_of(name))
            self._server.create_database(self._database_of(name), template=self._database)
            return
        with sqlite3.connect(self._file) as source, sqlite3.connect(self._folder / f"{name}.sqlite3") as copy:
            source.backup(copy)
        source.close()
        copy.close()

    def _restore_database(self, name: str) -> None:
        if self._file is None:
            self._server.drop_database(self._database)
            self._server.create_database(self._database, template=self._database_of(name))
            return
        for ending in ("-wal", "-shm"):
            Path(f"{self._file}{ending}").unlink(missing_ok=True)
        shutil.copy(self._folder / f"{name}.sqlite3", self._file)

    @property
    def _blobs(self) -> Path:
        return Path(self._app.config["BLOBS"])

    @property
    def _file(self) -> str | None:
        url = make_url(self._url)
        return url.database if url.get_backend_name() == "sqlite" else None

    @property
    def _database(self) -> str:
        return urlsplit(self._url).path.lstrip("/")

    def _database_of(self, name: str) -> str:
        return f"{self._database}_{name}"

    @property
    def _server(self) -> Postgres:
        return Postgres.at(self._url)
