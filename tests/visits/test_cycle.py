"""What a month has not met returns to the next proposal; over a year all are proposed in time, none twice."""

import uuid
from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest
import sqlalchemy as sa
from flask import Flask

from app.agenda.actions import settle
from app.agenda.models import Task
from app.agenda.rules import TaskKind, TaskState
from app.cli.demo_homes import settle_in
from app.cli.demo_names import Names
from app.core.db import db
from app.core.errors import Refused
from app.core.ids import new_id
from app.core.journal import By
from app.estates.models import Estate, Unit
from app.estates.rules import months_before
from app.people.models import Device, Staff
from app.people.rules import Role
from app.visits.amendments import add_to_amendment, begin_amendment
from app.visits.models import Attempt, Plan, Visit
from app.visits.planning import last_day, month_of
from app.visits.plans import drop_lines, propose_plan
from app.visits.progress import planned_homes
from app.visits.queries import due_in_no_plan, homes_in_scope, last_met, left_behind
from app.visits.rules import Method, Outcome, Rating, Relation
from app.visits.sheet import add_homes
from tests.builders import NOBODY, a_home, a_planned_visit, a_staff, an_estate, file_amendment, put_to_work
from tests.world import World

NOVEMBER, DECEMBER = date(2026, 11, 3), date(2026, 12, 1)


def noon(day: date) -> datetime:
    """Noon where the estates stand."""
    return datetime(day.year, day.month, day.day, 4, tzinfo=UTC)


def a_tablet() -> Device:
    tablet = Device(id=new_id(), code="T01", key={}, send_token_hash="x", enrolled_at=noon(NOVEMBER), reported={})
    db.session.add(tablet)
    db.session.flush()
    return tablet


def a_visit_held(unit: Unit, officer: Staff, tablet: Device, day: date) -> Visit:
    """A visit as it stands at the office once it arrived."""
    visit = Visit(
        id=new_id(),
        estate_id=unit.estate_id,
        unit_id=unit.id,
        number=str(new_id())[-20:],
        officer_id=officer.id,
        device_id=tablet.id,
        operation_id=new_id(),
        method=Method.DOOR,
        categories=["scheduled"],
        started_at=noon(day),
        ended_at=noon(day),
        received_at=noon(day),
        interviewee_name="业主",
        interviewee_relation=Relation.OWNER,
        script={},
        rating=Rating.SATISFIED,
        complete=True,
    )
    db.session.add(visit)
    return visit


def a_plan_at_work(estate: Estate, supervisor: Staff, day: date) -> Plan:
    """The plan of the month of `day`, proposed and put to work on it."""
    by = By(staff_id=supervisor.id)
    plan = propose_plan(estate, month_of(day), today=day, by=by, at=noon(day))
    put_to_work(plan, by=by, at=noon(day))
    return plan


def is_third_month(met_on: date, day: date) -> bool:
    """Whether the third month after the one in which an owner was met is the month of `day`, or before it."""
    return (day.year - met_on.year) * 12 + day.month - met_on.month >= 3


def due_tasks() -> list[Task]:
    return list(db.session.scalars(sa.select(Task).where(Task.state == TaskState.DUE)))


