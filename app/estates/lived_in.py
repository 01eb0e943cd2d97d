"""Who lives in a home that its last tenant has left: it stands as let until somebody says. The caller commits.

Nothing is assumed: as a vacant unit it would be no household, and every rate would change.
"""

import uuid
from collections.abc import Iterable
from datetime import date, datetime

import sqlalchemy as sa

from app.core import ahead, journal, waits
from app.core.clock import days_later
from app.core.db import db
from app.core.journal import By, Doc
from app.core.waits import Holder, Wait
from app.estates.models import Estate, Unit
from app.estates.queries import tenants_on
from app.estates.rules import Occupancy, limits
from app.people.queries import staff_in
from app.people.rules import Role

SAY_WHO_LIVES_THERE = "unit:who_lives_there"
"""What a home waits for."""


def keeper_of_files(estate_id: uuid.UUID, today: date) -> Holder:
    """Who keeps the owner files: the front desk, or where an estate has none the supervisor."""
    at_the_desk = ahead.once(
        ("front desk", estate_id, today), lambda: bool(staff_in(estate_id, [Role.FRONT_DESK], today))
    )
    return Holder(role=(Role.FRONT_DESK if at_the_desk else Role.SUPERVISOR).value)


def ask_who_lives_there(unit: Unit, *, today: date, at: datetime) -> None:
    """A tenant has left: where it was the last one and the home stands as let, whoever keeps the files is asked."""
    if unit.occupancy is not Occupancy.LET or tenants_on(unit, today):
        return
    estate = db.session.get_one(Estate, unit.estate_id)
    due_at = days_later(at, limits(estate.settings).correction_days, estate.time_zone)
    holder = keeper_of_files(estate.id, today)
    waits.begin(estate.id, ("unit", unit.id), SAY_WHO_LIVES_THERE, holder, since=at, due_at=due_at)


def it_is_known(unit_ids: Iterable[uuid.UUID]) -> None:
    """Somebody has said who lives in these homes, or a tenant has moved in: nobody is asked any more."""
    for unit_id in asked_of(unit_ids):
        waits.end(unit_id, SAY_WHO_LIVES_THERE)


def still_let(unit: Unit, *, by: By, at: datetime) -> None:
    """It is let, to somebody who stands in no file yet: nothing changes, and nobody is asked any more."""
    it_is_known([unit.id])
    data, changes = {"fields": ["occupancy"]}, [Doc("unit", unit.id)]
    journal.write(unit.estate_id, "file:confirmed", ("unit", unit.id), by=by, at=at, data=data, changes=changes)


def asked_of(unit_ids: Iterable[uuid.UUID]) -> list[uuid.UUID]:
    """Those of these homes of which it is asked who lives there."""
    wanted, asked = list(unit_ids), list[uuid.UUID]()
    for start in range(0, len(wanted), 500):
        some = Wait.subject_id.in_(wanted[start : start + 500])
        found = sa.select(Wait.subject_id).where(some, Wait.what == SAY_WHO_LIVES_THERE)
        asked += db.session.scalars(found.order_by(Wait.subject_id))
    return asked
