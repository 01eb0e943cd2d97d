"""Adding a later fact to a visit. What was signed never changes. The caller commits."""

import uuid

from app.core.db import db
from app.core.errors import Refused
from app.core.i18n import _
from app.visits.arrival import Arrival, estate_of, note, number
from app.visits.batches import mend
from app.visits.messages import VisitAppended
from app.visits.models import Addendum, Visit


def append_to_visit(addendum_id: uuid.UUID, said: VisitAppended, arrival: Arrival) -> Addendum | None:
    """Keep what is said later about a visit; nothing yet if the office does not have that visit."""
    visit = visit_here(said.visit_id)
    if visit is None:
        return None
    if db.session.get(Addendum, addendum_id) is not None:
        raise Refused("record:known", _("The office has this record already, from another sending."))
    added = Addendum(
        id=addendum_id,
        estate_id=visit.estate_id,
        visit_id=visit.id,
        visit=visit,
        operation_id=arrival.op_id,
        author_id=arrival.author_id,
        device_id=arrival.device.id,
        number=said.number,
        text=said.text,
        written_at=said.written_at,
        received_at=arrival.received_at,
    )
    db.session.add(added)
    number(added, estate_of(visit.estate_id), arrival.at)
    note(added, "visit:appended", arrival, {"addendum": str(addendum_id)})
    if said.mends is not None:
        mend(said.mends, added, by=arrival.by, at=arrival.at)
    return added


def visit_here(visit_id: uuid.UUID) -> Visit | None:
    """A visit, also one that came just before in the same group and is not written yet."""
    visit = db.session.get(Visit, visit_id)
    if visit is None:
        db.session.flush()
        visit = db.session.get(Visit, visit_id)
    return visit
