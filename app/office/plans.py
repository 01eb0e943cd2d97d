"""Month plans: proposed from the visit cycle, put right, put to work; what became of each line."""

import itertools
import uuid
from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.agenda.rules import TaskState
from app.core.clock import local_date, now
from app.core.db import db
from app.core.errors import Refused
from app.core.i18n import _
from app.office.door import estate_id, me, office
from app.office.moments import When
from app.people.access import may
from app.people.queries import staff_in
from app.people.rules import Act, Role
from app.visits.planning import last_day, month_of
from app.visits.plans import drop_lines, give_lines, propose_plan, put_to_work
from app.visits.queries import PlannedHome, homes_in_scope, plan_of, planned_homes, plans_of, the_plan
from app.visits.rules import PlanState


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
    def done(self) -> int:
        return sum(home.state is TaskState.DONE for home in self.homes)


@office.get("/plans")
@may(Act.SEE_PLAN)
def plans() -> str:
    """Every month's plan, and the month that has none yet."""
    today = local_date(now(), me().estate.time_zone)
    known = plans_of(estate_id())
    counted = {plan.id: _counts(planned_homes(plan)) for plan in known[:12]}
    return render_template(
        "office/plans.html",
        plans=known[:12],
        counted=counted,
        to_propose=[month for month in _months_from(today) if plan_of(estate_id(), month) is None],
        PlanState=PlanState,
    )


@office.post("/plans")
@may(Act.MAKE_PLAN)
def make_plan() -> Response:
    """Propose a month."""
    here, at = me(), now()
    month = _month(request.form.get("month", ""))

    plan = propose_plan(here.estate, month, today=local_date(at, here.estate.time_zone), by=here.by, at=at)
    db.session.commit()

    return redirect(url_for("office.plan", plan_id=plan.id))


@office.get("/plans/<uuid:plan_id>")
@may(Act.SEE_PLAN)
def plan(plan_id: uuid.UUID) -> str:
    """One plan: per officer, then building by building and floor by floor."""
    here, at = me(), now()
    shown = the_plan(estate_id(), plan_id)
    homes = planned_homes(shown)
    today = local_date(at, here.estate.time_zone)
    return render_template(
        "office/plan.html",
        plan=shown,
        homes=homes,
        stairs=_stairs(homes),
        counts=_counts(homes),
        shares=Counter(home.line.officer.name for home in homes),
        in_scope=len(homes_in_scope(here.estate, today)),
        officers=staff_in(estate_id(), [Role.OFFICER], today),
        is_draft=shown.state is PlanState.DRAFT,
        when=When(here.estate.time_zone, at),
        TaskState=TaskState,
    )


@office.post("/plans/<uuid:plan_id>/lines")
@may(Act.MAKE_PLAN)
def change_lines(plan_id: uuid.UUID) -> Response:
    """Give the chosen lines to an officer, or take them out."""
    here, at = me(), now()
    changed, lines = the_plan(estate_id(), plan_id), _chosen()

    if request.form.get("act") == "drop":
        count = drop_lines(changed, lines, by=here.by, at=at)
        told = _("%(n)s homes taken out. They return to the next proposal.", n=count)
    else:
        count = give_lines(changed, lines, _officer(), by=here.by, at=at)
        told = _("%(n)s homes given over.", n=count)
    db.session.commit()

    flash(told, "good")
    return redirect(url_for("office.plan", plan_id=plan_id))


@office.post("/plans/<uuid:plan_id>/work")
@may(Act.MAKE_PLAN)
def start_plan(plan_id: uuid.UUID) -> Response:
    """Put a plan to work: its lines reach the officers' tablets."""
    count = put_to_work(the_plan(estate_id(), plan_id), by=me().by, at=now())
    db.session.commit()

    flash(_("%(n)s visits are on the officers' tablets at their next sync.", n=count), "good")
    return redirect(url_for("office.plan", plan_id=plan_id))


@office.post("/plans/<uuid:plan_id>/anew")
@may(Act.MAKE_PLAN)
def propose_anew(plan_id: uuid.UUID) -> Response:
    """Throw a draft away and propose its month once more."""
    here, at = me(), now()
    older = the_plan(estate_id(), plan_id)

    plan = propose_plan(here.estate, older.month, today=local_date(at, here.estate.time_zone), by=here.by, at=at)
    db.session.commit()

    return redirect(url_for("office.plan", plan_id=plan.id))


def _stairs(homes: list[PlannedHome]) -> list[Stairs]:
    by_stairs = itertools.groupby(homes, key=lambda home: (home.line.unit.building.name, home.line.unit.entrance))
    return [Stairs(building, entrance, _floors(list(there))) for (building, entrance), there in by_stairs]


def _floors(homes: list[PlannedHome]) -> list[Floor]:
    by_floor = itertools.groupby(homes, key=lambda home: home.line.unit.floor)
    return [Floor("" if floor is None else str(floor), list(there)) for floor, there in by_floor]


def _counts(homes: list[PlannedHome]) -> dict[str, int]:
    """How many homes, how many done, how many tried in vain and still due."""
    return {
        "homes": len(homes),
        "done": sum(home.state is TaskState.DONE for home in homes),
        "tried": sum(home.state is TaskState.DUE and home.attempts > 0 for home in homes),
    }


def _months_from(today: date) -> list[str]:
    """This month and the next."""
    this = month_of(today)
    return [this, month_of(last_day(this) + timedelta(days=1))]


def _month(text: str) -> str:
    try:
        return month_of(last_day(text))
    except ValueError as error:
        raise Refused("plan:no_month", _("This is no month.")) from error


def _chosen() -> list[uuid.UUID]:
    try:
        chosen = [uuid.UUID(line) for line in request.form.getlist("line")]
    except ValueError as error:
        raise Refused("plan:no_line", _("Choose homes first.")) from error
    if not chosen:
        raise Refused("plan:no_line", _("Choose homes first."))
    return chosen


def _officer() -> uuid.UUID:
    officers = staff_in(estate_id(), [Role.OFFICER], local_date(now(), me().estate.time_zone))
    chosen = next((staff.id for staff in officers if str(staff.id) == request.form.get("officer")), None)
    if chosen is None:
        raise Refused("plan:no_officer", _("Choose a visit officer."))
    return chosen


def progress_this_month() -> dict[str, int]:
    """This month's plan in counts, for the first page; all 0 without a plan."""
    plan = plan_of(estate_id(), month_of(local_date(now(), me().estate.time_zone)))
    return _counts(planned_homes(plan) if plan else [])