@pytest.mark.clause("P53")
def test_over_a_year_every_household_of_the_demonstration_is_proposed_in_time_and_none_twice(context: Flask) -> None:
    chance, estate = Random(53), an_estate()
    supervisor = a_staff(estate, Role.SUPERVISOR)
    officers = {
        a.id: a for a in (a_staff(estate, Role.OFFICER, name="李敏"), a_staff(estate, Role.OFFICER, name="张华"))
    }
    settle_in(estate, chance, Names(chance), date(2026, 1, 1), by=NOBODY, at=noon(date(2025, 12, 1)))
    units, tablet = {unit.id: unit for unit in db.session.scalars(sa.select(Unit))}, a_tablet()
    proposed: dict[uuid.UUID, list[date]] = defaultdict(list)
    carried = 0

    for number in range(1, 13):
        first = date(2026, number, 1)
        homes = homes_in_scope(estate, first)
        due = {home.unit_id for home in homes if home.last_met_on is None or is_third_month(home.last_met_on, first)}
        plan = a_plan_at_work(estate, supervisor, first)

        assert {line.unit_id for line in plan.lines} == due, "nobody is left out, and nobody comes before their time"
        assert max(Counter(task.unit_id for task in due_tasks()).values()) == 1, "nowhere are two planned visits due"
        carried += sum(line.carried_from is not None for line in plan.lines)
        for line in plan.lines:
            proposed[line.unit_id].append(first)
        for task in due_tasks():
            if chance.random() < 0.85:
                day = first + timedelta(days=chance.randrange((last_day(month_of(first)) - first).days + 1))
                visit = a_visit_held(units[task.unit_id], officers[task.assignee_id], tablet, day)
                settle(task, visit.id, by=By(staff_id=task.assignee_id), at=noon(day))
        db.session.flush()

    assert carried > 50
    households = {home.unit_id for home in homes_in_scope(estate, date(2026, 12, 31))}
    assert set(proposed) >= households
    met = defaultdict(list)
    for visit in db.session.scalars(sa.select(Visit).order_by(Visit.started_at)):
        met[visit.unit_id].append(visit.started_at.date())
    for unit_id in households:
        for month in proposed[unit_id]:
            before = [day for day in met[unit_id] if day < month]
            assert not before or months_before(before[-1], -3) <= last_day(month_of(month)), "before its cycle ended"
    plans = db.session.scalars(sa.select(Plan).order_by(Plan.month)).all()
    assert {home.state for home in planned_homes(plans[0])} == {TaskState.DONE, TaskState.CANCELLED}


@pytest.mark.clause("P53")
def test_what_nobody_met_returns_with_the_month_and_the_reason(context: Flask) -> None:
    estate, tablet = an_estate(), a_tablet()
    supervisor, officer = a_staff(estate, Role.SUPERVISOR), a_staff(estate, Role.OFFICER)
    missed, met = a_home(estate), a_home(estate)
    november = a_plan_at_work(estate, supervisor, NOVEMBER)
    tasks = {task.unit_id: task for task in due_tasks()}
    visit = a_visit_held(met, officer, tablet, NOVEMBER)
    settle(tasks[met.id], visit.id, by=NOBODY, at=noon(NOVEMBER))
    db.session.add(
        Attempt(
            id=new_id(),
            estate_id=estate.id,
            unit_id=missed.id,
            number="T01-9",
            officer_id=officer.id,
            device_id=tablet.id,
            operation_id=new_id(),
            method=Method.DOOR,
            outcome=Outcome.NOBODY_HOME,
            task_ids=[str(tasks[missed.id].id)],
            tried_at=noon(NOVEMBER),
            received_at=noon(NOVEMBER),
        )
    )
    db.session.flush()

    december = a_plan_at_work(estate, supervisor, DECEMBER)

    [home] = planned_homes(december)
    assert (home.line.unit_id, home.line.carried_from) == (missed.id, "2026-11")
    assert home.earlier == [Outcome.NOBODY_HOME]
    assert home.state is TaskState.DUE
    assert sorted(home.state.value for home in planned_homes(november)) == ["cancelled", "done"]


def test_a_visit_that_is_due_and_not_late_yet_keeps_its_home_out_of_the_next_proposal(context: Flask) -> None:
    estate = an_estate()
    supervisor, _officer = a_staff(estate, Role.SUPERVISOR), a_staff(estate, Role.OFFICER)
    a_home(estate)
    a_plan_at_work(estate, supervisor, NOVEMBER)

    plan = propose_plan(estate, "2026-12", today=NOVEMBER, by=By(staff_id=supervisor.id), at=noon(NOVEMBER))

    assert plan.lines == []


