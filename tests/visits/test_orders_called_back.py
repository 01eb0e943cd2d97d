"""A finished work order is one of the callbacks of a visit: the owner's answer settles it and moves the order."""

import uuid
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask

from app.agenda.models import Task
from app.agenda.queries import due_at
from app.agenda.rules import EVERY_CALLBACK, TaskKind, TaskState
from app.core.db import db
from app.core.ids import new_id
from app.estates.actions import move_in
from app.estates.models import Estate, Unit
from app.estates.rules import PersonKind
from app.issues.owners_word import OwnersWord
from app.issues.rules import Answer, HowAnswered
from app.people.queries import departments
from app.repairs.actions import Done, Reported, dispatch, finish, report_order
from app.repairs.answering import take_owners_answer
from app.repairs.models import WorkOrder
from app.repairs.moving import CALLBACK_KINDS
from app.repairs.rules import Kind, State
from app.signatures.rules import sha256_hex
from app.visits.calls import calls_between
from app.visits.figures import Due, due_in
from app.visits.models import Visit
from tests.builders import NOBODY, NOW, TODAY
from tests.world import World

MORE: dict[str, Any] = {"by": NOBODY, "at": NOW}


@pytest.fixture
def order_id(app: Flask, world: World) -> uuid.UUID:
    """A chargeable repair at the home of the world, finished."""
    with app.app_context():
        told = Reported(Kind.CHARGEABLE, "水槽漏水", NOW, "陈建国", place="厨房")
        order = report_order(db.session.get_one(Unit, world.unit_id), told, **MORE)
        dispatch(order, departments(world.estate_id)[0], event_id=new_id(), **MORE)
        finish(order, Done("更换软管", NOW, 8000), event_id=new_id(), **MORE)
        id_ = order.id
        db.session.commit()
    return id_


def due(app: Flask, world: World, kind: TaskKind = TaskKind.SERVICE_CALLBACK) -> Task | None:
    with app.app_context():
        return next((task for task in due_at(world.unit_id) if task.kind is kind), None)


def visited(app: Flask, world: World, order_id: uuid.UUID, answer: str, **wanted: Any) -> tuple[dict[str, Any], Visit]:
    """A visit that brings the owner's answer on the order's first round, unless said otherwise.

    `meanwhile`: what the office does before it arrives.
    """
    task = wanted.pop("task", None) or due(app, world)
    given = {
        "task_id": str(task.id),
        "order_id": str(order_id),
        "round": task.round,
        "answer": answer,
        "reason": "还滴水",
    }
    meanwhile = wanted.pop("meanwhile", lambda: None)
    visit = world.tablet.a_visit(
        world.estate_id, world.unit_id, task_ids=[str(task.id)], answers=[given | wanted.pop("given", {})], **wanted
    )
    meanwhile()
    [receipt] = world.tablet.receipts(world.tablet.freeze(visit))
    with app.app_context():
        return receipt, db.session.get(Visit, uuid.UUID(visit["entity_id"]))


def rework(app: Flask, order_id: uuid.UUID) -> None:
    """The owner was dissatisfied, and it is finished once more."""
    with app.app_context():
        order = db.session.get_one(WorkOrder, order_id)
        for task in due_at(order.unit_id):
            task.state = TaskState.DONE
        word = OwnersWord(Answer.DISSATISFIED, HowAnswered.SIGNED, NOW, "还滴水", visit_id=new_id())
        take_owners_answer(order, word, round_=1, rating="dissatisfied", event_id=new_id(), **MORE)
        finish(order, Done("更换角阀", NOW), event_id=new_id(), **MORE)
        db.session.commit()


def the_order(app: Flask, order_id: uuid.UUID) -> WorkOrder:
    with app.app_context():
        order = db.session.get_one(WorkOrder, order_id)
        assert order.answers is not None
        return order


@pytest.mark.clause("R20")
def test_the_tablet_is_told_what_was_repaired_and_what_the_callback_is_called(
    app: Flask, world: World, order_id: uuid.UUID
) -> None:
    docs, _page = world.tablet.pull_all()

    task = due(app, world)
    doc = docs["task", str(task.id)]["doc"]
    assert (doc["kind"], doc["called"]["zh"], doc["round"]) == ("service_callback", "有偿服务回访", 1)
    assert doc["order"] == {
        "id": str(order_id),
        "number": the_order(app, order_id).number,
        "kind": "chargeable",
        "text": "厨房 · 水槽漏水",
        "work_done": "更换软管",
        "finished_on": "2026-11-23",
        "department": doc["order"]["department"],
        "by_owner": True,
    }


