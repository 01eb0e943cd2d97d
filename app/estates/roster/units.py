"""Which unit of the estate a row means, though a nought or the only entrance may be missing."""

from collections import defaultdict
from dataclasses import dataclass, field

from app.estates.roster import places
from app.estates.roster.households import Households
from app.estates.roster.known import Known, KnownUnit
from app.estates.roster.lines import RosterLine
from app.estates.roster.words import Reason, reason


@dataclass
class _Entrances:
    """How the entrances of a building are called, in the database and in the file."""

    known: set[str] = field(default_factory=set)
    told: set[str] = field(default_factory=set)


class Units:
    """The units of an estate, found by what a row says."""

    def __init__(self, known: Known, households: Households) -> None:
        self.count = len(known.units)
        self._exactly = {_exact(unit.building, unit.entrance, unit.number): unit for unit in known.units}
        self._nearly: dict[tuple[str, str, str], list[KnownUnit]] = defaultdict(list)
        self._entrances: dict[str, _Entrances] = defaultdict(_Entrances)
        for unit in known.units:
            self._nearly[places.key(unit.building, unit.entrance, unit.number)].append(unit)
            self._entrances[unit.building.casefold()].known.add(unit.entrance)
        for household in households.households:
            self._entrances[household.told.building.casefold()].told.add(household.told.entrance)

    def find(self, told: RosterLine) -> tuple[KnownUnit | None, str, Reason | None]:
        """The unit if it is known, the entrance it has or gets, and why the rows are refused if they are."""
        exact = self._exactly.get(_exact(told.building, told.entrance, told.number))
        if exact:
            return exact, exact.entrance, None
        entrance, why = self._entrance(told)
        if why:
            return None, entrance, why
        near = self._nearly.get(places.key(told.building, entrance, told.number), [])
        if len(near) > 1:
            return None, entrance, reason("roster:unit_ambiguous", value=", ".join(unit.short for unit in near))
        return (near[0] if near else None), entrance, None

    def _entrance(self, told: RosterLine) -> tuple[str, Reason | None]:
        """A building with one entrance may leave it out, in the file or in the database, but not half of its units."""
        names = self._entrances[told.building.casefold()]
        if not names.known or told.entrance in names.known:
            return told.entrance, None
        if "" not in names.known and told.entrance:
            return told.entrance, None
        if len(names.known) == 1 and len(names.told) == 1:
            return next(iter(names.known)), None
        if told.entrance:
            return told.entrance, reason("roster:entrance_unlike", value=told.building)
        return "", reason("roster:entrance_missing", value=", ".join(sorted(names.known)))


def _exact(building: str, entrance: str, number: str) -> tuple[str, str, str]:
    return building.casefold(), entrance.casefold(), number.casefold()
