"""A year handed up (R17 to R19): its figures as they were counted then, its way upward, what is carried over."""

import uuid
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms.validators import InputRequired, Length

from app.approvals.models import Review
from app.approvals.queries import review_of
from app.approvals.rules import Move, Paper, Stage
from app.core.clock import now
from app.core.errors import NotFound
from app.core.i18n import _, current_locale, lazy_
from app.core.limits import limiter
from app.documents.sheets_of.year_sheet import signed_year_sheet
from app.issues.queries import issues_shown
from app.office.act_form import ActForm, TextLines
from app.office.door import estate_id, me, office
from app.office.moments import When
from app.office.printed import OFTEN, answer_sheet, languages_asked_for
from app.office.report_pages.rows import AIMS, Row
from app.office.reviews import PASSES, ReviewForm, forms_of, history_of, walk, way_of
from app.office.words import CANNOT, state_words
from app.people.access import may
from app.people.rules import Act
from app.reports.counting import Dimension
from app.reports.figures import Figures, Part, figures_in
from app.reports.handing_up import move_report
from app.reports.models import YearReport
from app.reports.queries import the_report
from app.reports.rules import ReportState
from app.reports.words import DIMENSIONS, REVIEWS


class HandUpForm(ActForm):
    """What customer service says of the year."""

    summary = TextLines(lazy_("What the year comes to"), validators=[InputRequired(), Length(max=4000)])


@office.get("/statistics/reports/<uuid:report_id>")
@may(Act.SEE_STATISTICS)
def year_report(report_id: uuid.UUID) -> str:
    """The figures that were handed up, by one thing after another."""
    return _page(the_report(estate_id(), report_id))


def _page(shown: YearReport, written: ReviewForm | None = None, changed: str = "") -> str:
    here = me()
    when, review = When(here.estate.time_zone, now()), review_of(shown.id)
    figures, way = figures_in(here.estate, shown, when.now), way_of(Paper.YEAR, review)
    stage = _stage_of_mine(review)
    part = next((one for one in figures.parts if one.by == request.args.get("by")), figures.parts[0])
    return render_template(
        "office/year_report.html",
        report=shown,
        figures=figures,
        way=way,
        history=history_of(way.acts, when),
        stage=stage,
        passes=PASSES[stage.duty] if stage else None,
        takes_back=shown.state is ReportState.UNDER_REVIEW and here.may(Act.HAND_UP_YEAR),
        counts_anew=shown.state is ReportState.BACK and here.may(Act.HAND_UP_YEAR),
        forms=forms_of(written, len(way.acts)),
        written=written,
        changed=changed,
        rows=_rows(figures, part),
        by=part.by,
        dimensions={one.by: DIMENSIONS[Dimension(one.by)] for one in figures.parts},
        aims=AIMS,
        cannots={one.value: words for one, words in CANNOT.items()},
        stand=_as_they_stand(figures),
        undecided=sum(not one.said for one in figures.carried),
        REVIEWS=REVIEWS,
        Move=Move,
        ReportState=ReportState,
        when=when,
    )


@office.post("/statistics/reports/<uuid:report_id>/take-back")
@may(Act.HAND_UP_YEAR)
def take_back_year(report_id: uuid.UUID) -> Response | tuple[str, int]:
    """Take it back before it is assessed, to count it anew."""
    return _moved(the_report(estate_id(), report_id), Move.TAKE_BACK)


@office.post("/statistics/reports/<uuid:report_id>/review/<move>")
@may(Act.REVIEW_PAPERS)
def review_year(report_id: uuid.UUID, move: str) -> Response | tuple[str, int]:
    """Pass it on, assess it, or send it back with a reason; of two who do so at once one is told."""
    moves = {Move.HAND_ON.value: Move.HAND_ON, Move.SEND_BACK.value: Move.SEND_BACK}
    if move not in moves:
        raise NotFound("review:no_move", _("There is no such page."))
    return _moved(the_report(estate_id(), report_id), moves[move])


@office.get("/statistics/reports/<uuid:report_id>.pdf")
@may(Act.SEE_STATISTICS)
@limiter.limit(OFTEN)
def printed_year_report(report_id: uuid.UUID) -> Response:
    """Form 10 as it was handed up, with who has signed it so far."""
    shown, at = the_report(estate_id(), report_id), now()
    return answer_sheet(signed_year_sheet(me().estate, shown, languages_asked_for(), printed_at=at), at)


def _moved(moved: YearReport, move: Move) -> Response | tuple[str, int]:
    def act(form: ReviewForm) -> None:
        said: dict[str, Any] = {"event_id": form.event_id, "by": me().by, "at": now(), "note": form.note.data or ""}
        move_report(moved, move, after=form.seen, roles=me().roles, **said)

    def page(form: ReviewForm, changed: str) -> str:
        return _page(the_report(estate_id(), moved.id), form, changed)

    if refused := walk(Paper.YEAR, moved.id, move, act, page):
        return refused
    flash(_moved_to(the_report(estate_id(), moved.id), move), "good")
    return redirect(url_for("office.year_report", report_id=moved.id))


def _moved_to(report: YearReport, move: Move) -> str:
    """What the act has come to."""
    if report.state is ReportState.ASSESSED:
        return str(_("The year is assessed: it is the basis of the next one."))
    if move is Move.SEND_BACK:
        return str(_("The year is sent back. What you wrote stands above it."))
    if move is Move.TAKE_BACK:
        return str(_("The year is taken back. It is counted anew when you hand it up again."))
    return str(_("Passed on."))


def _stage_of_mine(review: Review | None) -> Stage | None:
    return review.stage if review and review.stage and review.stage.role in me().roles else None


def _as_they_stand(figures: Figures) -> dict[uuid.UUID, str]:
    """How each issue that is carried over stands by now."""
    return {id_: str(state_words(one)) for id_, one in issues_shown(one.issue_id for one in figures.carried).items()}


def _rows(figures: Figures, part: Part) -> list[Row]:
    """The lines of one part, and their total."""
    lines = [Row(one.name.of(current_locale()), one.line) for one in part.lines]
    return [*lines, Row(_("Total"), figures.total, is_total=True)]
