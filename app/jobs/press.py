"""The press: a warm process that makes one file after another of what was asked for, with several hands."""

import gc
import multiprocessing
import os
import time
import uuid
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from flask import Flask, url_for

from app.core.clock import now
from app.core.db import db, only_reading
from app.core.errors import NotFound
from app.documents import shelf
from app.documents.archive.archives import NotEntered
from app.documents.at_the_press import waiting
from app.documents.bundles import LANGUAGES, begin, file_of, finish, folder, note_failure
from app.documents.models import Bundle
from app.documents.queries import sign_off_sheet
from app.documents.seal.seals import company_seal
from app.documents.sheets import SignOffSheet
from app.jobs.archiving import make_next_archive
from app.jobs.hand import Refusal, print_one
from app.jobs.long_papers import LongPapers
from app.jobs.turn import turn_at
from app.visits.models import Visit
from app.visits.queries import the_visit

PAUSE = 1.0
"""Seconds between two looks at whether something is to be made."""
SOON = 0.2
"""The same while a long paper is being printed, for which somebody waits."""
_AHEAD = 4
"""Sheets gathered while others are printed."""
_TOLD_EVERY = 1.0


def press(
    app: Flask,
    until_told: Callable[[float], bool],
    *,
    not_entered: NotEntered,
    clock: Callable[[], datetime] = now,
    at_birth: Callable[[], None] | None = None,
) -> None:
    """Make what was asked for, again and again; `until_told(seconds)` waits so long and says whether to stop.

    `not_entered` knows what no archive can hold. `at_birth` is called in each process that prints.
    """
    told = False
    while not told:
        with hands(at_birth=at_birth) as pool, LongPapers(app, pool, clock) as papers:
            told = _until_told_or_short_of_hands(app, pool, papers, not_entered, until_told, clock)


def _until_told_or_short_of_hands(
    app: Flask,
    pool: Executor,
    papers: LongPapers,
    not_entered: NotEntered,
    until_told: Callable[[float], bool],
    clock: Callable[[], datetime],
) -> bool:
    """True when told to stop; False when one of those who print has died, as then nobody of them prints any more."""

    def meanwhile(seconds: float) -> bool:
        papers.look()
        return until_told(seconds)

    while True:
        try:
            papers.look()
            more = make_next(app, pool, clock(), meanwhile)
            more = more or make_next_archive(
                app, pool, clock(), not_entered, meanwhile, lambda: make_next(app, pool, clock(), meanwhile)
            )
        except BrokenExecutor:
            return until_told(PAUSE)
        except Exception:  # a database that is away for a while comes back, and we are still there
            app.logger.exception("what is to be printed could not be looked at")
            more = False
        if until_told(0 if more else SOON if papers.in_hand else PAUSE):
            return True


@contextmanager
def hands(many: int | None = None, at_birth: Callable[[], None] | None = None) -> Iterator[Executor]:
    """Processes that print and seal, as many as the machine has processors, forked from this one once it is warm.

    In the end nobody waits for what they are printing: it is printed anew when somebody looks again.
    """
    from app.documents.printing import warm_up  # noqa: PLC0415 - seconds that only who prints should spend

    warm_up()
    gc.freeze()  # so that none of them looks through what all of them share, which would copy it
    many, forked = many or len(os.sched_getaffinity(0)), multiprocessing.get_context("fork")
    pool = ProcessPoolExecutor(many, mp_context=forked, initializer=at_birth)
    try:
        yield pool
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
        gc.unfreeze()


def make_next(app: Flask, pool: Executor, at: datetime, until_told: Callable[[float], bool] = lambda _s: False) -> bool:
    """Make the first bundle that waits and that nobody else is making. Returns whether there was one."""
    with app.app_context():
        for bundle_id in _now_waiting():
            with turn_at(f"bundle {bundle_id}") as mine:
                if mine and bundle_id in _now_waiting():
                    _make(app, pool, bundle_id, at, until_told)
                    return True
    return False


def _now_waiting() -> list[uuid.UUID]:
    with only_reading():
        ids = waiting(Bundle)
        db.session.rollback()
    return ids


