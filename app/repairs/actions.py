"""Everything that changes a work order. The caller commits."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from app.agenda.actions import cancel, make_task
from app.agenda.queries import due_about
from app.core import journal, waits
from app.core.clock import isoformat, local_date
from app.core.db import attach, db
from app.core.errors import NotAllowed, Outdated, Refused
from app.core.i18n import _
from app.core.ids import new_id
from app.core.journal import By
from app.estates.models import Estate, Unit
from app.estates.queries import owner_called
from app.estates.rules import LIABLE
from app.issues.ending import answered_meanwhile, tried_too_little
from app.issues.rules import Ending
from app.issues.who_answers import who_may_answer
from app.people.models import Department, Staff
from app.people.rules import Liable
from app.repairs.models import WorkOrder, WorkOrderAnswer
from app.repairs.moving import (
    CALL_BACK,
    CALLBACK_KINDS,
    callback_day,
    end_of,
    estate_of,
    let_wait,
    limits_of,
    note,
    row_for,
    take,
    today_of,
)
from app.repairs.routing import callers
from app.repairs.rules import (
    CLOCKS_DIFFER,
    MOST_CENTS,
    Kind,
    Move,
    Origin,
    State,
    in_order,
)


@dataclass(frozen=True)
class Reported:
    """What is known of a work order when it comes in; `origin_key`: by what it is known again, should it come twice."""

    kind: Kind
    content: str
    reported_at: datetime
    reported_by: str
    phone: str = ""
    place: str = ""
    under_warranty: bool | None = None
    liable: Liable | None = None
    origin: Origin = Origin.DESK
    origin_key: str | None = None
    outside_number: str = ""
    system_id: uuid.UUID | None = None


@dataclass(frozen=True)
class Done:
    """What the worker did. Cost in cents and material are those of all rounds; what is not said stays as it was."""

    work_done: str
    finished_at: datetime
    fee_cents: int | None = None
    material: str | None = None
    quantity: str | None = None
    worker: str = ""


def report_order(unit: Unit, told: Reported, *, by: By, at: datetime, event_id: uuid.UUID | None = None) -> WorkOrder:
    """A new work order in the state `reported`. Its number is taken when the transaction commits.

    Unless said otherwise a free repair is under warranty, and the developer's where the estate has one; everything
    else is the property management company's.
    """
    estate = db.session.get_one(Estate, unit.estate_id)
    if not told.content.strip():
        raise Refused("order:content_missing", _("Say what is to be repaired."))
    if told.reported_at > at + CLOCKS_DIFFER:
        raise _in_the_future()
    under_warranty = told.kind is Kind.FREE if told.under_warranty is None else told.under_warranty
    liable = told.liable or _liable_for(estate, under_warranty=under_warranty)
    if liable not in LIABLE[estate.profile]:
        raise Refused("order:liable_unknown", _("This estate has no developer that is liable."))
    order = WorkOrder(
        id=new_id(),
        estate_id=estate.id,
        unit_id=unit.id,
        origin=told.origin,
        origin_key=told.origin_key,
        outside_number=told.outside_number.strip(),
        system_id=told.system_id,
        kind=told.kind,
        under_warranty=under_warranty,
        liable=liable,
        state=State.REPORTED,
        round=1,
        reported_at=told.reported_at,
        reported_by=told.reported_by.strip(),
        owner_id=owner_called(unit.id, told.reported_by.strip()),
        phone=told.phone.strip(),
        place=told.place.strip(),
        content=told.content.strip(),
    )
    attach(order, unit=unit)
    db.session.add(order)
    db.session.flush()
    _number(order, at)
    data = {"round": 1, "kind": told.kind.value, "liable": liable.value, "origin": told.origin.value}
    note(order, "order:reported", by=by, at=at, data=data, event_id=event_id)
    let_wait(order, since=order.reported_at, at=at)
    return order


def make_move(
    order: WorkOrder,
    move: Move,
    *,
    event_id: uuid.UUID,
    by: By,
    at: datetime,
    data: dict[str, Any] | None = None,
) -> bool:
    """Take the row for `move` and write state and journal line together.

    Returns whether anything happened: the same event twice happens once. Raises Outdated if the order's state has no
    such row, as after somebody else was faster; NotAllowed for what an owner says, which has functions of its own.
    """
    row = row_for(order, move, event_id)
    if row is None:
        return False
    if row.by_owner:
        raise NotAllowed("order:only_the_owner", _("Only the owner's own answer can do this."))
    take(row, order, event_id=event_id, by=by, at=at, data=data or {})
    return True


def dispatch(
    order: WorkOrder,
    department: Department,
    *,
    worker: str = "",
    dispatched_at: datetime | None = None,
    event_id: uuid.UUID,
    by: By,
    at: datetime,
) -> bool:
    """Send a department, and perhaps a worker by name."""
    moment = dispatched_at or at
    row = row_for(order, Move.DISPATCH, event_id)
    if row is None:
        return False
    _must_be_open(order, department)
    _must_follow(at, order.reported_at, moment)
    order.department_id, order.worker, order.dispatched_at = department.id, worker.strip(), moment
    attach(order, department=department)
    data = {"department": str(department.id), "dispatched_at": isoformat(moment)}
    take(row, order, event_id=event_id, by=by, at=at, data=data, since=moment)
    return True


def transfer(
    order: WorkOrder, department: Department, reason: str, *, event_id: uuid.UUID, by: By, at: datetime
) -> bool:
    """Make another department responsible, with the reason; its time begins now, and its company is liable."""
    row = row_for(order, Move.TRANSFER, event_id)
    if row is None:
        return False
    if not reason.strip():
        raise Refused("order:reason_missing", _("Say why."))
    if department.id == order.department_id:
        raise Refused("order:same_department", _("The work order is with this department already."))
    _must_be_open(order, department)
    data = {"department": str(department.id), "from": str(order.department_id), "reason": reason.strip()}
    order.department_id, order.liable = department.id, department.liable
    attach(order, department=department)
    take(row, order, event_id=event_id, by=by, at=at, data=data)
    return True


def arrive(
    order: WorkOrder, *, arrived_at: datetime | None = None, worker: str = "", event_id: uuid.UUID, by: By, at: datetime
) -> bool:
    """The worker is there; only the first arrival of a round counts."""
    moment = arrived_at or at
    row = row_for(order, Move.ARRIVE, event_id)
    if row is None:
        return False
    if order.arrived_at is not None:
        raise Outdated("order:arrived_already", _("The arrival is noted already."))
    _must_follow(at, order.dispatched_at, moment)
    order.arrived_at, order.worker = moment, worker.strip() or order.worker
    take(row, order, event_id=event_id, by=by, at=at, data={"arrived_at": isoformat(moment)})
    return True


def finish(order: WorkOrder, done: Done, *, event_id: uuid.UUID, by: By, at: datetime) -> bool:
    """The work is done: somebody calls back on the owner (R20), who alone can close the order."""
    row = row_for(order, Move.FINISH, event_id)
    if row is None:
        return False
    if not done.work_done.strip():
        raise Refused("order:work_missing", _("Say what was done."))
    fee_cents = order.fee_cents if done.fee_cents is None else done.fee_cents
    if not 0 <= fee_cents <= MOST_CENTS:
        raise Refused("order:fee_unreadable", _("This is no fee."))
    if fee_cents and order.kind is Kind.FREE:
        raise Refused("order:free", _("A repair that is free under warranty has no fee."))
    _must_follow(at, order.dispatched_at, order.arrived_at, done.finished_at)
    caller = _caller(order, at)
    order.finished_at, order.work_done = done.finished_at, done.work_done.strip()
    order.fee_cents = fee_cents
    order.material = order.material if done.material is None else done.material.strip()
    order.quantity = order.quantity if done.quantity is None else done.quantity.strip()
    order.worker = done.worker.strip() or order.worker
    order.caller_id = caller.id
    attach(order, caller=caller)
    data = {"note": order.work_done, "fee_cents": order.fee_cents, "finished_at": isoformat(done.finished_at)}
    take(row, order, event_id=event_id, by=by, at=at, data=data)
    make_task(
        order.unit,
        CALLBACK_KINDS[order.kind],
        assignee_id=caller.id,
        due_on=callback_day(order, at),
        subject_id=order.id,
        round_=order.round,
        by=by,
        at=at,
    )
    return True


def close_unsatisfied(
    order: WorkOrder, ending: Ending, reason: str, *, tries: int, heard: int, event_id: uuid.UUID, by: By, at: datetime
) -> bool:
    """The executive ends an order without the owner's satisfaction, with the reason; it is counted apart.

    `tries`: how often the owner was tried in vain about it since they were last met. `heard`: how many answers of the
    owner whoever decides has before them. What is under warranty is the unit's, and goes on with whoever holds it now;
    else an order ends for a move where whoever reported it has left.
    """
    if not reason.strip():
        raise Refused("order:reason_missing", _("Say why."))
    row = row_for(order, Move.CLOSE_UNSATISFIED, event_id)
    if row is None:
        return False
    if how_often_heard(order) != heard:
        raise answered_meanwhile()
    enough = limits_of(order).phone_attempts
    if ending is Ending.UNREACHABLE and tries < enough:
        raise tried_too_little(tries, enough)
    here = {one.name for one in who_may_answer(order.unit_id, today_of(order, at))}
    if ending is Ending.MOVED and order.reported_by in here:
        raise Refused("order:still_there", _("Whoever reported it still stands in the owner file of this unit."))
    if ending is Ending.MOVED and order.under_warranty:
        words = _("This is a matter of the home: it goes on with whoever holds it now, who answers for it.")
        raise Refused("order:of_the_unit", words)
    order.ending = ending
    data = {"ending": ending.value, "reason": reason.strip()}
    take(row, order, event_id=event_id, by=by, at=at, data=data)
    for kind in CALLBACK_KINDS.values():
        for task in due_about(order.id, kind):
            cancel(task, by=by, at=at, reason=reason.strip())
    return True


def how_often_heard(order: WorkOrder) -> int:
    """How many answers of the owner are kept, those too that moved nothing."""
    answers = sa.select(sa.func.count()).where(WorkOrderAnswer.order_id == order.id)
    return db.session.scalar(answers) or 0


def callback_adjusted(
    order: WorkOrder, *, assignee_id: uuid.UUID, due_on: date, reason: str, by: By, at: datetime
) -> None:
    """The callback that an order waits for has another caller or day (P53): the order waits for it there."""
    data = {"round": order.round, "assignee": str(assignee_id), "due_on": due_on.isoformat(), "reason": reason}
    order.caller_id = assignee_id
    note(order, "order:callback_adjusted", by=by, at=at, data=data)
    holder = waits.Holder(staff_id=assignee_id)
    waits.begin(order.estate_id, ("order", order.id), CALL_BACK, holder, since=at, due_at=end_of(due_on, order))


def _caller(order: WorkOrder, at: datetime) -> Staff:
    """Who calls back: whoever called back before, or else whoever has least to call at the front desk."""
    known = callers(order.estate_id, today_of(order, at))
    if not known:
        raise Refused(
            "order:nobody_calls", _("Nobody in this estate can call back on the owner: give somebody the role.")
        )
    return next((one for one in known if one.id == order.caller_id), known[0])


def _liable_for(estate: Estate, *, under_warranty: bool) -> Liable:
    has_developer = Liable.DEVELOPER in LIABLE[estate.profile]
    return Liable.DEVELOPER if under_warranty and has_developer else Liable.PROPERTY


def _must_be_open(order: WorkOrder, department: Department) -> None:
    if department.estate_id != order.estate_id:
        raise Refused("order:department_unknown", _("This department is not known in this estate."))
    if department.closed_on is not None:
        raise Refused("department:closed", _("This department is closed."))


def _must_follow(at: datetime, *moments: datetime | None) -> None:
    """Reported, dispatched, arrived, finished, in this order and none of it to come. Raises Refused."""
    if any(moment > at + CLOCKS_DIFFER for moment in moments if moment is not None):
        raise _in_the_future()
    if not in_order(*moments):
        raise Refused(
            "order:times_in_disorder", _("The times do not follow each other: reported, dispatched, arrived, finished.")
        )


def _in_the_future() -> Refused:
    return Refused("order:in_the_future", _("This time lies in the future."))


def _number(order: WorkOrder, at: datetime) -> None:
    series = f"WX-{local_date(at, estate_of(order).time_zone):%y%m}"

    def assign(number: int) -> None:
        order.number = f"{series}-{number:04}"

    journal.take_number(order.estate_id, series, assign)
