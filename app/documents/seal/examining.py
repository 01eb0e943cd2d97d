"""Examines a printed paper: whether its seal, the text in it, the signatures and the stored record agree; what not."""

from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from flask import current_app
from pydantic import BaseModel, ValidationError

from app.core.chain import day_of_hash
from app.core.db import db
from app.core.errors import Busy, Words
from app.core.i18n import lazy_
from app.core.json_size import count_values
from app.documents.seal.apart import read_apart
from app.documents.seal.read_back import PaperRead, SealRead
from app.documents.seal.seals import known_seals, names_on
from app.estates.models import Estate
from app.signatures.messages import StatementText
from app.signatures.models import Signature, Statement
from app.signatures.queries import Broken, statement_by_hash, what_is_broken
from app.signatures.rules import Breach, sha256_hex
from app.visits.agreement import Difference, RecordPart, what_differs
from app.visits.models import Visit

MOST_VALUES = 20_000
"""Values in a text that we never had signed; one of ours has some hundred."""
LONGEST_HEAD = 1_000
"""Signs of a head as JSON; ours has some 150."""


@dataclass(frozen=True)
class Signed:
    """Who put their name under it, and when."""

    name: str
    role: str
    how: str
    at: datetime


class HeadOnPaper(BaseModel):
    """The head of the journal that stands on the paper of an archived record."""

    record: str
    day: date
    sha256: str


@dataclass(frozen=True)
class Examined:
    """`wrong`: every thing that does not agree, in words; nothing if it is as it was printed and signed."""

    wrong: tuple[Words, ...]
    seal: SealRead | None = None
    sha256: str = ""
    text: StatementText | None = None
    signed: tuple[Signed, ...] = field(default=())
    zone: str = "UTC"
    head: HeadOnPaper | None = None

    def local(self, at: datetime) -> str:
        """A moment as it was where the estate stands."""
        return f"{at.astimezone(ZoneInfo(self.zone)):%Y-%m-%d %H:%M}"


def examine(pdf: bytes) -> Examined:
    """Look at a paper as it is, whoever brings it. Raises Busy, and nothing else: trouble is a failed verification."""
    try:
        paper = _read(pdf, known_seals())
        seal, text, head = paper.seal, paper.statement, _head(paper.head)
    except Busy:
        raise
    except Exception as error:  # noqa: BLE001 - the libraries raise whatever comes of a broken file
        current_app.logger.info("verify: unreadable %r", error)
        return Examined((lazy_("This file cannot be read as a sealed PDF."),))
    wrong = _of_the_seal(seal)
    if text is None and not wrong:
        # A form without a signed text; the seal shows that none was taken out.
        return Examined(tuple(_of_a_head(head)), seal, head=head)
    if text is None:
        return Examined((*wrong, lazy_("The signed text is not in the file.")), seal)
    sha256 = sha256_hex(text.encode())
    kept = statement_by_hash(sha256)
    read = _read_text(text) if kept is not None or count_values(text.encode()) < MOST_VALUES else None
    if read is None:
        return Examined((*wrong, lazy_("The signed text in the file cannot be read.")), seal, sha256)
    if kept is None:
        words = lazy_("The office holds nothing that was signed under this text.")
        return Examined((*wrong, words), seal, sha256, read)
    wrong += [_of_a_breach(broken) for broken in what_is_broken(kept)]
    wrong += [_of_a_difference(difference) for difference in _differences(kept, read)]
    zone = db.session.get_one(Estate, kept.estate_id).time_zone
    return Examined(tuple(wrong), seal, sha256, read, tuple(_signed(one) for one in kept.signatures), zone)


def _read(pdf: bytes, known: list[bytes]) -> PaperRead:
    """What bears our seal over all its bytes is read here, at once; anything else could be anything: apart."""
    from app.documents.seal.detached import is_sealed_by  # noqa: PLC0415 - a second, for who verifies alone
    from app.documents.seal.reading import read_paper  # noqa: PLC0415

    return read_paper(pdf, known) if is_sealed_by(pdf, known) else read_apart(pdf, known)


def _read_text(text: str) -> StatementText | None:
    try:
        return StatementText.model_validate_json(text)
    except ValidationError:
        return None


def _head(text: str | None) -> HeadOnPaper | None:
    """The head that stands on it. Raises ValueError for a text that is none."""
    if text and len(text) > LONGEST_HEAD:
        raise ValueError("a head that is too long")
    return HeadOnPaper.model_validate_json(text) if text else None


def _of_a_head(head: HeadOnPaper | None) -> list[Words]:
    """A day that the chain does not hold any more was cut off, or closed anew."""
    kept = day_of_hash(head.sha256) if head else None
    if head is None or (kept is not None and kept.day == head.day):
        return []
    day = head.day.isoformat()
    return [lazy_("The fingerprint that stands on it, of %(day)s, is not in our journal.", day=day)]


def _of_the_seal(seal: SealRead | None) -> list[Words]:
    if seal is None:
        return [lazy_("The file bears no seal.")]
    wrong: list[Words] = []
    if not seal.whole:
        wrong.append(lazy_("The file was changed after it was sealed."))
    if not seal.ours and seal.by in names_on(known_seals()):
        wrong.append(lazy_("The seal bears the name %(name)s, but was not made with this company's key.", name=seal.by))
    elif not seal.ours:
        wrong.append(lazy_("The seal is not this company's, but that of %(name)s.", name=seal.by or "–"))
    return wrong


def _differences(kept: Statement, read: StatementText) -> list[Difference]:
    visit = db.session.get(Visit, kept.record_id)
    return what_differs(visit, read) if visit is not None else [Difference(RecordPart.VISIT)]


def _of_a_breach(broken: Broken) -> Words:
    name = broken.by.signer_name if broken.by else ""
    words: dict[Breach, Words] = {
        Breach.TEXT: lazy_("The text that the office holds is another than was signed."),
        Breach.OTHER_STATEMENT: lazy_("The signature of %(name)s was given under another text.", name=name),
        Breach.SEAL: lazy_("The signature of %(name)s is another than the tablet sealed.", name=name),
        Breach.ROW: lazy_("Who signed, how or when is written down otherwise than sealed: %(name)s.", name=name),
        Breach.ORDER: lazy_("The signature of %(name)s does not follow the one before it.", name=name),
    }
    return words[broken.what]


def _of_a_difference(difference: Difference) -> Words:
    n = difference.n
    words: dict[RecordPart, Words] = {
        RecordPart.VISIT: lazy_("The record of the visit says something else than was signed."),
        RecordPart.ISSUE: lazy_("Issue %(n)s of the record says something else than was signed.", n=n),
        RecordPart.CALLBACK: lazy_("Answer %(n)s of the record says something else than was signed.", n=n),
        RecordPart.SURVEY: lazy_("Survey %(n)s of the record says something else than was signed.", n=n),
        RecordPart.PHOTO: lazy_("Photo %(n)s of the record is another than was signed.", n=n),
        RecordPart.SIGNATURE: lazy_("A signature that was given is missing."),
        RecordPart.WORDS: lazy_("Wishes or rating in the record are others than were signed."),
    }
    return words[difference.part]


def _signed(signature: Signature) -> Signed:
    return Signed(signature.signer_name, signature.role.value, signature.how.value, signature.signed_at)
