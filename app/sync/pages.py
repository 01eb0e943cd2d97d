"""The changes of a page as JSON text. What one tablet was told of a unit is remembered for the next one's pull."""

import json
import threading
import uuid
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from flask import current_app

from app.core.clock import local_date
from app.core.db import db
from app.estates.models import Estate
from app.sync.documents import documents
from app.sync.queries import Changed

MOST_REMEMBERED = 20_000
"""Documents of about 1.5 kB in each process of the server."""
REMEMBERED = frozenset({"unit"})
"""Types of which there are many, for everybody in an estate alike."""

Key = tuple[str, str, int, date]
"""Epoch of the server, id, version, and the day: a document says what is so at that version on that day."""


@dataclass
class Memory:
    """The documents told last, as text."""

    _texts: OrderedDict[Key, str] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def recall(self, keys: Iterable[Key]) -> dict[Key, str]:
        """Those of these that are remembered."""
        with self._lock:
            found = {key: self._texts[key] for key in keys if key in self._texts}
            for key in found:
                self._texts.move_to_end(key)
        return found

    def keep(self, texts: dict[Key, str]) -> None:
        """Remember these, and forget what was not asked for the longest."""
        with self._lock:
            self._texts.update(texts)
            while len(self._texts) > MOST_REMEMBERED:
                self._texts.popitem(last=False)


def changes_as_text(rows: Sequence[Changed], estate_id: uuid.UUID, epoch: str, at: datetime) -> list[str]:
    """One JSON object for each changed document of an estate, in their order."""
    zone = db.session.get_one(Estate, estate_id).time_zone
    day = local_date(at, zone)
    told: dict[tuple[str, str], str] = {}
    for type_ in {row.type for row in rows}:
        live = [row for row in rows if row.type == type_ and not row.gone]
        texts = _remembered(type_, live, epoch, day, at) if type_ in REMEMBERED else _made(type_, live, at)
        told |= {(type_, id_): text for id_, text in texts.items()}
    return [_change(row, estate_id, told) for row in rows]


def as_text(value: Any) -> str:
    """Compact JSON; what is not ASCII stays as it is."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _change(row: Changed, estate_id: uuid.UUID, told: dict[tuple[str, str], str]) -> str:
    what = '"gone":true' if row.gone else f'"doc":{told[row.type, row.text]}'
    return f'{{"type":"{row.type}","id":"{row.text}","estate":"{estate_id}","v":{row.version},{what}}}'


def _made(type_: str, rows: Sequence[Changed], at: datetime) -> dict[str, str]:
    docs = documents(type_, [row.id for row in rows], at) if rows else {}
    return {row.text: as_text(docs[row.id]) for row in rows}


def _remembered(type_: str, rows: Sequence[Changed], epoch: str, day: date, at: datetime) -> dict[str, str]:
    keys: dict[str, Key] = {row.text: (epoch, row.text, row.version, day) for row in rows}
    known = _memory().recall(keys.values())
    made = _made(type_, [row for row in rows if keys[row.text] not in known], at)
    _memory().keep({keys[id_]: text for id_, text in made.items()})
    return made | {id_: known[key] for id_, key in keys.items() if key in known}


def _memory() -> Memory:
    memory: Memory = current_app.extensions.setdefault("doorstep documents", Memory())
    return memory
