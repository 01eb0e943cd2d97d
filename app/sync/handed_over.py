"""Unsent work that comes as a file instead of over the network: the very bytes that a tablet would have sent.

A file is lines of JSON: a head, one line for each frozen operation, one for each frozen photo, and an end that counts
them. It goes through the same `receive` as a push, so a record happens once however often and whichever way it comes,
and its tablet later gets the same receipt. No token vouches for a file: whoever takes it in does, and the journal names
them. The tablet and author that each record names must exist, and a visit's signatures must carry that tablet's seal.
"""

import hashlib
import json
import os
import tempfile
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, Annotated, Any, Literal, TypeVar

from flask import current_app
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from app.core import arriving, journal
from app.core.db import db
from app.core.errors import NotFound, Refused, TooLarge
from app.core.i18n import lazy_
from app.core.journal import By
from app.people.models import Device
from app.people.queries import names
from app.signatures.messages import Count, Moment, Sha256
from app.sync.actions import receive
from app.sync.messages import SentOperation
from app.sync.models import Operation
from app.sync.opening import Opened, open_operation
from app.sync.uploads import LARGEST, forget, take_in, upload_of

LARGEST_FILE = 1024 * 1024 * 1024
"""Bytes of a whole file: weeks of visits with their photos, about a megabyte each. It is read line by line."""
_LONGEST_LINE = LARGEST + 1024 * 1024
_PIECE = 1024 * 1024
_KEPT_FOR = timedelta(days=1)
_NOT_OURS = lazy_("This is not a file of unsent records from a tablet. Nothing was changed.")
_CUT_OFF = lazy_("This file is not whole. Save it once more on the tablet. Nothing was changed.")
_TOO_LARGE = lazy_("This file is larger than %(limit)s MB.", limit=LARGEST_FILE // 1024 // 1024)
_GONE = lazy_("This file is not here any more. Files are kept for a day; upload it again.")


M = TypeVar("M", bound=BaseModel)


class _Line(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class Head(_Line):
    """The first line: what this is, and when the tablet made it."""

    format: Literal["doorstep/unsent"]
    v: Literal[2]
    made_at: Moment


class FrozenOperation(SentOperation):
    """An operation as it would be pushed, and the tablet that made it."""

    device: uuid.UUID


class FrozenPhoto(_Line):
    """A photo as it would be uploaded, the operation that names it, and the tablet."""

    sealed: Sha256
    op_id: uuid.UUID
    device: uuid.UUID
    jwe: Annotated[str, Field(max_length=LARGEST, pattern=r"^[\x21-\x7e]+$")]


class End(_Line):
    """The last line: how many there are."""

    operations: Count
    blobs: Count


@dataclass
class Group:
    """Records of one author on one tablet: how many, and how many of them the office has already."""

    device: str
    author: str
    operations: int = 0
    known: int = 0


@dataclass
class Survey:
    """What a file holds. `elsewhere`: records of other estates; `strangers`: from tablets that are not ours."""

    made_at: datetime
    groups: list[Group] = field(default_factory=list)
    photos: int = 0
    photos_known: int = 0
    elsewhere: int = 0
    strangers: int = 0
    unreadable: int = 0

    @property
    def new(self) -> int:
        return sum(group.operations - group.known for group in self.groups)


def keep(stream: IO[bytes], *, at: datetime) -> str:
    """Keep an uploaded file for a day, once it proved to be whole; returns its key. Raises Refused or TooLarge."""
    folder = _folder()
    folder.mkdir(parents=True, exist_ok=True)
    _throw_old_ones_away(folder, at - _KEPT_FOR)
    handle, made = tempfile.mkstemp(dir=folder, suffix=".part")
    path = Path(made)
    try:
        with os.fdopen(handle, "wb") as file:
            key = _copy(stream, file)
        _must_be_whole(path)
        path.rename(folder / key)
    finally:
        path.unlink(missing_ok=True)
    return key


def drop(key: str) -> None:
    """Throw a kept file away. Raises NotFound if it is gone, as after a colleague has taken it in."""
    try:
        (_folder() / key).unlink()
    except FileNotFoundError as error:
        raise NotFound("unsent:gone", _GONE) from error


def survey(key: str, estate_id: uuid.UUID) -> Survey:
    """What a kept file would bring to an estate. Nothing is written."""
    with _opened(key) as file:
        return _survey(file, estate_id)


def _survey(file: IO[bytes], estate_id: uuid.UUID) -> Survey:
    found = Survey(made_at=_head(file).made_at)
    groups: dict[tuple[uuid.UUID, uuid.UUID | None], Group] = {}
    away: set[uuid.UUID] = set()
    for one in _lines(file):
        device = db.session.get(Device, one.device)
        if device is None:
            found.strangers += isinstance(one, FrozenOperation)
        elif isinstance(one, FrozenPhoto):
            upload = upload_of(one.sealed)
            found.photos += one.op_id not in away
            found.photos_known += one.op_id not in away and upload is not None and upload.complete
        else:
            opened = open_operation(one)
            if _is_elsewhere(opened, estate_id):
                away.add(one.op_id)
                found.elsewhere += 1
                continue
            found.unreadable += opened.text is None
            author = opened.text.author if opened.text else None
            group = groups.setdefault((device.id, author), Group(device.code, str(author or "")))
            group.operations += 1
            group.known += _known(one)
    known = names(author for _device, author in groups if author)
    for (_device, author), group in groups.items():
        group.author = known.get(author, "") if author else ""
        found.groups.append(group)
    return found


def take_over(key: str, estate_id: uuid.UUID, *, by: By, at: datetime) -> Counter[str]:
    """Take the estate's records and photos out of a kept file, each in a transaction of its own.

    Returns how many were `applied`, `review`, `rejected`, `held`, `known` before, and `photos`. The file is thrown
    away when all of it is taken; killed half way, the rest comes with the next try.
    """
    # Held open throughout: a colleague who takes in the same file at this moment throws it away when they are done.
    with _opened(key) as file:
        _note(file, key, estate_id, by=by, at=at)
        taken = _take_over(file, estate_id, at)
    (_folder() / key).unlink(missing_ok=True)
    return taken


def _take_over(file: IO[bytes], estate_id: uuid.UUID, at: datetime) -> Counter[str]:
    taken = Counter[str]()
    away: set[uuid.UUID] = set()
    for one in _lines(file):
        if isinstance(one, FrozenPhoto):
            taken["photos"] += one.op_id not in away and _take_photo(one, at)
            continue
        opened = open_operation(one)
        if _is_elsewhere(opened, estate_id):
            away.add(one.op_id)
        elif outcome := _take_operation(opened, one, at):
            taken[outcome] += 1
    return taken


def _take_operation(opened: Opened, sent: FrozenOperation, at: datetime) -> str:
    """Its status, `known` if it was here before, "" for a tablet that is not ours."""
    device = db.session.get(Device, sent.device)
    if device is None:
        return ""
    known = _known(sent)
    ahead = timedelta(milliseconds=device.reported.get("clock_ahead_ms", 0))
    receipt = receive(opened, device, offset=ahead, at=at)
    db.session.commit()
    return "known" if known else str(json.loads(receipt.text)["status"])


def _take_photo(photo: FrozenPhoto, at: datetime) -> bool:
    """Whether it was new. One whose bytes are not what its name says is left out: the tablet has it still."""
    device, upload = db.session.get(Device, photo.device), upload_of(photo.sealed)
    if device is None or (upload is not None and upload.complete):
        return False
    content = photo.jwe.encode()
    if upload is not None:
        # What came over the network before may be damaged: all of it comes anew from here.
        forget(photo.sealed)
        db.session.commit()
    try:
        take_in(photo.sealed, 0, len(content), content, device, at=at)
        db.session.commit()
    except Refused:
        db.session.rollback()
        forget(photo.sealed)
        db.session.commit()
        return False
    arriving.let_go(photo.sealed)
    return True


def _note(file: IO[bytes], key: str, estate_id: uuid.UUID, *, by: By, at: datetime) -> None:
    """Who took which file in, from which tablets: before anything of it is taken."""
    counts = Counter(one.device for one in _lines(file) if isinstance(one, FrozenOperation))
    for device_id, count in counts.items():
        if db.session.get(Device, device_id) is not None:
            data = {"file": key, "operations": count}
            journal.write(estate_id, "device:file_taken_in", ("device", device_id), by=by, at=at, data=data)
    db.session.commit()


def _is_elsewhere(opened: Opened, estate_id: uuid.UUID) -> bool:
    return opened.text is not None and opened.text.estate_id != estate_id


def _known(sent: SentOperation) -> bool:
    kept = db.session.get(Operation, sent.op_id)
    return kept is not None and kept.digest == sent.digest


# --- the file ---


def _must_be_whole(path: Path) -> None:
    with path.open("rb") as file:
        _head(file)
        for _one in _lines(file):
            pass


def _head(file: IO[bytes]) -> Head:
    file.seek(0)
    return _read(Head, _parsed(file.readline(_PIECE), _NOT_OURS), _NOT_OURS)


def _lines(file: IO[bytes]) -> Iterator[FrozenOperation | FrozenPhoto]:
    """One after another: never more than one photo is in memory. Raises Refused for a file that is not whole."""
    counts = {"operations": 0, "blobs": 0}
    file.seek(0)
    file.readline(_PIECE)
    while line := file.readline(_LONGEST_LINE):
        parsed = _parsed(line, _CUT_OFF)
        if "end" in parsed:
            if _read(End, parsed["end"], _CUT_OFF).model_dump() != counts:
                raise Refused("unsent:cut_off", _CUT_OFF)
            return
        if "blob" in parsed:
            counts["blobs"] += 1
            yield _read(FrozenPhoto, parsed["blob"], _NOT_OURS)
        else:
            counts["operations"] += 1
            yield _read(FrozenOperation, parsed.get("operation"), _NOT_OURS)
    raise Refused("unsent:cut_off", _CUT_OFF)


def _parsed(line: bytes, otherwise: Any) -> dict[str, Any]:
    try:
        parsed = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise Refused("unsent:unreadable", otherwise, error=str(error)) from error
    if not isinstance(parsed, dict):
        raise Refused("unsent:unreadable", otherwise)
    return parsed


def _read(kind: type[M], value: Any, otherwise: Any) -> M:
    try:
        return kind.model_validate_json(json.dumps(value))
    except ValidationError as error:
        raise Refused("unsent:unreadable", otherwise, error=str(error.errors(include_input=False))) from error


def _copy(stream: IO[bytes], file: IO[bytes]) -> str:
    digest, size = hashlib.sha256(), 0
    while piece := stream.read(_PIECE):
        size += len(piece)
        if size > LARGEST_FILE:
            raise TooLarge("unsent:too_large", _TOO_LARGE)
        digest.update(piece)
        file.write(piece)
    return digest.hexdigest()


def _throw_old_ones_away(folder: Path, before: datetime) -> None:
    for path in folder.iterdir():
        with suppress(FileNotFoundError):  # somebody else throws it away at this moment
            if path.stat().st_mtime < before.timestamp():
                path.unlink()


def _opened(key: str) -> IO[bytes]:
    try:
        return (_folder() / key).open("rb")
    except FileNotFoundError as error:
        raise NotFound("unsent:gone", _GONE) from error


def _folder() -> Path:
    return Path(current_app.config["BLOBS"]) / "handed_over"
