"""Everything that changes a work order. The caller commits."""

import uuid
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from app.agenda.actions import cancel, make_task
from app.agenda.queries import due_about
from app.agenda.rules import TaskKind
from app.core import journal, waits
from app.core.clock import isoformat, local_date
from app.core.db import attach, db
from app.core.errors import NotAllowed, Outdated, Refused
from app.core.i18n import _
from app.core.ids import new_id
from app.core.journal import By
from app.estates.models import Estate, Unit
from app.estates.rules import LIABLE, Limits, limits
from app.issues.ending import tried_too_little
from app.issues.explaining import must_be_complete
from app.issues.rules import Answer, Ending, HowAnswered
from app.issues.who_answers import SaidBy, has_left, who_may_answer
from app.people.models import Department, Staff
from app.people.rules import Liable, Role
from app.repairs.models import WorkOrder, WorkOrderAnswer
from app.repairs.routing import callers, engineering_of
from app.repairs.rules import (
    CLOCKS_DIFFER,
    ENDED,
    MOST_CENTS,
    NEXT_ROUND,
    Kind,
    Move,
    Origin,
    State,
    Step,
    closes,
    in_order,
    step,
)

DISPATCH, FINISH, REWORK, CALL_BACK = "order:dispatch", "order:finish", "order:rework", "order:call_back"
"""What a work order waits for."""

CALLBACK_KINDS = {Kind.FREE: TaskKind.ORDER_CALLBACK, Kind.CHARGEABLE: TaskKind.SERVICE_CALLBACK}
"""Which callback a finished order gets: 维修工作单回访, or 有偿服务回访 where the owner paid (R02)."""


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
    """What the worker did, what it cost in cents, what was used of what."""

    work_done: str
    finished_at: datetime
    fee_cents: int = 0
    material: str = ""
    quantity: str = ""
    worker: str = ""


def report_order(unit: Unit, told: Reported, *, by: By, at: datetime) -> WorkOrder:
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
        phone=told.phone.strip(),
        place=told.place.strip(),
        content=told.content.strip(),
    )
    attach(order, unit=unit)
    db.session.add(order)
    db.session.flush()
    _number(order, at)
    data = {"round": 1, "kind": told.kind.value, "liable": liable.value, "origin": told.origin.value}
    _note(order, "order:reported", by=by, at=at, data=data)
    _let_wait(order, at=at)
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
    row = _row_for(order, move, event_id)
    if row is None:
        return False
    if row.by_owner:
        raise NotAllowed("order:only_the_owner", _("Only the owner's own answer can do this."))
    _take(row, order, event_id=event_id, by=by, at=at, data=data or {})
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
    row = _row_for(order, Move.DISPATCH, event_id)
    if row is None:
        return False
    _must_be_open(order, department)
    _must_follow(at, order.reported_at, moment)
    order.department_id, order.worker, order.dispatched_at = department.id, worker.strip(), moment
    attach(order, department=department)
    data = {"department": str(department.id), "dispatched_at": isoformat(moment)}
    _take(row, order, event_id=event_id, by=by, at=at, data=data)
    return True


def transfer(
    order: WorkOrder, department: Department, reason: str, *, event_id: uuid.UUID, by: By, at: datetime
) -> bool:
    """Make another department responsible, with the reason; its time begins now, and its company is liable."""
    row = _row_for(order, Move.TRANSFER, event_id)
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
    _take(row, order, event_id=event_id, by=by, at=at, data=data)
    return True


def arrive(
    order: WorkOrder, *, arrived_at: datetime | None = None, worker: str = "", event_id: uuid.UUID, by: By, at: datetime
) -> bool:
    """The worker is there; only the first arrival of a round counts."""
    moment = arrived_at or at
    row = _row_for(order, Move.ARRIVE, event_id)
    if row is None:
        return False
    if order.arrived_at is not None:
        raise Outdated("order:arrived_already", _("The arrival is noted already."))
    _must_follow(at, order.dispatched_at, moment)
    order.arrived_at, order.worker = moment, worker.strip() or order.worker
    _take(row, order, event_id=event_id, by=by, at=at, data={"arrived_at": isoformat(moment)})
    return True


