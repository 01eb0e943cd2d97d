"""Everything that changes an amendment, until it is a plan's next version (V44). The caller commits.

While it is drawn up and reviewed the plan at work goes on; whatever was visited meanwhile falls out of it.
"""

import uuid
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from app.agenda.actions import cancel, change, make_task
from app.agenda.models import Task
from app.agenda.rules import TaskKind, TaskState
from app.approvals.actions import make_move, submit
from app.approvals.queries import review_of
from app.approvals.rules import Move, Paper, State
from app.core import journal, waits
from app.core.clock import local_date
from app.core.db import db
from app.core.errors import Outdated, Refused, Words
from app.core.i18n import _, lazy_
from app.core.ids import new_id
from app.core.journal import By
from app.estates.models import Estate, Unit
from app.people.rules import Role
from app.visits.amending import (
    ALLOWED,
    OPEN,
    AmendmentMove,
    AmendmentState,
    Came,
    Change,
    Standing,
    amendment_step,
    change_from,
)
from app.visits.by_hand import terms_by_hand
from app.visits.models import Plan, PlanAmendment, PlanAmendmentLine, PlanLine
from app.visits.plans import must_be_officer, must_not_be_over, nobody_else_worked_in, note, one_at_a_time
from app.visits.queries import homes_in_scope, last_met, missed_before, months_of, planned_visits_held
from app.visits.rules import PlanState
from app.visits.sheet import Line, Typed, Written, changes_between, ground_of, settle_cells
from app.visits.terms import Field, Terms, differing

CLOSED: dict[Standing, Words] = {
    Standing.DONE: lazy_("This visit was held: what was done does not change."),
    Standing.OVER: lazy_("This visit is not due any more."),
}
"""Why nothing can be changed about a line."""


def begin_amendment(plan: Plan, *, by: By, at: datetime) -> PlanAmendment:
    """Draw up what is to change in a plan at work. Raises Outdated if there is one open already, or no plan at work."""
    _hold(plan)
    if plan.state is not PlanState.ACTIVE:
        raise Outdated("plan:not_at_work", _("This plan is not at work yet: change the plan itself."))
    must_not_be_over(plan.month, _today(plan, at))
    if open_amendment(plan.id) is not None:
        raise Outdated("amendment:begun", _("Somebody is drawing up a change of this plan already."))
    assert by.staff_id is not None, "a plan is amended by a person"
    amendment = PlanAmendment(
        id=new_id(),
        estate_id=plan.estate_id,
        plan_id=plan.id,
        state=AmendmentState.DRAFT,
        made_by_id=by.staff_id,
        made_at=at,
    )
    db.session.add(amendment)
    db.session.flush()
    note_amendment(amendment, "plan_amendment:begun", {"plan": str(plan.id), "version": plan.version}, by=by, at=at)
    return amendment


def write_in_amendment(amendment: PlanAmendment, typed: Sequence[Typed], *, by: By, at: datetime) -> list[Written]:
    """Write into cells of an amendment, each for itself, as `sheet.write_cells`."""
    _must_be_draft(amendment)
    rows, standing = _rows(amendment), standings(amendment.plan_id)
    known = _known(amendment.plan_id, rows, standing)
    answers, became = settle_cells(typed, known, ground_of(amendment.plan, at))
    for line_id, terms in became.items():
        _row(amendment, rows, line_id, known[line_id]).becomes = terms.plain()
    if became:
        data = {"cells": changes_between(known, became)}
        note_amendment(amendment, "plan_amendment:cells_written", data, by=by, at=at)
    return answers


