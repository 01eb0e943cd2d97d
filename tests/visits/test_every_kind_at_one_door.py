"""One knock: one of every kind of task there is, answered at one visit under one signature, each settling its own."""

import uuid
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from app.agenda.models import Task
from app.agenda.queries import due_at
from app.agenda.rules import EVERY_CALLBACK, OF_SURVEYS, TELLINGS, TaskKind, TaskState
from app.core.clock import local_date, now
from app.core.db import db
from app.core.ids import new_id
from app.core.journal import By
from app.estates.models import Estate, Unit
from app.issues.complaining import Matter, open_complaint
from app.issues.complaint_rules import Grade, Nature
from app.issues.explaining import cannot_be_solved
from app.issues.models import Issue
from app.issues.rules import Cannot
from app.people.models import Staff
from app.people.queries import departments
from app.repairs.actions import Done, Reported, dispatch, finish, report_order
from app.repairs.models import WorkOrder
from app.repairs.rules import Kind
from app.signatures.models import Signature
from app.surveys.actions import hand_out
from app.surveys.models import SurveySheet
from app.surveys.receipts import Given
from app.surveys.rules import Receipt, SheetState
from app.visits.models import Visit
from app.visits.rules import DUE, Method
from app.visits.specials import Order, order_special
from tests.builders import NOBODY, a_survey, a_survey_out, fetch
from tests.visits.at_the_door import EXPLAINED, NEW_DATE, does
from tests.visits.kept import count, pushed
from tests.world import World

TEXTS = {
    TaskKind.ISSUE_CALLBACK: ("主卫渗水", "accepted", "rectified"),
    TaskKind.COMPLAINT_CALLBACK: ("保安态度恶劣", "accepted", "rectified"),
    TaskKind.ISSUE_EXPLANATION: ("外墙裂缝",),
    TaskKind.NEW_DATE: ("门铃不响", "accepted", "put off"),
}
"""What the owner raised for each kind of task about an issue, and what was done about it since."""
ORDERS = {TaskKind.ORDER_CALLBACK: Kind.FREE, TaskKind.SERVICE_CALLBACK: Kind.CHARGEABLE}


@pytest.fixture
def due(app: Flask, world: World) -> dict[TaskKind, Task]:
    """One of each kind is due at the home of the world."""
    raised = {kind: world.tablet.an_issue(text=text) for kind, (text, *_acts) in TEXTS.items()}
    pushed(world, world.tablet.a_visit(world.estate_id, world.unit_id, issues=list(raised.values())))
    with app.app_context():
        complained = db.session.get_one(Issue, uuid.UUID(raised[TaskKind.COMPLAINT_CALLBACK]["id"]))
        open_complaint(complained, Matter(Nature.ATTITUDE, Grade.ORDINARY), event_id=new_id(), by=NOBODY, at=now())
        explained = fetch(Issue, raised[TaskKind.ISSUE_EXPLANATION]["id"])
        by_officer = {"event_id": new_id(), "by": NOBODY, "at": now()}
        cannot_be_solved(explained, Cannot.FOR_NOW, EXPLAINED["words"], explained.officer, **by_officer)
        db.session.commit()
    for kind, (_text, *acts) in TEXTS.items():
        for act in acts:
            does(app, raised[kind]["id"], act, now())
    with app.app_context():
        _finished_orders(world)
        _a_special_visit(world)
        _surveys(world)
        db.session.commit()
        return {task.kind: task for task in due_at(world.unit_id)}


def _finished_orders(world: World) -> None:
    for kind in ORDERS.values():
        at = now()
        more: dict[str, Any] = {"by": NOBODY, "at": at}
        told = Reported(kind, "水槽漏水", at, "陈建国", place="厨房")
        order = report_order(db.session.get_one(Unit, world.unit_id), told, **more)
        dispatch(order, departments(world.estate_id)[0], event_id=new_id(), **more)
        finish(order, Done("更换软管", at, 0 if kind is Kind.FREE else 8000), event_id=new_id(), **more)
        for task in due_at(world.unit_id):
            task.assignee_id = world.officer_id


def _a_special_visit(world: World) -> None:
    estate = db.session.get_one(Estate, world.estate_id)
    order = Order(
        title="暖气打压前逐户确认",
        ask="阀门是否打开",
        method=Method.DOOR,
        due_on=local_date(now(), estate.time_zone),
        unit_ids=[world.unit_id],
        officer_ids=[world.officer_id],
        required_by_id=None,
    )
    order_special(order, estate, event_id=new_id(), by=By(world.officer_id), at=now())


