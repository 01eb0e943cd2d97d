"""Programs that a benchmark runs beside itself: each is waited for, spoken to, and ended; one that fails says why."""

import json
import os
import select
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from tests.loopback import free_port

POUCHDB = Path(__file__).parent / "pouchdb"
START_LIMIT = 60
ANSWER_LIMIT = 240
"""Seconds."""


class ProgramFailed(Exception):
    """A program did not start, ended, or took too long. The message holds what it said last."""


class Program:
    """One program in a session of its own, with a line to it and its complaints kept."""

    def __init__(self, name: str, command: Sequence[str | Path], cwd: Path, **environment: str) -> None:
        self.name = name
        self._complaints = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the program
        self._process = subprocess.Popen(
            command,
            cwd=cwd,
            env={**os.environ, **environment},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._complaints,
            start_new_session=True,
        )
        self._heard = b""

    def told(self, within: float) -> dict[str, Any]:
        """The next line it says, as JSON."""
        return dict(json.loads(self._line(time.monotonic() + within)))

    def says(self, words: str, within: float) -> None:
        """Wait until it says a line with these words."""
        give_up = time.monotonic() + within
        while words.encode() not in self._line(give_up):
            pass

    def _line(self, give_up: float) -> bytes:
        output = self._process.stdout
        assert output is not None
        while b"\n" not in self._heard:
            ready, _, _ = select.select([output], [], [], max(0.0, give_up - time.monotonic()))
            more = os.read(output.fileno(), 65536) if ready else b""
            if not more:
                raise self.failure("ended" if ready else "said nothing for too long")
            self._heard += more
        line, _, self._heard = self._heard.partition(b"\n")
        return line

    def ask(self, name: str, **command: Any) -> dict[str, Any]:
        """Have it do one thing and wait for the answer."""
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps({"name": name, **command}).encode() + b"\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            raise self.failure("ended") from None
        return self.told(ANSWER_LIMIT)

    def failure(self, what: str) -> ProgramFailed:
        """What went wrong, with its last words."""
        self._complaints.seek(0)
        return ProgramFailed(f"{self.name} {what}: {self._complaints.read()[-3000:].decode(errors='replace').strip()}")

    def end(self) -> None:
        """Stop it with all that it started."""
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGTERM)
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        self._complaints.close()


@contextmanager
def our_server(folder: Path, database: str) -> Iterator[str]:
    """Doorstep as `make run` starts it, on loopback; gives its address."""
    port = free_port()
    environment = {"DOORSTEP_DATA": str(folder), "DATABASE_URL": database, "DEMO": "0", "HOST": "127.0.0.1"}
    server = Program(
        "doorstep run", [sys.executable, "-m", "app.cli", "run"], Path.cwd(), PORT=str(port), **environment
    )
    try:
        server.says("Doorstep is ready", START_LIMIT)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.end()


@contextmanager
def node(name: str, *arguments: str | Path) -> Iterator[Program]:
    """A script of tests/bench/pouchdb that has said its first line."""
    command = ["node", "--expose-gc", POUCHDB / name, *arguments]
    program = Program(name, command, POUCHDB, NODE_ENV="production")
    try:
        yield program
    finally:
        program.end()


def install_pouchdb() -> None:
    """Bring the packages that the benchmark measures against, once, by their own lock."""
    stamp = POUCHDB / "node_modules" / ".stamp"
    lock = (POUCHDB / "package-lock.json").read_text()
    if stamp.exists() and stamp.read_text() == lock:
        return
    print("· PouchDB, for the benchmark only", flush=True)
    quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    done = subprocess.run(["npm", "ci", *quiet], cwd=POUCHDB, capture_output=True, text=True, check=False)
    if done.returncode:
        raise ProgramFailed(f"npm ci in {POUCHDB.name}: {done.stderr.strip()}")
    stamp.write_text(lock)
