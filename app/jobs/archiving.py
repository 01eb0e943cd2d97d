"""Makes archives: one file after another of what was ordered, its papers from the shelf or printed by several hands."""

import os
import time
import uuid
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import load_der_x509_certificate
from flask import Flask, url_for

from app.core.clock import isoformat, now
from app.core.db import db, only_reading
from app.documents import shelf
from app.documents.archive import archive_format as form
from app.documents.archive import archived, archives
from app.documents.archive.archive_format import Absent, Entry, Kind, Manifest, Period, Waiting
from app.documents.archive.archive_pages import (
    INDEX,
    README,
    Pages,
    list_name,
    listed_as,
    matter_page,
    page_name,
)
from app.documents.archive.archived import Gathered, Paper
from app.documents.archive.archives import Made, NotEntered
from app.documents.archive.matter import Matter
from app.documents.archive.matters import MATTERS, MatterKind
from app.documents.archive.of_papers import Printed
from app.documents.archive.periods import Days, visits_within
from app.documents.at_the_press import waiting
from app.documents.bundles import LANGUAGES
from app.documents.letterhead import letterhead
from app.documents.models import Archive
from app.documents.seal.detached import sign_beside
from app.documents.seal.seals import CompanySeal, company_seal
from app.estates.models import Estate
from app.jobs.archive_file import Writing, digest_of
from app.jobs.hand import Refusal, print_one
from app.jobs.turn import turn_at
from app.visits.queries import the_visit

_AHEAD = 4
"""Records gathered while others are printed."""
_TOLD_EVERY = 1.0

_Printing = tuple[Paper, str, bytes | Future[bytes | Refusal]]
"""A paper, its mark on the shelf, and the paper itself or who is printing it."""

UntilTold = Callable[[float], bool]


def make_next_archive(
    app: Flask,
    pool: Executor,
    at: datetime,
    not_entered: NotEntered,
    until_told: UntilTold = lambda _s: False,
    meanwhile: Callable[[], object] = lambda: None,
) -> bool:
    """Make the first archive that waits and that nobody else is making. Returns whether there was one.

    `not_entered`: what cannot be in it, so that it can say so. It can take hours: `meanwhile()` is called each second,
    for what somebody waits for in front of a screen.
    """
    with app.app_context():
        for archive_id in _now_waiting():
            with turn_at(f"archive {archive_id}") as mine:
                if mine and archive_id in _now_waiting():
                    _make(app, pool, archive_id, at, not_entered, until_told, meanwhile)
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
    not_entered: NotEntered,
    until_told: UntilTold,
    meanwhile: Callable[[], object],
) -> None:
    """Whatever happens, it is noted; told to stop, it stays as it is, and is begun anew at the next start."""
    try:
        order = _begin(archive_id, at, not_entered)
        finished = _write(app, pool, order, until_told, meanwhile)
        if finished is not None:
            archives.finish(db.session.get_one(Archive, archive_id), finished, now())
            db.session.commit()
    except Exception as error:  # the others in the queue are made all the same
        db.session.rollback()
        app.logger.exception("archive %s could not be made", archive_id)
        archives.note_failure(db.session.get_one(Archive, archive_id), now())
        db.session.commit()
        if isinstance(error, BrokenExecutor):
            raise


@dataclass(frozen=True)
class _Order:
    archive_id: uuid.UUID
    estate_id: uuid.UUID
    days: Days
    visits: list[uuid.UUID]
    matters: list[tuple[MatterKind, list[str]]]
    languages: str
    base: str
    seals: CompanySeal
    at: datetime
    journal_until: int
    waiting: Waiting

    @property
    def total(self) -> int:
        """How many records and other matters."""
        return len(self.visits) + sum(len(ids) for _kind, ids in self.matters)


def _begin(archive_id: uuid.UUID, at: datetime, not_entered: NotEntered) -> _Order:
    waiting = _waiting(archive_id, not_entered)
    archive = db.session.get_one(Archive, archive_id)
    estate, days = db.session.get_one(Estate, archive.estate_id), Days(archive.first_on, archive.last_on)
    # First the journal, then what goes in: so whatever its closed days tell of is in the archive.
    journal_until = archived.last_closed(estate.id)
    visits = visits_within(estate, days)
    company = letterhead(estate, LANGUAGES[archive.languages]).company
    order = _Order(
        archive_id,
        estate.id,
        days,
        visits,
        [(kind, kind.within(estate, days)) for kind in MATTERS],
        archive.languages,
        archive.base,
        company_seal(company, at),
        at,
        journal_until,
        waiting,
    )
    archives.begin(archive, order.total)
    db.session.commit()
    return order


