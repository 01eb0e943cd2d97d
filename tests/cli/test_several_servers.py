"""Several servers on one data folder: one at a time prepares it."""

import fcntl
import sys
from pathlib import Path

import pytest

from app.cli.run import prepared_app


def test_a_second_server_waits_while_one_prepares_the_data_folder(tmp_path: Path, monkeypatch) -> None:
    taken = []

    def nobody_else_prepares_it(*_app: object) -> None:
        with (tmp_path / "start.lock").open("w") as lock, pytest.raises(BlockingIOError):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        taken.append(len(taken))

    monkeypatch.setenv("DOORSTEP_DATA", str(tmp_path))
    for step in ("bring_up_to_date", "must_have_the_keys", "take_up_whatever_can_be", "load_if_empty"):
        monkeypatch.setattr(sys.modules[prepared_app.__module__], step, nobody_else_prepares_it)

    prepared_app()

    assert taken == [0, 1, 2, 3]
