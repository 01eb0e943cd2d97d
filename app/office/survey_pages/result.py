"""What a survey came to (R31, R32, form 13): as it stands, as it was handed up, and its way upward (V50)."""

import uuid
from dataclasses import replace
from typing import Any

from flask import Response, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse
from wtforms.validators import InputRequired, Length

from app.approvals.models import Review
from app.approvals.queries import review_of
from app.approvals.rules import Duty, Move, Paper, Stage
from app.core.clock import now
from app.core.db import db
from app.core.errors import NotFound, Refused
from app.core.i18n import _, lazy_
from app.core.limits import limiter
from app.documents.sheets_of.survey_analysis import analysis_sheet
from app.documents.sheets_of.survey_letter import letter_sheet, measures_told
from app.office.act_form import ActForm, TextLines, leave_behind, typed_in
from app.office.asked import Asked
from app.office.door import estate_id, me, office
from app.office.exporting import take_away
from app.office.moments import When
from app.office.printed import OFTEN, answer_sheet, languages_asked_for
from app.office.reviews import PASSES, ReviewForm, forms_of, history_of, walk, way_of
from app.office.survey_pages.result_file import RESULT, Line, lines_of
from app.office.survey_pages.result_lines import (
    beside_earlier,
    buildings,
    companies,
    departments,
    items,
    opinions,
    surveys,
)
from app.people.access import may
from app.people.rules import Act
from app.surveys.counting import FIVE_LEVELS
from app.surveys.figures import Figures, figures_of, from_text, kept_of
from app.surveys.handing_up import hand_up, move_result
from app.surveys.homes import to_ask_once_more
from app.surveys.measures import meeting_on
from app.surveys.models import Survey
from app.surveys.queries import collected_of, the_survey
from app.surveys.rules import HANDED_UP, SurveyMove, SurveyState, ends_early, survey_step
from app.surveys.words import LEVELS

AIMS = {"distribution": 90, "response": 80, "satisfaction": 90}
"""In percent (policy, section 4)."""
_PASSES = PASSES | {Duty.ASSESS: (lazy_("Assessed, it goes to the special meeting"), "signature")}


class HandUpForm(ActForm):
    """What customer service says of the survey; why collecting ends, where it does so early."""

    summary = TextLines(lazy_("What the survey comes to"), validators=[InputRequired(), Length(max=4000)])
    early = TextLines(lazy_("Why collecting ends now"), validators=[Length(max=500)])


@office.get("/surveys/<uuid:survey_id>/result")
@may(Act.SEE_SURVEYS)
def survey_result(survey_id: uuid.UUID) -> str:
    """The figures of now while it is out; afterwards those that were handed up."""
    return _page(the_survey(estate_id(), survey_id))


def _page(shown: Survey, form: HandUpForm | None = None, written: ReviewForm | None = None, changed: str = "") -> str:
    here, at = me(), now()
    figures, review, when = _figures(shown), review_of(shown.id), When(here.estate.time_zone, at)
    way, stage = way_of(Paper.SURVEY, review), _stage_of_mine(review)
    is_kept, handing_up = shown.state in HANDED_UP, _form_of(shown, form)
    still_out = figures.returns.left + to_ask_once_more(shown.id) if figures and handing_up else 0
    is_early = _is_early(shown, still_out, when)
    if handing_up and is_early:
        handing_up.early.flags.required = True
    return render_template(
        "office/surveys/result.html",
        survey=shown,
        figures=figures,
        way=way,
        history=history_of(way.acts, when),
        stage=stage,
        passes=_PASSES[stage.duty] if stage else None,
        takes_back=shown.state is SurveyState.UNDER_REVIEW and here.may(Act.MAKE_SURVEY),
        hand_up=handing_up,
        hand_up_now=form is not None,
        still_out=still_out,
        is_early=is_early,
        forms=forms_of(written, len(way.acts)),
        written=written,
        changed=changed,
        is_kept=is_kept,
        calls_next=_calls_next(shown),
        since=collected_of(shown.id) - figures.returns.collected if figures and is_kept else 0,
        departments=departments(figures) if figures else [],
        companies=companies(figures) if figures else [],
        items=items(figures) if figures else [],
        buildings=buildings(figures) if figures else [],
        surveys=surveys(figures) if figures else [],
        beside_earlier=beside_earlier(figures) if figures else [],
        opinions=opinions(figures) if figures else [],
        levels=[(level, LEVELS[level]) for level in FIVE_LEVELS],
        aims=AIMS,
        Move=Move,
        SurveyState=SurveyState,
        when=when,
    )


