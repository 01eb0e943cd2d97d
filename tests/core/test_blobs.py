"""Bytes by their SHA-256: kept durably, once."""

import hashlib
import os
import stat
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from app.core import blobs
from app.core.blobs import Blob, Photo
from app.core.db import db
from app.core.ids import new_id
from tests.builders import NOW

CONTENT = b"\xff\xd8 a photo"
NAME = hashlib.sha256(CONTENT).hexdigest()


def test_bytes_are_named_by_their_hash_and_come_back(context: Flask) -> None:
    name = blobs.keep(CONTENT, "image/jpeg", at=NOW)

    assert name == NAME
    assert blobs.held(name)
    assert blobs.read(name) == CONTENT


def test_the_same_bytes_twice_are_kept_once(context: Flask) -> None:
    first = blobs.keep(CONTENT, "image/jpeg", at=NOW)
    written = os.stat(blobs.path_of(first)).st_mtime_ns
    blobs.keep(CONTENT, "image/jpeg", at=NOW)
    db.session.commit()

    assert os.stat(blobs.path_of(first)).st_mtime_ns == written
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Blob)) == 1


def test_bytes_of_a_try_that_was_rolled_back_are_found_again(context: Flask) -> None:
    """The file may be there before the database knows of it: held is what the database says."""
    blobs.keep(CONTENT, "image/jpeg", at=NOW)
    db.session.rollback()

    assert not blobs.held(NAME)
    assert blobs.keep(CONTENT, "image/jpeg", at=NOW) == NAME
    assert blobs.held(NAME)


def test_what_is_not_here_cannot_be_read(context: Flask) -> None:
    assert not blobs.held(NAME)
    with pytest.raises(FileNotFoundError):
        blobs.read(NAME)


def test_a_file_is_synced_before_it_bears_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A power cut leaves the whole file or none: content synced, then renamed, then the folder synced."""
    done, path = [], tmp_path / "name"
    real_sync, real_rename = os.fsync, os.replace

    def sync(handle: int) -> None:
        done.append("sync folder" if stat.S_ISDIR(os.fstat(handle).st_mode) else "sync content")
        real_sync(handle)

    def rename(old: str, new: str) -> None:
        done.append("rename")
        real_rename(old, new)

    monkeypatch.setattr(os, "fsync", sync)
    monkeypatch.setattr(os, "replace", rename)
    blobs.write_durably(path, CONTENT)

    assert done == ["sync content", "rename", "sync folder"]
    assert path.read_bytes() == CONTENT
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_photos_are_told_in_the_order_they_were_taken(context: Flask) -> None:
    issue, record = new_id(), new_id()
    for position in (1, 0):
        db.session.add(a_photo(record, issue, position))
    db.session.flush()

    assert [photo.position for photo in blobs.photos_of(issue)] == [0, 1]
    assert [photo.position for photo in blobs.photos_in(record)] == [0, 1]
    assert [photo.record_id for photo in blobs.photos_sealed_as("1" * 64)] == [record]


def a_photo(record_id: object, issue_id: object, position: int) -> Photo:
    return Photo(
        estate_id=new_id(),
        record_id=record_id,
        subject_type="issue",
        subject_id=issue_id,
        position=position,
        sha256=str(position) * 64,
        sealed=str(position) * 64,
        width=20,
        height=10,
        size=9,
    )
