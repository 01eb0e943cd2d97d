"""The real server in processes of its own, which a journey can really stop and start again on the same port.

They are forked from a process that has imported the product already: that takes longer than most journeys' first page.
"""

import multiprocessing
import os
import select
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from gunicorn.app.wsgiapp import run as gunicorn

from app.config import ROOT
from tests.loopback import free_port

READY_WITHIN = 60  # seconds

PRINTS = ["app.documents.printing", "app.documents.seal.sealing"]
FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(["gunicorn.app.wsgiapp", "gunicorn.workers.gthread", "app.factory", *PRINTS])


class Server:
    """gunicorn on a free port of the loopback, with its own data folder. `program`: the checkout that it runs."""

    def __init__(self, folder: Path, database: str) -> None:
        self.folder = folder
        self.program = ROOT
        self.port = free_port()
        self.environment = {
            **os.environ,
            "DOORSTEP_DATA": str(folder),
            "DATABASE_URL": database,
            "SECRET_KEY": "only for tests",
        }
        self._master: int | None = None
        self._end = -1  # becomes readable when the master has ended

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> Path:
        return self.folder / "server.log"

    def start(self) -> None:
        """Start and wait until it answers."""
        arguments = ["--bind", f"127.0.0.1:{self.port}", "--threads", "6", "app.factory:create_app()"]
        master = FORKS.Process(target=_serve, args=(arguments, self.program, self.environment, self.log), daemon=True)
        master.start()
        assert master.pid is not None
        self._master, self._end = master.pid, os.pidfd_open(master.pid)
        give_up = time.monotonic() + READY_WITHIN
        while not self._answers():
            # Asking without a pause would take the processor from the server that is starting.
            if self._has_ended_within(0.05) or time.monotonic() > give_up:
                self.stop()
                raise RuntimeError(self.log.read_text()[-3000:])

    def stop(self) -> None:
        """End all of it, as a server room without power does; nothing answers on its port any more."""
        if self._master is not None:
            with suppress(ProcessLookupError):
                os.killpg(self._master, signal.SIGKILL)
            assert self._has_ended_within(30)
            os.close(self._end)
            self._master = None

    def _has_ended_within(self, seconds: float) -> bool:
        return bool(select.select([self._end], [], [], seconds)[0])

    def _answers(self) -> bool:
        try:
            with urlopen(f"{self.url}/healthz", timeout=2) as answer:
                return bool(answer.status == 200)
        except (URLError, OSError):
            return False


def _serve(arguments: list[str], program: Path, environment: dict[str, str], log: Path) -> None:
    """Become the leader of a group of its own, and gunicorn."""
    os.setsid()
    with log.open("ab") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    if program != ROOT:
        os.chdir(program)
        os.execve(sys.executable, [sys.executable, "-m", "gunicorn", *arguments], environment)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = ["gunicorn", *arguments]
    gunicorn()
