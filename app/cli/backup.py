"""`doorstep backup`: the database as of one moment, and all that it names, while the server goes on."""

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path

import click
import sqlalchemy as sa
from flask import current_app

from app.cli.begun import on_a_database_begun

_PASSES = {"jobs", "printing", "start.lock"}
"""What is in the data folder for the moment only."""


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@on_a_database_begun
def backup(folder: Path) -> None:
    """Copy database, photos, keys and papers into FOLDER. The same FOLDER again takes only what is new beside them."""
    data, url = Path(current_app.config["DATA"]), sa.make_url(current_app.config["SQLALCHEMY_DATABASE_URI"])
    if folder.resolve().is_relative_to(data):
        raise click.ClickException(f"{folder} lies in the data folder itself; choose one elsewhere, on another disk")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    # Files come before the row that names them and never change: copied after the database, none is missing.
    copied = _copy_sqlite(url, folder) if url.get_backend_name() == "sqlite" else _dump_postgresql(url, folder)
    files = sum(_copy_if_new(data / file, folder / file) for file in _files(data, Path(url.database or "").name))
    os.sync()
    click.echo(f"{copied}, and {files} files that were new or had changed")


def _copy_sqlite(url: sa.URL, folder: Path) -> Path:
    kept = folder / "doorstep.sqlite3"
    unfinished = kept.with_suffix(".part")
    unfinished.unlink(missing_ok=True)
    source, copy = sqlite3.connect(str(url.database)), sqlite3.connect(unfinished)
    with copy:
        source.backup(copy)
    copy.close()
    source.close()
    os.replace(unfinished, kept)
    return kept


def _dump_postgresql(url: sa.URL, folder: Path) -> Path:
    kept = folder / "database.dump"
    unfinished = kept.with_suffix(".part")
    address = url.set(drivername="postgresql", password=None).render_as_string()
    password = {"PGPASSWORD": str(url.password)} if url.password else {}  # no list of processes shows it
    command = ["pg_dump", "--format=custom", "--no-owner", f"--file={unfinished}", address]
    try:
        subprocess.run(command, env={**os.environ, **password}, check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise click.ClickException(
            f"pg_dump of the server's version has to be here and to reach it: {error}"
        ) from error
    os.replace(unfinished, kept)
    return kept


def _files(data: Path, database: str) -> Iterator[Path]:
    for path in data.rglob("*"):
        file = path.relative_to(data)
        if file.parts[0] not in _PASSES and file.parts[0] not in {database, f"{database}-wal", f"{database}-shm"}:
            yield file


def _copy_if_new(file: Path, kept: Path) -> bool:
    """Whether it was copied. What goes away meanwhile was for the moment only."""
    try:
        told = file.stat()
        if not file.is_file() or (kept.exists() and _same(told, kept.stat())):
            return False
        kept.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        unfinished = kept.with_name(f"{kept.name}.part")
        shutil.copy2(file, unfinished)
        os.replace(unfinished, kept)
    except FileNotFoundError:
        return False
    return True


def _same(one: os.stat_result, other: os.stat_result) -> bool:
    return (one.st_size, int(one.st_mtime)) == (other.st_size, int(other.st_mtime))
