"""What is counted of a stretch of time: nothing that was due leaves a rate because it was late, no clock mends it."""

import uuid
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from app.agenda.actions import adjust, cancel, change, make_task, settle
from app.agenda.models import Task
from app.agenda.rules import EVERY_CALLBACK, TaskKind
from app.core.clock import isoformat, local_date, now
from app.core.db import db
from app.core.ids import new_id
from app.estates.models import Estate, Ownership, Unit
from app.estates.rules import PersonKind
from app.issues.models import Issue
from app.people.rules import Role
from app.visits.calls import calls_between
from app.visits.figures import Due, due_in, households_met, judged, judged_at
from app.visits.models import MET_AT, Attempt, Visit
from app.visits.queries import homes_in_scope, last_met
from app.visits.rules import Rating
from tests.builders import NOBODY, NOW, TODAY, a_home, a_staff, an_estate, an_owner
from tests.visits.kept import an_attempt, pushed, the_only
from tests.visits.test_holding import a_callback, an_answer
from tests.world import World

ZONE = "Asia/Shanghai"
FIRST = date(2026, 10, 1)


@pytest.fixture
def task(context: Flask) -> Task:
    """A callback that is due today, at the end of which it is late."""
    estate = an_estate()
    officer = a_staff(estate, Role.OFFICER)
    return make_task(
        a_home(estate), TaskKind.ISSUE_CALLBACK, assignee_id=officer.id, due_on=TODAY, by=NOBODY, at=in_days(-3)
    )


def in_days(days: int) -> datetime:
    return NOW + timedelta(days=days)


def counted(task: Task, days: int, first: date = FIRST) -> tuple[int, int]:
    """Held in time, of how many, so many days from today."""
    db.session.commit()
    return told(task.estate_id, first, TODAY + timedelta(days=days))


def told(estate_id: uuid.UUID, first: date, today: date, until: date = date.max) -> tuple[int, int]:
    due = due_in(estate_id, EVERY_CALLBACK, (first, until), today, ZONE)
    return due.in_time, due.due


def test_of_some_days_counts_all_that_was_due_in_them_held_late_or_never(task: Task) -> None:
    day, later = task.due_on, task.due_on + timedelta(days=30)
    db.session.commit()

    def due(first: date, until: date, **wanted: Any) -> Due:
        return due_in(task.estate_id, EVERY_CALLBACK, (first, until), later, ZONE, **wanted)

    assert due(day, day + timedelta(days=1)) == Due(due=1, held=0, in_time=0)
    settle(task, new_id(), by=NOBODY, at=in_days(20))
    db.session.commit()
    assert due(day, day + timedelta(days=1)) == Due(due=1, held=1, in_time=0)
    assert due(day, later, officer_id=task.assignee_id) == Due(due=1, held=1, in_time=0)
    nothing = Due(due=0, held=0, in_time=0)
    assert due(day, later, officer_id=new_id()) == nothing
    assert [due(FIRST, day), due(day + timedelta(days=1), later)] == [nothing, nothing]


@pytest.mark.parametrize(("days", "due"), [(-1, 0), (0, 0), (1, 1), (9, 1)])
def test_what_is_called_off_once_its_day_is_over_was_due_and_not_held(task: Task, days: int, due: int) -> None:
    cancel(task, by=NOBODY, at=in_days(days), reason="issue:closed_unsatisfied")

    assert counted(task, 20) == (0, due)


@pytest.mark.parametrize(("days", "in_time"), [(0, 1), (1, 0)])
def test_another_day_counts_only_where_it_was_given_before_its_own_was_over(
    task: Task, days: int, in_time: int
) -> None:
    adjust(task, due_on=TODAY + timedelta(days=10), reason="业主出差", by=NOBODY, at=in_days(days))
    settle(task, new_id(), by=NOBODY, at=in_days(8))

    assert counted(task, 20) == (in_time, 1)


@pytest.mark.parametrize(("held_on", "in_time"), [(0, 1), (1, 0)])
def test_what_got_another_day_after_its_own_was_held_in_time_if_it_was_held_by_then(
    task: Task, held_on: int, in_time: int
) -> None:
    """The office did not know yet what its officer had done that day without a network."""
    adjust(task, due_on=TODAY + timedelta(days=10), reason="业主出差", by=NOBODY, at=in_days(2))
    settle(task, new_id(), by=NOBODY, at=in_days(held_on))

    assert counted(task, 20) == (in_time, 1)


