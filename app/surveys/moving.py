"""A survey on its way: from a state to the next, and held while it is counted or called off. The caller commits."""

import uuid
from datetime import datetime
from typing import Any

from app.core import journal
from app.core.db import db, hold
from app.core.errors import Outdated
from app.core.i18n import _
from app.core.journal import By, Doc
from app.estates.models import Estate
from app.surveys.meeting import let_call
from app.surveys.models import Survey
from app.surveys.rules import COLLECTING, SurveyMove, survey_step
from app.surveys.tasks import make_anew, still_due


def hold_to_count(survey: Survey) -> None:
    """No sheet of it moves until this transaction ends; whoever is moving one is waited for.

    What is due first, then itself, as whoever moves a sheet takes them: so neither waits for the other in a ring.
    """
    still_due(survey)
    hold(survey)


def move(
    survey: Survey,
    what: SurveyMove,
    *,
    event_id: uuid.UUID | None,
    by: By,
    at: datetime,
    data: dict[str, Any] | None = None,
) -> None:
    """Write state and journal line together; tablets hold what takes sheets. Raises Outdated if it has moved on."""
    row = survey_step(survey.state, what)
    if row is None:
        raise Outdated("survey:moved_on", _("This survey has moved on since: look at it again."))
    survey.state = row.after
    if what is SurveyMove.READ:
        let_call(survey, at=at)
    if what is SurveyMove.COME_BACK:
        make_anew(survey, db.session.get_one(Estate, survey.estate_id).time_zone, by=by, at=at)
    changes = (Doc("survey", survey.id, gone=survey.state not in COLLECTING),)
    subject = ("survey", survey.id)
    journal.write(survey.estate_id, what.value, subject, by=by, at=at, data=data, changes=changes, event_id=event_id)
