"""The bare database: the rows that pushed visits left behind, inserted again with the driver alone."""

import json
import sqlite3
import time
import uuid
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg.types.json import set_json_loads

BY_OPERATION = {"operation": "op_id", "visit": "operation_id"}
BY_VISIT = {"issue": "visit_id", "statement": "record_id", "owner_answer": "visit_id", "task": "visit_id"}
INSERTED = ("operation", "visit", "issue", "statement", "signature", "owner_answer", "wait", "journal")
FEED_KEY, TASK_SET = ("stream", "type", "id"), ("state", "done_at", "visit_id")


@dataclass(frozen=True)
class Table:
    """Rows of one table as the driver gives and takes them."""

    columns: list[str]
    rows: list[Sequence[Any]] = field(default_factory=list)

    def column(self, name: str) -> list[Any]:
        """One column of all rows."""
        return [row[self.columns.index(name)] for row in self.rows]


Rows = dict[str, Table]


class Bare:
    """A connection of the driver with the same durability and the same checks that the product asks for."""

    def __init__(self, url: str) -> None:
        self.sqlite = url.startswith("sqlite:///")
        self.mark = "?" if self.sqlite else "%s"
        self.connection: Any = _sqlite(url) if self.sqlite else _postgresql(url)

    def rows_of(self, op_ids: Sequence[str]) -> Rows:
        """Every row that these operations wrote: their own, and the journal, feed and tasks of what they touched."""
        ids = [uuid.UUID(op_id).hex if self.sqlite else uuid.UUID(op_id) for op_id in op_ids]
        rows = {table: self._where(table, column, ids) for table, column in BY_OPERATION.items()}
        visits = rows["visit"].column("id")
        rows |= {table: self._where(table, column, visits) for table, column in BY_VISIT.items()}
        rows["signature"] = self._where("signature", "statement_id", rows["statement"].column("id"))
        issues, tasks = rows["issue"].column("id"), rows["task"].column("id")
        rows["wait"] = self._where("wait", "subject_id", issues)
        known = self._where("journal", "subject_id", visits + issues + tasks)
        made = known.columns.index("kind")
        rows["journal"] = Table(known.columns, [row for row in known.rows if row[made] != "task:made"])
        rows["feed"] = self._where("feed", "id", visits + issues + tasks + rows["visit"].column("unit_id"))
        return rows

    def insert(self, rows: Rows) -> float:
        """Write them in one transaction with one `executemany` a table; gives the milliseconds."""
        begun = time.perf_counter()
        cursor = self.connection.cursor()
        if self.sqlite:
            cursor.execute("BEGIN IMMEDIATE")
        for name in INSERTED:
            if rows[name].rows:
                cursor.executemany(self._insert(name, rows[name]), rows[name].rows)
        cursor.executemany(self._upsert_feed(rows["feed"]), rows["feed"].rows)
        self._settle_tasks(cursor, rows["task"])
        cursor.execute("UPDATE counter SET value = value + 100")
        self.connection.commit()
        return (time.perf_counter() - begun) * 1000

    def close(self) -> None:
        """Give the connection back."""
        self.connection.close()

    def _where(self, table: str, column: str, values: Sequence[Any]) -> Table:
        with closing(self.connection.cursor()) as cursor:
            wanted = ",".join([self.mark] * len(values)) or "NULL"
            cursor.execute(f'SELECT * FROM "{table}" WHERE {column} IN ({wanted})', values)
            found = Table([column[0] for column in cursor.description], cursor.fetchall())
        self.connection.rollback()
        return found

    def _insert(self, name: str, table: Table) -> str:
        columns, marks = ",".join(f'"{column}"' for column in table.columns), ",".join([self.mark] * len(table.columns))
        return f'INSERT INTO "{name}" ({columns}) VALUES ({marks})'

    def _upsert_feed(self, feed: Table) -> str:
        changed = ",".join(f"{name} = excluded.{name}" for name in feed.columns if name not in FEED_KEY)
        return f"{self._insert('feed', feed)} ON CONFLICT ({','.join(FEED_KEY)}) DO UPDATE SET {changed}"

    def _settle_tasks(self, cursor: Any, tasks: Table) -> None:
        settled = zip(*(tasks.column(name) for name in (*TASK_SET, "id")), strict=True)
        changed = ",".join(f"{name} = {self.mark}" for name in TASK_SET)
        cursor.executemany(f"UPDATE task SET {changed} WHERE id = {self.mark}", list(settled))


def _sqlite(url: str) -> sqlite3.Connection:
    connection = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "recursive_triggers=ON"):
        connection.execute(f"PRAGMA {pragma}")
    return connection


def _postgresql(url: str) -> psycopg.Connection:
    connection = psycopg.connect(url.replace("postgresql+psycopg://", "postgresql://", 1))
    # JSON stays the text it is: reading and writing it again is not what is measured.
    set_json_loads(lambda text: text.decode() if isinstance(text, bytes) else json.dumps(text), connection)
    return connection
