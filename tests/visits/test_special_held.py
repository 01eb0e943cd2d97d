"""What a visit does with the special visits that were due at its door, whatever the office did meanwhile."""

import uuid
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from app.agenda.models import Task
from app.agenda.rules import TaskKind, TaskState
from app.core import journal
from app.core.db import db
from app.core.ids import new_id
from app.core.journal import By
from app.estates.models import Estate
from app.people.rules import Role
from app.visits.models import SpecialVisit, Visit
from app.visits.ordered import counted, homes_of
from app.visits.rules import Method
from app.visits.specials import Change, Order, give_homes, order_special, withdraw_special
from tests.builders import NOW, TODAY, a_staff, fetch
from tests.visits.kept import an_attempt, pushed, the_only
from tests.world import World

Json = dict[str, Any]


@pytest.fixture
def ordered(app: Flask, world: World) -> tuple[uuid.UUID, str]:
    """A special visit at the home of the world: its order and its task."""
    with app.app_context():
        estate = db.session.get_one(Estate, world.estate_id)
        executive = a_staff(estate, Role.EXECUTIVE, name="方振华")
        order = Order("暖气打压前逐户确认", "阀门是否打开", Method.DOOR, TODAY, [world.unit_id], [world.officer_id])
        special = order_special(order, estate, event_id=new_id(), by=By(executive.id), at=NOW)
        db.session.commit()
        [home] = homes_of(special)
        return special.id, str(home.task.id)


def change(special: SpecialVisit) -> Change:
    return Change("打压取消", len(journal.history(special.id)), new_id(), By(special.ordered_by_id), NOW)


def held(world: World, *task_ids: str) -> Json:
    return pushed(world, world.tablet.a_visit(world.estate_id, world.unit_id, task_ids=list(task_ids)))


@pytest.mark.clause("R02")
def test_one_visit_settles_the_planned_and_the_special_one_and_carries_both_categories(
    app: Flask, world: World, ordered: tuple[uuid.UUID, str]
) -> None:
    special_id, task_id = ordered

    receipt = held(world, str(world.task_id), task_id)

    assert receipt["status"] == "applied"
    with app.app_context():
        visit = the_only(Visit)
        assert visit.categories == ["scheduled", "special"]
        for task in (fetch(Task, world.task_id), fetch(Task, task_id)):
            assert (task.state, task.visit_id) == (TaskState.DONE, visit.id)
        assert counted(db.session.get_one(Estate, world.estate_id), [special_id], TODAY)[special_id].met == 1


def test_what_the_officer_left_for_next_time_stays_due(
    app: Flask, world: World, ordered: tuple[uuid.UUID, str]
) -> None:
    held(world, str(world.task_id))

    with app.app_context():
        assert the_only(Visit).categories == ["scheduled"]
        assert fetch(Task, ordered[1]).state is TaskState.DUE


def test_one_that_was_withdrawn_meanwhile_stays_withdrawn_and_a_person_looks_at_the_visit(
    app: Flask, world: World, ordered: tuple[uuid.UUID, str]
) -> None:
    special_id, task_id = ordered
    with app.app_context():
        special = db.session.get_one(SpecialVisit, special_id)
        withdraw_special(special, change(special))
        db.session.commit()

    receipt = held(world, str(world.task_id), task_id)

    assert (receipt["status"], receipt["code"]) == ("review", "visit:called_off")
    assert receipt["reason"].startswith("办公室已收到")
    with app.app_context():
        task, visit = fetch(Task, task_id), the_only(Visit)
        assert (task.state, task.visit_id) == (TaskState.CANCELLED, visit.id)
        assert [line.kind for line in journal.history(task.id)][1:] == ["task:cancelled", "task:visited_late"]
        assert fetch(Task, world.task_id).state is TaskState.DONE


def test_one_that_was_given_to_a_colleague_meanwhile_counts_and_is_marked(
    app: Flask, world: World, ordered: tuple[uuid.UUID, str]
) -> None:
    special_id, task_id = ordered
    with app.app_context():
        special = db.session.get_one(SpecialVisit, special_id)
        colleague = a_staff(db.session.get_one(Estate, world.estate_id), Role.OFFICER, name="张华")
        db.session.flush()
        give_homes(special, [uuid.UUID(task_id)], colleague.id, change(special))
        db.session.commit()

    receipt = held(world, task_id)

    assert (receipt["status"], receipt["code"]) == ("review", "visit:reassigned")
    with app.app_context():
        assert fetch(Task, task_id).state is TaskState.DONE


def test_two_visits_for_it_settle_it_once(app: Flask, world: World, ordered: tuple[uuid.UUID, str]) -> None:
    _special_id, task_id = ordered

    first, second = held(world, task_id), held(world, task_id)

    assert [first["status"], second["status"]] == ["applied", "applied"]
    with app.app_context():
        kinds = [line.kind for line in journal.history(uuid.UUID(task_id))]
        assert kinds == ["task:made", "task:done"]
        visits = db.session.scalars(sa.select(Visit)).all()
        assert {tuple(visit.categories) for visit in visits} == {("special",)}


def test_an_attempt_that_met_nobody_leaves_it_due_and_says_why(
    app: Flask, world: World, ordered: tuple[uuid.UUID, str]
) -> None:
    special_id, task_id = ordered

    pushed(world, an_attempt(world, task_ids=[str(world.task_id), task_id], outcome="refused"))

    with app.app_context():
        [home] = homes_of(db.session.get_one(SpecialVisit, special_id))
        assert home.task.state is TaskState.DUE
        assert [outcome.value for outcome in home.tries] == ["refused"]


@pytest.mark.clause("P53")
def test_it_reaches_the_tablet_with_its_reason_at_the_next_sync(
    app: Flask, world: World, ordered: tuple[uuid.UUID, str]
) -> None:
    special_id, task_id = ordered
    changes, page = world.tablet.pull_all()

    doc = changes["task", task_id]["doc"]
    assert doc == {
        "kind": TaskKind.SPECIAL_VISIT.value,
        "called": {"zh": "专项走访", "en": "Special visit"},
        "title": "暖气打压前逐户确认",
        "ask": "阀门是否打开",
        "method": "door",
        "unit_id": str(world.unit_id),
        "due_on": TODAY.isoformat(),
        "assignee": str(world.officer_id),
        "assignee_name": "李敏",
        "state": "due",
    }
    assert set(changes["task", str(world.task_id)]["doc"]).isdisjoint({"called", "title", "ask", "method"})
    with app.app_context():
        special = db.session.get_one(SpecialVisit, special_id)
        withdraw_special(special, change(special))
        db.session.commit()
    changes, _page = world.tablet.pull_all(page["cursor"])
    assert changes["task", task_id]["doc"]["state"] == "cancelled"
