"""A month that is over: whatever plan of it nobody has filed waits for nobody any more. The caller commits."""

from datetime import datetime

import sqlalchemy as sa

from app.core import waits
from app.core.clock import local_date
from app.core.db import db
from app.core.journal import By
from app.core.waits import Wait
from app.estates.models import Estate
from app.estates.queries import all_estates
from app.visits.models import Plan
from app.visits.planning import month_of
from app.visits.plans import note


def let_plans_lapse(at: datetime) -> int:
    """Ask nobody any more to review, file or put right a plan of a month that is over; returns how many there were.

    The plan stays as it is, with all that was said of it. Its homes return to the next proposal.
    """
    return sum(_let_lapse(estate, at) for estate in all_estates())


def _let_lapse(estate: Estate, at: datetime) -> int:
    this = month_of(local_date(at, estate.time_zone))
    over = sa.select(Plan).where(Plan.estate_id == estate.id, Plan.month < this)
    waited_for = over.where(sa.exists().where(Wait.subject_id == Plan.id)).order_by(Plan.id)
    lapsed = list(db.session.scalars(waited_for.with_for_update()))
    for plan in lapsed:
        waits.end(plan.id)
        note(plan, "plan:lapsed", {"month": plan.month}, by=By(), at=at)
    return len(lapsed)
