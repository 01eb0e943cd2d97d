"""Which unit an address means, whichever way it is written: `3-1-1202`, `3栋1单元1202`, `Building 3, 1202`."""

import uuid
from collections import defaultdict
from dataclasses import dataclass, field

import sqlalchemy as sa

from app.core.db import db
from app.core.errors import Refused
from app.core.i18n import _
from app.estates.models import Building, Estate, Unit
from app.estates.roster.cells import Misread
from app.estates.roster.places import key, read_place

LONGEST = 120


@dataclass(frozen=True)
class Addresses:
    """The units of an estate by their number, so that many addresses can be looked up."""

    estate_names: tuple[str, ...]
    known: dict[str, list[tuple[str, str, uuid.UUID]]] = field(default_factory=lambda: defaultdict(list))

    def unit_id(self, words: str) -> uuid.UUID:
        """The unit that an address means. Raises Refused in words if none, or more than one, can be meant."""
        building, entrance, number = _read(self._bare(words))
        _b, _e, wanted = key("", "", number)
        found = [
            id_
            for its_building, its_entrance, id_ in self.known.get(wanted, [])
            if its_building == building.casefold() and entrance.casefold() in ("", its_entrance)
        ]
        if not found:
            raise Refused("order:unit_unknown", _("No unit of this estate is called “%(address)s”.", address=words))
        if len(found) > 1:
            raise Refused(
                "order:unit_ambiguous", _("“%(address)s” can be several units: name the entrance.", address=words)
            )
        return found[0]

    def _bare(self, words: str) -> str:
        bare = words.strip()[:LONGEST]
        for name in self.estate_names:
            if bare.casefold().startswith(name.casefold()) and len(bare) > len(name):
                return bare[len(name) :].lstrip(" ,-，")
        return bare


def addresses_of(estate: Estate, number: str | None = None) -> Addresses:
    """All addresses of an estate, or those of one room number alone."""
    found = sa.select(Unit.id, Building.name, Unit.entrance, Unit.number).join(Unit.building)
    found = found.where(Unit.estate_id == estate.id)
    if number is not None:
        bare = number.lstrip("0")
        found = found.where(sa.func.upper(sa.func.ltrim(Unit.number, "0")) == bare.upper())
    addresses = Addresses((estate.name_zh, estate.name_en))
    for row in db.session.execute(found):
        building, entrance, wanted = key(row.name, row.entrance, row.number)
        addresses.known[wanted].append((building, entrance, row.id))
    return addresses


def find_unit(estate: Estate, words: str) -> Unit:
    """The unit that an address means. Raises Refused in words."""
    bare = Addresses((estate.name_zh, estate.name_en))._bare(words)
    _building, _entrance, number = _read(bare)
    return db.session.get_one(Unit, addresses_of(estate, number).unit_id(words))


def _read(words: str) -> tuple[str, str, str]:
    try:
        place = read_place(words)
    except Misread as misread:
        raise _unreadable(words) from misread
    if not place.number or not place.building:
        raise _unreadable(words)
    return place.building, place.entrance or "", place.number


def _unreadable(words: str) -> Refused:
    return Refused(
        "order:unit_unreadable",
        _(
            "“%(address)s” is no address: write it as building, entrance, room, such as 3-1-1202.",
            address=words[:LONGEST],
        ),
    )