@pytest.mark.parametrize(("held_on", "in_time"), [(0, 1), (1, 0)])
def test_what_went_to_another_officer_after_its_day_was_held_in_time_if_it_was_held_by_then(
    task: Task, held_on: int, in_time: int
) -> None:
    """The tablet that was there on the day found a network only later."""
    other = a_staff(db.session.get_one(Estate, task.estate_id), Role.OFFICER)
    adjust(task, assignee_id=other.id, reason="接替离职同事", by=NOBODY, at=in_days(2))
    settle(task, new_id(), by=NOBODY, at=in_days(held_on))

    assert counted(task, 20) == (in_time, 1)


def _adjusted(task: Task, to: uuid.UUID, at: datetime) -> None:
    adjust(task, assignee_id=to, reason="接替离职同事", by=NOBODY, at=at)


def _changed(task: Task, to: uuid.UUID, at: datetime) -> None:
    change(task, assignee_id=to, due_on=task.due_on, by=NOBODY, at=at)


def _replaced(task: Task, to: uuid.UUID, at: datetime) -> None:
    task.subject_id, unit = new_id(), db.session.get_one(Unit, task.unit_id)
    more: dict[str, Any] = {"subject_id": task.subject_id, "due_on": task.due_on + timedelta(days=9)}
    cancel(task, by=NOBODY, at=at)
    make_task(unit, TaskKind.COMPLAINT_CALLBACK, assignee_id=to, by=NOBODY, at=at, **more)


@pytest.mark.clause("R42")
@pytest.mark.parametrize(("days", "stays"), [(0, False), (1, True)])
@pytest.mark.parametrize("deed", [_adjusted, _changed, _replaced])
def test_what_was_late_stays_with_whoever_had_it_on_its_day(
    task: Task, deed: Callable[[Task, uuid.UUID, datetime], None], days: int, stays: bool
) -> None:
    first, other = task.assignee_id, a_staff(db.session.get_one(Estate, task.estate_id), Role.OFFICER).id
    deed(task, other, in_days(days))
    db.session.commit()

    def due(officer_id: uuid.UUID) -> int:
        until = TODAY + timedelta(days=20)
        return due_in(task.estate_id, EVERY_CALLBACK, (FIRST, until), until, ZONE, officer_id=officer_id).due

    assert (due(first), due(other)) == ((1, 0) if stays else (0, 1))


def test_what_was_late_before_it_got_another_day_belongs_to_the_day_that_it_missed(task: Task) -> None:
    on_time, missed = TODAY + timedelta(days=5), TODAY + timedelta(days=40)
    adjust(task, due_on=on_time, reason="业主出差", by=NOBODY, at=in_days(0))
    adjust(task, due_on=missed, reason="业主出差", by=NOBODY, at=in_days(6))

    assert counted(task, 20) == (0, 1)


def test_a_callback_that_takes_the_place_of_a_late_one_is_the_same(task: Task) -> None:
    task.subject_id = new_id()
    cancel(task, by=NOBODY, at=in_days(2))
    unit = db.session.get_one(Unit, task.unit_id)
    more: dict[str, Any] = {
        "by": NOBODY,
        "at": in_days(2),
        "assignee_id": task.assignee_id,
        "due_on": TODAY,
        "subject_id": task.subject_id,
    }
    make_task(unit, TaskKind.COMPLAINT_CALLBACK, **more)

    assert counted(task, 20) == (0, 1)


@pytest.mark.any_database
def test_a_callback_that_takes_the_place_of_one_that_got_another_day_when_it_was_late_is_as_late(task: Task) -> None:
    """Two days late it got another day, and became one on a complaint before that: the day that it missed counts."""
    task.subject_id, missed = new_id(), task.due_on
    adjust(task, due_on=TODAY + timedelta(days=40), reason="业主出差", by=NOBODY, at=in_days(2))
    cancel(task, by=NOBODY, at=in_days(5))
    unit = db.session.get_one(Unit, task.unit_id)
    more: dict[str, Any] = {"by": NOBODY, "at": in_days(5), "assignee_id": task.assignee_id}
    again = make_task(
        unit, TaskKind.COMPLAINT_CALLBACK, due_on=TODAY + timedelta(days=9), subject_id=task.subject_id, **more
    )
    other = make_task(unit, TaskKind.COMPLAINT_CALLBACK, due_on=again.due_on, subject_id=new_id(), **more)
    for one in (again, other):
        settle(one, new_id(), by=NOBODY, at=in_days(6))
    db.session.commit()

    def due(first: date, until: date) -> Due:
        return due_in(task.estate_id, EVERY_CALLBACK, (first, until), TODAY + timedelta(days=60), ZONE)

    assert due(missed, missed + timedelta(days=1)) == Due(due=1, held=1, in_time=0)
    assert due(missed + timedelta(days=1), date.max) == Due(due=1, held=1, in_time=1), "only the other one"


