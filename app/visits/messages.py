"""What a tablet says of visits, attempts, addenda, inspections, owner files, the briefing: bodies of its operations."""

import uuid
from datetime import date
from typing import Annotated, Any, Self

from pydantic import AfterValidator, Field, model_validator

from app.estates.file_rules import OF_A_PERSON, PARTS, About
from app.issues.complaint_rules import Grade, Nature
from app.issues.rules import Answer, Urgency
from app.signatures.messages import Count, Keepable, Message, Moment, Name, Sha256, Text
from app.surveys.rules import Filled, Level
from app.visits.rules import Method, Outcome, Rating, Relation, SheetAct, Unsigned

MANY = Field(max_length=500)
"""More than anybody writes down at one door: a tablet counts nothing, and what is above could never be entered."""
Sentence = Annotated[str, Field(min_length=1, max_length=4000), Keepable]
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


class PhotoTaken(Message):
    """A photo that follows: `sha256` names the picture, `sealed` the encrypted bytes that will be sent."""

    sha256: Sha256
    sealed: Sha256
    width: Count
    height: Count
    bytes: Count


class AnswerGiven(Message):
    """The owner's answer to a callback: on an issue, or since version 3 on a work order.

    Since version 5 also to what no task asks for: to an explanation, or to another date (`new_date`), agreed or
    disagreed; and to the end of an issue, objected. `photos`: taken at a callback, how the work has become.
    """

    task_id: uuid.UUID | None = None
    issue_id: uuid.UUID | None = None
    order_id: uuid.UUID | None = None
    round: Count
    answer: Answer
    reason: Text = ""
    new_date: date | None = None
    photos: Annotated[list[PhotoTaken], MANY] = Field(default_factory=list)

    @model_validator(mode="after")
    def _must_be_about_one(self) -> Self:
        if (self.issue_id is None) == (self.order_id is None):
            raise ValueError("an answer is about an issue or about a work order")
        is_callback = self.answer in (Answer.SATISFIED, Answer.DISSATISFIED)
        if is_callback != (self.task_id is not None):
            raise ValueError("satisfied and dissatisfied answer a callback, and nothing else does")
        if self.order_id is not None and not (is_callback and not self.photos):
            raise ValueError("a work order is called back on, without photos")
        if self.new_date is not None and self.answer not in (Answer.AGREED, Answer.DISAGREED):
            raise ValueError("to another date an owner agrees or not")
        if self.photos and not is_callback:
            raise ValueError("photos show how the work has become that a callback asks about")
        return self

    @property
    def about(self) -> uuid.UUID:
        """The issue or the work order."""
        subject = self.issue_id or self.order_id
        assert subject is not None, "an answer is about one of them"
        return subject


