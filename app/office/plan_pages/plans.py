"""Month plans: proposed from the visit cycle, put right, reviewed along their chain; what became of each line."""

import itertools
import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.agenda.rules import TaskState
from app.approvals.queries import review_of
from app.approvals.rules import Move, Paper
from app.core.clock import local_date, now
from app.core.db import db
from app.core.errors import NotFound, Outdated, Refused
from app.core.i18n import _, in_a_row
from app.estates.models import Unit
from app.estates.queries import homes_by_id, the_unit
from app.estates.rules import limits
from app.office.act_form import leave_behind, typed_in
from app.office.door import estate_id, me, office
from app.office.moments import When
from app.office.plan_pages.sheet import COLUMNS, answer_cells, chosen_lines, found_by_hand, sheet_of
from app.office.plan_pages.spreading import spread_chosen
from app.office.plan_pages.versions import told_version
from app.office.reviews import PASSES, ReviewForm, forms_of, history_of, walk, way_of
from app.office.words import METHODS, OUTCOMES
from app.people.access import may
from app.people.queries import staff_in
from app.people.rules import Act, Role
from app.visits.amending import Change
from app.visits.amendments import open_amendment
from app.visits.models import Plan
from app.visits.planning import last_day, month_of
from app.visits.plans import (
    drop_lines,
    give_lines,
    move_plan,
    planned_too_early,
    propose_plan,
    submit_plan,
    work_of_others,
)
from app.visits.progress import PlannedHome, Progress, planned_homes, progress
from app.visits.queries import (
    due_in_no_plan,
    homes_in_scope,
    left_behind,
    plan_of,
    plans_of,
    the_plan,
)
from app.visits.rules import Method, PlanState
from app.visits.sheet import add_homes, write_cells
from app.visits.versions import lines_of_draft, versions_of

_MOST_TOLD = 3
_MOST_NAMED = 6
"""Homes in no plan whose numbers stand beside how many there are."""


@dataclass(frozen=True)
class Floor:
    """The homes of one floor, as one walks."""

    label: str
    homes: list[PlannedHome]


@dataclass(frozen=True)
class Stairs:
    """One entrance of a building: its floors downwards."""

    building: str
    entrance: str
    floors: list[Floor]

    @property
    def homes(self) -> list[PlannedHome]:
        return [home for floor in self.floors for home in floor.homes]

    @property
    def planned(self) -> int:
        return sum(not home.fell_away for home in self.homes)

    @property
    def done(self) -> int:
        return sum(home.is_done for home in self.homes)


@office.get("/plans")
@may(Act.SEE_PLAN)
def plans() -> str:
    """Every month's plan, and the month that has none yet."""
    today = local_date(now(), me().estate.time_zone)
    known = plans_of(estate_id())
    counted = {plan.id: _progress(plan) for plan in known[:12]}
    return render_template(
        "office/plans.html",
        plans=known[:12],
        counted=counted,
        to_propose=[month for month in _months_from(today) if plan_of(estate_id(), month) is None],
        this_month=month_of(today),
        PlanState=PlanState,
    )


@office.post("/plans")
@may(Act.MAKE_PLAN)
def make_plan() -> Response:
    """Propose a month; of two who do so at once the second is led to what the first has proposed."""
    here, at = me(), now()
    month = _month(request.form.get("month", ""))

    today = local_date(at, here.estate.time_zone)
    try:
        plan = propose_plan(here.estate, month, today=today, by=here.by, at=at, seen=0)
        db.session.commit()
    except Outdated as outdated:
        db.session.rollback()
        there = plan_of(estate_id(), month)
        if there is None:
            raise
        plan = there
        flash(str(outdated.message), "refusal")

    return redirect(url_for("office.plan", plan_id=plan.id))