def test_what_missed_its_day_before_a_stretch_of_time_is_not_of_it(task: Task) -> None:
    adjust(task, due_on=TODAY + timedelta(days=9), reason="业主出差", by=NOBODY, at=in_days(2))

    assert counted(task, 60, first=TODAY + timedelta(days=1)) == (0, 0)


def visited(world: World, days: float, **wanted: Any) -> None:
    """A visit by a tablet whose clock is so many days wrong; as it sends, it is right."""
    at = (now() + timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    when = {"started_at": at, "ended_at": at}
    visit = world.tablet.a_visit(world.estate_id, world.unit_id, **when | wanted)
    assert pushed(world, visit)["status"] in ("applied", "review")


def test_a_tablets_clock_that_is_ahead_does_not_carry_a_visit_into_the_future(app: Flask, world: World) -> None:
    visited(world, 400)
    today = local_date(now(), ZONE)

    with app.app_context():
        estate = db.session.get_one(Estate, world.estate_id)
        met = {home.unit_id: home.last_met_on for home in homes_in_scope(estate, today)}
        assert met[world.unit_id] == today
        assert last_met([world.unit_id])[world.unit_id] <= now()
        since, until = now() - timedelta(days=1), now() + timedelta(days=1)
        assert households_met(estate, since, until, today)[0] == 1
        assert judged(estate, since, until).satisfied == 1
        later = (until, until + timedelta(days=900))
        assert households_met(estate, *later, today)[0] == 0
        assert judged(estate, *later).valid == 0


@pytest.mark.parametrize(
    ("relation", "name", "in_file", "own"),
    [
        ("owner", "陈建国", ("陈建国", PersonKind.PERSON), True),
        ("owner", "王强", ("陈建国", PersonKind.PERSON), False),
        ("owner", "王强", ("锦绣置业有限公司", PersonKind.COMPANY), True),
        ("owner", "王强", None, True),
        ("tenant", "陈建国", ("陈建国", PersonKind.PERSON), True),
    ],
    ids=["its owner", "another", "a company's", "nobody known", "a tenant whom nobody knows"],
)
def test_whoever_is_called_owner_where_the_file_knows_another_speaks_on_their_behalf(
    app: Flask, world: World, relation: str, name: str, in_file: tuple[str, PersonKind] | None, own: bool
) -> None:
    with app.app_context():
        [held] = db.session.scalars(db.select(Ownership).where(Ownership.unit_id == world.unit_id))
        if in_file is None:
            held.until = held.since
        else:
            held.person.name, held.person.kind = in_file
        db.session.commit()
    visited(world, 0, interviewee={"name": name, "relation": relation})

    with app.app_context():
        estate = db.session.get_one(Estate, world.estate_id)
        found = judged(estate, now() - timedelta(days=1), now() + timedelta(days=1))

    assert (found.at_the_door.total(), found.on_behalf.total()) == (int(own), int(not own))


@pytest.mark.any_database
@pytest.mark.parametrize("method", ["door", "phone"])
@pytest.mark.parametrize(
    ("until", "own"), [(None, True), (1, True), (0, False), (-30, False)], ids=["owns", "sells", "sold today", "sold"]
)
def test_a_seller_whom_a_tablet_still_has_as_the_owner_speaks_on_the_new_owners_behalf(
    app: Flask, world: World, method: str, until: int | None, own: bool
) -> None:
    with app.app_context():
        [held] = db.session.scalars(db.select(Ownership).where(Ownership.unit_id == world.unit_id))
        seller, sold = str(held.person_id), local_date(now(), ZONE) + timedelta(days=until or 0)
        if until is not None:
            held.until = sold
            an_owner(held.unit, "许文", since=sold)
        db.session.commit()
    interviewee = {"name": "陈建国", "relation": "owner", "person_id": seller}
    visited(world, 0, method=method, interviewee=interviewee, by_owner=method == "door")

    with app.app_context():
        estate = db.session.get_one(Estate, world.estate_id)
        found = judged(estate, now() - timedelta(days=1), now() + timedelta(days=1))
        assert found == judged_at(estate, db.session.scalars(db.select(Visit)))

    assert ((found.at_the_door + found.by_phone).total(), found.on_behalf.total()) == (int(own), int(not own))


def test_who_judged_a_visit_is_told_apart(app: Flask, world: World) -> None:
    for relation, rating in (("owner", "basic"), ("tenant", "basic"), ("spouse", "basic"), ("other", "dissatisfied")):
        visited(world, 0, interviewee={"name": "陈建国", "relation": relation}, rating=rating)
    visited(world, 0, method="phone", by_owner=False)

    with app.app_context():
        estate = db.session.get_one(Estate, world.estate_id)
        found = judged(estate, now() - timedelta(days=1), now() + timedelta(days=1))

    assert (found.at_the_door, found.by_phone) == (Counter({Rating.BASIC: 2}), Counter({Rating.SATISFIED: 1}))
    assert found.on_behalf == Counter({Rating.BASIC: 1, Rating.DISSATISFIED: 1})


def a_late_callback(app: Flask, world: World) -> tuple[str, str, date]:
    """Issue and task of one that was due yesterday, made three days ago; and what day it is."""
    issue_id, task_id = a_callback(app, world)
    today = local_date(now(), ZONE)
    with app.app_context():
        task = db.session.get_one(Task, uuid.UUID(task_id))
        task.made_at, task.due_on = now() - timedelta(days=3), today - timedelta(days=1)
        db.session.commit()
    return issue_id, task_id, today


@pytest.mark.parametrize(("days", "in_time"), [(0, 0), (-2, 1), (-400, 0), (400, 0)])
def test_a_tablets_clock_does_not_make_a_late_callback_timely_by_a_day_that_cannot_be(
    app: Flask, world: World, days: int, in_time: int
) -> None:
    """Due yesterday, made three days ago; two days ago it can have been, long before it was made it cannot."""
    issue_id, task_id, today = a_late_callback(app, world)

    visited(world, days, task_ids=[task_id], answers=[an_answer(issue_id, task_id)])

    with app.app_context():
        assert told(world.estate_id, FIRST, today) == (in_time, 1)


@pytest.mark.parametrize("days", [0, -2, -400, 2])
def test_a_clock_that_is_still_wrong_as_the_tablet_sends_makes_no_late_callback_timely(
    app: Flask, world: World, days: int
) -> None:
    """Due yesterday, held today by a clock that says two days ago; nor is a clock put forward before it sends."""
    issue_id, task_id, today = a_late_callback(app, world)
    world.tablet.clock = timedelta(days=days)

    visited(world, min(days, 0), task_ids=[task_id], answers=[an_answer(issue_id, task_id)])

    with app.app_context():
        assert told(world.estate_id, FIRST, today) == (0, 1)


@pytest.mark.parametrize(("minutes", "set_right"), [(-1, False), (1, False), (-90, True), (90, False)])
def test_a_visit_of_a_clock_that_is_behind_is_set_right_by_how_far(
    app: Flask, world: World, minutes: int, set_right: bool
) -> None:
    """What was said and signed keeps the tablet's time; what is counted goes by the office's."""
    world.tablet.clock = timedelta(minutes=minutes)
    said = (now() + world.tablet.clock - timedelta(hours=3)).replace(microsecond=0)

    visited(world, 0, started_at=isoformat(said), ended_at=isoformat(said), issues=[world.tablet.an_issue()])

    with app.app_context():
        visit = the_only(Visit)
        assert visit.started_at == said
        shift = visit.met_at - said
        assert abs(shift - (timedelta(minutes=90) if set_right else timedelta())) < timedelta(seconds=30)
        assert last_met([world.unit_id])[world.unit_id] == visit.met_at == the_only(Issue).raised_at


def test_what_a_clock_says_is_never_after_the_records_arrival(app: Flask, world: World) -> None:
    world.tablet.clock = timedelta(minutes=-90)

    visited(world, 0, issues=[world.tablet.an_issue()])  # the clock was right at the visit, and was put back since

    with app.app_context():
        visit = the_only(Visit)
        assert visit.met_at == visit.received_at == the_only(Issue).raised_at


def test_an_attempt_and_a_visit_by_one_clock_that_is_behind_stay_in_their_order(app: Flask, world: World) -> None:
    """Nobody was at home after the visit: that attempt counts, whatever the clock says."""
    world.tablet.clock = timedelta(days=-2)
    said = (now() + world.tablet.clock).replace(microsecond=0)
    met, tried = said - timedelta(hours=5), said - timedelta(hours=1)
    visited(world, 0, started_at=isoformat(met), ended_at=isoformat(met))
    assert pushed(world, an_attempt(world, tried_at=isoformat(tried)))["status"] == "applied"
    visited(world, 0, method="phone", by_owner=False, started_at=isoformat(said), ended_at=isoformat(said))

    with app.app_context():
        attempt, estate = the_only(Attempt), db.session.get_one(Estate, world.estate_id)
        visits = db.session.scalars(db.select(Visit).order_by(MET_AT)).all()
        assert visits[0].met_at < attempt.tried_at < visits[1].met_at < now()
        today = now() - timedelta(hours=12)
        assert len(calls_between(estate, today, now() + timedelta(days=1))) == 1
        assert calls_between(estate, today - timedelta(days=9), today) == []
