"""What an archive looks like: its files, and the manifest that names each of them by its SHA-256.

Whoever writes one and whoever verifies one, on a machine without database and settings, both read it here.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter
from pydantic.dataclasses import dataclass

from app.signatures.rules import canonical

FORMAT = "doorstep/archive"
VERSION: Literal[3] = 3
"""Of what is written; every version that ever was is verified."""
CHOSEN_AFTER_ITS_JOURNAL = 3
"""Since this version what goes in is chosen after the journal's closed days: whatever these tell of is in it."""
MANIFEST = "manifest.json"
SIGNATURE = "manifest.json.p7s"
"""CMS (RFC 5652) over the bytes of the manifest, in DER, detached."""
SEAL = "seal.pem"
SUMS = "SHA256SUMS"
"""The same hashes as `sha256sum --check` reads them. It names every file but itself, the manifest and its signature."""
TABLETS = "tablets.json"
LINES, DAYS = "journal/lines.jsonl", "journal/days.jsonl"
UNLISTED = frozenset({MANIFEST, SIGNATURE})
"""What no manifest can name."""

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Kind(StrEnum):
    """What a file is, and with that what is checked of it beside its hash."""

    SHEET = "sheet"
    """Form 11: a sealed PDF that carries the signed text."""
    RECORD = "record"
    """Form 1: a sealed PDF."""
    STATEMENT = "statement"
    """The canonical JSON that was hashed and signed, to the byte."""
    SIGNATURE = "signature"
    """One signature with its strokes, as the tablet sealed it."""
    PHOTO = "photo"
    """As it is stored; its name is its SHA-256."""
    DESK_SIGNATURE = "desk_signature"
    """What somebody signed in the office under the records of a batch."""
    DESK_INK = "desk_ink"
    """The strokes of it."""
    TABLETS = "tablets"
    """The public keys of the tablets that sealed signatures."""
    LINES = "lines"
    """The lines of the journal's closed days, one a line, as they were hashed."""
    DAYS = "days"
    """Those closed days, one a line, as they were hashed."""
    SEAL = "seal"
    """The certificate of whoever sealed and signed all this, and those above it."""
    ENTRY = "entry"
    """What the office holds of a matter beside the visits, as canonical JSON; it names its photos by their SHA-256."""
    PAPER = "paper"
    """A form of such a matter: a sealed PDF."""
    SUMS = "sums"
    PAGE = "page"
    """For people to read."""


_STRICT = ConfigDict(extra="forbid")


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


@dataclass(config=_STRICT, frozen=True, slots=True)
class File:
    """One file. `of`: the number of the record or of the matter that it belongs to; "" for the whole."""

    path: Annotated[str, Field(min_length=1, max_length=300)]
    size: Annotated[int, Field(ge=0)]
    sha256: Sha256
    kind: Kind
    of: str = ""


class Absent(_Part):
    """What a record names or should have, and is not here. `why`: a code."""

    of: str
    what: str
    why: str


@dataclass(config=_STRICT, frozen=True, slots=True)
class Record:
    """The record of one visit. `statement`: the SHA-256 of what was signed, "" if nothing was; moments in ISO 8601.

    `archived_at`: since when nobody can change it any more; "" while it is on its way through the office.
    """

    id: str
    number: str
    receipt: str
    unit: str
    started_at: str
    statement: Literal[""] | Sha256
    archived_at: str


@dataclass(config=_STRICT, frozen=True, slots=True)
class Entry:
    """A matter beside the visits. `type`: what it is; `sha256`: of its file of kind `entry`; `at`: in ISO 8601."""

    type: Annotated[str, Field(pattern=r"^[a-z_]+$")]
    id: str
    number: Annotated[str, Field(min_length=1)]
    at: str
    sha256: Sha256


class Waiting(_Part):
    """Records from tablets that waited for a person and were entered nowhere: none of them is in the archive.

    `of_period`: by the tablets' clocks; `unread`: those of which nobody can read when they were.
    """

    of_period: Annotated[int, Field(ge=0)] = 0
    unread: Annotated[int, Field(ge=0)] = 0


class Whose(_Part):
    """The estate."""

    id: str
    code: str
    name_zh: str
    name_en: str
    company_zh: str
    company_en: str
    time_zone: str


class Period(_Part):
    """Both days are in it."""

    first: date
    last: date


class Manifest(_Part):
    """Everything that an archive holds. The first version knew visits alone: it has no `entries`.

    `made_at`: when what goes into it was chosen. `waiting`: none where an older version did not say.
    """

    format: Literal["doorstep/archive"]
    v: Literal[1, 2, 3]
    estate: Whose
    period: Period
    made_at: datetime
    languages: Sequence[str]
    records: Sequence[Record]
    entries: Sequence[Entry] = ()
    files: Sequence[File]
    absent: Sequence[Absent]
    waiting: Waiting | None = None


def manifest_bytes(manifest: Manifest) -> bytes:
    """RFC 8785 canonical JSON. Of a year there are hundreds of thousands of parts: each is written out by itself."""
    many = {name: getattr(manifest, name) for name in _MANY}
    few = manifest.model_dump(mode="json", exclude=set(_MANY))
    written = {name: canonical(value) for name, value in few.items()}
    for name, parts in many.items():
        written[name] = b"[" + b",".join(canonical(_MANY[name].dump_python(one, mode="json")) for one in parts) + b"]"
    return b"{" + b",".join(b'"%b":%b' % (name.encode(), written[name]) for name in sorted(written)) + b"}"


_MANY: dict[str, TypeAdapter[Any]] = {
    "records": TypeAdapter(Record),
    "entries": TypeAdapter(Entry),
    "files": TypeAdapter(File),
}
"""What a manifest has very many of."""


def sums(files: Iterable[File]) -> bytes:
    """The content of `SHA256SUMS`."""
    listed = sorted((file for file in files if file.path != SUMS), key=lambda file: file.path)
    return "".join(f"{file.sha256}  {file.path}\n" for file in listed).encode()


def folder_of(number: str) -> str:
    """A number as the name of a folder, on every system."""
    return re.sub(r"[^A-Za-z0-9-]", "_", number)


_ENDINGS = ((b"\x89PNG", "png"), (b"RIFF", "webp"))


def photo_name(sha256: str, begins: bytes) -> str:
    """A photo's name, by its SHA-256 and its first bytes."""
    return f"{sha256}.{next((ending for mark, ending in _ENDINGS if begins.startswith(mark)), 'jpg')}"
