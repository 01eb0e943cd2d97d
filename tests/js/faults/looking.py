"""What stands in the office's database, for the invariants: read past the product's own endpoints."""

import hashlib
import json
import uuid
from collections import defaultdict
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from app.agenda.models import Task
from app.core import blobs
from app.core.blobs import Photo
from app.core.clock import local_date
from app.core.db import db
from app.core.journal import Feed, JournalLine
from app.estates.models import Estate
from app.issues.models import Issue, OwnerAnswer
from app.people.models import StaffRole
from app.people.rules import MAY, Act
from app.signatures.models import Signature, Statement
from app.sync.documents import documents
from app.sync.keys import open_frozen
from app.sync.models import Epoch, Operation, Upload
from app.visits.models import Addendum, Attempt, Visit


def state(estate: str) -> dict[str, Any]:
    """Everything that tablets brought into an estate, and what became of it."""
    id_ = uuid.UUID(estate)
    return {
        "epoch": db.session.scalars(sa.select(Epoch.value)).one(),
        "operations": [_operation(row) for row in _of(Operation, id_)],
        "visits": _visits(id_),
        "attempts": [_attempt(row) for row in _of(Attempt, id_)],
        "addenda": [_addendum(row) for row in _of(Addendum, id_)],
        "issues": [_issue(row) for row in _of(Issue, id_)],
        "answers": [_answer(row) for row in _of(OwnerAnswer, id_)],
        "tasks": [_task(row) for row in _of(Task, id_)],
        "happened": _happened(id_),
        "uploads": uploads(),
    }


def view(officer: str) -> dict[str, Any]:
    """What one person's tablets are to hold: epoch, estates, and every document with its version and its content."""
    at, staff_id = datetime.now(UTC), uuid.UUID(officer)
    estates = _served(staff_id, at)
    rows = sa.select(Feed).where(Feed.stream.in_(estates), sa.or_(Feed.only_for.is_(None), Feed.only_for == staff_id))
    feed = list(db.session.scalars(rows))
    content = {
        type_: documents(type_, [row.id for row in feed if row.type == type_ and not row.gone], at)
        for type_ in {row.type for row in feed}
    }
    return {
        "epoch": db.session.scalars(sa.select(Epoch.value)).one(),
        "estates": [str(each) for each in estates],
        "documents": [
            {
                "type": row.type,
                "id": str(row.id),
                "estate": str(row.stream),
                "v": row.version,
                "gone": row.gone,
                "doc": None if row.gone else content[row.type][row.id],
            }
            for row in feed
        ],
    }


def uploads() -> dict[str, Any]:
    """How much of each photo has come, and whether a whole one can be read."""
    return {row.sealed: _upload(row) for row in db.session.scalars(sa.select(Upload))}


def _upload(row: Upload) -> dict[str, Any]:
    readable = row.complete and _is_whole(row.sha256)
    return {"held": row.held, "length": row.length, "complete": row.complete, "readable": readable}


def _of(model: Any, estate: uuid.UUID) -> list[Any]:
    return list(db.session.scalars(sa.select(model).where(model.estate_id == estate)))


def _operation(row: Operation) -> dict[str, Any]:
    return {
        "op_id": str(row.op_id),
        "device": str(row.device_id),
        "digest": row.digest,
        "digest_of_bytes": hashlib.sha256(row.frozen).hexdigest(),
        "author": str(row.author_id),
        "status": row.status,
        "code": row.code,
        "receipt": json.loads(row.receipt),
        "said": json.loads(open_frozen(row.frozen.decode("ascii"), "doorstep-op")),
    }


def _visits(estate: uuid.UUID) -> list[dict[str, Any]]:
    photos: dict[uuid.UUID, list[Photo]] = defaultdict(list)
    for photo in _of(Photo, estate):
        photos[photo.record_id].append(photo)
    texts = {row.record_id: row.text for row in _of(Statement, estate)}
    evidence: dict[uuid.UUID, list[str]] = defaultdict(list)
    signed = sa.select(Statement.record_id, Signature.evidence).join(Signature.statement)
    for record_id, text in db.session.execute(signed.where(Statement.estate_id == estate)):
        evidence[record_id].append(text)
    return [
        {
            "id": str(row.id),
            "operation": str(row.operation_id),
            "officer": str(row.officer_id),
            "unit": str(row.unit_id),
            "number": row.number,
            "receipt_number": row.receipt_number,
            "wishes": row.wishes,
            "rating": row.rating.value,
            "review": row.review,
            "complete": row.complete,
            "statement": texts.get(row.id, ""),
            "signatures": [json.loads(text) for text in evidence[row.id]],
            "photos": [_photo(photo) for photo in photos[row.id]],
        }
        for row in _of(Visit, estate)
    ]


def _photo(photo: Photo) -> dict[str, Any]:
    arrived = photo.arrived_at is not None
    named = {"sealed": photo.sealed, "sha256": photo.sha256}
    return {**named, "arrived": arrived, "readable": _is_whole(photo.sha256)}


def _is_whole(sha256: str) -> bool:
    path = blobs.path_of(sha256)
    return path.exists() and hashlib.sha256(path.read_bytes()).hexdigest() == sha256


def _addendum(row: Addendum) -> dict[str, Any]:
    return {
        "id": str(row.id),
        "operation": str(row.operation_id),
        "officer": str(row.author_id),
        "visit": str(row.visit_id),
        "number": row.number,
        "receipt_number": row.receipt_number,
        "text": row.text,
    }


def _attempt(row: Attempt) -> dict[str, Any]:
    return {
        "id": str(row.id),
        "operation": str(row.operation_id),
        "officer": str(row.officer_id),
        "unit": str(row.unit_id),
        "number": row.number,
        "receipt_number": row.receipt_number,
        "outcome": row.outcome.value,
        "note": row.note,
    }


def _issue(row: Issue) -> dict[str, Any]:
    return {
        "id": str(row.id),
        "visit": str(row.visit_id),
        "text": row.text,
        "state": row.state.value,
        "round": row.round,
        "number": row.number,
    }


def _answer(row: OwnerAnswer) -> dict[str, Any]:
    said = {"answer": row.answer.value, "reason": row.reason, "round": row.round, "moved": row.moved}
    return {"issue": str(row.issue_id), "visit": str(row.visit_id), **said}


def _task(row: Task) -> dict[str, Any]:
    named = {"id": str(row.id), "unit": str(row.unit_id), "assignee": str(row.assignee_id)}
    return {**named, "kind": row.kind.value, "state": row.state.value, "visit": str(row.visit_id or "")}


def _happened(estate: uuid.UUID) -> list[dict[str, str]]:
    lines = sa.select(JournalLine).where(JournalLine.stream == estate).order_by(JournalLine.seq)
    return [{"kind": line.kind, "subject": str(line.subject_id)} for line in db.session.scalars(lines)]


def _served(staff_id: uuid.UUID, at: datetime) -> list[uuid.UUID]:
    """Counted here by hand, so that the product's own reckoning is checked and not repeated."""
    held = db.session.scalars(sa.select(StaffRole).where(StaffRole.staff_id == staff_id))
    zones = {row.id: row.time_zone for row in db.session.execute(sa.select(Estate.id, Estate.time_zone))}
    today = {estate: local_date(at, zone) for estate, zone in zones.items()}
    return sorted(
        {
            row.estate_id
            for row in held
            if row.role in MAY[Act.CARRY_TABLET]
            and row.since <= today[row.estate_id]
            and (row.until is None or row.until > today[row.estate_id])
        }
    )


LOOKS = {look.__name__: look for look in (state, view, uploads)}
