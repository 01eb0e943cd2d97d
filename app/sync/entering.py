"""Putting what an operation says into effect, when it arrives or whenever a person enters it later."""

import uuid
from datetime import datetime, timedelta

import sqlalchemy as sa

from app.core import ahead
from app.core.db import db
from app.core.errors import Refused
from app.core.i18n import _
from app.estates.models import FileCorrection
from app.people.models import Device, DeviceUser
from app.people.queries import all_roles
from app.people.rules import MAY, Act
from app.sync.corrections import NOTHING, Corrections, corrected
from app.sync.kinds import Effect, Kind, read_body
from app.sync.messages import OperationText
from app.sync.models import Operation
from app.visits.arrival import Arrival
from app.visits.models import Addendum, Attempt, BriefingReading, Inspection, Visit

_RECORDS = (Visit, Attempt, Addendum, FileCorrection, BriefingReading, Inspection)


def author_on(device: Device, text: OperationText | None) -> uuid.UUID | None:
    """The author, if they have a vault on this tablet."""
    if text is None:
        return None
    author = text.author
    return ahead.once(("place", device.id, author), lambda: _place_on(device, author))


def _place_on(device: Device, author: uuid.UUID) -> uuid.UUID | None:
    found = sa.select(DeviceUser.staff_id).where(DeviceUser.device_id == device.id, DeviceUser.staff_id == author)
    return db.session.scalar(found)


def must_be_theirs(text: OperationText, author_id: uuid.UUID | None) -> uuid.UUID:
    """The author of an operation, who must have worked in its estate. Raises Refused."""
    if author_id is None:
        raise Refused("operation:author_unknown", _("Whoever wrote this record has no place on this tablet."))
    if not _has_served(author_id, text.estate_id):
        raise Refused("operation:not_your_estate", _("Whoever wrote this record never worked in this estate."))
    return author_id


def enter(
    kind: Kind,
    text: OperationText,
    device: Device,
    received_at: datetime,
    at: datetime,
    corrections: Corrections = NOTHING,
    *,
    clock: timedelta,
) -> Effect:
    """Do what an operation says, as its author, in a savepoint of the caller's; looking ahead, in its group's
    transaction. `clock`: how far ahead the tablet's was when it sent. Raises Refused.
    """
    body = corrected(read_body(kind, text), corrections, text.estate_id)
    if not ahead.is_on():  # whoever looks ahead has looked for that too
        _must_be_new(text)
    arrival = Arrival(
        op_id=text.op_id, device=device, author_id=text.author, at=at, received_at=received_at, clock=clock
    )
    effect = kind.put_into_effect(text.entity_id, body, arrival)
    if not ahead.is_on():
        db.session.flush()
    return effect


def _must_be_new(text: OperationText) -> None:
    """An id is that of one record, of whatever kind: photos and documents tell by it alone whose they are."""
    others = sa.select(Operation.op_id).where(Operation.entity_id == text.entity_id, Operation.op_id != text.op_id)
    if db.session.execute(others.limit(1)).first() is None:
        return
    if any(db.session.get(kind, text.entity_id) for kind in _RECORDS):
        raise Refused("record:known", _("The office has this record already, from another sending."))


def _has_served(staff_id: uuid.UUID, estate_id: uuid.UUID) -> bool:
    """Whether a person ever carried a tablet there: work of one who does no more is not refused."""
    roles = ahead.once(("roles", staff_id), lambda: all_roles(staff_id))
    return any(held.estate_id == estate_id and held.role in MAY[Act.CARRY_TABLET] for held in roles)
