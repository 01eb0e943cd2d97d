"""Changes of a plan at work: drawn up in the same sheet, reviewed along the plan's chain, filed as a version."""

import uuid
from functools import partial
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.approvals.queries import review_of
from app.approvals.rules import Move, Paper
from app.core.clock import now
from app.core.db import db
from app.core.errors import NotFound, Outdated, Refused
from app.core.i18n import _
from app.office.act_form import leave_behind
from app.office.door import estate_id, me, office
from app.office.moments import When
from app.office.plan_pages.plans import (
    chosen_officer,
    chosen_units,
    seen_of_others,
    told_short,
)
from app.office.plan_pages.sheet import COLUMNS, answer_cells, chosen_lines, found_by_hand, sheet_of
from app.office.plan_pages.spreading import spread_chosen
from app.office.plan_pages.versions import told_version
from app.office.reviews import PASSES, ReviewForm, forms_of, history_of, walk, way_of
from app.people.access import may
from app.people.rules import Act
from app.visits.amending import OPEN, AmendmentState, Change
from app.visits.amendments import (
    add_to_amendment,
    begin_amendment,
    discard_amendment,
    drop_in_amendment,
    give_in_amendment,
    leave_as_it_was,
    move_amendment,
    open_amendment,
    submit_amendment,
    write_in_amendment,
)
from app.visits.models import PlanAmendment
from app.visits.planning import last_day
from app.visits.plans import work_of_others
from app.visits.queries import left_behind, the_plan
from app.visits.versions import lines_of_amendment, the_amendment


@office.post("/plans/<uuid:plan_id>/amendments")
@may(Act.MAKE_PLAN)
def amend_plan(plan_id: uuid.UUID) -> Response:
    """Begin to draw up a change; of two who do so at once the second is led to what the first has begun."""
    here, plan = me(), the_plan(estate_id(), plan_id)

    try:
        begun = begin_amendment(plan, by=here.by, at=now())
        db.session.commit()
    except Outdated as outdated:
        db.session.rollback()
        there = open_amendment(plan_id)
        if there is None:
            raise
        begun = there
        flash(str(outdated.message), "refusal")

    return redirect(url_for("office.amendment", amendment_id=begun.id))


@office.get("/plans/amendments/<uuid:amendment_id>")
@may(Act.SEE_PLAN)
def amendment(amendment_id: uuid.UUID) -> str:
    """One change of a plan: where it is on its way, what it changes, and the sheet while it is drawn up."""
    return _page(the_amendment(estate_id(), amendment_id))


def _page(shown: PlanAmendment, written: ReviewForm | None = None, changed: str = "") -> str:
    here, review = me(), review_of(shown.id)
    when = When(here.estate.time_zone, now())
    way = way_of(Paper.AMENDMENT, review)
    is_over = shown.state in OPEN and last_day(shown.plan.month) < when.today
    stage = review.stage if review and review.stage and review.stage.role in here.roles and not is_over else None
    writes = shown.state is AmendmentState.DRAFT and here.may(Act.MAKE_PLAN) and not is_over
    lines, words = lines_of_amendment(shown) if writes else [], request.args.get("add", "").strip()[:80]
    return render_template(
        "office/amendment.html",
        amendment=shown,
        plan=shown.plan,
        is_over=is_over,
        version=told_version(shown, when),
        way=way,
        history=history_of(way.acts, when),
        stage=stage,
        passes=PASSES[stage.duty] if stage else None,
        goes_to_work=stage is not None and review is not None and review.passed + 1 == len(review.stages),
        forms=forms_of(written, len(way.acts)),
        by_others=len(work_of_others(shown.id, here.by)),
        written=written,
        changed=changed,
        sheet=sheet_of(shown.plan, lines, when) if writes else None,
        columns=COLUMNS,
        words=words,
        left=left_behind(shown.plan, {line.unit.id for line in lines}, when.today) if writes else [],
        found=found_by_hand(shown.plan, lines, words, when) if writes else [],
        state=shown.state,
        AmendmentState=AmendmentState,
        Change=Change,
        Move=Move,
        when=when,
    )


@office.post("/plans/amendments/<uuid:amendment_id>/cells")
@may(Act.MAKE_PLAN)
def write_in_change(amendment_id: uuid.UUID) -> Any:
    """Write what was typed into cells; each is answered for itself."""
    here, written = me(), the_amendment(estate_id(), amendment_id)
    return answer_cells(
        written.plan,
        written.id,
        lambda typed: write_in_amendment(written, typed, by=here.by, at=now()),
        lambda: lines_of_amendment(written),
    )


