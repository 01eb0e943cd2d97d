"""Figures of a stretch of time: households met, and how owners judged (policy, section 4). Counts, never rates."""

import uuid
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from app.agenda.models import Task
from app.agenda.queries import handed_on, missed_days
from app.agenda.rules import OF_SURVEYS, TaskKind, TaskState
from app.core.clock import local_date
from app.core.db import IdText, db, few_ids
from app.estates.households import is_household
from app.estates.models import Estate, Unit
from app.estates.rules import limits
from app.visits.judging import Judged
from app.visits.models import MET_AT, Visit
from app.visits.rules import OWN_WORD, Method, Rating, Relation
from app.visits.who_was_met import HELD_BY, Met, are_others, met_at


def households_met(estate: Estate, since: datetime, until: datetime, today: date) -> tuple[int, int]:
    """How many households were met at their door at least once in a time, of how many there are today."""
    households = sa.and_(Unit.estate_id == estate.id, is_household(today, estate.time_zone))
    at_the_door = (Visit.estate_id == estate.id, since <= MET_AT, until > MET_AT)
    met = Unit.id.in_(sa.select(Visit.unit_id).where(*at_the_door, Visit.method == Method.DOOR))
    row = db.session.execute(
        sa.select(sa.func.count().filter(met), sa.func.count()).select_from(Unit).where(households)
    ).one()
    return row[0], row[1]


def judged(estate: Estate, since: datetime, until: datetime) -> Judged:
    """How the visits of a time were rated, and by whom.

    Who is neither owner nor tenant speaks on their behalf, and so does whoever was only called so at the door where the
    owner file knows others: chosen from the file too, as a seller is by a tablet that has not heard of the sale.
    """
    within = (Visit.estate_id == estate.id, since <= MET_AT, until > MET_AT)
    door, phone, proxies = Counter[Rating](), Counter[Rating](), Counter[Rating]()
    to_ask = sa.and_(Visit.interviewee_relation.in_(OWN_WORD), ~is_in_file(local_date(since, estate.time_zone)))
    known = sa.select(Visit.rating, Visit.method, Visit.interviewee_relation, sa.func.count()).where(*within, ~to_ask)
    for rating, method, relation, count in db.session.execute(
        known.group_by(Visit.rating, Visit.method, Visit.interviewee_relation)
    ):
        told = phone if method is Method.PHONE else door
        (told if relation in OWN_WORD else proxies)[rating] += count
    called = (Visit.unit_id, MET_AT, Visit.interviewee_name, Visit.interviewee_relation, Visit.interviewee_id)
    asked = db.session.execute(sa.select(Visit.rating, Visit.method, *called).where(*within, to_ask)).all()
    others = are_others((Met(*row[2:]) for row in asked), estate.time_zone)
    for (rating, method, *_who), is_other in zip(asked, others, strict=True):
        (proxies if is_other else phone if method is Method.PHONE else door)[rating] += 1
    return Judged(door, phone, proxies, limits(estate.settings).proxy_share)


def is_in_file(since: date) -> sa.ColumnElement[bool]:
    """Whether the owner file says of whoever was met at a visit, since that day or longer, what they were called."""
    return sa.or_(*(_have_it(relation, since) for relation in HELD_BY))


def _have_it(relation: Relation, since: date) -> sa.ColumnElement[bool]:
    """Whether whoever was met was chosen from the file, and has been this to the unit since that day and is still."""
    held = HELD_BY[relation]
    return sa.and_(
        Visit.interviewee_relation == relation,
        sa.exists().where(
            held.unit_id == Visit.unit_id,
            held.person_id == Visit.interviewee_id,
            held.since <= since,
            held.until.is_(None),
        ),
    )


def judged_at(estate: Estate, visits: Iterable[Visit]) -> Judged:
    """The same of these visits alone."""
    told = list(visits)
    by_word = [visit for visit in told if visit.interviewee_relation in OWN_WORD]
    others = dict(zip((visit.id for visit in by_word), are_others(map(met_at, by_word), estate.time_zone), strict=True))
    door, phone, proxies = Counter[Rating](), Counter[Rating](), Counter[Rating]()
    for visit in told:
        is_other = visit.interviewee_relation not in OWN_WORD or others.get(visit.id, False)
        (proxies if is_other else phone if visit.method is Method.PHONE else door)[visit.rating] += 1
    return Judged(door, phone, proxies, limits(estate.settings).proxy_share)


