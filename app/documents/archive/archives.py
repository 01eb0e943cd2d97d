"""Archives: the records of an estate and a period as one file. Ordered here, made by the press, kept for a month."""

import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import sqlalchemy as sa
from flask import current_app

from app.core import journal
from app.core.clock import isoformat
from app.core.db import db
from app.core.errors import NotFound, Refused
from app.core.i18n import _, lazy_
from app.core.journal import By, JournalLine
from app.documents import at_the_press
from app.documents.archive.archive_format import Waiting
from app.documents.archive.matters import MATTERS
from app.documents.archive.periods import Days, visits_within
from app.documents.at_the_press import OPEN, seen, tell_who_asked
from app.documents.bundles import LANGUAGES
from app.documents.models import Archive, Progress
from app.estates.models import Estate
from app.people.models import Staff

KEPT_FOR = timedelta(days=30)
"""So long a file stays; ordered anew, unchanged records come as the same papers."""
LONGEST = 366
"""Days of one archive."""
SHOWN = 50
"""So much of what is absent is kept with the order; all of it stands in the archive."""


NotEntered = Callable[[uuid.UUID], Iterable[datetime | None]]
"""Of each record of an estate that waits for a person and is entered nowhere, when it was; nothing if unreadable."""


@dataclass(frozen=True)
class Made:
    """A file that is finished: its bytes, its SHA-256, its records, and how many matters of each type beside them.

    `chosen_at`: when what is in it was chosen; `waiting`: what was not entered then.
    """

    size: int
    sha256: str
    records: int
    matters: dict[str, int]
    chosen_at: datetime
    waiting: Waiting


def waiting_within(days: Days, zone: str, moments: Iterable[datetime | None]) -> Waiting:
    """How many of the records that are not entered are of a period. `moments`: as `NotEntered` says."""
    begin, end = days.moments(zone)
    all_of_them = list(moments)
    of_period = sum(at is not None and begin <= at < end for at in all_of_them)
    return Waiting(of_period=of_period, unread=all_of_them.count(None))


# --- orders ---


def order_archive(
    estate: Estate, days: Days, *, languages: str, base: str, staff: Staff, by: By, at: datetime
) -> Archive:
    """Have the records of a period made into one file; one of the same that is not made yet is returned instead.

    Refuses `archive:period`, `archive:too_long`, `archive:languages`, and `archive:empty` where nothing was recorded.
    """
    if days.last < days.first:
        raise Refused("archive:period", lazy_("The last day lies before the first."))
    if (days.last - days.first).days >= LONGEST:
        raise Refused("archive:too_long", lazy_("One archive holds a year at most. Order one for each year."))
    if languages not in LANGUAGES:
        raise Refused("archive:languages", lazy_("The sheet can be had in Chinese, in English or in both."))
    if under_way := _under_way(estate, days, languages):
        return under_way
    total = len(visits_within(estate, days))
    if not total and not any(kind.within(estate, days) for kind in MATTERS):
        raise Refused("archive:empty", lazy_("Nothing was recorded in this period: there is nothing to archive."))
    ordered = Archive(
        estate_id=estate.id,
        staff_id=staff.id,
        asked_at=at,
        base=base,
        languages=languages,
        first_on=days.first,
        last_on=days.last,
        total=total,
    )
    db.session.add(ordered)
    db.session.flush()
    _note(ordered, "archive:ordered", {"records": total, "languages": languages}, by=by, at=at)
    return ordered


def note_taken(archive: Archive, *, by: By, at: datetime) -> None:
    """Somebody took the file away."""
    _note(archive, "archive:taken", {"sha256": archive.sha256}, by=by, at=at)
    if by.staff_id == archive.staff_id:
        seen(archive)


def the_archive(estate_id: uuid.UUID, archive_id: uuid.UUID) -> Archive:
    """An archive of this estate. Raises NotFound."""
    found = db.session.get(Archive, archive_id)
    if found is None or found.estate_id != estate_id:
        raise NotFound("archive:unknown", _("This archive is not here. Files of archives are kept for 30 days."))
    return found


def archives_of(estate_id: uuid.UUID) -> list[Archive]:
    """The archives of an estate that are kept, newest first."""
    found = sa.select(Archive).where(Archive.estate_id == estate_id)
    return list(db.session.scalars(found.order_by(Archive.asked_at.desc(), Archive.id.desc())))


def takings(archive_ids: Iterable[uuid.UUID]) -> list[JournalLine]:
    """The journal's lines that say who ordered these archives, what was made, and who took it, newest first."""
    kinds = ("archive:ordered", "archive:made", "archive:taken")
    found = sa.select(JournalLine).where(JournalLine.subject_id.in_(list(archive_ids)), JournalLine.kind.in_(kinds))
    return list(db.session.scalars(found.order_by(JournalLine.seq.desc())))


def file_of(archive_id: uuid.UUID) -> Path:
    """Where the file of an archive lies once it is made."""
    return folder() / f"{archive_id}.zip"


def folder() -> Path:
    """Where archives lie."""
    return Path(current_app.config["DATA"]) / "archives"


# --- making ---


def begin(archive: Archive, total: int) -> None:
    """Make it from its beginning; what was printed before stands on the shelf. `total`: of all that goes into it."""
    archive.state, archive.total, archive.made = Progress.MAKING, total, 0
    archive.absent, archive.absent_count = [], 0


def finish(archive: Archive, made: Made, at: datetime) -> None:
    """It lies where `file_of` says."""
    archive.state, archive.size, archive.sha256, archive.ready_at = Progress.READY, made.size, made.sha256, at
    archive.total = archive.made = made.records
    said = {"sha256": made.sha256, "records": made.records, "matters": made.matters}
    said |= {"chosen_at": isoformat(made.chosen_at), "waiting": made.waiting.model_dump()}
    _note(archive, "archive:made", said, by=By(), at=at)
    tell_who_asked(archive, KEPT_FOR, at=at)


def note_failure(archive: Archive, at: datetime) -> None:
    """It is tried again, a few times; then whoever ordered it is told."""
    at_the_press.note_failure(archive)
    if archive.state is Progress.FAILED:
        _note(archive, "archive:failed", {}, by=By(), at=at)
        tell_who_asked(archive, KEPT_FOR, at=at)


def clear_up(at: datetime) -> int:
    """Forget archives after a month, with their files; returns how many."""
    old = list(db.session.scalars(sa.select(Archive).where(Archive.asked_at < at - KEPT_FOR)))
    for archive in old:
        file_of(archive.id).unlink(missing_ok=True)
        file_of(archive.id).with_suffix(".part").unlink(missing_ok=True)
        seen(archive)
        db.session.delete(archive)
    return len(old)


def _under_way(estate: Estate, days: Days, languages: str) -> Archive | None:
    found = sa.select(Archive).where(
        Archive.estate_id == estate.id,
        Archive.first_on == days.first,
        Archive.last_on == days.last,
        Archive.languages == languages,
        Archive.state.in_(OPEN),
    )
    return db.session.scalars(found).first()


def _note(archive: Archive, kind: str, said: dict[str, object], *, by: By, at: datetime) -> None:
    period = {"first": archive.first_on.isoformat(), "last": archive.last_on.isoformat()}
    journal.write(archive.estate_id, kind, ("archive", archive.id), by=by, at=at, data={**period, **said})
