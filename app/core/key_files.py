"""Files of keys that are made once: whoever needs one at the same moment waits and reads, in another process too."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import current_app


def key_folder() -> Path:
    """Where this installation keeps its keys."""
    return Path(current_app.config["KEYS"])


@contextmanager
def making_keys() -> Iterator[Path]:
    """The folder, made if need be, and nobody else making a key in it. Look once more whether it is there by now."""
    folder = key_folder()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (folder / "making").open("a") as held:
        fcntl.flock(held, fcntl.LOCK_EX)  # let go when the file closes, or when the process dies
        yield folder