@office.get("/plans/<uuid:plan_id>")
@may(Act.SEE_PLAN)
def plan(plan_id: uuid.UUID) -> str:
    """One plan: where it is on its way, per officer, then building by building and floor by floor."""
    return _page(the_plan(estate_id(), plan_id))


def _page(shown: Plan, written: ReviewForm | None = None, changed: str = "") -> str:
    """The plan; with a form that was refused, and what others `changed` while it was filled in."""
    here, at = me(), now()
    homes, review = planned_homes(shown), review_of(shown.id)
    today, when = local_date(at, here.estate.time_zone), When(here.estate.time_zone, at)
    is_over = last_day(shown.month) < today
    writes = shown.state is PlanState.DRAFT and here.may(Act.MAKE_PLAN) and not is_over
    amends = shown.state is PlanState.ACTIVE and here.may(Act.MAKE_PLAN) and not is_over
    lines, in_scope = lines_of_draft(shown) if writes else [], homes_in_scope(here.estate, today)
    way = way_of(Paper.PLAN, review)
    if written is not None and not changed and not homes:
        leave_behind(*typed_in(written))  # nobody hands in a plan without homes: its form is gone
    stage = review.stage if review and review.stage and review.stage.role in here.roles and not is_over else None
    cycle = limits(here.estate.settings).visit_cycle_months
    in_no_plan = [] if is_over else due_in_no_plan(shown, in_scope, cycle, today)
    return render_template(
        "office/plan.html",
        plan=shown,
        is_over=is_over,
        days_over=[] if is_over else planned_too_early(shown, today),
        way=way,
        history=history_of(way.acts, when),
        stage=stage,
        passes=PASSES[stage.duty] if stage else None,
        goes_to_work=stage is not None and review is not None and review.passed + 1 == len(review.stages),
        forms=forms_of(written, len(way.acts)),
        by_others=len(work_of_others(shown.id, here.by)),
        written=written,
        changed=changed,
        homes=homes,
        stairs=_stairs(homes),
        counts=_progress(shown, homes),
        shares=Counter(home.line.officer.name for home in homes),
        in_scope=len(in_scope),
        in_no_plan=in_no_plan,
        in_no_plan_named=_named(in_no_plan[:_MOST_NAMED]),
        sheet=sheet_of(shown, lines, when) if writes else None,
        columns=COLUMNS,
        words=request.args.get("add", "").strip()[:80],
        left=left_behind(shown, _taken(homes), today) if writes or amends else [],
        found=found_by_hand(shown, lines, request.args.get("add", "").strip()[:80], when) if writes else [],
        versions=[told_version(version, when) for version in versions_of(shown)],
        amendment=open_amendment(shown.id),
        may_amend=amends,
        earlier={home.line.id: home for home in homes},
        to_print=_to_print(homes),
        METHODS=METHODS,
        Change=Change,
        Method=Method,
        state=shown.state,
        PlanState=PlanState,
        Move=Move,
        when=when,
        TaskState=TaskState,
        OUTCOMES=OUTCOMES,
    )


@office.post("/plans/<uuid:plan_id>/lines")
@may(Act.MAKE_PLAN)
def change_lines(plan_id: uuid.UUID) -> Response:
    """Give the chosen lines to an officer, spread them over days, or take them out."""
    here, at = me(), now()
    changed, lines, act = the_plan(estate_id(), plan_id), chosen_lines(), request.form.get("act")

    if act == "drop":
        count = drop_lines(changed, lines, by=here.by, at=at)
        told = _("%(n)s homes taken out. They return to the next proposal.", n=count)
    elif act == "spread":
        written = partial(write_cells, changed, by=here.by, at=at)
        told = spread_chosen(changed, lines_of_draft(changed), lines, written)
    else:
        count = give_lines(changed, lines, chosen_officer(), by=here.by, at=at)
        told = _("%(n)s homes given over.", n=count)
    db.session.commit()

    flash(told, "good")
    return redirect(url_for("office.plan", plan_id=plan_id))