def give_in_amendment(
    amendment: PlanAmendment, line_ids: Iterable[uuid.UUID], officer_id: uuid.UUID, *, by: By, at: datetime
) -> int:
    """Give the chosen homes to another officer; returns how many are to change hands."""
    _must_be_draft(amendment)
    must_be_officer(amendment.plan, officer_id, at)
    rows, standing = _rows(amendment), standings(amendment.plan_id)
    known, units = _known(amendment.plan_id, rows, standing), []
    for line_id in line_ids:
        line = known.get(line_id)
        if line and line.terms and not line.closed and line.terms.officer_id != officer_id:
            _row(amendment, rows, line_id, line).becomes = line.terms.given_to(officer_id).plain()
            units.append(str(line.unit_id))
    if units:
        note_amendment(amendment, "plan_amendment:given", {"units": units, "officer": str(officer_id)}, by=by, at=at)
    return len(units)


def drop_in_amendment(
    amendment: PlanAmendment, line_ids: Iterable[uuid.UUID], reason: str, *, by: By, at: datetime
) -> int:
    """Take homes out of the plan, with the reason; one that the amendment itself had added just goes again."""
    _must_be_draft(amendment)
    if not reason.strip():
        raise Refused("amendment:reason_missing", _("Write down why these homes are taken out."))
    rows, standing = _rows(amendment), standings(amendment.plan_id)
    known, units = _known(amendment.plan_id, rows, standing), []
    for line_id in line_ids:
        line = known.get(line_id)
        if line and line.terms and not line.closed:
            row = _row(amendment, rows, line_id, line)
            row.becomes, row.reason = None, reason.strip()[:200]
            units.append(str(line.unit_id))
    if units:
        note_amendment(amendment, "plan_amendment:dropped", {"units": units, "reason": reason.strip()}, by=by, at=at)
    return len(units)


def leave_as_it_was(amendment: PlanAmendment, line_ids: Iterable[uuid.UUID], *, by: By, at: datetime) -> int:
    """Let go of what was to change about these homes: the plan stays as it is there."""
    _must_be_draft(amendment)
    wanted = set(line_ids)
    back = [row for row in _rows(amendment).values() if row.line_id in wanted and row.becomes != row.was]
    for row in back:
        row.becomes, row.reason = row.was, ""
    if back:
        note_amendment(amendment, "plan_amendment:left", {"units": [str(row.unit_id) for row in back]}, by=by, at=at)
    return len(back)


def add_to_amendment(amendment: PlanAmendment, units: Sequence[Unit], *, by: By, at: datetime) -> None:
    """Put households into the plan. Raises Refused if one is none or stands there already."""
    _must_be_draft(amendment)
    rows, standing = _rows(amendment), standings(amendment.plan_id)
    known = _known(amendment.plan_id, rows, standing)
    others = {line.unit_id: line.terms.officer_id for line in known.values() if line.terms}
    if any(unit.id in others for unit in units):
        raise Refused("plan:home_there", _("This home stands in the plan already."))
    back = [row for row in (rows.get(unit.id) for unit in units) if row and row.was]
    for row in back:
        row.becomes, row.reason = row.was, ""
    new = [unit for unit in units if unit.id not in {row.unit_id for row in back}]
    for unit, (terms, _last_met_on) in zip(new, terms_by_hand(amendment.plan, new, others, at), strict=True):
        row = rows[unit.id] = rows.get(unit.id) or _new_row(amendment, unit.id, new_id(), was=None)
        row.becomes = terms.plain()
    db.session.flush()
    for unit in units:
        data = {"unit": str(unit.id), "terms": rows[unit.id].becomes}
        note_amendment(amendment, "plan_amendment:home_added", data, by=by, at=at)


def discard_amendment(amendment: PlanAmendment, *, by: By, at: datetime, seen: int | None = None) -> None:
    """Throw a draft away; the plan stays as it is, and nobody is waited for to mend what was sent back.

    `seen`: how much of others' work in it whoever throws it away has seen. Raises Outdated if there is more by now.
    """
    _hold(amendment.plan)
    after = _after(amendment, AmendmentMove.DISCARD)
    if seen is not None:
        nobody_else_worked_in(amendment.id, seen, by)
    amendment.state = after
    waits.end(amendment.id)
    note_amendment(amendment, "plan_amendment:discarded", {}, by=by, at=at)


