"""Work orders from other systems: posted, dispatched, arrived, finished, asked about."""

import uuid
from collections.abc import Callable
from datetime import datetime
from functools import partial

from flask import Response, url_for

from app.api.door import api, message, system_here, who_asks
from app.api.known import a_request, answered_once
from app.api.messages import Arrived, Dispatched, Finished, WorkOrderPosted, WorkOrderTold
from app.core.clock import isoformat, now
from app.core.db import db
from app.core.errors import NotFound, Refused
from app.core.i18n import _
from app.core.ids import derived_id
from app.core.journal import By
from app.core.limits import limiter
from app.estates.models import Estate
from app.issues.rules import Answer
from app.people.access import system
from app.people.models import Department
from app.people.queries import open_departments
from app.repairs.actions import Done, Reported, arrive, dispatch, finish, report_order
from app.repairs.addresses import find_unit
from app.repairs.models import WorkOrder
from app.repairs.queries import order_called
from app.repairs.routing import engineering_of
from app.repairs.rules import ENDED, Origin, State
from app.visits.rules import Rating

_LIMIT = limiter.shared_limit("120 per minute", scope="api", key_func=who_asks)
NOBODY = By()
"""No member of staff: the order itself says which system."""


@api.post("/work-orders")
@_LIMIT
@system
def post_order() -> Response:
    """Take a work order in, once: the same request again gets the same answer."""
    posted = message(WorkOrderPosted)
    asked = a_request(system_here(), "posted", posted.order_number, posted)

    def take_in() -> tuple[int, Callable[[], str]]:
        estate = db.session.get_one(Estate, system_here().estate_id)
        order = report_order(find_unit(estate, posted.unit), _reported(posted), by=NOBODY, at=now())
        return 201, partial(_told, order)

    answer = answered_once(asked, take_in)
    answer.headers["Location"] = url_for("api.get_order", order_number=posted.order_number)
    return answer


@api.get("/work-orders/<order_number>")
@_LIMIT
@system
def get_order(order_number: str) -> Response:
    """Tell how a work order stands."""
    return Response(_told(_the_order(order_number)), mimetype="application/json")


@api.post("/work-orders/<order_number>/dispatched")
@_LIMIT
@system
def order_dispatched(order_number: str) -> Response:
    """Note that somebody was sent."""
    said = message(Dispatched)

    def note(order: WorkOrder, event: uuid.UUID) -> None:
        department = _department(order, said.department)
        dispatch(
            order,
            department,
            worker=said.worker,
            dispatched_at=said.dispatched_at,
            event_id=event,
            by=NOBODY,
            at=now(),
        )

    return _progress("dispatched", order_number, said, note)


@api.post("/work-orders/<order_number>/arrived")
@_LIMIT
@system
def order_arrived(order_number: str) -> Response:
    """Note that the worker is there; an order that nobody dispatched is dispatched with it."""
    said = message(Arrived)

    def note(order: WorkOrder, event: uuid.UUID) -> None:
        _dispatched_at_last(order, said.arrived_at, event)
        arrive(order, arrived_at=said.arrived_at, worker=said.worker, event_id=event, by=NOBODY, at=now())

    return _progress("arrived", order_number, said, note)


@api.post("/work-orders/<order_number>/finished")
@_LIMIT
@system
def order_finished(order_number: str) -> Response:
    """Note that the work is done: a callback on the owner follows, who alone closes the order."""
    said = message(Finished)

    def note(order: WorkOrder, event: uuid.UUID) -> None:
        _dispatched_at_last(order, said.finished_at, event)
        used = said.model_dump(include={"fee_cents", "material", "quantity"}, exclude_unset=True)
        done = Done(said.work_done, said.finished_at, worker=said.worker, **used)
        finish(order, done, event_id=event, by=NOBODY, at=now())

    return _progress("finished", order_number, said, note)


def _progress(
    what: str, order_number: str, said: Dispatched | Arrived | Finished, note: Callable[[WorkOrder, uuid.UUID], None]
) -> Response:
    """Note what happened to an order, once, and tell how it stands."""
    asked = a_request(system_here(), what, order_number, said)

    def do() -> tuple[int, Callable[[], str]]:
        order = _the_order(order_number)
        note(order, derived_id(order.id, asked.about))
        return 200, partial(_told, order)

    return answered_once(asked, do)


def _the_order(order_number: str) -> WorkOrder:
    """The order that this system calls so. Raises NotFound."""
    order = order_called(system_here().estate_id, _origin_key(order_number))
    if order is None:
        raise NotFound("order:unknown", _("No work order of yours has this number."))
    return order


def _origin_key(order_number: str) -> str:
    return f"{system_here().id}:{order_number.strip()}"


def _reported(posted: WorkOrderPosted) -> Reported:
    return Reported(
        kind=posted.kind,
        content=posted.content,
        reported_at=posted.reported_at,
        reported_by=posted.reported_by,
        phone=posted.phone,
        place=posted.place,
        under_warranty=posted.under_warranty,
        liable=posted.liable,
        origin=Origin.API,
        origin_key=_origin_key(posted.order_number),
        outside_number=posted.order_number,
        system_id=system_here().id,
    )


def _department(order: WorkOrder, named: str) -> Department:
    """The department called so, or the engineering of the company that is liable. Raises Refused."""
    wanted = named.strip().casefold()
    if not wanted:
        department = engineering_of(order)
    else:
        known = open_departments(order.estate_id)
        names = ({one.code.casefold(), one.name_zh.casefold(), one.name_en.casefold()} for one in known)
        department = next((one for one, called in zip(known, names, strict=True) if wanted in called), None)
    if department is None:
        raise Refused("order:department_unknown", _("This department is not known in this estate."))
    return department


def _dispatched_at_last(order: WorkOrder, moment: datetime, event: uuid.UUID) -> None:
    """Whoever is there was sent: an order that nobody dispatched goes to the liable company's engineering."""
    if order.state is State.REPORTED:
        department = _department(order, "")
        sent = derived_id(event, "dispatched")
        dispatch(order, department, dispatched_at=moment, event_id=sent, by=NOBODY, at=now())


def _told(order: WorkOrder) -> str:
    """The order as JSON."""
    last = next((said for said in reversed(order.answers) if said.moved and said.answer is Answer.DISSATISFIED), None)
    told = WorkOrderTold(
        id=order.id,
        number=order.number or "",
        order_number=order.outside_number,
        kind=order.kind,
        unit=order.unit.short,
        state=order.state,
        round=order.round,
        rework_reason=last.reason if last else None,
        under_warranty=order.under_warranty,
        liable=order.liable,
        department=order.department.name_zh if order.department else None,
        worker=order.worker or None,
        reported_at=isoformat(order.reported_at),
        dispatched_at=_instant(order.dispatched_at),
        arrived_at=_instant(order.arrived_at),
        finished_at=_instant(order.finished_at),
        fee_cents=order.fee_cents,
        rating=Rating(order.rating) if order.rating else None,
        satisfied=order.state is State.CLOSED if order.state in ENDED else None,
        answered_how=order.closed_how,
        closed_at=_instant(order.closed_at),
    )
    return told.model_dump_json(exclude_none=True)


def _instant(moment: datetime | None) -> str | None:
    return isoformat(moment) if moment else None