@office.post("/plans/<uuid:plan_id>/cells")
@may(Act.MAKE_PLAN)
def write_in_plan(plan_id: uuid.UUID) -> Any:
    """Write what was typed into cells of a draft; each is answered for itself."""
    here, written = me(), the_plan(estate_id(), plan_id)
    return answer_cells(
        written,
        written.id,
        lambda typed: write_cells(written, typed, by=here.by, at=now()),
        lambda: lines_of_draft(written),
    )


@office.post("/plans/<uuid:plan_id>/homes")
@may(Act.MAKE_PLAN)
def add_to_plan(plan_id: uuid.UUID) -> Response:
    """Put households into a draft by hand."""
    here, changed, units = me(), the_plan(estate_id(), plan_id), chosen_units()

    add_homes(changed, units, by=here.by, at=now())
    db.session.commit()

    flash(_("In the plan now: %(homes)s.", homes=told_short(units)), "good")
    return redirect(url_for("office.plan", plan_id=plan_id))


@office.post("/plans/<uuid:plan_id>/submit")
@may(Act.MAKE_PLAN)
def hand_in_plan(plan_id: uuid.UUID) -> Response | tuple[str, int]:
    """Hand a draft in: from here on whoever's turn it is reads what stands in it now."""
    return _moved(the_plan(estate_id(), plan_id), Move.SUBMIT)


@office.post("/plans/<uuid:plan_id>/take-back")
@may(Act.MAKE_PLAN)
def take_back_plan(plan_id: uuid.UUID) -> Response | tuple[str, int]:
    """Take a plan back before it is filed, to change it."""
    return _moved(the_plan(estate_id(), plan_id), Move.TAKE_BACK)


@office.post("/plans/<uuid:plan_id>/review/<move>")
@may(Act.REVIEW_PAPERS)
def review_plan(plan_id: uuid.UUID, move: str) -> Response | tuple[str, int]:
    """Pass a plan on, or send it back with a reason; of two who do so at once one is told."""
    moves = {Move.HAND_ON.value: Move.HAND_ON, Move.SEND_BACK.value: Move.SEND_BACK}
    if move not in moves:
        raise NotFound("review:no_move", _("There is no such page."))
    return _moved(the_plan(estate_id(), plan_id), moves[move])


def _moved(moved: Plan, move: Move) -> Response | tuple[str, int]:
    def act(form: ReviewForm) -> None:
        said: dict[str, Any] = {"event_id": form.event_id, "by": me().by, "at": now(), "note": form.note.data or ""}
        if move is Move.SUBMIT:
            submit_plan(moved, **said)
        else:
            move_plan(moved, move, after=form.seen, roles=me().roles, **said)

    def page(form: ReviewForm, changed: str) -> str:
        return _page(the_plan(estate_id(), moved.id), form, changed)

    if refused := walk(Paper.PLAN, moved.id, move, act, page):
        return refused
    flash(_moved_to(the_plan(estate_id(), moved.id), move), "good")
    return redirect(url_for("office.plan", plan_id=moved.id))


def _moved_to(plan: Plan, move: Move) -> str:
    """What the act has come to."""
    if plan.state is PlanState.ACTIVE:
        return str(
            _(
                "%(n)s visits are on the officers' tablets at their next sync.",
                n=_progress(plan).homes,
            )
        )
    if move is Move.SUBMIT:
        return str(_("The plan is handed in. It reaches the tablets once it is approved and filed."))
    if move is Move.SEND_BACK:
        return str(_("The plan is sent back. What you wrote stands above it."))
    if move is Move.TAKE_BACK:
        return str(_("The plan is a draft again."))
    return str(_("Passed on."))


