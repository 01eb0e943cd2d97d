"""Finds the processes that carry a mark in their environment and waits for their end."""

import os
import select
import signal
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

MARK = "DOORSTEP_TEST_MARK"


def marked(mark: str) -> list[int]:
    """Ids of all living processes whose environment says `MARK=mark`, whoever started them."""
    wanted = f"{MARK}={mark}".encode()
    return [int(folder.name) for folder in Path("/proc").glob("[0-9]*") if wanted in _environment(folder)]


def all_end(processes: Iterable[int], within: float) -> bool:
    """Wait until none of these processes lives; False if one still does after so many seconds."""
    return all(_ends(process, within) for process in processes)


def _ends(process: int, within: float) -> bool:
    try:
        handle = os.pidfd_open(process)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([handle], [], [], within)[0])
    finally:
        os.close(handle)


def _environment(folder: Path) -> list[bytes]:
    try:
        return (folder / "environ").read_bytes().split(b"\0")
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return []


def kill_all(mark: str) -> None:
    """End whatever bears the mark. Some of it ends by itself with the one that was killed before."""
    for process in marked(mark):
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)