def day_held(met_at: datetime, arrived_at: datetime, due_since: datetime, zone: str) -> date:
    """On which day something due was done: when its owner was met, where that can be; else when the office heard of it.

    Before it was due, or after its record arrived, nobody can have done it: such a clock is wrong.
    """
    told, arrived = local_date(met_at, zone), local_date(arrived_at, zone)
    return told if local_date(due_since, zone) <= told <= arrived else arrived


@dataclass(frozen=True)
class Due:
    """What was due in some time: how much of it was held at all, and how much by its day."""

    due: int
    held: int
    in_time: int


@dataclass(frozen=True)
class DueThing:
    """One thing that was due at a unit: the day that counts, whether it was held at all, and whether by that day.

    `officer_id`: whose it was at the end of that day, whoever has it now.
    """

    unit_id: uuid.UUID
    kind: TaskKind
    officer_id: uuid.UUID
    day: date
    held: bool
    in_time: bool


def due_in(
    estate_id: uuid.UUID,
    kinds: Collection[TaskKind],
    days: tuple[date, date],
    today: date,
    zone: str,
    *,
    officer_id: uuid.UUID | None = None,
) -> Due:
    """What was due from a day on, before another, and until today: of everybody, or of whoever had it on its day."""
    found = things_due(estate_id, kinds, days, today, zone)
    found = [thing for thing in found if officer_id in (None, thing.officer_id)]
    return Due(len(found), sum(thing.held for thing in found), sum(thing.in_time for thing in found))


def things_due(
    estate_id: uuid.UUID,
    kinds: Collection[TaskKind],
    days: tuple[date, date],
    today: date,
    zone: str,
) -> list[DueThing]:
    """The same, one by one.

    A thing belongs to the day that it is due on; what is due today and not done yet is not late, and not counted.
    It was held when the owner was spoken with, not when the tablet found a network. What was late stays late: called
    off or given another day afterwards, it counts by the day that had passed. One that took another's place is the
    same.
    """
    first, until = days
    missed, handed = missed_days(estate_id, kinds, first, zone), handed_on(estate_id, kinds, first)
    held_at = sa.func.coalesce(MET_AT, Task.done_at).label("held_at")
    due = (
        sa.select(
            *(Task.id, few_ids(Task.unit_id, "unit_id"), Task.kind, few_ids(Task.assignee_id, "assignee_id")),
            *(sa.type_coerce(Task.subject_id, IdText()).label("subject_id"), Task.round),
            *(Task.state, Task.due_on, Task.made_at, Task.done_at, held_at),
        )
        .outerjoin(Visit, sa.and_(Visit.id == Task.visit_id, Task.state == TaskState.DONE))
        .where(Task.estate_id == estate_id, Task.kind.in_(kinds), Task.due_on >= first)
        .order_by(Task.made_at, Task.id)
    )
    found: dict[object, DueThing] = {}
    for task in db.session.execute(due):
        late, day = task.id in missed, missed.get(task.id, task.due_on)
        counts = late or task.state is not TaskState.CANCELLED
        is_done = task.state is TaskState.DONE
        if counts and first <= day < until and (day < today or (day == today and is_done)):
            by_day = task.done_at is not None and day_held(task.held_at, task.done_at, task.made_at, zone) <= day
            one = _what_it_is(task)
            before = found.get(one)
            had_it = before.officer_id if before and late else _who_had(task, day, handed.get(task.id, ()), zone)
            found[one] = DueThing(task.unit_id, task.kind, had_it, day, is_done, by_day)
    return list(found.values())


def _what_it_is(task: Any) -> object:
    """What two tasks have in common that are one thing; of a survey's sheet handing out and collecting are two."""
    if not task.subject_id:
        return task.id
    return task.subject_id, task.round, task.unit_id, task.kind if task.kind in OF_SURVEYS else None


def _who_had(task: Any, day: date, handed: Iterable[tuple[datetime, uuid.UUID]], zone: str) -> uuid.UUID:
    """Whose a task was at the end of a day: whoever gave it away first after that, else whoever has it now."""
    after = (was for at, was in handed if local_date(at, zone) > day)
    return next(after, task.assignee_id)
