"""The real office for the tablet's tests: gunicorn as a process of its own, driven by one JSON command a line.

It prints where it listens, then one line of JSON for every line of commands. It ends when its input ends, and the
server with it. `FAULTS_DB=postgresql` puts it on a private PostgreSQL instead of SQLite.
"""

import gc
import json
import os
import random
import shutil
import signal
import socket
import sys
import tempfile
import time
import uuid
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

import sqlalchemy as sa
from flask import Flask
from gunicorn.app.wsgiapp import run as gunicorn

from app.cli.migrate import bring_up_to_date
from app.cli.supervisor import leave
from app.cli.take_up import take_up_whatever_can_be
from app.config import from_environment
from app.core.db import db
from app.factory import create_app
from app.sync.kinds import KINDS
from app.sync.models import Epoch
from tests.js.faults import acts, looking
from tests.postgres import Postgres

READY_WITHIN = 60  # seconds


def application() -> Flask:
    """What gunicorn serves: the product, which lets one address enrol as many tablets as a test needs."""
    return create_app(from_environment() | {"RATELIMIT_ENABLED": False})


class Office:
    """A database, the server on it, and a way to act and look without the server."""

    def __init__(self, folder: Path, database: "Sqlite | PrivatePostgres") -> None:
        self.folder = folder
        self.database = database
        self.port = _free_port()
        self._known = dict(KINDS)
        self._server = 0
        os.environ |= {"DOORSTEP_DATA": str(folder), "DATABASE_URL": database.url, "SECRET_KEY": "only for tests"}
        os.environ |= {"PORT": str(self.port), "HOST": "127.0.0.1", "WEB_WORKERS": "2"}
        self.app = application()
        bring_up_to_date(self.app)
        gc.freeze()  # whoever is forked from here and cleans up at its start has little to look at

    # --- the server ---

    def start(self) -> dict[str, Any]:
        """Serve, as `doorstep run` does; the modules are here already, so it takes no time."""
        self._let_go()
        self._server = os.fork()
        if self._server == 0:
            self._become_gunicorn()
        self._wait_until_ready()
        return {"url": f"http://127.0.0.1:{self.port}"}

    def kill(self) -> dict[str, Any]:
        """With -9, all of it, in the middle of whatever it does."""
        if self._server:
            # It is its own group's leader as soon as it is itself; before, there is nobody but itself.
            with suppress(ProcessLookupError):
                os.killpg(self._server, signal.SIGKILL)
            os.kill(self._server, signal.SIGKILL)
            os.waitpid(self._server, 0)
            self._server = 0
        return {}

    def restart(self) -> dict[str, Any]:
        """Killed and started again."""
        self.kill()
        return self.start()

    def forget_version(self, kind: str, v: int) -> dict[str, Any]:
        """Go on as an older server, which does not know this version of a kind of operation yet."""
        KINDS.pop((kind, v), None)
        return self.restart()

    def update(self) -> dict[str, Any]:
        """Go on as a server that knows all there is, and takes up what it can read now, as `doorstep run` does."""
        if self._known == KINDS:
            return {}
        self.kill()
        KINDS.update(self._known)
        take_up_whatever_can_be(self.app)
        return self.start()

    # --- backups ---

    def backup(self) -> dict[str, Any]:
        """Copy database and photos; the server goes on meanwhile."""
        self._let_go()
        self.database.copy()
        blobs, kept = self.folder / "blobs", self.folder / "kept"
        shutil.rmtree(kept, ignore_errors=True)
        blobs.mkdir(exist_ok=True)
        shutil.copytree(blobs, kept)
        return {}

    def restore(self) -> dict[str, Any]:
        """Go back to the last copy, in a new epoch: whatever came since is gone from here."""
        self.kill()
        self._let_go()
        self.database.put_back()
        shutil.rmtree(self.folder / "blobs")
        shutil.copytree(self.folder / "kept", self.folder / "blobs")
        with self.app.app_context():
            db.session.execute(sa.update(Epoch).values(value=str(uuid.uuid4())))
            db.session.commit()
        return self.start()

    # --- acting and looking ---

    def answer(self, command: dict[str, Any]) -> dict[str, Any]:
        """Do one command: one of ours, an act of the office, or a look into its database."""
        name, wanted = command.pop("do"), command
        ours: dict[str, Callable[..., dict[str, Any]]] = {
            do.__name__: do
            for do in (
                self.start,
                self.kill,
                self.restart,
                self.forget_version,
                self.update,
                self.backup,
                self.restore,
            )
        }
        if name in ours:
            return ours[name](**wanted)
        with self.app.app_context():
            if name in looking.LOOKS:
                return looking.LOOKS[name](**wanted)
            done: dict[str, Any] = acts.ACTS[name](**wanted)
            db.session.commit()
            return done

    def _let_go(self) -> None:
        """No connection of ours is open while a server is forked or a file replaced."""
        with self.app.app_context():
            db.session.remove()
            db.engine.dispose()

    def _become_gunicorn(self) -> None:
        os.setsid()
        with (self.folder / "server.log").open("ab") as log, open(os.devnull) as nothing:
            os.dup2(nothing.fileno(), 0)
            os.dup2(log.fileno(), 1)
            os.dup2(log.fileno(), 2)
        sys.argv = ["gunicorn", "--config", "python:app.cli.server", "tests.js.faults.real_office:application()"]
        try:
            gunicorn()
        finally:
            leave(1)

    def _wait_until_ready(self) -> None:
        give_up = time.monotonic() + READY_WITHIN
        while not _answers(f"http://127.0.0.1:{self.port}/healthz"):
            if os.waitpid(self._server, os.WNOHANG)[0]:
                self._server = 0
            if not self._server or time.monotonic() > give_up:
                raise RuntimeError((self.folder / "server.log").read_text()[-3000:])


