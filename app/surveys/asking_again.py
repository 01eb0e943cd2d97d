"""A household that declined wishes to be asked once more. The caller commits."""

import uuid
from datetime import date, datetime

from app.agenda.queries import due_about
from app.agenda.rules import OF_SURVEYS
from app.core import journal
from app.core.db import hold
from app.core.journal import By
from app.surveys.models import SurveySheet
from app.surveys.rules import ASKED_AGAIN, SheetState
from app.surveys.tasks import let_hand_out


def ask_again(
    sheet: SurveySheet, reason: str, officer_id: uuid.UUID, due_on: date, *, event_id: uuid.UUID, by: By, at: datetime
) -> bool:
    """A household that declined thought better of it: somebody goes there once more. Returns whether that was new.

    It counts as one that declined until it takes its sheet, or answers.
    """
    if journal.happened(event_id):
        return False
    hold(sheet)
    if sheet.state is not SheetState.DECLINED or due_about(sheet.id, *OF_SURVEYS):
        return False
    let_hand_out(sheet, sheet.unit, officer_id, due_on, by=by, at=at)
    data = {"survey": str(sheet.survey_id), "unit": str(sheet.unit_id), "reason": reason.strip()}
    subject = ("survey_sheet", sheet.id)
    journal.write(sheet.estate_id, ASKED_AGAIN, subject, by=by, at=at, data=data, event_id=event_id)
    return True