def _waiting(archive_id: uuid.UUID, not_entered: NotEntered) -> Waiting:
    """Those that could not be read when they came are opened once more: that takes its time, and holds up nobody."""
    with only_reading():
        archive = db.session.get_one(Archive, archive_id)
        zone = db.session.get_one(Estate, archive.estate_id).time_zone
        days = Days(archive.first_on, archive.last_on)
        waiting = archives.waiting_within(days, zone, not_entered(archive.estate_id))
        db.session.rollback()
    return waiting


# --- the file ---


def _write(
    app: Flask, pool: Executor, order: _Order, until_told: UntilTold, meanwhile: Callable[[], object]
) -> Made | None:
    """Write the file, or nothing of it if we are told to stop."""
    archives.folder().mkdir(parents=True, exist_ok=True, mode=0o700)
    finished = archives.file_of(order.archive_id)
    unfinished = finished.with_suffix(".part")
    with zipfile.ZipFile(unfinished, "w") as file:
        writing = Writing(file, order.at.timetuple()[:6])
        told_at = time.monotonic()
        for done, put in enumerate(_everything(app, pool, order), 1):
            put(writing)
            if time.monotonic() - told_at >= _TOLD_EVERY or done == order.total:
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
    counts = Counter(entry.type for entry in writing.entries)
    return Made(
        finished.stat().st_size, digest_of(finished), len(writing.records), dict(counts), order.at, order.waiting
    )


def _everything(app: Flask, pool: Executor, order: _Order) -> Iterator[Callable[[Writing], None]]:
    """The records, then the matters beside them: what puts each into the file."""
    for piece in _pieces(app, pool, order):
        yield partial(_put_record, piece=piece)
    for kind, matter, printing in _matters(pool, order):
        yield partial(_put_matter, kind=kind, matter=matter, printing=printing)


def _put_what_is_common(writing: Writing, order: _Order) -> None:
    """After the records: what belongs to several of them, the pages, and at the end what names and signs it all."""
    estate = db.session.get_one(Estate, order.estate_id)
    for number, texts in archived.of_batches(writing.batches):
        for text in texts:
            writing.add(f"batches/{form.folder_of(number)}/{text.name}", text.kind, [text.content], of=number)
    writing.add(form.TABLETS, Kind.TABLETS, [archived.tablets(writing.tablets)])
    writing.add(form.DAYS, Kind.DAYS, archived.journal_days(estate.id, order.days, order.journal_until))
    writing.add(form.LINES, Kind.LINES, archived.journal_lines(estate.id, order.days, order.journal_until))
    writing.add(form.SEAL, Kind.SEAL, [_certificates(order.seals)])
    pages = Pages(estate, order.days, order.at, order.waiting)
    for kind in {listed.type: None for listed in writing.matters}:
        for locale in INDEX:
            writing.add(list_name(kind, locale), Kind.PAGE, pages.matters(locale, kind, writing.matters))
    for locale, name in INDEX.items():
        page = pages.index(locale, writing.listed, writing.matters, writing.files, writing.absent)
        writing.add(name, Kind.PAGE, page)
    writing.add(README, Kind.PAGE, [pages.readme()])
    writing.add(form.SUMS, Kind.SUMS, [form.sums(writing.files)])
    manifest = form.manifest_bytes(_manifest(writing, order, estate))
    writing.add_unlisted(form.MANIFEST, manifest)
    writing.add_unlisted(form.SIGNATURE, sign_beside(manifest, order.seals, now()))


