"""What is asked about statements and signatures."""

import json
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from app.core.db import db
from app.people.models import Device
from app.signatures.models import Signature, Statement
from app.signatures.rules import seal_holds, sha256_hex


def statement_of(record_id: uuid.UUID) -> Statement | None:
    """What was signed at a visit, with its signatures; nothing if it was not signed."""
    found = sa.select(Statement).where(Statement.record_id == record_id).options(selectinload(Statement.signatures))
    return db.session.scalars(found).first()


def statement_by_hash(sha256: str) -> Statement | None:
    """What was signed under this hash."""
    found = sa.select(Statement).where(Statement.sha256 == sha256).options(selectinload(Statement.signatures))
    return db.session.scalars(found).first()


def still_agrees(statement: Statement) -> bool:
    """Whether text, hash, every signature and the tablets' seals still agree, all computed anew."""
    if sha256_hex(statement.text.encode()) != statement.sha256:
        return False
    return all(_signature_agrees(signature, statement.sha256) for signature in statement.signatures)


def _signature_agrees(signature: Signature, statement_sha256: str) -> bool:
    device = db.session.get(Device, signature.device_id)
    raw = json.loads(signature.evidence)
    return device is not None and raw["statement"] == statement_sha256 and seal_holds(raw, device.key)
