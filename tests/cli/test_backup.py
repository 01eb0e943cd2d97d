"""A backup that is made while the server runs holds the database and all that it names."""

import sqlite3
import subprocess
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

from app.cli.backup import backup
from app.core import blobs
from app.core.db import db
from tests.builders import NOW, an_estate


@pytest.fixture
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("elsewhere") / "backup"


def back_up(app: Flask, folder: Path) -> Result:
    return app.test_cli_runner().invoke(backup, [str(folder)])


def estates_in(folder: Path) -> str:
    """The codes of the estates that a backup holds, however its database is written."""
    if (folder / "doorstep.sqlite3").exists():
        connection = sqlite3.connect(folder / "doorstep.sqlite3")
        codes = [code for (code,) in connection.execute("SELECT code FROM estate")]
        connection.close()
        return " ".join(codes)
    command = ["pg_restore", "--data-only", "--table=estate", "--file=-", str(folder / "database.dump")]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def test_a_backup_holds_database_photos_and_keys(app: Flask, tmp_path: Path, kept: Path) -> None:
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / "one.pem").write_text("secret")
    (tmp_path / "jobs").mkdir()
    (tmp_path / "jobs" / "a.lock").touch()
    with app.app_context():
        an_estate(code="YX")
        name = blobs.keep(b"a photo", "image/jpeg", at=NOW)
        db.session.commit()
        photo = blobs.path_of(name).relative_to(tmp_path)

    done = back_up(app, kept)

    assert done.exit_code == 0, done.output
    assert "YX" in estates_in(kept)
    assert (kept / photo).read_bytes() == b"a photo"
    assert (kept / "keys" / "one.pem").read_text() == "secret"
    assert not (kept / "jobs").exists()
    assert kept.stat().st_mode & 0o77 == 0


def test_the_same_folder_again_takes_what_is_new(app: Flask, tmp_path: Path, kept: Path) -> None:
    (tmp_path / "secret_key").write_text("one")
    back_up(app, kept)
    with app.app_context():
        an_estate(code="NEU")
        db.session.commit()
    (tmp_path / "archives").mkdir()
    (tmp_path / "archives" / "a.zip").write_bytes(b"zip")

    again = back_up(app, kept)

    assert "and 1 files" in again.output
    assert "NEU" in estates_in(kept)


def test_a_backup_into_the_data_folder_is_refused(app: Flask, tmp_path: Path) -> None:
    refused = back_up(app, tmp_path / "backup")

    assert (refused.exit_code, "choose one elsewhere" in refused.output) == (1, True)


def test_a_database_that_cannot_be_reached_is_said(app: Flask, kept: Path) -> None:
    app.config["SQLALCHEMY_DATABASE_URI"] = "postgresql+psycopg://nobody:secret@127.0.0.1:1/none"

    refused = back_up(app, kept)

    assert refused.exit_code == 1
    assert "pg_dump" in refused.output
    assert "secret" not in refused.output
    assert not (kept / "database.dump").exists()