def submit_amendment(amendment: PlanAmendment, *, event_id: uuid.UUID, by: By, at: datetime, note: str = "") -> bool:
    """Hand it in to be reviewed (V44). Returns False if this very event happened before."""
    if journal.happened(event_id):
        return False
    after = _after(amendment, AmendmentMove.SUBMIT)
    must_not_be_over(amendment.plan.month, _today(amendment.plan, at))
    if not any(change_from(row.old, row.new) for row in _rows(amendment).values()):
        raise Refused("amendment:empty", _("Nothing is to change yet."))
    estate = db.session.get_one(Estate, amendment.estate_id)
    amendment.state = after
    return submit(Paper.AMENDMENT, amendment.id, estate, event_id=event_id, by=by, at=at, note=note)


def move_amendment(
    amendment: PlanAmendment,
    move: Move,
    *,
    after: int,
    roles: frozenset[Role],
    event_id: uuid.UUID,
    by: By,
    at: datetime,
    note: str = "",
) -> bool:
    """Pass it on, send it back, take it back; the last stage makes it a version. As `approvals.actions.make_move`.

    Raises Refused for who passes it on when its month is over: it would change what was to be done in it.
    """
    review = review_of(amendment.id)
    if review is None:
        raise Outdated("amendment:not_handed_in", _("This change was not handed in yet."))
    if move is Move.HAND_ON and not journal.happened(event_id):
        must_not_be_over(amendment.plan.month, _today(amendment.plan, at))
    moved = make_move(review, move, after=after, roles=roles, event_id=event_id, by=by, at=at, note=note)
    if moved and review.state is State.COMPLETE:
        _file(amendment, by=by, at=at)
    elif moved and review.state is not State.RUNNING:
        amendment.state = _after(amendment, AmendmentMove.GIVE_BACK)
    return moved


def _today(plan: Plan, at: datetime) -> date:
    return local_date(at, db.session.get_one(Estate, plan.estate_id).time_zone)


def open_amendment(plan_id: uuid.UUID) -> PlanAmendment | None:
    """The amendment of a plan that is drawn up or under review, if there is one."""
    found = sa.select(PlanAmendment).where(PlanAmendment.plan_id == plan_id, PlanAmendment.state.in_(OPEN))
    return db.session.scalars(found).first()


def standings(plan_id: uuid.UUID) -> dict[uuid.UUID, Standing]:
    """Line → how it stands at work; absent if it fell away before the plan went there."""
    tasks = _tasks_of(plan_id)
    lines = db.session.scalars(sa.select(PlanLine.id).where(PlanLine.plan_id == plan_id))
    return {line_id: _standing(tasks[line_id]) if line_id in tasks else Standing.ABSENT for line_id in lines}


def _file(amendment: PlanAmendment, *, by: By, at: datetime) -> None:
    """Make it the plan's next version: tablets get what is new, changed or gone at their next sync."""
    plan = amendment.plan
    one_at_a_time(plan.estate_id)
    _hold(plan)
    after = _after(amendment, AmendmentMove.FILE)
    rows = [row for row in _rows(amendment).values() if row.came is Came.OPEN]
    before = planned_visits_held(plan.estate_id, (row.unit_id for row in rows))
    tasks = _tasks_of(plan.id, hold=True)
    became: dict[str, Any] = {"dropped": [], "fell_away": [], "homes": {}}
    for row in sorted(rows, key=lambda row: row.id):
        row.came = _take(row, plan, tasks.get(row.line_id), before.get(row.unit_id), by=by, at=at)
        if row.came is Came.FELL_AWAY:
            became["fell_away"].append(str(row.unit_id))
        elif row.came is Came.TAKEN and row.becomes is None:
            became["dropped"].append(str(row.unit_id))
        elif row.came is Came.TAKEN:
            became["homes"][str(row.unit_id)] = row.becomes
    plan.version += 1
    amendment.state, amendment.version, amendment.filed_at = after, plan.version, at
    db.session.flush()
    db.session.expire(plan, ["lines"])
    data = {"version": plan.version, "amendment": str(amendment.id), **became}
    note(plan, "plan:amended", data, by=by, at=at)


