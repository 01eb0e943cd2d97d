"""What a tablet says about a visit, an attempt or an addendum: bodies of its operations."""

import uuid
from datetime import date
from typing import Annotated, Any

from pydantic import Field

from app.issues.rules import Answer, Urgency
from app.signatures.messages import Count, Message, Moment, Name, Sha256, Text
from app.visits.rules import Method, Outcome, Rating, Relation, Unsigned

Sentence = Annotated[str, Field(min_length=1, max_length=4000)]
Number = Annotated[str, Field(pattern=r"^T[0-9]{2,}-[0-9]{4,}$", max_length=20)]


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


class VersionRead(Message):
    """A line of the briefing, in the version that was on the screen."""

    id: uuid.UUID
    version: Annotated[int, Field(ge=1, le=100_000)]


class ToldAtDoor(Message):
    """What the owner was told of recent work and measures (R06): lines of the briefing, and issues of their own."""

    lines: Annotated[list[VersionRead], Field(max_length=100)] = Field(default_factory=list)
    issues: Annotated[list[uuid.UUID], Field(max_length=100)] = Field(default_factory=list)


class VisitHeld(Message):
    """`visit.hold`, version 2: a whole visit in one operation. Version 1 did not say what in particular was told."""

    number: Number
    unit_id: uuid.UUID
    method: Method
    started_at: Moment
    ended_at: Moment
    interviewee: Interviewee
    script: Script
    told: ToldAtDoor
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
    method: Method
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


class BriefingRead(Message):
    """`briefing.read`, version 1: an officer has read what the tablet showed of the briefing (R05, R06)."""

    estate_id: uuid.UUID
    items: Annotated[list[VersionRead], Field(min_length=1, max_length=500)]
    read_at: Moment
