"""A month's plan: proposed, put right, reviewed, put to work, each once, whoever else is at it."""

import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from app.agenda.actions import settle
from app.agenda.models import Task
from app.agenda.queries import tasks_by_id
from app.agenda.rules import TaskKind, TaskState
from app.approvals.queries import review_of
from app.approvals.rules import Move
from app.core import journal
from app.core.db import db
from app.core.errors import Outdated, Refused
from app.core.ids import new_id
from app.core.journal import By
from app.estates.models import Estate, Unit
from app.estates.rules import Occupancy
from app.people.models import Device, Staff
from app.people.rules import Role
from app.visits import plans
from app.visits.models import Attempt, Plan, PlanLine
from app.visits.plans import drop_lines, give_lines, move_plan, propose_plan, submit_plan
from app.visits.progress import planned_homes
from app.visits.queries import plan_of, the_plan
from app.visits.rules import Method, Outcome, PlanState
from tests.at_once import at_the_same_moment
from tests.builders import NOW, TODAY, a_home, a_planned_visit, a_staff, a_unit, an_estate, an_owner, put_to_work

MONTH = "2026-11"


@dataclass(frozen=True)
class Ground:
    """An estate with a supervisor, two officers and three homes."""

    estate: Estate
    supervisor: Staff
    officers: list[Staff]
    homes: list[Unit]

    @property
    def more(self) -> dict[str, object]:
        return {"by": By(staff_id=self.supervisor.id), "at": NOW}

    def propose(self, month: str = MONTH, today: date = TODAY) -> Plan:
        return propose_plan(self.estate, month, today=today, **self.more)


@pytest.fixture
def ground(context: Flask) -> Ground:
    estate = an_estate()
    made = Ground(
        estate,
        a_staff(estate, Role.SUPERVISOR, name="王主管"),
        [a_staff(estate, Role.OFFICER, name=name) for name in ("李敏", "张伟")],
        [a_home(estate) for _i in range(3)],
    )
    db.session.commit()
    return made


def units(plan: Plan) -> set[uuid.UUID]:
    return {line.unit_id for line in plan.lines}


def tasks() -> list[Task]:
    return list(db.session.scalars(sa.select(Task).order_by(Task.id)))


# --- proposing ---


@pytest.mark.clause("P53")
@pytest.mark.clause("R41")
@pytest.mark.clause("V44")
def test_every_household_that_is_due_is_proposed_to_an_officer(ground: Ground) -> None:
    plan = ground.propose()
    db.session.commit()

    assert plan.state is PlanState.DRAFT
    assert units(plan) == {home.id for home in ground.homes}
    assert {line.officer_id for line in plan.lines} <= {officer.id for officer in ground.officers}
    assert [line.kind for line in journal.history(plan.id)] == ["plan:proposed"]
    assert tasks() == []


def test_only_households_are_proposed(ground: Ground) -> None:
    """Not what stands empty, not what nobody owns or nobody owns any more, and nothing of another estate."""
    vacant, sold = a_home(ground.estate), a_home(ground.estate)
    vacant.occupancy = Occupancy.VACANT
    sold.ownerships[0].until = TODAY
    later = a_unit(ground.estate)
    an_owner(later, since=TODAY + timedelta(days=1))
    a_unit(ground.estate)
    a_home(an_estate())
    db.session.flush()

    assert units(ground.propose()) == {home.id for home in ground.homes}


def test_where_a_visit_is_due_already_none_is_proposed(ground: Ground) -> None:
    a_planned_visit(ground.homes[0], ground.officers[0])

    assert units(ground.propose()) == {home.id for home in ground.homes[1:]}


def test_a_draft_gives_way_to_a_new_proposal(ground: Ground) -> None:
    older = ground.propose()
    db.session.commit()
    older_id, older_lines = older.id, {line.id for line in older.lines}

    newer = ground.propose()
    db.session.commit()

    assert newer.id == older_id, "the month keeps its plan, and what was written about it"
    assert {line.id for line in newer.lines}.isdisjoint(older_lines)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(PlanLine)) == 3


