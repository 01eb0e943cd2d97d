"""Reads papers that are not ours in a process beside this one, which may take so much time and memory and no more.

A PDF of seven kilobytes can be written so that reading it never ends. What `signal` and `resource` stop there takes
nobody at the office with it; the next paper gets a new process.
"""

import atexit
import base64
import json
import resource
import signal
import subprocess
import sys
from threading import Lock
from typing import IO

from pydantic import TypeAdapter

from app.core.errors import Busy
from app.core.i18n import lazy_
from app.documents.seal.read_back import PaperRead

MOST_SECONDS = 5.0
"""Of a processor, for one paper; one of ours takes a fiftieth of a second."""
LONGEST = 20.0
"""Seconds for which somebody waits for their own paper, however busy the processors are."""
MOST_MEMORY = 1024 * 1024 * 1024
WAITS = 3.0
"""Seconds for which somebody waits for the paper of another, before they are asked to come again."""
_READ = TypeAdapter(PaperRead)


class Unreadable(ValueError):
    """It is no paper that can be read, or not within those bounds."""


def read_apart(pdf: bytes, known: list[bytes]) -> PaperRead:
    """Everything that a paper says of itself, whoever made it. Raises Unreadable, and Busy."""
    if not _one_at_a_time.acquire(timeout=WAITS):
        raise Busy("verify:busy", lazy_("Many papers are being verified just now. Try again in a minute."))
    try:
        return _reader.read(pdf, known)
    finally:
        _one_at_a_time.release()


class _Reader:
    """The process, started when it is first needed and again after it was stopped."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None

    def read(self, pdf: bytes, known: list[bytes]) -> PaperRead:
        process = self._running()
        try:
            assert process.stdin is not None
            assert process.stdout is not None
            by = [base64.b64encode(one).decode() for one in known]
            _send(process.stdin, {"known": by, "size": len(pdf), "seconds": MOST_SECONDS}, pdf)
            told = json.loads(process.stdout.readline() or "null")
        except BaseException:
            self.stop()
            raise
        if told is None:
            self.stop()
            raise Unreadable("it takes too much to read")
        if "error" in told:
            raise Unreadable(told["error"])
        return _READ.validate_python(told)

    def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self.stop()
            ours = [sys.executable, "-m", __name__]
            pipe = subprocess.PIPE
            self._process = subprocess.Popen(ours, stdin=pipe, stdout=pipe)  # noqa: S603 - nothing in it comes from outside
        return self._process


_one_at_a_time = Lock()
_reader = _Reader()
atexit.register(_reader.stop)


def main() -> None:
    """The process: papers in, a line about each out, until whoever asks is gone."""
    import logging  # noqa: PLC0415 - all that follows is for this process alone

    from app.documents.seal.reading import read_paper  # noqa: PLC0415

    logging.disable(logging.CRITICAL)
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    while asked := sys.stdin.buffer.readline():
        head = json.loads(asked)
        pdf, known = sys.stdin.buffer.read(head["size"]), [base64.b64decode(one) for one in head["known"]]
        signal.setitimer(signal.ITIMER_PROF, head["seconds"])  # nobody catches their signals: they end this process
        signal.setitimer(signal.ITIMER_REAL, LONGEST)
        try:
            told = _READ.dump_python(read_paper(pdf, known), mode="json")
        except Exception as error:  # noqa: BLE001 - the libraries raise whatever comes of a broken file
            told = {"error": repr(error)[:500]}
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.setitimer(signal.ITIMER_REAL, 0)
        _send(sys.stdout.buffer, told)


def _send(stream: IO[bytes], head: object, body: bytes = b"") -> None:
    stream.write(json.dumps(head).encode() + b"\n" + body)
    stream.flush()


if __name__ == "__main__":
    main()
