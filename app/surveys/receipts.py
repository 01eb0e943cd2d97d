"""Receipts of a sheet: every handing-out is kept, whichever the sheet itself tells of. The caller commits."""

import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from app.core import journal
from app.core.clock import isoformat
from app.core.db import db, hold
from app.core.ids import new_id
from app.core.journal import By
from app.surveys.models import SurveyReceipt, SurveySheet
from app.surveys.rules import Receipt

LATE_RECEIPT, HANDED_OUT_TWICE = "sheet:receipt_came_late", "sheet:handed_out_twice"
TAKEN_BEFORE = "sheet:taken_before"
"""The journal's kind of a receipt that came to be known once its household had declined."""


@dataclass(frozen=True)
class Given:
    """What is said when a sheet is handed out: who took it, how they confirmed it, when it is collected (R24, R28)."""

    receipt: Receipt
    name: str
    relation: str
    agreed_at: datetime | None = None


def note_late_receipt(
    sheet: SurveySheet,
    given: Given,
    *,
    visit_id: uuid.UUID,
    event_id: uuid.UUID,
    by: By,
    at: datetime,
    when: datetime,
) -> bool:
    """Whoever took the sheet had signed for it, and that came once its answers were in: returns whether it is so.

    The sheet is as it was answered, and counts as it did; its receipt stands beside it. Who took it, the visit says.
    """
    if journal.happened(event_id):
        return False
    hold(sheet)
    if sheet.collected_at is None or sheet.handed_out_at is not None or when > sheet.collected_at:
        return False
    data = {
        "survey": str(sheet.survey_id),
        "unit": str(sheet.unit_id),
        "visit": str(visit_id),
        "receipt": given.receipt.value,
        "handed_out_at": isoformat(when),
        "agreed_at": isoformat(given.agreed_at) if given.agreed_at else "",
    }
    subject = ("survey_sheet", sheet.id)
    journal.write(sheet.estate_id, LATE_RECEIPT, subject, by=by, at=at, data=data, event_id=event_id)
    return True


def note_once_more(
    sheet: SurveySheet,
    given: Given,
    *,
    visit_id: uuid.UUID,
    event_id: uuid.UUID,
    by: By,
    at: datetime,
    when: datetime,
) -> bool:
    """It was handed out while its household had it already: returns whether it is so.

    The sheet tells of the handing-out that it knew first; this receipt stands beside it.
    """
    if journal.happened(event_id):
        return False
    hold(sheet)
    if sheet.handed_out_at is None:
        return False
    _keep_beside(sheet, given, visit_id, by.staff_id, when)
    data = {"survey": str(sheet.survey_id), "unit": str(sheet.unit_id), "visit": str(visit_id)}
    subject = ("survey_sheet", sheet.id)
    journal.write(sheet.estate_id, HANDED_OUT_TWICE, subject, by=by, at=at, data=data, event_id=event_id)
    return True


def keep_former(sheet: SurveySheet) -> None:
    """It is handed out anew, as its household was asked once more: who took it before stays known."""
    if sheet.handed_out_at is None or sheet.receipt is None:
        return
    given = Given(sheet.receipt, sheet.receipt_name, sheet.receipt_relation, sheet.agreed_at)
    _keep_beside(sheet, given, sheet.handed_out_visit_id, sheet.handed_out_by_id, sheet.handed_out_at)


def _keep_beside(
    sheet: SurveySheet, given: Given, visit_id: uuid.UUID | None, by_id: uuid.UUID | None, when: datetime
) -> None:
    db.session.add(
        SurveyReceipt(
            id=new_id(),
            estate_id=sheet.estate_id,
            sheet_id=sheet.id,
            handed_out_at=when,
            handed_out_by_id=by_id,
            handed_out_visit_id=visit_id,
            receipt=given.receipt,
            receipt_name=given.name,
            receipt_relation=given.relation,
            agreed_at=given.agreed_at,
        )
    )


def receipts_beside(sheets: Iterable[SurveySheet]) -> dict[uuid.UUID, list[SurveyReceipt]]:
    """Sheet → its receipts beside its own, the first first; of those that have any."""
    found = sa.select(SurveyReceipt).where(SurveyReceipt.sheet_id.in_([sheet.id for sheet in sheets]))
    known: dict[uuid.UUID, list[SurveyReceipt]] = defaultdict(list)
    in_time = found.order_by(SurveyReceipt.handed_out_at, SurveyReceipt.id)
    for receipt in db.session.scalars(in_time.options(joinedload(SurveyReceipt.handed_out_by))):
        known[receipt.sheet_id].append(receipt)
    return dict(known)
