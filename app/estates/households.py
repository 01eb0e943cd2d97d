"""What counts as a household (户) on a day: a unit that is owned and not vacant (policy, section 4)."""

import uuid
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from app.core.db import db
from app.estates.models import Estate, FileChange, Ownership, Unit
from app.estates.rules import Occupancy

_VACANT = f'"{Occupancy.VACANT.value}"'
"""As the history of a file keeps it."""


def is_household(day: date, zone: str) -> sa.ColumnElement[bool]:
    """Whether the unit of the query around it was owned on a day, and not vacant when that day ended."""
    owned = sa.exists().where(
        Ownership.unit_id == Unit.id,
        Ownership.since <= day,
        sa.or_(Ownership.until.is_(None), Ownership.until > day),
    )
    return sa.and_(~_is_vacant(day, zone), owned)


def vacant_units(estate: Estate, day: date, building_id: uuid.UUID | None = None) -> int:
    """How many units stood vacant on a day, of all or in one building: no households, they are counted beside these."""
    vacant = sa.select(sa.func.count()).select_from(Unit).where(Unit.estate_id == estate.id)
    if building_id is not None:
        vacant = vacant.where(Unit.building_id == building_id)
    return db.session.scalar(vacant.where(_is_vacant(day, estate.time_zone))) or 0


def _is_vacant(day: date, zone: str) -> sa.ColumnElement[bool]:
    """Whether nobody lived there when a day ended, as its file told then.

    A unit says only who lives there now. What it said before its first change after that day, it said then.
    """
    ended = datetime.combine(day + timedelta(days=1), time(), ZoneInfo(zone))
    said_then = (
        sa.select(FileChange.was == _VACANT)
        .where(FileChange.subject_id == Unit.id, FileChange.field == "occupancy", FileChange.at >= ended)
        .order_by(FileChange.number)
        .limit(1)
        .scalar_subquery()
    )
    return sa.func.coalesce(said_then, Unit.occupancy == Occupancy.VACANT, type_=sa.Boolean)
