"""The sync against PouchDB and against the bare database, alternating, on both databases:
`python -m tests.bench.bench_sync [ROUNDS]`.
"""

import base64
import itertools
import json
import random
import sqlite3
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import flask_migrate
from flask import Flask
from PIL import Image

from app.config import settings
from app.core.db import db
from app.factory import create_app
from app.signatures.rules import seal_holds
from app.sync.keys import open_frozen
from tests.bench import figures
from tests.bench.estates import BenchEstate, a_large_estate
from tests.bench.programs import Program, install_pouchdb, node, our_server
from tests.bench.raw import Bare
from tests.postgres import DURABLE, Postgres

ROUNDS = 5
BATCH = 100
PER_ROUND = {"batch": 300, "single": 20, "photo": 10, "delta": 20}
"""Visits of one round; 20 visits with two issues change 100 documents for the delta pull."""
UNITS = 5_000
DOCUMENT = 1_500
"""Bytes of JSON of a document of PouchDB's."""
PHOTO = 30_000
OTHERS = 6
"""Other tablets that pull before any pull counts, over connections of their own, so that both processes of the server
have told what there is: as they do in service within a minute."""

SAYS = f"""
What is measured, side by side, over loopback, milliseconds, medians of alternating rounds:
  ours     gunicorn as `make run` starts it: token, gunzip, decryption, validation, both signatures and their seals
           verified, two issues routed, a task settled, journal, feed, receipts, synchronous durability (fsync).
           Operations are frozen beforehand, as tablets do when they save; zipping and sending are in the time.
           A pull keeps every page with its cursor in LevelDB and proves itself complete by the digest. A first pull
           finds a server that has told {OTHERS} other tablets what changed since the last round, and remembers it; a
           pull of changes finds one that has told nobody; "cold" is the very first pull of all, measured once.
  PouchDB  PouchDB 9 and express-pouchdb 4 in the smallest mode, each a process of its own, LevelDB on disk on both
           sides with its default durability (no fsync), no login, no validation; documents of {DOCUMENT} bytes. Its
           better batch size (its own default or 100) and, one by one, its better way (a replication each, or one
           that stays open) is what counts.
  bare     the driver alone: the same rows into the same tables with their indexes, keys and triggers, `executemany`,
           one transaction for {BATCH} visits, the same durability.
  proof    what our push does of cryptography alone, in one thread: each operation decrypted, its two seals verified.
           No way to keep what this product promises is quicker than bare and proof together.
A ratio above 1 means that we are faster.
"""


@dataclass(frozen=True)
class Side:
    """Our server on one database: its tablet, its estates, and the bare copy of the same database."""

    suffix: str
    app: Flask
    tablet: Program
    pushing: BenchEstate
    pulling: BenchEstate
    folder: Path
    database: str
    bare: Bare
    doors: Iterator[Any]
    doors_pulling: Iterator[Any]


Told = dict[str, list[float]]


