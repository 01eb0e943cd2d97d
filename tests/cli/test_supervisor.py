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
import supervisor  # alone: the whole product takes long to import
supervisor.SETTLED = float(os.environ.get("SETTLED", supervisor.SETTLED))
start = supervisor._start
def start_and_be_told_to_stop(command):
    program = start(command)
    os.kill(os.getpid(), 15)
    return program
if os.environ.get("TOLD") == "as soon as one has started":
    supervisor._start = start_and_be_told_to_stop
# In one write: print() may write a word and its end of line apart, and another program's word between.
commands = [command.split("|") for command in sys.argv[1:]]
sys.exit(supervisor.run_together(commands, lambda alive: os.write(1, b"ready\\n")))
"""
FAITHFUL = "sleep|600"
WITH_A_CHILD = "sh|-c|sleep 600 & sleep 601 & wait"
SAYS_ITS_NUMBER = "sh|-c|echo $$; exec sleep 600"
DEAF = "sh|-c|trap '' TERM; echo deaf; while :; do sleep 600; done"


@pytest.fixture
def keeper(tmp_path):
    """Starts a supervisor of the given programs; whatever it leaves behind is removed after the test."""

    def start(*commands: str, **environment: str) -> subprocess.Popen:
        return subprocess.Popen(
            [sys.executable, "-c", textwrap.dedent(KEEPER), *commands],
            cwd=FOLDER,
            env={**os.environ, MARK: str(tmp_path), **environment},
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


def test_a_program_that_was_killed_is_started_again_and_the_others_go_on(keeper, tmp_path):
    supervisor = keeper(SAYS_ITS_NUMBER, SETTLED="0")
    (first,) = {supervisor.stdout.readline().strip() for _ in range(2)} - {"ready"}

    os.kill(int(first), signal.SIGKILL)
    second = supervisor.stdout.readline().strip()
    supervisor.send_signal(signal.SIGTERM)

    assert second.isdigit()
    assert second != first
    assert supervisor.wait(60) == 0
    assert marked(str(tmp_path)) == []
    supervisor.stdout.close()


def test_told_to_stop_in_the_moment_in_which_a_program_starts_it_leaves_none(keeper, tmp_path):
    supervisor = keeper(FAITHFUL, FAITHFUL, TOLD="as soon as one has started")

    assert supervisor.wait(60) == 0
    assert marked(str(tmp_path)) == []
    supervisor.stdout.close()


def test_what_is_killed_as_soon_as_it_starts_is_the_end_of_all(keeper, tmp_path):
    supervisor = keeper("sh|-c|kill -9 $$", FAITHFUL)

    assert supervisor.wait(60) != 0
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
