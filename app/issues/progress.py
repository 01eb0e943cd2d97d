"""What a department and customer service note while an issue is worked on, and the photos before and after."""

import enum
import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.core import blobs, journal
from app.core.db import Kept, db
from app.core.errors import NotFound, Outdated, Refused
from app.core.i18n import _
from app.core.journal import By, Doc
from app.core.pictures import Picture
from app.issues.models import Issue
from app.issues.rules import ENDED

PROGRESSED = "issue:progressed"
"""The journal's kind."""
TAKEN_AFTER = "issue_after"
"""What a photo of a record is about that shows, at a callback, how the work has become."""
LONGEST_NOTE = 2000
MOST_PHOTOS = 6
"""As many as are taken in at once."""


class Stage(enum.Enum):
    """Whether a photo shows how it was, or how it is now."""

    BEFORE = "before"
    AFTER = "after"


class ProgressNote(Kept):
    """Words about the work on an issue, as somebody wrote them in one of its rounds. They never change."""

    __tablename__ = "progress_note"

    estate_id: Mapped[uuid.UUID] = mapped_column(index=True)
    issue_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("issue.id"), index=True)
    round: Mapped[int]
    text: Mapped[str] = mapped_column(sa.Text)
    staff_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("staff.id"))
    at: Mapped[datetime]


class WorkPhoto(Kept):
    """A photo of the work on an issue, made anew from what a camera sent, here or on a tablet. It never changes."""

    __tablename__ = "work_photo"

    estate_id: Mapped[uuid.UUID] = mapped_column(index=True)
    issue_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("issue.id"), index=True)
    round: Mapped[int]
    stage: Mapped[Stage]
    position: Mapped[int]
    sha256: Mapped[str] = mapped_column(sa.String(64))
    width: Mapped[int]
    height: Mapped[int]
    staff_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("staff.id"))
    at: Mapped[datetime]


def note_progress(
    issue: Issue,
    text: str,
    photos: Sequence[Picture] = (),
    stage: Stage = Stage.BEFORE,
    *,
    event_id: uuid.UUID,
    by: By,
    at: datetime,
) -> bool:
    """Words about the work, photos of it, or both. It moves nothing: state, round and limit stay.

    Returns whether anything happened: the same event twice happens once. Raises Outdated once the issue has ended.
    """
    db.session.refresh(issue, ["state", "round"], with_for_update=True)
    if journal.happened(event_id):
        return False
    if issue.state in ENDED:
        raise Outdated("issue:ended", _("This issue has ended: nothing is added to it any more."))
    if not text.strip() and not photos:
        raise Refused("issue:nothing_noted", _("Write what you saw or did, or add a photo."))
    if len(photos) > MOST_PHOTOS:
        raise Refused("photo:too_many", _("At most %(n)s photos at once.", n=MOST_PHOTOS))

    data = {"round": issue.round, "note": text.strip()}
    if text.strip():
        note = ProgressNote(text=text.strip(), staff_id=by.staff_id, at=at, **_of(issue))
        db.session.add(note)
    if photos:
        data |= {"stage": stage.value, "photos": _keep(issue, photos, stage, by=by, at=at)}
    # Tablets hold what belongs to a unit: what nobody owns is none of their documents.
    changes = (Doc("issue", issue.id), Doc("unit", issue.unit_id)) if issue.unit_id else ()
    subject = ("issue", issue.id)
    journal.write(issue.estate_id, PROGRESSED, subject, by=by, at=at, data=data, changes=changes, event_id=event_id)
    return True


def taken_on_a_visit(
    issue: Issue, photo: blobs.Photo, round_: int, *, event_id: uuid.UUID, by: By, at: datetime
) -> None:
    """A photo taken at a callback has arrived: it shows the work of the round asked about, whatever came of that since.

    What was taken at a door has no place in it: the tablet made it anew; shown, it is made anew once more.
    """
    if journal.happened(event_id):
        return
    kept = WorkPhoto(
        estate_id=issue.estate_id,
        issue_id=issue.id,
        round=round_,
        stage=Stage.AFTER,
        position=photo.position,
        sha256=photo.sha256,
        width=photo.width,
        height=photo.height,
        staff_id=by.staff_id,
        at=at,
    )
    db.session.add(kept)
    db.session.flush()
    data = {"round": round_, "note": "", "stage": Stage.AFTER.value, "photos": [str(kept.id)]}
    changes = (Doc("issue", issue.id), Doc("unit", issue.unit_id)) if issue.unit_id else ()
    subject = ("issue", issue.id)
    journal.write(issue.estate_id, PROGRESSED, subject, by=by, at=at, data=data, changes=changes, event_id=event_id)


def _keep(issue: Issue, photos: Sequence[Picture], stage: Stage, *, by: By, at: datetime) -> list[str]:
    """The ids of the photos, whose bytes are kept."""
    kept = [
        WorkPhoto(
            stage=stage,
            position=n,
            sha256=blobs.keep(photo.content, "image/jpeg", at=at),
            width=photo.width,
            height=photo.height,
            staff_id=by.staff_id,
            at=at,
            **_of(issue),
        )
        for n, photo in enumerate(photos)
    ]
    db.session.add_all(kept)
    db.session.flush()
    return [str(photo.id) for photo in kept]


def _of(issue: Issue) -> dict[str, uuid.UUID | int]:
    return {"estate_id": issue.estate_id, "issue_id": issue.id, "round": issue.round}


def work_photos(issue_id: uuid.UUID) -> list[WorkPhoto]:
    """The photos of the work on an issue, in the order they came in."""
    found = sa.select(WorkPhoto).where(WorkPhoto.issue_id == issue_id)
    return list(db.session.scalars(found.order_by(WorkPhoto.at, WorkPhoto.position, WorkPhoto.id)))


def the_work_photo(estate_id: uuid.UUID, photo_id: uuid.UUID) -> WorkPhoto:
    """A photo of the work in this estate. Raises NotFound."""
    photo = db.session.get(WorkPhoto, photo_id)
    if photo is None or photo.estate_id != estate_id:
        raise NotFound("photo:unknown", _("This photo is not known in this estate."))
    return photo


def photos_counted(issue_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, int]:
    """Issue → how many photos of the work there are, those without any left out."""
    counted = sa.select(WorkPhoto.issue_id, sa.func.count()).where(WorkPhoto.issue_id.in_(list(issue_ids)))
    return {row[0]: row[1] for row in db.session.execute(counted.group_by(WorkPhoto.issue_id))}


def photos_of_rounds(issue_ids: Iterable[uuid.UUID]) -> dict[tuple[uuid.UUID, int, Stage], int]:
    """Issue, round and stage → how many photos of the work there are, those without any left out."""
    by = (WorkPhoto.issue_id, WorkPhoto.round, WorkPhoto.stage)
    counted = sa.select(*by, sa.func.count()).where(WorkPhoto.issue_id.in_(list(issue_ids))).group_by(*by)
    return {(row[0], row[1], row[2]): row[3] for row in db.session.execute(counted)}