@pytest.mark.clause("P53")
def test_what_stands_in_a_plan_on_its_way_to_be_filed_is_not_proposed_for_the_month_after(context: Flask) -> None:
    estate = an_estate()
    supervisor, _officer = a_staff(estate, Role.SUPERVISOR), a_staff(estate, Role.OFFICER)
    first, second = a_home(estate), a_home(estate)
    more = {"by": By(staff_id=supervisor.id), "at": noon(NOVEMBER)}
    november = propose_plan(estate, "2026-11", today=NOVEMBER, **more)
    drop_lines(november, [line.id for line in november.lines if line.unit_id == second.id], **more)

    december = propose_plan(estate, "2026-12", today=NOVEMBER, **more)

    assert [line.unit_id for line in november.lines] == [first.id]
    assert [line.unit_id for line in december.lines] == [second.id]
    later = propose_plan(estate, "2026-12", today=DECEMBER, **more)
    assert len(later.lines) == 2, "a plan that nobody filed in its month holds nobody back"


@pytest.mark.clause("P53")
def test_what_a_month_has_not_met_by_its_end_is_put_into_the_next_that_was_proposed_before(context: Flask) -> None:
    estate = an_estate()
    supervisor, _officer = a_staff(estate, Role.SUPERVISOR), a_staff(estate, Role.OFFICER)
    missed, by = a_home(estate), By(staff_id=supervisor.id)
    a_plan_at_work(estate, supervisor, NOVEMBER)
    december = propose_plan(estate, "2026-12", today=NOVEMBER, by=by, at=noon(NOVEMBER))
    assert (december.lines, left_behind(december, set(), NOVEMBER)) == ([], [])

    left = left_behind(december, set(), DECEMBER)
    [line] = add_homes(december, [unit for unit, _month in left], by=by, at=noon(DECEMBER))

    assert left == [(missed, "2026-11")]
    assert (line.unit_id, line.carried_from, line.due_on.month) == (missed.id, "2026-11", 12)
    assert left_behind(december, {missed.id}, DECEMBER) == []
    put_to_work(december, by=by, at=noon(DECEMBER))
    assert [task.plan_id for task in due_tasks()] == [december.id]


@pytest.mark.clause("P53")
def test_where_the_next_month_is_at_work_already_an_amendment_takes_up_what_was_not_met(context: Flask) -> None:
    estate = an_estate()
    supervisor, _officer = a_staff(estate, Role.SUPERVISOR), a_staff(estate, Role.OFFICER)
    by, other = By(staff_id=supervisor.id), a_home(estate)
    missed = a_home(estate)
    november = propose_plan(estate, "2026-11", today=NOVEMBER, by=by, at=noon(NOVEMBER))
    drop_lines(november, [line.id for line in november.lines if line.unit_id == other.id], by=by, at=noon(NOVEMBER))
    put_to_work(november, by=by, at=noon(NOVEMBER))
    december = propose_plan(estate, "2026-12", today=NOVEMBER, by=by, at=noon(NOVEMBER))
    put_to_work(december, by=by, at=noon(NOVEMBER))
    taken = {line.unit_id for line in december.lines}
    assert (taken, left_behind(december, taken, NOVEMBER)) == ({other.id}, [])

    amendment = begin_amendment(december, by=by, at=noon(DECEMBER))
    left = left_behind(december, taken, DECEMBER)
    add_to_amendment(amendment, [unit for unit, _month in left], by=by, at=noon(DECEMBER))
    file_amendment(amendment, by=by, at=noon(DECEMBER))

    carried = {line.unit_id: line.carried_from for line in december.lines}
    assert carried == {other.id: None, missed.id: "2026-11"}
    assert {task.plan_id for task in due_tasks()} == {december.id}


def test_a_home_that_was_met_after_the_proposal_falls_away_when_the_plan_goes_to_work(context: Flask) -> None:
    estate, tablet = an_estate(), a_tablet()
    supervisor, officer = a_staff(estate, Role.SUPERVISOR), a_staff(estate, Role.OFFICER)
    met, other = a_home(estate), a_home(estate)
    by = By(staff_id=supervisor.id)
    plan = propose_plan(estate, "2026-11", today=NOVEMBER, by=by, at=noon(NOVEMBER))
    a_visit_held(met, officer, tablet, NOVEMBER)
    db.session.flush()

    put_to_work(plan, by=by, at=noon(NOVEMBER + timedelta(days=2)))

    assert [task.unit_id for task in due_tasks()] == [other.id]
    assert {home.line.unit_id: home.fell_away for home in planned_homes(plan)} == {met.id: True, other.id: False}


