"""A year's report on its way to the executive."""

import uuid
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Kept
from app.people.models import Staff
from app.reports.rules import ReportState


class YearReport(Kept):
    """A year's statistics as they were counted when they were handed up (R17, R18). Assessed (R19), it never changes.

    `summary`: what customer service says of the year. `figures`: as `reports.figures.as_text` wrote them.
    """

    __tablename__ = "year_report"
    __table_args__ = (sa.UniqueConstraint("estate_id", "year"),)

    estate_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("estate.id"))
    year: Mapped[int]
    state: Mapped[ReportState]
    summary: Mapped[str] = mapped_column(sa.Text)
    figures: Mapped[str] = mapped_column(sa.Text)
    counted_at: Mapped[datetime]
    made_by_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("staff.id"))
    assessed_at: Mapped[datetime | None]
    made_by: Mapped[Staff] = relationship()
