"""Routine inspections: an issue that nobody owns, noticed on the way (R03). The caller commits."""

import uuid

from app.core import ahead
from app.core.db import db
from app.core.errors import Refused
from app.core.i18n import _
from app.core.ids import derived_id
from app.estates.models import Building, Estate
from app.estates.queries import buildings_by_name
from app.estates.rules import place_label
from app.issues.actions import Place, notice_issue
from app.issues.models import Issue
from app.issues.queries import categories_by_code
from app.issues.routing import send_on
from app.issues.rules import Move
from app.people.models import Staff
from app.visits.actions import must_be_new
from app.visits.arrival import Arrival, estate_of, note, number, took_place
from app.visits.messages import InspectionRecorded, PlaceNamed
from app.visits.models import Inspection
from app.visits.pictured import name_photos


def record_inspection(inspection_id: uuid.UUID, noticed: InspectionRecorded, arrival: Arrival) -> Inspection:
    """Keep what was noticed as it was written down, and send its issue to the department of its category.

    Raises Refused for a category that is not known, or if it says nowhere; then nothing of it is kept.
    """
    estate = estate_of(noticed.estate_id)
    must_be_new(Inspection, inspection_id)
    must_be_new(Issue, noticed.issue_id)
    where = _named(noticed.where)
    category = categories_by_code(estate.id).get(noticed.category)
    if category is None:
        raise Refused("issue:category_unknown", _("This category is not known in this estate."))

    inspection = Inspection(
        id=inspection_id,
        estate_id=estate.id,
        number=noticed.number,
        officer_id=arrival.author_id,
        device_id=arrival.device.id,
        operation_id=arrival.op_id,
        **where.model_dump(),
        noticed_at=noticed.noticed_at,
        received_at=arrival.received_at,
    )
    db.session.add(inspection)
    name_photos(noticed.photos, noticed.issue_id, inspection, arrival)
    issue = notice_issue(
        noticed.issue_id,
        estate,
        _place(where, estate),
        noticed.text,
        category,
        noticed.urgency,
        inspection_id=inspection_id,
        noticed_by=_author(arrival),
        noticed_at=arrival.happened_at(noticed.noticed_at),
        by=arrival.by,
        at=arrival.at,
    )
    event_id = derived_id(arrival.op_id, noticed.issue_id, Move.ROUTE)
    send_on(issue, event_id=event_id, by=arrival.by, at=arrival.at)

    number(inspection, estate, arrival.at)
    note(inspection, "inspection:recorded", arrival, {"issue": str(issue.id)} | took_place(inspection.noticed_at))
    return inspection


def _named(where: PlaceNamed) -> PlaceNamed:
    """The place without blanks around its words. Raises Refused if it is none."""
    words = {name: value.strip() for name, value in where.model_dump().items() if isinstance(value, str)}
    named = where.model_copy(update=words)
    if not named.building and not named.place:
        raise Refused("inspection:place_missing", _("The record does not say where it was noticed."))
    return named


def _place(where: PlaceNamed, estate: Estate) -> Place:
    """A building that goes by another name by now, or is not known, stays in the words of the place."""
    building = _buildings(estate).get(where.building)
    if where.building and building is None:
        return Place(name=place_label(where.building, where.entrance, where.floor, where.place, "zh")[:120])
    return Place(building, where.entrance, where.floor, where.place)


def _buildings(estate: Estate) -> dict[str, Building]:
    return ahead.once(("buildings", estate.id), lambda: buildings_by_name(estate.id))


def _author(arrival: Arrival) -> Staff:
    return ahead.once(("author", arrival.author_id), lambda: db.session.get_one(Staff, arrival.author_id))
