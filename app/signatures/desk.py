"""Signatures drawn in the office under what is on the page. The caller commits."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from app.core.clock import isoformat
from app.core.db import db
from app.core.errors import Outdated, Refused
from app.core.i18n import _
from app.core.ids import new_id
from app.people.models import Staff
from app.signatures.messages import Ink
from app.signatures.models import DeskSignature
from app.signatures.rules import How, canonical, enough_ink, sha256_hex

CONSENT_VERSION = 1


@dataclass(frozen=True)
class Signing:
    """A hand under a page: SHA-256 of the contents that the page showed, the ink, and the words above the field."""

    shown: str
    ink: Ink
    consent: str
    locale: str


def read_ink(text: str) -> Ink:
    """The ink in a field of a form. Raises Refused without enough of it for a signature."""
    try:
        ink = Ink.model_validate_json(text)
    except ValidationError as error:
        raise Refused("signature:missing", _("Please sign in the field.")) from error
    if not enough_ink(ink.strokes, How.SIGNED):
        raise Refused("signature:too_little_ink", _("There is too little ink for a signature."))
    return ink


def digest_of(contents: dict[str, Any]) -> str:
    """SHA-256 of what a page shows, by which a signature names it."""
    return sha256_hex(canonical(contents))


def sign_at_desk(
    contents: dict[str, Any],
    signing: Signing,
    *,
    estate_id: uuid.UUID,
    subject_id: uuid.UUID,
    act: dict[str, Any],
    act_id: uuid.UUID,
    signer: Staff,
    at: datetime,
) -> DeskSignature:
    """Keep a signature under `contents` as they stand now; `act`: what was done in which function, with which words.

    Raises Outdated if the page had shown something else.
    """
    if digest_of(contents) != signing.shown:
        raise Outdated("signature:other_contents", _("What you were about to sign has changed. Please read it again."))
    ink = canonical(signing.ink.model_dump(mode="json"))
    signed = {
        "v": 1,
        "contents": contents,
        "act": act,
        "consent": {"version": CONSENT_VERSION, "text": signing.consent},
        "ink_sha256": sha256_hex(ink),
        "locale": signing.locale,
        "signer": {"staff_id": str(signer.id), "name": signer.name},
        "signed_at": isoformat(at),
    }
    text = canonical(signed)
    kept = DeskSignature(
        id=new_id(),
        estate_id=estate_id,
        subject_id=subject_id,
        act_id=act_id,
        staff_id=signer.id,
        signer_name=signer.name,
        text=text.decode(),
        sha256=sha256_hex(text),
        ink=ink.decode(),
        signed_at=at,
    )
    db.session.add(kept)
    return kept
