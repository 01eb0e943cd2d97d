"""A private PostgreSQL for the tests: started from the installed binaries, gone with the tests."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import psycopg
from psycopg import sql

SETTINGS = {
    "listen_addresses": "",
    "max_connections": "200",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "64MB",
    "timezone": "UTC",
}

DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
"""What a server that keeps real work says; benchmarks measure with it."""

# The guard waits for the end of its standard input. That comes when stop() closes the pipe and just as well
# when the tests are killed with -9, so that no server and no folder is ever left behind.
GUARD = """
folder=$1; shift
"$@" </dev/null >"$folder/log" 2>&1 &
server=$!
read -r _
kill -QUIT "$server"
wait "$server"
rm -rf "$folder"
"""

START_LIMIT = 60  # seconds

# Everything of a database's shape that a test could change: tables, columns, indexes, constraints, triggers, functions.
# A database keeps the numbers that its tables have in the template.
SHAPE = """
SELECT sum(hashtextextended(part, 0)) FROM (
    SELECT concat(relname, relkind, relnatts) FROM pg_class WHERE relnamespace = 'public'::regnamespace
    UNION ALL SELECT concat(attrelid, attname, atttypid, attnotnull) FROM pg_attribute
        WHERE attrelid IN (SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r')
    UNION ALL SELECT conname FROM pg_constraint WHERE connamespace = 'public'::regnamespace
    UNION ALL SELECT concat(tgrelid, tgname, tgenabled) FROM pg_trigger
    UNION ALL SELECT concat(proname, prosrc) FROM pg_proc WHERE pronamespace = 'public'::regnamespace
) AS parts (part)
"""
TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
SEQUENCES = "SELECT sequencename, coalesce(last_value, start_value), last_value IS NOT NULL FROM pg_sequences"
SEQUENCES_BACK = """
SELECT setval(format('%%I', name)::regclass, reached, used)
FROM unnest(%s::text[], %s::bigint[], %s::boolean[]) AS told (name, reached, used)
"""
OTHERS_OUT = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND pid <> ALL (%s)
"""


@dataclass(frozen=True)
class Rows:
    """What stands in a database: the rows of each table, as `COPY` writes them, and how far its sequences are."""

    tables: dict[str, bytes]
    sequences: list[tuple[str, int, bool]]


@dataclass(frozen=True)
class Pristine:
    """What a template holds: a digest of its shape, its tables and their rows."""

    shape: str
    tables: list[str]
    rows: Rows


class Postgres:
    """A server in a temporary folder, reached by a Unix socket that asks for no password.

    Start it once per test session and hand `url` to the workers of pytest-xdist, which attach
    with `Postgres.at(url)`; only who started the server can stop it.
    """

    def __init__(self, **settings: str) -> None:
        self._settings = SETTINGS | settings
        self._folder: Path | None = None
        self._guard: subprocess.Popen[bytes] | None = None
        self._kept: dict[str, psycopg.Connection] = {}

    @classmethod
    def at(cls, url: str) -> Postgres:
        """The server that another process started, by the URL of one of its databases; in a process always the same."""
        return cls._in(Path(parse_qs(urlsplit(url).query)["host"][0]))

    @classmethod
    @cache
    def _in(cls, folder: Path) -> Postgres:
        server = cls()
        server._folder = folder
        return server

    def start(self) -> str:
        """Make an empty server and wait until it answers. Gives the URL of its first database."""
        user = _unprivileged_user()
        # Not tempfile's default: the path of a Unix socket may hold 107 bytes only.
        folder = Path(tempfile.mkdtemp(prefix="doorstep-pg-", dir="/tmp"))
        if user is not None:
            shutil.chown(folder, user)
        self._folder = folder

        binaries = _binaries()
        _make_cluster(binaries / "initdb", folder / "data", user)
        server: list[str | Path] = [binaries / "postgres", "-D", folder / "data", "-k", folder]
        server += [f"-c{name}={value}" for name, value in self._settings.items()]
        self._guard = subprocess.Popen(
            ["/bin/sh", "-c", GUARD, "guard", folder, *server],
            stdin=subprocess.PIPE,
            cwd="/",
            user=user,
            start_new_session=True,
        )
        self._wait_until_ready()
        return self.url

    @property
    def url(self) -> str:
        """SQLAlchemy URL of the database `postgres`."""
        return self.url_of("postgres")

    def url_of(self, name: str) -> str:
        """SQLAlchemy URL of the database of this name."""
        return f"postgresql+psycopg://postgres@/{name}?host={self._folder}"

    def create_database(self, name: str, template: str | None = None) -> str:
        """Create a database, empty or as a copy of `template` (which nobody else may be using). Gives its URL."""
        self._let_go_of(template)
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        self._execute(statement.format(sql.Identifier(name), sql.Identifier(template or "template0")))
        return self.url_of(name)

    def renew_database(self, name: str, template: str, spared: set[int]) -> str:
        """A database as `template` is, for the next test; gives its URL.

        One that is there already is emptied and refilled, which costs a tenth of copying the template; it is made
        anew if it is not there or a test changed its shape. Who is connected to it loses the connection, but for
        those `spared`, ids of the server's processes: one that has read the catalogue answers in a third of the
        time. Where the database is made anew none can be spared, and the set is emptied.
        """
        pristine = _pristine(self.url_of(template))
        try:
            if _refilled(self._kept_open(name), pristine, spared):
                return self.url_of(name)
        except psycopg.OperationalError:  # there is none of this name
            pass
        spared.clear()
        self.drop_database(name)
        return self.create_database(name, template)

    def bare_rows(self, template: str) -> Rows:
        """What stands in a database after `renew_database`."""
        return _pristine(self.url_of(template)).rows

    def rows(self, name: str) -> Rows:
        """All that stands in a database at this moment."""
        return _rows(self._kept_open(name))

    def lay(self, name: str, rows: Rows, *, over: Rows) -> None:
        """Let `rows` stand in a database that holds what `over` says."""
        _lay(self._kept_open(name), rows, over)

    def is_empty(self, name: str, table: str) -> bool:
        """Whether a table holds nothing."""
        asked = sql.SQL("SELECT NOT EXISTS (SELECT FROM {})").format(sql.Identifier(table))
        return bool(_first_column(self._kept_open(name), asked)[0])

    def drop_database(self, name: str) -> None:
        """Drop a database if it exists; connections to it are cut."""
        self._let_go_of(name)
        self._execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def let_go(self) -> None:
        """Close what `renew_database` keeps open."""
        for name in tuple(self._kept):
            self._let_go_of(name)

    def dump(self, name: str, into: Path) -> None:
        """Copy a database, as it stands at this moment, into a file of pg_dump's own format."""
        self._run("pg_dump", "--format=custom", f"--file={into}", f"--dbname={name}")

    def restore(self, name: str, dumped: Path) -> None:
        """Fill an empty database with what `dump` has copied."""
        self._run("pg_restore", "--exit-on-error", f"--dbname={name}", dumped)

    def stop(self) -> None:
        """Stop the server at once and remove its folder. One that another process started stays."""
        if self._guard is None or self._guard.stdin is None:
            return
        self._guard.stdin.close()
        self._guard.wait()
        self._guard = None

    def _kept_open(self, name: str) -> psycopg.Connection:
        if name not in self._kept:
            self._kept[name] = self._connect(name)
        return self._kept[name]

    def _let_go_of(self, name: str | None) -> None:
        if name in self._kept:
            self._kept.pop(name).close()

    def _execute(self, statement: sql.Composed) -> None:
        with self._connect() as connection:
            connection.execute(statement)

    def _run(self, program: str, *arguments: str | Path) -> None:
        command = [_binaries() / program, f"--host={self._folder}", "--username=postgres", *arguments]
        ran = subprocess.run(command, capture_output=True, text=True, check=False)
        if ran.returncode:
            raise RuntimeError(f"{program} failed: {ran.stderr}")

    def _connect(self, name: str = "postgres") -> psycopg.Connection:
        return psycopg.connect(host=str(self._folder), user="postgres", dbname=name, autocommit=True)

    def _wait_until_ready(self) -> None:
        give_up = time.monotonic() + START_LIMIT
        while True:
            try:
                self._connect().close()
                return
            except psycopg.OperationalError as error:
                if time.monotonic() > give_up:
                    raise RuntimeError(f"PostgreSQL does not start: {self._log()}") from error
                time.sleep(0.02)

    def _log(self) -> str:
        assert self._folder is not None
        return (self._folder / "log").read_text(errors="replace")


@cache
def _pristine(url: str) -> Pristine:
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        return Pristine(_shape(connection), _first_column(connection, TABLES), _rows(connection))


def _refilled(connection: psycopg.Connection, pristine: Pristine, spared: set[int]) -> bool:
    """Empty the database and bring its first rows back; False, and nothing done, if its shape is another."""
    connection.execute(OTHERS_OUT, [list(spared)])
    if _shape(connection) != pristine.shape:
        return False
    anything = Rows(dict.fromkeys(pristine.tables, b"?"), [])
    _lay(connection, pristine.rows, over=anything)
    return True


def _lay(connection: psycopg.Connection, rows: Rows, over: Rows) -> None:
    """Bring rows in where others stand; a table that holds the same on both sides is left alone."""
    emptied = [name for name, old in over.tables.items() if rows.tables.get(name) != old]
    filled = [name for name, new in rows.tables.items() if over.tables.get(name) != new]
    with connection.transaction():
        # Triggers and foreign keys sleep: what must never change is emptied too.
        asleep = sql.SQL("SET LOCAL session_replication_role = replica")
        deletes = [sql.SQL("DELETE FROM {}").format(sql.Identifier(name)) for name in emptied]
        connection.execute(sql.SQL("; ").join([asleep, *deletes]))
        for name in filled:
            with connection.cursor().copy(sql.SQL("COPY {} FROM STDIN").format(sql.Identifier(name))) as copy:
                copy.write(rows.tables[name])
        connection.execute(SEQUENCES_BACK, [list(column) for column in zip(*rows.sequences, strict=True)])


def _rows(connection: psycopg.Connection) -> Rows:
    tables = {name: _rows_of(connection, name) for name in _filled(connection)}
    return Rows(tables, list(connection.execute(SEQUENCES)))


def _shape(connection: psycopg.Connection) -> str:
    return str(_first_column(connection, SHAPE)[0])


def _filled(connection: psycopg.Connection) -> list[str]:
    """The tables that hold anything."""
    asks = [
        sql.SQL("SELECT {} WHERE EXISTS (SELECT FROM {})").format(sql.Literal(name), sql.Identifier(name))
        for name in _first_column(connection, TABLES)
    ]
    return _first_column(connection, sql.SQL(" UNION ALL ").join(asks))


def _rows_of(connection: psycopg.Connection, table: str) -> bytes:
    statement = sql.SQL("COPY {} TO STDOUT").format(sql.Identifier(table))
    with connection.cursor().copy(statement) as copy:
        return b"".join(bytes(chunk) for chunk in copy)


def _first_column(connection: psycopg.Connection, statement: str | sql.Composed) -> list[str]:
    return [row[0] for row in connection.execute(statement, prepare=True)]  # type: ignore[arg-type]


def _binaries() -> Path:
    """The newest installed PostgreSQL's folder of programs."""
    found = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    if on_path := shutil.which("initdb"):
        found.append(Path(on_path).resolve().parent)
    if not found:
        raise RuntimeError("PostgreSQL is not installed: apt-get install postgresql")
    return max(found, key=lambda folder: int(folder.parent.name) if folder.parent.name.isdigit() else 0)


def _unprivileged_user() -> str | None:
    """Whom the server runs as: PostgreSQL refuses root. None: whoever runs the tests."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"


def _make_cluster(initdb: Path, where: Path, user: str | None) -> None:
    options = ["--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"]
    command: list[str | Path] = [initdb, "--pgdata", where, *options]
    made = subprocess.run(command, user=user, cwd="/", capture_output=True, text=True, check=False)
    if made.returncode:
        raise RuntimeError(f"initdb failed: {made.stderr}")
