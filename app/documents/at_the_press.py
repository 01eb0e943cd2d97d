"""What all that the press makes has in common: what is next, who asked for it, and what becomes of what failed."""

import uuid

import sqlalchemy as sa

from app.core.db import db
from app.documents.models import Archive, Bundle, LongPaper, Progress
from app.people.models import Staff

OPEN = (Progress.WAITING, Progress.MAKING)
_MOST_TRIES = 3


def waiting(kind: type[Bundle] | type[Archive] | type[LongPaper]) -> list[uuid.UUID]:
    """What is to be made, asked for first first; what somebody is making is among it."""
    found = sa.select(kind.id).where(kind.state.in_(OPEN)).order_by(kind.asked_at, kind.id)
    return list(db.session.scalars(found))


def is_theirs(made: Bundle | LongPaper | None, staff: Staff, estate_id: uuid.UUID) -> bool:
    """Whether somebody asked for it in this estate: what others asked for is as if it was not here."""
    return made is not None and (made.staff_id, made.estate_id) == (staff.id, estate_id)


def note_failure(made: Bundle | Archive | LongPaper) -> None:
    """It is tried again, a few times."""
    made.failures += 1
    made.state = Progress.FAILED if made.failures >= _MOST_TRIES else Progress.WAITING