def measure(rounds: int) -> dict[str, float]:
    """All figures, flat."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="doorstep-bench-")))
        postgres = Postgres(**DURABLE)
        stack.callback(postgres.stop)
        postgres.start()
        sides = [
            stack.enter_context(_our_side("", folder / "sqlite", None, rounds)),
            stack.enter_context(_our_side("_postgresql", folder / "postgresql", postgres, rounds)),
        ]
        pouch = stack.enter_context(_pouchdb(folder / "pouchdb"))
        told: Told = defaultdict(list)
        for round_ in range(rounds + 1):  # the first one warms up and is thrown away
            say(f"round {round_} of {rounds}" if round_ else "warming up")
            told = told if round_ > 1 else _only_the_first(told)
            _pouchdb_round(pouch, round_, told)
            for side in sides:
                _our_round(side, round_, told)
        return _figures(told)


def _only_the_first(told: Told) -> Told:
    """Forget a round that warmed up, but not the first pull of all, whose documents nobody had asked for before."""
    return defaultdict(list, {key: values for key, values in told.items() if key.startswith("cold ")})


@contextmanager
def _our_side(suffix: str, folder: Path, postgres: Postgres | None, rounds: int) -> Iterator[Side]:
    """Two estates in a migrated database, a bare copy of it, and the server on it."""
    folder.mkdir()
    database = postgres.create_database("bench") if postgres else f"sqlite:///{folder / 'doorstep.sqlite3'}"
    say(f"two estates in {'PostgreSQL' if postgres else 'SQLite'}")
    app = create_app(settings(folder=folder, database=database, secret="only for benchmarks"))
    visits = sum(PER_ROUND[what] for what in ("batch", "single", "photo")) * (rounds + 1)
    with app.app_context():
        flask_migrate.upgrade()
    pushing = a_large_estate(app, visits, due=visits)
    pulling = a_large_estate(app, UNITS, due=PER_ROUND["delta"] * (rounds + 1))
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    if postgres:
        copy = postgres.create_database("bare", template="bench")
    else:
        copy = f"sqlite:///{folder / 'bare.sqlite3'}"
        with sqlite3.connect(folder / "doorstep.sqlite3") as known, sqlite3.connect(folder / "bare.sqlite3") as bare:
            known.backup(bare)
    with our_server(folder, database) as url, node("tablet.js", url) as tablet:
        tablet.told(within=60)
        side = Side(
            *(suffix, app, tablet, pushing, pulling, folder, database, Bare(copy)),
            doors=iter(pushing.tasks.items()),
            doors_pulling=iter(pulling.tasks.items()),
        )
        yield side
        side.bare.close()


@contextmanager
def _pouchdb(folder: Path) -> Iterator[Program]:
    (folder / "there").mkdir(parents=True)
    (folder / "here").mkdir()
    with node("server.js", folder / "there") as server:
        port = server.told(within=60)["port"]
        with node("client.js", folder / "here", f"http://127.0.0.1:{port}") as client:
            client.told(within=60)
            client.ask("fill", database="units", count=UNITS, bytes=DOCUMENT)
            yield client


# --- one round


def _pouchdb_round(client: Program, round_: int, told: Told) -> None:
    count = PER_ROUND["batch"]
    for key, batch in (("own", None), ("100", BATCH)):
        sent = client.ask("push", count=count, bytes=DOCUMENT, batch=batch)
        told[f"pouchdb push_batch {key}"].append(sent["ms"] / count)
    photo = base64.b64encode(_photo(round_)).decode()
    for what, attachment in (("single", None), ("photo", photo)):
        for key, name in (("each", "pushSingle"), ("live", "pushLive")):
            sent = client.ask(name, count=PER_ROUND[what], bytes=DOCUMENT, attachment=attachment)
            told[f"pouchdb push_{what} {key}"].append(sent["ms"] / PER_ROUND[what])
    for key, batch in (("own", None), ("500", 500)):
        into = f"tablet-{round_}-{key}"
        pulled = client.ask("pull", database="units", into=into, count=UNITS, batch=batch)
        told[f"pouchdb pull {key}"].append(pulled["ms"])
        changed = client.ask("deltaPull", database="units", into=into, count=BATCH, batch=batch)
        told[f"pouchdb delta_pull {key}"].append(changed["ms"])


def _our_round(side: Side, round_: int, told: Told) -> None:
    send = side.pushing.tablet.enrolled["send_token"]
    operations = _visits(side, PER_ROUND["batch"])
    count, sent = len(operations), side.tablet.ask("push", file=_kept(side, operations), batch=BATCH, token=send)
    told[f"push_batch{side.suffix}"].append(sent["ms"] / count)
    told[f"raw_sql push_batch{side.suffix}"].append(_bare(side, operations) / count)
    told["proof push_batch"].append(_proof(side, operations) / count)

    singles = _visits(side, PER_ROUND["single"])
    sent = side.tablet.ask("push", file=_kept(side, singles), batch=1, token=send)
    told[f"push_single{side.suffix}"].append(sent["ms"] / len(singles))
    with_photos = _visits_with_photo(side, PER_ROUND["photo"])
    sent = side.tablet.ask("pushPhotos", file=_kept(side, with_photos), token=send)
    told[f"push_photo{side.suffix}"].append(sent["ms"] / len(with_photos))

    read = side.pulling.tablet.enrolled["read_token"]
    into = str(side.folder / f"tablet-{round_}")
    if not round_:
        told[f"cold pull{side.suffix}"].append(side.tablet.ask("pull", into=f"{into}-cold", token=read)["ms"])
    for n in range(OTHERS):
        side.tablet.ask("pull", into=f"{into}-{n}", token=read, anew=True)
    pulled = side.tablet.ask("pull", into=into, token=read)
    assert pulled["documents"] > UNITS
    told[f"pull{side.suffix}"].append(pulled["ms"])
    told[f"pull_document_bytes{side.suffix}"].append(pulled["bytes"] / pulled["documents"])
    changing = _delta_visits(side)
    side.tablet.ask("push", file=_kept(side, changing), batch=BATCH, token=side.pulling.tablet.enrolled["send_token"])
    changed = side.tablet.ask("pull", into=into, token=read)
    assert changed["documents"] == BATCH, changed
    told[f"delta_pull{side.suffix}"].append(changed["ms"])


def _bare(side: Side, operations: list[dict[str, Any]]) -> float:
    """Milliseconds that the driver alone needs for the rows of these operations."""
    known = Bare(side.database)
    ids = [operation["op_id"] for operation in operations]
    batches = [known.rows_of(ids[start : start + BATCH]) for start in range(0, len(ids), BATCH)]
    known.close()
    return sum(side.bare.insert(rows) for rows in batches)


def _proof(side: Side, operations: list[dict[str, Any]]) -> float:
    """Milliseconds to decrypt these operations and to verify the seals in them."""
    begun = time.perf_counter()
    with side.app.app_context():
        for operation in operations:
            text = json.loads(open_frozen(operation["jwe"], "doorstep-op"))
            for evidence in text["body"]["signatures"]:
                assert seal_holds(evidence, side.pushing.tablet.public_key())
    return (time.perf_counter() - begun) * 1000


# --- what is sent


def _visits(side: Side, count: int) -> list[dict[str, Any]]:
    return [_frozen(side.pushing, *door) for door in itertools.islice(side.doors, count)]


def _delta_visits(side: Side) -> list[dict[str, Any]]:
    return [_frozen(side.pulling, *door) for door in itertools.islice(side.doors_pulling, PER_ROUND["delta"])]


def _visits_with_photo(side: Side, count: int) -> list[dict[str, Any]]:
    visits = []
    for n, door in enumerate(itertools.islice(side.doors, count)):
        named, frozen = side.pushing.tablet.photo(_photo(n + 1000), (640, 480))
        operation = _frozen(side.pushing, *door, photos=[named])
        visits.append({"operation": operation, "sealed": named["sealed"], "frozen": frozen.decode()})
    return visits


def _frozen(estate: BenchEstate, unit_id: Any, task_id: Any, photos: Any = ()) -> dict[str, Any]:
    """A visit at a door where one was due: two issues, signed by owner and officer."""
    tablet = estate.tablet
    issues = [tablet.an_issue("主卫天花板渗水，已经影响到楼下", photos=list(photos)), tablet.an_issue("客厅窗户漏风")]
    visit = tablet.a_visit(estate.estate_id, unit_id, task_ids=[str(task_id)], issues=issues, wishes="照明请修一修")
    return tablet.freeze(visit)


def _photo(seed: int) -> bytes:
    """A JPEG of about 30 kB."""
    noise = random.Random(seed)
    picture = Image.new("RGB", (100, 75))
    picture.putdata([(noise.randrange(256), noise.randrange(256), noise.randrange(256)) for _dot in range(7500)])
    file = BytesIO()
    picture.resize((480, 360)).save(file, "JPEG", quality=80)
    return file.getvalue().ljust(PHOTO, b"\0")


_FILES = itertools.count()


def _kept(side: Side, content: list[dict[str, Any]]) -> str:
    file = side.folder / f"operations-{next(_FILES)}.json"
    file.write_text(json.dumps(content))
    return str(file)


# --- what comes out


def _figures(told: Told) -> dict[str, float]:
    median = {key: statistics.median(values) for key, values in told.items()}
    found: dict[str, float] = {}
    for what in ("push_batch", "push_single", "push_photo", "pull", "delta_pull"):
        theirs = min(value for key, value in median.items() if key.startswith(f"pouchdb {what} "))
        found[f"{what}_pouchdb_ms"] = theirs
        for suffix in ("", "_postgresql"):
            found[f"{what}_ms{suffix}"] = median[what + suffix]
            found[f"{what}_vs_pouchdb{suffix}"] = theirs / median[what + suffix]
    for suffix in ("", "_postgresql"):
        bare = median[f"raw_sql push_batch{suffix}"]
        found[f"push_batch_raw_sql_ms{suffix}"] = bare
        found[f"push_batch_vs_raw_sql{suffix}"] = bare / median[f"push_batch{suffix}"]
        found[f"pull_cold_ms{suffix}"] = median[f"cold pull{suffix}"]
        found[f"pull_cold_vs_pouchdb{suffix}"] = found["pull_pouchdb_ms"] / median[f"cold pull{suffix}"]
        found[f"pull_document_bytes{suffix}"] = median[f"pull_document_bytes{suffix}"]
    found["push_batch_proof_ms"] = median["proof push_batch"]
    return found


def say(line: str) -> None:
    """One line of progress."""
    print(f"· {line}", flush=True)


def main() -> None:
    """Print and keep the figures."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    begun = time.monotonic()
    install_pouchdb()
    print(SAYS)
    found = measure(rounds)
    figures.add(found)
    for key, value in sorted(found.items()):
        print(f"{key:36} {value:10.3f}")
    print(f"{rounds} rounds in {time.monotonic() - begun:.0f} s; pushes per visit or document, pulls as a whole")


if __name__ == "__main__":
    main()