def test_a_plan_at_work_does_not_give_way(ground: Ground) -> None:
    put_to_work(ground.propose(), **ground.more)
    db.session.commit()

    with pytest.raises(Outdated) as refusal:
        ground.propose()
    db.session.rollback()

    assert refusal.value.code == "plan:at_work"
    assert plan_of(ground.estate.id, MONTH).state is PlanState.ACTIVE


def test_a_month_that_is_over_is_refused(ground: Ground) -> None:
    with pytest.raises(Refused) as refusal:
        ground.propose("2026-10")

    assert refusal.value.code == "plan:month_over"


def test_without_an_officer_nothing_is_proposed(context: Flask) -> None:
    estate = an_estate()
    supervisor = a_staff(estate, Role.SUPERVISOR)

    with pytest.raises(Refused) as refusal:
        propose_plan(estate, MONTH, today=TODAY, by=By(staff_id=supervisor.id), at=NOW)

    assert refusal.value.code == "plan:no_officer"


# --- putting right ---


def test_lines_can_be_given_to_a_colleague(ground: Ground) -> None:
    plan, (_first, second) = ground.propose(), ground.officers
    mine = [line for line in plan.lines if line.officer_id != second.id]

    given = give_lines(plan, [line.id for line in plan.lines], second.id, **ground.more)
    again = give_lines(plan, [line.id for line in plan.lines], second.id, **ground.more)
    db.session.commit()

    assert (given, again) == (len(mine), 0)
    assert {line.officer_id for line in plan.lines} == {second.id}
    assert [line.kind for line in journal.history(plan.id)] == ["plan:proposed", "plan:lines_given"]


@pytest.mark.parametrize("who", ["nobody", "the supervisor", "an officer elsewhere", "an officer of yesterday"])
def test_lines_are_given_to_officers_of_the_estate_only(ground: Ground, who: str) -> None:
    plan, former = ground.propose(), a_staff(ground.estate, Role.OFFICER)
    former.roles[0].until = TODAY
    db.session.flush()
    given_to = {
        "nobody": new_id(),
        "the supervisor": ground.supervisor.id,
        "an officer elsewhere": a_staff(an_estate(), Role.OFFICER).id,
        "an officer of yesterday": former.id,
    }[who]
    before = {line.id: line.officer_id for line in plan.lines}

    with pytest.raises(Refused) as refusal:
        give_lines(plan, before, given_to, **ground.more)

    assert refusal.value.code == "plan:officer_unknown"
    assert {line.id: line.officer_id for line in plan.lines} == before


def test_lines_that_were_taken_out_are_not_put_to_work_and_return_to_the_next_proposal(ground: Ground) -> None:
    plan = ground.propose()
    out = plan.lines[0]
    out_unit = out.unit_id

    assert drop_lines(plan, [out.id, new_id()], **ground.more) == 1
    assert put_to_work(plan, **ground.more) == 2
    db.session.commit()

    assert out_unit not in {task.unit_id for task in tasks()}
    assert units(ground.propose("2026-12")) == {out_unit}


def test_lines_of_another_plan_are_left_alone(ground: Ground) -> None:
    december = ground.propose("2026-12")
    november = ground.propose()

    assert drop_lines(november, [line.id for line in december.lines], **ground.more) == 0
    assert len(december.lines) == 3


# --- putting to work ---


@pytest.mark.clause("V44")
def test_each_line_of_a_plan_at_work_is_a_task_of_its_officer(ground: Ground) -> None:
    plan = ground.propose()

    count = put_to_work(plan, **ground.more)
    db.session.commit()

    assert count == 3
    assert (plan.state, plan.active_at) == (PlanState.ACTIVE, NOW)
    lines = {line.id: line for line in plan.lines}
    for task in tasks():
        line = lines.pop(task.subject_id)
        assert (task.unit_id, task.assignee_id, task.due_on) == (line.unit_id, line.officer_id, line.due_on)
        assert (task.kind, task.state, task.plan_id) == (TaskKind.PLANNED_VISIT, TaskState.DUE, plan.id)
    assert lines == {}
    assert {home.state for home in planned_homes(plan)} == {TaskState.DUE}


