"""The facts of an estate's year, as they stand now."""

import json
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from app.agenda.models import Task
from app.agenda.rules import EVERY_CALLBACK, OF_SURVEYS, TaskKind, TaskState
from app.core.clock import local_date
from app.core.db import IdText, by_id, db, few_ids
from app.core.errors import NotFound
from app.core.i18n import _
from app.estates.households import is_household
from app.estates.models import Estate, Unit
from app.estates.queries import buildings_of
from app.estates.rules import limits
from app.issues.became import Became, became
from app.issues.models import Issue, OwnerAnswer
from app.issues.rules import Answer
from app.people.queries import departments, ever_in
from app.reports.counting import NOWHERE, Dimension, Due, Facts, Home, Key, Raised, Try
from app.reports.models import YearReport
from app.reports.rules import ReportState
from app.visits.figures import day_held, is_in_file, things_due
from app.visits.models import MET_AT, Attempt, Visit
from app.visits.rules import DUE, OWN_WORD, Category, Method, Relation, categories_of
from app.visits.who_was_met import Met, are_others

_NEVER = 9999
_CATEGORIES = sa.cast(Visit.categories, sa.Text)
_UNIT, _OFFICER = few_ids(Visit.unit_id, "unit_id"), few_ids(Visit.officer_id, "officer_id")
_PERSON = few_ids(Visit.interviewee_id, "person_id")
_OF_A_SURVEY = json.dumps([Category.SPECIAL.value])
_DUE_AT_HOMES = EVERY_CALLBACK | {TaskKind.PLANNED_VISIT, TaskKind.SPECIAL_VISIT, *OF_SURVEYS}


@dataclass(frozen=True)
class Year:
    """A year where the estate stands. `last`: its last day that has begun; `now`: the moment that it is counted at."""

    number: int
    zone: str
    now: datetime

    @property
    def first(self) -> date:
        return date(self.number, 1, 1)

    @property
    def until(self) -> date:
        """The first day that is not in it."""
        return date(self.number + 1, 1, 1)

    @property
    def last(self) -> date:
        return min(self.until - timedelta(days=1), local_date(self.now, self.zone))

    @property
    def is_over(self) -> bool:
        return local_date(self.now, self.zone) >= self.until

    @property
    def moments(self) -> tuple[datetime, datetime]:
        """From its first midnight on, before its last."""
        zone = ZoneInfo(self.zone)
        return datetime.combine(self.first, time(), zone), datetime.combine(self.until, time(), zone)


def facts_of(estate: Estate, year: Year) -> Facts:
    """All that the year's figures are counted from. Households are those of its last day, or of today."""
    homes = _homes(estate.id, year)
    return Facts(
        homes=homes,
        tries=[*_visits(estate, year, homes), *_attempts(estate.id, year, homes)],
        due=list(_due(estate.id, year, homes)),
        raised=list(_raised(estate.id, year)),
        proxy_share=limits(estate.settings).proxy_share,
    )


def first_year(estate: Estate) -> int:
    """The year of the first visit, attempt or issue, or in which one was due; the estate's own beginning may differ."""
    firsts = (
        sa.select(sa.func.min(MET_AT)).where(Visit.estate_id == estate.id),
        sa.select(sa.func.min(Attempt.tried_at)).where(Attempt.estate_id == estate.id),
        sa.select(sa.func.min(Issue.raised_at)).where(Issue.estate_id == estate.id),
    )
    known = [local_date(at, estate.time_zone) for first in firsts if (at := db.session.scalar(first)) is not None]
    due = sa.select(sa.func.min(Task.due_on)).where(
        Task.estate_id == estate.id, Task.kind.in_(_DUE_AT_HOMES), Task.state != TaskState.CANCELLED
    )
    first_due = db.session.scalar(due)
    return min((*known, *([first_due] if first_due else ())), default=date(_NEVER, 1, 1)).year


def report_of(estate_id: uuid.UUID, year: int) -> YearReport | None:
    """A year's report, if it was ever handed up."""
    found = sa.select(YearReport).where(YearReport.estate_id == estate_id, YearReport.year == year)
    return db.session.scalars(found).first()


