"""What is asked about statements and signatures."""

import json
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from app.core.db import db
from app.people.models import Device
from app.signatures.messages import Evidence
from app.signatures.models import DeskSignature, Signature, Statement
from app.signatures.rules import Breach, seal_holds, sealed_part, sha256_hex


def statement_of(record_id: uuid.UUID) -> Statement | None:
    """What was signed at a visit, with its signatures; nothing if it was not signed."""
    found = sa.select(Statement).where(Statement.record_id == record_id).options(selectinload(Statement.signatures))
    return db.session.scalars(found).first()


def statement_by_hash(sha256: str) -> Statement | None:
    """What was signed under this hash."""
    found = sa.select(Statement).where(Statement.sha256 == sha256).options(selectinload(Statement.signatures))
    return db.session.scalars(found).first()


def hashes_of(record_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Record → SHA-256 of what was signed at it, for those of these that were."""
    found = sa.select(Statement.record_id, Statement.sha256).where(Statement.record_id.in_(list(record_ids)))
    return {row.record_id: row.sha256 for row in db.session.execute(found)}


def texts_of(record_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Record → the text that was shown at it, for those of these that have one."""
    found = sa.select(Statement.record_id, Statement.text).where(Statement.record_id.in_(list(record_ids)))
    return {row.record_id: row.text for row in db.session.execute(found)}


def desk_signatures_under(subject_id: uuid.UUID) -> dict[uuid.UUID, DeskSignature]:
    """The signatures drawn in the office under a paper, by the act that each was drawn for."""
    found = sa.select(DeskSignature).where(DeskSignature.subject_id == subject_id)
    return {signed.act_id: signed for signed in db.session.scalars(found)}


def desk_signature_agrees(signed: DeskSignature) -> bool:
    """Whether the text still has the hash it was kept under, and names this ink."""
    ink = json.loads(signed.text)["ink_sha256"]
    return sha256_hex(signed.text.encode()) == signed.sha256 and sha256_hex(signed.ink.encode()) == ink


@dataclass(frozen=True)
class Broken:
    """A thing that no longer agrees. `by`: whose signature it is; nobody's for the text itself."""

    what: Breach
    by: Signature | None = None


def still_agrees(statement: Statement) -> bool:
    """Whether text, hash, every signature and the tablets' seals still agree, all computed anew."""
    return not what_is_broken(statement)


def what_is_broken(statement: Statement) -> list[Broken]:
    """Everything about a statement and its signatures that no longer agrees, all computed anew."""
    broken = [] if sha256_hex(statement.text.encode()) == statement.sha256 else [Broken(Breach.TEXT)]
    before = ""
    for signature in statement.signatures:
        if (breach := _breach(signature, statement.sha256)) is not None:
            broken.append(Broken(breach, signature))
        elif before and signature.previous != before:
            broken.append(Broken(Breach.ORDER, signature))
        before = signature.evidence_sha256
    return broken


def _breach(signature: Signature, statement_sha256: str) -> Breach | None:
    device = db.session.get(Device, signature.device_id)
    raw = json.loads(signature.evidence)
    if raw["statement"] != statement_sha256:
        return Breach.OTHER_STATEMENT
    if device is None or not seal_holds(raw, device.key) or sha256_hex(sealed_part(raw)) != signature.evidence_sha256:
        return Breach.SEAL
    evidence = Evidence.model_validate(raw)
    kept = (signature.role, signature.how, signature.signer_name, signature.relation, signature.witness)
    sealed = (evidence.role, evidence.how, evidence.signer.name, evidence.signer.relation, evidence.witness)
    if (*kept, signature.signed_at, signature.previous) != (*sealed, evidence.signed_at, evidence.prev):
        return Breach.ROW
    return None
