"""The database: typed base of all models, transactions that say what they are for, and what must never change."""

import enum
import sqlite3
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, TypeVar

import sqlalchemy as sa
from flask import Flask
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.orm.interfaces import ORMOption

from app.core.ids import new_id


class UtcDateTime(sa.types.TypeDecorator[datetime]):
    """An aware moment, kept in UTC on both databases."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone cannot be kept")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, _dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class IdText(sa.types.TypeDecorator[str]):
    """An id read as the text that JSON holds, without making a UUID of it: for documents in bulk."""

    impl = sa.types.NullType
    cache_ok = True

    def process_result_value(self, value: Any, _dialect: sa.Dialect) -> str | None:
        if isinstance(value, str) and len(value) == 32:
            return f"{value[:8]}-{value[8:12]}-{value[12:16]}-{value[16:20]}-{value[20:]}"
        return None if value is None else str(value)


class FewIds(sa.types.TypeDecorator[uuid.UUID]):
    """Ids that very many rows have in common, as their units and officers: each is made once, not in every row."""

    impl = sa.Uuid
    cache_ok = True

    def result_processor(self, dialect: sa.Dialect, coltype: object) -> Callable[[Any], Any] | None:
        made = super().result_processor(dialect, coltype)
        return lru_cache(_FEW)(made) if made else None


_FEW = 2**14
"""So many stay made: more than an estate has units."""


class Base(DeclarativeBase):
    """Base of all models. Enums are stored by value, moments in UTC, constraints by one naming convention."""

    metadata = sa.MetaData(
        naming_convention={
            "ix": "ix_%(column_0_N_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads it from the class
        datetime: UtcDateTime(),
        uuid.UUID: sa.Uuid(),
        dict[str, Any]: sa.JSON(),
        list[Any]: sa.JSON(),
        list[str]: sa.JSON(),
        enum.Enum: sa.Enum(
            enum.Enum,
            native_enum=False,
            create_constraint=False,
            length=40,
            values_callable=lambda kind: [member.value for member in kind],
        ),
    }


class Kept(Base):
    """A thing with an id of its own."""

    __abstract__ = True

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)


KeptT = TypeVar("KeptT", bound=Kept)


db = SQLAlchemy(metadata=Base.metadata, disable_autonaming=True, session_options={"autoflush": True})
migrate = Migrate()

_reading: ContextVar[bool] = ContextVar("reading", default=False)


@contextmanager
def only_reading() -> Iterator[None]:
    """Transactions begun inside see one snapshot and can change nothing: a page view never holds up a push."""
    token = _reading.set(True)
    try:
        yield
    finally:
        _reading.reset(token)


@contextmanager
def writing() -> Iterator[None]:
    """Transactions begun inside write, also while a view is answered that only reads: for what merely counts it."""
    token = _reading.set(False)
    try:
        yield
    finally:
        _reading.reset(token)


def begin_reading() -> object:
    """Like `only_reading`, for a door whose beginning and end lie in two functions. Hand the token to `end_reading`."""
    return _reading.set(True)


def end_reading(token: Any) -> None:
    """Back to transactions that write."""
    _reading.reset(token)


def init_app(app: Flask) -> None:
    """Bind the database of `app` and teach its engine how transactions begin."""
    db.init_app(app)
    migrate.init_app(app, db, directory=app.config["MIGRATIONS"], render_as_batch=True, compare_type=True)
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            _prepare_sqlite(db.engine)
        else:
            event.listen(db.engine, "begin", _begin_postgresql)


def _prepare_sqlite(engine: sa.Engine) -> None:
    @event.listens_for(engine, "connect")
    def connected(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves, below
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute("PRAGMA recursive_triggers=ON")  # or REPLACE would get past what protects a row
        connection.execute("PRAGMA busy_timeout=15000")

    @event.listens_for(engine, "begin")
    def begun(connection: sa.Connection) -> None:
        reading = _reading.get()
        connection.exec_driver_sql(f"PRAGMA query_only={'ON' if reading else 'OFF'}")
        # A transaction that will write takes its place at once: upgraded later, it would fail instead of wait.
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


def _begin_postgresql(connection: sa.Connection) -> None:
    if _reading.get():
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")


def by_id(model: type[KeptT], ids: Iterable[uuid.UUID], *shown: ORMOption) -> dict[uuid.UUID, KeptT]:
    """Those of a model that have these ids, each under its id, with what is `shown` of them; no ids ask nothing.

    Each is asked for once, however often it is named: no database takes any number of them.
    """
    wanted = list(dict.fromkeys(ids))
    if not wanted:
        return {}
    return {one.id: one for one in db.session.scalars(sa.select(model).where(model.id.in_(wanted)).options(*shown))}


def few_ids(column: Any, label: str) -> sa.ColumnElement[uuid.UUID]:
    """A column to read in bulk, where few different ids stand in very many rows."""
    return sa.type_coerce(column, FewIds()).label(label)


def upsert(model: type[Base]) -> Any:
    """An `INSERT` into a model's table that can say `ON CONFLICT`, in the dialect of the current database."""
    if db.session.get_bind().dialect.name == "postgresql":
        return postgresql.insert(model)
    return sqlite.insert(model)


def attach(thing: Base, **related: Base) -> None:
    """Let a new thing know what it belongs to, by the names of its relationships; its foreign keys say so already.

    Once it is in the session: put there with all this, the session would look through what each of these knows.
    """
    for name, other in related.items():
        set_committed_value(thing, name, other)


_BY_ANOTHER = {"40001", "40P01", "55P03"}
"""PostgreSQL's codes for what cannot be put in order with another, is in a deadlock, or waited too long."""


def stood_in_the_way(error: sa.exc.OperationalError) -> bool:
    """Whether it failed for another transaction alone: nothing was kept, and done again it may well go through."""
    busy = getattr(error.orig, "sqlite_errorcode", sqlite3.SQLITE_OK) & 0xFF == sqlite3.SQLITE_BUSY
    return busy or getattr(error.orig, "sqlstate", None) in _BY_ANOTHER


def take_turn(name: str) -> None:
    """Until this transaction ends, whoever else names the same waits here, and then sees what it did.

    For what no row stands for yet; on SQLite there is one writer anyway.
    """
    if db.session.get_bind().dialect.name == "postgresql":
        db.session.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(name, 0))))


def hold(thing: Kept) -> None:
    """Read a row as it is now, and keep it: whoever else holds the same one waits until this transaction ends.

    Only the row itself, however it was read: PostgreSQL locks nothing that is joined from outside.
    """
    db.session.flush()  # what we have changed ourselves is not read over
    columns = [column.key for column in sa.inspect(type(thing)).column_attrs]
    db.session.refresh(thing, columns, with_for_update=True)