def _surveys(world: World) -> None:
    """Of one the sheet is to be handed out, of the other it was and is to be collected."""
    estate, officer = db.session.get_one(Estate, world.estate_id), db.session.get_one(Staff, world.officer_id)
    asked = departments(world.estate_id)[0], "维修及时"
    [_first], [second] = (
        a_survey_out(a_survey(estate, officer, asked), [db.session.get_one(Unit, world.unit_id)], officer)
        for _n in range(2)
    )
    given = Given(Receipt.SIGNED, "陈建国", "owner", now())
    when = {"collect_on": local_date(now(), estate.time_zone), "at": now(), "when": now()}
    hand_out(second, given, collector_id=officer.id, event_id=new_id(), by=NOBODY, **when)


def sheet_of(task: Task) -> dict[str, Any]:
    """What becomes of the sheet that a task is about."""
    sheet = fetch(SurveySheet, task.subject_id)
    said = {"sheet_id": str(sheet.id), "survey_id": str(sheet.survey_id), "task_id": str(task.id)}
    if task.kind is TaskKind.SURVEY_HAND_OUT:
        return said | {"act": "handed_out", "collect_at": "2026-11-25T10:00:00.000Z"}
    return said | {"act": "collected", "filled": "on_screen", "overall": "satisfied"}


def answer_to(kind: TaskKind, task: Task) -> dict[str, Any] | None:
    """The owner's word, where it settles a task of this kind."""
    subject = {"order_id" if kind in ORDERS else "issue_id": str(task.subject_id), "round": task.round, "reason": ""}
    if kind in TELLINGS:
        date_ = {"new_date": NEW_DATE.isoformat()} if kind is TaskKind.NEW_DATE else {}
        return subject | {"answer": "agreed"} | date_
    if kind in EVERY_CALLBACK:
        return subject | {"answer": "satisfied", "task_id": str(task.id)}
    return None


def held(world: World, due: dict[TaskKind, Task], *left: TaskKind) -> str:
    """One visit for all that is due, its owner silent about `left`. The status of its receipt."""
    answers = [word for kind, task in due.items() if kind not in left and (word := answer_to(kind, task))]
    with world.tablet.client.application.app_context():
        surveys = [sheet_of(task) for kind, task in due.items() if kind in OF_SURVEYS and kind not in left]
    explained = due[TaskKind.ISSUE_EXPLANATION].subject_id
    visit = world.tablet.a_visit(
        world.estate_id,
        world.unit_id,
        task_ids=[str(task.id) for task in due.values()],
        answers=answers,
        surveys=surveys,
        had_been_told={str(explained): EXPLAINED} if TaskKind.ISSUE_EXPLANATION not in left else {},
    )
    return str(pushed(world, visit)["status"])


def sheets(app: Flask, due: dict[TaskKind, Task]) -> set[SheetState]:
    with app.app_context():
        return {fetch(SurveySheet, due[kind].subject_id).state for kind in OF_SURVEYS}


def states(app: Flask, due: dict[TaskKind, Task]) -> dict[TaskKind, TaskState]:
    with app.app_context():
        return {kind: db.session.get_one(Task, task.id).state for kind, task in due.items()}


@pytest.mark.clause("R02")
@pytest.mark.clause("R13")
@pytest.mark.clause("R20")
def test_one_signature_covers_one_of_every_kind_and_each_answer_settles_its_own(
    app: Flask, world: World, due: dict[TaskKind, Task]
) -> None:
    assert set(due) == set(TaskKind), "a kind that is not here is not offered at one knock"
    with app.app_context():
        before = count(Signature)

    assert held(world, due) == "applied"

    assert states(app, due) == dict.fromkeys(TaskKind, TaskState.DONE)
    assert sheets(app, due) == {SheetState.HANDED_OUT, SheetState.COLLECTED}
    with app.app_context():
        assert count(Signature) == before + 2, "the owner's one and the officer's"
        [visit] = db.session.scalars(
            sa.select(Visit).where(Visit.id == fetch(Task, due[TaskKind.NEW_DATE].id).visit_id)
        )
        assert set(visit.categories) == {row.category.value for row in DUE.values()}
        assert {order.rating for order in db.session.scalars(sa.select(WorkOrder))} == {visit.rating.value}


@pytest.mark.parametrize("silent", sorted(EVERY_CALLBACK | TELLINGS | OF_SURVEYS, key=str), ids=lambda kind: kind.value)
def test_what_the_owner_did_not_answer_stays_due_and_nothing_else(
    app: Flask, world: World, due: dict[TaskKind, Task], silent: TaskKind
) -> None:
    held(world, due, silent)

    assert states(app, due) == dict.fromkeys(TaskKind, TaskState.DONE) | {silent: TaskState.DUE}
