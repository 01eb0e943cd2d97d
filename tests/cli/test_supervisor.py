"""Programs that run together end together, however the end comes."""

import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from tests.cli.processes import MARK, all_end, kill_all, marked

FOLDER = Path(__file__).parents[2] / "app" / "cli"

KEEPER = """
import os, sys
from supervisor import run_together  # alone: the whole product takes long to import
# In one write: print() may write a word and its end of line apart, and another program's word between.
sys.exit(run_together([command.split("|") for command in sys.argv[1:]], lambda alive: os.write(1, b"ready\\n")))
"""
FAITHFUL = "sleep|600"
WITH_A_CHILD = "sh|-c|sleep 600 & sleep 601 & wait"
DEAF = "sh|-c|trap '' TERM; echo deaf; while :; do sleep 600; done"


@pytest.fixture
def keeper(tmp_path):
    """Starts a supervisor of the given programs; whatever it leaves behind is removed after the test."""

    def start(*commands: str) -> subprocess.Popen:
        return subprocess.Popen(
            [sys.executable, "-c", textwrap.dedent(KEEPER), *commands],
            cwd=FOLDER,
            env={**os.environ, MARK: str(tmp_path)},
            stdout=subprocess.PIPE,
            text=True,
        )

    yield start
    kill_all(str(tmp_path))


def until_it_says(keeper: subprocess.Popen, *words: str) -> None:
    assert {keeper.stdout.readline().strip() for _ in words} == set(words)


@pytest.mark.parametrize("told", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_all_programs_and_what_they_started(keeper, tmp_path, told):
    supervisor = keeper(FAITHFUL, WITH_A_CHILD)
    until_it_says(supervisor, "ready")
    started = marked(str(tmp_path))

    supervisor.send_signal(told)

    assert supervisor.wait(60) == 0
    assert all_end(started, within=60)
    assert marked(str(tmp_path)) == []
    supervisor.stdout.close()


def test_the_end_of_one_program_is_the_end_of_all_and_gives_its_code(keeper, tmp_path):
    supervisor = keeper("sh|-c|exit 3", FAITHFUL)

    assert supervisor.wait(60) == 3
    assert marked(str(tmp_path)) == []
    supervisor.stdout.close()


def test_a_program_that_does_not_listen_is_ended_by_the_second_signal(keeper, tmp_path):
    supervisor = keeper(DEAF)
    until_it_says(supervisor, "ready", "deaf")

    supervisor.send_signal(signal.SIGINT)
    supervisor.send_signal(signal.SIGTERM)

    assert supervisor.wait(15) == 0
    assert marked(str(tmp_path)) == []
    supervisor.stdout.close()
