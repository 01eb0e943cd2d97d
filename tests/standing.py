"""What tests begin on and build alike: built once in each worker, then brought back for every further test.

Rows and the server's keys are kept as they stood when the builder had committed: a test cannot tell one from the other.
"""

from __future__ import annotations

import sqlite3
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from filecmp import cmp
from pathlib import Path
from typing import Any, TypeVar

from flask.testing import FlaskClient

from tests.postgres import Postgres, Rows

T = TypeVar("T")


class Database(ABC):
    """The database of one worker's tests, one after another."""

    url: str

    @abstractmethod
    def renew(self) -> None:
        """As the migrations left it, for the next test."""

    @abstractmethod
    def is_bare(self) -> bool:
        """Whether nobody has built an estate in it."""

    @abstractmethod
    def taken(self) -> Any:
        """All that stands in it."""

    @abstractmethod
    def put(self, taken: Any) -> None:
        """Let that stand in it where it was bare."""


class SqliteFile(Database):
    """A file, copied from the migrated one."""

    def __init__(self, file: Path, migrated: Path) -> None:
        self.url = f"sqlite:///{file}"
        self._file, self._migrated = file, migrated

    def renew(self) -> None:
        self.put(self._migrated.read_bytes())

    def is_bare(self) -> bool:
        beside = [path for path in self._file.parent.glob(f"{self._file.name}*") if path != self._file]
        return not beside and cmp(self._file, self._migrated, shallow=False)

    def taken(self) -> bytes:
        connection = sqlite3.connect(self._file)
        try:
            return connection.serialize()
        finally:
            connection.close()

    def put(self, taken: bytes) -> None:
        for old in self._file.parent.glob(f"{self._file.name}*"):
            old.unlink()
        self._file.write_bytes(taken)


class OnPostgres(Database):
    """A database of the private server, in the shape that its migrations gave it."""

    def __init__(self, server: Postgres, name: str, template: str, spared: set[int]) -> None:
        self.url = server.url_of(name)
        self._server, self._name, self._template, self._spared = server, name, template, spared

    def renew(self) -> None:
        self._server.renew_database(self._name, self._template, self._spared)

    def is_bare(self) -> bool:
        return self._server.is_empty(self._name, "estate")

    def taken(self) -> Rows:
        return self._server.rows(self._name)

    def put(self, taken: Rows) -> None:
        self._server.lay(self._name, taken, over=self._server.bare_rows(self._template))


@dataclass(frozen=True)
class Built:
    """What a builder left behind, and what it told."""

    rows: Any
    keys: dict[str, bytes]
    told: Any


@dataclass(frozen=True)
class BuiltOnce:
    """Builders' work of one worker, by builder, and where the present test wants it."""

    kept: dict[Callable[[FlaskClient], Any], Built]
    client: FlaskClient
    database: Database

    def __call__(self, build: Callable[[FlaskClient], T]) -> T:
        """What `build` tells of the database in which it has built and committed: by itself, or for an earlier test.

        It must be as good in any test: ids and texts, no rows and no clients. Where the test has an estate already,
        `build` adds to it.
        """
        if not self.database.is_bare():
            return build(self.client)
        if build in self.kept:
            return self._bring_back(self.kept[build])
        told = build(self.client)
        keys = {key.name: key.read_bytes() for key in self._keys.glob("*")}
        self.kept[build] = Built(self.database.taken(), keys, told)
        return told

    def _bring_back(self, built: Built) -> Any:
        self.database.put(built.rows)
        self._keys.mkdir(parents=True, exist_ok=True)
        for name, content in built.keys.items():
            (self._keys / name).write_bytes(content)
        return built.told

    @property
    def _keys(self) -> Path:
        return Path(self.client.application.config["KEYS"])