def finish(order: WorkOrder, done: Done, *, event_id: uuid.UUID, by: By, at: datetime) -> bool:
    """The work is done: somebody calls back on the owner (R20), who alone can close the order."""
    row = _row_for(order, Move.FINISH, event_id)
    if row is None:
        return False
    if not done.work_done.strip():
        raise Refused("order:work_missing", _("Say what was done."))
    if not 0 <= done.fee_cents <= MOST_CENTS:
        raise Refused("order:fee_unreadable", _("This is no fee."))
    if done.fee_cents and order.kind is Kind.FREE:
        raise Refused("order:free", _("A repair that is free under warranty has no fee."))
    _must_follow(at, order.dispatched_at, order.arrived_at, done.finished_at)
    caller = _caller(order, at)
    order.finished_at, order.work_done = done.finished_at, done.work_done.strip()
    order.fee_cents, order.material, order.quantity = done.fee_cents, done.material.strip(), done.quantity.strip()
    order.worker = done.worker.strip() or order.worker
    order.caller_id = caller.id
    attach(order, caller=caller)
    data = {"note": order.work_done, "fee_cents": order.fee_cents, "finished_at": isoformat(done.finished_at)}
    _take(row, order, event_id=event_id, by=by, at=at, data=data)
    make_task(
        order.unit,
        CALLBACK_KINDS[order.kind],
        assignee_id=caller.id,
        due_on=_callback_day(order, at),
        subject_id=order.id,
        round_=order.round,
        by=by,
        at=at,
    )
    return True


def take_owners_answer(
    order: WorkOrder,
    answer: Answer,
    how: HowAnswered,
    *,
    round_: int,
    reason: str,
    rating: str,
    visit_id: uuid.UUID,
    answered_at: datetime,
    event_id: uuid.UUID,
    by: By,
    at: datetime,
    answered_by: uuid.UUID | None = None,
) -> bool:
    """Keep what the owner said about a round and let it move the order (R20 to R22).

    Returns whether it moved. It does not when the order has gone on meanwhile, when "satisfied" was not given in the
    way this round needs, or when whoever said it (`answered_by`) had sold the unit before: such an answer is kept and
    a person looks at it. Dissatisfaction with quality or service
    makes rework by the engineering of the company that is liable.
    """
    if journal.happened(event_id):
        return False
    _lock(order)
    move = Move.OWNER_SATISFIED if answer is Answer.SATISFIED else Move.OWNER_DISSATISFIED
    counts = answer is Answer.DISSATISFIED or closes(how, order.round)
    if has_left(order.unit_id, answered_by, _today(order, at)):  # by our clock, never by a tablet's
        counts = False
    row = step(order.state, move) if counts and order.round == round_ else None
    said = WorkOrderAnswer(
        estate_id=order.estate_id,
        order_id=order.id,
        round=round_,
        answer=answer,
        how=how,
        reason=reason,
        rating=rating,
        visit_id=visit_id,
        answered_at=answered_at,
        moved=row is not None,
    )
    attach(said, order=order)
    db.session.add(said)
    data = {
        "answer": answer.value,
        "how": how.value,
        "rating": rating,
        "visit": str(visit_id),
        "reason": reason,
        "of_round": round_,
    }
    if row is None:
        _note(order, "order:answer_kept", by=by, at=at, data={"round": order.round, **data}, event_id=event_id)
        return False
    order.rating = rating
    if row.after is State.CLOSED:
        order.closed_how = how
    else:
        data |= _send_to_rework(order)
    _take(row, order, event_id=event_id, by=by, at=at, data=data)
    return True


def may_object_until(order: WorkOrder) -> datetime | None:
    """Until when the owner can object to its end; nothing for what has not ended."""
    return order.closed_at + timedelta(days=_limits(order).objection_days) if order.closed_at else None


