"""What stands on a printed sheet, gathered before anything is drawn: what all have, and form 11 with form 1's facts."""

import re
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from app.documents.plain import NO_TEXT

Language = Literal["zh", "en"]

Point = tuple[int, int, int, int]
"""x and y in tenths of a CSS pixel, pressure 0 to 1000, milliseconds since the first point."""

Stroke = tuple[Point, ...]


@dataclass(frozen=True)
class Bilingual:
    """Words that a setting or a table gives in both languages."""

    zh: str
    en: str


@dataclass(frozen=True)
class Estate:
    """Whose paper it is. `objection_days`: how long an owner can object after signing; `forms`: what each is called."""

    name: str
    company: str
    phone: str
    time_zone: str
    title: Bilingual
    objection_days: int
    forms: tuple[tuple[str, Bilingual], ...]

    def form(self, name: str) -> Bilingual:
        """What a form is called here; the visit record is `title`."""
        return dict(self.forms)[name]


@dataclass(frozen=True)
class Enclosed:
    """A text that travels in the PDF, and the SHA-256, in hex, that it has to have."""

    name: str
    text: str
    sha256: str
    at: datetime


@dataclass(frozen=True)
class ChainHead:
    """A closed day of the estate's journal and its hash, in hex: everything up to it stands in the chain."""

    day: date
    sha256: str


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """
    What every printed form has. Moments are aware; they are printed in the estate's time zone.

    `number` names this paper on each of its pages. A form is a dataclass beside this one, a gatherer, a template that
    extends `form.html`, and a row in `FORMS`.
    """

    languages: tuple[Language, ...]
    estate: Estate
    number: str
    printed_at: datetime
    verification_url: str = ""

    @property
    def enclosed(self) -> Enclosed | None:
        """The text that travels in the PDF, if one does."""
        return None


@dataclass(frozen=True)
class Interviewee:
    """Who was spoken to. `relation`: owner, spouse, family, tenant or other."""

    name: str
    relation: str


@dataclass(frozen=True)
class Callback:
    """What the owner said about an earlier issue. `answer`: a value of `Answer`, with the reason in words.

    `told`: what the answer is to, where that is no work done: explained, new_date, closed, carried_over or
    closed_unsatisfied, with the words and days that were shown. `done_on`: when the work of an order was done.
    """

    number: str
    text: str
    round: int
    measure: str
    answer: str
    reason: str
    told: str = ""
    words: str = ""
    for_now: bool = False
    from_on: date | None = None
    to_on: date | None = None
    on: date | None = None
    done_on: date | None = None


@dataclass(frozen=True)
class Issue:
    """What the owner raised at this visit, as it stood when it was signed."""

    n: int
    text: str
    category: str
    department: str
    answered: bool
    answer: str
    promised_on: date | None
    complaint: str = ""
    """Its grade, if it is one."""


@dataclass(frozen=True)
class Asked:
    """One question of a survey, about whom, and the chosen level, a value of `Level`; "" where nothing was said."""

    department: str
    text: str
    level: str


@dataclass(frozen=True)
class Surveyed:
    """What became of a survey's sheet at a visit, as its owner read it.

    `act`, `filled`, `overall`: values of their enums, "" for nothing. `purpose`, `key_items`: what was told at the
    door. `signed_name`: what a sheet of paper bears, "" for no name; `signed_relation`: what that person is to the
    owner, "" where it was not said. `welcome`: of a callback, yes, no or "".
    `opinions`: department and words.
    """

    number: str
    title: str
    act: str
    purpose: str
    key_items: tuple[str, ...]
    collect_at: datetime | None
    filled: str
    signed_name: str
    signed_relation: str
    asked: tuple[Asked, ...]
    opinions: tuple[tuple[str, str], ...]
    overall: str
    welcome: str
    reason: str


@dataclass(frozen=True)
class Photo:
    """A photo of issue `n`, of a survey's sheet, or of how the work on an earlier issue has become (0).

    `image`: JPEG or PNG; None while it is on its way, or if it `arrived` and is no picture.
    """

    n: int
    sha256: str
    image: bytes | None
    arrived: bool
    of_sheet: bool = False


@dataclass(frozen=True)
class Signature:
    """
    How one person confirmed the sheet, or why not.

    `role`: owner, officer or witness. `how`: signed, mark, phone, refused or cannot_write. `canvas`: width and
    height in CSS pixels. Strokes are empty where nothing was signed; `reason` then says why. `under`: the
    words that a witness signed under.
    """

    role: str
    signer: str
    relation: str
    how: str
    signed_at: datetime | None
    strokes: tuple[Stroke, ...] = field(default=(), metadata=NO_TEXT)
    canvas: tuple[int, int] = (0, 0)
    pointer: str = ""
    reason: str = ""
    witness: str = ""
    read_aloud: bool = False
    under: str = ""


@dataclass(frozen=True)
class Entry:
    """One line of an issue's history: what happened, how in both languages, in whose words, who did it."""

    at: datetime
    what: Bilingual
    who: str
    round: int
    note: str
    detail: Bilingual | None = None


@dataclass(frozen=True)
class Progress:
    """How an issue stands at the moment of printing, and how it came there."""

    number: str
    text: str
    state: Bilingual
    settled: bool
    round: int
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class Statement:
    """The frozen text that was shown and signed, with its SHA-256 in hex. `locale`: the language it was read in."""

    text: str
    sha256: str
    locale: Language


@dataclass(frozen=True, kw_only=True)
class SignOffSheet(Sheet):
    """
    Everything on the sheet. All but `progress` and `receipt` comes from the frozen statement and its signatures.

    `number` is the tablet's, `receipt` the office's ("" until received). `method`: door, phone or inspection. `rating`:
    satisfied, basic, dissatisfied or none.
    """

    receipt: str
    unit: str
    date: date
    started_at: datetime | None
    method: str
    officer: str
    interviewee: Interviewee
    callbacks: tuple[Callback, ...]
    issues: tuple[Issue, ...]
    photos: tuple[Photo, ...]
    wishes: str
    rating: str
    consent: str
    signatures: tuple[Signature, ...]
    progress: tuple[Progress, ...]
    statement: Statement
    surveys: tuple[Surveyed, ...] = ()

    @property
    def owner_signed(self) -> bool:
        """Whether the owner did: `consent` is theirs alone, a witness signed under other words."""
        return any(signature.role == "owner" and signature.strokes for signature in self.signatures)

    @property
    def enclosed(self) -> Enclosed:
        """The signed text, as of the last signature under it."""
        signed = [signature.signed_at for signature in self.signatures if signature.signed_at]
        return Enclosed(
            name=f"statement-{re.sub(r'[^A-Za-z0-9-]', '_', self.number)}.json",
            text=self.statement.text,
            sha256=self.statement.sha256,
            at=max(signed, default=self.printed_at),
        )
