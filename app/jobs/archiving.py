"""Makes archives: one file after another of what was ordered, its papers from the shelf or printed by several hands."""

import hashlib
import os
import time
import uuid
import zipfile
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import load_der_x509_certificate
from flask import Flask, url_for

from app.core import blobs
from app.core.clock import now
from app.core.db import db, only_reading
from app.documents import shelf
from app.documents.archive import archive_format as form
from app.documents.archive import archived, archives
from app.documents.archive.archive_format import Absent, File, Kind, Manifest, Period, Record
from app.documents.archive.archive_pages import INDEX, README, index_page, readme
from app.documents.archive.archived import Gathered, Listed, Paper
from app.documents.archive.archives import Days
from app.documents.at_the_press import note_failure, waiting
from app.documents.bundles import LANGUAGES
from app.documents.letterhead import letterhead
from app.documents.models import Archive
from app.documents.seal.detached import sign_beside
from app.documents.seal.seals import CompanySeal, company_seal
from app.estates.models import Estate
from app.jobs.hand import Refusal, print_one
from app.jobs.turn import turn_at
from app.visits.queries import the_visit

_AHEAD = 4
"""Records gathered while others are printed."""
_TOLD_EVERY = 1.0
_BLOCK = 1 << 20

UntilTold = Callable[[float], bool]


def make_next_archive(
    app: Flask,
    pool: Executor,
    at: datetime,
    until_told: UntilTold = lambda _s: False,
    meanwhile: Callable[[], object] = lambda: None,
) -> bool:
    """Make the first archive that waits and that nobody else is making. Returns whether there was one.

    It can take hours: `meanwhile()` is called each second, for what somebody waits for in front of a screen.
    """
    with app.app_context():
        for archive_id in _now_waiting():
            with turn_at(f"archive {archive_id}") as mine:
                if mine and archive_id in _now_waiting():
                    _make(app, pool, archive_id, at, until_told, meanwhile)
                    return True
    return False


def _now_waiting() -> list[uuid.UUID]:
    with only_reading():
        ids = waiting(Archive)
        db.session.rollback()
    return ids


def _make(
    app: Flask,
    pool: Executor,
    archive_id: uuid.UUID,
    at: datetime,
    until_told: UntilTold,
    meanwhile: Callable[[], object],
) -> None:
    """Whatever happens, it is noted; told to stop, it stays as it is, and is begun anew at the next start."""
    try:
        order = _begin(archive_id, at)
        finished = _write(app, pool, order, until_told, meanwhile)
        if finished is not None:
            size, sha256 = finished
            archives.finish(db.session.get_one(Archive, archive_id), size, sha256, now())
            db.session.commit()
    except Exception as error:  # the others in the queue are made all the same
        db.session.rollback()
        app.logger.exception("archive %s could not be made", archive_id)
        note_failure(db.session.get_one(Archive, archive_id))
        db.session.commit()
        if isinstance(error, BrokenExecutor):
            raise


@dataclass(frozen=True)
class _Order:
    archive_id: uuid.UUID
    estate_id: uuid.UUID
    days: Days
    visits: list[uuid.UUID]
    languages: str
    base: str
    made_at: datetime
    seals: CompanySeal
    at: datetime


def _begin(archive_id: uuid.UUID, at: datetime) -> _Order:
    archive = db.session.get_one(Archive, archive_id)
    estate, days = db.session.get_one(Estate, archive.estate_id), Days(archive.first_on, archive.last_on)
    visits = archives.visits_within(estate, days)
    archives.begin(archive, len(visits))
    company = letterhead(estate, LANGUAGES[archive.languages]).company
    order = _Order(
        archive_id,
        estate.id,
        days,
        visits,
        archive.languages,
        archive.base,
        archive.asked_at,
        company_seal(company, at),
        at,
    )
    db.session.commit()
    return order


# --- the file ---