def take_objection(
    order: WorkOrder,
    how: HowAnswered,
    reason: str,
    *,
    said_by: SaidBy | None = None,
    witness: str = "",
    event_id: uuid.UUID,
    by: By,
    at: datetime,
) -> bool:
    """The owner objects to the end of an order within the estate's days, by any channel: the next round."""
    must_be_complete(Answer.OBJECTED, how, reason, witness)
    row = _row_for(order, Move.OWNER_OBJECTS, event_id)
    if row is None:
        return False
    how = said_by.as_given(how) if said_by else how
    days = _limits(order).objection_days
    assert order.closed_at is not None, "what is closed has been so since a moment"
    if at > order.closed_at + timedelta(days=days):
        raise Refused("order:objection_late", _("The %(days)s days for an objection are over.", days=days))
    said = WorkOrderAnswer(
        id=new_id(),
        estate_id=order.estate_id,
        order_id=order.id,
        round=order.round,
        answer=Answer.OBJECTED,
        how=how,
        reason=reason.strip(),
        said_by=said_by.name if said_by else "",
        said_by_id=said_by.person_id if said_by else None,
        witness=witness.strip(),
        answered_at=at,
        moved=True,
    )
    attach(said, order=order)
    db.session.add(said)
    data = {"reason": said.reason, "how": how.value, "said": str(said.id), **_send_to_rework(order)}
    order.closed_at, order.closed_how, order.ending = None, None, None
    _take(row, order, event_id=event_id, by=by, at=at, data=data)
    return True


def close_unsatisfied(
    order: WorkOrder, ending: Ending, reason: str, *, tries: int, event_id: uuid.UUID, by: By, at: datetime
) -> bool:
    """The executive ends an order without the owner's satisfaction, with the reason; it is counted apart.

    `tries`: how often the owner was tried in vain about it since they were last met. What the unit needs goes on with
    whoever holds it now: for a move it ends only where whoever reported it has left.
    """
    if not reason.strip():
        raise Refused("order:reason_missing", _("Say why."))
    row = _row_for(order, Move.CLOSE_UNSATISFIED, event_id)
    if row is None:
        return False
    enough = _limits(order).phone_attempts
    if ending is Ending.UNREACHABLE and tries < enough:
        raise tried_too_little(tries, enough)
    here = {one.name for one in who_may_answer(order.unit_id, _today(order, at))}
    if ending is Ending.MOVED and order.reported_by in here:
        raise Refused("order:still_there", _("Whoever reported it still stands in the owner file of this unit."))
    order.ending = ending
    data = {"ending": ending.value, "reason": reason.strip()}
    _take(row, order, event_id=event_id, by=by, at=at, data=data)
    for kind in CALLBACK_KINDS.values():
        for task in due_about(order.id, kind):
            cancel(task, by=by, at=at, reason=reason.strip())
    return True


def callback_adjusted(
    order: WorkOrder, *, assignee_id: uuid.UUID, due_on: date, reason: str, by: By, at: datetime
) -> None:
    """The callback that an order waits for has another caller or day (P53): the order waits for it there."""
    data = {"round": order.round, "assignee": str(assignee_id), "due_on": due_on.isoformat(), "reason": reason}
    order.caller_id = assignee_id
    _note(order, "order:callback_adjusted", by=by, at=at, data=data)
    holder = waits.Holder(staff_id=assignee_id)
    waits.begin(order.estate_id, ("order", order.id), CALL_BACK, holder, since=at, due_at=_end_of(due_on, order))


def _send_to_rework(order: WorkOrder) -> dict[str, str]:
    """The liable company's engineering has it now; the last round's times stand in the journal."""
    department = engineering_of(order)
    order.arrived_at = order.finished_at = None
    if department is None:
        return {}
    order.department_id = department.id
    attach(order, department=department)
    return {"department": str(department.id)}


def _row_for(order: WorkOrder, move: Move, event_id: uuid.UUID) -> Step | None:
    """The row for a move; nothing if this very event happened already. Raises Outdated if there is no such row."""
    if journal.happened(event_id):
        return None
    _lock(order)
    row = step(order.state, move)
    if row is None:
        raise Outdated(
            "order:not_open_to_this",
            _("This work order has moved on since: look at it again."),
            state=order.state.value,
        )
    return row


