"""Everything that changes a month's plan: proposed, put right, reviewed, put to work. The caller commits."""

import uuid
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from app.agenda.actions import cancel, make_task
from app.agenda.models import Task
from app.agenda.rules import TaskKind
from app.approvals.actions import make_move, submit
from app.approvals.models import Review
from app.approvals.queries import review_of
from app.approvals.rules import Move, Paper, State
from app.core import journal
from app.core.clock import local_date
from app.core.db import db, take_turn
from app.core.errors import Outdated, Refused
from app.core.i18n import _
from app.core.ids import new_id
from app.core.journal import By, JournalLine
from app.estates.models import Estate, Unit
from app.estates.rules import limits
from app.people.queries import names, staff_in
from app.people.rules import Role
from app.visits.models import Plan, PlanLine
from app.visits.planning import due_in, last_day, propose
from app.visits.progress import PUT_TO_WORK
from app.visits.queries import (
    homes_in_scope,
    missed_before,
    of_months_before,
    plan_of,
    planned_visits_due,
    planned_visits_held,
    taken_up_before,
)
from app.visits.rules import Method, PlanState


def propose_plan(estate: Estate, month: str, *, today: date, by: By, at: datetime, seen: int | None = None) -> Plan:
    """A draft for the month from the visit cycle (P53), shared out over the officers (V44).

    What a plan before it has not met in time returns; what stands in one that is still on its way to be filed is left
    to that one. The lines of an older draft give way; what its reviewers wrote stays. Raises Refused when the month
    is over or there is no officer, Outdated when its plan is under review or at work, or when others worked in the
    draft after whoever proposes it anew has `seen` it.
    """
    must_not_be_over(month, today)
    officers = [staff.id for staff in staff_in(estate.id, [Role.OFFICER], today)]
    if not officers:
        raise Refused("plan:no_officer", _("Nobody in this estate is a visit officer yet."))
    one_at_a_time(estate.id)
    plan = _emptied(estate.id, month, seen, by) or Plan(
        id=new_id(), estate_id=estate.id, month=month, state=PlanState.DRAFT
    )
    assert by.staff_id is not None, "a plan is made by a person"
    plan.made_by_id, plan.made_at = by.staff_id, at
    db.session.add(plan)
    due = {unit_id for unit_id, task in planned_visits_due(estate.id).items() if task.due_on >= today}
    elsewhere = due | taken_up_before(estate.id, month, today)
    missed = missed_before(estate.id, month, today)
    homes = [home for home in homes_in_scope(estate, today) if home.unit_id not in elsewhere]
    for proposal in propose(homes, officers, month, limits(estate.settings).visit_cycle_months, today):
        plan.lines.append(
            PlanLine(
                id=new_id(),
                estate_id=estate.id,
                unit_id=proposal.home.unit_id,
                officer_id=proposal.officer_id,
                due_on=proposal.due_on,
                purpose="",
                method=Method.DOOR,
                last_met_on=proposal.home.last_met_on,
                carried_from=missed.get(proposal.home.unit_id),
            )
        )
    db.session.flush()
    data = {"month": month, "homes": {str(line.unit_id): line.terms.plain() for line in plan.lines}}
    note(plan, "plan:proposed", data, by=by, at=at)
    return plan


def give_lines(plan: Plan, line_ids: Iterable[uuid.UUID], officer_id: uuid.UUID, *, by: By, at: datetime) -> int:
    """Give lines of a draft to another officer; returns how many changed hands."""
    must_be_officer(plan, officer_id, at)
    lines = [line for line in _lines(plan, line_ids) if line.officer_id != officer_id]
    for line in lines:
        line.officer_id = officer_id
    if lines:
        units = [str(line.unit_id) for line in lines]
        note(plan, "plan:lines_given", {"units": units, "officer": str(officer_id)}, by=by, at=at)
    return len(lines)


