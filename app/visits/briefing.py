"""Everything that changes the briefing: written, edited, ended by the office, read by officers. The caller commits."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from app.core import journal
from app.core.db import db, take_turn
from app.core.errors import Outdated, Refused
from app.core.i18n import _
from app.core.ids import new_id
from app.core.journal import By, Doc
from app.estates.models import Building, Estate, Person
from app.estates.rules import PersonKind
from app.visits.arrival import Arrival
from app.visits.messages import BriefingRead, VersionRead
from app.visits.models import BriefingItem, BriefingMark, BriefingReading, BriefingVersion
from app.visits.rules import BriefingKind

LONGEST = 1000
"""Characters of a line in one language."""


@dataclass(frozen=True)
class Line:
    """What a line says and where and how long it holds. No buildings: in the whole estate; `valid_until`: last day.

    `owner_id`: about this company that owns homes here. Without English words the Chinese ones are shown.
    """

    text_zh: str
    valid_from: date
    valid_until: date | None = None
    text_en: str = ""
    building_ids: frozenset[uuid.UUID] = frozenset()
    owner_id: uuid.UUID | None = None

    def columns(self) -> dict[str, Any]:
        """As a version keeps it."""
        return {
            "text_zh": self.text_zh.strip(),
            "text_en": self.text_en.strip(),
            "building_ids": sorted(str(id_) for id_ in self.building_ids),
            "owner_id": self.owner_id,
            "valid_from": self.valid_from,
            "valid_until": self.valid_until,
        }


def add_item(
    estate: Estate,
    kind: BriefingKind,
    line: Line,
    *,
    by: By,
    at: datetime,
    event_id: uuid.UUID | None = None,
    item_id: uuid.UUID | None = None,
) -> BriefingItem:
    """A new line of the briefing. The same event adds it once; `item_id` is the form's, whatever was written in it.

    Raises Refused, and Outdated where it was added with other words.
    """
    item_id = item_id or event_id or new_id()
    take_turn(f"briefing {item_id}")
    known = db.session.get(BriefingItem, item_id)
    if known is not None:
        if event_id is None or not journal.happened(event_id):
            raise _written_otherwise()
        return known
    _must_hold_together(estate.id, kind, line)
    item = BriefingItem(id=item_id, estate_id=estate.id, kind=kind, version=0)
    db.session.add(item)
    _write_version(item, line, by=by, at=at)
    _note(item, "briefing:added", by=by, at=at, event_id=event_id)
    return item


def edit_item(item: BriefingItem, line: Line, *, after: int, event_id: uuid.UUID, by: By, at: datetime) -> bool:
    """A new version, which everybody reads anew; `after` is the version that its author saw.

    Returns False if it says the same as before; this very event happens once. Raises Outdated if somebody else edited
    or ended it meanwhile, Refused.
    """
    if journal.happened(event_id):
        return True
    _must_be_as_seen(item, after)
    _must_hold_together(item.estate_id, item.kind, line)
    before, columns = item.newest, line.columns()
    if all(getattr(before, name) == value for name, value in columns.items()):
        return False
    _write_version(item, line, by=by, at=at)
    _note(item, "briefing:edited", by=by, at=at, event_id=event_id)
    return True


def end_item(item: BriefingItem, *, after: int, event_id: uuid.UUID, by: By, at: datetime) -> bool:
    """Let a line hold no longer, from now on. Returns False if this very event happened before. Raises Outdated."""
    if journal.happened(event_id):
        return False
    _must_be_as_seen(item, after)
    item.ended_at, item.ended_by_id = at, by.staff_id
    _note(item, "briefing:ended", by=by, at=at, event_id=event_id, gone=True)
    return True


def read_briefing(reading_id: uuid.UUID, said: BriefingRead, arrival: Arrival) -> BriefingReading:
    """Keep what an officer has read. A version that was read before keeps its first mark; late marks are kept.

    What the office does not know, as after a backup was put back, is passed over: reading it is not refused.
    """
    take_turn(f"briefing read by {arrival.author_id}")
    if db.session.get(BriefingReading, reading_id) is not None:
        raise Refused("record:known", _("The office has this record already, from another sending."))
    reading = BriefingReading(
        id=reading_id,
        estate_id=said.estate_id,
        staff_id=arrival.author_id,
        device_id=arrival.device.id,
        operation_id=arrival.op_id,
        read_at=said.read_at,
        received_at=arrival.received_at,
    )
    db.session.add(reading)
    marked = _not_read_yet(said, arrival.author_id)
    for item_id, version in marked:
        mark = BriefingMark(
            id=new_id(),
            estate_id=said.estate_id,
            item_id=item_id,
            version=version,
            staff_id=arrival.author_id,
            read_at=said.read_at,
        )
        reading.marks.append(mark)
    data = {"read": [{"item": str(item_id), "version": version} for item_id, version in marked]}
    subject, changes = ("briefing_reading", reading_id), (Doc("record", reading_id, only_for=arrival.author_id),)
    journal.write(said.estate_id, "briefing:read", subject, by=arrival.by, at=arrival.at, data=data, changes=changes)
    return reading


def _write_version(item: BriefingItem, line: Line, *, by: By, at: datetime) -> None:
    item.version += 1
    version = BriefingVersion(
        id=new_id(), estate_id=item.estate_id, number=item.version, by_id=by.staff_id, at=at, **line.columns()
    )
    item.versions.append(version)
    db.session.flush()


def _note(
    item: BriefingItem, kind: str, *, by: By, at: datetime, event_id: uuid.UUID | None, gone: bool = False
) -> None:
    """The line of the journal. Tablets of before read news and measures in the document of the estate."""
    changes = (Doc("briefing", item.id, gone=gone), Doc("estate", item.estate_id))
    data, subject = {"version": item.version, "kind": item.kind.value}, ("briefing", item.id)
    journal.write(item.estate_id, kind, subject, by=by, at=at, data=data, changes=changes, event_id=event_id)


def _written_otherwise() -> Outdated:
    words = _(
        "This form was sent before, and what stood in it then is in the briefing. What stands here now differs and is "
        "not: send it once more if it is another line."
    )
    return Outdated("briefing:written_otherwise", words)


def _must_be_as_seen(item: BriefingItem, after: int) -> None:
    """As the line stands now; whoever changes it at this moment waits until we are done."""
    db.session.refresh(item, with_for_update=True)
    if item.ended_at is not None:
        raise Outdated("briefing:ended", _("Somebody ended this line meanwhile."))
    if item.version != after:
        raise Outdated("briefing:edited", _("Somebody edited this line meanwhile."))


def _must_hold_together(estate_id: uuid.UUID, kind: BriefingKind, line: Line) -> None:
    if not line.text_zh.strip():
        raise Refused("briefing:no_words", _("Write down in words what officers should know."))
    if max(len(line.text_zh), len(line.text_en)) > LONGEST:
        raise Refused("briefing:too_long", _("A line is longer than %(n)s characters.", n=LONGEST))
    if line.valid_until is not None and line.valid_until < line.valid_from:
        raise Refused("briefing:days", _("The last day lies before the first."))
    if line.owner_id is not None and kind is not BriefingKind.FACTS:
        raise Refused("briefing:not_a_fact", _("Only company facts can be about one owner."))
    if line.owner_id is not None and line.building_ids:
        raise Refused("briefing:two_places", _("Choose buildings or a company owner, not both."))
    _must_be_here(estate_id, line)


def _must_be_here(estate_id: uuid.UUID, line: Line) -> None:
    found = sa.select(sa.func.count()).where(Building.id.in_(line.building_ids), Building.estate_id == estate_id)
    if line.building_ids and db.session.scalar(found) != len(line.building_ids):
        raise Refused("briefing:building_unknown", _("One of these buildings is not known in this estate."))
    owner = db.session.get(Person, line.owner_id) if line.owner_id else None
    if line.owner_id and (owner is None or owner.estate_id != estate_id or owner.kind is not PersonKind.COMPANY):
        raise Refused("briefing:owner_unknown", _("This company is not known among the owners of this estate."))


def _not_read_yet(said: BriefingRead, staff_id: uuid.UUID) -> list[tuple[uuid.UUID, int]]:
    """The versions among these that the office knows in this estate and this person has no mark for, once each."""
    ids = [one.id for one in said.items]
    known = sa.select(BriefingVersion.item_id, BriefingVersion.number).where(
        BriefingVersion.item_id.in_(ids), BriefingVersion.estate_id == said.estate_id
    )
    marked = sa.select(BriefingMark.item_id, BriefingMark.version).where(
        BriefingMark.item_id.in_(ids), BriefingMark.staff_id == staff_id
    )
    there = {(item_id, number) for item_id, number in db.session.execute(known)}
    before = {(item_id, version) for item_id, version in db.session.execute(marked)}
    return sorted({_key(one) for one in said.items} & there - before)


def _key(one: VersionRead) -> tuple[uuid.UUID, int]:
    return one.id, one.version
