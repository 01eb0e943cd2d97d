"""Calls, the policy's form 2: every call of a period with what came of it, and the counts and rates under the list.

A call is an attempt by phone that met nobody, or a visit held by phone: then the household was reached.
"""

import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from app.agenda.models import Task
from app.agenda.queries import missed_days
from app.agenda.rules import EVERY_CALLBACK, TELLINGS
from app.core.clock import local_date
from app.core.db import by_id, db
from app.core.rates import FEW, Rate
from app.estates.models import Estate, Ownership, Person, Unit
from app.issues.answer_queries import answers_of_visits
from app.issues.models import Issue, OwnerAnswer
from app.issues.queries import issues_of_visits
from app.issues.rules import Answer
from app.repairs.models import WorkOrder, WorkOrderAnswer
from app.repairs.queries import order_answers_of_visits, orders_shown
from app.visits.figures import Due, day_held, judged_at
from app.visits.models import MET_AT, Attempt, Visit
from app.visits.rules import DEAD_NUMBER, Method, Outcome, Rating, categories_of


@dataclass(frozen=True)
class Matter:
    """An issue or a work order that a call was about. `solved`, `timely`: nothing while the owner has not answered.

    Solved is only what an answer moved: called good by phone, a complaint or rework waits for a signature all the same.
    """

    about: Issue | WorkOrder
    solved: bool | None = None
    timely: bool | None = None
    opinion: str = ""

    @property
    def is_order(self) -> bool:
        return isinstance(self.about, WorkOrder)


_NOT_SOLVED = frozenset({Answer.DISSATISFIED, Answer.OBJECTED})


def _solved(said: OwnerAnswer | WorkOrderAnswer) -> bool | None:
    if said.answer in _NOT_SOLVED:
        return False
    return True if said.answer is Answer.SATISFIED and said.moved else None


@dataclass(frozen=True)
class Call:
    """One line of form 2. `nth`: which call it is about what is due there, since the household was last met.

    `person`: whom the number belongs to, or who was spoken with, if the office knows them. `owners`: of that day.
    """

    record: Visit | Attempt
    nth: int
    categories: list[str]
    matters: list[Matter]
    raised: int
    person: Person | None
    owners: list[Person]

    @property
    def reached(self) -> bool:
        return isinstance(self.record, Visit)

    @property
    def at(self) -> datetime:
        return self.record.met_at if isinstance(self.record, Visit) else self.record.tried_at

    @property
    def number(self) -> str:
        """The number that was dialled, to be masked: as far as it is known, and only if it has not been put right."""
        if isinstance(self.record, Visit) or self.person is None:
            return self.person.phone if self.person else ""
        known = [self.person.phone, *self.person.other_phones]
        index, ending = self.record.called_index or 0, self.record.called_ending or ""
        found = known[index] if index < len(known) else ""
        return found if ending_of(found) == ending else ""


@dataclass(frozen=True)
class Summary:
    """The foot of form 2 (policy, section 4). Numerators and denominators come from the same calls."""

    calls: int
    reached: int
    households: int
    reached_at_first: int
    results: dict[Outcome | None, int]
    ratings: dict[Rating, int]


@dataclass(frozen=True)
class Foot:
    """What stands below form 2: every rate of the policy's section 4 that calls have, and the counts beside them.

    `strict`: satisfied of valid answers; `broad`: with mostly satisfied. `no_opinion` and `unreached` are not valid,
    nor are the answers on behalf of owners above the estate's share (`proxies_left_out`).
    `callback`, `timely`: held, and held before its limit, of every callback that was due in that time, called or not,
    at the door too. `solved`: of those answered.
    """

    contact: Rate
    first_call: Rate
    strict: Rate
    broad: Rate
    callback: Rate
    timely: Rate
    solved: Rate
    no_opinion: int
    unreached: int
    results: tuple[tuple[str, int], ...]
    ratings: tuple[tuple[str, int], ...]
    proxies_left_out: int = 0

    @property
    def is_small(self) -> bool:
        """Whether so few answers are valid that nobody should judge by them."""
        return 0 < self.strict.whole < FEW


def foot(estate: Estate, calls: list[Call], due: Due) -> Foot:
    """The foot under these calls of an estate, and what was due in that time."""
    counts = summary(calls)
    said = judged_at(estate, (call.record for call in calls if isinstance(call.record, Visit)))
    held = [matter for call in calls if call.reached for matter in call.matters]
    return Foot(
        contact=Rate(counts.reached, counts.calls),
        first_call=Rate(counts.reached_at_first, counts.households),
        strict=Rate(said.satisfied, said.valid),
        broad=Rate(said.broadly, said.valid),
        callback=Rate(due.held, due.due),
        timely=Rate(due.in_time, due.due),
        solved=Rate(sum(matter.solved is True for matter in held), sum(matter.solved is not None for matter in held)),
        no_opinion=said.no_opinion,
        unreached=counts.calls - counts.reached,
        results=tuple((outcome.value, n) for outcome in Outcome if (n := counts.results.get(outcome, 0))),
        ratings=tuple((rating.value, n) for rating in Rating if (n := counts.ratings.get(rating, 0))),
        proxies_left_out=said.proxies_left_out,
    )


