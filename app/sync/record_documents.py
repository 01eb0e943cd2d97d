"""The `record` documents: what became of each operation of a tablet's user, whatever its status."""

import uuid
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from app.core.blobs import Photo
from app.core.clock import isoformat
from app.core.db import db
from app.estates.file_queries import corrections_by_id
from app.estates.file_rules import Standing
from app.estates.models import FileCorrection
from app.people.queries import names
from app.sync.contents import contents_of, photos_here
from app.sync.models import Decision, Operation
from app.sync.queries import last_decisions
from app.sync.rules import HELD, IN_EFFECT, REVOKED, TOLD, standing
from app.visits.arrival import Record
from app.visits.copies import links_of_tablets
from app.visits.gathered import to_mend
from app.visits.models import Addendum, Attempt, BriefingMark, BriefingReading, Inspection, Visit

Doc = dict[str, Any]
_KINDS = {
    "visit.hold": "visit",
    "attempt.record": "attempt",
    "visit.append": "addendum",
    "owner.correct": "correction",
    "briefing.read": "briefing",
    "inspection.record": "inspection",
}


def records(ids: list[uuid.UUID], _at: datetime) -> dict[uuid.UUID, Doc]:
    """Documents by id: that of whatever was entered, or else of the operation itself."""
    docs: dict[uuid.UUID, Doc] = {}
    for entered_as in (_visits, _attempts, _addenda, _corrections, _readings, _inspections):
        if rest := [id_ for id_ in ids if id_ not in docs]:
            docs |= entered_as(rest)
    entered = {uuid.UUID(doc["op_id"]) for doc in docs.values()}
    kept = _operations([id_ for id_ in ids if id_ not in docs])
    operations = kept | _operations(entered)
    decisions = last_decisions(operations)
    told = _told(operations, decisions)
    docs |= {operation.op_id: _kept(operation) for operation in kept.values()}
    return {id_: doc | told.get(uuid.UUID(doc["op_id"]), {"status": ""}) for id_, doc in docs.items()}


def _visits(ids: list[uuid.UUID]) -> dict[uuid.UUID, Doc]:
    visits = db.session.scalars(sa.select(Visit).where(Visit.id.in_(ids))).all()
    missing = _still_missing([visit.id for visit in visits])
    mended_by, copies = _to_mend(visits), _copies(visits)
    return {
        visit.id: _entered(visit, "visit", visit.unit_id, visit.started_at, missing[visit.id])
        | mended_by.get(visit.id, {})
        | copies.get(visit.id, {})
        for visit in visits
    }


def _copies(visits: Iterable[Visit]) -> dict[uuid.UUID, Doc]:
    """Visit → until when the link that its tablet drew opens the copy, and whether the office ended it."""
    return {
        visit_id: {"copy": {"until": isoformat(link.ended_at or link.valid_until), "ended": link.ended_at is not None}}
        for visit_id, link in links_of_tablets([visit.id for visit in visits]).items()
    }


def _to_mend(visits: Iterable[Visit]) -> dict[uuid.UUID, Doc]:
    """Visit → who sent its record back, when and why, until an addendum mends it."""
    return {
        visit_id: {"mend": {"act": str(back.id), "by": back.by.name, "at": isoformat(back.at), "reason": back.note}}
        for visit_id, back in to_mend([visit.id for visit in visits]).items()
    }


def _attempts(ids: list[uuid.UUID]) -> dict[uuid.UUID, Doc]:
    attempts = db.session.scalars(sa.select(Attempt).where(Attempt.id.in_(ids)))
    return {tried.id: _entered(tried, "attempt", tried.unit_id, tried.tried_at, []) for tried in attempts}


def _addenda(ids: list[uuid.UUID]) -> dict[uuid.UUID, Doc]:
    found = sa.select(Addendum).where(Addendum.id.in_(ids)).options(joinedload(Addendum.visit))
    return {
        added.id: _entered(added, "addendum", added.visit.unit_id, added.written_at, []) | {"of": str(added.visit_id)}
        for added in db.session.scalars(found)
    }


def _corrections(ids: list[uuid.UUID]) -> dict[uuid.UUID, Doc]:
    return {
        noted.id: _entered(noted, "correction", noted.unit_id, noted.noted_at, []) | {"correction": _decided(noted)}
        for noted in corrections_by_id(ids).values()
    }