@pytest.mark.parametrize(
    "change",
    [
        lambda plan, ground: submit_plan(plan, event_id=new_id(), **ground.more),
        lambda plan, ground: drop_lines(plan, [plan.lines[0].id], **ground.more),
        lambda plan, ground: give_lines(plan, [plan.lines[0].id], ground.officers[0].id, **ground.more),
    ],
)
def test_a_plan_at_work_is_not_changed(ground: Ground, change: Callable[[Plan, Ground], int]) -> None:
    plan = ground.propose()
    put_to_work(plan, **ground.more)
    db.session.commit()

    with pytest.raises(Outdated) as refusal:
        change(plan, ground)
    db.session.rollback()

    assert refusal.value.code == "plan:at_work"
    assert (len(plan.lines), len(tasks())) == (3, 3)


# --- what became of it ---


def an_attempt(task: Task, outcome: Outcome, minutes: int, tablet: Device) -> Attempt:
    tried_at = NOW + timedelta(minutes=minutes)
    attempt = Attempt(
        id=new_id(),
        estate_id=task.estate_id,
        unit_id=task.unit_id,
        number=f"T01-{minutes}",
        officer_id=task.assignee_id,
        device_id=tablet.id,
        operation_id=new_id(),
        method=Method.DOOR,
        outcome=outcome,
        note="",
        task_ids=[str(task.id)],
        tried_at=tried_at,
        received_at=tried_at,
    )
    db.session.add(attempt)
    return attempt


def test_a_plan_says_how_often_and_why_nobody_was_met(ground: Ground) -> None:
    plan = ground.propose()
    put_to_work(plan, **ground.more)
    tablet = Device(id=new_id(), code="T01", key={}, send_token_hash="x", enrolled_at=NOW, reported={})
    db.session.add(tablet)
    db.session.flush()
    first, second, _third = tasks()
    an_attempt(first, Outcome.REFUSED, 9, tablet)
    an_attempt(first, Outcome.NOBODY_HOME, 5, tablet)
    another = an_attempt(second, Outcome.NO_ANSWER, 7, tablet)
    another.task_ids = [str(new_id())]
    db.session.flush()

    tries = {home.line.id: home.tries for home in planned_homes(plan)}

    assert tries.pop(first.subject_id) == [Outcome.NOBODY_HOME, Outcome.REFUSED], "in the order they were made"
    assert list(tries.values()) == [[], []], "an attempt at something else in that unit is not one at this visit"


# --- the review of a plan ---


def hand_on(plan: Plan, ground: Ground, after: int, move: Move = Move.HAND_ON) -> None:
    move_plan(plan, move, after=after, roles=frozenset(Role), event_id=new_id(), note="楼栋太少", **ground.more)


@pytest.mark.clause("V44")
def test_nothing_reaches_a_tablet_before_the_last_stage_has_signed(ground: Ground) -> None:
    plan = ground.propose()
    submit_plan(plan, event_id=new_id(), **ground.more)

    seen = []
    for stage in range(3):
        seen.append((plan.state, len(tasks())))
        hand_on(plan, ground, after=stage + 1)

    assert seen == [(PlanState.UNDER_REVIEW, 0)] * 3
    assert (plan.state, len(tasks())) == (PlanState.ACTIVE, 3)


