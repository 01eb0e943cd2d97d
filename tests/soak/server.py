"""The real server, as `doorstep run` starts it, to be killed with −9 at any moment and started again at its port."""

import os
import signal
import subprocess
import threading
from pathlib import Path
from urllib.request import urlopen

from app.cli.run import SERVER
from tests.loopback import free_port

READY_WITHIN = 120  # seconds


class KillableServer:
    """gunicorn with the product's own settings, a session of its own, and its own data folder."""

    def __init__(self, folder: Path, database: str) -> None:
        self._folder = folder
        self.port = free_port()
        self._environment = {
            **os.environ,
            "DOORSTEP_DATA": str(folder),
            "DATABASE_URL": database,
            "SECRET_KEY": "only for tests",
            "HOST": "127.0.0.1",
            "PORT": str(self.port),
            "WEB_WORKERS": "1",
        }
        self._environment.pop("DOORSTEP_STARTED_BY", None)
        self._master: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start, and wait until it answers: first for its word that it listens, then in its queue."""
        self._master = subprocess.Popen(
            [*SERVER, "--log-level", "info"], env=self._environment, stderr=subprocess.PIPE, start_new_session=True
        )
        listens = threading.Event()
        threading.Thread(target=self._read_log, args=(self._master, listens), daemon=True).start()
        assert listens.wait(READY_WITHIN), self.log.read_text()[-3000:]
        with urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=READY_WITHIN) as answer:
            assert answer.status == 200

    @property
    def log(self) -> Path:
        return self._folder / "server.log"

    def _read_log(self, master: subprocess.Popen[bytes], listens: threading.Event) -> None:
        """To the end: a full pipe would hold the server up."""
        assert master.stderr is not None
        with master.stderr, self.log.open("ab") as log:
            for line in master.stderr:
                log.write(line)
                log.flush()
                if b"Listening at" in line:
                    listens.set()

    def kill(self) -> None:
        """Kill everything with −9: master and workers, whatever they are doing."""
        if self._master is None:
            return
        os.killpg(self._master.pid, signal.SIGKILL)
        self._master.wait()
        self._master = None

    def kill_worker(self) -> None:
        """Kill the processes that answer with −9; their master, which stays, starts others."""
        assert self._master is not None
        for worker in _children(self._master.pid):
            os.kill(worker, signal.SIGKILL)


def _children(process: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{process}/task/{process}/children").read_text().split()]