def _decided(noted: FileCorrection) -> Doc:
    """Where a correction stands; once it is decided by whom, when, why, and what was written instead."""
    doc: Doc = {"about": noted.about.value, "state": noted.state.value}
    if noted.decided_at is not None:
        doc |= {
            "by": noted.decided_by.name if noted.decided_by else "",
            "at": isoformat(noted.decided_at),
            "reason": noted.reason,
        }
    if noted.state is Standing.CHANGED:
        doc["taken"] = noted.taken or {}
    return doc


def _readings(ids: list[uuid.UUID]) -> dict[uuid.UUID, Doc]:
    """What an officer has read of the briefing: on each of their tablets it is not new any more."""
    found = sa.select(BriefingReading).where(BriefingReading.id.in_(ids)).options(selectinload(BriefingReading.marks))
    return {
        reading.id: {
            "op_id": str(reading.operation_id),
            "visit_id": str(reading.id),
            "kind": "briefing",
            "unit_id": "",
            "number": "",
            "receipt": "",
            "complete": True,
            "missing": [],
            "at": isoformat(reading.read_at),
            "read": sorted((_read(mark) for mark in reading.marks), key=lambda read: read["id"]),
        }
        for reading in db.session.scalars(found)
    }


def _read(mark: BriefingMark) -> Doc:
    return {"id": str(mark.item_id), "version": mark.version}


def _inspections(ids: list[uuid.UUID]) -> dict[uuid.UUID, Doc]:
    inspections = db.session.scalars(sa.select(Inspection).where(Inspection.id.in_(ids))).all()
    missing = _still_missing([one.id for one in inspections])
    return {
        one.id: _entered(one, "inspection", None, one.noticed_at, missing[one.id])
        | {"where": {locale: one.where(locale) for locale in ("zh", "en")}}
        for one in inspections
    }


def _entered(record: Record, kind: str, unit_id: uuid.UUID | None, at: datetime, missing: list[str]) -> Doc:
    return {
        "op_id": str(record.operation_id),
        "visit_id": str(record.id),
        "kind": kind,
        "unit_id": str(unit_id or ""),
        "number": record.number,
        "receipt": record.receipt_number or "",
        "complete": not missing,
        "missing": missing,
        "at": isoformat(at),
    }


def _kept(operation: Operation) -> Doc:
    """What is told of an operation that was not entered, as far as it can be read.

    Nobody read on arrival what came too new for this server, or from a tablet that was withdrawn: nothing is said about
    its photos, whichever version serves by now. Only what writes to the journal may change a document.
    """
    contents = contents_of(operation)
    read_on_arrival = operation.status != HELD and operation.code != REVOKED
    here = photos_here(contents.sealed)
    missing = [sealed for sealed in contents.sealed if sealed not in here] if read_on_arrival else []
    return {
        "op_id": str(operation.op_id),
        "visit_id": str(operation.entity_id or operation.op_id),
        "kind": _KINDS.get(operation.kind, "visit"),
        "unit_id": str(contents.unit_id or ""),
        "number": contents.number,
        "receipt": "",
        "complete": read_on_arrival and contents.body is not None and not missing,
        "missing": missing,
        "at": isoformat(contents.text.at if contents.text else operation.received_at),
    }


def _told(operations: dict[uuid.UUID, Operation], decisions: dict[uuid.UUID, Decision]) -> dict[uuid.UUID, Doc]:
    """Operation → where it stands, and what was decided last."""
    people = names({decided.by_id for decided in decisions.values() if decided.by_id})
    told: dict[uuid.UUID, Doc] = {}
    for op_id, operation in operations.items():
        decided = decisions.get(op_id)
        last = (decided.outcome, decided.code) if decided else (None, "")
        where = standing(operation.status, operation.code, *last)
        told[op_id] = {"status": TOLD[where], "entered": where in IN_EFFECT}
        if decided:
            told[op_id]["decided"] = {
                "at": isoformat(decided.at),
                "by": people.get(decided.by_id, "") if decided.by_id else "",
                "outcome": decided.outcome.value,
                "note": decided.note,
            }
    return told


def _operations(ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Operation]:
    wanted = list(ids)
    found = sa.select(Operation).where(Operation.op_id.in_(wanted))
    return {operation.op_id: operation for operation in db.session.scalars(found)} if wanted else {}


def _still_missing(record_ids: list[uuid.UUID]) -> dict[uuid.UUID, list[str]]:
    missing: dict[uuid.UUID, list[str]] = defaultdict(list)
    if not record_ids:
        return missing
    photos = sa.select(Photo).where(Photo.record_id.in_(record_ids), Photo.arrived_at.is_(None)).order_by(Photo.sealed)
    for photo in db.session.scalars(photos):
        missing[photo.record_id].append(photo.sealed)
    return missing
