"""A roster as it was read: every row is a line of a unit, or was passed over with the reason."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from app.estates.roster import places
from app.estates.roster.headings import Column, Unused
from app.estates.roster.words import Reason
from app.estates.rules import Occupancy, PersonKind


@dataclass(frozen=True, order=True)
class At:
    """Where a row stands: the sheet (from 0) and the row as the spreadsheet numbers it (from 1)."""

    sheet: int
    row: int


@dataclass(frozen=True)
class RosterPerson:
    """An owner or tenant as a row tells them. The first of `phones` is the one to call."""

    name: str
    kind: PersonKind
    phones: tuple[str, ...] = ()
    id_last4: str | None = None
    legal_representative: str | None = None
    licence_no: str | None = None


@dataclass(frozen=True)
class RosterLine:
    """What one row tells of a unit. None and () are what it leaves open. With `problems` it is refused."""

    at: At
    building: str = ""
    entrance: str = ""
    number: str = ""
    floor: int | None = None
    area: str | None = None
    layout: str | None = None
    handover_on: date | None = None
    occupancy: Occupancy | None = None
    care: tuple[str, ...] = ()
    do_not_disturb: str | None = None
    remarks: str | None = None
    owned_since: date | None = None
    owners: tuple[RosterPerson, ...] = ()
    tenants: tuple[RosterPerson, ...] = ()
    notes: tuple[Reason, ...] = ()
    problems: tuple[Reason, ...] = ()

    @property
    def key(self) -> tuple[str, str, str]:
        return places.key(self.building, self.entrance, self.number)


@dataclass(frozen=True)
class PassedOver:
    """A row that is no line of a unit, and why."""

    at: At
    why: Reason


@dataclass(frozen=True)
class Sheet:
    """What became of a sheet. `headings` is None for one that was not read."""

    name: str
    rows: int
    columns: tuple[Column, ...] = ()
    unused: tuple[Unused, ...] = ()
    read: bool = True


@dataclass(frozen=True)
class Roster:
    """A file as read: its sheets, its lines, and all other rows of the sheets that were read."""

    sheets: tuple[Sheet, ...]
    lines: tuple[RosterLine, ...]
    passed_over: tuple[PassedOver, ...]
    hidden_sheets: tuple[str, ...] = ()

    @property
    def rows(self) -> int:
        """How many rows the sheets have that were read: as many as there are lines and rows passed over."""
        return sum(sheet.rows for sheet in self.sheets if sheet.read)

    def name_of(self, at: At) -> str:
        """What a row is called in a sentence: `7`, or `2栋!7` where several sheets were read."""
        several = sum(1 for sheet in self.sheets if sheet.read) > 1
        return f"{self.sheets[at.sheet].name}!{at.row}" if several else str(at.row)

    def names_of(self, rows: Iterable[At]) -> str:
        return ", ".join(self.name_of(at) for at in sorted(set(rows)))
