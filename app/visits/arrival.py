"""What every record from a tablet has: with what it came, its number at the office, its line in the journal."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from app.core import ahead, journal
from app.core.clock import CLOCK_OFF, isoformat, local_date
from app.core.journal import By, Doc
from app.estates.models import Estate, FileCorrection
from app.people.models import Device
from app.visits.models import Addendum, Attempt, Inspection, Visit

Record = Visit | Attempt | Addendum | FileCorrection | Inspection


@dataclass(frozen=True)
class Arrival:
    """With what an operation came: its id, the tablet, who wrote it; when it arrived, and when it takes effect.

    The two moments differ for what a person, or a newer version of the server, enters later. `clock`: how far ahead
    of the office's the tablet's clock was when it sent; it may have been another when the record was written.
    """

    op_id: uuid.UUID
    device: Device
    author_id: uuid.UUID
    at: datetime
    received_at: datetime
    clock: timedelta = timedelta()

    def set_right(self, moment: datetime) -> datetime | None:
        """A moment of the tablet's clock by the office's, if that clock was behind; nothing where it is believed.

        A clock that was ahead is not set right: whoever puts it forward before sending would make work earlier.
        """
        return min(moment - self.clock, self.received_at) if self.clock < -CLOCK_OFF else None

    def happened_at(self, moment: datetime) -> datetime:
        """A moment of the tablet's clock, set right where it must be, and never after the record itself arrived."""
        return self.set_right(moment) or min(moment, self.received_at)

    @property
    def by(self) -> By:
        return By(staff_id=self.author_id, device_id=self.device.id)


def number(record: Record, estate: Estate, at: datetime) -> None:
    """Have the office's receipt number taken at commit: `HF-2611-0342`."""
    series = f"HF-{local_date(at, estate.time_zone):%y%m}"

    def assign(taken: int) -> None:
        record.receipt_number = f"{series}-{taken:04}"

    journal.take_number(estate.id, series, assign)


def note(record: Record, kind: str, arrival: Arrival, data: dict[str, Any]) -> None:
    """The journal's line about what arrived; its author did it."""
    write(record, kind, data, by=arrival.by, at=arrival.at)


def took_place(at: datetime) -> dict[str, str]:
    """When it was by the tablet's clock, for a line: it says to which period the record belongs, whenever it came."""
    return {"took_place_at": isoformat(at)}


def write(record: Record, kind: str, data: dict[str, Any], *, by: By, at: datetime) -> None:
    """A line about a record, and the tablet documents that it changes."""
    changes = (Doc("record", record.id, only_for=_author(record)), *_unit_of(record))
    journal.write(record.estate_id, kind, _subject(record), by=by, at=at, data=data, changes=changes)


def estate_of(estate_id: uuid.UUID) -> Estate:
    """The estate that a record's unit stands in."""
    return ahead.get_one(Estate, estate_id)


def _unit_of(record: Record) -> tuple[Doc, ...]:
    """The unit whose document a record changes; an inspection is at none."""
    if isinstance(record, Inspection):
        return ()
    at = record.visit if isinstance(record, Addendum) else record
    return (Doc("unit", at.unit_id or at.unit.id),)


def _author(record: Record) -> uuid.UUID:
    return record.author_id if isinstance(record, Addendum | FileCorrection) else record.officer_id


def _subject(record: Record) -> tuple[str, uuid.UUID]:
    """What the line is about. An addendum belongs to the history of its visit."""
    if isinstance(record, Addendum):
        return "visit", record.visit_id
    return _SUBJECTS[type(record)], record.id


_SUBJECTS: dict[type[Record], str] = {
    Visit: "visit",
    Attempt: "attempt",
    Inspection: "inspection",
    FileCorrection: "correction",
}
