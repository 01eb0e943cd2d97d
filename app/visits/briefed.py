"""What is asked about the briefing: its lines, what holds on a day, who has read which version."""

import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from app.core.db import db
from app.core.errors import NotFound
from app.core.i18n import _
from app.visits.models import BriefingItem, BriefingMark, BriefingVersion, Visit
from app.visits.rules import BriefingKind, Validity, validity


@dataclass(frozen=True)
class Read:
    """The newest version of a line that somebody has read, and when."""

    version: int
    at: datetime


def briefing_of(estate_id: uuid.UUID) -> list[BriefingItem]:
    """Every line of an estate's briefing with its versions, the newest first."""
    found = sa.select(BriefingItem).where(BriefingItem.estate_id == estate_id).options(*_WITH_VERSIONS)
    return list(db.session.scalars(found.order_by(BriefingItem.id.desc())))


def the_line(estate_id: uuid.UUID, item_id: uuid.UUID) -> BriefingItem:
    """A line of this estate's briefing. Raises NotFound."""
    item = db.session.get(BriefingItem, item_id)
    if item is None or item.estate_id != estate_id:
        raise NotFound("briefing:unknown", _("This line of the briefing is not known in this estate."))
    return item


def lines_by_id(ids: Iterable[uuid.UUID]) -> list[BriefingItem]:
    """These lines with their versions."""
    found = sa.select(BriefingItem).where(BriefingItem.id.in_(list(ids))).options(*_WITH_VERSIONS)
    return list(db.session.scalars(found))


def standing_on(item: BriefingItem, day: date) -> Validity:
    """Whether a line, as it is written now, holds on a day."""
    said = item.newest
    return validity(said.valid_from, said.valid_until, day, ended=item.ended_at is not None)


def held_for_all(estate_id: uuid.UUID, kind: BriefingKind, day: date) -> list[BriefingVersion]:
    """What holds in the whole estate on a day, in the order in which it was written."""
    found = (
        sa.select(BriefingVersion)
        .join(BriefingItem, sa.and_(BriefingItem.id == BriefingVersion.item_id, _IS_NEWEST))
        .where(BriefingItem.estate_id == estate_id, BriefingItem.kind == kind, BriefingItem.ended_at.is_(None))
        .where(BriefingVersion.owner_id.is_(None), BriefingVersion.valid_from <= day)
        .where(sa.or_(BriefingVersion.valid_until.is_(None), BriefingVersion.valid_until >= day))
        .order_by(BriefingItem.id)
    )
    return [version for version in db.session.scalars(found) if not version.building_ids]


def read_by(item_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, dict[uuid.UUID, Read]]:
    """Line → member of staff → the newest version that they have read."""
    found = sa.select(BriefingMark).where(BriefingMark.item_id.in_(list(item_ids)))
    read: dict[uuid.UUID, dict[uuid.UUID, Read]] = defaultdict(dict)
    for mark in db.session.scalars(found.order_by(BriefingMark.version)):
        read[mark.item_id][mark.staff_id] = Read(mark.version, mark.read_at)
    return read


def told_at(visit: Visit) -> list[BriefingVersion]:
    """The lines of the briefing that the owner was told at a visit, as they were written then."""
    lines = visit.script.get("told", {}).get("lines", [])
    wanted = [(uuid.UUID(line["id"]), line["version"]) for line in lines]
    found = sa.select(BriefingVersion).where(
        BriefingVersion.estate_id == visit.estate_id, BriefingVersion.item_id.in_([id_ for id_, _v in wanted])
    )
    known = {(version.item_id, version.number): version for version in db.session.scalars(found)}
    return [known[one] for one in wanted if one in known]


_WITH_VERSIONS = (
    selectinload(BriefingItem.versions).selectinload(BriefingVersion.by),
    selectinload(BriefingItem.versions).selectinload(BriefingVersion.owner),
)
_IS_NEWEST = BriefingItem.version == BriefingVersion.number