@pytest.mark.clause("V44")
@pytest.mark.parametrize("stage", [0, 1, 2])
def test_a_plan_sent_back_at_any_stage_is_a_draft_again_with_the_reason(ground: Ground, stage: int) -> None:
    plan = ground.propose()
    submit_plan(plan, event_id=new_id(), **ground.more)
    for passed in range(stage):
        hand_on(plan, ground, after=passed + 1)

    hand_on(plan, ground, after=stage + 1, move=Move.SEND_BACK)

    assert plan.state is PlanState.DRAFT
    assert review_of(plan.id).acts[-1].note == "楼栋太少"
    assert drop_lines(plan, [plan.lines[0].id], **ground.more) == 1
    submit_plan(plan, event_id=new_id(), **ground.more)
    assert (review_of(plan.id).round, review_of(plan.id).passed) == (2, 0)


def test_a_plan_under_review_is_not_changed(ground: Ground) -> None:
    plan = ground.propose()
    submit_plan(plan, event_id=new_id(), **ground.more)

    for change in (
        lambda: drop_lines(plan, [plan.lines[0].id], **ground.more),
        lambda: give_lines(plan, [plan.lines[0].id], ground.officers[0].id, **ground.more),
        ground.propose,
    ):
        with pytest.raises(Outdated) as refusal:
            change()
        assert refusal.value.code == "plan:under_review"

    hand_on(plan, ground, after=1, move=Move.TAKE_BACK)
    assert drop_lines(plan, [plan.lines[0].id], **ground.more) == 1


def test_a_plan_without_homes_is_not_handed_in(ground: Ground) -> None:
    plan = ground.propose()
    drop_lines(plan, [line.id for line in plan.lines], **ground.more)

    with pytest.raises(Refused) as refusal:
        submit_plan(plan, event_id=new_id(), **ground.more)

    assert refusal.value.code == "plan:empty"
    assert (plan.state, review_of(plan.id)) == (PlanState.DRAFT, None)


def test_a_plan_that_was_not_handed_in_cannot_be_moved(ground: Ground) -> None:
    with pytest.raises(Outdated) as refusal:
        hand_on(ground.propose(), ground, after=0)

    assert refusal.value.code == "plan:not_handed_in"


# --- two at once ---


def test_of_two_who_hand_a_plan_in_one_does(app: Flask, ground: Ground) -> None:
    plan_id, more = ground.propose().id, ground.more
    db.session.commit()

    def hand_in() -> None:
        submit_plan(db.session.get_one(Plan, plan_id), event_id=new_id(), **more)

    assert at_the_same_moment(app, hand_in, hand_in) == ["done", "plan:under_review"]
    assert len(review_of(plan_id).acts) == 1


def test_of_two_who_file_a_plan_one_puts_it_to_work(app: Flask, ground: Ground) -> None:
    plan = ground.propose()
    submit_plan(plan, event_id=new_id(), **ground.more)
    hand_on(plan, ground, after=1)
    hand_on(plan, ground, after=2)
    db.session.commit()
    plan_id, more = plan.id, ground.more

    def file() -> None:
        one = db.session.get_one(Plan, plan_id)
        move_plan(one, Move.HAND_ON, after=3, roles=frozenset(Role), event_id=new_id(), **more)

    assert at_the_same_moment(app, file, file) == ["done", "review:moved_on"]
    assert len(tasks()) == 3


def test_two_who_propose_a_month_leave_one_plan(app: Flask, ground: Ground) -> None:
    estate_id, more = ground.estate.id, ground.more

    def propose() -> None:
        propose_plan(db.session.get_one(Estate, estate_id), MONTH, today=TODAY, **more)

    assert at_the_same_moment(app, propose, propose) == ["done", "done"]
    assert len(plan_of(estate_id, MONTH).lines) == 3
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Plan)) == 1


