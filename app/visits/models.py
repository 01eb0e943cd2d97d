"""Plans, special visits, the briefing, visits held, failed attempts, inspections, later notes, batches."""

import uuid
from datetime import date, datetime, time
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Kept
from app.estates.models import Person, Unit
from app.estates.rules import place_label
from app.people.models import Staff
from app.people.rules import Role
from app.visits.amending import AmendmentState, Came
from app.visits.rules import BriefingKind, LineMove, LineState, Method, Outcome, PlanState, Rating, Relation, Unsigned
from app.visits.terms import Terms


class Plan(Kept):
    """A month's plan of visits in an estate. `version` grows with each amendment that is filed."""

    __tablename__ = "plan"
    __table_args__ = (sa.UniqueConstraint("estate_id", "month"),)

    estate_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("estate.id"))
    month: Mapped[str] = mapped_column(sa.String(7))
    state: Mapped[PlanState] = mapped_column(default=PlanState.DRAFT)
    made_by_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("staff.id"))
    made_at: Mapped[datetime]
    active_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    made_by: Mapped[Staff] = relationship()
    lines: Mapped[list["PlanLine"]] = relationship(back_populates="plan")


class PlanLine(Kept):
    """One household of a plan: who goes there, by which day, for what and how (form 9).

    `carried_from`: the month in which nobody met it.
    """

    __tablename__ = "plan_line"
    __table_args__ = (sa.UniqueConstraint("plan_id", "unit_id"),)

    estate_id: Mapped[uuid.UUID] = mapped_column(index=True)
    plan_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("plan.id"))
    unit_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("unit.id"), index=True)
    officer_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("staff.id"))
    due_on: Mapped[date]
    last_met_on: Mapped[date | None]
    carried_from: Mapped[str | None] = mapped_column(sa.String(7))
    planned_time: Mapped[time | None]
    purpose: Mapped[str] = mapped_column(sa.String(200), default="")
    method: Mapped[Method] = mapped_column(default=Method.DOOR)
    plan: Mapped[Plan] = relationship(back_populates="lines")
    unit: Mapped[Unit] = relationship()
    officer: Mapped[Staff] = relationship()

    @property
    def terms(self) -> Terms:
        """What is planned for this household."""
        return Terms(self.officer_id, self.due_on, self.planned_time, self.purpose, self.method)

    @terms.setter
    def terms(self, terms: Terms) -> None:
        self.officer_id, self.due_on, self.planned_time = terms.officer_id, terms.due_on, terms.planned_time
        self.purpose, self.method = terms.purpose, terms.method


class PlanAmendment(Kept):
    """What is to change in a plan at work, and once it is filed the plan's next version; filed, it never changes."""

    __tablename__ = "plan_amendment"
    __table_args__ = (sa.UniqueConstraint("plan_id", "version"),)

    estate_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("estate.id"), index=True)
    plan_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("plan.id"), index=True)
    state: Mapped[AmendmentState] = mapped_column(default=AmendmentState.DRAFT)
    made_by_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("staff.id"))
    made_at: Mapped[datetime]
    version: Mapped[int | None]
    filed_at: Mapped[datetime | None]
    plan: Mapped[Plan] = relationship()
    made_by: Mapped[Staff] = relationship()
    lines: Mapped[list["PlanAmendmentLine"]] = relationship(back_populates="amendment")


class PlanAmendmentLine(Kept):
    """One household in an amendment: what the plan says (`was`), what it is to say (`becomes`); either may be nothing.

    `line_id` is the line of the plan, also of one that it is to get. Once it has come to something it never changes.
    """

    __tablename__ = "plan_amendment_line"
    __table_args__ = (sa.UniqueConstraint("amendment_id", "unit_id"),)

    estate_id: Mapped[uuid.UUID] = mapped_column(index=True)
    amendment_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("plan_amendment.id"))
    unit_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("unit.id"), index=True)
    line_id: Mapped[uuid.UUID]
    was: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))
    becomes: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))
    reason: Mapped[str] = mapped_column(sa.String(200), default="")
    came: Mapped[Came] = mapped_column(default=Came.OPEN)
    amendment: Mapped[PlanAmendment] = relationship(back_populates="lines")
    unit: Mapped[Unit] = relationship()

    @property
    def old(self) -> Terms | None:
        """What the plan says of this household, if it stands in it."""
        return Terms.read(self.was) if self.was else None

    @property
    def new(self) -> Terms | None:
        """What it is to say, if it is to stand in it."""
        return Terms.read(self.becomes) if self.becomes else None


class SpecialVisit(Kept):
    """An order to visit some homes about one thing (专项走访). Each home is a task whose `subject_id` points here.

    `due_on`: the day of the whole; single homes may have another. `withdrawn_at`: nothing of it is due any more.
    """

    __tablename__ = "special_visit"

    estate_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("estate.id"), index=True)
    title: Mapped[str] = mapped_column(sa.String(120))
    ask: Mapped[str] = mapped_column(sa.Text, default="")
    method: Mapped[Method]
    due_on: Mapped[date]
    required_by_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("staff.id"))
    ordered_by_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("staff.id"))
    ordered_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    ordered_by: Mapped[Staff] = relationship(foreign_keys=[ordered_by_id])
    required_by: Mapped[Staff | None] = relationship(foreign_keys=[required_by_id])


