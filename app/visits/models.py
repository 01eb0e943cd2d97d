"""Plans, visits held, attempts that failed, inspections, what was added to a visit later, batches of records."""

import uuid
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Kept
from app.estates.models import Unit
from app.estates.rules import place_label
from app.people.models import Staff
from app.people.rules import Role
from app.visits.rules import LineMove, LineState, Method, Outcome, PlanState, Rating, Relation, Unsigned


class Plan(Kept):
    """A month's plan of visits in an estate."""

    __tablename__ = "plan"
    __table_args__ = (sa.UniqueConstraint("estate_id", "month"),)

    estate_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("estate.id"))
    month: Mapped[str] = mapped_column(sa.String(7))
    state: Mapped[PlanState] = mapped_column(default=PlanState.DRAFT)
    made_by_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("staff.id"))
    made_at: Mapped[datetime]
    active_at: Mapped[datetime | None]
    made_by: Mapped[Staff] = relationship()
    lines: Mapped[list["PlanLine"]] = relationship(back_populates="plan")


class PlanLine(Kept):
    """One household of a plan: who goes there, and by which day; `carried_from`: the month in which nobody met it."""

    __tablename__ = "plan_line"
    __table_args__ = (sa.UniqueConstraint("plan_id", "unit_id"),)

    estate_id: Mapped[uuid.UUID] = mapped_column(index=True)
    plan_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("plan.id"))
    unit_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("unit.id"), index=True)
    officer_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("staff.id"))
    due_on: Mapped[date]
    last_met_on: Mapped[date | None]
    carried_from: Mapped[str | None] = mapped_column(sa.String(7))
    plan: Mapped[Plan] = relationship(back_populates="lines")
    unit: Mapped[Unit] = relationship()
    officer: Mapped[Staff] = relationship()


class Visit(Kept):
    """A visit held: what was said and signed at one door, at one time. Its id was made on the tablet.

    Once it is archived (V47) it never changes.
    """

    __tablename__ = "visit"
    __table_args__ = (sa.Index("ix_visit_estate_started", "estate_id", "started_at"),)

    estate_id: Mapped[uuid.UUID]
    unit_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("unit.id"), index=True)
    number: Mapped[str] = mapped_column(sa.String(20))
    receipt_number: Mapped[str | None] = mapped_column(sa.String(20), index=True)
    officer_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("staff.id"), index=True)
    device_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("device.id"))
    operation_id: Mapped[uuid.UUID] = mapped_column(unique=True)
    method: Mapped[Method]
    categories: Mapped[list[str]]
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime]
    received_at: Mapped[datetime]
    interviewee_name: Mapped[str] = mapped_column(sa.String(120))
    interviewee_relation: Mapped[Relation]
    interviewee_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("person.id"))
    script: Mapped[dict[str, Any]]
    wishes: Mapped[str] = mapped_column(sa.Text, default="")
    rating: Mapped[Rating]
    unsigned: Mapped[Unsigned | None]
    unsigned_note: Mapped[str] = mapped_column(sa.Text, default="")
    complete: Mapped[bool]
    review: Mapped[str] = mapped_column(sa.String(60), default="")
    archived_at: Mapped[datetime | None]
    unit: Mapped[Unit] = relationship()
    officer: Mapped[Staff] = relationship()


class Attempt(Kept):
    """An attempt that met nobody, kept and counted. Numbered, it never changes."""

    __tablename__ = "attempt"

    estate_id: Mapped[uuid.UUID] = mapped_column(index=True)
    unit_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("unit.id"), index=True)
    number: Mapped[str] = mapped_column(sa.String(20))
    receipt_number: Mapped[str | None] = mapped_column(sa.String(20))
    officer_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("staff.id"))
    device_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("device.id"))
    operation_id: Mapped[uuid.UUID] = mapped_column(unique=True)
    method: Mapped[Method]
    outcome: Mapped[Outcome]
    note: Mapped[str] = mapped_column(sa.Text, default="")
    task_ids: Mapped[list[str]]
    tried_at: Mapped[datetime]
    received_at: Mapped[datetime]
    unit: Mapped[Unit] = relationship()
    officer: Mapped[Staff] = relationship()


