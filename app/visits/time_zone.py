"""An estate's time zone: put right until the first thing has its day there, so that no past day ever moves.

The caller commits.
"""

import uuid
from datetime import datetime
from zoneinfo import available_timezones

import sqlalchemy as sa

from app.agenda.models import Task
from app.core.db import db
from app.core.errors import Refused
from app.core.i18n import _
from app.core.journal import By
from app.estates.models import Estate
from app.estates.settings import keep
from app.issues.models import Issue
from app.repairs.models import WorkOrder
from app.surveys.models import Survey
from app.visits.models import Attempt, Inspection, Plan, Visit

_HAS_ITS_DAY = (Plan, Task, Visit, Attempt, Inspection, Issue, WorkOrder, Survey)
"""What is counted by the day on which it is due or happened: of the zone that the estate has then."""


def is_settled(estate_id: uuid.UUID) -> bool:
    """Whether anything of the estate has its day already."""
    return any(
        db.session.execute(sa.select(kind.id).where(kind.estate_id == estate_id).limit(1)).first()
        for kind in _HAS_ITS_DAY
    )


def set_time_zone(estate: Estate, zone: str, *, seen: int, by: By, at: datetime) -> list[str]:
    """Another zone than the wrong one with which the estate was founded. As `estates.settings.set_organisation`."""
    if zone == estate.time_zone:
        return []
    if zone not in available_timezones():
        raise Refused("settings:time_zone", _("There is no such time zone. One is Asia/Shanghai."))
    if is_settled(estate.id):
        words = _("Days are counted by this time zone already: it stays, or past days would move.")
        raise Refused("settings:time_zone_settled", words)
    return keep(estate, {"time_zone": zone}, seen=seen, by=by, at=at)
