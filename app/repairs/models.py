"""Work orders, and what the owners answered about them."""

import uuid
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Kept
from app.estates.models import Unit
from app.issues.rules import Answer, Ending, HowAnswered
from app.people.models import Department, Staff
from app.people.rules import Liable
from app.people.systems import OtherSystem
from app.repairs.rules import Kind, Origin, State


class WorkOrder(Kept):
    """One work order (form 8). `state` and `round` change only together with a journal line.

    Times, worker and what was done are those of the last round; the journal tells of the rounds before. `origin_key`
    is what another system, a file or a form calls it: what came once does not come twice. `owner_id`: whoever reported
    it, where that is an owner by the name in the owner file; see `whose.py`.
    """

    __tablename__ = "work_order"
    __table_args__ = (
        sa.UniqueConstraint("estate_id", "origin_key"),
        sa.Index("ix_work_order_estate_state", "estate_id", "state"),
        sa.Index("ix_work_order_estate_reported", "estate_id", "reported_at"),
    )

    estate_id: Mapped[uuid.UUID]
    unit_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("unit.id"), index=True)
    number: Mapped[str | None] = mapped_column(sa.String(20), index=True)
    origin: Mapped[Origin]
    origin_key: Mapped[str | None] = mapped_column(sa.String(120))
    outside_number: Mapped[str] = mapped_column(sa.String(60), default="")
    system_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("other_system.id"))
    kind: Mapped[Kind]
    under_warranty: Mapped[bool]
    liable: Mapped[Liable]
    state: Mapped[State]
    round: Mapped[int] = mapped_column(default=1)
    reported_at: Mapped[datetime]
    reported_by: Mapped[str] = mapped_column(sa.String(120))
    owner_id: Mapped[uuid.UUID | None]
    phone: Mapped[str] = mapped_column(sa.String(40), default="")
    place: Mapped[str] = mapped_column(sa.String(120), default="")
    content: Mapped[str] = mapped_column(sa.Text)
    department_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("department.id"), index=True)
    worker: Mapped[str] = mapped_column(sa.String(80), default="")
    dispatched_at: Mapped[datetime | None]
    arrived_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    work_done: Mapped[str] = mapped_column(sa.Text, default="")
    fee_cents: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    material: Mapped[str] = mapped_column(sa.String(200), default="")
    quantity: Mapped[str] = mapped_column(sa.String(40), default="")
    caller_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("staff.id"))
    rating: Mapped[str] = mapped_column(sa.String(20), default="")
    closed_at: Mapped[datetime | None]
    closed_how: Mapped[HowAnswered | None]
    ending: Mapped[Ending | None]
    unit: Mapped[Unit] = relationship()
    department: Mapped[Department | None] = relationship()
    caller: Mapped[Staff | None] = relationship()
    system: Mapped[OtherSystem | None] = relationship()
    answers: Mapped[list["WorkOrderAnswer"]] = relationship(
        back_populates="order", order_by="WorkOrderAnswer.answered_at"
    )

    @property
    def reworked(self) -> int:
        """How many rounds of rework there were."""
        return self.round - 1


class WorkOrderAnswer(Kept):
    """What the owner said about one round of a work order, and how that answer was given. It never changes.

    `visit_id`: none where it was taken down in the office. `said_by`, `witness`: who said it, and before whom, unless
    that is the visit's to say; `said_by_id`: the person, where they own or rent the unit.
    """

    __tablename__ = "work_order_answer"

    estate_id: Mapped[uuid.UUID] = mapped_column(index=True)
    order_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("work_order.id"), index=True)
    round: Mapped[int]
    answer: Mapped[Answer]
    how: Mapped[HowAnswered]
    reason: Mapped[str] = mapped_column(sa.Text, default="")
    rating: Mapped[str] = mapped_column(sa.String(20), default="")
    visit_id: Mapped[uuid.UUID | None]
    said_by: Mapped[str] = mapped_column(sa.String(120), default="", server_default="")
    said_by_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("person.id"))
    witness: Mapped[str] = mapped_column(sa.String(120), default="", server_default="")
    answered_at: Mapped[datetime]
    moved: Mapped[bool]
    order: Mapped[WorkOrder] = relationship(back_populates="answers")
