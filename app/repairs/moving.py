"""How a work order moves: the row is found, state and journal line are written together, and what it waits for."""

import uuid
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from app.agenda.rules import TaskKind
from app.core import ahead, journal, waits
from app.core.clock import days_later, local_date
from app.core.db import db
from app.core.errors import Outdated
from app.core.i18n import _
from app.core.journal import By
from app.estates.models import Estate
from app.estates.rules import Limits, limits
from app.people.rules import Role
from app.repairs.models import WorkOrder
from app.repairs.routing import callers
from app.repairs.rules import (
    ENDED,
    NEXT_ROUND,
    Kind,
    Move,
    State,
    Step,
    step,
)

DISPATCH, FINISH, REWORK, CALL_BACK = "order:dispatch", "order:finish", "order:rework", "order:call_back"
"""What a work order waits for."""


CALLBACK_KINDS = {Kind.FREE: TaskKind.ORDER_CALLBACK, Kind.CHARGEABLE: TaskKind.SERVICE_CALLBACK}
"""Which callback a finished order gets: 维修工作单回访, or 有偿服务回访 where the owner paid (R02)."""


def row_for(order: WorkOrder, move: Move, event_id: uuid.UUID) -> Step | None:
    """The row for a move; nothing if this very event happened already.

    Raises Outdated if there is no such row, or if it is with another department than whoever moves it has seen.
    """
    if journal.happened(event_id):
        return None
    seen_with = order.department_id
    lock(order)
    row = step(order.state, move)
    if row is None or order.department_id != seen_with:
        raise Outdated(
            "order:not_open_to_this",
            _("This work order has moved on since: look at it again."),
            state=order.state.value,
        )
    return row


def take(
    row: Step,
    order: WorkOrder,
    *,
    event_id: uuid.UUID,
    by: By,
    at: datetime,
    data: dict[str, Any],
    since: datetime | None = None,
) -> None:
    """Write state and journal line together, and what the order waits for now. `since`: see `let_wait`."""
    order.state = row.after
    if row.move in NEXT_ROUND:
        order.round += 1
    if row.after in ENDED:
        order.closed_at = at
    note(order, row.move.value, by=by, at=at, data={"round": order.round, **data}, event_id=event_id)
    if row.move is not Move.ARRIVE:
        let_wait(order, since=since or at, at=at)


def lock(order: WorkOrder) -> None:
    """Read the order as it is now; whoever moves the same one at this moment waits until we are done."""
    db.session.flush()
    db.session.refresh(order, with_for_update=True)


def let_wait(order: WorkOrder, *, since: datetime, at: datetime) -> None:
    """Say what the order waits for in its new state. Its limit counts `since` it came into it, which may have been
    written down later; nothing is over before it was.
    """
    waits.end(order.id)
    begin = partial(waits.begin, order.estate_id, ("order", order.id), since=min(since, at))
    limit = limits_of(order)
    rectified = days_later(since, limit.rectify_days_ordinary, estate_of(order).time_zone)
    department = waits.Holder(role=Role.DEPARTMENT_MANAGER.value, department_id=order.department_id)
    if order.state is State.REPORTED:
        due = since + timedelta(hours=limit.notify_hours)
        begin(DISPATCH, waits.Holder(role=desk_of(order, at).value), due_at=max(due, at))
    elif order.state is State.DISPATCHED:
        begin(FINISH, department, due_at=max(rectified, at))
    elif order.state is State.REWORK:
        begin(REWORK, department, due_at=max(rectified, at))
    elif order.state is State.FINISHED:
        holder = waits.Holder(staff_id=order.caller_id)
        begin(CALL_BACK, holder, due_at=end_of(callback_day(order, at), order))


def desk_of(order: WorkOrder, at: datetime) -> Role:
    """Who dispatches: the front desk, or the supervisor of an estate that has none."""
    return Role.FRONT_DESK if callers(order.estate_id, today_of(order, at), {Role.FRONT_DESK}) else Role.SUPERVISOR


def callback_day(order: WorkOrder, at: datetime) -> date:
    """When the owner of an order is called back on, counted from its completion; today where that is over already."""
    finished_on = today_of(order, order.finished_at or at)
    return max(finished_on + timedelta(days=limits_of(order).order_callback_days), today_of(order, at))


def today_of(order: WorkOrder, at: datetime) -> date:
    """The date where the estate stands."""
    return local_date(at, estate_of(order).time_zone)


def end_of(day: date, order: WorkOrder) -> datetime:
    """The last moment of a day where the estate stands."""
    midnight = datetime.combine(day + timedelta(days=1), time(), ZoneInfo(estate_of(order).time_zone))
    return midnight.astimezone(UTC)


def note(
    order: WorkOrder, kind: str, *, by: By, at: datetime, data: dict[str, Any], event_id: uuid.UUID | None = None
) -> None:
    """One line of the journal.

    What a tablet shows of an order stands in its callback's task: the order itself is none of its documents.
    """
    journal.write(order.estate_id, kind, ("order", order.id), by=by, at=at, data=data, event_id=event_id)


def estate_of(order: WorkOrder) -> Estate:
    """Whose order it is."""
    return ahead.get_one(Estate, order.estate_id)


def limits_of(order: WorkOrder) -> Limits:
    """The estate's time limits."""
    return limits(estate_of(order).settings)