class Addendum(Kept):
    """A later fact to a visit, in a series of its own. What was signed stays as it is. Numbered, it never changes."""

    __tablename__ = "visit_addendum"

    estate_id: Mapped[uuid.UUID] = mapped_column(index=True)
    visit_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("visit.id"), index=True)
    operation_id: Mapped[uuid.UUID] = mapped_column(unique=True)
    author_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("staff.id"))
    device_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("device.id"))
    number: Mapped[str] = mapped_column(sa.String(20))
    receipt_number: Mapped[str | None] = mapped_column(sa.String(20))
    text: Mapped[str] = mapped_column(sa.Text)
    written_at: Mapped[datetime]
    received_at: Mapped[datetime]
    visit: Mapped[Visit] = relationship()
    author: Mapped[Staff] = relationship()


class Inspection(Kept):
    """Something noticed on a routine inspection (R03), as it was written down. Numbered, it never changes.

    What becomes of it is its issue's. It is complete once its photos have arrived.
    """

    __tablename__ = "inspection"
    __table_args__ = (sa.Index("ix_inspection_estate_noticed", "estate_id", "noticed_at"),)

    estate_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("estate.id"))
    number: Mapped[str] = mapped_column(sa.String(20))
    receipt_number: Mapped[str | None] = mapped_column(sa.String(20), index=True)
    officer_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("staff.id"), index=True)
    device_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("device.id"))
    operation_id: Mapped[uuid.UUID] = mapped_column(unique=True)
    building: Mapped[str] = mapped_column(sa.String(20), default="")
    entrance: Mapped[str] = mapped_column(sa.String(20), default="")
    floor: Mapped[int | None]
    place: Mapped[str] = mapped_column(sa.String(120), default="")
    noticed_at: Mapped[datetime]
    received_at: Mapped[datetime]
    officer: Mapped[Staff] = relationship()

    def where(self, locale: str) -> str:
        return place_label(self.building, self.entrance, self.floor, self.place, locale)


class Batch(Kept):
    """Records of visits that an officer hands up together, with a summary (R14). Once archived it never changes."""

    __tablename__ = "batch"

    estate_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("estate.id"), index=True)
    number: Mapped[str | None] = mapped_column(sa.String(20))
    officer_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("staff.id"), index=True)
    summary: Mapped[str] = mapped_column(sa.Text, default="")
    made_by_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("staff.id"))
    made_at: Mapped[datetime]
    archived_at: Mapped[datetime | None]
    officer: Mapped[Staff] = relationship(foreign_keys=[officer_id])
    made_by: Mapped[Staff] = relationship(foreign_keys=[made_by_id])
    lines: Mapped[list["BatchLine"]] = relationship(back_populates="batch")


class BatchLine(Kept):
    """One visit's record in a batch. A record is in one batch at most; archived with it, the line never changes."""

    __tablename__ = "batch_line"
    __table_args__ = (
        sa.UniqueConstraint("batch_id", "visit_id"),
        sa.Index(
            "uq_batch_line_visit_id_in",
            "visit_id",
            unique=True,
            sqlite_where=sa.text("state IN ('in', 'sent_back', 'archived')"),
            postgresql_where=sa.text("state IN ('in', 'sent_back', 'archived')"),
        ),
    )

    estate_id: Mapped[uuid.UUID] = mapped_column(index=True)
    batch_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("batch.id"))
    visit_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("visit.id"), index=True)
    state: Mapped[LineState]
    batch: Mapped[Batch] = relationship(back_populates="lines")
    visit: Mapped[Visit] = relationship()


class BatchLineAct(Kept):
    """What somebody did with one line of a batch, or wrote beside it; it never changes."""

    __tablename__ = "batch_line_act"
    __table_args__ = (sa.UniqueConstraint("line_id", "number"),)

    estate_id: Mapped[uuid.UUID]
    line_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("batch_line.id"))
    number: Mapped[int]
    move: Mapped[LineMove]
    by_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("staff.id"))
    role: Mapped[Role | None]
    at: Mapped[datetime]
    note: Mapped[str] = mapped_column(sa.Text, default="")
    addendum_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("visit_addendum.id"))
    by: Mapped[Staff] = relationship()
