"""Corrections of an owner file that officers noted at the door: taken in, accepted, refused. The caller commits."""

import uuid
from collections.abc import Mapping
from typing import Any

from app.core import journal, waits
from app.core.clock import days_later
from app.core.db import db
from app.core.errors import NotFound, Outdated, Refused
from app.core.i18n import _
from app.core.journal import Doc
from app.estates.file_queries import corrections_waiting_at
from app.estates.file_rules import IN_PLACE, About, Standing, plates, said
from app.estates.lived_in import keeper_of_files
from app.estates.models import Estate, FileCorrection, Person, Tenancy, Unit
from app.estates.owner_file import Hand, Newcomer, change_fields, member_joins, move_in_person
from app.estates.rules import limits
from app.people.queries import names

DECIDE = "correction:decide"
"""What a correction waits for."""


def wait_for_the_office(correction: FileCorrection, estate: Estate, hand: Hand) -> None:
    """It waits for the front desk, or where an estate has none for the supervisor."""
    holder = keeper_of_files(estate.id, hand.today)
    due = days_later(hand.at, limits(estate.settings).correction_days, estate.time_zone)
    subject = ("correction", correction.id)
    waits.begin(estate.id, subject, DECIDE, holder, since=hand.at, due_at=due, is_new=True)


def the_correction(estate_id: uuid.UUID, correction_id: uuid.UUID) -> FileCorrection:
    """A correction of this estate. Raises NotFound."""
    found = db.session.get(FileCorrection, correction_id)
    if found is None or found.estate_id != estate_id:
        raise NotFound("correction:unknown", _("This correction is not known in this estate."))
    return found


def stands_now(about: About, unit: Unit, person: Person | None) -> dict[str, str]:
    """What the file says now where a correction would take its place; nothing where it would add to it."""
    if about not in IN_PLACE:
        return {}
    if about is About.OCCUPANCY:
        return {"occupancy": unit.occupancy.value}
    if about in (About.PREFERRED_CONTACT, About.DO_NOT_DISTURB):
        return {"words": getattr(unit, about.value) or ""}
    if person is None:
        return {}
    if about is About.EMERGENCY:
        return {"name": person.emergency_name or "", "phone": person.emergency_phone or ""}
    return {about.value: getattr(person, about.value)}


def moved_on(correction: FileCorrection) -> bool:
    """Whether the file says something else by now than what the officer saw, where a tablet shows it at all."""
    now = stands_now(correction.about, correction.unit, correction.person)
    return bool(now) and bool(correction.base) and now != {part: str(correction.base.get(part, "")) for part in now}


def accept(correction: FileCorrection, value: Mapping[str, str], hand: Hand) -> None:
    """Write a correction into the file, as it was noted or as the office put it right.

    Raises Refused where the value cannot stand in a file, Outdated where somebody was faster.
    """
    _take_turn(correction)
    read = said(correction.about, value)
    as_noted = read == _as_read(correction)
    because = Hand(hand.by, hand.at, hand.today, correction_id=correction.id)
    _WRITE[correction.about](correction, read, because)
    correction.taken = read
    _decide(correction, Standing.ACCEPTED if as_noted else Standing.CHANGED, "", hand)


def refuse(correction: FileCorrection, reason: str, hand: Hand) -> None:
    """The file stays as it is, and the officer reads why. Raises Outdated where somebody was faster."""
    _take_turn(correction)
    if not reason.strip():
        raise Refused("correction:no_reason", _("Write down why: the officer reads it on the tablet."))
    _decide(correction, Standing.REFUSED, reason.strip(), hand)


def home_sold(unit: Unit, hand: Hand) -> None:
    """What waits was about the former owners: it is not written into the file of the next."""
    for correction in corrections_waiting_at(unit.id):
        refuse(correction, _("The home was sold meanwhile."), hand)


def _take_turn(correction: FileCorrection) -> None:
    db.session.refresh(correction, with_for_update=True)
    if correction.state is Standing.WAITING:
        return
    by = names([correction.decided_by_id]).get(correction.decided_by_id, "–") if correction.decided_by_id else "–"
    reason = correction.reason
    words = {
        Standing.ACCEPTED: _("%(name)s has accepted this correction meanwhile.", name=by),
        Standing.CHANGED: _("%(name)s has changed and accepted this correction meanwhile.", name=by),
        Standing.REFUSED: _("%(name)s has refused this correction meanwhile: %(reason)s", name=by, reason=reason),
    }
    raise Outdated("correction:decided", words[correction.state])