class SurveyGiven(Message):
    """What became of a survey's sheet at this door: handed out, answered, put off or declined (R24 to R29).

    `purpose_told`, `key_items_told`: as it was handed out or asked (R26, R27). `collect_at`: agreed (R28). Of one that
    came back: `signed` and `signed_name`, whether a paper sheet bears a name and whose (R29), since version 9
    `signed_relation`, what that person is to the owner, where it is said: it need not be who gives it back; on a screen
    the owner's signature under the visit decides. `levels`: of questions, `opinions`: of departments. `photos`: of the
    paper.
    """

    sheet_id: uuid.UUID
    survey_id: uuid.UUID
    task_id: uuid.UUID | None = None
    act: SheetAct
    purpose_told: bool = False
    key_items_told: bool = False
    collect_at: Moment | None = None
    filled: Filled | None = None
    signed: bool = False
    signed_name: Annotated[str, Field(max_length=120), Keepable] = ""
    signed_relation: Relation | None = None
    overall: Level | None = None
    levels: Annotated[dict[uuid.UUID, Level], MANY] = Field(default_factory=dict)
    opinions: Annotated[dict[uuid.UUID, Text], MANY] = Field(default_factory=dict)
    callback_welcome: bool | None = None
    reason: Text = ""
    photos: Annotated[list[PhotoTaken], MANY] = Field(default_factory=list)

    @model_validator(mode="after")
    def _must_hold_together(self) -> Self:
        came_back = self.act is SheetAct.COLLECTED
        said = self.signed or self.overall or self.levels or self.opinions or self.callback_welcome is not None
        if came_back != (self.filled is not None) or (said and not came_back):
            raise ValueError("answers are of a sheet that came back, and say how it was filled in")
        if (self.act in (SheetAct.HANDED_OUT, SheetAct.PUT_OFF)) != (self.collect_at is not None):
            raise ValueError("a time to collect is agreed for a sheet that stays with its owner, and for no other")
        if (self.signed or self.photos) and self.filled is not Filled.ON_PAPER:
            raise ValueError("a sheet of paper bears a name, and can be photographed; nothing else")
        if self.signed != bool(self.signed_name.strip()):
            raise ValueError("a signed sheet says by whom")
        if self.signed_relation is not None and not self.signed:
            raise ValueError("who signed is said of a sheet that bears a name")
        if self.reason and self.act is not SheetAct.DECLINED:
            raise ValueError("why is said of a sheet that is declined")
        return self


class ComplaintMade(Message):
    """That an issue is a complaint (V46): of what nature, how grave, about which member of staff if about one."""

    nature: Nature
    grade: Grade
    about_id: uuid.UUID | None = None


class IssueRaised(Message):
    """One matter the owner raised: answered on the spot to their satisfaction, or promised an answer by a day.

    `report_up`: the officer cannot solve it and reports it to supervisor and manager at once, wherever it goes (R10).
    """

    id: uuid.UUID
    text: Sentence
    category: Annotated[str, Field(max_length=40)]
    urgency: Urgency
    answered: bool
    answer: Text = ""
    promised_on: date | None = None
    photos: Annotated[list[PhotoTaken], MANY] = Field(default_factory=list)
    complaint: ComplaintMade | None = None
    report_up: bool = False


class IssuePutRight(IssueRaised):
    """One whose category nobody here knew: a person chose one that fits what its owner signed."""


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

    lines: Annotated[list[VersionRead], MANY] = Field(default_factory=list)
    issues: Annotated[list[uuid.UUID], MANY] = Field(default_factory=list)


class VisitHeld(Message):
    """`visit.hold`, version 9: a whole visit in one operation.

    Version 1 did not say what in particular was told, version 2 knew of no complaints and no answers on work orders,
    version 3 of no witness where the owner did not sign, version 4 of answers to callbacks only and no photos of these,
    version 5 of no link to the owner's copy, version 6 of no issue that the officer reported up, version 7 of no
    surveys, version 8 not of whose name stands on a survey's sheet of paper but who gave it back.
    `copy_token_sha256`: of the token in that link; the token itself never leaves the tablet but by the owner's hand.
    """

    number: Number
    unit_id: uuid.UUID
    method: Meeting
    started_at: Moment
    ended_at: Moment
    interviewee: Interviewee
    script: Script
    told: ToldAtDoor
    task_ids: Annotated[list[uuid.UUID], MANY]
    answers: Annotated[list[AnswerGiven], MANY]
    issues: Annotated[list[IssueRaised], MANY]
    wishes: Text
    rating: Rating
    statement: Annotated[str, Field(max_length=1_000_000)]
    signatures: Annotated[list[dict[str, Any]], Field(max_length=4)]
    unsigned: NotSigned | None = None
    copy_token_sha256: Sha256 | None = None
    surveys: Annotated[list[SurveyGiven], Field(max_length=20)] = Field(default_factory=list)

    @property
    def has_answers(self) -> bool:
        """Whether it tells of an answer: to something raised before, on the spot, to a survey."""
        return bool(self.answers or self.surveys) or any(raised.answered for raised in self.issues)

    @model_validator(mode="after")
    def _surveys_must_fit_the_visit(self) -> Self:
        if len({given.sheet_id for given in self.surveys}) < len(self.surveys):
            raise ValueError("a sheet is told of once in a visit")
        by_phone = self.method is Method.PHONE
        for given in self.surveys:
            if by_phone and given.act is SheetAct.HANDED_OUT:
                raise ValueError("nothing is handed out by phone")
            if given.filled and by_phone != (given.filled is Filled.BY_PHONE):
                raise ValueError("by phone a sheet is asked, and nowhere else")
        return self


