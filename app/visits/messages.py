"""What a tablet says about a visit, an attempt, an addendum or an inspection: bodies of its operations."""

import uuid
from datetime import date
from typing import Annotated, Any

from pydantic import AfterValidator, Field

from app.issues.rules import Answer, Urgency
from app.signatures.messages import Count, Message, Moment, Name, Sha256, Text
from app.visits.rules import Method, Outcome, Rating, Relation, Unsigned

Sentence = Annotated[str, Field(min_length=1, max_length=4000)]
Number = Annotated[str, Field(pattern=r"^T[0-9]{2,}-[0-9]{4,}$", max_length=20)]


def _with_somebody(method: Method) -> Method:
    if method is Method.INSPECTION:
        raise ValueError("nobody is met on an inspection")
    return method


Meeting = Annotated[Method, AfterValidator(_with_somebody)]
"""A method by which somebody is met, or was tried to be."""


class Interviewee(Message):
    """Who answered at the door."""

    name: Name
    relation: Relation
    person_id: uuid.UUID | None = None


class Script(Message):
    """What the officer said at the door (R06)."""

    introduced: bool
    purpose: bool
    recent_work: bool
    measures: bool


class AnswerGiven(Message):
    """The owner's answer to a callback on an issue."""

    task_id: uuid.UUID
    issue_id: uuid.UUID
    round: Count
    answer: Answer
    reason: Text = ""


class PhotoTaken(Message):
    """A photo that follows: `sha256` names the picture, `sealed` the encrypted bytes that will be sent."""

    sha256: Sha256
    sealed: Sha256
    width: Count
    height: Count
    bytes: Count


class IssueRaised(Message):
    """One matter the owner raised: answered on the spot to their satisfaction, or promised an answer by a day."""

    id: uuid.UUID
    text: Sentence
    category: Annotated[str, Field(max_length=40)]
    urgency: Urgency
    answered: bool
    answer: Text = ""
    promised_on: date | None = None
    photos: Annotated[list[PhotoTaken], Field(max_length=60)] = Field(default_factory=list)


class NotSigned(Message):
    """Why the owner did not sign."""

    reason: Unsigned
    note: Text = ""


class VisitHeld(Message):
    """`visit.hold`, version 1: a whole visit in one operation."""

    number: Number
    unit_id: uuid.UUID
    method: Meeting
    started_at: Moment
    ended_at: Moment
    interviewee: Interviewee
    script: Script
    task_ids: Annotated[list[uuid.UUID], Field(max_length=50)]
    answers: Annotated[list[AnswerGiven], Field(max_length=50)]
    issues: Annotated[list[IssueRaised], Field(max_length=50)]
    wishes: Text
    rating: Rating
    statement: Annotated[str, Field(max_length=200_000)]
    signatures: Annotated[list[dict[str, Any]], Field(max_length=4)]
    unsigned: NotSigned | None = None


class AttemptRecorded(Message):
    """`attempt.record`, version 1: somebody knocked or rang, and nobody could be visited."""

    number: Number
    unit_id: uuid.UUID
    task_ids: Annotated[list[uuid.UUID], Field(max_length=50)]
    method: Meeting
    outcome: Outcome
    note: Text = ""
    tried_at: Moment


class VisitAppended(Message):
    """`visit.append`, version 2: a later fact to a visit. What was signed there stays as it is.

    `mends`: the act that sent the record back for want of it; version 1 knew of none.
    """

    visit_id: uuid.UUID
    number: Number
    text: Sentence
    written_at: Moment
    mends: uuid.UUID | None = None


class PlaceNamed(Message):
    """Where something was noticed: at a building by its name, or elsewhere in the estate; `place` in words."""

    building: Annotated[str, Field(max_length=20)] = ""
    entrance: Annotated[str, Field(max_length=20)] = ""
    floor: int | None = None
    place: Annotated[str, Field(max_length=120)] = ""


class InspectionRecorded(Message):
    """`inspection.record`, version 1: an issue without an owner, noticed on the way (R03)."""

    number: Number
    estate_id: uuid.UUID
    issue_id: uuid.UUID
    where: PlaceNamed
    text: Sentence
    category: Annotated[str, Field(max_length=40)]
    urgency: Urgency
    photos: Annotated[list[PhotoTaken], Field(max_length=60)] = Field(default_factory=list)
    noticed_at: Moment