def year_owed(estate: Estate, today: date) -> int | None:
    """The year before today's, if anything happened in it and it is not handed up (R17)."""
    year = today.year - 1
    report = report_of(estate.id, year)
    is_done = report is not None and report.state is not ReportState.BACK
    return None if is_done or first_year(estate) > year else year


def the_report(estate_id: uuid.UUID, report_id: uuid.UUID) -> YearReport:
    """A report of this estate. Raises NotFound."""
    report = db.session.get(YearReport, report_id)
    if report is None or report.estate_id != estate_id:
        raise NotFound("year:unknown", _("This is not known in this estate."))
    return report


def reports_by_id(ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, YearReport]:
    """These reports by id, with who handed them up."""
    return by_id(YearReport, ids, joinedload(YearReport.made_by))


def keys_of(estate: Estate, year: Year, by: Dimension, facts: Facts) -> list[Key]:
    """Of what there are lines: months, all categories and methods, buildings as one walks, departments with issues,
    officers by name who had anything to do.

    Months from the first in which anything happened here, until the one that it is now. What is in no building, or
    with no department, has a line if there is any.
    """
    if by is Dimension.MONTH:
        return list(range(_first_month(estate, year, facts), year.last.month + 1))
    if by is Dimension.CATEGORY:
        return list(Category)
    if by is Dimension.METHOD:
        return list(Method)
    if by is Dimension.BUILDING:
        known = [one.id for one in buildings_of(estate.id)]
        return [*known, NOWHERE] if any(one.building_id == NOWHERE for one in facts.raised) else list(known)
    if by is Dimension.OFFICER:
        at_work = {one.officer_id for many in (facts.tries, facts.due, facts.raised) for one in many}
        return [one.id for one in ever_in(estate.id) if one.id in at_work]
    having = {one.department_id for one in facts.raised}
    return [id_ for id_ in (*(one.id for one in departments(estate.id)), NOWHERE) if id_ in having]


def _first_month(estate: Estate, year: Year, facts: Facts) -> int:
    """January, but in the year in which everything began."""
    if year.number > first_year(estate):
        return 1
    return min((one.on.month for many in (facts.tries, facts.due, facts.raised) for one in many), default=1)


Homes = dict[uuid.UUID, Home]


def _homes(estate_id: uuid.UUID, year: Year) -> Homes:
    found = sa.select(Unit.id, Unit.building_id, is_household(year.last, year.zone)).where(Unit.estate_id == estate_id)
    return {id_: Home(building_id, bool(counts)) for id_, building_id, counts in db.session.execute(found)}


def _visits(estate: Estate, year: Year, homes: Homes) -> Iterable[Try]:
    """Whoever is neither owner nor tenant speaks on their behalf; so does whoever was only called so at the door."""
    begin, end = year.moments
    found = sa.select(
        *(_UNIT, MET_AT, Visit.interviewee_name, Visit.interviewee_relation, _PERSON),
        *(Visit.method, _CATEGORIES, Visit.rating, _OFFICER, is_in_file(year.first)),
    ).where(Visit.estate_id == estate.id, begin <= MET_AT, end > MET_AT)
    rows = db.session.execute(found).all()
    to_ask = [row for row in rows if row.interviewee_relation in OWN_WORD and not row[-1]]
    others = are_others((Met(*row[:5]) for row in to_ask), year.zone)
    are_none = {id(row) for row, is_other in zip(to_ask, others, strict=True) if is_other}
    for row in rows:
        unit_id, at, _name, relation, _person, method, categories, rating, officer_id, _known = row
        yield Try(
            on=local_date(at, year.zone),
            building_id=homes[unit_id].building_id,
            categories=_as_categories(categories),
            method=method,
            officer_id=officer_id,
            unit_id=unit_id,
            rating=rating,
            on_behalf=_is_on_behalf(relation) or id(row) in are_none,
        )


def _is_on_behalf(relation: Relation) -> bool:
    return relation not in OWN_WORD


