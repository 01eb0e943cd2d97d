"""What an operation leaves behind that somebody must look at: a line, the tablet's record of it, the office's wait."""

import uuid
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from app.core import journal, waits
from app.core.db import db
from app.core.journal import COMPANY_STREAM, By, Doc, JournalLine
from app.estates.models import Estate
from app.estates.rules import limits
from app.people.models import DeviceUser, StaffRole
from app.people.rules import MAY, Act, Role
from app.sync.models import Operation
from app.sync.rules import ESTRANGED, IN_EFFECT, Standing
from app.visits.arrival import took_place

DECIDE = "operation:decide"
"""What such an operation waits for."""


def keep_for_a_person(
    operation: Operation, where: Standing, code: str, *, at: datetime, took_place_at: datetime | None = None
) -> None:
    """Let an operation wait for the office; where nothing of it was entered, say so to its tablet.

    `took_place_at`: when it was by the tablet's clock. The line of the journal says it, so that nobody opens the
    operation again to know (`moments_told`); of what only a newer server can read it says nothing.
    """
    estate = office_of(operation)
    if where not in IN_EFFECT:
        by = By(staff_id=operation.author_id, device_id=operation.device_id)
        when = took_place(took_place_at) if took_place_at and where is not Standing.HELD else {}
        tell(operation, f"operation:{where.value}", estate, entered=False, by=by, at=at, data={"code": code} | when)
    if estate is not None:
        # What only a newer server can read waits for whoever runs it.
        holder = waits.Holder(role=(Role.ADMIN if where is Standing.HELD else Role.SUPERVISOR).value)
        due = at + timedelta(hours=limits(estate.settings).notify_hours)
        waits.begin(estate.id, ("operation", operation.op_id), DECIDE, holder, since=at, due_at=due)


def moments_told(op_ids: list[uuid.UUID]) -> dict[uuid.UUID, datetime]:
    """Operation → when it was by the tablet's clock, for those of which the journal tells it."""
    kinds = [f"operation:{where.value}" for where in (Standing.WAITING, Standing.REJECTED)]
    found = sa.select(JournalLine.subject_id, JournalLine.data)
    found = found.where(JournalLine.subject_id.in_(op_ids), JournalLine.kind.in_(kinds))
    said = [(op_id, data.get("took_place_at")) for op_id, data in db.session.execute(found)]
    return {op_id: datetime.fromisoformat(at) for op_id, at in said if at}


def tell(
    operation: Operation,
    kind: str,
    estate: Estate | None,
    *,
    entered: bool,
    by: By,
    at: datetime,
    data: dict[str, Any],
) -> None:
    """A line about an operation, which changes the record of it on its author's tablets."""
    stream = estate.id if estate else COMPANY_STREAM
    changes = _records(operation, entered) if estate and estate.id == operation.estate_id else []
    journal.write(stream, kind, ("operation", operation.op_id), by=by, at=at, data=data, changes=changes)


def _records(operation: Operation, entered: bool) -> list[Doc]:
    """While nothing is entered the record goes by the operation's id, from then on by that of what was entered."""
    author, by_operation = operation.author_id, operation.op_id
    if author is None:
        return []
    if not entered or operation.entity_id is None:
        return [Doc("record", by_operation, only_for=author)]
    gone = [Doc("record", by_operation, gone=True, only_for=author)] if operation.entity_id != by_operation else []
    return [*gone, Doc("record", operation.entity_id, only_for=author)]


def office_of(operation: Operation) -> Estate | None:
    """The estate whose office looks at an operation: its own, or where that does not count, its tablet's."""
    if operation.estate_id is not None and operation.code not in ESTRANGED:
        return db.session.get(Estate, operation.estate_id)
    found = sa.select(Estate).where(Estate.id.in_(estates_of_tablet(operation.device_id))).order_by(Estate.id)
    return db.session.scalars(found).first()


def estates_of_tablet(device_id: uuid.UUID | sa.SQLColumnExpression[uuid.UUID]) -> sa.Select[Any]:
    """The estates where the people of a tablet carry one."""
    return (
        sa.select(StaffRole.estate_id)
        .join(DeviceUser, DeviceUser.staff_id == StaffRole.staff_id)
        .where(DeviceUser.device_id == device_id, StaffRole.role.in_(MAY[Act.CARRY_TABLET]))
    )
