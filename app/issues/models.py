"""Issues, the categories that route them, and the owners' answers."""

import uuid
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Kept
from app.estates.models import Building, Unit
from app.estates.rules import place_code, place_label
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
    """One matter: an owner raised it on a visit, at a unit, or somebody noticed it on an inspection, at a place.

    `state` and `round` change only together with a journal line, in `make_move`.
    """

    __tablename__ = "issue"
    __table_args__ = (
        sa.Index("ix_issue_estate_state", "estate_id", "state"),
        sa.Index("ix_issue_estate_raised", "estate_id", "raised_at"),
        sa.Index("ix_issue_unit_state", "unit_id", "state"),
    )

    estate_id: Mapped[uuid.UUID]
    unit_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("unit.id"), index=True)
    visit_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    inspection_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    building_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("building.id"))
    entrance: Mapped[str] = mapped_column(sa.String(20), default="", server_default="")
    floor: Mapped[int | None]
    place: Mapped[str] = mapped_column(sa.String(120), default="", server_default="")
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
    method: Mapped[str] = mapped_column(sa.Text, default="", server_default="")
    responsible_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("staff.id"))
    due_on: Mapped[date | None]
    rectified_at: Mapped[datetime | None]
    rectified_note: Mapped[str] = mapped_column(sa.Text, default="")
    closed_at: Mapped[datetime | None]
    unit: Mapped[Unit | None] = relationship()
    building: Mapped[Building | None] = relationship()
    category: Mapped[Category] = relationship()
    department: Mapped[Department | None] = relationship()
    responsible: Mapped[Staff | None] = relationship(foreign_keys=[responsible_id])
    officer: Mapped[Staff] = relationship(foreign_keys=[officer_id])
    answers: Mapped[list["OwnerAnswer"]] = relationship(back_populates="issue", order_by="OwnerAnswer.answered_at")

    @property
    def owned(self) -> bool:
        """Whether an owner raised it, who alone can close it."""
        return self.inspection_id is None

    def where(self, locale: str) -> str:
        """The unit, or the place where nobody's is."""
        if self.unit is not None:
            return self.unit.label(locale)
        return place_label(self._building, self.entrance, self.floor, self.place, locale)

    def where_short(self, locale: str) -> str:
        """The same as lists show it: `3-1-1202`, `3-1 · 电梯厅`."""
        if self.unit is not None:
            return self.unit.short
        return place_code(self._building, self.entrance, self.floor, self.place, locale)

    @property
    def _building(self) -> str:
        return self.building.name if self.building else ""


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