def ending_of(number: str) -> str:
    """The last four digits of a number, as tablets tell them."""
    return "".join(sign for sign in number if sign in "0123456789")[-4:]


def calls_between(estate: Estate, since: datetime, until: datetime) -> list[Call]:
    """Every call of a period, `until` excluded, the newest first."""
    attempts = list(
        db.session.scalars(
            sa.select(Attempt)
            .where(
                Attempt.estate_id == estate.id,
                Attempt.method == Method.PHONE,
                Attempt.tried_at >= since,
                Attempt.tried_at < until,
            )
            .options(joinedload(Attempt.unit).joinedload(Unit.building), joinedload(Attempt.officer))
        )
    )
    visits = list(
        db.session.scalars(
            sa.select(Visit)
            .where(
                Visit.estate_id == estate.id,
                Visit.method == Method.PHONE,
                since <= MET_AT,
                until > MET_AT,
            )
            .options(joinedload(Visit.unit).joinedload(Unit.building), joinedload(Visit.officer))
        )
    )
    return _as_calls(estate, attempts, visits, until)


def summary(calls: Iterable[Call]) -> Summary:
    """Counts for the foot.

    A household is reached at first attempt if its first call of these was the first about what was due, and answered.
    """
    in_order = sorted(calls, key=lambda call: (call.at, call.record.id))
    first: dict[uuid.UUID, Call] = {}
    for call in in_order:
        first.setdefault(call.record.unit_id, call)
    results = Counter(call.record.outcome if isinstance(call.record, Attempt) else None for call in in_order)
    ratings = Counter(call.record.rating for call in in_order if isinstance(call.record, Visit))
    return Summary(
        calls=len(in_order),
        reached=results[None],
        households=len(first),
        reached_at_first=sum(call.reached and call.nth == 1 for call in first.values()),
        results=dict(results),
        ratings=dict(ratings),
    )


def dead_numbers(attempts: Iterable[Attempt]) -> dict[tuple[uuid.UUID, int, str], Attempt]:
    """Person, place and ending of each number behind which the last of these calls found nobody → that call."""
    last: dict[tuple[uuid.UUID, int, str], Attempt] = {}
    for attempt in sorted(attempts, key=lambda one: (one.tried_at, one.id)):
        if attempt.called_id:
            last[attempt.called_id, attempt.called_index or 0, attempt.called_ending or ""] = attempt
    return {key: attempt for key, attempt in last.items() if attempt.outcome in DEAD_NUMBER}


def _as_calls(estate: Estate, attempts: list[Attempt], visits: list[Visit], until: datetime) -> list[Call]:
    settled = _settled_by(visits)
    named = _tasks({uuid.UUID(task_id) for attempt in attempts for task_id in attempt.task_ids})
    issues = _issues(_subjects(settled, named))
    orders = orders_shown(_subjects(settled, named) - issues.keys())
    ids = [visit.id for visit in visits]
    answers, raised, of_orders = answers_of_visits(ids), issues_of_visits(ids), order_answers_of_visits(ids)
    people = _people(
        [*(attempt.called_id for attempt in attempts), *(visit.interviewee_id for visit in visits)],
    )
    units = {attempt.unit_id for attempt in attempts} | {visit.unit_id for visit in visits}
    nth, owners = _counted(units, until), _owners(units)

    missed = missed_days(estate.id, EVERY_CALLBACK | TELLINGS, date.min, estate.time_zone)
    known: dict[uuid.UUID, Issue | WorkOrder] = {**issues, **orders}
    calls = []
    for attempt in attempts:
        tasks = [named[uuid.UUID(task_id)] for task_id in attempt.task_ids if uuid.UUID(task_id) in named]
        calls.append(
            Call(
                attempt,
                nth=nth(attempt.unit_id, attempt.tried_at, set(attempt.task_ids)),
                categories=sorted(category.value for category in categories_of(task.kind for task in tasks)),
                matters=[Matter(known[id_]) for task in tasks if (id_ := task.subject_id) and id_ in known],
                raised=0,
                person=people.get(attempt.called_id) if attempt.called_id else None,
                owners=_on(owners[attempt.unit_id], local_date(attempt.tried_at, estate.time_zone)),
            )
        )
    for visit in visits:
        due = {task.subject_id: task for task in settled[visit.id]}
        held_on = local_date(visit.met_at, estate.time_zone)
        matters = []
        said_here: list[OwnerAnswer | WorkOrderAnswer] = [*answers[visit.id], *of_orders[visit.id]]
        for said in said_here:
            about = said.issue if isinstance(said, OwnerAnswer) else said.order
            task = due.get(about.id)
            timely = task.id not in missed and _day_held(visit, task, estate) <= task.due_on if task else None
            matters.append(Matter(about, _solved(said), timely, said.reason))
        calls.append(
            Call(
                visit,
                nth=nth(visit.unit_id, visit.met_at, {str(task.id) for task in settled[visit.id]}),
                categories=visit.categories,
                matters=matters,
                raised=len(raised[visit.id]),
                person=people.get(visit.interviewee_id) if visit.interviewee_id else None,
                owners=_on(owners[visit.unit_id], held_on),
            )
        )
    return sorted(calls, key=lambda call: (call.at, call.record.id), reverse=True)


