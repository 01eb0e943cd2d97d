"""Typed in another folder than the server's, a command says that nothing is there, and makes nothing of nothing."""

from pathlib import Path

import pytest
from flask import Flask

from app.cli import main
from app.config import settings
from app.factory import create_app

AN_ESTATE = ["--code", "YX", "--name-zh", "云栖花园", "--name-en", "Yunqi Garden", "--company-zh", "云栖物业"]
AN_ESTATE += ["--company-en", "Yunqi Property", "--phone", "0571-1234", "--profile", "property_only"]


@pytest.fixture
def elsewhere(tmp_path: Path) -> Flask:
    return create_app(settings(folder=tmp_path, database=f"sqlite:///{tmp_path / 'none.sqlite3'}", secret="any"))


@pytest.mark.parametrize(
    "typed",
    [
        ["found", *AN_ESTATE],
        ["hire", "wang", "--estate", "YX", "--role", "admin", "--name", "王芳"],
        ["password", "wang"],
        ["leave", "wang"],
        ["restored"],
        ["take-up"],
        ["verify", __file__],
        ["verify-journal"],
        ["work", "--once"],
    ],
    ids=lambda typed: typed[0],
)
def test_where_no_server_has_run_a_command_says_so_in_one_line(elsewhere: Flask, tmp_path: Path, typed) -> None:
    name, *arguments = typed

    done = elsewhere.test_cli_runner().invoke(main.commands[name], arguments)

    assert done.exit_code == 1
    assert done.output.startswith(f"Error: no server has begun a database in {tmp_path} yet")
    assert done.output.count("\n") == 1


def test_nothing_is_not_called_a_backup(elsewhere: Flask, tmp_path: Path) -> None:
    done = elsewhere.test_cli_runner().invoke(main.commands["backup"], [str(tmp_path.parent / "kept")])

    assert done.exit_code == 1
    assert not (tmp_path.parent / "kept").exists()
