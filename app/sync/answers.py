"""What the server answers tablets, and the documents that they hold: what the description of the sync is made from."""

import uuid
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from app.agenda.rules import TaskKind

Moment = Annotated[
    str, Field(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$", examples=["2026-11-23T09:01:02.123Z"])
]
Day = Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\d$")]


class Answer(BaseModel):
    """What the server says; a test holds that it says nothing else. Tablets pass over fields they do not know."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)


class Refusal(Answer):
    """Why a request was turned down: a code for the program, words for a person."""

    code: str
    message: str


class Words(Answer):
    """The same in both languages."""

    zh: str
    en: str


class EnrolledDevice(Answer):
    """The tablet, and the code that its numbers begin with."""

    id: uuid.UUID
    code: str


class EnrolledStaff(Answer):
    """Whose tablet it is."""

    id: uuid.UUID
    name: str
    locale: Literal["zh", "en"]


class EnrolAnswer(Answer):
    """All that a tablet needs to work alone. The tokens are told only here."""

    device: EnrolledDevice
    staff: EnrolledStaff
    send_token: str
    read_token: str
    server_key: dict[str, Any]
    epoch: str
    server_time: Moment


class RecoverAnswer(Answer):
    """The data key of a vault, 32 bytes in base64url."""

    key: str


class Receipt(Answer):
    """What became of an operation on arrival. Sent again, it gets the same receipt, byte for byte."""

    op_id: uuid.UUID
    digest: str
    status: Literal["applied", "review", "rejected", "held"]
    version: int
    received_at: Moment
    number: str | None = None
    code: str | None = None
    reason: str | None = None
    missing: list[str]


class PushAnswer(Answer):
    """One receipt for each operation, in their order."""

    receipts: list[Receipt]
    server_time: Moment
    epoch: str
    lease_hours: int
    withdrawn: Literal[True] | None = None


class DepartmentDoc(Answer):
    """Who is responsible for a category."""

    id: uuid.UUID
    name: Words


class CategoryDoc(Answer):
    """A kind of matter that owners raise. A retired one is offered no more; what was raised under it keeps its name."""

    code: str
    name: Words
    icon: str
    retired: bool = False
    department: DepartmentDoc | None = None
    children: list["CategoryDoc"] = Field(default_factory=list)


class Consent(Answer):
    """The words above a signature."""

    version: int
    text: Words


class CopiesDoc(Answer):
    """Where owners read their copies: the address that a token is put behind, and for how many days it opens."""

    at: str
    days: int


class EstateDoc(Answer):
    """`estate`: what a tablet must know to word a visit."""

    name: Words
    company: Words
    phone: str
    time_zone: str
    profile: str
    title: Words
    objection_days: int
    phone_attempts: int
    answer_days: dict[str, int]
    categories: list[CategoryDoc]
    consent: Consent
    news: list[Words]
    measures: list[Words]
    places: list[Words]
    copies: CopiesDoc


class PersonDoc(Answer):
    """An owner or a tenant."""

    id: uuid.UUID
    name: str
    kind: str
    relation: Literal["owner", "tenant"]
    phone: str
    other_phones: list[str] = []
    initials: str
    pinyin: str
    since: Day


class Try(Answer):
    """One attempt that met nobody; `again_at`: when the next one is to be."""

    at: Moment
    method: str
    outcome: str
    tasks: list[str]
    again_at: Moment | None = None


class DeadNumber(Answer):
    """A person's number behind which a call found nobody: `index` 0 is their phone, 1 and up the other ones."""

    person: uuid.UUID
    index: int
    ending: str
    outcome: str
    on: Day


class LastVisit(Answer):
    """When somebody was last met at a unit."""

    on: Day
    officer: str
    rating: str
    wishes: str
    answered: int
    routed: int


class MemberDoc(Answer):
    """Somebody else who lives at a unit."""

    name: str
    relation: str


class PendingDoc(Answer):
    """What an officer noted about the owner file, and the office has not decided about."""

    id: uuid.UUID
    about: str
    person: uuid.UUID | None = None
    value: dict[str, str]
    by: str
    at: Moment


class UnitDoc(Answer):
    """`unit`: a home, who lives there, what to mind."""

    building: str
    entrance: str
    floor: int | None = None
    number: str
    label: Words
    area: str | None = None
    handover_on: Day | None = None
    occupancy: str
    people: list[PersonDoc]
    care: list[str]
    do_not_disturb: str | None = None
    preferred_contact: str | None = None
    plates: list[str] = []
    household: list[MemberDoc] = []
    corrections: list[PendingDoc] = []
    last_visit: LastVisit | None = None
    attempts: int
    tries: list[Try] = []
    dead_numbers: list[DeadNumber] = []


class OrderDoc(Answer):
    """The work order that a callback asks about. `by_owner`: an owner's matter: no tenant calls it good."""

    id: uuid.UUID
    number: str
    kind: Literal["free", "chargeable"]
    text: str
    work_done: str | None = None
    worker: str | None = None
    finished_on: Day | None = None
    department: Words | None = None
    by_owner: Literal[True] | None = None


class TaskDoc(Answer):
    """`task`: something due at a unit. `call_unwelcome`: its owner wrote in the survey that they want no callback."""

    kind: TaskKind
    complaint: Literal[True] | None = None
    called: Words | None = None
    title: str | None = None
    ask: str | None = None
    purpose: str | None = None
    time: str | None = None
    method: Literal["door", "phone"] | None = None
    unit_id: uuid.UUID
    issue_id: uuid.UUID | None = None
    call_unwelcome: Literal[True] | None = None
    order: OrderDoc | None = None
    survey_id: uuid.UUID | None = None
    sheet_id: uuid.UUID | None = None
    sheet_number: str | None = None
    agreed_at: Moment | None = None
    plan: str | None = None
    round: int | None = None
    due_on: Day
    assignee: uuid.UUID
    assignee_name: str
    state: Literal["due", "done", "cancelled"]


class IssueEvent(Answer):
    """One line of an issue's history."""

    at: Moment
    kind: str
    round: int
    note: str | None = None


class DeferredDoc(Answer):
    """Another date that was agreed with the department; `told`: the owner knows of it (R39)."""

    from_on: Day
    to_on: Day
    reason: str
    told: bool


class IssueDoc(Answer):
    """`issue`: what an owner raised, and how far it is. `photos_after`: how many show this round's work done.

    `by_owner`: no tenant raised it, and none calls it good. `cannot`: of what is explained.
    """

    number: str
    unit_id: uuid.UUID
    text: str
    category: str
    urgency: str
    complaint: Literal["ordinary", "important", "major"] | None = None
    state: str
    round: int
    department: Words | None = None
    measure: str | None = None
    method: str | None = None
    responsible: str | None = None
    due_on: Day | None = None
    rectified_on: Day | None = None
    rectified_note: str | None = None
    photos_after: int | None = None
    promised_on: Day | None = None
    raised_on: Day
    raised_by: str
    deferred: DeferredDoc | None = None
    by_owner: Literal[True] | None = None
    cannot: Literal["for_now", "at_all"] | None = None
    history: list[IssueEvent]


class Decided(Answer):
    """What was decided about an operation after it had its receipt; `by` is blank where the server did it itself."""

    at: Moment
    by: str
    outcome: Literal["applied", "seen", "noted", "set_aside", "refused"]
    note: str


class ReadDoc(Answer):
    """A line of the briefing in the version that was read."""

    id: uuid.UUID
    version: int


class CorrectionDoc(Answer):
    """Where a correction of an owner file stands; `taken`: what was written instead."""

    about: str
    state: Literal["waiting", "accepted", "changed", "refused"]
    by: str | None = None
    at: Moment | None = None
    reason: str | None = None
    taken: dict[str, str] | None = None


class MendDoc(Answer):
    """Who sent a record back, when and why, until an addendum mends it."""

    act: uuid.UUID
    by: str
    at: Moment
    reason: str


class RecordDoc(Answer):
    """`record`: what became of one operation of the tablet's user, whatever its status."""

    op_id: uuid.UUID
    visit_id: uuid.UUID
    kind: Literal["visit", "attempt", "addendum", "correction", "briefing", "inspection"]
    where: Words | None = None
    of: uuid.UUID | None = None
    unit_id: str
    number: str
    receipt: str
    status: Literal["", "applied", "review", "rejected", "held", "set_aside"]
    entered: bool = True
    decided: Decided | None = None
    complete: bool
    missing: list[str]
    at: Moment
    read: list[ReadDoc] | None = None
    correction: CorrectionDoc | None = None
    mend: MendDoc | None = None


class BriefingDoc(Answer):
    """`briefing`: a line of what officers know before they knock; shown on its days, by the estate's calendar."""

    kind: Literal["facts", "work", "measures"]
    version: int
    text: Words
    buildings: list[str]
    owner: uuid.UUID | None = None
    valid_from: Day
    valid_until: Day | None = None


class SurveyQuestionDoc(Answer):
    """One item that owners judge."""

    id: uuid.UUID
    text: Words


class SurveyDepartmentDoc(Answer):
    """A department, and what is asked about it."""

    id: uuid.UUID
    name: Words
    questions: list[SurveyQuestionDoc]


class KeyItems(Answer):
    """A survey's key items, one a line, in both languages."""

    zh: list[str]
    en: list[str]


class SurveyDoc(Answer):
    """`survey`: one that is out, or takes sheets again. What it asks does not change any more."""

    number: str
    form: Literal["satisfaction", "opinion"]
    state: Literal["out"]
    title: Words
    purpose: Words
    key_items: KeyItems
    issue_from: Day
    issue_until: Day
    collect_until: Day
    departments: list[SurveyDepartmentDoc]


class Change(Answer):
    """A document as it is now, or that it is gone."""

    type: Literal["estate", "unit", "task", "issue", "record", "briefing", "survey"]
    id: uuid.UUID
    estate: uuid.UUID
    v: int
    doc: EstateDoc | UnitDoc | TaskDoc | IssueDoc | RecordDoc | BriefingDoc | SurveyDoc | None = None
    gone: Literal[True] | None = None


class Digest(Answer):
    """SHA-256 over the sorted lines `type:id:v` of all live documents of a scope."""

    count: int
    sha256: str


class PullAnswer(Answer):
    """One page of changes; with the last one the digest that proves that the tablet has them all.

    `staff_name`: what whoever reads is called by now.
    """

    server_time: Moment
    epoch: str
    lease_hours: int
    staff_name: str
    cursor: str
    more: bool
    changes: list[Change]
    granted: list[uuid.UUID]
    revoked: list[uuid.UUID]
    digest: Digest | None = None
