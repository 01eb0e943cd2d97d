"""Everything that moves a year's report: counted and handed up, passed on, sent back, assessed. The caller commits."""

import uuid
from datetime import datetime

from app.approvals.actions import make_move, submit
from app.approvals.queries import review_of
from app.approvals.rules import Move, Paper, State
from app.core import journal
from app.core.db import db, take_turn
from app.core.errors import Outdated, Refused
from app.core.i18n import _
from app.core.ids import new_id
from app.core.journal import By
from app.estates.models import Estate
from app.people.rules import Role
from app.reports.figures import as_text, figures_of, from_text, with_opinions
from app.reports.models import YearReport
from app.reports.queries import Year, report_of
from app.reports.rules import ReportState


def hand_up(estate: Estate, year: Year, summary: str, *, event_id: uuid.UUID, by: By) -> YearReport:
    """Count the year as it stands and hand it up (R17); one that came back is counted anew.

    Raises Refused while the year runs and without a summary, Outdated where it is handed up already. What still happens
    in it would be counted nowhere: it is assessed once, and all of it (R17).
    """
    take_turn(f"year {estate.id} {year.number}")
    known = report_of(estate.id, year.number)
    if known is not None and journal.happened(event_id):
        return known
    if not year.is_over:
        raise Refused("year:not_over", _("A year is handed up once it is over: until then not all of it is counted."))
    if not summary.strip():
        raise Refused("year:no_summary", _("Write in a few words what the year comes to."))
    if known is not None and known.state is not ReportState.BACK:
        raise Outdated("year:handed_up", _("This year is handed up already."))
    assert by.staff_id is not None, "a year is handed up by a person"
    report = known or YearReport(id=new_id(), estate_id=estate.id, year=year.number)
    report.summary, report.made_by_id, report.state = summary.strip(), by.staff_id, ReportState.UNDER_REVIEW
    report.figures, report.counted_at = as_text(figures_of(estate, year)), year.now
    db.session.add(report)
    db.session.flush()
    submit(Paper.YEAR, report.id, estate, event_id=event_id, by=by, at=year.now)
    return report


def move_report(
    report: YearReport,
    move: Move,
    *,
    after: int,
    roles: frozenset[Role],
    event_id: uuid.UUID,
    by: By,
    at: datetime,
    note: str = "",
) -> bool:
    """Pass it on, send it back, take it back; the last stage assesses it, with what was said of each issue on its list.

    As `approvals.actions.make_move`.
    """
    review = review_of(report.id)
    assert review is not None, "a report is under review from its beginning"
    moved = make_move(review, move, after=after, roles=roles, event_id=event_id, by=by, at=at, note=note)
    if moved and review.state is State.COMPLETE:
        estate = db.session.get_one(Estate, report.estate_id)
        report.figures = as_text(with_opinions(from_text(report.figures), estate, at))
        report.state, report.assessed_at = ReportState.ASSESSED, at
    elif moved and review.state is not State.RUNNING:
        report.state = ReportState.BACK
    return moved
