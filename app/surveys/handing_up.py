"""Everything that moves a survey's result: counted and handed up, passed on, sent back, read. The caller commits."""

import uuid
from datetime import datetime

from app.approvals.actions import make_move, submit
from app.approvals.queries import review_of
from app.approvals.rules import Move, Paper, State
from app.core import journal
from app.core.clock import local_date
from app.core.db import db, take_turn
from app.core.errors import Outdated, Refused
from app.core.i18n import _
from app.core.journal import By
from app.estates.models import Estate
from app.people.rules import Role
from app.surveys.figures import as_text, figures_of, from_text
from app.surveys.homes import to_ask_once_more
from app.surveys.models import Survey
from app.surveys.moving import hold_to_count
from app.surveys.moving import move as move_survey
from app.surveys.rules import SurveyMove, SurveyState, ends_early, survey_step
from app.surveys.tasks import call_off_tasks, left_with


def hand_up(
    survey: Survey, estate: Estate, summary: str, ended_early: str = "", *, event_id: uuid.UUID, by: By, at: datetime
) -> bool:
    """Collecting ends: count the survey as it stands and hand it up (R31, R32); one that came back is counted anew.

    `ended_early`: why, if sheets are still out and the days of collecting are not over. Returns False if this very
    event happened before. Raises Refused without it, without a summary and where nothing came back, Outdated where it
    is handed up already.
    """
    take_turn(f"survey {survey.id}")
    if journal.happened(event_id):
        return False
    hold_to_count(survey)
    if survey_step(survey.state, SurveyMove.HAND_UP) is None:
        raise Outdated("survey:moved_on", _("This survey has moved on since: look at it again."))
    if not summary.strip():
        raise Refused("survey:no_summary", _("Write in a few words what the survey comes to."))
    before = from_text(survey.figures).ended_early if survey.figures else ""
    figures = figures_of(estate, survey, at, ended_early.strip() or before)
    if not figures.returns.collected:
        raise Refused("survey:nothing_collected", _("No sheet has come back yet: there is nothing to count."))
    still_out = figures.returns.left + to_ask_once_more(survey.id)
    is_early = survey.state is SurveyState.OUT and ends_early(
        survey.collect_until, local_date(at, estate.time_zone), still_out
    )
    if is_early and not figures.ended_early:
        raise Refused(
            "survey:still_out",
            _(
                "Sheets are still out, and collecting goes on until %(day)s: write down why it ends now.",
                day=survey.collect_until,
            ),
        )
    survey.summary, survey.figures, survey.counted_at = summary.strip(), as_text(figures), at
    officers = left_with(survey)
    data = {"officers": officers} if officers else {}
    call_off_tasks(survey, by=by, at=at)
    move_survey(survey, SurveyMove.HAND_UP, event_id=None, by=by, at=at, data=data)
    db.session.flush()
    return submit(Paper.SURVEY, survey.id, estate, event_id=event_id, by=by, at=at)


def move_result(
    survey: Survey,
    move: Move,
    *,
    after: int,
    roles: frozenset[Role],
    event_id: uuid.UUID,
    by: By,
    at: datetime,
    note: str = "",
) -> bool:
    """Pass it on, send it back, take it back; after the last stage it is read. As `approvals.actions.make_move`."""
    review = review_of(survey.id)
    if review is None:
        raise Outdated("survey:moved_on", _("This survey has moved on since: look at it again."))
    moved = make_move(review, move, after=after, roles=roles, event_id=event_id, by=by, at=at, note=note)
    if moved and review.state is State.COMPLETE:
        move_survey(survey, SurveyMove.READ, event_id=None, by=by, at=at)
        survey.read_at = at
    elif moved and review.state is not State.RUNNING:
        move_survey(survey, SurveyMove.COME_BACK, event_id=None, by=by, at=at)
    return moved
