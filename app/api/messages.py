"""What other systems send about work orders, and what they are told: what the description is made from."""

import uuid
from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from app.issues.rules import HowAnswered
from app.people.rules import Liable
from app.repairs.rules import MOST_CENTS, Kind, State
from app.visits.rules import Rating


def _without_control_signs(text: str) -> str:
    if any(ord(sign) < 32 and sign not in "\n\t" for sign in text):
        raise ValueError("a sign that no text holds")
    return text


Clean = AfterValidator(_without_control_signs)
Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=120), Clean]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80), Clean]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000), Clean]
OrderNumber = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60, pattern=r"^[^/?#%\s]+$"), Clean
]
Moment = Annotated[AwareDatetime, Field(ge=datetime(1990, 1, 1, tzinfo=UTC), lt=datetime(2200, 1, 1, tzinfo=UTC))]


class Sent(BaseModel):
    """What comes from a system: no field that we do not know."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class WorkOrderPosted(Sent):
    """A new work order. `order_number` is the system's own: it is known again by it."""

    order_number: OrderNumber = Field(examples=["PMS-2026-004711"])
    kind: Kind
    unit: Line = Field(
        min_length=1, examples=["3-1-1202"], description="Building, entrance and room, as one writes it."
    )
    content: Text
    reported_at: Moment = Field(examples=["2026-11-27T09:30:00+08:00"])
    reported_by: Name
    phone: Annotated[str, StringConstraints(strip_whitespace=True, max_length=40), Clean] = ""
    place: Line = Field("", description="Where in the home.")
    under_warranty: bool | None = Field(None, description="Left out: a free repair is, a chargeable one is not.")
    liable: Liable | None = Field(None, description="Left out: the developer under warranty, where there is one.")


class Dispatched(Sent):
    """Somebody was sent. Without `department` it is the engineering of the company that is liable."""

    dispatched_at: Moment
    department: Annotated[str, StringConstraints(max_length=80), Clean] = Field(
        "", description="Its code or its name, as the estate's settings have it."
    )
    worker: Annotated[str, StringConstraints(strip_whitespace=True, max_length=80), Clean] = ""


class Arrived(Sent):
    """The worker is there."""

    arrived_at: Moment
    worker: Annotated[str, StringConstraints(strip_whitespace=True, max_length=80), Clean] = ""


class Finished(Sent):
    """The work is done: the estate calls back on the owner, whose answer alone closes the order."""

    finished_at: Moment
    work_done: Text
    fee_cents: Annotated[int, Field(strict=True, ge=0, le=MOST_CENTS)] = Field(
        0, description="In cents, of all rounds together; 0 if free. Left out after rework it stays as it was."
    )
    material: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200), Clean] = ""
    quantity: Annotated[str, StringConstraints(strip_whitespace=True, max_length=40), Clean] = ""
    worker: Annotated[str, StringConstraints(strip_whitespace=True, max_length=80), Clean] = ""


Instant = Annotated[
    str, Field(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$", examples=["2026-11-27T01:30:00.000Z"])
]


class Told(BaseModel):
    """What the office says; new fields may be added."""

    model_config = ConfigDict(extra="forbid")


class WorkOrderTold(Told):
    """A work order as it stands. `satisfied` is null until the owner has closed it, or the executive ended it."""

    id: uuid.UUID
    number: str
    order_number: str
    kind: Kind
    unit: str
    state: State
    round: int
    rework_reason: str | None = None
    under_warranty: bool
    liable: Liable
    department: str | None = None
    worker: str | None = None
    reported_at: Instant
    dispatched_at: Instant | None = None
    arrived_at: Instant | None = None
    finished_at: Instant | None = None
    fee_cents: int
    rating: Rating | None = None
    satisfied: bool | None = None
    answered_how: HowAnswered | None = None
    closed_at: Instant | None = None


class WrongField(Told):
    """One field that cannot be read."""

    field: str
    message: str


class Problem(Told):
    """RFC 9457: `code` is for the program, `title` for a person, in the language of Accept-Language."""

    type: str
    title: str
    status: int
    code: str
    errors: list[WrongField] = Field(default_factory=list)
