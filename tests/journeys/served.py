"""The real server as a process of its own, which a journey can really stop and start again on the same port."""

import os
import subprocess
import sys
import time
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from app.config import ROOT
from tests.loopback import free_port

READY_WITHIN = 60  # seconds


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
            "SECRET_KEY": "only for journeys",
        }
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start and wait until it answers."""
        command = [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{self.port}", "--threads", "6"]
        with (self.folder / "server.log").open("ab") as log:
            self._process = subprocess.Popen(
                [*command, "app.factory:create_app()"], cwd=self.program, env=self.environment, stdout=log, stderr=log
            )
        give_up = time.monotonic() + READY_WITHIN
        while not self._answers():
            if self._has_ended_within(0.1) or time.monotonic() > give_up:
                raise RuntimeError((self.folder / "server.log").read_text()[-3000:])

    def stop(self) -> None:
        """End it, as a server room without power does; nothing answers on its port any more."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(timeout=30)
            self._process = None

    def _has_ended_within(self, seconds: float) -> bool:
        """Asking without a pause would take the processor from the server that is starting."""
        assert self._process is not None
        try:
            self._process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            return False
        return True

    def _answers(self) -> bool:
        try:
            with urlopen(f"{self.url}/healthz", timeout=2) as answer:
                return bool(answer.status == 200)
        except (URLError, OSError):
            return False
