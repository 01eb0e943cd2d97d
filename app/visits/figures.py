"""Figures of a stretch of time: households met, and how owners judged (policy, section 4). Counts, never rates."""

import uuid
from datetime import date, datetime

import sqlalchemy as sa

from app.core.db import db
from app.estates.models import Ownership, Unit
from app.estates.rules import Occupancy
from app.visits.models import Visit
from app.visits.rules import Method, Rating


def households_met(estate_id: uuid.UUID, since: datetime, until: datetime, today: date) -> tuple[int, int]:
    """How many households were met at their door at least once in a time, of how many there are today.

    A household is a unit that is owned and not vacant.
    """
    owned = sa.exists().where(
        Ownership.unit_id == Unit.id,
        Ownership.since <= today,
        sa.or_(Ownership.until.is_(None), Ownership.until > today),
    )
    met = sa.exists().where(
        Visit.unit_id == Unit.id, Visit.started_at >= since, Visit.started_at < until, Visit.method == Method.DOOR
    )
    row = db.session.execute(
        sa.select(sa.func.coalesce(sa.func.sum(sa.case((met, 1), else_=0)), 0), sa.func.count()).where(
            Unit.estate_id == estate_id, Unit.occupancy != Occupancy.VACANT, owned
        )
    ).one()
    return row[0], row[1]


def ratings(estate_id: uuid.UUID, since: datetime, until: datetime) -> dict[Rating, int]:
    """How the visits of a time were rated, each rating with its count, "no opinion" too."""
    counted = sa.select(Visit.rating, sa.func.count()).where(
        Visit.estate_id == estate_id, Visit.started_at >= since, Visit.started_at < until
    )
    found = {row[0]: row[1] for row in db.session.execute(counted.group_by(Visit.rating))}
    return {rating: found.get(rating, 0) for rating in Rating}
