"""Gathers what an archive holds of one record: its papers, what was signed, the strokes, the photos. Only reads."""

import json
import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from app.core import blobs
from app.core.chain import ClosedDay, canonical_day, canonical_lines, days_closed, head
from app.core.clock import isoformat
from app.core.db import db
from app.core.errors import NotFound
from app.documents.archive.archive_format import Absent, Kind, Record, Whose
from app.documents.archive.periods import Days
from app.documents.queries import sign_off_sheet
from app.documents.sheets import Language, Sheet
from app.documents.sheets_of.visit_record import visit_sheet
from app.estates.masking import masked
from app.estates.models import Estate
from app.people.models import Device
from app.signatures.models import DeskSignature, Statement
from app.signatures.queries import statement_of
from app.signatures.rules import SignerRole
from app.visits.gathered import batch_of_visit
from app.visits.models import Batch, Visit


@dataclass(frozen=True)
class Paper:
    """A sheet to be printed and sealed."""

    kind: Kind
    name: str
    sheet: Sheet


@dataclass(frozen=True)
class Text:
    """Bytes that go in as they are."""

    kind: Kind
    name: str
    content: bytes


@dataclass(frozen=True)
class Listed:
    """A record as the index names it. `rating`, `method`: values of theirs; `signed`: owner, phone, or why not."""

    number: str
    started_at: datetime
    unit_zh: str
    unit_en: str
    who: str
    officer: str
    method: str
    rating: str
    signed: str
    is_archived: bool


@dataclass(frozen=True)
class Gathered:
    """All that goes in of one record. `photos`: SHA-256 of those that are here. `tablets`: those that sealed it."""

    record: Record
    listed: Listed
    papers: tuple[Paper, ...]
    texts: tuple[Text, ...]
    photos: tuple[str, ...]
    absent: tuple[Absent, ...]
    batch_id: uuid.UUID | None
    tablets: frozenset[uuid.UUID]

    @property
    def number(self) -> str:
        """The office's number, or the tablet's while it has none."""
        return self.listed.number


def gather_record(
    visit: Visit, languages: tuple[Language, ...], *, printed_at: datetime, checked_at: Callable[[str], str]
) -> Gathered:
    """What an archive holds of a visit. `checked_at` makes the address of the verification from a statement's hash."""
    statement = statement_of(visit.id)
    number = visit.receipt_number or visit.number
    photos = blobs.photos_in(visit.id)
    line = batch_of_visit(visit.id)
    return Gathered(
        record=_record(visit, statement),
        listed=_listed(visit, statement, number),
        papers=tuple(_papers(visit, languages, printed_at, checked_at)),
        texts=tuple(_texts(statement)),
        photos=tuple(dict.fromkeys(photo.sha256 for photo in photos if photo.arrived_at is not None)),
        absent=tuple(Absent(of=number, what=p.sha256, why="photo:on_its_way") for p in photos if p.arrived_at is None),
        batch_id=line.batch_id if line else None,
        tablets=frozenset(signature.device_id for signature in statement.signatures) if statement else frozenset(),
    )


def _record(visit: Visit, statement: Statement | None) -> Record:
    return Record(
        id=str(visit.id),
        number=visit.number,
        receipt=visit.receipt_number or "",
        unit=visit.unit.short,
        started_at=isoformat(visit.started_at),
        statement=statement.sha256 if statement else "",
        archived_at=isoformat(visit.archived_at) if visit.archived_at else "",
    )


def _listed(visit: Visit, statement: Statement | None, number: str) -> Listed:
    signed = {signature.role for signature in statement.signatures} if statement else set()
    not_signed = visit.unsigned.value if visit.unsigned else visit.method.value
    return Listed(
        number=number,
        started_at=visit.started_at,
        unit_zh=visit.unit.label("zh"),
        unit_en=visit.unit.label("en"),
        who=visit.interviewee_name,
        officer=visit.officer.name,
        method=visit.method.value,
        rating=visit.rating.value,
        signed="owner" if SignerRole.OWNER in signed else not_signed,
        is_archived=visit.archived_at is not None,
    )