@office.post("/plans/<uuid:plan_id>/anew")
@may(Act.MAKE_PLAN)
def propose_anew(plan_id: uuid.UUID) -> Response:
    """Throw a draft away and propose its month once more, unless others wrote in it since it was shown."""
    here, at = me(), now()
    older, today = the_plan(estate_id(), plan_id), local_date(at, here.estate.time_zone)

    plan = propose_plan(here.estate, older.month, today=today, by=here.by, at=at, seen=seen_of_others())
    db.session.commit()

    return redirect(url_for("office.plan", plan_id=plan.id))


def _taken(homes: list[PlannedHome]) -> set[uuid.UUID]:
    return {home.line.unit_id for home in homes if not home.fell_away}


@dataclass(frozen=True)
class ToPrint:
    """Whose and which days' homes are still due: what blank visit records can be printed for."""

    officers: list[tuple[uuid.UUID, str]]
    days: list[date]


def _to_print(homes: list[PlannedHome]) -> ToPrint | None:
    due = [home for home in homes if home.state is TaskState.DUE]
    if not due:
        return None
    officers = {(home.goes.name, home.goes.id) for home in due}
    return ToPrint([(id_, name) for name, id_ in sorted(officers)], sorted({home.on for home in due}))


def _stairs(homes: list[PlannedHome]) -> list[Stairs]:
    by_stairs = itertools.groupby(homes, key=lambda home: (home.line.unit.building.name, home.line.unit.entrance))
    return [Stairs(building, entrance, _floors(list(there))) for (building, entrance), there in by_stairs]


def _floors(homes: list[PlannedHome]) -> list[Floor]:
    by_floor = itertools.groupby(homes, key=lambda home: home.line.unit.floor)
    return [Floor("" if floor is None else str(floor), list(there)) for floor, there in by_floor]


def _progress(plan: Plan, homes: list[PlannedHome] | None = None) -> Progress:
    return progress(plan, planned_homes(plan) if homes is None else homes, me().estate.time_zone)


def _months_from(today: date) -> list[str]:
    """This month and the next."""
    this = month_of(today)
    return [this, month_of(last_day(this) + timedelta(days=1))]


def _month(text: str) -> str:
    try:
        return month_of(last_day(text))
    except ValueError as error:
        raise Refused("plan:no_month", _("This is no month.")) from error


def seen_of_others() -> int:
    """How much of others' work in a draft its page showed, as it was sent."""
    return request.form.get("by-others", 0, type=int)


def chosen_units() -> list[Unit]:
    """The units that were chosen on the page, each once. Raises Refused if there is none, NotFound."""
    try:
        chosen = dict.fromkeys(uuid.UUID(unit) for unit in request.form.getlist("unit"))
    except ValueError as error:
        raise Refused("plan:no_unit", _("Choose a home first.")) from error
    if not chosen:
        raise Refused("plan:no_unit", _("Choose a home first."))
    return [the_unit(estate_id(), unit_id) for unit_id in chosen]


def _named(unit_ids: Sequence[uuid.UUID]) -> list[str]:
    units = homes_by_id(unit_ids)
    return [units[unit_id].short for unit_id in unit_ids]


def told_short(units: Sequence[Unit]) -> str:
    """Which homes, or how many where a sentence does not hold them all."""
    if len(units) <= _MOST_TOLD:
        return in_a_row(unit.short for unit in units)
    return str(_("%(n)s homes", n=len(units)))


def chosen_officer() -> uuid.UUID:
    """The officer that was chosen on the page. Raises Refused if there is none."""
    officers = staff_in(estate_id(), [Role.OFFICER], local_date(now(), me().estate.time_zone))
    chosen = next((staff.id for staff in officers if str(staff.id) == request.form.get("officer")), None)
    if chosen is None:
        raise Refused("plan:no_officer", _("Choose a visit officer."))
    return chosen


def progress_this_month() -> Progress:
    """This month's plan in counts, for the first page; all 0 without a plan."""
    plan = plan_of(estate_id(), month_of(local_date(now(), me().estate.time_zone)))
    return _progress(plan) if plan else Progress()