def _make(app: Flask, pool: Executor, bundle_id: uuid.UUID, at: datetime, until_told: Callable[[float], bool]) -> None:
    """Whatever happens, it is noted; told to stop, it stays as it is, and is begun anew at the next start."""
    try:
        bundle = db.session.get_one(Bundle, bundle_id)
        begin(bundle)
        order = _Order(bundle.estate_id, [uuid.UUID(one) for one in bundle.visits], bundle.languages, bundle.base, at)
        db.session.commit()
        size = _write(app, pool, bundle_id, order, until_told)
        if size is not None:
            finish(db.session.get_one(Bundle, bundle_id), size, now())
            db.session.commit()
    except Exception as error:  # the others in the queue are made all the same
        db.session.rollback()
        app.logger.exception("bundle %s could not be made", bundle_id)
        note_failure(db.session.get_one(Bundle, bundle_id), now())
        db.session.commit()
        if isinstance(error, BrokenExecutor):
            raise


@dataclass(frozen=True)
class _Order:
    estate_id: uuid.UUID
    visits: list[uuid.UUID]
    languages: str
    base: str
    at: datetime


@dataclass
class _Piece:
    """The sheet of one visit on its way: on the shelf, in somebody's hands (`printing`), or refused."""

    name: str
    mark: str = ""
    paper: bytes | Refusal | None = None
    printing: Future[bytes | Refusal] | None = None


def _write(
    app: Flask, pool: Executor, bundle_id: uuid.UUID, order: _Order, until_told: Callable[[float], bool]
) -> int | None:
    """Write the file; returns its size in bytes, or nothing if we were told to stop."""
    folder().mkdir(parents=True, exist_ok=True, mode=0o700)
    finished = file_of(bundle_id)
    unfinished = finished.with_suffix(".part")
    with zipfile.ZipFile(unfinished, "w", zipfile.ZIP_STORED) as file:  # a PDF is packed already
        told_at, left_out = time.monotonic(), []
        for done, piece in enumerate(_pieces(app, pool, order), 1):
            if (refusal := _put(file, piece)) is not None:
                left_out.append({"name": piece.name, "code": refusal.code, "letters": refusal.letters})
            if time.monotonic() - told_at >= _TOLD_EVERY or done == len(order.visits):
                _tell(bundle_id, done, left_out)
                told_at = time.monotonic()
                if until_told(0):
                    return None
    _make_sure(unfinished)
    os.replace(unfinished, finished)
    return finished.stat().st_size


def _pieces(app: Flask, pool: Executor, order: _Order) -> Iterator[_Piece]:
    """The sheets in their order, some gathered ahead while others are printed."""
    ahead: list[_Piece] = []
    for visit_id in order.visits:
        ahead.append(_gather(app, pool, order, visit_id))
        if len(ahead) > _AHEAD:
            yield ahead.pop(0)
    yield from ahead


def _gather(app: Flask, pool: Executor, order: _Order, visit_id: uuid.UUID) -> _Piece:
    with only_reading(), app.test_request_context(base_url=order.base):
        visit = the_visit(order.estate_id, visit_id)
        piece = _Piece(f"{visit.unit.short} {visit.number}")
        try:
            sheet = _sheet(visit, order)
        except NotFound as refused:
            piece.paper = Refusal(refused.code)
            return piece
        finally:
            db.session.rollback()
    seals = company_seal(sheet.estate.company, order.at)
    piece.mark = shelf.mark_of(sheet, seals)
    piece.paper = shelf.take(piece.mark)
    if piece.paper is None:
        piece.printing = pool.submit(print_one, sheet, seals)
    return piece


def _sheet(visit: Visit, order: _Order) -> SignOffSheet:
    return sign_off_sheet(
        visit,
        LANGUAGES[order.languages],
        printed_at=order.at,
        checked_at=lambda sha256: url_for("public.verify", sha256=sha256, _external=True),
    )


def _put(file: zipfile.ZipFile, piece: _Piece) -> Refusal | None:
    """Put a sheet into the file; why not, if it cannot be."""
    if piece.printing is not None:
        piece.paper = piece.printing.result()
        if isinstance(piece.paper, bytes):
            shelf.put(piece.mark, piece.paper)
    if isinstance(piece.paper, Refusal):
        return piece.paper
    file.writestr(f"{piece.name}.pdf", piece.paper or b"")
    return None


def _tell(bundle_id: uuid.UUID, done: int, left_out: list[dict[str, str]]) -> None:
    bundle = db.session.get_one(Bundle, bundle_id)
    bundle.made, bundle.left_out = done, list(left_out)
    db.session.commit()


def _make_sure(path: Path) -> None:
    """What is on the disk stays there when the power fails."""
    with path.open("rb") as file:
        os.fsync(file.fileno())