def _take(row: Step, order: WorkOrder, *, event_id: uuid.UUID, by: By, at: datetime, data: dict[str, Any]) -> None:
    """Write state and journal line together, and what the order waits for now."""
    order.state = row.after
    if row.move in NEXT_ROUND:
        order.round += 1
    if row.after in ENDED:
        order.closed_at = at
    _note(order, row.move.value, by=by, at=at, data={"round": order.round, **data}, event_id=event_id)
    if row.move is not Move.ARRIVE:
        _let_wait(order, at=at)


def _lock(order: WorkOrder) -> None:
    """Read the order as it is now; whoever moves the same one at this moment waits until we are done."""
    db.session.flush()
    db.session.refresh(order, with_for_update=True)


def _let_wait(order: WorkOrder, *, at: datetime) -> None:
    """Say what the order waits for in its new state."""
    waits.end(order.id)
    begin = partial(waits.begin, order.estate_id, ("order", order.id), since=at)
    limit = _limits(order)
    department = waits.Holder(role=Role.DEPARTMENT_MANAGER.value, department_id=order.department_id)
    if order.state is State.REPORTED:
        begin(DISPATCH, waits.Holder(role=_desk(order, at).value), due_at=at + timedelta(hours=limit.notify_hours))
    elif order.state is State.DISPATCHED:
        begin(FINISH, department, due_at=at + timedelta(days=limit.rectify_days_ordinary))
    elif order.state is State.REWORK:
        begin(REWORK, department, due_at=at + timedelta(days=limit.rectify_days_ordinary))
    elif order.state is State.FINISHED:
        holder = waits.Holder(staff_id=order.caller_id)
        begin(CALL_BACK, holder, due_at=_end_of(_callback_day(order, at), order))


def _desk(order: WorkOrder, at: datetime) -> Role:
    """Who dispatches: the front desk, or the supervisor of an estate that has none."""
    return Role.FRONT_DESK if callers(order.estate_id, _today(order, at), {Role.FRONT_DESK}) else Role.SUPERVISOR


def _caller(order: WorkOrder, at: datetime) -> Staff:
    """Who calls back: whoever called back before, or else whoever has least to call at the front desk."""
    known = callers(order.estate_id, _today(order, at))
    if not known:
        raise Refused(
            "order:nobody_calls", _("Nobody in this estate can call back on the owner: give somebody the role.")
        )
    return next((one for one in known if one.id == order.caller_id), known[0])


def _callback_day(order: WorkOrder, at: datetime) -> date:
    return _today(order, at) + timedelta(days=_limits(order).order_callback_days)


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


def _today(order: WorkOrder, at: datetime) -> date:
    return local_date(at, _estate(order).time_zone)


def _end_of(day: date, order: WorkOrder) -> datetime:
    """The last moment of a day where the estate stands."""
    midnight = datetime.combine(day + timedelta(days=1), time(), ZoneInfo(_estate(order).time_zone))
    return midnight.astimezone(UTC)


def _note(
    order: WorkOrder, kind: str, *, by: By, at: datetime, data: dict[str, Any], event_id: uuid.UUID | None = None
) -> None:
    # What a tablet shows of an order stands in its callback's task: the order itself is none of its documents.
    journal.write(order.estate_id, kind, ("order", order.id), by=by, at=at, data=data, event_id=event_id)


def _number(order: WorkOrder, at: datetime) -> None:
    series = f"WX-{local_date(at, _estate(order).time_zone):%y%m}"

    def assign(number: int) -> None:
        order.number = f"{series}-{number:04}"

    journal.take_number(order.estate_id, series, assign)


def _estate(order: WorkOrder) -> Estate:
    return db.session.get_one(Estate, order.estate_id)


def _limits(order: WorkOrder) -> Limits:
    return limits(_estate(order).settings)
