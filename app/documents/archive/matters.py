"""What an archive holds beside the records of visits: a row for each kind of matter, in the order of the index."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass

import sqlalchemy as sa

from app.core.db import db
from app.core.errors import Words
from app.core.i18n import lazy_
from app.core.journal import JournalLine
from app.documents.archive.archives import Days
from app.documents.archive.matter import Matter
from app.documents.archive.of_issues import tell_issue
from app.documents.archive.of_records import tell_attempt, tell_inspection
from app.documents.sheets_of.visit_record import category_paths
from app.estates.models import Estate
from app.issues.models import Issue
from app.issues.queries import issues_of_inspections
from app.visits.models import Attempt, Inspection


@dataclass(frozen=True)
class MatterKind:
    """`folder`: where its files lie. `within`: ids of a period's matters, in order. `tell`: what is told of one.

    `has_page`: a page of its own in each language, for whoever reads its history.
    """

    type: str
    folder: str
    title: Words
    within: Callable[[Estate, Days], list[uuid.UUID]]
    tell: Callable[[Estate, uuid.UUID], Matter]
    has_page: bool = False


# --- which ---


def _attempts(estate: Estate, days: Days) -> list[uuid.UUID]:
    begin, end = days.moments(estate.time_zone)
    found = sa.select(Attempt.id).where(Attempt.estate_id == estate.id)
    found = found.where(Attempt.tried_at >= begin, Attempt.tried_at < end)
    return list(db.session.scalars(found.order_by(Attempt.tried_at, Attempt.id)))


def _inspections(estate: Estate, days: Days) -> list[uuid.UUID]:
    begin, end = days.moments(estate.time_zone)
    found = sa.select(Inspection.id).where(Inspection.estate_id == estate.id)
    found = found.where(Inspection.noticed_at >= begin, Inspection.noticed_at < end)
    return list(db.session.scalars(found.order_by(Inspection.noticed_at, Inspection.id)))


def _issues(estate: Estate, days: Days) -> list[uuid.UUID]:
    """Those raised in the period, and those that went on in it."""
    begin, end = days.moments(estate.time_zone)
    went_on = sa.select(JournalLine.subject_id).where(
        JournalLine.stream == estate.id,
        JournalLine.subject_type == "issue",
        JournalLine.at >= begin,
        JournalLine.at < end,
    )
    raised = sa.and_(Issue.raised_at >= begin, Issue.raised_at < end)
    found = sa.select(Issue.id).where(Issue.estate_id == estate.id, sa.or_(raised, Issue.id.in_(went_on)))
    return list(db.session.scalars(found.order_by(Issue.raised_at, Issue.id)))


# --- what ---


def _attempt(estate: Estate, id_: uuid.UUID) -> Matter:
    return tell_attempt(db.session.get_one(Attempt, id_), estate)


def _inspection(estate: Estate, id_: uuid.UUID) -> Matter:
    return tell_inspection(db.session.get_one(Inspection, id_), issues_of_inspections([id_]).get(id_), estate)


def _issue(estate: Estate, id_: uuid.UUID) -> Matter:
    issue = db.session.get_one(Issue, id_)
    return tell_issue(issue, estate, category_paths(estate.id)[issue.category_id])


MATTERS: tuple[MatterKind, ...] = (
    MatterKind("attempt", "attempts", lazy_("Tries that met nobody"), _attempts, _attempt),
    MatterKind("inspection", "inspections", lazy_("Routine inspections"), _inspections, _inspection),
    MatterKind("issue", "issues", lazy_("Issues and their rectification"), _issues, _issue, has_page=True),
)
