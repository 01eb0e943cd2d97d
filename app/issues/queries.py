"""What is asked about issues."""

import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from app.core import ahead
from app.core.db import db
from app.core.errors import NotFound
from app.core.i18n import _
from app.core.waits import Wait
from app.estates.models import Unit
from app.estates.queries import code_contains
from app.issues.models import Category, Issue, OwnerAnswer
from app.issues.rules import ENDED, State

OPEN = tuple(state for state in State if state not in ENDED)


def categories(estate_id: uuid.UUID) -> list[Category]:
    """An estate's categories, in the order they are shown."""
    found = sa.select(Category).where(Category.estate_id == estate_id).order_by(Category.position, Category.code)
    return list(db.session.scalars(found))


def categories_by_code(estate_id: uuid.UUID) -> dict[str, Category]:
    """Code → category."""
    known = ahead.once(("categories", estate_id), lambda: categories(estate_id))
    return {category.code: category for category in known}


def the_issue(estate_id: uuid.UUID, issue_id: uuid.UUID) -> Issue:
    """An issue of this estate. Raises NotFound."""
    issue = db.session.get(Issue, issue_id)
    if issue is None or issue.estate_id != estate_id:
        raise NotFound("issue:unknown", _("This issue is not known in this estate."))
    return issue


def issues_by_id(ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Issue]:
    """These issues by id, locked in id order until the transaction ends."""
    wanted = sorted(ids)
    if not wanted:
        return {}
    found = sa.select(Issue).where(Issue.id.in_(wanted)).order_by(Issue.id).with_for_update()
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


def issues_of_visits(visit_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, list[Issue]]:
    """What was raised at each of these visits, in the order of its record; nothing for the others."""
    raised: dict[uuid.UUID, list[Issue]] = defaultdict(list)
    found = sa.select(Issue).where(Issue.visit_id.in_(list(visit_ids))).options(joinedload(Issue.department))
    for issue in db.session.scalars(found.order_by(Issue.id)):
        if issue.visit_id is not None:
            raised[issue.visit_id].append(issue)
    return raised


def issues_of_inspections(inspection_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Issue]:
    """Inspection → the issue that was noticed."""
    found = sa.select(Issue).where(Issue.inspection_id.in_(list(inspection_ids))).options(joinedload(Issue.department))
    return {issue.inspection_id: issue for issue in db.session.scalars(found) if issue.inspection_id}


def answers_of_visits(visit_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, list[OwnerAnswer]]:
    """What the owners answered at each of these visits about issues raised before; nothing for the others."""
    answered: dict[uuid.UUID, list[OwnerAnswer]] = defaultdict(list)
    found = sa.select(OwnerAnswer).where(OwnerAnswer.visit_id.in_(list(visit_ids)))
    earlier = found.join(OwnerAnswer.issue).where(Issue.visit_id != OwnerAnswer.visit_id)
    for said in db.session.scalars(earlier.options(joinedload(OwnerAnswer.issue)).order_by(OwnerAnswer.id)):
        answered[said.visit_id].append(said)
    return answered


def answers_of_visit(visit_id: uuid.UUID) -> list[OwnerAnswer]:
    """What the owner answered about earlier issues at a visit, and about those answered on the spot."""
    found = sa.select(OwnerAnswer).where(OwnerAnswer.visit_id == visit_id).options(joinedload(OwnerAnswer.issue))
    return list(db.session.scalars(found.order_by(OwnerAnswer.id)))


def open_at(unit_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, int]:
    """How many issues of each of these units are open, those without any left out."""
    counted = sa.select(Issue.unit_id, sa.func.count()).where(Issue.unit_id.in_(list(unit_ids)), Issue.state.in_(OPEN))
    return {row[0]: row[1] for row in db.session.execute(counted.group_by(Issue.unit_id)) if row[0]}


def still_open(estate_id: uuid.UUID) -> int:
    """How many issues of an estate no owner has closed yet, and no supervisor verified where there is no owner."""
    count = sa.select(sa.func.count()).select_from(Issue).where(Issue.estate_id == estate_id, Issue.state.in_(OPEN))
    return db.session.scalar(count) or 0


