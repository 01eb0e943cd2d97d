"""Statement and evidence as a tablet sends them (version 1 of both)."""

import uuid
from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

from app.signatures.rules import How, SignerRole

Moment = Annotated[AwareDatetime, Field(ge=datetime(1900, 1, 1, tzinfo=UTC), lt=datetime(9000, 1, 1, tzinfo=UTC))]
"""By a tablet's clock, which may be far off; within what can be kept in every time zone."""
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


def _keepable(text: str) -> str:
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}")


Keepable = AfterValidator(_keepable)
"""No PostgreSQL keeps NUL, which older tablets send where somebody pasted it: it is read as newer ones send it."""
Text = Annotated[str, Field(max_length=4000), Keepable]
Composed = Annotated[str, Field(max_length=12_000), Keepable]
"""What a tablet puts together of several texts, each within what its own field takes."""
Name = Annotated[str, Field(min_length=1, max_length=120), Keepable]
Whole = Annotated[int, Field(strict=True, ge=-(2**31), le=2**53 - 1)]
Count = Annotated[int, Field(strict=True, ge=0, le=2**31 - 1)]
"""A number that a column of the database holds."""


def _a_day(text: str) -> str:
    if text and date.fromisoformat(text).isoformat() != text:
        raise ValueError("a day is written as 2026-11-23")
    return text


Day = Annotated[str, AfterValidator(_a_day)]
"""`2026-11-23`, or blank for no day."""


class Message(BaseModel):
    """What comes from a tablet: no field that we do not know, nothing coerced by surprise."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Ink(Message):
    """Strokes of points `[x, y, pressure, ms]`: tenths of a CSS pixel, 0 to 1000, since the first point."""

    class Canvas(Message):
        """CSS pixels, and the device's pixel ratio times 100."""

        width: Annotated[Whole, Field(gt=0, le=10_000)]
        height: Annotated[Whole, Field(gt=0, le=10_000)]
        ratio: Annotated[Whole, Field(gt=0, le=2_000)]

    canvas: Canvas
    pointer: Literal["pen", "touch", "mouse"]
    strokes: Annotated[
        list[Annotated[list[Annotated[list[Whole], Field(min_length=4, max_length=4)]], Field(max_length=20_000)]],
        Field(max_length=500),
    ]


class Signer(Message):
    """Who signed, and how they relate to the unit."""

    name: Name
    relation: Annotated[str, Field(max_length=20)]
    person_id: uuid.UUID | None = None
    staff_id: uuid.UUID | None = None


class Evidence(Message):
    """One signature: the hash of what was shown, the ink, who and when, the tablet's chain and its seal."""

    v: Literal[1]
    role: SignerRole
    statement: Sha256
    how: How
    signer: Signer
    ink: Ink
    witness: Annotated[str, Field(max_length=120), Keepable] = ""
    read_aloud: bool = False
    shown_at: Moment
    end_seen_at: Moment
    signed_at: Moment
    device_id: uuid.UUID
    app_version: Annotated[str, Field(max_length=40)]
    prev: Sha256
    seal: Annotated[str, Field(max_length=200)]


MANY = Field(max_length=5_000)
"""More than stands on any screen: of a text that is made up, no more is read than so many that are wrong."""


class StatementText(Message):
    """Version 1 of what is on the owner's screen. Only strings, whole numbers, booleans, lists and objects."""

    class Estate(Message):
        id: uuid.UUID
        name: Name
        company: Name
        phone: Text

    class UnitShown(Message):
        id: uuid.UUID
        label: Name

    class VisitShown(Message):
        id: uuid.UUID
        number: Name
        date: date
        started_at: Moment
        method: str

    class Officer(Message):
        id: uuid.UUID
        name: Name

    class Interviewee(Message):
        name: Name
        relation: str

    class ToldShown(Message):
        """What the answer is to, where that is no work done: an explanation, another date, or the end of an issue."""

        what: Literal["explained", "new_date", "closed", "carried_over", "closed_unsatisfied"]
        words: Text
        cannot: str = ""
        from_on: Day = ""
        to_on: Day = ""
        on: Day = ""

    class CallbackShown(Message):
        issue_id: uuid.UUID | None = None
        order_id: uuid.UUID | None = None
        number: str
        text: Text
        round: Whole
        measure: Composed
        answer: str
        reason: Text
        told: "StatementText.ToldShown | None" = None
        done_on: Day = ""
        """When a work order was done; earlier apps wrote that day at the end of `measure`."""

    class ComplaintShown(Message):
        nature: str
        grade: str

    class IssueShown(Message):
        id: uuid.UUID
        n: Whole
        text: Text
        category: str
        department: str
        answered: bool
        answer: Text
        promised_on: Day
        complaint: "StatementText.ComplaintShown | None" = None

    class SurveyQuestionShown(Message):
        """`level`: blank where the owner said nothing to it."""

        id: uuid.UUID
        department: Name
        text: Name
        level: str

    class SurveyOpinionShown(Message):
        department_id: uuid.UUID
        department: Name
        text: Text

    class SurveyShown(Message):
        """A survey's sheet, as its owner saw it: what was told and presented, what was agreed or answered.

        `collect_at`: a moment, or blank. `callback_welcome`: yes, no, or blank. Only a sheet that came back shows its
        questions; `signed`, `signed_name`, `signed_relation` are of the paper, the last only where it was said.
        """

        sheet_id: uuid.UUID
        survey_id: uuid.UUID
        number: Name
        title: Name
        act: str
        purpose_told: bool
        purpose: Composed
        key_items_told: bool
        key_items: Annotated[list[Text], MANY]
        collect_at: Moment | Literal[""]
        filled: str
        signed: bool
        signed_name: Annotated[str, Field(max_length=120), Keepable]
        signed_relation: str = ""
        questions: Annotated[list["StatementText.SurveyQuestionShown"], MANY]
        opinions: Annotated[list["StatementText.SurveyOpinionShown"], MANY]
        overall: str
        callback_welcome: str
        reason: Text

    class UnsignedShown(Message):
        """That the owner did not sign, and the words that a witness signs under."""

        reason: str
        note: Text
        words: Composed

    class PhotoShown(Message):
        """`issue_id`: what it shows, an issue or a survey's sheet."""

        sha256: Sha256
        issue_id: uuid.UUID

    class Consent(Message):
        version: Annotated[Whole, Field(ge=1)]
        text: Text

    schema_: Annotated[Literal["doorstep/statement"], Field(alias="schema")]
    v: Literal[1]
    template: Literal[1]
    locale: Literal["zh", "en"]
    estate: Estate
    unit: UnitShown
    visit: VisitShown
    officer: Officer
    interviewee: Interviewee
    callbacks: Annotated[list[CallbackShown], MANY]
    issues: Annotated[list[IssueShown], MANY]
    photos: Annotated[list[PhotoShown], MANY]
    wishes: Text
    rating: str
    consent: Consent
    unsigned: UnsignedShown | None = None
    surveys: Annotated[list[SurveyShown], MANY] = Field(default_factory=list)


RawEvidence = dict[str, Any]
"""Evidence as parsed JSON: the seal covers exactly what the tablet sent, so it is kept beside the typed form."""