def drop_lines(plan: Plan, line_ids: Iterable[uuid.UUID], *, by: By, at: datetime) -> int:
    """Take lines out of a draft; their homes return to the next proposal."""
    lines = _lines(plan, line_ids)
    data = {"units": [str(line.unit_id) for line in lines]}
    for line in lines:
        db.session.delete(line)
    if lines:
        db.session.flush()
        db.session.expire(plan, ["lines"])
        note(plan, "plan:lines_dropped", data, by=by, at=at)
    return len(lines)


def submit_plan(plan: Plan, *, event_id: uuid.UUID, by: By, at: datetime, note: str = "") -> bool:
    """Hand a draft in to be reviewed (V44). Returns False if this very event happened before."""
    if journal.happened(event_id):
        return False
    must_be_draft(plan)
    estate = db.session.get_one(Estate, plan.estate_id)
    today = local_date(at, estate.time_zone)
    must_not_be_over(plan.month, today)
    if not plan.lines:
        raise Refused("plan:empty", _("There is no home in this plan."))
    over = planned_too_early(plan, today)
    if over:
        words = _("%(n)s homes are planned for days that are over: give them other days first.", n=len(over))
        raise Refused("plan:days_over", words)
    plan.state = PlanState.UNDER_REVIEW
    return submit(Paper.PLAN, plan.id, estate, event_id=event_id, by=by, at=at, note=note)


def planned_too_early(plan: Plan, today: date) -> list[PlanLine]:
    """The lines of a plan that is not at work yet whose day is over: visited whenever, they would be late."""
    return [line for line in plan.lines if line.due_on < today] if plan.state is not PlanState.ACTIVE else []


def move_plan(
    plan: Plan,
    move: Move,
    *,
    after: int,
    roles: frozenset[Role],
    event_id: uuid.UUID,
    by: By,
    at: datetime,
    note: str = "",
) -> bool:
    """Pass a plan on, send it back, take it back; the last stage puts it to work. As `approvals.actions.make_move`.

    Nothing of a month that is over is passed on: its days would take the place of those that are planned since.
    """
    review = _review(plan)
    if move is Move.HAND_ON and not journal.happened(event_id):
        must_not_be_over(plan.month, local_date(at, db.session.get_one(Estate, plan.estate_id).time_zone))
    moved = make_move(review, move, after=after, roles=roles, event_id=event_id, by=by, at=at, note=note)
    if moved and review.state is State.COMPLETE:
        _put_to_work(plan, by=by, at=at)
    elif moved and review.state is not State.RUNNING:
        plan.state = PlanState.DRAFT
    return moved


def _put_to_work(plan: Plan, *, by: By, at: datetime) -> None:
    """Make each line a task on its officer's tablet, in place of one that was due there before.

    A home that was met since it was proposed, or that is no household any more, falls away; so does one at which a
    visit is due by the plan of an earlier month and not late yet: that month was approved with it.
    """
    one_at_a_time(plan.estate_id)
    plan.state, plan.active_at = PlanState.ACTIVE, at
    units = {unit.id: unit for unit in db.session.scalars(sa.select(Unit).where(Unit.estate_id == plan.estate_id))}
    before = planned_visits_held(plan.estate_id, (line.unit_id for line in plan.lines))
    due = _still_to_be_met(plan, at)
    left_to = of_months_before(plan.month, _not_late_yet(before.values(), plan, at))
    lines = [line for line in due if line.unit_id not in left_to]
    for line in lines:
        if line.unit_id in before:
            cancel(before[line.unit_id], by=by, at=at)
        make_task(
            units[line.unit_id],
            TaskKind.PLANNED_VISIT,
            assignee_id=line.officer_id,
            due_on=line.due_on,
            subject_id=line.id,
            plan_id=plan.id,
            by=by,
            at=at,
        )
    left = {str(line.unit_id): left_to[line.unit_id] for line in due if line.unit_id in left_to}
    note(plan, PUT_TO_WORK, {"month": plan.month, "lines": len(lines), "left_to": left}, by=by, at=at)


def _not_late_yet(tasks: Iterable[Task], plan: Plan, at: datetime) -> list[Task]:
    today = local_date(at, db.session.get_one(Estate, plan.estate_id).time_zone)
    return [task for task in tasks if task.due_on >= today]


