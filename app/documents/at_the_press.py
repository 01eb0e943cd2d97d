"""What all that the press makes has in common: what is next, who asked for it and is told, what becomes of failures."""

import uuid
from datetime import datetime, timedelta

import sqlalchemy as sa

from app.core import journal, waits
from app.core.db import db
from app.core.journal import By
from app.core.waits import FETCH, Holder
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


def tell_who_asked(made: Bundle | Archive | LongPaper, kept_for: timedelta, *, at: datetime) -> None:
    """It is made, or never will be: it waits in the inbox of whoever asked for it, as long as it is kept."""
    subject = made.__tablename__, made.id
    holder = Holder(staff_id=made.staff_id)
    waits.begin(made.estate_id, subject, FETCH, holder, since=at, due_at=max(at, made.asked_at + kept_for))


def note_end(made: Bundle | LongPaper, kept_for: timedelta, *, at: datetime) -> None:
    """The same, with its line in the journal; an archive has lines of its own."""
    what = "made" if made.state is Progress.READY else "failed"
    journal.write(
        made.estate_id, f"{made.__tablename__}:{what}", (made.__tablename__, made.id), by=By(), at=at, data={}
    )
    tell_who_asked(made, kept_for, at=at)


def seen(made: Bundle | Archive | LongPaper) -> None:
    """Whoever asked for it has it, or knows that it failed."""
    waits.end(made.id, FETCH)


def note_failure(made: Bundle | Archive | LongPaper) -> None:
    """It is tried again, a few times."""
    made.failures += 1
    made.state = Progress.FAILED if made.failures >= _MOST_TRIES else Progress.WAITING
