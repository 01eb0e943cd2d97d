"""What is asked about visits and attempts."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from app.core.db import db
from app.core.errors import NotFound
from app.core.i18n import _
from app.estates.models import Unit
from app.estates.queries import code_contains
from app.visits.models import Attempt, Visit


@dataclass(frozen=True)
class Wanted:
    """Which visits somebody wants to see; blank is every one. `since` and `until` bound the start, `until` excluded."""

    officer_id: uuid.UUID | None = None
    since: datetime | None = None
    until: datetime | None = None
    for_review: bool = False
    unsigned: bool = False
    words: str = ""


def the_visit(estate_id: uuid.UUID, visit_id: uuid.UUID) -> Visit:
    """A visit of this estate. Raises NotFound."""
    visit = db.session.get(Visit, visit_id)
    if visit is None or visit.estate_id != estate_id:
        raise NotFound("visit:unknown", _("This visit is not known in this estate."))
    return visit


def visits_by_id(ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Visit]:
    """These visits by id, with who held them."""
    found = sa.select(Visit).where(Visit.id.in_(list(ids))).options(joinedload(Visit.officer))
    return {visit.id: visit for visit in db.session.scalars(found)}


def find_visits(
    estate_id: uuid.UUID, wanted: Wanted, *, start: int = 0, count: int = 50
) -> tuple[list[Visit], int]:
    """The wanted visits, newest first; and how many there are in all."""
    conditions = _conditions(estate_id, wanted)
    total = db.session.scalar(sa.select(sa.func.count()).select_from(Visit).where(*conditions)) or 0
    page = (
        sa.select(Visit)
        .where(*conditions)
        .options(joinedload(Visit.unit).joinedload(Unit.building), joinedload(Visit.officer))
        .order_by(Visit.started_at.desc(), Visit.id)
        .offset(start)
        .limit(count)
    )
    return list(db.session.scalars(page)), total


def visits_at(unit_id: uuid.UUID) -> list[Visit]:
    """Every visit held at a unit, newest first."""
    found = sa.select(Visit).where(Visit.unit_id == unit_id).options(joinedload(Visit.officer))
    return list(db.session.scalars(found.order_by(Visit.started_at.desc())))


def attempts_at(unit_id: uuid.UUID) -> list[Attempt]:
    """Every attempt that met nobody at a unit, newest first."""
    found = sa.select(Attempt).where(Attempt.unit_id == unit_id).options(joinedload(Attempt.officer))
    return list(db.session.scalars(found.order_by(Attempt.tried_at.desc())))


def _conditions(estate_id: uuid.UUID, wanted: Wanted) -> list[sa.ColumnElement[bool]]:
    conditions = [Visit.estate_id == estate_id]
    if wanted.officer_id:
        conditions.append(Visit.officer_id == wanted.officer_id)
    if wanted.since:
        conditions.append(Visit.started_at >= wanted.since)
    if wanted.until:
        conditions.append(Visit.started_at < wanted.until)
    if wanted.for_review:
        conditions.append(Visit.review != "")
    if wanted.unsigned:
        conditions.append(Visit.unsigned.is_not(None))
    if wanted.words:
        conditions.append(_says(wanted.words))
    return conditions


def _says(words: str) -> sa.ColumnElement[bool]:
    """Visits whose numbers, interviewee, wishes or unit contain these words."""
    units = sa.select(Unit.id).join(Unit.building).where(code_contains(words))
    texts = (Visit.number, Visit.receipt_number, Visit.interviewee_name, Visit.wishes)
    return sa.or_(*(text.icontains(words, autoescape=True) for text in texts), Visit.unit_id.in_(units))
