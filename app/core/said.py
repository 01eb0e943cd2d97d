"""What is said in texts, each thing's in one narrow row: words are found in one quick pass over these rows alone.

The database keeps them itself, by triggers made again after every migration, so that nothing can be written past them.
"""

import uuid
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base


class Said(Base):
    """All texts of one thing, one below the other."""

    __tablename__ = "said"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 - SQLAlchemy reads it from the class

    estate_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    subject_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    text: Mapped[str] = mapped_column(sa.Text)


@dataclass(frozen=True)
class Source:
    """A table whose texts are searched: which thing a row of it belongs to, and its columns."""

    table: str
    subject: str
    columns: tuple[str, ...]


SOURCES = (
    Source("issue", "id", ("number", "text", "raised_by", "place", "answer", "measure", "rectified_note")),
    Source("owner_answer", "issue_id", ("reason",)),
)
"""What is said of an issue: the texts of its own row, and of those that belong to it."""


def gather(connection: sa.Connection) -> None:
    """Make the triggers anew for every table that is searched (a batch migration drops them)."""
    present = set(sa.inspect(connection).get_table_names())
    if not present >= {Said.__tablename__, *(source.table for source in SOURCES)}:
        return
    make = _on_postgresql if connection.dialect.name == "postgresql" else _on_sqlite
    for source in SOURCES:
        for statement in make(source):
            connection.execute(sa.text(statement))


def _on_sqlite(source: Source) -> list[str]:
    table, body = source.table, f"BEGIN {_written(source, 'char(10)', 'group_concat')}; END"
    return [
        f"DROP TRIGGER IF EXISTS {table}_said",
        f"DROP TRIGGER IF EXISTS {table}_said_anew",
        f"CREATE TRIGGER {table}_said AFTER INSERT ON {table} WHEN {_says_something(source)} {body}",
        f"CREATE TRIGGER {table}_said_anew AFTER UPDATE OF {', '.join(source.columns)} ON {table} {body}",
    ]


def _on_postgresql(source: Source) -> list[str]:
    """Of two who write at once, the second one waits, and gathers what the first one wrote too."""
    table, act = source.table, f"EXECUTE FUNCTION {source.table}_is_said()"
    alone = f"PERFORM 1 FROM said WHERE (estate_id, subject_id) = (NEW.estate_id, NEW.{source.subject}) FOR UPDATE"
    return [
        f"CREATE OR REPLACE FUNCTION {table}_is_said() RETURNS trigger AS "
        f"$$ BEGIN {alone}; {_written(source, 'chr(10)', 'string_agg')}; RETURN NULL; END $$ LANGUAGE plpgsql",
        f"DROP TRIGGER IF EXISTS {table}_said ON {table}",
        f"DROP TRIGGER IF EXISTS {table}_said_anew ON {table}",
        f"CREATE TRIGGER {table}_said AFTER INSERT ON {table} FOR EACH ROW WHEN ({_says_something(source)}) {act}",
        f"CREATE TRIGGER {table}_said_anew AFTER UPDATE OF {', '.join(source.columns)} ON {table} FOR EACH ROW {act}",
    ]


def _says_something(source: Source) -> str:
    """A new row without any text has nothing to be found by."""
    return " OR ".join(f"NEW.{column} <> ''" for column in source.columns)


def _written(source: Source, line_break: str, aggregate: str) -> str:
    texts = f"||{line_break}||".join(
        f"coalesce((SELECT {aggregate}({_texts(one, line_break)}, {line_break}) "  # noqa: S608 - of names that stand above
        f"FROM {one.table} WHERE {one.subject} = NEW.{source.subject}), '')"
        for one in SOURCES
    )
    return (
        "INSERT INTO said (estate_id, subject_id, text) "  # noqa: S608 - of names that stand above
        f"VALUES (NEW.estate_id, NEW.{source.subject}, {texts}) "
        "ON CONFLICT (estate_id, subject_id) DO UPDATE SET text = excluded.text"
    )


def _texts(source: Source, line_break: str) -> str:
    return f"||{line_break}||".join(f"coalesce({column}, '')" for column in source.columns)
