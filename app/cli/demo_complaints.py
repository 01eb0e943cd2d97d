"""Two complaints in the demonstration estate (V46): one with its first response given, one that waits for it."""

from datetime import datetime

import sqlalchemy as sa

from app.core.db import db
from app.core.ids import new_id
from app.core.journal import By
from app.estates.models import Estate
from app.issues.complaining import Matter, open_complaint, respond, the_complaint
from app.issues.complaint_rules import Grade, Nature
from app.issues.models import Issue
from app.issues.rules import State
from app.people.models import Staff

_COMPLAINTS = (
    (State.ACCEPTED, Matter(Nature.QUALITY, Grade.IMPORTANT), "已向业主致歉，明天上午由主管陪同师傅上门复查。"),
    (State.ROUTED, Matter(Nature.DELAY, Grade.ORDINARY), ""),
)
"""Which issue becomes one, and the first response, if it was given."""


def complain(estate: Estate, front_desk: Staff, supervisor: Staff, at: datetime) -> None:
    """The owner of the newest issue in each of these states has come to complain about it."""
    for state, matter, response in _COMPLAINTS:
        newest = sa.select(Issue).where(Issue.estate_id == estate.id, Issue.state == state, Issue.unit_id.is_not(None))
        issue = db.session.scalars(newest.order_by(Issue.round.desc(), Issue.raised_at.desc())).first()
        if issue is None:
            continue
        open_complaint(issue, matter, event_id=new_id(), by=By(front_desk.id), at=at)
        if response:
            respond(the_complaint(issue), response, event_id=new_id(), by=By(supervisor.id), at=at)
