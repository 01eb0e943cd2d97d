"""A survey is called off: nothing of it is due any more, and whoever it concerns is told. The caller commits."""

import uuid
from datetime import datetime
from typing import Any

from app.approvals.actions import MEND
from app.approvals.queries import review_of
from app.approvals.rules import Paper, chain_of
from app.core import journal, waits
from app.core.db import db, take_turn
from app.core.errors import Refused
from app.core.i18n import _, lazy_
from app.core.journal import By
from app.estates.models import Estate
from app.people.rules import Role
from app.surveys.measures import meeting_on
from app.surveys.models import Survey
from app.surveys.moving import hold_to_count, move
from app.surveys.rules import SurveyMove, SurveyState
from app.surveys.tasks import call_off_tasks, left_with

MET_ON = lazy_("The special meeting on its result is called: it is counted anew and handed up, not called off.")
"""Why a survey whose result came back stays: what follows of it has begun."""
_AT_DESKS = frozenset({Role.SUPERVISOR, Role.FRONT_DESK})
"""To whom sheets come back, whoever reads the result."""


def withdraw_survey(survey: Survey, reason: str, *, event_id: uuid.UUID, by: By, at: datetime) -> bool:
    """Call it off; what is still to be handed out or collected is not due any more. Returns whether that was new.

    A result that came back is not asked for any more; what was handed up stays as it was counted. Raises Refused
    without a reason, and where a meeting is called on it.
    """
    take_turn(f"survey {survey.id}")
    if journal.happened(event_id):
        return False
    if not reason.strip():
        raise Refused("survey:no_reason", _("Please write down why."))
    hold_to_count(survey)
    if is_met_on(survey):
        raise Refused("survey:met_on", MET_ON)
    data = {"reason": reason.strip()} | (_concerned(survey) if survey.issued_at else {})
    move(survey, SurveyMove.WITHDRAW, event_id=event_id, by=by, at=at, data=data)
    call_off_tasks(survey, by=by, at=at)
    waits.end(survey.id, MEND)
    return True


def is_met_on(survey: Survey) -> bool:
    """Whether a meeting is called on a result that came back since."""
    return survey.state is SurveyState.BACK and meeting_on(survey.id) is not None


def _concerned(survey: Survey) -> dict[str, Any]:
    """Whom it concerns: who was to go there, and how many homes they had to collect from; whom it asks about; to whom
    its sheets come back, or its result would have come.
    """
    roles = _AT_DESKS | _readers(survey)
    return {
        "officers": left_with(survey),
        "departments": sorted({str(question.department_id) for question in survey.questions}),
        "roles": sorted(role.value for role in roles),
    }


def _readers(survey: Survey) -> set[Role]:
    """Who reads its result: by the chain that it went along, or would go along now."""
    review, estate = review_of(survey.id), db.session.get_one(Estate, survey.estate_id)
    chain = review.chain if review else chain_of(Paper.SURVEY, estate.profile, estate.settings)
    return {stage.role for stage in chain}
