"""Issues, the categories that route them, and the owners' answers."""

import uuid
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Kept
from app.estates.models import Unit
from app.issues.rules import Answer, HowAnswered, State, Urgency
from app.people.models import Department, Staff


class Category(Kept):
    """A kind of matter, in two levels, and the department it is routed to. A retired one is offered no more."""

    __tablename__ = "category"
    __table_args__ = (sa.UniqueConstraint("estate_id", "code"),)

    estate_id: Mapped[uuid.UUID]
    code: Mapped[str] = mapped_column(sa.String(40))
    parent_code: Mapped[str | None] = mapped_column(sa.String(40))
    name_zh: Mapped[str] = mapped_column(sa.String(60))
    name_en: Mapped[str] = mapped_column(sa.String(60))
    icon: Mapped[str] = mapped_column(sa.String(40), default="message")
    position: Mapped[int] = mapped_column(default=0)
    department_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("department.id"))
    retired_on: Mapped[date | None]
    department: Mapped[Department | None] = relationship()

    def name(self, locale: str) -> str:
        return self.name_zh if locale == "zh" else self.name_en


class Issue(Kept):
    """One matter an owner raised. `state` and `round` change only together with a journal line, in `make_move`."""

    __tablename__ = "issue"
    __table_args__ = (
        sa.Index("ix_issue_estate_state", "estate_id", "state"),
        sa.Index("ix_issue_estate_raised", "estate_id", "raised_at"),
        sa.Index("ix_issue_unit_state", "unit_id", "state"),
    )

    estate_id: Mapped[uuid.UUID]
    unit_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("unit.id"), index=True)
    visit_id: Mapped[uuid.UUID] = mapped_column(index=True)
    number: Mapped[str | None] = mapped_column(sa.String(20), index=True)
    text: Mapped[str] = mapped_column(sa.Text)
    category_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("category.id"))
    urgency: Mapped[Urgency] = mapped_column(default=Urgency.ORDINARY)
    state: Mapped[State]
    round: Mapped[int] = mapped_column(default=1)
    raised_by_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("person.id"))
    raised_by: Mapped[str] = mapped_column(sa.String(120))
    raised_at: Mapped[datetime] = mapped_column(index=True)
    officer_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("staff.id"))
    answer: Mapped[str] = mapped_column(sa.Text, default="")
    promised_on: Mapped[date | None]
    department_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("department.id"), index=True)
    measure: Mapped[str] = mapped_column(sa.Text, default="")
    responsible_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("staff.id"))
    due_on: Mapped[date | None]
    rectified_at: Mapped[datetime | None]
    rectified_note: Mapped[str] = mapped_column(sa.Text, default="")
    closed_at: Mapped[datetime | None]
    unit: Mapped[Unit] = relationship()
    category: Mapped[Category] = relationship()
    department: Mapped[Department | None] = relationship()
    responsible: Mapped[Staff | None] = relationship(foreign_keys=[responsible_id])
    officer: Mapped[Staff] = relationship(foreign_keys=[officer_id])
    answers: Mapped[list["OwnerAnswer"]] = relationship(back_populates="issue", order_by="OwnerAnswer.answered_at")


class OwnerAnswer(Kept):
    """What the owner said about one round of an issue, and how that answer was given. It never changes."""

    __tablename__ = "owner_answer"

    estate_id: Mapped[uuid.UUID] = mapped_column(index=True)
    issue_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("issue.id"), index=True)
    round: Mapped[int]
    answer: Mapped[Answer]
    how: Mapped[HowAnswered]
    reason: Mapped[str] = mapped_column(sa.Text, default="")
    visit_id: Mapped[uuid.UUID]
    answered_at: Mapped[datetime]
    moved: Mapped[bool]
    issue: Mapped[Issue] = relationship(back_populates="answers")
