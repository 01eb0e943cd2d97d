"""Periods of archives: months, quarters and years, what was recorded in each, and which visits are of it."""

import calendar
import uuid
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute

from app.core.clock import local_date
from app.core.db import db
from app.core.journal import JournalLine
from app.estates.models import Estate
from app.issues.models import Complaint, Issue
from app.repairs.models import WorkOrder
from app.visits.models import Attempt, Inspection, Plan, SpecialVisit, Visit
from app.visits.rules import PlanState

_BESIDE = (
    (Attempt.estate_id, Attempt.tried_at),
    (Inspection.estate_id, Inspection.noticed_at),
    (Issue.estate_id, Issue.raised_at),
    (Complaint.estate_id, Complaint.received_at),
    (WorkOrder.estate_id, WorkOrder.reported_at),
    (SpecialVisit.estate_id, SpecialVisit.ordered_at),
)
"""Whose a matter beside the visits is, and when it began."""
_YEARS = 50
"""So far from today months are offered: a tablet's clock can be of any year."""


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


def months_recorded(estate: Estate, today: date) -> dict[date, tuple[int, int]]:
    """First day of each month in which something began, newest first → visits, and how many are archived.

    A plan counts once its month has begun. Months in which older matters only went on: `months_to_archive`.
    """
    mine = Visit.estate_id == estate.id
    counts = sa.func.count(), sa.func.count(Visit.archived_at)
    visited = {month: (n, archived) for month, n, archived in _by_month(estate, today, mine, Visit.started_at, *counts)}
    beside = {row[0] for whose, at in _BESIDE for row in _by_month(estate, today, whose == estate.id, at)}
    months = {*visited, *beside, *_planned(estate, today)}
    return {month: visited.get(month, (0, 0)) for month in sorted(months, reverse=True)}


def _by_month(
    estate: Estate,
    today: date,
    mine: sa.ColumnElement[bool],
    at: InstrumentedAttribute[datetime],
    *counts: sa.ColumnElement[int],
) -> list[tuple[Any, ...]]:
    """First day of each month in which any of a table was, and what is counted of it."""
    first, last = db.session.execute(sa.select(sa.func.min(at), sa.func.max(at)).where(mine)).one()
    if first is None:
        return []
    months = [days for days in _months(first, last, estate.time_zone) if abs(days.first.year - today.year) <= _YEARS]
    if not months:
        return []
    moments = [days.moments(estate.time_zone) for days in reversed(months)]
    which = sa.case(*((at >= begin, n) for n, (begin, _end) in enumerate(moments)), else_=-1).label("which")
    found = sa.select(which, *counts).where(mine, at >= moments[-1][0], at < moments[0][1])
    return [(months[-1 - n].first, *counted) for n, *counted in db.session.execute(found.group_by("which"))]


def months_without(known: Container[date], estate: Estate, today: date) -> Iterator[Days]:
    """The months since the estate's first line in the journal that are not known, the present one the last."""
    lines = sa.select(JournalLine.at).where(JournalLine.stream == estate.id)
    first = db.session.scalar(lines.order_by(JournalLine.seq).limit(1))
    month = month_of(local_date(first, estate.time_zone) if first else today)
    while month.first <= today:
        if month.first not in known:
            yield month
        month = month_of(month.last + timedelta(days=1))


def _planned(estate: Estate, today: date) -> Iterator[date]:
    found = sa.select(Plan.month).where(Plan.estate_id == estate.id, Plan.state != PlanState.DRAFT)
    for month in db.session.scalars(found.where(Plan.month <= f"{today:%Y-%m}")):
        yield date.fromisoformat(f"{month}-01")


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