@pytest.mark.clause("R20")
def test_a_satisfied_answer_at_the_door_closes_the_order_settles_its_task_and_rates_it(
    app: Flask, world: World, order_id: uuid.UUID
) -> None:
    receipt, visit = visited(app, world, order_id, "satisfied", rating="basic")

    order = the_order(app, order_id)
    assert (receipt["status"], visit.review, visit.categories) == ("applied", "", ["service_callback"])
    assert (order.state, order.closed_how, order.rating) == (State.CLOSED, HowAnswered.SIGNED, "basic")
    assert due(app, world) is None


@pytest.mark.parametrize(
    ("reporter", "kind", "moved_in", "stays"),
    [
        ("陈建国", Kind.CHARGEABLE, date(2026, 1, 1), True),
        ("王芳", Kind.CHARGEABLE, date(2026, 1, 1), False),
        ("王芳", Kind.FREE, date(2026, 1, 1), False),
        ("周女士", Kind.CHARGEABLE, date(2026, 1, 1), False),
        ("周女士", Kind.FREE, date(2026, 1, 1), True),
        ("周女士", Kind.CHARGEABLE, TODAY, True),
    ],
    ids=["owner", "tenant", "tenant, warranty", "unknown, own use", "unknown, warranty", "unknown, before it was let"],
)
def test_no_tenant_calls_good_what_is_an_owners_by_who_reported_it_by_the_matter_and_by_the_unit(
    app: Flask, world: World, reporter: str, kind: Kind, moved_in: date, stays: bool
) -> None:
    """Policy, section 2: whoever raised it answers; a tenant for matters of their own use."""
    with app.app_context():
        unit = db.session.get_one(Unit, world.unit_id)
        tenant = move_in(unit, "王芳", PersonKind.PERSON, phone="", since=moved_in, tenant=True, **MORE).id
        order = report_order(unit, Reported(kind, "水槽漏水", NOW - timedelta(days=1), reporter), **MORE)
        dispatch(order, departments(world.estate_id)[0], event_id=new_id(), **MORE)
        finish(order, Done("更换软管", NOW), event_id=new_id(), **MORE)
        id_ = order.id
        db.session.commit()
    docs, _page = world.tablet.pull_all()
    task = due(app, world, CALLBACK_KINDS[kind])
    told = docs["task", str(task.id)]["doc"]["order"]

    met = {"name": "王芳", "relation": "tenant", "person_id": str(tenant)}
    receipt, visit = visited(app, world, id_, "satisfied", interviewee=met, task=task)

    assert told.get("by_owner", False) is stays
    assert the_order(app, id_).state is (State.FINISHED if stays else State.CLOSED)
    assert (receipt["status"], visit.review) == (("review", "visit:tenant_answered") if stays else ("applied", ""))


@pytest.mark.clause("R21")
def test_a_dissatisfied_answer_makes_rework_with_the_owners_words(
    app: Flask, world: World, order_id: uuid.UUID
) -> None:
    visited(app, world, order_id, "dissatisfied")

    order = the_order(app, order_id)
    assert (order.state, order.round, order.answers[0].reason) == (State.REWORK, 2, "还滴水")
    assert due(app, world) is None


def test_by_phone_the_first_round_closes(app: Flask, world: World, order_id: uuid.UUID) -> None:
    receipt, visit = visited(app, world, order_id, "satisfied", method="phone", by_owner=False)

    assert receipt["status"] == "applied"
    assert the_order(app, order_id).closed_how is HowAnswered.PHONE
    with app.app_context():
        estate, day = db.session.get_one(Estate, world.estate_id), timedelta(days=1)
        [call] = calls_between(estate, visit.started_at - day, visit.started_at + day)
        [matter] = call.matters
        assert (matter.about.id, matter.solved, matter.opinion) == (order_id, True, "还滴水")


