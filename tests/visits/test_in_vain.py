"""How often an owner was tried in vain about one matter: an issue, a complaint or a work order alike."""

import uuid

import pytest
from flask import Flask

from app.agenda.actions import make_task
from app.agenda.rules import EVERY_CALLBACK, TaskKind
from app.core.db import db
from app.estates.models import Unit
from app.issues.models import Issue
from app.repairs.models import WorkOrder
from app.visits.in_vain import tries_about, tries_about_order
from tests.builders import NOBODY, NOW, TODAY
from tests.visits.test_call_counts import knocks, reaches, rings
from tests.world import World

OF_ORDERS = (TaskKind.ORDER_CALLBACK, TaskKind.SERVICE_CALLBACK)


def a_callback_about(app: Flask, world: World, kind: TaskKind) -> tuple[uuid.UUID, str]:
    """Something that is to be called back on: its id, and that of the task."""
    with app.app_context():
        unit, about = db.session.get_one(Unit, world.unit_id), uuid.uuid4()
        more = {"assignee_id": world.officer_id, "due_on": TODAY, "subject_id": about, "by": NOBODY, "at": NOW}
        task_id = str(make_task(unit, kind, round_=1, **more).id)
        db.session.commit()
        return about, task_id


def tries(app: Flask, world: World, kind: TaskKind, about: uuid.UUID) -> int:
    with app.app_context():
        if kind in OF_ORDERS:
            return tries_about_order(WorkOrder(id=about, unit_id=world.unit_id))
        return tries_about(Issue(id=about, unit_id=world.unit_id))


@pytest.mark.clause("P54")
@pytest.mark.parametrize("kind", sorted(EVERY_CALLBACK, key=lambda kind: kind.value), ids=lambda kind: kind.value)
def test_tries_about_a_matter_count_by_phone_and_at_the_door_until_somebody_is_met(
    app: Flask, world: World, kind: TaskKind
) -> None:
    about, task_id = a_callback_about(app, world, kind)

    rings(world, 0, task_ids=[task_id])
    knocks(world, 1)  # about something else
    rings(world, 2, "wrong_number", task_ids=[task_id, str(world.task_id)])
    twice = tries(app, world, kind, about)
    reaches(world, 3)
    met = tries(app, world, kind, about)
    rings(world, 4, task_ids=[task_id])

    assert (twice, met, tries(app, world, kind, about)) == (2, 0, 1)


@pytest.mark.clause("P54")
@pytest.mark.parametrize("outcome", ["refused", "rescheduled"])
def test_whoever_answers_to_say_no_or_later_is_not_unreachable(app: Flask, world: World, outcome: str) -> None:
    about, task_id = a_callback_about(app, world, TaskKind.COMPLAINT_CALLBACK)

    rings(world, 0, task_ids=[task_id])
    rings(world, 1, outcome, task_ids=[task_id])
    answered = tries(app, world, TaskKind.COMPLAINT_CALLBACK, about)
    rings(world, 2, task_ids=[task_id])

    assert (answered, tries(app, world, TaskKind.COMPLAINT_CALLBACK, about)) == (0, 1)
