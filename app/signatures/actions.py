"""Keeping statements and signatures: everything a tablet claims is computed again. The caller commits."""

import json
import uuid
from datetime import datetime

from pydantic import ValidationError

from app.core import ahead, journal
from app.core.db import db
from app.core.errors import Refused
from app.core.i18n import _
from app.people.models import Device
from app.people.tablets import stands_again
from app.signatures.messages import Evidence, RawEvidence, StatementText
from app.signatures.models import Signature, Statement
from app.signatures.rules import canonical, enough_ink, seal_covers, sealed_part, sha256_hex


def read_statement(text: str) -> StatementText:
    """The statement in a text that must be its canonical form. Raises Refused, code `statement:…`."""
    try:
        value = json.loads(text)
        if canonical(value) != text.encode():
            raise Refused("statement:not_canonical", _("The signed summary was not written in its one agreed form."))
        return StatementText.model_validate_json(text)
    except (ValueError, RecursionError) as error:
        detail = error.errors(include_input=False) if isinstance(error, ValidationError) else str(error)
        raise Refused("statement:unreadable", _("The signed summary cannot be read."), error=str(detail)) from error


def read_evidence(raw: RawEvidence) -> Evidence:
    """One signature as the tablet sealed it. Raises Refused, code `signature:unreadable`."""
    try:
        return Evidence.model_validate(raw)
    except ValidationError as error:
        detail = str(error.errors(include_input=False, include_url=False))
        raise Refused("signature:unreadable", _("A signature cannot be read."), error=detail) from error


def keep_statement(
    text: str,
    statement: StatementText,
    signatures: list[tuple[Evidence, RawEvidence]],
    *,
    estate_id: uuid.UUID,
    record_id: uuid.UUID,
    device: Device,
    at: datetime,
) -> None:
    """Store a statement, as read from its text, with the signatures under it, each one verified.

    Raises Refused, code `signature:…`.
    """
    digest = sha256_hex(text.encode())
    parts = [sealed_part(raw) for _evidence, raw in signatures]
    hashes = [sha256_hex(part) for part in parts]
    for (evidence, _raw), part in zip(signatures, parts, strict=True):
        verify(evidence, part, digest, device)
    _linked([evidence for evidence, _raw in signatures], hashes)

    statement_id = ahead.insert(
        Statement,
        estate_id=estate_id,
        record_id=record_id,
        schema_version=statement.v,
        locale=statement.locale,
        text=text,
        sha256=digest,
        received_at=at,
    )
    for position, ((evidence, raw), own_hash) in enumerate(zip(signatures, hashes, strict=True)):
        _keep_signature(statement_id, estate_id, position, evidence, raw, own_hash)
        _signed_on(evidence, statement, device, at).chain_head = own_hash


def verify(evidence: Evidence, part: bytes, statement_sha256: str, device: Device) -> None:
    """Check one signature against statement and tablet; `part` is what its seal covers.

    Raises Refused with the code of what does not agree.
    """
    if evidence.statement != statement_sha256:
        raise Refused("signature:other_statement", _("The signature belongs to another summary."))
    if evidence.device_id != device.id and not _was(evidence.device_id, device):
        raise Refused("signature:other_device", _("The signature was made on another tablet."))
    if not enough_ink(evidence.ink.strokes, evidence.how):
        raise Refused("signature:too_little_ink", _("There is too little ink for a signature."))
    if not seal_covers(evidence.seal, part, device.key):
        raise Refused("signature:seal_broken", _("The tablet's seal does not match the signature."))


def _was(device_id: uuid.UUID, device: Device) -> bool:
    """Whether a tablet had this id when it signed: it was enrolled anew since, with its key.

    An id that is known for no tablet may have gone with a backup's loss: then the seal alone says that it was this one.
    """
    named = db.session.get(Device, device_id)
    return journal.came_back_as() is not None if named is None else named.key == device.key


def _signed_on(evidence: Evidence, statement: StatementText, device: Device, at: datetime) -> Device:
    """The tablet as it was enrolled when it signed."""
    if evidence.device_id == device.id:
        return device
    named = db.session.get(Device, evidence.device_id)
    return named or stands_again(evidence.device_id, statement.visit.number.partition("-")[0], device, at=at)


def _linked(signatures: list[Evidence], hashes: list[str]) -> None:
    """Each signature of a visit names the one before. What came before the first may still be on its way."""
    for before, after in zip(hashes, signatures[1:], strict=False):
        if after.prev != before:
            raise Refused("signature:chain_broken", _("The signatures of this visit do not follow one another."))


def _keep_signature(
    statement_id: uuid.UUID, estate_id: uuid.UUID, position: int, evidence: Evidence, raw: RawEvidence, own_hash: str
) -> None:
    ahead.insert(
        Signature,
        statement_id=statement_id,
        estate_id=estate_id,
        position=position,
        role=evidence.role,
        how=evidence.how,
        signer_name=evidence.signer.name,
        relation=evidence.signer.relation,
        person_id=evidence.signer.person_id,
        staff_id=evidence.signer.staff_id,
        witness=evidence.witness,
        evidence=canonical(raw).decode(),
        evidence_sha256=own_hash,
        previous=evidence.prev,
        device_id=evidence.device_id,
        signed_at=evidence.signed_at,
    )