def _manifest(writing: Writing, order: _Order, estate: Estate) -> Manifest:
    return Manifest(
        format=form.FORMAT,
        v=form.VERSION,
        estate=archived.whose(estate),
        period=Period(first=order.days.first, last=order.days.last),
        made_at=order.at,
        languages=LANGUAGES[order.languages],
        records=writing.records,
        entries=writing.entries,
        files=writing.files,
        absent=writing.absent,
        waiting=order.waiting,
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
    printing: list[_Printing]


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


def _put_paper(writing: Writing, folder: str, number: str, on_its_way: _Printing) -> bool:
    """Put a paper in; whether there is one."""
    paper, mark, printing = on_its_way
    made = printing.result() if isinstance(printing, Future) else printing
    if isinstance(made, Refusal):
        writing.lack(Absent(of=number, what=paper.name, why=made.code))
        return False
    if isinstance(printing, Future):
        shelf.put(mark, made)
    writing.add(f"{folder}/{paper.name}", paper.kind, [made], of=number, packed=False)
    return True


def _printing(pool: Executor, order: _Order, paper: Paper) -> _Printing:
    mark = shelf.mark_of(paper.sheet, order.seals)
    return paper, mark, shelf.take(mark) or pool.submit(print_one, paper.sheet, order.seals)


def _put_record(writing: Writing, piece: _Piece) -> None:
    gathered, number = piece.gathered, piece.gathered.number
    folder = f"records/{form.folder_of(number)}"
    for printing in piece.printing:
        _put_paper(writing, folder, number, printing)
    for text in gathered.texts:
        writing.add(f"{folder}/{text.name}", text.kind, [text.content], of=number)
    for sha256 in gathered.photos:
        writing.add_photo(folder, number, sha256)
    writing.lack(*gathered.absent)
    writing.records.append(gathered.record)
    writing.listed.append(gathered.listed)
    writing.tablets |= gathered.tablets
    if gathered.batch_id is not None:
        writing.batches[gathered.batch_id] = None


# --- matters ---


def _matters(pool: Executor, order: _Order) -> Iterator[tuple[MatterKind, Matter, _Printing | None]]:
    """The matters in their order, some told ahead while the papers of others are printed."""
    ahead: list[tuple[MatterKind, Matter, _Printing | None]] = []
    for kind, ids in order.matters:
        for id_ in ids:
            matter = _tell_of(order, kind, id_)
            paper = Paper(Kind.PAPER, matter.paper, matter.sheet) if matter.sheet else None
            ahead.append((kind, matter, _printing(pool, order, paper) if paper else None))
            if len(ahead) > _AHEAD:
                yield ahead.pop(0)
    yield from ahead


def _tell_of(order: _Order, kind: MatterKind, id_: str) -> Matter:
    """One is forgotten before the next, so that a year of them needs no more memory than a day."""
    printed = Printed(LANGUAGES[order.languages], order.at)
    with only_reading():
        matter = kind.tell(db.session.get_one(Estate, order.estate_id), id_, printed)
        db.session.rollback()
    return matter


def _put_matter(writing: Writing, kind: MatterKind, matter: Matter, printing: _Printing | None) -> None:
    """What is told of it, its paper, and those of its photos that no record has brought in."""
    folder, number = f"{kind.folder}/{form.folder_of(matter.number)}", matter.number
    told = writing.add(f"{folder}/{kind.type}.json", Kind.ENTRY, [matter.as_json()], of=number)
    is_printed = printing is not None and _put_paper(writing, folder, number, printing)
    for sha256 in matter.here:
        if not writing.knows(sha256):
            writing.add_photo(folder, number, sha256)
    writing.lack(*(absent for absent in matter.absent if not writing.knows(absent.what)))
    if kind.has_page:
        paper = matter.paper if is_printed else ""
        for locale in INDEX:
            page = matter_page(locale, kind, matter, writing.photos, paper)
            writing.add(f"{folder}/{page_name(kind, locale)}", Kind.PAGE, [page], of=number)
    entry = Entry(type=kind.type, id=matter.id, number=number, at=isoformat(matter.at), sha256=told)
    writing.entries.append(entry)
    writing.matters.append(listed_as(kind, matter, folder, writing.photos, is_printed=is_printed))


def _tell(archive_id: uuid.UUID, done: int, absent: list[Absent]) -> None:
    archive = db.session.get_one(Archive, archive_id)
    archive.made, archive.absent_count = done, len(absent)
    archive.absent = [one.model_dump() for one in absent[: archives.SHOWN]]
    db.session.commit()


def _make_sure(path: Path) -> None:
    """What is on the disk stays there when the power fails."""
    with path.open("rb") as file:
        os.fsync(file.fileno())