@office.post("/plans/amendments/<uuid:amendment_id>/lines")
@may(Act.MAKE_PLAN)
def change_amended_lines(amendment_id: uuid.UUID) -> Response | tuple[str, int]:
    """Give the chosen homes to an officer, spread them over days, take them out with a reason, or leave them be."""
    here, at = me(), now()
    changed, act, reason = the_amendment(estate_id(), amendment_id), request.form.get("act"), _reason()

    try:
        lines = chosen_lines()
        if act == "drop":
            count = drop_in_amendment(changed, lines, reason, by=here.by, at=at)
            told = _("%(n)s homes are to be taken out.", n=count)
        elif act == "leave":
            count = leave_as_it_was(changed, lines, by=here.by, at=at)
            told = _("%(n)s homes stay as they were.", n=count)
        elif act == "spread":
            written = partial(write_in_amendment, changed, by=here.by, at=at)
            told = spread_chosen(changed.plan, lines_of_amendment(changed), lines, written)
        else:
            count = give_in_amendment(changed, lines, chosen_officer(), by=here.by, at=at)
            told = _("%(n)s homes are to be given over.", n=count)
        db.session.commit()
    except Refused as refused:
        db.session.rollback()
        flash(str(refused.message), "refusal")
        leave_behind((_("Why they are taken out"), reason))
        return _page(the_amendment(estate_id(), amendment_id)), refused.status

    flash(told, "good")
    return redirect(url_for("office.amendment", amendment_id=amendment_id))


def _reason() -> str:
    return request.form.get("reason", "").strip()[:200]


@office.post("/plans/amendments/<uuid:amendment_id>/homes")
@may(Act.MAKE_PLAN)
def add_to_change(amendment_id: uuid.UUID) -> Response:
    """Put households into the plan by hand."""
    here, changed, units = me(), the_amendment(estate_id(), amendment_id), chosen_units()

    add_to_amendment(changed, units, by=here.by, at=now())
    db.session.commit()

    flash(_("To be added: %(homes)s.", homes=told_short(units)), "good")
    return redirect(url_for("office.amendment", amendment_id=amendment_id))


@office.post("/plans/amendments/<uuid:amendment_id>/discard")
@may(Act.MAKE_PLAN)
def discard_change(amendment_id: uuid.UUID) -> Response:
    """Throw a draft away; the plan stays as it is."""
    here, gone = me(), the_amendment(estate_id(), amendment_id)

    discard_amendment(gone, by=here.by, at=now(), seen=seen_of_others())
    db.session.commit()

    flash(_("The change is thrown away. The plan stays as it was."), "good")
    return redirect(url_for("office.plan", plan_id=gone.plan_id))


@office.post("/plans/amendments/<uuid:amendment_id>/submit")
@may(Act.MAKE_PLAN)
def hand_in_change(amendment_id: uuid.UUID) -> Response | tuple[str, int]:
    """Hand a change in."""
    return _moved(the_amendment(estate_id(), amendment_id), Move.SUBMIT)


@office.post("/plans/amendments/<uuid:amendment_id>/take-back")
@may(Act.MAKE_PLAN)
def take_back_change(amendment_id: uuid.UUID) -> Response | tuple[str, int]:
    """Take a change back before it is filed, to go on with it."""
    return _moved(the_amendment(estate_id(), amendment_id), Move.TAKE_BACK)


@office.post("/plans/amendments/<uuid:amendment_id>/review/<move>")
@may(Act.REVIEW_PAPERS)
def review_change(amendment_id: uuid.UUID, move: str) -> Response | tuple[str, int]:
    """Pass a change on, or send it back with a reason; of two who do so at once one is told."""
    moves = {Move.HAND_ON.value: Move.HAND_ON, Move.SEND_BACK.value: Move.SEND_BACK}
    if move not in moves:
        raise NotFound("review:no_move", _("There is no such page."))
    return _moved(the_amendment(estate_id(), amendment_id), moves[move])


def _moved(moved: PlanAmendment, move: Move) -> Response | tuple[str, int]:
    def act(form: ReviewForm) -> None:
        said: dict[str, Any] = {"event_id": form.event_id, "by": me().by, "at": now(), "note": form.note.data or ""}
        if move is Move.SUBMIT:
            submit_amendment(moved, **said)
        else:
            move_amendment(moved, move, after=form.seen, roles=me().roles, **said)

    def page(form: ReviewForm, changed: str) -> str:
        return _page(the_amendment(estate_id(), moved.id), form, changed)

    if refused := walk(Paper.AMENDMENT, moved.id, move, act, page):
        return refused
    flash(_moved_to(moved, move), "good")
    if moved.state is AmendmentState.FILED:
        return redirect(url_for("office.plan", plan_id=moved.plan_id))
    return redirect(url_for("office.amendment", amendment_id=moved.id))


def _moved_to(moved: PlanAmendment, move: Move) -> str:
    """What the act has come to."""
    if moved.state is AmendmentState.FILED:
        return str(_("Version %(n)s is filed. What changes reaches the tablets at their next sync.", n=moved.version))
    if move is Move.SUBMIT:
        return str(_("The change is handed in. Until it is filed the plan at work goes on as it is."))
    if move is Move.SEND_BACK:
        return str(_("The change is sent back. What you wrote stands above it."))
    if move is Move.TAKE_BACK:
        return str(_("The change is a draft again."))
    return str(_("Passed on."))
