"""Issues, the categories that route them, and the owners' answers."""

import uuid
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Kept
from app.estates.file_rules import Part
from app.estates.models import Building, Unit
from app.estates.rules import place_code, place_label
from app.issues.complaint_rules import Grade, Nature, Standing
from app.issues.liability import Covered
from app.issues.rules import Answer, Cannot, Ending, HowAnswered, HowTold, State, Urgency
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
    warranty_part: Mapped[Part | None]
    """The part of a unit whose warranty says who is liable; none where no date decides."""
    warranty_department_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("department.id"))
    """Where it goes within that warranty."""
    department: Mapped[Department | None] = relationship(foreign_keys=[department_id])
    warranty_department: Mapped[Department | None] = relationship(foreign_keys=[warranty_department_id])

    def name(self, locale: str) -> str:
        return self.name_zh if locale == "zh" else self.name_en


class Issue(Kept):
    """One matter: an owner raised it on a visit, at a unit, or somebody noticed it on an inspection, at a place.

    `state` and `round` change only together with a journal line, in `make_move`.
    """

    __tablename__ = "issue"
    __table_args__ = (
        sa.Index("ix_issue_estate_state", "estate_id", "state"),  # narrow: they are counted in it
        # With what a list is sorted by, and the id: a page is found in the index alone.
        sa.Index("ix_issue_sorted", "estate_id", "state", "unit_id", "raised_at", "id"),
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
    raised_by_tenant: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    """Whether whoever raised it was met as the tenant: a matter of their own use, for which they answer."""
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
    first_due_on: Mapped[date | None]
    """The date that the department gave first in this round; deferred, it stays to be seen."""
    cannot: Mapped[Cannot | None]
    explainer_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("staff.id"))
    claimed_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("department.id"))
    """The department whose matter it is, by the word of the one that disputes it."""
    ending: Mapped[Ending | None]
    work_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    """The same for issues that several owners raised and that are one piece of work."""
    warranty: Mapped[Covered | None]
    """Whether a warranty covered it on the day it was raised, of this part and until that day; none if none decides."""
    warranty_part: Mapped[Part | None]
    warranty_until: Mapped[date | None]
    complaint_grade: Mapped[Grade | None]
    """How grave a complaint it is; none for an ordinary issue. Changes only with its complaint."""
    unit: Mapped[Unit | None] = relationship()
    building: Mapped[Building | None] = relationship()
    category: Mapped[Category] = relationship()
    department: Mapped[Department | None] = relationship(foreign_keys=[department_id])
    responsible: Mapped[Staff | None] = relationship(foreign_keys=[responsible_id])
    officer: Mapped[Staff] = relationship(foreign_keys=[officer_id])
    deferrals: Mapped[list["Deferral"]] = relationship(back_populates="issue", order_by="Deferral.asked_at")
    answers: Mapped[list["OwnerAnswer"]] = relationship(back_populates="issue", order_by="OwnerAnswer.answered_at")
    complaint: Mapped["Complaint | None"] = relationship(back_populates="issue")

    @property
    def owned(self) -> bool:
        """Whether an owner raised it, who alone can close it."""
        return self.inspection_id is None

    @property
    def written(self) -> bool:
        """Whether its owner wrote it on the sheet of a survey: it was raised on no visit."""
        return self.owned and self.visit_id is None

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
    """What the owner said about one round of an issue, and how that answer was given. It never changes.

    `visit_id`: none where it was taken down in the office. `said_by`, `witness`: who said it, and before whom, unless
    that is the visit's to say; `said_by_id`: the person, where they own or rent the unit.
    """

    __tablename__ = "owner_answer"

    estate_id: Mapped[uuid.UUID] = mapped_column(index=True)
    issue_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("issue.id"), index=True)
    round: Mapped[int]
    answer: Mapped[Answer]
    how: Mapped[HowAnswered]
    reason: Mapped[str] = mapped_column(sa.Text, default="")
    visit_id: Mapped[uuid.UUID | None]
    said_by: Mapped[str] = mapped_column(sa.String(120), default="", server_default="")
    said_by_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("person.id"))
    witness: Mapped[str] = mapped_column(sa.String(120), default="", server_default="")
    answered_at: Mapped[datetime]
    moved: Mapped[bool]
    issue: Mapped[Issue] = relationship(back_populates="answers")


class Deferral(Kept):
    """Another date that a department asks for (R39): what customer service said to it, and how the owner was told.

    `agreed`: nothing before that is decided. `told_at`: when the owner was told, none before that.
    """

    __tablename__ = "deferral"

    estate_id: Mapped[uuid.UUID] = mapped_column(index=True)
    issue_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("issue.id"), index=True)
    round: Mapped[int]
    from_on: Mapped[date]
    to_on: Mapped[date]
    reason: Mapped[str] = mapped_column(sa.Text)
    asked_by_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("staff.id"))
    asked_at: Mapped[datetime]
    agreed: Mapped[bool | None]
    decided_by_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("staff.id"))
    decided_at: Mapped[datetime | None]
    told_how: Mapped[HowTold | None]
    told_by_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("staff.id"))
    told_at: Mapped[datetime | None]
    issue: Mapped[Issue] = relationship(back_populates="deferrals")


class Complaint(Kept):
    """An issue that amounts to a complaint: its own record beside the issue's work (V46, form 6).

    `standing` changes only together with a journal line. `counted_from`: when the present round began, from which the
    limit of handling counts. `about`: the member of staff it is about, if it is about one. It is one row for good: an
    issue that was turned back and becomes a complaint again goes on with it.
    """

    __tablename__ = "complaint"
    __table_args__ = (sa.Index("ix_complaint_estate_received", "estate_id", "received_at"),)

    estate_id: Mapped[uuid.UUID]
    issue_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("issue.id"), unique=True)
    number: Mapped[str | None] = mapped_column(sa.String(20), index=True)
    complainant: Mapped[str] = mapped_column(sa.String(120))
    nature: Mapped[Nature]
    grade: Mapped[Grade]
    standing: Mapped[Standing] = mapped_column(default=Standing.RECEIVED)
    about_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("staff.id"))
    receiver_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("staff.id"))
    received_at: Mapped[datetime]
    counted_from: Mapped[datetime]
    deadline_at: Mapped[datetime]
    responded_by_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("staff.id"))
    responded_at: Mapped[datetime | None]
    response: Mapped[str] = mapped_column(sa.Text, default="")
    handled_by_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("staff.id"))
    handled_at: Mapped[datetime | None]
    handling: Mapped[str] = mapped_column(sa.Text, default="")
    reviewed_by_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("staff.id"))
    reviewed_at: Mapped[datetime | None]
    review: Mapped[str] = mapped_column(sa.Text, default="")
    issue: Mapped[Issue] = relationship(back_populates="complaint")
    about: Mapped[Staff | None] = relationship(foreign_keys=[about_id])
    receiver: Mapped[Staff] = relationship(foreign_keys=[receiver_id])
    responded_by: Mapped[Staff | None] = relationship(foreign_keys=[responded_by_id])
    handled_by: Mapped[Staff | None] = relationship(foreign_keys=[handled_by_id])
    reviewed_by: Mapped[Staff | None] = relationship(foreign_keys=[reviewed_by_id])