@dataclass
class _Writing:
    """The file as it grows: what is in it so far, never its contents."""

    zip: zipfile.ZipFile
    moment: tuple[int, int, int, int, int, int]
    files: list[File] = field(default_factory=list)
    records: list[Record] = field(default_factory=list)
    listed: list[Listed] = field(default_factory=list)
    absent: list[Absent] = field(default_factory=list)
    batches: dict[uuid.UUID, None] = field(default_factory=dict)
    tablets: set[uuid.UUID] = field(default_factory=set)

    def add(self, path: str, kind: Kind, blocks: Iterable[bytes], *, of: str = "", packed: bool = True) -> None:
        """Put a file in, block by block, and into the manifest. `packed`: False for what is packed already."""
        digest, size = hashlib.sha256(), 0
        with self.zip.open(self._entry(path, packed=packed), "w", force_zip64=kind is Kind.LINES) as file:
            for block in blocks:
                file.write(block)
                digest.update(block)
                size += len(block)
        self.files.append(File(path=path, size=size, sha256=digest.hexdigest(), kind=kind, of=of))

    def add_unlisted(self, path: str, content: bytes) -> None:
        """Put in what no manifest can name: itself, and its signature."""
        self.zip.writestr(self._entry(path, packed=True), content)

    def _entry(self, path: str, *, packed: bool) -> zipfile.ZipInfo:
        entry = zipfile.ZipInfo(path, self.moment)
        entry.compress_type = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
        entry.external_attr = 0o644 << 16
        return entry


def _write(
    app: Flask, pool: Executor, order: _Order, until_told: UntilTold, meanwhile: Callable[[], object]
) -> tuple[int, str] | None:
    """Write the file; returns its size and its SHA-256, or nothing if we were told to stop."""
    archives.folder().mkdir(parents=True, exist_ok=True, mode=0o700)
    finished = archives.file_of(order.archive_id)
    unfinished = finished.with_suffix(".part")
    with zipfile.ZipFile(unfinished, "w") as file:
        writing = _Writing(file, order.made_at.timetuple()[:6])
        told_at = time.monotonic()
        for done, piece in enumerate(_pieces(app, pool, order), 1):
            _put_record(writing, piece)
            if time.monotonic() - told_at >= _TOLD_EVERY or done == len(order.visits):
                _tell(order.archive_id, done, writing.absent)
                if until_told(0):
                    return None
                meanwhile()
                told_at = time.monotonic()
        with only_reading():
            _put_what_is_common(writing, order)
            db.session.rollback()
    _make_sure(unfinished)
    os.replace(unfinished, finished)
    return finished.stat().st_size, _digest_of(finished)


def _put_what_is_common(writing: _Writing, order: _Order) -> None:
    """After the records: what belongs to several of them, the pages, and at the end what names and signs it all."""
    estate = db.session.get_one(Estate, order.estate_id)
    for number, texts in archived.of_batches(writing.batches):
        for text in texts:
            writing.add(f"batches/{form.folder_of(number)}/{text.name}", text.kind, [text.content], of=number)
    writing.add(form.TABLETS, Kind.TABLETS, [archived.tablets(writing.tablets)])
    writing.add(form.DAYS, Kind.DAYS, archived.journal_days(estate.id, order.days))
    writing.add(form.LINES, Kind.LINES, archived.journal_lines(estate.id, order.days))
    writing.add(form.SEAL, Kind.SEAL, [_certificates(order.seals)])
    for locale, name in INDEX.items():
        page = index_page(locale, estate, order.days, writing.listed, writing.files, writing.absent)
        writing.add(name, Kind.PAGE, [page])
    writing.add(README, Kind.PAGE, [readme(estate, order.days)])
    writing.add(form.SUMS, Kind.SUMS, [form.sums(writing.files)])
    manifest = form.manifest_bytes(_manifest(writing, order, estate))
    writing.add_unlisted(form.MANIFEST, manifest)
    writing.add_unlisted(form.SIGNATURE, sign_beside(manifest, order.seals))


def _manifest(writing: _Writing, order: _Order, estate: Estate) -> Manifest:
    return Manifest(
        format=form.FORMAT,
        v=1,
        estate=archived.whose(estate),
        period=Period(first=order.days.first, last=order.days.last),
        made_at=order.made_at,
        languages=LANGUAGES[order.languages],
        records=writing.records,
        files=writing.files,
        absent=writing.absent,
    )