def _take(row: PlanAmendmentLine, plan: Plan, task: Task | None, before: Task | None, *, by: By, at: datetime) -> Came:
    """Bring one change into the plan, unless a visit or another plan was faster.

    `task`: of its line; `before`: the planned visit that is due at its home, of this plan or another.
    """
    changed = change_from(row.old, row.new)
    if changed is None:
        return Came.SAID_NOTHING
    line = db.session.get(PlanLine, row.line_id)
    standing = _standing(task) if line and task else Standing.ABSENT
    today = _today(plan, at)
    if (standing, changed) not in ALLOWED or _comes_too_late(row, today):
        return Came.FELL_AWAY
    if changed is Change.ADDED:
        return _add(row, plan, before, by=by, at=at)
    assert line is not None, "what changes is a line of the plan"
    assert task is not None, "a line that is due has its task"
    if row.new is None:
        cancel(task, by=by, at=at, reason=row.reason)
        db.session.delete(line)
    else:
        line.terms = row.new
        assignee_id, due_on = _as_it_is_now(row, row.new, task)
        change(task, assignee_id=assignee_id, due_on=due_on, by=by, at=at)
    return Came.TAKEN


def _as_it_is_now(row: PlanAmendmentLine, new: Terms, task: Task) -> tuple[uuid.UUID, date]:
    """Who goes there and when: what the executive adjusted meanwhile stays, where the amendment says nothing of it."""
    said = differing(row.old, new) if row.old else list(Field)
    return (
        new.officer_id if Field.OFFICER in said else task.assignee_id,
        new.due_on if Field.DAY in said else task.due_on,
    )


def _comes_too_late(row: PlanAmendmentLine, today: date) -> bool:
    """The day that it names is over before it is filed."""
    if row.new is None or row.new.due_on >= today:
        return False
    return row.old is None or Field.DAY in differing(row.old, row.new)


def _add(row: PlanAmendmentLine, plan: Plan, before: Task | None, *, by: By, at: datetime) -> Came:
    """A new line and its task, in place of one that was due there before, and of a line that fell away when the plan
    went to work; not where the owner was met meanwhile.
    """
    estate, terms = db.session.get_one(Estate, plan.estate_id), row.new
    assert terms is not None, "what is added has its terms"
    today = local_date(at, estate.time_zone)
    homes = {home.unit_id: home for home in homes_in_scope(estate, today)}
    met = last_met([row.unit_id]).get(row.unit_id)
    if row.unit_id not in homes or (met is not None and met > row.amendment.made_at) or _is_of_a_later(before, plan):
        return Came.FELL_AWAY
    db.session.execute(sa.delete(PlanLine).where(PlanLine.plan_id == plan.id, PlanLine.unit_id == row.unit_id))
    line = PlanLine(
        id=row.line_id,
        estate_id=plan.estate_id,
        plan_id=plan.id,
        unit_id=row.unit_id,
        last_met_on=homes[row.unit_id].last_met_on,
        carried_from=missed_before(plan.estate_id, plan.month, today).get(row.unit_id),
    )
    line.terms = terms
    db.session.add(line)
    if before is not None:
        cancel(before, by=by, at=at)
    make_task(
        row.unit,
        TaskKind.PLANNED_VISIT,
        assignee_id=terms.officer_id,
        due_on=terms.due_on,
        subject_id=line.id,
        plan_id=plan.id,
        by=by,
        at=at,
    )
    return Came.TAKEN


def _is_of_a_later(task: Task | None, plan: Plan) -> bool:
    """The home is planned for a later month already."""
    month = months_of([task.plan_id]).get(task.plan_id) if task and task.plan_id else None
    return month is not None and month > plan.month