@pytest.mark.clause("P53")
@pytest.mark.clause("P54")
def test_who_was_only_rung_about_something_else_is_due_as_before(context: Flask) -> None:
    estate, tablet = an_estate(), a_tablet()
    by, officer = By(a_staff(estate, Role.SUPERVISOR).id), a_staff(estate, Role.OFFICER)
    rung, planned = a_home(estate), a_home(estate)
    for home in (rung, planned):
        a_visit_held(home, officer, tablet, date(2026, 8, 5))
        a_visit_held(home, officer, tablet, date(2026, 10, 30)).method = Method.PHONE
    db.session.flush()
    task = a_planned_visit(planned, officer)
    call = db.session.scalars(sa.select(Visit).filter_by(unit_id=planned.id, method=Method.PHONE)).one()
    settle(task, call.id, by=by, at=noon(NOVEMBER))

    plan = propose_plan(estate, "2026-11", today=NOVEMBER, by=by, at=noon(NOVEMBER))

    assert {line.unit_id: line.last_met_on for line in plan.lines} == {rung.id: date(2026, 8, 5)}
    assert last_met([rung.id, planned.id]) == {rung.id: noon(date(2026, 8, 5)), planned.id: noon(date(2026, 10, 30))}


@pytest.mark.clause("P53")
def test_a_plan_tells_which_homes_are_due_by_their_cycle_and_in_no_plan(context: Flask) -> None:
    estate, tablet = an_estate(), a_tablet()
    by, officer = By(a_staff(estate, Role.SUPERVISOR).id), a_staff(estate, Role.OFFICER)
    left_out, kept, met = a_home(estate), a_home(estate), a_home(estate)
    a_visit_held(met, officer, tablet, NOVEMBER)
    db.session.flush()
    more = {"by": by, "at": noon(NOVEMBER)}

    def in_no_plan(plan: Plan) -> list[uuid.UUID]:
        return due_in_no_plan(plan, homes_in_scope(estate, NOVEMBER), 3, NOVEMBER)

    november = propose_plan(estate, "2026-11", today=NOVEMBER, **more)
    whole = in_no_plan(november)
    drop_lines(november, [line.id for line in november.lines if line.unit_id == left_out.id], **more)
    without = in_no_plan(november)
    put_to_work(november, **more)
    december = propose_plan(estate, "2026-12", today=NOVEMBER, **more)

    assert [line.unit_id for line in december.lines] == [left_out.id]
    assert [task.unit_id for task in due_tasks()] == [kept.id]
    assert (whole, without, in_no_plan(november), in_no_plan(december)) == ([], [left_out.id], [], [])


def test_a_home_put_in_by_hand_before_its_cycle_ends_goes_to_work_with_the_plan(context: Flask) -> None:
    estate, tablet = an_estate(), a_tablet()
    supervisor, officer = a_staff(estate, Role.SUPERVISOR), a_staff(estate, Role.OFFICER)
    asked_for, by = a_home(estate), By(staff_id=supervisor.id)
    a_visit_held(asked_for, officer, tablet, NOVEMBER - timedelta(days=20))
    db.session.flush()
    plan = propose_plan(estate, "2026-11", today=NOVEMBER, by=by, at=noon(NOVEMBER))
    add_homes(plan, [asked_for], by=by, at=noon(NOVEMBER))

    put_to_work(plan, by=by, at=noon(NOVEMBER))

    assert [task.unit_id for task in due_tasks()] == [asked_for.id], "what was approved is what is visited"


def two_plans_of_one_home(estate: Estate, by: By) -> tuple[Plan, Plan]:
    """December was proposed first: its one home stands in November's draft too."""
    more = {"today": NOVEMBER, "by": by, "at": noon(NOVEMBER)}
    december, november = propose_plan(estate, "2026-12", **more), propose_plan(estate, "2026-11", **more)
    assert [len(plan.lines) for plan in (november, december)] == [1, 1]
    return november, december