@dataclass(frozen=True)
class Wanted:
    """Which issues somebody wants to see; blank is every one. `only_of`: no other departments than these.

    `noticed`: only what was noticed on an inspection.
    """

    states: tuple[State, ...] = ()
    department_id: uuid.UUID | None = None
    only_of: frozenset[uuid.UUID] | None = None
    late_at: datetime | None = None
    noticed: bool = False
    words: str = ""


def find_issues(
    estate_id: uuid.UUID, wanted: Wanted, *, start: int = 0, count: int = 50
) -> tuple[list[tuple[Issue, Wait | None]], int]:
    """Issues with what each waits for, in the order to act, then newest first; and how many there are in all."""
    conditions = _conditions(estate_id, wanted)
    total = db.session.scalar(sa.select(sa.func.count()).select_from(_WITH_WAIT).where(*conditions)) or 0
    page = (
        sa.select(Issue, Wait)
        .select_from(_WITH_WAIT)
        .where(*conditions)
        .options(
            joinedload(Issue.unit).joinedload(Unit.building),
            joinedload(Issue.building),
            joinedload(Issue.category),
            joinedload(Issue.department),
            joinedload(Issue.officer),
        )
        .order_by(Wait.due_at.is_(None), Wait.due_at, Issue.raised_at.desc(), Issue.id)
        .offset(start)
        .limit(count)
    )
    return [(issue, wait) for issue, wait in db.session.execute(page).unique()], total


def count_by_state(estate_id: uuid.UUID, wanted: Wanted) -> dict[State, int]:
    """How many of the wanted issues stand in each state."""
    counted = sa.select(Issue.state, sa.func.count()).select_from(_WITH_WAIT).where(*_conditions(estate_id, wanted))
    return {row[0]: row[1] for row in db.session.execute(counted.group_by(Issue.state))}


_WITH_WAIT = sa.outerjoin(Issue, Wait, sa.and_(Wait.estate_id == Issue.estate_id, Wait.subject_id == Issue.id))


def _conditions(estate_id: uuid.UUID, wanted: Wanted) -> list[sa.ColumnElement[bool]]:
    conditions = [Issue.estate_id == estate_id]
    if wanted.states:
        conditions.append(Issue.state.in_(wanted.states))
    if wanted.department_id:
        conditions.append(Issue.department_id == wanted.department_id)
    if wanted.only_of is not None:
        conditions.append(Issue.department_id.in_(wanted.only_of))
    if wanted.late_at:
        conditions.append(Wait.due_at < wanted.late_at)
    if wanted.noticed:
        conditions.append(Issue.inspection_id.is_not(None))
    if wanted.words:
        conditions.append(_says(wanted.words))
    return conditions


def _says(words: str) -> sa.ColumnElement[bool]:
    """Issues whose number, text, owner, unit or place contains these words."""
    units = sa.select(Unit.id).join(Unit.building).where(code_contains(words))
    return sa.or_(
        Issue.number.icontains(words, autoescape=True),
        Issue.text.icontains(words, autoescape=True),
        Issue.raised_by.icontains(words, autoescape=True),
        Issue.place.icontains(words, autoescape=True),
        Issue.unit_id.in_(units),
    )


def issues_shown(ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Issue]:
    """These issues by id, with what a list shows of them."""
    found = (
        sa.select(Issue)
        .where(Issue.id.in_(list(ids)))
        .options(
            joinedload(Issue.unit).joinedload(Unit.building), joinedload(Issue.building), joinedload(Issue.officer)
        )
    )
    return {issue.id: issue for issue in db.session.scalars(found)}


def open_by_department(estate_id: uuid.UUID, at: datetime) -> dict[uuid.UUID, tuple[int, int]]:
    """Department → open issues that wait for it, and how many of them are late."""
    late = sa.func.sum(sa.case((Wait.due_at < at, 1), else_=0))
    rows = db.session.execute(
        sa.select(Wait.department_id, sa.func.count(), late)
        .where(Wait.estate_id == estate_id, Wait.subject_type == "issue", Wait.department_id.is_not(None))
        .group_by(Wait.department_id)
    )
    return {department: (count, int(overdue)) for department, count, overdue in rows if department}
