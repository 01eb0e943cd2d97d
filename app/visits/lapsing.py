"""A month that is over: what nobody has filed of it, plan or change of one, waits for nobody. The caller commits."""

from datetime import datetime

import sqlalchemy as sa

from app.core import waits
from app.core.clock import local_date
from app.core.db import db
from app.core.journal import By
from app.core.waits import Wait
from app.estates.models import Estate
from app.estates.queries import all_estates
from app.visits.amendments import note_amendment
from app.visits.models import Plan, PlanAmendment
from app.visits.planning import month_of
from app.visits.plans import note


def let_plans_lapse(at: datetime) -> int:
    """Ask nobody any more to review, file or put right a plan of a month that is over, or a change of one.

    It stays as it is, with all that was said of it. The homes of a plan return to the next proposal. Returns how many
    there were.
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
    return len(lapsed) + _let_changes_lapse(estate, this, at)


def _let_changes_lapse(estate: Estate, this: str, at: datetime) -> int:
    over = sa.select(PlanAmendment).join(PlanAmendment.plan).where(Plan.estate_id == estate.id, Plan.month < this)
    waited_for = over.where(sa.exists().where(Wait.subject_id == PlanAmendment.id)).order_by(PlanAmendment.id)
    lapsed = list(db.session.scalars(waited_for.with_for_update(of=PlanAmendment)))
    for amendment in lapsed:
        waits.end(amendment.id)
        note_amendment(amendment, "plan_amendment:lapsed", {"month": amendment.plan.month}, by=By(), at=at)
    return len(lapsed)
