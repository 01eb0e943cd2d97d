"""What has come of files on their way up, until they are whole: one part each, named like the whole."""

import os
from datetime import datetime, timedelta
from pathlib import Path

from flask import current_app

WAITS_FOR = timedelta(days=90)
"""A part that nobody continued for so long goes. A tablet that comes later all the same begins that file anew."""


def held(name: str) -> int:
    """How many bytes of it lie here."""
    try:
        return _part(name).stat().st_size
    except FileNotFoundError:
        return 0


def append(name: str, offset: int, content: bytes) -> None:
    """Write at the offset: bytes of a try that the database never heard of are overwritten."""
    path = _part(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "r+b" if path.exists() else "w+b") as file:
        file.seek(offset)
        file.truncate()
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def read(name: str) -> bytes:
    """All that has come."""
    return _part(name).read_bytes()


def let_go(name: str) -> None:
    """It is kept elsewhere as a whole, or was damaged and comes anew."""
    _part(name).unlink(missing_ok=True)


def clear_up(at: datetime) -> int:
    """Throw away what nobody continues; returns how many parts went."""
    ends = (at - WAITS_FOR).timestamp()
    old = [path for path in _folder().glob("*") if path.stat().st_mtime < ends]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


def _part(name: str) -> Path:
    return _folder() / name


def _folder() -> Path:
    return Path(current_app.config["BLOBS"]) / "arriving"
