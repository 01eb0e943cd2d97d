"""The photos that a record names: expected, arrived, shown beside the work. The caller commits."""

import uuid
from datetime import datetime

import sqlalchemy as sa

from app.core import blobs
from app.core.blobs import Photo
from app.core.db import db, take_turn
from app.core.ids import derived_id
from app.core.journal import By
from app.issues.models import Issue, OwnerAnswer
from app.issues.progress import TAKEN_AFTER, taken_on_a_visit
from app.visits.arrival import Arrival, write
from app.visits.messages import PhotoTaken, VisitHeld
from app.visits.models import Inspection, Visit


def photos_arrived(sealed: str, sha256: str, *, at: datetime) -> None:
    """The bytes named `sealed` are here and hold the picture `sha256`: complete the records that miss nothing more.

    A record that named another picture stays incomplete: it is not the one that its owner saw.
    """
    take_turn(sealed)
    for photo in blobs.photos_sealed_as(sealed):
        if photo.arrived_at is None and photo.sha256 == sha256:
            photo.arrived_at = at
            _note_photo(photo, at=at)
            if photo.subject_type == TAKEN_AFTER:
                show_the_work(photo, at=at)


def missing(visit_id: uuid.UUID) -> list[str]:
    """The sealed names of the photos that a visit still waits for."""
    return [photo.sealed for photo in blobs.photos_in(visit_id) if photo.arrived_at is None]


def _note_photo(photo: Photo, *, at: datetime) -> None:
    """Say that a photo came, and that its record is complete if it was the last."""
    # Locked, so that of two photos that come at the same moment the second one knows of the first.
    visit = db.session.get(Visit, photo.record_id, with_for_update=True)
    if visit is None:
        _note_photo_of_inspection(photo, at=at)
        return
    by = By(device_id=visit.device_id)
    if not visit.complete and not missing(visit.id):
        visit.complete = True
        write(visit, "visit:complete", {}, by=by, at=at)
    else:
        write(visit, "visit:photo_arrived", {"sha256": photo.sha256}, by=by, at=at)


def show_the_work(photo: Photo, *, at: datetime) -> None:
    """A photo taken at a callback is here: it stands beside those that the department took of that round's work."""
    issue, visit = db.session.get(Issue, photo.subject_id), db.session.get(Visit, photo.record_id)
    if issue is None or visit is None or issue.unit_id != visit.unit_id:
        return
    asked = sa.select(OwnerAnswer.round).where(OwnerAnswer.issue_id == issue.id, OwnerAnswer.visit_id == visit.id)
    round_ = db.session.scalar(asked.order_by(OwnerAnswer.id).limit(1)) or issue.round
    by = By(staff_id=visit.officer_id, device_id=visit.device_id)
    taken_on_a_visit(issue, photo, round_, event_id=derived_id(photo.id, issue.id, "shows"), by=by, at=at)


def _note_photo_of_inspection(photo: Photo, *, at: datetime) -> None:
    """The same of an inspection: its row never changes, what has arrived says whether it is complete."""
    inspection = db.session.get(Inspection, photo.record_id, with_for_update=True)
    if inspection is None:
        return
    kind = "inspection:photo_arrived" if missing(inspection.id) else "inspection:complete"
    write(inspection, kind, {"sha256": photo.sha256}, by=By(device_id=inspection.device_id), at=at)


def photos_of(held: VisitHeld) -> int:
    """How many photos a visit names."""
    raised, shown = (one.photos for one in held.issues), (one.photos for one in held.answers)
    return sum(map(len, (*raised, *shown, *(one.photos for one in held.surveys))))


def name_photos(
    photos: list[PhotoTaken],
    subject_id: uuid.UUID,
    record: Visit | Inspection,
    arrival: Arrival,
    subject_type: str = "issue",
) -> None:
    """Expect the photos that a record names, of an issue or a sheet; those that came before it are here already."""
    for position, photo in enumerate(photos):
        take_turn(photo.sealed)
        db.session.add(
            Photo(
                estate_id=record.estate_id,
                record_id=record.id,
                subject_type=subject_type,
                subject_id=subject_id,
                position=position,
                sha256=photo.sha256,
                sealed=photo.sealed,
                width=photo.width,
                height=photo.height,
                size=photo.bytes,
                # The bytes may have come before the record that names them.
                arrived_at=arrival.at if blobs.held(photo.sha256) else None,
            )
        )