def _day_held(visit: Visit, task: Task, estate: Estate) -> date:
    return day_held(visit.met_at, visit.received_at, task.made_at, estate.time_zone)


class _Counted:
    """Which call it is: one more than the calls in vain since the household was last met.

    Of the tasks that it is about, the one rung about most counts; without any, every call does. Tablets count alike.
    """

    def __init__(self, tries: dict[uuid.UUID, list[tuple[datetime, list[str]]]], met: dict[uuid.UUID, list[datetime]]):
        self._tries, self._met = tries, met

    def __call__(self, unit_id: uuid.UUID, at: datetime, tasks: set[str]) -> int:
        since = max((met for met in self._met[unit_id] if met < at), default=None)
        run = [about for tried, about in self._tries[unit_id] if tried < at and (since is None or tried > since)]
        if not tasks:
            return 1 + len(run)
        return 1 + max(sum(task in about for about in run) for task in tasks)


def _counted(unit_ids: set[uuid.UUID], until: datetime) -> _Counted:
    tries: dict[uuid.UUID, list[tuple[datetime, list[str]]]] = defaultdict(list)
    made = sa.select(Attempt.unit_id, Attempt.tried_at, Attempt.task_ids).where(
        Attempt.unit_id.in_(unit_ids), Attempt.method == Method.PHONE, Attempt.tried_at < until
    )
    for unit_id, at, about in db.session.execute(made):
        tries[unit_id].append((at, about))
    met: dict[uuid.UUID, list[datetime]] = defaultdict(list)
    held = sa.select(Visit.unit_id, MET_AT).where(Visit.unit_id.in_(unit_ids), until > MET_AT)
    for unit_id, at in db.session.execute(held):
        met[unit_id].append(at)
    return _Counted(tries, met)


def _subjects(settled: dict[uuid.UUID, list[Task]], named: dict[uuid.UUID, Task]) -> set[uuid.UUID]:
    """What the tasks are about that were settled or tried."""
    tasks = [*named.values(), *(task for many in settled.values() for task in many)]
    return {task.subject_id for task in tasks if task.subject_id}


def _settled_by(visits: list[Visit]) -> dict[uuid.UUID, list[Task]]:
    settled: dict[uuid.UUID, list[Task]] = defaultdict(list)
    for task in db.session.scalars(sa.select(Task).where(Task.visit_id.in_([visit.id for visit in visits]))):
        if task.visit_id:
            settled[task.visit_id].append(task)
    return settled


def _tasks(ids: set[uuid.UUID]) -> dict[uuid.UUID, Task]:
    found = sa.select(Task).where(Task.id.in_(ids)).order_by(Task.due_on, Task.id)
    return {task.id: task for task in db.session.scalars(found)}


def _issues(ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Issue]:
    return by_id(Issue, ids)


def _people(ids: list[uuid.UUID | None]) -> dict[uuid.UUID, Person]:
    found = sa.select(Person).where(Person.id.in_({id_ for id_ in ids if id_}))
    return {person.id: person for person in db.session.scalars(found)}


def _owners(unit_ids: set[uuid.UUID]) -> dict[uuid.UUID, list[Ownership]]:
    owned: dict[uuid.UUID, list[Ownership]] = defaultdict(list)
    found = sa.select(Ownership).where(Ownership.unit_id.in_(unit_ids)).options(joinedload(Ownership.person))
    for held in db.session.scalars(found.order_by(Ownership.since, Ownership.id)):
        owned[held.unit_id].append(held)
    return owned


def _on(owned: list[Ownership], day: date) -> list[Person]:
    return [held.person for held in owned if held.since <= day and (held.until is None or held.until > day)]