def _certificates(seals: CompanySeal) -> bytes:
    return b"".join(
        load_der_x509_certificate(one).public_bytes(Encoding.PEM) for one in (seals.certificate, *seals.above)
    )


# --- records ---


@dataclass
class _Piece:
    """A record on its way. `printing`: each of its papers, or who is printing it, by its mark on the shelf."""

    gathered: Gathered
    printing: list[tuple[Paper, str, bytes | Future[bytes | Refusal]]]


def _pieces(app: Flask, pool: Executor, order: _Order) -> Iterator[_Piece]:
    """The records in their order, some gathered ahead while others are printed."""
    ahead: list[_Piece] = []
    for visit_id in order.visits:
        ahead.append(_gather(app, pool, order, visit_id))
        if len(ahead) > _AHEAD:
            yield ahead.pop(0)
    yield from ahead


def _gather(app: Flask, pool: Executor, order: _Order, visit_id: uuid.UUID) -> _Piece:
    with only_reading(), app.test_request_context(base_url=order.base):
        gathered = archived.gather_record(
            the_visit(order.estate_id, visit_id),
            LANGUAGES[order.languages],
            printed_at=order.at,
            checked_at=lambda sha256: url_for("public.verify", sha256=sha256, _external=True),
        )
        db.session.rollback()
    return _Piece(gathered, [_printing(pool, order, paper) for paper in gathered.papers])


def _printing(pool: Executor, order: _Order, paper: Paper) -> tuple[Paper, str, bytes | Future[bytes | Refusal]]:
    mark = shelf.mark_of(paper.sheet, order.seals)
    return paper, mark, shelf.take(mark) or pool.submit(print_one, paper.sheet, order.seals)


def _put_record(writing: _Writing, piece: _Piece) -> None:
    gathered, number = piece.gathered, piece.gathered.number
    folder = f"records/{form.folder_of(number)}"
    for paper, mark, printing in piece.printing:
        made = printing.result() if isinstance(printing, Future) else printing
        if isinstance(made, Refusal):
            writing.absent.append(Absent(of=number, what=paper.name, why=made.code))
            continue
        if isinstance(printing, Future):
            shelf.put(mark, made)
        writing.add(f"{folder}/{paper.name}", paper.kind, [made], of=number, packed=False)
    for text in gathered.texts:
        writing.add(f"{folder}/{text.name}", text.kind, [text.content], of=number)
    for sha256 in gathered.photos:
        _put_photo(writing, folder, number, sha256)
    writing.absent += gathered.absent
    writing.records.append(gathered.record)
    writing.listed.append(gathered.listed)
    writing.tablets |= gathered.tablets
    if gathered.batch_id is not None:
        writing.batches[gathered.batch_id] = None


def _put_photo(writing: _Writing, folder: str, number: str, sha256: str) -> None:
    """A photo as it is stored, if it still is what its name says."""
    path = blobs.path_of(sha256)
    if not path.exists():
        writing.absent.append(Absent(of=number, what=sha256, why="photo:lost"))
    elif _digest_of(path) != sha256:
        writing.absent.append(Absent(of=number, what=sha256, why="photo:altered"))
    else:
        with path.open("rb") as photo:
            name = form.photo_name(sha256, photo.read(8))
            photo.seek(0)
            blocks = iter(lambda: photo.read(_BLOCK), b"")
            writing.add(f"{folder}/photos/{name}", Kind.PHOTO, blocks, of=number, packed=False)


def _digest_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _tell(archive_id: uuid.UUID, done: int, absent: list[Absent]) -> None:
    archive = db.session.get_one(Archive, archive_id)
    archive.made, archive.absent_count = done, len(absent)
    archive.absent = [one.model_dump() for one in absent[: archives.SHOWN]]
    db.session.commit()


def _make_sure(path: Path) -> None:
    """What is on the disk stays there when the power fails."""
    with path.open("rb") as file:
        os.fsync(file.fileno())