def _attempts(estate_id: uuid.UUID, year: Year, homes: Homes) -> Iterable[Try]:
    """Attempts that met nobody, each of the categories that a visit there would have had."""
    begin, end = year.moments
    made = (Attempt.estate_id == estate_id, Attempt.tried_at >= begin, Attempt.tried_at < end)
    tasks = sa.select(sa.type_coerce(Task.id, IdText()), Task.kind)
    there = tasks.where(Task.unit_id.in_(sa.select(Attempt.unit_id).where(*made)))
    kinds = {row[0]: row[1] for row in db.session.execute(there)}
    unit, officer = few_ids(Attempt.unit_id, "unit_id"), few_ids(Attempt.officer_id, "officer_id")
    columns = (unit, Attempt.tried_at, Attempt.method, officer, Attempt.task_ids)
    for unit_id, at, method, officer_id, task_ids in db.session.execute(sa.select(*columns).where(*made)):
        yield Try(
            on=local_date(at, year.zone),
            building_id=homes[unit_id].building_id,
            categories=categories_of(kinds[one] for one in task_ids if one in kinds),
            method=method,
            officer_id=officer_id,
            unit_id=unit_id,
        )


def _due(estate_id: uuid.UUID, year: Year, homes: Homes) -> Iterable[Due]:
    today = local_date(year.now, year.zone)
    for thing in things_due(estate_id, _DUE_AT_HOMES, (year.first, year.until), today, year.zone):
        yield Due(
            on=thing.day,
            building_id=homes[thing.unit_id].building_id,
            categories=(DUE[thing.kind].category,),
            officer_id=thing.officer_id,
            unit_id=thing.unit_id,
            is_callback=thing.kind in EVERY_CALLBACK,
            held=thing.held,
            in_time=thing.in_time,
        )


def _raised(estate_id: uuid.UUID, year: Year) -> Iterable[Raised]:
    """Issues; of a round that nobody called good there is no answer, and of one that somebody did exactly one."""
    begin, end = year.moments
    called_good = sa.and_(
        OwnerAnswer.issue_id == Issue.id,
        OwnerAnswer.round == Issue.round,
        OwnerAnswer.answer == Answer.SATISFIED,
        OwnerAnswer.moved,
    )
    found = (
        sa.select(
            *(Issue.raised_at, Issue.rectified_at, Issue.closed_at, Issue.state, Issue.cannot, Issue.round),
            *(few_ids(Issue.officer_id, "officer_id"), few_ids(Issue.department_id, "department_id")),
            few_ids(sa.func.coalesce(Unit.building_id, Issue.building_id), "building_id"),
            *(Visit.method, _CATEGORIES.label("categories"), OwnerAnswer.answered_at),
            Issue.inspection_id.is_not(None).label("is_inspected"),
            (OwnerAnswer.visit_id == Issue.visit_id).label("good_there"),
        )
        .outerjoin(Unit, Unit.id == Issue.unit_id)
        .outerjoin(Visit, Visit.id == Issue.visit_id)
        .outerjoin(OwnerAnswer, called_good)
        .where(Issue.estate_id == estate_id, Issue.raised_at >= begin, Issue.raised_at < end)
    )
    for row in db.session.execute(found):
        has_become, on = became(row.state, row.cannot), local_date(row.raised_at, year.zone)
        yield Raised(
            on=on,
            building_id=row.building_id or NOWHERE,
            # What was written on the sheet of a survey belongs to the special visits that it was handed out on.
            categories=_as_categories(row.categories or ("[]" if row.is_inspected else _OF_A_SURVEY)),
            method=Method.INSPECTION if row.is_inspected else row.method,
            department_id=row.department_id or NOWHERE,
            officer_id=row.officer_id,
            became=has_become,
            round=row.round,
            on_the_spot=bool(row.good_there),
            days=(_called_good_on(row, year.zone) - on).days if has_become is Became.CLOSED else None,
        )


def _called_good_on(issue: Any, zone: str) -> date:
    """The day on which its owner said so, not that on which a tablet found a network to tell it."""
    said_at = issue.answered_at or issue.closed_at
    return day_held(said_at, issue.closed_at, issue.rectified_at or issue.raised_at, zone)


@cache
def _as_categories(names: str) -> frozenset[Category]:
    """Of a list as the database keeps it: of very many visits there are few different ones."""
    return frozenset(Category(name) for name in json.loads(names))