@pytest.mark.clause("R22")
def test_after_rework_a_phone_answer_is_kept_and_the_callback_stays_due_until_the_owner_signs(
    app: Flask, world: World, order_id: uuid.UUID
) -> None:
    rework(app, order_id)

    told, by_phone = visited(app, world, order_id, "satisfied", method="phone", by_owner=False)
    still_due, state = due(app, world), the_order(app, order_id).state
    signed, _visit = visited(app, world, order_id, "satisfied")

    assert (told["status"], by_phone.review) == ("review", "visit:answer_not_signed")
    assert (still_due is not None, state) == (True, State.FINISHED)
    assert signed["status"] == "applied"
    assert (the_order(app, order_id).state, due(app, world)) == (State.CLOSED, None)


@pytest.mark.clause("R22")
def test_refused_before_a_witness_with_the_reason_it_closes_after_rework(
    app: Flask, world: World, order_id: uuid.UUID
) -> None:
    rework(app, order_id)
    task = due(app, world)
    given = {"task_id": str(task.id), "order_id": str(order_id), "round": 2, "answer": "satisfied", "reason": ""}
    visit = world.tablet.a_visit(
        world.estate_id,
        world.unit_id,
        task_ids=[str(task.id)],
        answers=[given],
        unsigned={"reason": "refused", "note": "业主满意，但不愿签字"},
        witnessed="本人见证业主拒绝签字。",
    )
    from_text = visit["body"]["statement"]
    witness = world.tablet.sign(_sha(from_text), "witness", "小赵", "neighbour")
    visit["body"]["signatures"].append(witness)

    [receipt] = world.tablet.receipts(world.tablet.freeze(visit))

    assert receipt["status"] == "applied"
    assert the_order(app, order_id).closed_how is HowAnswered.WITNESSED


def test_an_answer_about_a_round_that_is_over_is_kept_for_a_person_to_look_at(
    app: Flask, world: World, order_id: uuid.UUID
) -> None:
    receipt, visit = visited(app, world, order_id, "satisfied", meanwhile=lambda: rework(app, order_id))

    assert (receipt["status"], visit.review) == ("review", "visit:answer_kept")
    assert the_order(app, order_id).state is State.FINISHED


def test_an_answer_about_both_or_neither_is_refused_as_unreadable(
    app: Flask, world: World, order_id: uuid.UUID
) -> None:
    receipt, visit = visited(app, world, order_id, "satisfied", given={"issue_id": str(new_id())})

    assert (receipt["status"], receipt["code"], visit) == ("rejected", "operation:body_unreadable", None)
    assert the_order(app, order_id).state is State.FINISHED


def test_a_tablet_that_does_not_know_orders_yet_leaves_the_callback_due(
    app: Flask, world: World, order_id: uuid.UUID
) -> None:
    visit = world.tablet.a_visit(world.estate_id, world.unit_id, task_ids=[str(world.task_id)])
    [receipt] = world.tablet.receipts(world.tablet.freeze(visit | {"v": 2, "body": visit["body"] | _told_nothing()}))

    assert receipt["status"] == "applied"
    assert due(app, world) is not None
    assert the_order(app, order_id).state is State.FINISHED


def _told_nothing() -> dict[str, Any]:
    return {"told": {"lines": [], "issues": []}}


def _sha(text: str) -> str:
    return sha256_hex(text.encode())


def test_who_had_sold_the_unit_neither_closes_an_order_nor_makes_rework(
    app: Flask, world: World, order_id: uuid.UUID
) -> None:
    with app.app_context():
        unit = db.session.get_one(Unit, world.unit_id)
        seller = unit.ownerships[0]
        seller.until = date(2026, 11, 1)
        person_id = str(seller.person_id)
        db.session.commit()
    met = {"name": "陈建国", "relation": "owner", "person_id": person_id}

    for answer in ("satisfied", "dissatisfied"):
        _receipt, visit = visited(app, world, order_id, answer, interviewee=met)

        assert visit.review == "visit:owner_has_left"
    assert the_order(app, order_id).state is State.FINISHED
    assert due(app, world) is not None


@pytest.mark.clause("R20")
def test_its_callback_counts_among_those_held_in_time(app: Flask, world: World, order_id: uuid.UUID) -> None:
    task = due(app, world)
    assert task is not None
    next_day = task.due_on + timedelta(days=1)
    asked = (world.estate_id, EVERY_CALLBACK, (task.due_on, next_day), next_day, "Asia/Shanghai")

    with app.app_context():
        before = due_in(*asked)
    visited(app, world, order_id, "satisfied")

    assert before == Due(due=1, held=0, in_time=0)
    with app.app_context():
        assert due_in(*asked) == Due(due=1, held=1, in_time=1)
