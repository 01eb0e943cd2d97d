"""Who answers for an issue: whoever holds its unit on that day, a tenant for matters of their own use.

After a sale that is the new owner.
"""

import uuid
from datetime import date

import sqlalchemy as sa

from app.core.db import db
from app.estates.models import Ownership, Tenancy


def has_left(unit_id: uuid.UUID | None, person_id: uuid.UUID | None, day: date) -> bool:
    """Whether somebody owned or rented a unit once and does so no more on a day.

    A matter of the unit goes on with whoever holds it now; nobody who has left can call it good. Somebody who never
    held it, a child of the owner's, answers on the owner's behalf and has not left.
    """
    if unit_id is None or person_id is None:
        return False
    held = [row for kind in (Ownership, Tenancy) for row in _terms(kind, unit_id, person_id)]
    return bool(held) and not any(since <= day and (until is None or until > day) for since, until in held)


def is_anothers(unit_id: uuid.UUID | None, raised_by: uuid.UUID | None, person_id: uuid.UUID | None, day: date) -> bool:
    """Whether an owner raised it, and this person rents the unit on a day: no tenant calls an owner's matter good."""
    if unit_id is None or raised_by is None or person_id is None or person_id == raised_by:
        return False
    owns, rents = (
        any(since <= day and (until is None or until > day) for since, until in _terms(kind, unit_id, person_id))
        for kind in (Ownership, Tenancy)
    )
    return rents and not owns and bool(_terms(Ownership, unit_id, raised_by))


def _terms(
    kind: type[Ownership] | type[Tenancy], unit_id: uuid.UUID, person_id: uuid.UUID
) -> list[tuple[date, date | None]]:
    found = sa.select(kind.since, kind.until).where(kind.unit_id == unit_id, kind.person_id == person_id)
    return [(row.since, row.until) for row in db.session.execute(found)]