def _as_read(correction: FileCorrection) -> dict[str, str] | None:
    try:
        return said(correction.about, correction.value)
    except Refused:
        return None


def _decide(correction: FileCorrection, state: Standing, reason: str, hand: Hand) -> None:
    correction.state, correction.reason = state, reason
    correction.decided_by_id, correction.decided_at = hand.by.staff_id, hand.at
    waits.end(correction.id)
    data = {"unit": str(correction.unit_id), "field": correction.about.value}
    if correction.person_id:
        data["person"] = str(correction.person_id)
    changes = (Doc("record", correction.id, only_for=correction.author_id), Doc("unit", correction.unit_id))
    kind = f"correction:{state.value}"
    subject = ("correction", correction.id)
    journal.write(correction.estate_id, kind, subject, by=hand.by, at=hand.at, data=data, changes=changes)


def _of_person(correction: FileCorrection, fields: Mapping[str, Any], hand: Hand) -> None:
    assert correction.person is not None, "such a correction names its person"
    change_fields(correction.person, correction.unit, fields, hand)


def _of_unit(correction: FileCorrection, fields: Mapping[str, Any], hand: Hand) -> None:
    change_fields(correction.unit, correction.unit, fields, hand)


def _write_phone(correction: FileCorrection, read: dict[str, str], hand: Hand) -> None:
    _of_person(correction, {"phone": read["phone"]}, hand)


def _write_other_phone(correction: FileCorrection, read: dict[str, str], hand: Hand) -> None:
    assert correction.person is not None, "such a correction names its person"
    _of_person(correction, {"other_phones": _with(correction.person.other_phones, [read["phone"]])}, hand)


def _write_name(correction: FileCorrection, read: dict[str, str], hand: Hand) -> None:
    _of_person(correction, {"name": read["name"]}, hand)


def _write_emergency(correction: FileCorrection, read: dict[str, str], hand: Hand) -> None:
    _of_person(correction, {"emergency_name": read["name"], "emergency_phone": read["phone"]}, hand)


def _write_member(correction: FileCorrection, read: dict[str, str], hand: Hand) -> None:
    member_joins(correction.unit, correction.id, read["name"], read["relation"], read["phone"], hand)


def _write_tenant(correction: FileCorrection, read: dict[str, str], hand: Hand) -> None:
    tenant = Newcomer(correction.id, read["name"], read["phone"])
    move_in_person(correction.unit, tenant, Tenancy, hand.today, hand)


def _write_words(correction: FileCorrection, read: dict[str, str], hand: Hand) -> None:
    _of_unit(correction, {correction.about.value: read["words"]}, hand)


def _write_occupancy(correction: FileCorrection, read: dict[str, str], hand: Hand) -> None:
    _of_unit(correction, read, hand)


def _write_care(correction: FileCorrection, read: dict[str, str], hand: Hand) -> None:
    _of_unit(correction, {"care": _with(correction.unit.care, [read["words"]])}, hand)


def _write_plates(correction: FileCorrection, read: dict[str, str], hand: Hand) -> None:
    _of_unit(correction, {"plates": _with(correction.unit.plates, plates(read["plate"]))}, hand)


def _write_nothing(_correction: FileCorrection, _read: dict[str, str], _hand: Hand) -> None:
    """Said in words: whoever accepts it has put the file right by hand."""


def _with(known: list[str], more: list[str]) -> list[str]:
    return list(dict.fromkeys([*known, *more]))


_WRITE = {
    About.PHONE: _write_phone,
    About.OTHER_PHONE: _write_other_phone,
    About.NAME: _write_name,
    About.EMERGENCY: _write_emergency,
    About.HOUSEHOLD: _write_member,
    About.TENANT: _write_tenant,
    About.OCCUPANCY: _write_occupancy,
    About.CARE: _write_care,
    About.PREFERRED_CONTACT: _write_words,
    About.DO_NOT_DISTURB: _write_words,
    About.PLATES: _write_plates,
    About.OTHER: _write_nothing,
}
"""What accepting a correction writes."""
