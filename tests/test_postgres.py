"""The private PostgreSQL of the tests does what the other tests take for granted."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from tests.postgres import Postgres

ROOT = Path(__file__).parent.parent


def ask(url: str, question: str) -> object:
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        cursor = connection.execute(question)
        row = cursor.fetchone() if cursor.description else None
        return row and row[0]


def test_databases_are_made_copied_and_dropped_and_the_server_leaves_nothing() -> None:
    server = Postgres()
    folder = Path(server.start().partition("host=")[2])

    try:
        first = server.create_database("first")
        ask(first, "CREATE TABLE door (number text)")
        ask(first, "INSERT INTO door VALUES ('1202')")
        copy = Postgres.at(server.url).create_database("copy", template="first")
        assert ask(copy, "SELECT number FROM door") == "1202"
        assert ask(copy, "SHOW server_encoding") == "UTF8"

        server.drop_database("copy")
        with pytest.raises(psycopg.OperationalError, match='"copy" does not exist'):
            ask(copy, "SELECT 1")
    finally:
        server.stop()

    assert not folder.exists()


def test_tests_killed_with_minus_nine_leave_no_server() -> None:
    tests = subprocess.Popen(
        [sys.executable, "-c", "from tests.postgres import Postgres; s = Postgres(); s.start(); "
         "print(s.url, s._guard.pid, flush=True); input()"],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert tests.stdout
    assert tests.stdin
    url, guard = tests.stdout.readline().split()

    tests.send_signal(signal.SIGKILL)
    tests.wait()
    subprocess.run(["tail", f"--pid={guard}", "-f", "/dev/null"], timeout=30, check=True)

    assert not Path(url.partition("host=")[2]).exists()
    tests.stdout.close()
    tests.stdin.close()
