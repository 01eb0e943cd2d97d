"""Taking in what an officer noted about an owner file at the door. The caller commits."""

import uuid

from app.core import ahead
from app.core.clock import local_date
from app.core.db import db
from app.core.errors import Refused
from app.core.i18n import _
from app.estates.corrections import wait_for_the_office
from app.estates.models import FileCorrection, Person, Unit
from app.estates.owner_file import Hand
from app.visits.arrival import Arrival, estate_of, note, number
from app.visits.messages import OwnerCorrected


def note_correction(correction_id: uuid.UUID, said: OwnerCorrected, arrival: Arrival) -> FileCorrection:
    """Keep a correction until the office accepts or refuses it; the file itself does not change yet."""
    if ahead.get(FileCorrection, correction_id) is not None:
        raise Refused("record:known", _("The office has this record already, from another sending."))
    unit = ahead.get(Unit, said.unit_id)
    assert unit is not None, "it belongs to this estate"
    estate = estate_of(unit.estate_id)
    noted = FileCorrection(
        id=correction_id,
        estate_id=unit.estate_id,
        unit_id=unit.id,
        person_id=said.person_id,
        operation_id=arrival.op_id,
        author_id=arrival.author_id,
        device_id=arrival.device.id,
        number=said.number,
        about=said.about,
        value=dict(said.value),
        base=dict(said.base),
        remark=said.remark,
        noted_at=said.noted_at,
        received_at=arrival.received_at,
    )
    db.session.add(noted)
    number(noted, estate, arrival.at)
    data = {"unit": str(unit.id), "field": said.about.value}
    note(noted, "correction:noted", arrival, data | ({"person": str(said.person_id)} if said.person_id else {}))
    hand = Hand(arrival.by, arrival.at, local_date(arrival.at, estate.time_zone))
    wait_for_the_office(noted, estate, hand)
    return noted


def must_belong(said: OwnerCorrected, estate_id: uuid.UUID) -> None:
    """Raises Refused if the unit or person is another estate's."""
    unit = ahead.get(Unit, said.unit_id)
    if unit is None or unit.estate_id != estate_id:
        raise Refused("unit:unknown", _("This unit is not known in this estate."))
    person = ahead.get(Person, said.person_id) if said.person_id else None
    if said.person_id and (person is None or person.estate_id != estate_id):
        raise Refused("person:unknown", _("This person is not known in this estate."))