@pytest.mark.clause("P53")
@pytest.mark.clause("V44")
def test_a_later_plan_takes_no_home_from_an_earlier_one_that_can_still_visit_it(context: Flask) -> None:
    estate = an_estate()
    by, _officer, home = By(a_staff(estate, Role.SUPERVISOR).id), a_staff(estate, Role.OFFICER), a_home(estate)
    november, december = two_plans_of_one_home(estate, by)
    put_to_work(november, by=by, at=noon(NOVEMBER))

    put_to_work(december, by=by, at=noon(NOVEMBER))
    db.session.commit()

    assert [task.plan_id for task in due_tasks()] == [november.id]
    [left] = planned_homes(december)
    assert (left.fell_away, left.left_to) == (True, "2026-11")
    assert left_behind(december, set(), NOVEMBER) == []
    with pytest.raises(Refused) as refusal:
        add_to_amendment(begin_amendment(december, by=by, at=noon(NOVEMBER)), [home], by=by, at=noon(NOVEMBER))
    assert refusal.value.code == "plan:planned_before"


@pytest.mark.clause("P53")
def test_what_was_left_to_an_earlier_plan_and_not_met_comes_back_with_an_amendment(context: Flask) -> None:
    estate = an_estate()
    by, _officer, home = By(a_staff(estate, Role.SUPERVISOR).id), a_staff(estate, Role.OFFICER), a_home(estate)
    november, december = two_plans_of_one_home(estate, by)
    for plan in (november, december):
        put_to_work(plan, by=by, at=noon(NOVEMBER))

    assert left_behind(december, set(), DECEMBER) == [(home, "2026-11")]
    amendment = begin_amendment(december, by=by, at=noon(DECEMBER))
    add_to_amendment(amendment, [home], by=by, at=noon(DECEMBER))
    file_amendment(amendment, by=by, at=noon(DECEMBER))

    assert [task.plan_id for task in due_tasks()] == [december.id]
    [[missed], [taken_up]] = [planned_homes(plan) for plan in (november, december)]
    assert (missed.state, missed.moved_to) == (TaskState.CANCELLED, "2026-12")
    assert (taken_up.state, taken_up.fell_away, taken_up.line.carried_from) == (TaskState.DUE, False, "2026-11")


def test_a_home_that_an_earlier_plan_takes_up_afterwards_is_said_to_be_moved_up(context: Flask) -> None:
    estate = an_estate()
    by, _officer, _home = By(a_staff(estate, Role.SUPERVISOR).id), a_staff(estate, Role.OFFICER), a_home(estate)
    november, december = two_plans_of_one_home(estate, by)
    for plan in (december, november):
        put_to_work(plan, by=by, at=noon(NOVEMBER))

    assert [task.plan_id for task in due_tasks()] == [november.id]
    assert [(home.state, home.moved_to) for home in planned_homes(december)] == [(TaskState.CANCELLED, "2026-11")]


def test_a_tablet_that_does_not_know_of_the_new_plan_settles_it_all_the_same(app: Flask, world: World) -> None:
    with app.app_context():
        estate = db.session.get_one(Estate, world.estate_id)
        supervisor = a_staff(estate, Role.SUPERVISOR)
        a_plan_at_work(estate, supervisor, DECEMBER)
        db.session.commit()
        old, new = db.session.scalars(sa.select(Task).order_by(Task.made_at)).all()
        assert (old.id, old.state, new.state) == (world.task_id, TaskState.CANCELLED, TaskState.DUE)
    visit = world.tablet.a_visit(world.estate_id, world.unit_id, task_ids=[str(world.task_id)])

    [receipt] = world.tablet.receipts(world.tablet.freeze(visit))

    assert receipt["status"] == "applied"
    with app.app_context():
        states = {task.kind: task.state for task in db.session.scalars(sa.select(Task)) if task.id != world.task_id}
        assert states == {TaskKind.PLANNED_VISIT: TaskState.DONE}