class Sqlite:
    """The database as a file."""

    def __init__(self, folder: Path) -> None:
        self._file, self._copy = folder / "doorstep.sqlite3", folder / "copy.sqlite3"
        self.url = f"sqlite:///{self._file}"

    def copy(self) -> None:
        """As it stands now, whoever writes."""
        self._copy.unlink(missing_ok=True)
        engine = sa.create_engine(self.url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.exec_driver_sql(f"VACUUM INTO '{self._copy}'")
        engine.dispose()

    def put_back(self) -> None:
        """Nobody has the file open."""
        for tail in ("-wal", "-shm"):
            Path(f"{self._file}{tail}").unlink(missing_ok=True)
        shutil.copy(self._copy, self._file)

    def end(self) -> None:
        """It goes with its folder."""


class PrivatePostgres:
    """The database in a PostgreSQL of our own."""

    def __init__(self, folder: Path) -> None:
        self._server, self._copy = Postgres(), folder / "office.dump"
        self._server.start()
        self.url = self._server.create_database("office")

    def copy(self) -> None:
        """As it stands now, whoever writes."""
        self._server.dump("office", self._copy)

    def put_back(self) -> None:
        """Nobody is connected."""
        self._server.drop_database("office")
        self._server.create_database("office")
        self._server.restore("office", self._copy)

    def end(self) -> None:
        """Stop the server."""
        self._server.stop()


def _answers(url: str) -> bool:
    try:
        with urlopen(url, timeout=5) as answer:
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False


def _free_port() -> int:
    """One that no outgoing connection takes by chance while the server is down: below those that systems hand out."""
    while True:
        port = random.randrange(20_000, 32_000)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def main() -> None:
    """Serve, and do what the lines of the standard input say until they end."""
    with tempfile.TemporaryDirectory(prefix="doorstep-faults-") as name:
        folder = Path(name)
        database = PrivatePostgres(folder) if os.environ.get("FAULTS_DB") == "postgresql" else Sqlite(folder)
        office = Office(folder, database)
        try:
            print(json.dumps(office.start()), flush=True)
            for line in sys.stdin:
                print(_answer(office, json.loads(line)), flush=True)
        finally:
            office.kill()
            database.end()


def _answer(office: Office, command: dict[str, Any]) -> str:
    try:
        return json.dumps(office.answer(command))
    except Exception as error:  # noqa: BLE001 - the test on the other side must hear of it, whatever it is
        return json.dumps({"error": f"{type(error).__name__}: {error}"})


if __name__ == "__main__":
    main()
