"""A roster's columns, verdicts and changes in words."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from app.core.errors import Words
from app.core.i18n import _, in_a_row, lazy_
from app.estates.roster.comparison import Change
from app.estates.roster.households import FACTS
from app.estates.roster.lines import RosterPerson
from app.estates.roster.preview import PreviewRow, Verdict
from app.estates.roster.vocabulary import Field
from app.estates.rules import Occupancy, PersonKind
from app.office.moments import When
from app.office.words import OCCUPANCIES, masked

FIELDS: dict[Field, Words] = {
    Field.BUILDING: lazy_("Building"),
    Field.ENTRANCE: lazy_("Entrance"),
    Field.FLOOR: lazy_("Floor"),
    Field.ROOM: lazy_("Room"),
    Field.PLACE: lazy_("Building, entrance and room"),
    Field.AREA: lazy_("Area"),
    Field.LAYOUT: lazy_("Layout"),
    Field.HANDOVER: lazy_("Handed over"),
    Field.OCCUPANCY: lazy_("Occupancy"),
    Field.CARE: lazy_("Care notes"),
    Field.DO_NOT_DISTURB: lazy_("Do not disturb"),
    Field.REMARKS: lazy_("Remarks"),
    Field.OWNER: lazy_("Owner"),
    Field.OWNER_PHONE: lazy_("Owner's phone"),
    Field.OWNER_ID: lazy_("Owner's identity number (last 4)"),
    Field.OWNER_KIND: lazy_("Person or company"),
    Field.OWNER_SINCE: lazy_("Owner since"),
    Field.LEGAL_REPRESENTATIVE: lazy_("Legal representative"),
    Field.LICENCE: lazy_("Licence no."),
    Field.CO_OWNER: lazy_("Co-owner"),
    Field.CO_OWNER_PHONE: lazy_("Co-owner's phone"),
    Field.CO_OWNER_ID: lazy_("Co-owner's identity number (last 4)"),
    Field.TENANT: lazy_("Tenant"),
    Field.TENANT_PHONE: lazy_("Tenant's phone"),
    Field.TENANT_ID: lazy_("Tenant's identity number (last 4)"),
}
VERDICTS: dict[Verdict, tuple[Words, str, str]] = {
    Verdict.REFUSED: (lazy_("Refused"), "late", "ban"),
    Verdict.CHANGED: (lazy_("Changed"), "wait", "pencil"),
    Verdict.CREATED: (lazy_("New"), "brand", "plus"),
    Verdict.UNCHANGED: (lazy_("Unchanged"), "", "check"),
    Verdict.PASSED_OVER: (lazy_("No unit"), "", "minus"),
}
"""What becomes of a row, with tone and icon."""
_KINDS: dict[PersonKind, Words] = {PersonKind.PERSON: lazy_("person"), PersonKind.COMPANY: lazy_("company")}


@dataclass(frozen=True)
class Told:
    """One thing that a row brings about: what, and old and new in words. Blank is nothing."""

    what: str
    old: str = ""
    new: str = ""


def people_of(row: PreviewRow) -> list[tuple[str, str, bool]]:
    """Name, masked phone, and whether it is a tenant."""
    if row.line is None:
        return []
    return [
        *((person.name, _first_phone(person), False) for person in row.line.owners),
        *((person.name, _first_phone(person), True) for person in row.line.tenants),
    ]


def _first_phone(person: RosterPerson) -> str:
    return masked(person.phones[0]) if person.phones else ""


def facts_of_new(row: PreviewRow, when: When) -> list[str]:
    """What is known of a new unit, in short."""
    line = row.line
    if line is None:
        return []
    facts = [
        f"{line.area} m²" if line.area else "",
        line.layout or "",
        _("handed over %(day)s", day=when.on(line.handover_on)) if line.handover_on else "",
        str(OCCUPANCIES[line.occupancy]) if line.occupancy else "",
        _("owner since %(day)s", day=when.on(line.owned_since)) if line.owned_since else "",
        *line.care,
        line.remarks or "",
    ]
    return [fact for fact in facts if fact]


def told_in_words(change: Change, when: When) -> Told:
    """`面积：98.6 → 99`, `新业主：李敏，自 11月23日`."""
    said = {
        "owner_begins": lambda: Told(_("New owner: %(name)s", name=change.about), new=_since(change.new, when)),
        "tenant_begins": lambda: Told(_("New tenant: %(name)s", name=change.about), new=_since(change.new, when)),
        "owner_ends": lambda: Told(_("Owner no more: %(name)s", name=change.about), new=_until(change.old, when)),
        "tenant_ends": lambda: Told(_("Tenant no more: %(name)s", name=change.about), new=_until(change.old, when)),
    }.get(change.what)
    if said:
        return said()
    what = str(FACTS[change.what])
    old, new = _value(change.what, change.old, when), _value(change.what, change.new, when)
    if old == new:  # masked, they look the same
        old, new = in_a_row(change.old), in_a_row(change.new)
    return Told(f"{change.about} · {what}" if change.about else what, old or "–", new)


def _since(day: date, when: When) -> str:
    return str(_("since %(day)s", day=when.on(day)))


def _until(day: date, when: When) -> str:
    return str(_("until %(day)s", day=when.on(day)))


def _value(fact: str, value: Any, when: When) -> str:
    if value is None:
        return ""
    if isinstance(value, date):
        return when.on(value)
    if isinstance(value, Occupancy):
        return str(OCCUPANCIES[value])
    if isinstance(value, PersonKind):
        return str(_KINDS[value])
    if fact == "phones":
        return in_a_row(map(masked, value))
    if isinstance(value, tuple):
        return in_a_row(value)
    return f"{value} m²" if fact == "area" else str(value)
