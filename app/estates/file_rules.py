"""What stands in an owner file (form 5), how its values are read, and what an officer may note about it at the door."""

import enum
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from app.core.errors import Refused
from app.core.i18n import _
from app.estates.roster.cells import Misread
from app.estates.roster.phones import phone_numbers
from app.estates.rules import Occupancy, months_before


class Part(enum.Enum):
    """Part of a unit with a warranty of its own."""

    WATERPROOFING = "waterproofing"
    PIPES = "pipes"
    WIRING = "wiring"
    EQUIPMENT = "equipment"
    FIT_OUT = "fit_out"
    HEATING_COOLING = "heating_cooling"


WARRANTY_YEARS = {Part.WATERPROOFING: 5, Part.PIPES: 2, Part.WIRING: 2, Part.EQUIPMENT: 2, Part.FIT_OUT: 2}
"""Years from the handover (policy, section 2); heating and cooling count in seasons."""

SEASONS = 2
_HEATING, _COOLING = ((11, 15), (3, 15)), ((6, 15), (9, 15))
"""First and last day of a season."""


@dataclass(frozen=True)
class Warranty:
    """When the warranty of a part ends, that day included; nothing while the handover is not known."""

    part: Part
    until: date | None
    by_hand: bool


def warranties(handover_on: date | None, by_hand: Mapping[str, str]) -> list[Warranty]:
    """The warranty of each part: what somebody wrote by hand, or what follows from the handover."""
    return [
        Warranty(part, date.fromisoformat(by_hand[part.value]), by_hand=True)
        if part.value in by_hand
        else Warranty(part, warranty_end(part, handover_on) if handover_on else None, by_hand=False)
        for part in Part
    ]


def warranty_end(part: Part, handover_on: date) -> date:
    """The last day of a part's warranty. Only seasons that begin after the handover count, of both kinds the later."""
    if part in WARRANTY_YEARS:
        return months_before(handover_on, -12 * WARRANTY_YEARS[part])
    return max(_season_end(handover_on, first, last) for first, last in (_HEATING, _COOLING))


def _season_end(handover_on: date, first: tuple[int, int], last: tuple[int, int]) -> date:
    year = handover_on.year if handover_on <= date(handover_on.year, *first) else handover_on.year + 1
    year += SEASONS - 1
    return date(year if last > first else year + 1, *last)


class About(enum.Enum):
    """What a correction from the door is about."""

    PHONE = "phone"
    OTHER_PHONE = "other_phone"
    NAME = "name"
    EMERGENCY = "emergency"
    HOUSEHOLD = "household"
    TENANT = "tenant"
    OCCUPANCY = "occupancy"
    CARE = "care"
    PREFERRED_CONTACT = "preferred_contact"
    DO_NOT_DISTURB = "do_not_disturb"
    PLATES = "plates"
    OTHER = "other"


PARTS: dict[About, tuple[str, ...]] = {
    About.PHONE: ("phone",),
    About.OTHER_PHONE: ("phone",),
    About.NAME: ("name",),
    About.EMERGENCY: ("name", "phone"),
    About.HOUSEHOLD: ("name", "relation", "phone"),
    About.TENANT: ("name", "phone"),
    About.OCCUPANCY: ("occupancy",),
    About.CARE: ("words",),
    About.PREFERRED_CONTACT: ("words",),
    About.DO_NOT_DISTURB: ("words",),
    About.PLATES: ("plate",),
    About.OTHER: ("words",),
}
"""What a correction says, part by part; the tablet has the same table. The first part must be there."""

OF_A_PERSON = frozenset({About.PHONE, About.OTHER_PHONE, About.NAME, About.EMERGENCY})
"""These are about one person, the others about the unit."""

IN_PLACE = frozenset(
    {
        About.PHONE,
        About.NAME,
        About.EMERGENCY,
        About.OCCUPANCY,
        About.PREFERRED_CONTACT,
        About.DO_NOT_DISTURB,
    }
)
"""These take the place of what stands there; the others add to it."""