@pytest.mark.parametrize("_once_more", range(5))
def test_what_one_month_takes_up_is_not_proposed_for_the_next_at_that_moment(
    app: Flask, ground: Ground, monkeypatch: pytest.MonkeyPatch, _once_more: int
) -> None:
    estate_id, more, has_read, reads = ground.estate.id, ground.more, threading.Event(), plans.missed_before

    def reads_on(estate: uuid.UUID, month: str, today: date) -> dict[uuid.UUID, str]:
        has_read.set()
        return reads(estate, month, today)

    def this_month() -> None:
        propose_plan(db.session.get_one(Estate, estate_id), MONTH, today=TODAY, **more)

    def the_next() -> None:
        has_read.wait(5)
        propose_plan(db.session.get_one(Estate, estate_id), "2026-12", today=TODAY, **more)

    monkeypatch.setattr(plans, "missed_before", reads_on)
    assert at_the_same_moment(app, this_month, the_next) == ["done", "done"]

    assert [len(plan_of(estate_id, month).lines) for month in (MONTH, "2026-12")] == [3, 0]


@pytest.mark.parametrize("_once_more", range(5))
def test_two_plans_that_are_filed_at_one_moment_leave_one_visit_due_at_a_home(
    app: Flask, ground: Ground, _once_more: int
) -> None:
    ids, more = [ground.propose(month).id for month in ("2026-12", MONTH)], ground.more
    for plan_id in ids:
        plan = the_plan(ground.estate.id, plan_id)
        submit_plan(plan, event_id=new_id(), **more)
        hand_on(plan, ground, after=1)
        hand_on(plan, ground, after=2)
    db.session.commit()

    def file(plan_id: uuid.UUID) -> Callable[[], object]:
        def run() -> None:
            plan = db.session.get_one(Plan, plan_id)
            move_plan(plan, Move.HAND_ON, after=3, roles=frozenset(Role), event_id=new_id(), **more)

        return run

    assert at_the_same_moment(app, *(file(plan_id) for plan_id in ids)) == ["done", "done"]

    due = [task.unit_id for task in tasks() if task.state is TaskState.DUE]
    assert sorted(due) == sorted(home.id for home in ground.homes)


def test_proposing_anew_while_somebody_hands_in_ends_in_one_of_the_two(app: Flask, ground: Ground) -> None:
    plan_id, estate_id, more = ground.propose().id, ground.estate.id, ground.more
    db.session.commit()

    outcome = at_the_same_moment(
        app,
        lambda: submit_plan(the_plan(estate_id, plan_id), event_id=new_id(), **more),
        lambda: propose_plan(db.session.get_one(Estate, estate_id), MONTH, today=TODAY, **more),
    )

    plan = plan_of(estate_id, MONTH)
    assert outcome in (["done", "plan:under_review"], ["done", "done"]), "handed in first, or proposed anew first"
    assert plan.state is PlanState.UNDER_REVIEW
    assert len(plan.lines) == 3


@pytest.mark.parametrize("_once_more", range(5))
def test_a_visit_that_comes_while_a_plan_is_filed_is_not_called_off(
    app: Flask, ground: Ground, monkeypatch: pytest.MonkeyPatch, _once_more: int
) -> None:
    plan = ground.propose()
    due = [a_planned_visit(line.unit, line.officer).id for line in plan.lines]
    submit_plan(plan, event_id=new_id(), **ground.more)
    hand_on(plan, ground, after=1)
    hand_on(plan, ground, after=2)
    db.session.commit()
    plan_id, more, has_read, reads = plan.id, ground.more, threading.Event(), plans._still_to_be_met

    def reads_on(*about: Any) -> list[PlanLine]:
        has_read.set()
        return reads(*about)

    def file() -> None:
        one = db.session.get_one(Plan, plan_id)
        move_plan(one, Move.HAND_ON, after=3, roles=frozenset(Role), event_id=new_id(), **more)

    def visit() -> None:
        has_read.wait(5)
        for task in tasks_by_id(due).values():
            settle(task, new_id(), **more)

    monkeypatch.setattr(plans, "_still_to_be_met", reads_on)
    assert at_the_same_moment(app, file, visit) == ["done", "done"]

    assert {task.state for task in tasks() if task.visit_id} <= {TaskState.DONE}
