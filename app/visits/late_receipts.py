"""Receipts of survey sheets that came once the answers were in: who took such a sheet, when, as the visit tells it."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from app.core.db import db
from app.core.journal import JournalLine
from app.surveys.models import SurveySheet
from app.surveys.receipts import LATE_RECEIPT
from app.surveys.rules import Receipt
from app.visits.models import Visit
from app.visits.queries import visits_by_id


@dataclass(frozen=True)
class Taken:
    """Who took a sheet at a visit, how they confirmed it, when it was, and when it was to be collected."""

    visit: Visit
    how: Receipt
    at: datetime
    agreed_at: datetime | None

    @property
    def name(self) -> str:
        return self.visit.interviewee_name

    @property
    def relation(self) -> str:
        return self.visit.interviewee_relation.value


def taken_late(sheets: Iterable[SurveySheet]) -> dict[uuid.UUID, Taken]:
    """Sheet → its receipt, for those of these that came back before it came; of several the first."""
    ids = [sheet.id for sheet in sheets if sheet.collected_at is not None and sheet.handed_out_at is None]
    if not ids:
        return {}
    found = sa.select(JournalLine.subject_id, JournalLine.data)
    came = found.where(JournalLine.subject_id.in_(ids), JournalLine.kind == LATE_RECEIPT)
    told = {row.subject_id: row.data for row in db.session.execute(came.order_by(JournalLine.seq.desc()))}
    visits = visits_by_id({uuid.UUID(data["visit"]) for data in told.values()})
    return {
        sheet_id: Taken(
            visits[uuid.UUID(data["visit"])],
            Receipt(data["receipt"]),
            datetime.fromisoformat(data["handed_out_at"]),
            datetime.fromisoformat(data["agreed_at"]) if data["agreed_at"] else None,
        )
        for sheet_id, data in told.items()
    }
