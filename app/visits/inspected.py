"""What is asked about routine inspections."""

import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from app.core.blobs import Photo
from app.core.db import db
from app.issues.models import Issue
from app.issues.queries import issues_of_inspections
from app.visits.models import Inspection


@dataclass(frozen=True)
class Wanted:
    """Which inspections somebody wants to see; blank is every one."""

    officer_id: uuid.UUID | None = None
    words: str = ""


@dataclass(frozen=True)
class Noticed:
    """An inspection, what became of it, and its photos with those still on the tablet."""

    inspection: Inspection
    issue: Issue
    photos: list[Photo]

    @property
    def complete(self) -> bool:
        return all(photo.arrived_at is not None for photo in self.photos)


def find_inspections(
    estate_id: uuid.UUID, wanted: Wanted, *, start: int = 0, count: int = 50
) -> tuple[list[Noticed], int]:
    """The wanted inspections, newest first; and how many there are in all."""
    conditions = _conditions(estate_id, wanted)
    matching = sa.join(Inspection, Issue, Issue.inspection_id == Inspection.id)
    total = db.session.scalar(sa.select(sa.func.count()).select_from(matching).where(*conditions)) or 0
    page = (
        sa.select(Inspection)
        .select_from(matching)
        .where(*conditions)
        .options(joinedload(Inspection.officer))
        .order_by(Inspection.noticed_at.desc(), Inspection.id)
        .offset(start)
        .limit(count)
    )
    found = list(db.session.scalars(page))
    issues, photos = issues_of_inspections(one.id for one in found), _photos(one.id for one in found)
    return [Noticed(one, issues[one.id], photos[one.id]) for one in found], total


def inspection_of(issue: Issue) -> Inspection | None:
    """The inspection on which an issue was noticed; none for what an owner raised."""
    return db.session.get(Inspection, issue.inspection_id) if issue.inspection_id else None


def _photos(inspection_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, list[Photo]]:
    photos: dict[uuid.UUID, list[Photo]] = defaultdict(list)
    found = sa.select(Photo).where(Photo.record_id.in_(list(inspection_ids))).order_by(Photo.position, Photo.id)
    for photo in db.session.scalars(found):
        photos[photo.record_id].append(photo)
    return photos


def _conditions(estate_id: uuid.UUID, wanted: Wanted) -> list[sa.ColumnElement[bool]]:
    conditions = [Inspection.estate_id == estate_id]
    if wanted.officer_id:
        conditions.append(Inspection.officer_id == wanted.officer_id)
    if wanted.words:
        texts = (Inspection.number, Inspection.receipt_number, Inspection.place, Issue.number, Issue.text)
        conditions.append(sa.or_(*(text.icontains(wanted.words, autoescape=True) for text in texts)))
    return conditions
