"""The changes of a page as JSON text. What one tablet was told is remembered for the next one's pull."""

import json
import threading
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from cachetools import LRUCache
from flask import current_app

from app.core.clock import local_date
from app.core.db import db
from app.estates.models import Estate
from app.sync import queries
from app.sync.documents import documents
from app.sync.queries import Changed

MOST_REMEMBERED = 40_000
"""Documents of about 1 kB that each process of the server remembers."""
MOST_PAGES = 40
"""Full pages of which each process remembers what is in them, for the most part documents that it remembers anyway."""
MOST_DIGESTS = 1_000
REMEMBERED = frozenset({"unit", "issue", "task"})
"""Types of which there are many, for everybody in an estate alike."""

TOLD = "doorstep told"
"""Where an application keeps what this process remembers."""

Key = tuple[str, str, int, date]
"""Epoch of the server, id, version, and the day: a document says what is so at that version on that day."""
PageKey = tuple[str, uuid.UUID, int, int, date]
"""Epoch of the server, estate, the version that a page begins after, for how many documents, and the day."""


@dataclass(frozen=True)
class Page:
    """The next changes of an estate, one JSON object each, and the version up to which they tell everything."""

    changes: list[str]
    until: int


@dataclass(frozen=True)
class KnownPage:
    """A full page for everybody: its changes, or of which document one has to be made anew each time."""

    changes: list[str | Changed]
    until: int
    counted: queries.Counted


@dataclass
class Memory:
    """What tablets were told last: documents as text, pages, and digests. Used by all threads of a process."""

    documents: LRUCache[Key, str] = field(default_factory=lambda: LRUCache(MOST_REMEMBERED))
    pages: LRUCache[PageKey, KnownPage] = field(default_factory=lambda: LRUCache(MOST_PAGES))
    digests: LRUCache[object, dict[str, object]] = field(default_factory=lambda: LRUCache(MOST_DIGESTS))
    lock: threading.Lock = field(default_factory=threading.Lock)


def next_page(estate_id: uuid.UUID, since: int, staff_id: uuid.UUID, room: int, epoch: str, at: datetime) -> Page:
    """What changed in an estate after a version, as this person may hold it: about `room` documents.

    A full page that was told before is not read again while the database counts in its place what it counted then.
    """
    memory, key = _memory(), (epoch, estate_id, since, room, _day(estate_id, at))
    with memory.lock:
        known = memory.pages.get(key)
    if known and queries.counted(estate_id, since, known.until, staff_id) == known.counted:
        return Page(_made_whole(known.changes, estate_id, epoch, at), known.until)

    rows = queries.changed(estate_id, since, staff_id, room)
    if not rows:
        return Page([], since)
    page = Page(changes_as_text(rows, estate_id, epoch, at), rows[-1].version)
    if len(rows) < room:
        return page
    counted = queries.counted(estate_id, since, page.until, staff_id)
    if not counted.personal:
        kept = [text if row.type in REMEMBERED else row for row, text in zip(rows, page.changes, strict=True)]
        with memory.lock:
            memory.pages[key] = KnownPage(kept, page.until, counted)
    return page


def _made_whole(known: Sequence[str | Changed], estate_id: uuid.UUID, epoch: str, at: datetime) -> list[str]:
    """The changes of a known page, with those in their places that are made anew each time."""
    anew = iter(changes_as_text([row for row in known if not isinstance(row, str)], estate_id, epoch, at))
    return [one if isinstance(one, str) else next(anew) for one in known]


def changes_as_text(rows: Sequence[Changed], estate_id: uuid.UUID, epoch: str, at: datetime) -> list[str]:
    """One JSON object for each changed document of an estate, in their order."""
    day = _day(estate_id, at)
    keys = [(epoch, row.id, row.version, day) for row in rows]
    told = _recalled(rows, keys)
    for type_ in {row.type for row, text in zip(rows, told, strict=True) if text is None}:
        places = [place for place, row in enumerate(rows) if row.type == type_ and told[place] is None]
        made = _made(type_, [rows[place] for place in places], estate_id, at)
        for place, text in zip(places, made, strict=True):
            told[place] = text
        if type_ in REMEMBERED:
            _remember({keys[place]: text for place, text in zip(places, made, strict=True) if not rows[place].gone})
    return [text for text in told if text is not None]


def digest(scope: list[uuid.UUID], staff_id: uuid.UUID, epoch: str) -> dict[str, object]:
    """The digest of a whole scope: the one told last, as long as the versions in it are the same."""
    key = (epoch, staff_id, tuple(scope), queries.fingerprint(scope, staff_id))
    memory = _memory()
    with memory.lock:
        known = memory.digests.get(key)
    if known is None:
        known = queries.digest(scope, staff_id)
        with memory.lock:
            memory.digests[key] = known
    return known


def as_text(value: Any) -> str:
    """Compact JSON; what is not ASCII stays as it is."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _day(estate_id: uuid.UUID, at: datetime) -> date:
    """The day that it is in an estate."""
    return local_date(at, db.session.get_one(Estate, estate_id).time_zone)


def _recalled(rows: Sequence[Changed], keys: Sequence[Key]) -> list[str | None]:
    """The text of each row that is remembered; nothing for the others."""
    memory = _memory()
    with memory.lock:
        get = memory.documents.get
        return [
            get(key) if row.type in REMEMBERED and not row.gone else None for row, key in zip(rows, keys, strict=True)
        ]


def _remember(texts: dict[Key, str]) -> None:
    memory = _memory()
    with memory.lock:
        memory.documents.update(texts)


def _made(type_: str, rows: Sequence[Changed], estate_id: uuid.UUID, at: datetime) -> list[str]:
    live = [uuid.UUID(row.id) for row in rows if not row.gone]
    docs = documents(type_, live, at) if live else {}
    said = ('"gone":true' if row.gone else f'"doc":{as_text(docs[uuid.UUID(row.id)])}' for row in rows)
    return [_change(row, estate_id, what) for row, what in zip(rows, said, strict=True)]


def _change(row: Changed, estate_id: uuid.UUID, what: str) -> str:
    return f'{{"type":"{row.type}","id":"{row.id}","estate":"{estate_id}","v":{row.version},{what}}}'


def _memory() -> Memory:
    memory: Memory = current_app.extensions.setdefault(TOLD, Memory())
    return memory