def _calls_next(shown: Survey) -> bool:
    """Whether the special meeting on it is still to be called, by whoever looks at it."""
    return shown.state is SurveyState.READ and me().may(Act.CALL_MEETING) and meeting_on(shown.id) is None


@office.post("/surveys/<uuid:survey_id>/result/hand-up")
@may(Act.MAKE_SURVEY)
def hand_up_survey(survey_id: uuid.UUID) -> AnyResponse | tuple[str, int]:
    """End collecting, count it as it stands and hand it up; from then on its figures stay."""
    form, shown = HandUpForm(), the_survey(estate_id(), survey_id)
    if not form.validate_on_submit():
        return _page(shown, form), 422

    try:
        said = str(form.summary.data), str(form.early.data or "")
        hand_up(shown, me().estate, *said, event_id=form.event_id, by=me().by, at=now())
        db.session.commit()
    except Refused as refused:
        db.session.rollback()
        flash(str(refused.message), "refusal")
        shown = the_survey(estate_id(), survey_id)
        if not _may_hand_up(shown):
            leave_behind(*typed_in(form))  # its form is gone
        return _page(shown, form), refused.status

    flash(_("The result is handed up. Its figures stay as they were counted."), "good")
    return redirect(url_for("office.survey_result", survey_id=survey_id))


@office.post("/surveys/<uuid:survey_id>/result/take-back")
@may(Act.MAKE_SURVEY)
def take_back_survey(survey_id: uuid.UUID) -> AnyResponse | tuple[str, int]:
    """Take it back before it is read to the end, to count it anew."""
    return _moved(the_survey(estate_id(), survey_id), Move.TAKE_BACK)


@office.post("/surveys/<uuid:survey_id>/result/review/<move>")
@may(Act.REVIEW_PAPERS)
def review_survey(survey_id: uuid.UUID, move: str) -> AnyResponse | tuple[str, int]:
    """Pass it on, assess it, or send it back with a reason; of two who do so at once one is told."""
    moves = {Move.HAND_ON.value: Move.HAND_ON, Move.SEND_BACK.value: Move.SEND_BACK}
    if move not in moves:
        raise NotFound("review:no_move", _("There is no such page."))
    return _moved(the_survey(estate_id(), survey_id), moves[move])


@office.get("/surveys/<uuid:survey_id>/analysis.pdf")
@may(Act.SEE_SURVEYS)
@limiter.limit(OFTEN)
def survey_analysis_pdf(survey_id: uuid.UUID) -> Response:
    """Form 13: as it stands, or as it was handed up, with who has signed it so far."""
    shown, at = the_survey(estate_id(), survey_id), now()
    sheet = analysis_sheet(me().estate, shown, _must_have(shown), languages_asked_for(), printed_at=at)
    return answer_sheet(sheet, at, survey_id=survey_id)


@office.get("/surveys/<uuid:survey_id>/letter.pdf")
@may(Act.SEE_SURVEYS)
@limiter.limit(OFTEN)
def survey_letter_pdf(survey_id: uuid.UUID) -> Response:
    """Form 12, once the result is handed up; a draft until it is read to the end."""
    shown, at = the_survey(estate_id(), survey_id), now()
    if shown.state not in HANDED_UP:
        raise NotFound("survey:not_handed_up", _("There is a letter to owners once the result is handed up."))
    is_draft = shown.state is not SurveyState.READ
    figures = _must_have(shown)
    sheet = letter_sheet(
        me().estate, figures, languages_asked_for(), measures_told(shown, figures), printed_at=at, is_draft=is_draft
    )
    return answer_sheet(sheet, at)


