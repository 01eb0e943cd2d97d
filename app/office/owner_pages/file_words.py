"""The words of an owner file: its fields, their values, and what officers note about them."""

import uuid
from collections.abc import Callable, Iterable
from typing import Any

from app.core.errors import Words
from app.core.i18n import _, lazy_
from app.estates.file_queries import Change
from app.estates.file_rules import About, Part
from app.estates.models import FileCorrection
from app.estates.rules import Occupancy, PersonKind
from app.office.moments import When
from app.office.words import OCCUPANCIES

FIELDS: dict[str, Words] = {
    "name": lazy_("Name"),
    "kind": lazy_("Person or company"),
    "sex": lazy_("Sex"),
    "phone": lazy_("Phone"),
    "other_phones": lazy_("Other phones"),
    "emergency_name": lazy_("Emergency contact"),
    "emergency_phone": lazy_("Emergency phone"),
    "id_last4": lazy_("ID number, last 4"),
    "legal_representative": lazy_("Legal representative"),
    "licence_no": lazy_("Licence no."),
    "consent_on": lazy_("Consent given on"),
    "relation": lazy_("Relation"),
    "area": lazy_("Area"),
    "layout": lazy_("Layout"),
    "floor": lazy_("Floor"),
    "handover_on": lazy_("Handed over"),
    "occupancy": lazy_("Occupancy"),
    "remarks": lazy_("Remarks"),
    "parking": lazy_("Parking spaces"),
    "plates": lazy_("Number plates"),
    "care": lazy_("Care notes"),
    "preferred_contact": lazy_("Preferred contact time"),
    "do_not_disturb": lazy_("Do not disturb"),
    "owners": lazy_("Owners"),
    "tenants": lazy_("Tenants"),
    "household": lazy_("Household"),
}
PARTS: dict[Part, Words] = {
    Part.WATERPROOFING: lazy_("Waterproofing"),
    Part.PIPES: lazy_("Pipes"),
    Part.WIRING: lazy_("Wiring"),
    Part.EQUIPMENT: lazy_("Equipment"),
    Part.FIT_OUT: lazy_("Fit-out"),
    Part.HEATING_COOLING: lazy_("Heating and cooling"),
}
SEXES: dict[str, Words] = {"male": lazy_("male"), "female": lazy_("female")}
KINDS: dict[PersonKind, Words] = {PersonKind.PERSON: lazy_("Person"), PersonKind.COMPANY: lazy_("Company")}
ABOUTS: dict[About, Words] = {
    About.PHONE: lazy_("Phone"),
    About.OTHER_PHONE: lazy_("One more phone"),
    About.NAME: lazy_("Name"),
    About.EMERGENCY: lazy_("Emergency contact"),
    About.HOUSEHOLD: lazy_("One more in the household"),
    About.TENANT: lazy_("A new tenant"),
    About.OCCUPANCY: lazy_("Who lives there"),
    About.CARE: lazy_("Care note"),
    About.PREFERRED_CONTACT: lazy_("Preferred contact time"),
    About.DO_NOT_DISTURB: lazy_("Do not disturb"),
    About.PLATES: lazy_("Number plate"),
    About.OTHER: lazy_("Something else"),
}
SAID: dict[str, Words] = {
    "phone": lazy_("Phone"),
    "name": lazy_("Name"),
    "relation": lazy_("Relation"),
    "occupancy": lazy_("Occupancy"),
    "words": lazy_("In words"),
    "plate": lazy_("Number plate"),
}
"""The parts of a correction."""


def field_words(field: str) -> str:
    """What a field is called; `warranty.pipes` is the warranty of a part."""
    part = field.removeprefix("warranty.")
    if part != field:
        return str(_("Warranty: %(part)s", part=PARTS[Part(part)]))
    return str(FIELDS.get(field, field))


def value_words(field: str, value: Any, when: When, name_of: Callable[[str], str]) -> str:
    """A value of a file's history for a person to read; "–" for nothing."""
    if value is None:
        return "–"
    if field in ("owners", "tenants", "household"):
        return "、".join(name_of(id_) for id_ in value)
    if field == "occupancy":
        return str(OCCUPANCIES[Occupancy(value)])
    if field == "kind":
        return str(KINDS[PersonKind(value)])
    if field == "sex":
        return str(SEXES.get(value, value))
    if field in ("handover_on", "consent_on") or field.startswith("warranty."):
        return day_words(value, when)
    return "、".join(map(str, value)) if isinstance(value, list) else str(value)


def day_words(value: str, when: When) -> str:
    """A day as the history keeps it."""
    return when.on(when.today.fromisoformat(value))


def change_words(change: Change, when: When, name_of: Callable[[str], str]) -> str:
    """`138… → 139…`; says so where the values were erased."""
    if change.erased:
        return str(_("(erased)"))
    was, became = (value_words(change.line.field, value, when, name_of) for value in (change.was, change.became))
    return f"{was} → {became}"


def said_words(about: About, value: dict[str, Any] | None) -> str:
    """What a correction says, in one line; "–" where there was nothing."""
    if about is About.OCCUPANCY and value:
        known = {kind.value: words for kind, words in OCCUPANCIES.items()}
        return str(known.get(Occupancy(value["occupancy"]).value)) if value.get("occupancy") in known else "–"
    return " · ".join(str(words) for words in (value or {}).values() if words) or "–"


def whose(correction: FileCorrection) -> str:
    """`Phone · 陈建国`."""
    about = str(ABOUTS[correction.about])
    return f"{about} · {correction.person.name}" if correction.person else about


def name_teller(*known: dict[uuid.UUID, str]) -> Callable[[str], str]:
    """Tells names by the ids that a history keeps."""
    names = {str(id_): name for each in known for id_, name in each.items()}
    return lambda id_: names.get(id_, "–")


def ids_in(changes: Iterable[Change]) -> set[uuid.UUID]:
    """The people that histories of owners and tenants name."""
    lists = (
        value
        for change in changes
        if change.line.field in ("owners", "tenants")
        for value in (change.was, change.became)
    )
    return {uuid.UUID(id_) for value in lists if value for id_ in value}