class Visit(Kept):
    """A visit held: what was said and signed at one door, at one time. Its id was made on the tablet.

    `set_right_at`: when it began by the office's clock, where the tablet's was behind as it sent.
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
    set_right_at: Mapped[datetime | None]
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

    @property
    def met_at(self) -> datetime:
        """When somebody was met: set right, or by the tablet's clock, never after the visit's own arrival."""
        return self.set_right_at or min(self.started_at, self.received_at)


MET_AT = sa.func.coalesce(
    Visit.set_right_at,
    sa.case((Visit.started_at > Visit.received_at, Visit.received_at), else_=Visit.started_at),
    type_=Visit.started_at.type,
)
"""`Visit.met_at` for a statement."""


class CopyLink(Kept):
    """A link under which whoever signed at a visit reads their copy. Of its token only the SHA-256 is kept.

    `made_by_id`: who made it anew in the office; nobody where the tablet made it as the visit was saved.
    """

    __tablename__ = "copy_link"

    estate_id: Mapped[uuid.UUID] = mapped_column(index=True)
    visit_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("visit.id"), index=True)
    # Not unique: a tablet that draws the same token twice has still done its work.
    token_sha256: Mapped[str] = mapped_column(sa.String(64), index=True)
    made_at: Mapped[datetime]
    made_by_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("staff.id"))
    valid_until: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("staff.id"))
    ended_reason: Mapped[str] = mapped_column(sa.String(400), default="")
    opened: Mapped[int] = mapped_column(default=0)
    opened_at: Mapped[datetime | None]
    visit: Mapped[Visit] = relationship()
    made_by: Mapped[Staff | None] = relationship(foreign_keys=[made_by_id])
    ended_by: Mapped[Staff | None] = relationship(foreign_keys=[ended_by_id])


class Attempt(Kept):
    """An attempt that met nobody, kept and counted. Numbered, it never changes.

    `tried_at`: by the tablet's clock, set right where it was behind as it sent, and never after its own arrival.
    `called`: whose number was dialled, if the office knows them, which of their numbers, and its last four digits.
    """

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
    again_at: Mapped[datetime | None]
    called_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("person.id"))
    called_index: Mapped[int | None]
    called_ending: Mapped[str | None] = mapped_column(sa.String(4))
    left_note: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
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


class BriefingItem(Kept):
    """A line of the briefing (走访须知, R05, R06). What it says stands in its versions; `version` is the newest."""

    __tablename__ = "briefing_item"

    estate_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("estate.id"), index=True)
    kind: Mapped[BriefingKind]
    version: Mapped[int]
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("staff.id"))
    ended_by: Mapped[Staff | None] = relationship()
    versions: Mapped[list["BriefingVersion"]] = relationship(back_populates="item", order_by="BriefingVersion.number")

    @property
    def newest(self) -> "BriefingVersion":
        return self.versions[-1]


class BriefingVersion(Kept):
    """What a line of the briefing says, where and how long, from one edit to the next; it never changes.

    No buildings: in the whole estate. `owner_id`: a fact about a company that owns homes here, for whoever goes there.
    `valid_until` is the last day. Without `by_id` it comes from a time before the briefing had authors.
    """

    __tablename__ = "briefing_version"
    __table_args__ = (sa.UniqueConstraint("item_id", "number"),)

    estate_id: Mapped[uuid.UUID] = mapped_column(index=True)
    item_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("briefing_item.id"))
    number: Mapped[int]
    text_zh: Mapped[str] = mapped_column(sa.Text)
    text_en: Mapped[str] = mapped_column(sa.Text)
    building_ids: Mapped[list[str]]
    owner_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("person.id"))
    valid_from: Mapped[date]
    valid_until: Mapped[date | None]
    by_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("staff.id"))
    at: Mapped[datetime]
    item: Mapped[BriefingItem] = relationship(back_populates="versions")
    owner: Mapped[Person | None] = relationship()
    by: Mapped[Staff | None] = relationship()

    def text(self, locale: str) -> str:
        """In a language; in Chinese where nobody wrote it in English."""
        return self.text_zh if locale == "zh" else self.text_en or self.text_zh


class BriefingReading(Kept):
    """That an officer has read what their tablet showed of the briefing; it never changes."""

    __tablename__ = "briefing_reading"

    estate_id: Mapped[uuid.UUID] = mapped_column(index=True)
    staff_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("staff.id"))
    device_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("device.id"))
    operation_id: Mapped[uuid.UUID] = mapped_column(unique=True)
    read_at: Mapped[datetime]
    received_at: Mapped[datetime]
    marks: Mapped[list["BriefingMark"]] = relationship(back_populates="reading")

    @property
    def receipt_number(self) -> None:
        """A reading is no record of a visit: the office gives it no number."""


class BriefingMark(Kept):
    """That somebody has read one version of a line of the briefing: the first time counts, and it never changes."""

    __tablename__ = "briefing_mark"
    __table_args__ = (sa.UniqueConstraint("item_id", "version", "staff_id"),)

    estate_id: Mapped[uuid.UUID] = mapped_column(index=True)
    reading_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("briefing_reading.id"), index=True)
    item_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("briefing_item.id"))
    version: Mapped[int]
    staff_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("staff.id"))
    read_at: Mapped[datetime]
    reading: Mapped[BriefingReading] = relationship(back_populates="marks")


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