def _papers(
    visit: Visit, languages: tuple[Language, ...], printed_at: datetime, checked_at: Callable[[str], str]
) -> Iterator[Paper]:
    """Form 11 where something was signed, and form 1: the same papers as the office's pages hand out."""
    try:
        signed = sign_off_sheet(visit, languages, printed_at=printed_at, checked_at=checked_at)
        yield Paper(Kind.SHEET, "sign-off-sheet.pdf", signed)
    except NotFound:  # a call that nobody signed
        pass
    yield Paper(Kind.RECORD, "visit-record.pdf", visit_sheet(visit, languages, phone=masked, printed_at=printed_at))


def _texts(statement: Statement | None) -> Iterator[Text]:
    if statement is None:
        return
    yield Text(Kind.STATEMENT, "statement.json", statement.text.encode())
    for n, signature in enumerate(statement.signatures, start=1):
        yield Text(Kind.SIGNATURE, f"signature-{n}-{signature.role.value}.json", signature.evidence.encode())


# --- what belongs to several records, or to all ---


def of_batches(batch_ids: Iterable[uuid.UUID]) -> Iterator[tuple[str, list[Text]]]:
    """Number of each batch that somebody signed in the office, with what they signed and their strokes (R15)."""
    for batch_id in batch_ids:
        batch = db.session.get_one(Batch, batch_id)
        found = sa.select(DeskSignature).where(DeskSignature.subject_id == batch_id)
        signed = db.session.scalars(found.order_by(DeskSignature.signed_at, DeskSignature.id)).all()
        texts = [text for n, one in enumerate(signed, start=1) for text in _of_desk(n, one)]
        if texts:
            yield batch.number or str(batch.id), texts


def _of_desk(n: int, signed: DeskSignature) -> Iterator[Text]:
    yield Text(Kind.DESK_SIGNATURE, f"signature-{n}.json", signed.text.encode())
    yield Text(Kind.DESK_INK, f"signature-{n}-ink.json", signed.ink.encode())


def tablets(device_ids: Iterable[uuid.UUID]) -> bytes:
    """Id of each tablet → its code and the public key (JWK) that its seals are verified with."""
    devices = [db.session.get_one(Device, device_id) for device_id in sorted(device_ids)]
    known = {str(device.id): {"code": device.code, "key": device.key} for device in devices}
    return json.dumps(known, ensure_ascii=False, sort_keys=True, indent=1).encode()


def last_closed(estate_id: uuid.UUID) -> int:
    """The number of the journal's last closed day; 0 if none is."""
    last = head(estate_id)
    return last.number if last else 0


def journal_days(estate_id: uuid.UUID, days: Days, until: int) -> Iterator[bytes]:
    """The closed days of the period, up to the one of this number, as their hashes cover them."""
    for closed in _closed(estate_id, days, until):
        yield canonical_day(closed) + b"\n"


def journal_lines(estate_id: uuid.UUID, days: Days, until: int) -> Iterator[bytes]:
    """The lines of those days, as they were hashed."""
    for closed in _closed(estate_id, days, until):
        for line in canonical_lines(closed):
            yield line + b"\n"


def _closed(estate_id: uuid.UUID, days: Days, until: int) -> Iterator[ClosedDay]:
    return (closed for closed in days_closed(estate_id, days.first, days.last) if closed.number <= until)


def whose(estate: Estate) -> Whose:
    """The estate as a manifest names it."""
    return Whose(
        id=str(estate.id),
        code=estate.code,
        name_zh=estate.name_zh,
        name_en=estate.name_en,
        company_zh=estate.company_zh,
        company_en=estate.company_en,
        time_zone=estate.time_zone,
    )
