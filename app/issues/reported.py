"""What was reported upward about issues, with what result, and who has read it."""

import uuid
from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Kept, db
from app.core.errors import NotFound
from app.core.i18n import _
from app.issues.models import Issue
from app.issues.rules import State
from app.people.models import Staff


class IssueReport(Kept):
    """An issue was reported to supervisor and manager (R10); once one of them took it up, with what they settled."""

    __tablename__ = "issue_report"

    estate_id: Mapped[uuid.UUID]
    issue_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("issue.id"), index=True)
    round: Mapped[int]
    by_id: Mapped[uuid.UUID | None]
    at: Mapped[datetime]
    taken_up_at: Mapped[datetime | None]
    taken_up_by_id: Mapped[uuid.UUID | None]
    note: Mapped[str] = mapped_column(sa.Text, default="")
    issue: Mapped[Issue] = relationship()


class IssueResult(Kept):
    """The result of an issue that was reported, as it was told upward (R12). It never changes."""

    __tablename__ = "issue_result"

    estate_id: Mapped[uuid.UUID]
    issue_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("issue.id"), index=True)
    round: Mapped[int]
    state: Mapped[State]
    note: Mapped[str] = mapped_column(sa.Text)
    by_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("staff.id"))
    at: Mapped[datetime]
    issue: Mapped[Issue] = relationship()
    by: Mapped[Staff] = relationship()
    readings: Mapped[list["IssueResultReading"]] = relationship(order_by="IssueResultReading.at")


class IssueResultReading(Kept):
    """Who has read a result, and when. It never changes."""

    __tablename__ = "issue_result_reading"
    __table_args__ = (sa.UniqueConstraint("result_id", "staff_id"),)

    estate_id: Mapped[uuid.UUID]
    result_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("issue_result.id"))
    staff_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("staff.id"))
    at: Mapped[datetime]
    staff: Mapped[Staff] = relationship()


def reports_of(issue_id: uuid.UUID) -> list[IssueReport]:
    """Every time an issue was reported upward, oldest first."""
    found = sa.select(IssueReport).where(IssueReport.issue_id == issue_id).order_by(IssueReport.at, IssueReport.id)
    return list(db.session.scalars(found))


def results_of(issue_id: uuid.UUID) -> list[IssueResult]:
    """Every result that was told of an issue, newest first."""
    found = sa.select(IssueResult).where(IssueResult.issue_id == issue_id)
    return list(db.session.scalars(found.order_by(IssueResult.at.desc(), IssueResult.id.desc())))


def the_result(estate_id: uuid.UUID, result_id: uuid.UUID) -> IssueResult:
    """A result that was told in this estate. Raises NotFound."""
    result = db.session.get(IssueResult, result_id)
    if result is None or result.estate_id != estate_id:
        raise NotFound("result:unknown", _("This result is not known in this estate."))
    return result


def issues_about(ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, uuid.UUID]:
    """Id of a report or a result → id of its issue."""
    wanted = list(ids)
    kept = sa.union_all(
        sa.select(IssueReport.id, IssueReport.issue_id).where(IssueReport.id.in_(wanted)),
        sa.select(IssueResult.id, IssueResult.issue_id).where(IssueResult.id.in_(wanted)),
    )
    return {row[0]: row[1] for row in db.session.execute(kept)} if wanted else {}
