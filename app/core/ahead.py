"""What is read ahead and written late, in bulk, for a group of operations taken together in one transaction.

Nothing here decides anything: a row that turned up meanwhile is refused by its key, and then the group is taken anew
without looking ahead.
"""

import uuid
from collections.abc import Callable, Hashable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, TypeVar

import sqlalchemy as sa

from app.core.db import Kept, db
from app.core.ids import new_id

T = TypeVar("T")
K = TypeVar("K", bound=Kept)


@dataclass
class _Ahead:
    """Rows by model and id, `None` for those that are not there; answers to questions asked once; rows to insert."""

    rows: dict[tuple[type[Kept], uuid.UUID], Kept | None] = field(default_factory=dict)
    answers: dict[Hashable, Any] = field(default_factory=dict)
    inserts: dict[type[Kept], list[dict[str, Any]]] = field(default_factory=dict)


_now: ContextVar[_Ahead | None] = ContextVar("ahead", default=None)


@contextmanager
def looking_ahead() -> Iterator[None]:
    """Inside, the session flushes only when told to, and what was asked or loaded is not asked again."""
    token = _now.set(_Ahead())
    try:
        with db.session.no_autoflush:
            yield
    finally:
        _now.reset(token)


def is_on() -> bool:
    """Whether we look ahead now: then nothing is flushed between two operations."""
    return _now.get() is not None


def load(model: type[K], ids: Iterable[uuid.UUID], *, lock: bool = False) -> None:
    """Read these rows in one query, in id order; with `lock` nobody else changes them until we are done."""
    ahead, wanted = _now.get(), sorted(set(ids))
    assert ahead is not None, "what is read ahead is read inside `looking_ahead`"
    if not wanted:
        return
    found = sa.select(model).where(model.id.in_(wanted)).order_by(model.id)
    rows = {row.id: row for row in db.session.scalars(found.with_for_update() if lock else found)}
    ahead.rows.update({(model, id_): rows.get(id_) for id_ in wanted})


def get(model: type[K], id_: uuid.UUID) -> K | None:
    """The row of this id, as it was loaded ahead or as it is in the database."""
    ahead = _now.get()
    if ahead is not None and (model, id_) in ahead.rows:
        return ahead.rows[model, id_]  # type: ignore[return-value]
    return db.session.get(model, id_)


def get_one(model: type[K], id_: uuid.UUID) -> K:
    """The same of one that must be there. Raises NoResultFound."""
    return get(model, id_) or db.session.get_one(model, id_)


def loaded(model: type[K], ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, K] | None:
    """Id → row for those of `ids` that there are, if all of them were loaded ahead; otherwise nothing."""
    ahead = _now.get()
    if ahead is None:
        return None
    keys = [(model, id_) for id_ in sorted(ids)]
    if not all(key in ahead.rows for key in keys):
        return None
    return {key[1]: ahead.rows[key] for key in keys if ahead.rows[key] is not None}  # type: ignore[misc]


def once(question: Hashable, ask: Callable[[], T]) -> T:
    """The answer to a question; while looking ahead it is asked once and remembered."""
    ahead = _now.get()
    if ahead is None:
        return ask()
    if question not in ahead.answers:
        ahead.answers[question] = ask()
    answer: T = ahead.answers[question]
    return answer


def insert(model: type[Kept], **columns: Any) -> uuid.UUID:
    """Insert a row that nobody needs as an object; while looking ahead it waits for `write`. Gives its id."""
    ahead, id_ = _now.get(), new_id()
    row = {"id": id_, **columns}
    if ahead is not None:
        ahead.inserts.setdefault(model, []).append(row)
    else:
        db.session.connection().execute(sa.insert(model.__table__), row)  # type: ignore[arg-type]
    return id_


def write() -> None:
    """Insert the rows that wait, all of a kind at once, kinds in the order in which they first came."""
    ahead = _now.get()
    if ahead is None:
        return
    waiting, ahead.inserts = ahead.inserts, {}
    for model, rows in waiting.items():
        db.session.connection().execute(sa.insert(model.__table__), rows)  # type: ignore[arg-type]