def _still_to_be_met(plan: Plan, at: datetime) -> list[PlanLine]:
    """The lines whose homes are households today, and not met since so that their cycle ends after the month.

    One that was put in by hand before its time, and met by nobody since, is visited as it was approved.
    """
    estate = db.session.get_one(Estate, plan.estate_id)
    homes = {home.unit_id: home for home in homes_in_scope(estate, local_date(at, estate.time_zone))}
    due = {
        home.unit_id for home in due_in(list(homes.values()), plan.month, limits(estate.settings).visit_cycle_months)
    }
    here = [line for line in plan.lines if line.unit_id in homes]
    return [line for line in here if line.unit_id in due or homes[line.unit_id].last_met_on == line.last_met_on]


def _emptied(estate_id: uuid.UUID, month: str, seen: int | None, by: By) -> Plan | None:
    """The month's draft without its lines, if there is one. A plan that was handed in stays as it is."""
    older = plan_of(estate_id, month)
    if older is None:
        return None
    must_be_draft(older)
    if seen is not None:
        nobody_else_worked_in(older.id, seen, by)
    db.session.execute(sa.delete(PlanLine).where(PlanLine.plan_id == older.id))
    db.session.expire(older, ["lines"])
    return older


def _review(plan: Plan) -> Review:
    review = review_of(plan.id)
    if review is None:
        raise Outdated("plan:not_handed_in", _("This plan was not handed in yet."))
    return review


def _lines(plan: Plan, line_ids: Iterable[uuid.UUID]) -> list[PlanLine]:
    must_be_draft(plan)
    wanted = set(line_ids)
    return [line for line in plan.lines if line.id in wanted]


def one_at_a_time(estate_id: uuid.UUID) -> None:
    """Whoever proposes or files any plan of this estate waits until we are done: each looks at what others take up."""
    take_turn(f"plans {estate_id}")


def must_not_be_over(month: str, today: date) -> None:
    """Raises Refused for a month that is over: its plan is what it is."""
    if last_day(month) < today:
        raise Refused("plan:month_over", _("This month is over."))


def must_be_officer(plan: Plan, staff_id: uuid.UUID, at: datetime) -> None:
    """Raises Refused for whoever is no visit officer of the plan's estate on that day."""
    today = local_date(at, db.session.get_one(Estate, plan.estate_id).time_zone)
    if staff_id not in {staff.id for staff in staff_in(plan.estate_id, [Role.OFFICER], today)}:
        raise Refused("plan:officer_unknown", _("This person is not a visit officer of this estate."))


def must_be_draft(plan: Plan) -> None:
    """As the plan stands now; whoever changes it at this moment waits until we are done."""
    state = db.session.scalar(sa.select(Plan.state).where(Plan.id == plan.id).with_for_update())
    if state is PlanState.UNDER_REVIEW:
        raise Outdated("plan:under_review", _("This plan is under review: take it back before you change it."))
    if state is PlanState.ACTIVE:
        raise Outdated("plan:at_work", _("This plan is at work already."))


def work_of_others(subject_id: uuid.UUID, by: By) -> list[JournalLine]:
    """What others have done in a draft, oldest first."""
    return [line for line in journal.history(subject_id) if line.staff_id != by.staff_id]


def nobody_else_worked_in(subject_id: uuid.UUID, seen: int, by: By) -> None:
    """Raises Outdated where others worked in a draft since so much of their work was `seen`: it is not thrown away."""
    newer = work_of_others(subject_id, by)[seen:]
    if newer:
        who = ", ".join(sorted(names({line.staff_id for line in newer if line.staff_id}).values()))
        words = _("%(who)s worked in this draft after you looked. Nothing was thrown away: look at it first.", who=who)
        raise Outdated("plan:worked_in", words)


def note(plan: Plan, kind: str, data: dict[str, Any], *, by: By, at: datetime) -> None:
    """Write a line about a plan into the journal."""
    journal.write(plan.estate_id, kind, ("plan", plan.id), by=by, at=at, data=data)
