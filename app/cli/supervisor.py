"""Keeps programs running together: when one ends or we are told to stop, all end and none stays behind.

One that was killed did not end by itself, and has not failed: it is started again.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
STARTED_BY = "DOORSTEP_STARTED_BY"  # tells a program our process id
PATIENCE = 20  # seconds that programs have to finish what they are doing
SETTLED = 10  # seconds from its start until a program that is killed is worth another one

Program = subprocess.Popen[bytes]
AllAlive = Callable[[], bool]


class ToldToStop(BaseException):
    """Ctrl-C, or a signal that means the same."""


def run_together(commands: Sequence[Sequence[str]], wait_until_ready: Callable[[AllAlive], None]) -> int:
    """Run all commands until one ends or we are told to stop. Gives the exit code: 0 when told to stop.

    What is killed, as the system does where memory runs out, is started again, unless it had only just started.

    `wait_until_ready(all_alive)` is called once they are started.
    """
    programs: list[Program] = []
    told = _Told(programs)
    try:
        for command in commands:
            with told.once_it_is_known():
                programs.append(_start(command))
        wait_until_ready(lambda: all(program.poll() is None for program in programs))
        return _first_to_end(programs, commands, told)
    except ToldToStop:
        return 0
    finally:
        _stop(programs)


def _start(command: Sequence[str]) -> Program:
    """In a session of its own: Ctrl-C reaches us alone, and we can end each with all that it started."""
    environment = {**os.environ, STARTED_BY: str(os.getpid())}
    return subprocess.Popen(command, env=environment, start_new_session=True)


def leave(code: int) -> NoReturn:
    """End this process now. To take a large interpreter apart costs seconds, and nothing of ours waits for it."""
    if (printing := sys.modules.get("app.documents.printing")) is not None:
        printing.throw_away_copies()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


class _Told:
    """Hears the signals to stop from now on, but for the moments in which a program is started and not known yet."""

    def __init__(self, programs: list[Program]) -> None:
        self._programs = programs
        self._later = self._was_told = False
        for number in STOP_SIGNALS:
            signal.signal(number, self._stop)

    @contextmanager
    def once_it_is_known(self) -> Iterator[None]:
        """Whoever stops us meanwhile is heard in the end, when what was started can be ended with the others."""
        self._later = True
        yield
        self._later = False
        if self._was_told:
            raise ToldToStop

    def _stop(self, _signal: int, _frame: FrameType | None) -> None:
        _hurry_from_now_on(self._programs)
        self._was_told = True
        if not self._later:
            raise ToldToStop


def _hurry_from_now_on(programs: list[Program]) -> None:
    """A second Ctrl-C waits for nothing."""

    def hurry(_signal: int, _frame: FrameType | None) -> None:
        _kill(programs)

    for number in STOP_SIGNALS:
        signal.signal(number, hurry)


def _first_to_end(programs: list[Program], commands: Sequence[Sequence[str]], told: _Told) -> int:
    since = dict.fromkeys((program.pid for program in programs), time.monotonic())
    while True:
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOWAIT)
        for place, program in enumerate(programs):
            code = program.poll()
            if code is None:
                continue
            if code >= 0 or time.monotonic() - since[program.pid] < SETTLED:
                return code or 1  # none of them ends by itself
            _kill([program])  # whatever it had started
            with told.once_it_is_known():
                programs[place] = _start(commands[place])
            since[programs[place].pid] = time.monotonic()
            print(f"killed by signal {-code}, started again: {' '.join(commands[place])}", file=sys.stderr, flush=True)


def _stop(programs: list[Program]) -> None:
    _hurry_from_now_on(programs)
    for program in programs:
        if program.poll() is None:
            program.terminate()
    give_up = time.monotonic() + PATIENCE
    for program in programs:
        try:
            program.wait(max(0, give_up - time.monotonic()))
        except subprocess.TimeoutExpired:
            continue
    _kill(programs)


def _kill(programs: list[Program]) -> None:
    for program in programs:
        try:
            os.killpg(program.pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
