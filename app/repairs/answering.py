"""What an owner says of a work order is kept in any case, and moves it where it counts (R20 to R22).

The caller commits.
"""

import uuid
from datetime import datetime
from typing import Any

from app.core import journal
from app.core.clock import days_later
from app.core.db import attach, db
from app.core.errors import Refused
from app.core.i18n import _
from app.core.ids import new_id
from app.core.journal import By
from app.estates.queries import days_to_object
from app.issues.owners_word import OwnersWord, Stays
from app.issues.rules import Answer
from app.issues.who_answers import has_left, is_anothers
from app.repairs.models import WorkOrder, WorkOrderAnswer
from app.repairs.moving import estate_of, lock, note, row_for, take, today_of
from app.repairs.routing import engineering_of
from app.repairs.rules import (
    ENDED,
    Move,
    State,
    closes,
    move_of,
    step,
)
from app.repairs.whose import is_owners


def take_owners_answer(
    order: WorkOrder, word: OwnersWord, *, round_: int, rating: str, event_id: uuid.UUID, by: By, at: datetime
) -> bool:
    """Keep what the owner said about a round and let it move the order.

    Returns whether it moved; if not, `why_it_stays` says why. The same event twice is kept once. Dissatisfaction with
    quality or service makes rework by the engineering of the company that is liable.
    """
    if journal.happened(event_id):
        return False
    lock(order)
    stays = why_it_stays(order, word, round_, at=at)
    row = step(order.state, move_of(word.answer, order.state)) if stays is None else None
    said = _keep(order, word, round_, rating=rating, moved=row is not None)
    data = _told(said) | {"rating": rating, "of_round": round_}
    if row is None:
        note(order, "order:answer_kept", by=by, at=at, data={"round": order.round, **data}, event_id=event_id)
        return False
    order.rating = rating
    if row.after is State.CLOSED:
        order.closed_how = word.how
    else:
        data |= _send_to_rework(order)
        order.closed_at, order.closed_how, order.ending = None, None, None
    take(row, order, event_id=event_id, by=by, at=at, data=data)
    return True


def why_it_stays(order: WorkOrder, word: OwnersWord, round_: int, *, at: datetime) -> Stays | None:
    """Why an answer moves nothing, as the order stands now; nothing if it moves it.

    Who holds the unit is judged on the day by our clock, never by a tablet's.
    """
    if has_left(order.unit_id, word.person_id, today_of(order, at)):
        return Stays.HAS_LEFT
    if order.round != round_ or step(order.state, move_of(word.answer, order.state)) is None:
        return Stays.MOVED_ON
    if order.state in ENDED and not _is_in_time(order, word.said_at, at):
        return Stays.LATE
    whose = {"by_owner": is_owners(order), "says_tenant": word.says_tenant}
    if word.answer is Answer.SATISFIED and is_anothers(order.unit_id, word.person_id, today_of(order, at), **whose):
        return Stays.ANOTHERS
    if word.answer is Answer.SATISFIED and not closes(word.how, order.round):
        return word.not_closing
    return None


def _is_in_time(order: WorkOrder, said_at: datetime, at: datetime) -> bool:
    """As of an issue: here within the days for it, or said within them."""
    until = may_object_until(order)
    return until is None or order.closed_at is None or at <= until or order.closed_at <= said_at <= until


def may_object_until(order: WorkOrder) -> datetime | None:
    """Until when the owner can object to its end; nothing for what has not ended."""
    if order.closed_at is None:
        return None
    estate = estate_of(order)
    return days_later(order.closed_at, days_to_object(estate, order.closed_at), estate.time_zone)


def take_objection(order: WorkOrder, word: OwnersWord, *, event_id: uuid.UUID, by: By, at: datetime) -> bool:
    """The owner objects to the end of an order within the estate's days, by any channel: the next round.

    Raises Refused when the days are over, Outdated when it has not ended.
    """
    row = row_for(order, Move.OWNER_OBJECTS, event_id)
    if row is None:
        return False
    until = may_object_until(order)
    if until is not None and at > until:
        days = days_to_object(estate_of(order), order.closed_at or at)
        raise Refused("order:objection_late", _("The %(days)s days for an objection are over.", days=days))
    data = _told(_keep(order, word, order.round, rating="", moved=True)) | _send_to_rework(order)
    order.closed_at, order.closed_how, order.ending, order.rating = None, None, None, ""
    take(row, order, event_id=event_id, by=by, at=at, data=data)
    return True


def _keep(order: WorkOrder, word: OwnersWord, round_: int, *, rating: str, moved: bool) -> WorkOrderAnswer:
    said = WorkOrderAnswer(
        id=new_id(),
        estate_id=order.estate_id,
        order_id=order.id,
        round=round_,
        rating=rating,
        **word.columns(),
        moved=moved,
    )
    attach(said, order=order)
    db.session.add(said)
    return said


def _told(said: WorkOrderAnswer) -> dict[str, Any]:
    """What the journal says of an answer."""
    where = {"visit": str(said.visit_id)} if said.visit_id else {"said": str(said.id)}
    return {"answer": said.answer.value, "how": said.how.value, "reason": said.reason, **where}


def _send_to_rework(order: WorkOrder) -> dict[str, str]:
    """The liable company's engineering has it now; the last round's times stand in the journal."""
    department = engineering_of(order)
    order.arrived_at = order.finished_at = None
    if department is None:
        return {}
    order.department_id = department.id
    attach(order, department=department)
    return {"department": str(department.id)}
