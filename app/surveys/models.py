"""Surveys, their questions, and each household's sheet."""

import uuid
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Kept
from app.estates.models import Unit
from app.people.models import Department, Staff
from app.surveys.rules import COLLECTING, Filled, FormKind, Level, Receipt, SheetState, SurveyState


class Survey(Kept):
    """One survey of all owners of an estate (R25). What it asks stays once it is out; read by all, it never changes.

    `purpose` is told at the door (R26), `key_items` are presented there (R27), one a line. `issue_from`, `issue_until`:
    the set dates of handing out (R24); `collect_until`: by when the sheets are back. `households`, `vacant`: how many
    there were when it was issued. `figures`: the result as it was counted when it was handed up (R31).
    """

    __tablename__ = "survey"
    __table_args__ = (sa.UniqueConstraint("estate_id", "number"),)

    estate_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("estate.id"), index=True)
    number: Mapped[str] = mapped_column(sa.String(20))
    year: Mapped[int]
    form: Mapped[FormKind]
    state: Mapped[SurveyState] = mapped_column(default=SurveyState.DRAFT)
    title_zh: Mapped[str] = mapped_column(sa.String(60))
    title_en: Mapped[str] = mapped_column(sa.String(60))
    purpose_zh: Mapped[str] = mapped_column(sa.Text)
    purpose_en: Mapped[str] = mapped_column(sa.Text)
    key_items_zh: Mapped[str] = mapped_column(sa.Text)
    key_items_en: Mapped[str] = mapped_column(sa.Text)
    issue_from: Mapped[date]
    issue_until: Mapped[date]
    collect_until: Mapped[date]
    made_by_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("staff.id"))
    made_at: Mapped[datetime]
    issued_at: Mapped[datetime | None]
    households: Mapped[int] = mapped_column(default=0)
    vacant: Mapped[int] = mapped_column(default=0)
    summary: Mapped[str] = mapped_column(sa.Text, default="")
    figures: Mapped[str | None] = mapped_column(sa.Text, deferred=True)
    counted_at: Mapped[datetime | None]
    read_at: Mapped[datetime | None]
    made_by: Mapped[Staff] = relationship()
    questions: Mapped[list["SurveyQuestion"]] = relationship(
        back_populates="survey", order_by="SurveyQuestion.place", cascade="all, delete-orphan"
    )

    @property
    def is_collecting(self) -> bool:
        """Whether its sheets are handed out and collected."""
        return self.state in COLLECTING

    def title(self, locale: str) -> str:
        return self.title_zh if locale == "zh" else self.title_en or self.title_zh

    def purpose(self, locale: str) -> str:
        return self.purpose_zh if locale == "zh" else self.purpose_en or self.purpose_zh

    def key_items(self, locale: str) -> list[str]:
        said = self.key_items_zh if locale == "zh" else self.key_items_en or self.key_items_zh
        return [line.strip() for line in said.splitlines() if line.strip()]


class SurveyQuestion(Kept):
    """One item that owners judge, about one department; `place` from 1, those of a department in a row."""

    __tablename__ = "survey_question"

    estate_id: Mapped[uuid.UUID]
    survey_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("survey.id"), index=True)
    place: Mapped[int]
    department_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("department.id"))
    text_zh: Mapped[str] = mapped_column(sa.String(120))
    text_en: Mapped[str] = mapped_column(sa.String(120))
    survey: Mapped[Survey] = relationship(back_populates="questions")
    department: Mapped[Department] = relationship()

    def text(self, locale: str) -> str:
        return self.text_zh if locale == "zh" else self.text_en or self.text_zh


class SurveySheet(Kept):
    """A household's sheet in one survey: handed out against a receipt (R24), collected (R28 to R30) or declined.

    What an owner answered never changes.

    `receipt_*`: who took it, how they relate to the unit, how they confirmed it. `agreed_at`: when it is collected, as
    agreed at the door (R28). `signed`: whether the sheet bears a name (R29), `signed_name` whose. `relation`: who
    answered, seen from the owner; `proxy`: on the owner's behalf. `levels`: question id → level; `opinions`: department
    id → words. `handed_out_visit_id`, `visit_id`: of the visits, nothing where a desk took it.
    """

    __tablename__ = "survey_sheet"
    __table_args__ = (
        sa.UniqueConstraint("survey_id", "unit_id"),
        sa.Index("ix_survey_sheet_estate_id_state", "estate_id", "state"),
    )

    estate_id: Mapped[uuid.UUID]
    survey_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("survey.id"))
    unit_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("unit.id"), index=True)
    number: Mapped[str] = mapped_column(sa.String(30))
    state: Mapped[SheetState] = mapped_column(default=SheetState.TO_HAND_OUT)
    handed_out_at: Mapped[datetime | None]
    handed_out_by_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("staff.id"))
    handed_out_visit_id: Mapped[uuid.UUID | None]
    receipt: Mapped[Receipt | None]
    receipt_name: Mapped[str] = mapped_column(sa.String(120), default="")
    receipt_relation: Mapped[str] = mapped_column(sa.String(20), default="")
    agreed_at: Mapped[datetime | None]
    declined_at: Mapped[datetime | None]
    declined_reason: Mapped[str] = mapped_column(sa.Text, default="")
    collected_at: Mapped[datetime | None]
    collected_by_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("staff.id"))
    visit_id: Mapped[uuid.UUID | None]
    filled: Mapped[Filled | None]
    signed: Mapped[bool] = mapped_column(default=False)
    signed_name: Mapped[str] = mapped_column(sa.String(120), default="")
    relation: Mapped[str] = mapped_column(sa.String(20), default="")
    proxy: Mapped[bool] = mapped_column(default=False)
    callback_welcome: Mapped[bool | None]
    overall: Mapped[Level | None]
    levels: Mapped[dict[str, Any]] = mapped_column(default=dict)
    opinions: Mapped[dict[str, Any]] = mapped_column(default=dict)
    survey: Mapped[Survey] = relationship()
    unit: Mapped[Unit] = relationship()
    handed_out_by: Mapped[Staff | None] = relationship(foreign_keys=[handed_out_by_id])
    collected_by: Mapped[Staff | None] = relationship(foreign_keys=[collected_by_id])


class SurveyReceipt(Kept):
    """Who took a sheet at a handing-out beside the one that the sheet itself tells of: before it was asked again, or
    while it was out already. It never changes.
    """

    __tablename__ = "survey_receipt"

    estate_id: Mapped[uuid.UUID]
    sheet_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("survey_sheet.id"), index=True)
    handed_out_at: Mapped[datetime]
    handed_out_by_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("staff.id"))
    handed_out_visit_id: Mapped[uuid.UUID | None]
    receipt: Mapped[Receipt]
    receipt_name: Mapped[str] = mapped_column(sa.String(120))
    receipt_relation: Mapped[str] = mapped_column(sa.String(20))
    agreed_at: Mapped[datetime | None]
    handed_out_by: Mapped[Staff | None] = relationship()


AS_NUMBERED = (sa.func.length(SurveySheet.number), SurveySheet.number)
"""The order in which a survey's sheets were numbered: as text `-10000` would stand before `-9999`."""