class Standing(enum.Enum):
    """Where a correction stands."""

    WAITING = "waiting"
    ACCEPTED = "accepted"
    CHANGED = "changed"
    REFUSED = "refused"


MOST = {
    "name": 120,
    "relation": 40,
    "words": 200,
    "do_not_disturb": 40,
    "preferred_contact": 80,
    "plate": 20,
    "layout": 40,
    "area": 12,
    "licence_no": 40,
    "legal_representative": 80,
    "remarks": 2000,
}
"""Characters that a value may have."""


def a_text(value: str, most: int) -> str:
    """Words without blanks around them. Raises Refused where they are too long."""
    words = " ".join(value.split())
    if len(words) > most:
        raise Refused("file:too_long", _("“%(words)s…” is longer than %(n)s characters.", words=words[:20], n=most))
    return words


def a_name(value: str) -> str:
    """A name. Raises Refused for none."""
    name = a_text(value, MOST["name"])
    if not name:
        raise Refused("file:no_name", _("Write down the name."))
    return name


def phones(value: str) -> list[str]:
    """Phone numbers in their one form, in the order written. Raises Refused for what is none."""
    if not value.strip():
        return []
    try:
        read = phone_numbers(value)
    except Misread as misread:
        raise _no_phone(value) from misread
    if read.beside or not read.numbers:
        raise _no_phone(value)
    return list(read.numbers)


def a_phone(value: str) -> str:
    """One phone number, "" for none. Raises Refused for what is none, or for several."""
    numbers = phones(value)
    if len(numbers) > 1:
        raise Refused("file:one_phone", _("Only one telephone number belongs here."))
    return numbers[0] if numbers else ""


def last4(value: str) -> str | None:
    """The last four characters of an identity number. Raises Refused for anything else."""
    written = value.strip().upper()
    if written and not re.fullmatch(r"\d{3}[\dX]", written):
        raise Refused("file:last4", _("Of the identity number only the last 4 characters are kept: “602X”."))
    return written or None


def an_area(value: str) -> str | None:
    """Square metres. Raises Refused for anything else."""
    written = value.strip().replace("㎡", "").replace("m²", "").strip()
    if written and not re.fullmatch(r"\d{1,6}(\.\d{1,3})?", written):
        raise Refused("file:area", _("The area is a number of square metres: “128.6”."))
    return written or None


def listed(value: str, most: int) -> list[str]:
    """Short entries, apart by commas or lines; each once."""
    entries = [a_text(entry, most) for entry in re.split(r"[,，、;；\n]", value)]
    return list(dict.fromkeys(entry for entry in entries if entry))


def plates(value: str) -> list[str]:
    """Number plates, in capitals and without blanks."""
    return list(
        dict.fromkeys(re.sub(r"[\s·.\-]", "", entry).upper() for entry in listed(value, MOST["plate"] + 10) if entry)
    )


def said(about: About, value: Mapping[str, str]) -> dict[str, str]:
    """What a correction says, read as the office would write it. Raises Refused where it cannot stand in a file."""
    known = {part: str(value.get(part, "")) for part in PARTS[about]}
    read = {part: _read(about, part, words) for part, words in known.items()}
    if not any(read.values()) and about not in (About.PREFERRED_CONTACT, About.DO_NOT_DISTURB):
        raise Refused("file:says_nothing", _("Write down what it should be."))
    return read


def _read(about: About, part: str, words: str) -> str:
    if part == "phone":
        return a_phone(words)
    if part == "name":
        return a_text(words, MOST["name"]) if about is About.EMERGENCY else a_name(words)
    if part == "occupancy":
        if words not in {kind.value for kind in Occupancy}:
            raise Refused("file:occupancy", _("Choose who lives there."))
        return words
    if part == "plate":
        return "、".join(plates(words))
    most = MOST.get(about.value, MOST["words"])
    return a_text(words, MOST["relation"] if part == "relation" else most)


def _no_phone(value: str) -> Refused:
    return Refused("file:phone", _("“%(words)s” is not a telephone number.", words=value.strip()[:40]))