def _known(
    plan_id: uuid.UUID, rows: dict[uuid.UUID, PlanAmendmentLine], standing: dict[uuid.UUID, Standing]
) -> dict[uuid.UUID, Line]:
    """The plan's lines as they are to be, each with why nothing can be changed about it; and those to be added."""
    known = {}
    for line in db.session.scalars(sa.select(PlanLine).where(PlanLine.plan_id == plan_id)):
        if standing[line.id] is Standing.ABSENT:
            continue
        row = rows.get(line.unit_id)
        terms = row.new if row else line.terms
        known[line.id] = Line(line.unit_id, terms, CLOSED.get(standing[line.id], ""), was=line.terms)
    for row in rows.values():
        if row.was is None:
            known[row.line_id] = Line(row.unit_id, row.new)
    return known


def _row(
    amendment: PlanAmendment, rows: dict[uuid.UUID, PlanAmendmentLine], line_id: uuid.UUID, line: Line
) -> PlanAmendmentLine:
    """The amendment's own row for a line, begun if there is none."""
    row = rows.get(line.unit_id)
    if row is None:
        row = rows[line.unit_id] = _new_row(amendment, line.unit_id, line_id, was=line.terms)
    return row


def _new_row(amendment: PlanAmendment, unit_id: uuid.UUID, line_id: uuid.UUID, was: Terms | None) -> PlanAmendmentLine:
    row = PlanAmendmentLine(
        id=new_id(),
        estate_id=amendment.estate_id,
        amendment_id=amendment.id,
        unit_id=unit_id,
        line_id=line_id,
        was=was.plain() if was else None,
        reason="",
        came=Came.OPEN,
    )
    db.session.add(row)
    return row


def _rows(amendment: PlanAmendment) -> dict[uuid.UUID, PlanAmendmentLine]:
    """Unit → what the amendment says of it, as it stands now."""
    found = (
        sa.select(PlanAmendmentLine)
        .where(PlanAmendmentLine.amendment_id == amendment.id)
        .options(joinedload(PlanAmendmentLine.unit))
        .execution_options(populate_existing=True)
    )
    return {row.unit_id: row for row in db.session.scalars(found)}


def _tasks_of(plan_id: uuid.UUID, *, hold: bool = False) -> dict[uuid.UUID, Task]:
    """Line → its task; with `hold` locked in the order of their ids, so that no visit settles one meanwhile."""
    found = sa.select(Task).where(Task.plan_id == plan_id, Task.kind == TaskKind.PLANNED_VISIT).order_by(Task.id)
    if hold:
        found = found.with_for_update().execution_options(populate_existing=True)
    return {task.subject_id: task for task in db.session.scalars(found) if task.subject_id}


def _standing(task: Task) -> Standing:
    return {TaskState.DUE: Standing.DUE, TaskState.DONE: Standing.DONE}.get(task.state, Standing.OVER)


def _hold(plan: Plan) -> None:
    """Read a plan as it is now; whoever changes or amends it at this moment waits until we are done."""
    db.session.refresh(plan, ["state", "version"], with_for_update=True)


def _after(amendment: PlanAmendment, move: AmendmentMove) -> AmendmentState:
    """The state that a move leads to, as the amendment stands now. Raises Outdated, in words."""
    db.session.refresh(amendment, ["state"], with_for_update=True)
    row = amendment_step(amendment.state, move)
    if row is None:
        raise Outdated(f"amendment:{amendment.state.value}", _STANDS[amendment.state])
    return row.after


def _must_be_draft(amendment: PlanAmendment) -> None:
    _after(amendment, AmendmentMove.WRITE)


_STANDS: dict[AmendmentState, Words] = {
    AmendmentState.DRAFT: lazy_("This change was not handed in yet."),
    AmendmentState.UNDER_REVIEW: lazy_("This change is under review: take it back before you go on with it."),
    AmendmentState.FILED: lazy_("This change is a version of the plan already."),
    AmendmentState.DISCARDED: lazy_("This change was thrown away."),
}


def note_amendment(amendment: PlanAmendment, kind: str, data: dict[str, Any], *, by: By, at: datetime) -> None:
    """A line of the journal."""
    journal.write(amendment.estate_id, kind, ("plan_amendment", amendment.id), by=by, at=at, data=data)