class NumberCalled(Message):
    """Which of a person's numbers was dialled: 0 is their phone, 1 and up the others. Never the number itself.

    `ending`: its last four digits, so that a fault found with it does not stick to the number that replaces it.
    """

    person_id: uuid.UUID
    index: Annotated[int, Field(ge=0, le=50)]
    ending: Annotated[str, Field(pattern=r"^[0-9]{0,4}$")]


class AttemptRecorded(Message):
    """`attempt.record`, version 2: somebody knocked or rang, and nobody could be visited.

    `again_at`: when the next try is to be, agreed with the owner or accepted as proposed. `left_note`: a slip was left
    at the door. Which attempt it is at a household is counted from what arrived, not said: two tablets may try offline.
    """

    number: Number
    unit_id: uuid.UUID
    task_ids: Annotated[list[uuid.UUID], MANY]
    method: Meeting
    outcome: Outcome
    note: Text = ""
    tried_at: Moment
    again_at: Moment | None = None
    number_called: NumberCalled | None = None
    left_note: bool = False


class VisitAppended(Message):
    """`visit.append`, version 2: a later fact to a visit. What was signed there stays as it is.

    `mends`: the act that sent the record back for want of it; version 1 knew of none.
    """

    visit_id: uuid.UUID
    number: Number
    text: Sentence
    written_at: Moment
    mends: uuid.UUID | None = None


Said = Annotated[dict[str, Annotated[str, Field(max_length=400), Keepable]], Field(max_length=8)]
"""Part → words, as `PARTS` in app/estates/file_rules.py has them."""


class OwnerCorrected(Message):
    """`owner.correct`, version 1: what an officer noted at the door about an owner file.

    `base`: what the officer saw there, blank where the correction adds something.
    """

    number: Number
    unit_id: uuid.UUID
    person_id: uuid.UUID | None = None
    about: About
    value: Said
    base: Said
    remark: Text = ""
    noted_at: Moment

    @model_validator(mode="after")
    def _must_hold_together(self) -> Self:
        if (self.about in OF_A_PERSON) != (self.person_id is not None):
            raise ValueError("a correction names a person exactly where it is about one")
        if not self.value.keys() <= set(PARTS[self.about]):
            raise ValueError("a part that this correction does not have")
        return self


class BriefingRead(Message):
    """`briefing.read`, version 1: an officer has read what the tablet showed of the briefing (R05, R06)."""

    estate_id: uuid.UUID
    items: Annotated[list[VersionRead], Field(min_length=1, max_length=500)]
    read_at: Moment


class PlaceNamed(Message):
    """Where something was noticed: at a building by its name, or elsewhere in the estate; `place` in words."""

    building: Annotated[str, Field(max_length=20)] = ""
    entrance: Annotated[str, Field(max_length=20)] = ""
    floor: int | None = None
    place: Annotated[str, Field(max_length=120), Keepable] = ""


class InspectionRecorded(Message):
    """`inspection.record`, version 1: an issue without an owner, noticed on the way (R03)."""

    number: Number
    estate_id: uuid.UUID
    issue_id: uuid.UUID
    where: PlaceNamed
    text: Sentence
    category: Annotated[str, Field(max_length=40)]
    urgency: Urgency
    photos: Annotated[list[PhotoTaken], MANY] = Field(default_factory=list)
    noticed_at: Moment