@office.post("/surveys/<uuid:survey_id>/result/export/<kind>")
@may(Act.SEE_SURVEYS)
def export_survey(survey_id: uuid.UUID, kind: str) -> AnyResponse:
    """All lines as a file to take away, every count and rate in a column of its own."""
    shown = _must_be_out(the_survey(estate_id(), survey_id))
    lines: dict[uuid.UUID, Line] = {}

    def ids(_most: int) -> list[uuid.UUID]:
        found = lines_of(_must_have(the_survey(estate_id(), survey_id)))
        lines.update({uuid.UUID(int=n): line for n, line in enumerate(found)})
        return list(lines)

    list_ = replace(RESULT, title=lazy_("Result of the survey %(number)s", number=shown.number))
    return take_away(list_, Asked(), ids, lambda some: [lines[id_] for id_ in some], kind)


def _figures(shown: Survey) -> Figures | None:
    """As they were handed up, or as they stand; none before it goes out."""
    kept = kept_of(shown)
    if kept or shown.issued_at is None:
        return kept
    ended_early = from_text(shown.figures).ended_early if shown.figures else ""
    return figures_of(me().estate, shown, now(), ended_early)


def _must_be_out(shown: Survey) -> Survey:
    if shown.issued_at is None:
        raise NotFound("survey:not_out", _("This survey has not gone out yet: there is nothing to count."))
    return shown


def _must_have(shown: Survey) -> Figures:
    figures = _figures(_must_be_out(shown))
    assert figures is not None, "it has gone out"
    return figures


def _may_hand_up(shown: Survey) -> bool:
    return me().may(Act.MAKE_SURVEY) and survey_step(shown.state, SurveyMove.HAND_UP) is not None


def _form_of(shown: Survey, form: HandUpForm | None) -> HandUpForm | None:
    """The one that was refused, or one with what was said when it came back; none for whoever may not hand it up."""
    return form or HandUpForm(None, summary=shown.summary) if _may_hand_up(shown) else None


def _is_early(shown: Survey, still_out: int, when: When) -> bool:
    """Whether to end collecting now takes a reason."""
    is_out = shown.state is SurveyState.OUT
    return is_out and ends_early(shown.collect_until, when.today, still_out)


def _stage_of_mine(review: Review | None) -> Stage | None:
    return review.stage if review and review.stage and review.stage.role in me().roles else None


def _moved(moved: Survey, move: Move) -> AnyResponse | tuple[str, int]:
    def act(form: ReviewForm) -> None:
        said: dict[str, Any] = {"event_id": form.event_id, "by": me().by, "at": now(), "note": form.note.data or ""}
        move_result(moved, move, after=form.seen, roles=me().roles, **said)

    def page(form: ReviewForm, changed: str) -> str:
        return _page(the_survey(estate_id(), moved.id), None, form, changed)

    if refused := walk(Paper.SURVEY, moved.id, move, act, page):
        return refused
    flash(_moved_to(the_survey(estate_id(), moved.id), move), "good")
    return redirect(url_for("office.survey_result", survey_id=moved.id))


def _moved_to(survey: Survey, move: Move) -> str:
    """What the act has come to."""
    if survey.state is SurveyState.READ:
        return str(_("The result is read to the end: it is the basis of the special meeting."))
    if move is Move.SEND_BACK:
        return str(_("The result is sent back. What you wrote stands above it."))
    if move is Move.TAKE_BACK:
        return str(_("The result is taken back. It is counted anew when you hand it up again."))
    return str(_("Passed on."))
