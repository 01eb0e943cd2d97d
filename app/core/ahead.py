"""What is read ahead and written late, in bulk, for a group of operations taken together in one transaction.

Nothing here decides anything: a row that turned up meanwhile is refused by its key, and then the group is taken anew
without looking ahead.
"""

import uuid
from collections.abc import Callable, Hashable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

import sqlalchemy as sa

from app.core.db import Kept, db
from app.core.ids import new_id

T = TypeVar("T")
K = TypeVar("K", bound=Kept)

_AHEAD = "ahead"


@dataclass
class _Ahead:
    """Rows by model and id, `None` for those that are not there; answers to questions asked once; rows to insert."""

    rows: dict[tuple[type[Kept], uuid.UUID], Kept | None] = field(default_factory=dict)
    answers: dict[Hashable, Any] = field(default_factory=dict)
    inserts: dict[type[Kept], list[dict[str, Any]]] = field(default_factory=dict)


@contextmanager
def looking_ahead() -> Iterator[None]:
    """Inside, the session flushes only when told to, and what was asked or loaded is not asked again."""
    session = db.session()
    session.info[_AHEAD] = _Ahead()
    try:
        with session.no_autoflush:
            yield
    finally:
        session.info.pop(_AHEAD, None)


def is_on() -> bool:
    """Whether we look ahead now: then nothing is flushed between two operations."""
    return _AHEAD in db.session().info


def load(model: type[K], ids: Iterable[uuid.UUID], *, lock: bool = False) -> None:
    """Read these rows in one query, in id order; with `lock` nobody else changes them until we are done."""
    wanted = sorted(set(ids))
    if not wanted:
        return
    found = sa.select(model).where(model.id.in_(wanted)).order_by(model.id)
    rows = {row.id: row for row in db.session.scalars(found.with_for_update() if lock else found)}
    _ahead().rows.update({(model, id_): rows.get(id_) for id_ in wanted})


def get(model: type[K], id_: uuid.UUID) -> K | None:
    """The row of this id, as it was loaded ahead or as it is in the database."""
    if is_on() and (model, id_) in _ahead().rows:
        return _ahead().rows[model, id_]  # type: ignore[return-value]
    return db.session.get(model, id_)


def loaded(model: type[K], ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, K] | None:
    """Id → row for those of `ids` that there are, if all of them were loaded ahead; otherwise nothing."""
    if not is_on():
        return None
    rows = _ahead().rows
    keys = [(model, id_) for id_ in sorted(ids)]
    if not all(key in rows for key in keys):
        return None
    return {key[1]: rows[key] for key in keys if rows[key] is not None}  # type: ignore[misc]


def once(question: Hashable, ask: Callable[[], T]) -> T:
    """The answer to a question; while looking ahead it is asked once and remembered."""
    if not is_on():
        return ask()
    answers = _ahead().answers
    if question not in answers:
        answers[question] = ask()
    answer: T = answers[question]
    return answer


def insert(model: type[Kept], **columns: Any) -> uuid.UUID:
    """Insert a row that nobody needs as an object; while looking ahead it waits for `write`. Gives its id."""
    id_ = new_id()
    row = {"id": id_, **columns}
    if is_on():
        _ahead().inserts.setdefault(model, []).append(row)
    else:
        db.session.connection().execute(sa.insert(model.__table__), row)  # type: ignore[arg-type]
    return id_


def write() -> None:
    """Insert the rows that wait, all of a kind at once, kinds in the order in which they first came."""
    if not is_on():
        return
    waiting, _ahead().inserts = _ahead().inserts, {}
    for model, rows in waiting.items():
        db.session.connection().execute(sa.insert(model.__table__), rows)  # type: ignore[arg-type]


def _ahead() -> _Ahead:
    ahead: _Ahead = db.session().info[_AHEAD]
    return ahead
