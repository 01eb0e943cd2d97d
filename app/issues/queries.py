"""What is asked about issues."""

import uuid
from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from app.core.db import db
from app.core.errors import NotFound
from app.core.i18n import _
from app.issues.models import Category, Issue
from app.issues.rules import State

OPEN = tuple(state for state in State if state is not State.CLOSED)


def categories(estate_id: uuid.UUID) -> list[Category]:
    """An estate's categories, in the order they are shown."""
    found = sa.select(Category).where(Category.estate_id == estate_id).order_by(Category.position, Category.code)
    return list(db.session.scalars(found))


def categories_by_code(estate_id: uuid.UUID) -> dict[str, Category]:
    """Code → category."""
    return {category.code: category for category in categories(estate_id)}


def the_issue(estate_id: uuid.UUID, issue_id: uuid.UUID) -> Issue:
    """An issue of this estate. Raises NotFound."""
    issue = db.session.get(Issue, issue_id)
    if issue is None or issue.estate_id != estate_id:
        raise NotFound("issue:unknown", _("This issue is not known in this estate."))
    return issue


def issues_by_id(ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Issue]:
    """These issues by id, locked in id order until the transaction ends."""
    found = sa.select(Issue).where(Issue.id.in_(sorted(ids))).order_by(Issue.id).with_for_update()
    return {issue.id: issue for issue in db.session.scalars(found)}


def issues_at(unit_id: uuid.UUID) -> list[Issue]:
    """Every issue of a unit, newest first."""
    found = sa.select(Issue).where(Issue.unit_id == unit_id).order_by(Issue.raised_at.desc(), Issue.id)
    return list(db.session.scalars(found))


def issues_of_visit(visit_id: uuid.UUID) -> list[Issue]:
    """What was raised at a visit, in the order of the record."""
    found = (
        sa.select(Issue)
        .where(Issue.visit_id == visit_id)
        .options(selectinload(Issue.category), selectinload(Issue.department))
        .order_by(Issue.id)
    )
    return list(db.session.scalars(found))


def still_open(estate_id: uuid.UUID) -> int:
    """How many issues of an estate no owner has closed yet."""
    count = sa.select(sa.func.count()).select_from(Issue).where(Issue.estate_id == estate_id, Issue.state.in_(OPEN))
    return db.session.scalar(count) or 0
