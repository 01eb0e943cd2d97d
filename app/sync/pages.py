"""The changes of a page as JSON text. What one tablet was told of a unit is remembered for the next one's pull."""

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

MOST_UNITS = 20_000
"""Documents of about 1.5 kB that each process of the server remembers."""
MOST_DIGESTS = 1_000
REMEMBERED = frozenset({"unit"})
"""Types of which there are many, for everybody in an estate alike."""

TOLD = "doorstep told"
"""Where an application keeps what this process remembers."""

Key = tuple[str, str, int, date]
"""Epoch of the server, id, version, and the day: a document says what is so at that version on that day."""


@dataclass
class Memory:
    """What tablets were told last: units as text, and digests. Used by all threads of a process."""

    units: LRUCache[Key, str] = field(default_factory=lambda: LRUCache(MOST_UNITS))
    digests: LRUCache[object, dict[str, object]] = field(default_factory=lambda: LRUCache(MOST_DIGESTS))
    lock: threading.Lock = field(default_factory=threading.Lock)


def changes_as_text(rows: Sequence[Changed], estate_id: uuid.UUID, epoch: str, at: datetime) -> list[str]:
    """One JSON object for each changed document of an estate, in their order."""
    day = local_date(at, db.session.get_one(Estate, estate_id).time_zone)
    told: dict[tuple[str, str], str] = {}
    for type_ in {row.type for row in rows}:
        live = [row for row in rows if row.type == type_ and not row.gone]
        if type_ in REMEMBERED:
            told |= _remembered(type_, live, estate_id, epoch, day, at)
        else:
            told |= _made(type_, live, estate_id, at)
    return [told[row.type, row.id] if not row.gone else _change(row, estate_id, '"gone":true') for row in rows]


def digest(scope: list[uuid.UUID], staff_id: uuid.UUID, epoch: str) -> dict[str, object]:
    """The digest of a whole scope: the one told last, as long as nothing was written in any of its estates."""
    key = (epoch, staff_id, tuple(sorted(queries.last_written(scope).items())))
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


def _made(type_: str, rows: Sequence[Changed], estate_id: uuid.UUID, at: datetime) -> dict[tuple[str, str], str]:
    docs = documents(type_, [uuid.UUID(row.id) for row in rows], at) if rows else {}
    return {(type_, row.id): _change(row, estate_id, f'"doc":{as_text(docs[uuid.UUID(row.id)])}') for row in rows}


def _remembered(
    type_: str, rows: Sequence[Changed], estate_id: uuid.UUID, epoch: str, day: date, at: datetime
) -> dict[tuple[str, str], str]:
    memory = _memory()
    keys = {row.id: (epoch, row.id, row.version, day) for row in rows}
    with memory.lock:
        known = {(type_, id_): text for id_, key in keys.items() if (text := memory.units.get(key)) is not None}
    made = _made(type_, [row for row in rows if (type_, row.id) not in known], estate_id, at)
    with memory.lock:
        memory.units.update({keys[id_]: text for (_type, id_), text in made.items()})
    return made | known


def _change(row: Changed, estate_id: uuid.UUID, what: str) -> str:
    return f'{{"type":"{row.type}","id":"{row.id}","estate":"{estate_id}","v":{row.version},{what}}}'


def _memory() -> Memory:
    memory: Memory = current_app.extensions.setdefault(TOLD, Memory())
    return memory
