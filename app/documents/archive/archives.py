"""Archives: the records of an estate and a period as one file. Ordered here, made by the press, kept for a month."""

import calendar
import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from flask import current_app

from app.core import journal
from app.core.clock import isoformat, local_date
from app.core.db import db
from app.core.errors import NotFound, Refused
from app.core.i18n import _, lazy_
from app.core.journal import By, JournalLine
from app.documents import at_the_press
from app.documents.archive.archive_format import Waiting
from app.documents.at_the_press import OPEN, seen, tell_who_asked
from app.documents.bundles import LANGUAGES
from app.documents.models import Archive, Progress
from app.estates.models import Estate
from app.people.models import Staff
from app.visits.models import Attempt, Inspection, Visit

KEPT_FOR = timedelta(days=30)
"""So long a file stays; ordered anew, unchanged records come as the same papers."""
LONGEST = 366
"""Days of one archive."""
SHOWN = 50
"""So much of what is absent is kept with the order; all of it stands in the archive."""


NotEntered = Callable[[uuid.UUID], Iterable[datetime | None]]
"""Of each record of an estate that waits for a person and is entered nowhere, when it was; nothing if unreadable."""


@dataclass(frozen=True)
class Days:
    """A period: both days are in it."""

    first: date
    last: date

    def moments(self, zone: str) -> tuple[datetime, datetime]:
        """From the first midnight on, before the last."""
        begin, end = self.first, self.last + timedelta(days=1)
        return datetime.combine(begin, time(), ZoneInfo(zone)), datetime.combine(end, time(), ZoneInfo(zone))

    def months(self) -> "Iterator[Days]":
        """Its months, the first and the last as far as they are in it."""
        month = month_of(self.first)
        while month.first <= self.last:
            yield Days(max(month.first, self.first), min(month.last, self.last))
            month = month_of(month.last + timedelta(days=1))

    def __str__(self) -> str:
        return f"{self.first.isoformat()}..{self.last.isoformat()}"

    @classmethod
    def read(cls, said: str) -> "Days":
        """The days that `str` wrote."""
        first, last = said.split("..")
        return cls(date.fromisoformat(first), date.fromisoformat(last))


@dataclass(frozen=True)
class Held:
    """How many visits a period had, and of how many the record is archived, so that nothing in it can change."""

    days: Days
    records: int
    archived: int


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


# --- periods ---


def month_of(day: date) -> Days:
    """The month of a day."""
    return Days(day.replace(day=1), day.replace(day=calendar.monthrange(day.year, day.month)[1]))


def quarter_of(day: date) -> Days:
    """The quarter of a day."""
    begins = day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)
    return Days(begins, month_of(begins.replace(month=begins.month + 2)).last)


def year_of(day: date) -> Days:
    """The year of a day."""
    return Days(date(day.year, 1, 1), date(day.year, 12, 31))


def months_visited(estate: Estate) -> dict[date, tuple[int, int]]:
    """First day of each month in which somebody was visited → visits, and how many of their records are archived."""
    mine = sa.select(sa.func.min(Visit.started_at), sa.func.max(Visit.started_at)).where(Visit.estate_id == estate.id)
    first, last = db.session.execute(mine).one()
    if first is None:
        return {}
    begun = {days.first: days.moments(estate.time_zone)[0] for days in _months(first, last, estate.time_zone)}
    newest_first = sorted(begun, reverse=True)
    which = sa.case(*((Visit.started_at >= begun[month], n) for n, month in enumerate(newest_first)), else_=-1)
    found = sa.select(which.label("which"), sa.func.count(), sa.func.count(Visit.archived_at))
    rows = db.session.execute(found.where(Visit.estate_id == estate.id).group_by("which").order_by("which"))
    return {newest_first[n]: (records, archived) for n, records, archived in rows}


def _months(first: datetime, last: datetime, zone: str) -> Iterator[Days]:
    month = month_of(local_date(first, zone))
    while month.first <= local_date(last, zone):
        yield month
        month = month_of(month.last + timedelta(days=1))


def counted(periods: Iterable[Days], months: dict[date, tuple[int, int]]) -> list[Held]:
    """Each period, of whole months, once, with what it holds."""
    return [
        Held(
            days,
            sum(records for month, (records, _archived) in months.items() if days.first <= month <= days.last),
            sum(archived for month, (_records, archived) in months.items() if days.first <= month <= days.last),
        )
        for days in dict.fromkeys(periods)
    ]


def visits_within(estate: Estate, days: Days) -> list[uuid.UUID]:
    """The visits of a period, in the order in which they began."""
    begin, end = days.moments(estate.time_zone)
    found = sa.select(Visit.id).where(Visit.estate_id == estate.id, Visit.started_at >= begin, Visit.started_at < end)
    return list(db.session.scalars(found.order_by(Visit.started_at, Visit.id)))


def waiting_within(days: Days, zone: str, moments: Iterable[datetime | None]) -> Waiting:
    """How many of the records that are not entered are of a period. `moments`: as `NotEntered` says."""
    begin, end = days.moments(zone)
    all_of_them = list(moments)
    of_period = sum(at is not None and begin <= at < end for at in all_of_them)
    return Waiting(of_period=of_period, unread=all_of_them.count(None))


def _something_else_within(estate: Estate, days: Days) -> bool:
    """Whether anybody was tried in vain, or anything noticed on an inspection."""
    begin, end = days.moments(estate.time_zone)
    tried = sa.exists().where(Attempt.estate_id == estate.id, Attempt.tried_at >= begin, Attempt.tried_at < end)
    noticed = sa.exists().where(
        Inspection.estate_id == estate.id, Inspection.noticed_at >= begin, Inspection.noticed_at < end
    )
    return bool(db.session.scalar(sa.select(sa.or_(tried, noticed))))


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
    if not total and not _something_else_within(estate, days):
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
