"""Whether whoever was met stands in the owner file as what they were called at the door."""

import sqlalchemy as sa

from app.core.clock import local_date
from app.core.db import db
from app.estates.models import Estate, Ownership, Person, Tenancy
from app.estates.rules import PersonKind
from app.visits.models import Visit
from app.visits.rules import Relation

_HELD_BY: dict[Relation, type[Ownership] | type[Tenancy]] = {Relation.OWNER: Ownership, Relation.TENANT: Tenancy}


def stands_in_no_file(visit: Visit) -> bool:
    """Whether an owner or a tenant, as the officer wrote, is none by the owner file on the day of the visit.

    A company speaks through somebody who stands in no file. What others are to the owner the file need not know.
    """
    held_by = _HELD_BY.get(visit.interviewee_relation)
    if held_by is None:
        return False
    day = local_date(visit.started_at, db.session.get_one(Estate, visit.estate_id).time_zone)
    found = sa.select(Person.id, Person.name, Person.kind).join(held_by, held_by.person_id == Person.id)
    on = (held_by.since <= day, sa.or_(held_by.until.is_(None), held_by.until > day))
    holders = db.session.execute(found.where(held_by.unit_id == visit.unit_id, *on)).all()
    return not any(
        row.id == visit.interviewee_id or row.name == visit.interviewee_name or row.kind is PersonKind.COMPANY
        for row in holders
    )
