"""What was signed at a visit, as pages show it: the ink, who and when, and whether everything still agrees."""

import json
import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from markupsafe import Markup

from app.core.db import db
from app.core.errors import Words
from app.core.i18n import lazy_
from app.documents.ink import drawn, ink_svg
from app.office.words import RELATIONS, WITNESSES
from app.people.models import Device
from app.signatures.models import Signature, Statement
from app.signatures.queries import statement_of, still_agrees
from app.signatures.rules import How, SignerRole
from app.visits.rules import Relation

_ROLES: dict[SignerRole, Words] = {
    SignerRole.OWNER: lazy_("Owner"),
    SignerRole.OFFICER: lazy_("Officer"),
    SignerRole.WITNESS: lazy_("Witness"),
}


@dataclass(frozen=True)
class Signed:
    """One signature. `relation` is blank for staff, `witness` unless a mark was made.

    `under`: the words that a witness signed under; blank for everybody else, who signed the whole.
    """

    role: Words
    name: str
    relation: Words | str
    marked: bool
    witness: str
    at: datetime
    device: str
    ink: Markup
    under: str = ""


@dataclass(frozen=True)
class Sheet:
    """What was shown and signed. `agrees`: text, hash, signatures and seals, all computed anew just now."""

    sha256: str
    locale: str
    agrees: bool
    by_owner: list[Signed]
    by_others: list[Signed]

    @property
    def short(self) -> str:
        """The beginning of the hash, as somebody reads it out: `9f3c 1a77`."""
        return f"{self.sha256[:4]} {self.sha256[4:8]}"


def sheet_of(visit_id: uuid.UUID) -> Sheet | None:
    """The signed sheet of a visit; nothing if there is none."""
    statement = statement_of(visit_id)
    return _sheet(statement) if statement else None


def _sheet(statement: Statement) -> Sheet:
    owners = [kept for kept in statement.signatures if kept.role is SignerRole.OWNER]
    others = [kept for kept in statement.signatures if kept.role is not SignerRole.OWNER]
    return Sheet(
        sha256=statement.sha256,
        locale=statement.locale,
        agrees=still_agrees(statement),
        by_owner=[_signed(kept) for kept in owners],
        by_others=[_signed(kept, _witnessed(kept, statement)) for kept in others],
    )


def _witnessed(kept: Signature, statement: Statement) -> str:
    said = json.loads(statement.text).get("unsigned") if kept.role is SignerRole.WITNESS else None
    return str(said["words"]) if said else ""


def _signed(kept: Signature, under: str = "") -> Signed:
    device = db.session.get(Device, kept.device_id)
    return Signed(
        role=_ROLES[kept.role],
        name=kept.signer_name,
        relation=_relation(kept),
        marked=kept.how is How.MARK,
        witness=kept.witness,
        at=kept.signed_at,
        device=device.code if device else "",
        ink=drawing(json.loads(kept.evidence)["ink"]),
        under=under,
    )


def _relation(kept: Signature) -> Words | str:
    if kept.role is SignerRole.WITNESS:
        known_as = {one.value: words for one, words in WITNESSES.items()}.get(kept.relation)
        return lazy_("witness, %(who)s", who=known_as) if known_as else ""
    known = {relation.value for relation in Relation}
    return RELATIONS[Relation(kept.relation)] if kept.relation in known and kept.staff_id is None else ""


def drawing(ink: dict[str, Any]) -> Markup:
    """Ink as it is kept, as a drawing."""
    strokes = tuple(tuple((x, y, pressure, ms) for x, y, pressure, ms in stroke) for stroke in ink["strokes"])
    canvas = (ink["canvas"]["width"], ink["canvas"]["height"])
    return Markup(ink_svg(drawn(strokes, canvas)))  # noqa: S704 - numbers alone, drawn by us
