"""What is counted of a stretch of time: nothing that was due leaves a rate because it was late."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from app.agenda.actions import adjust, cancel, make_task, settle
from app.agenda.models import Task
from app.agenda.rules import EVERY_CALLBACK, TaskKind
from app.core.db import db
from app.core.ids import new_id
from app.estates.models import Unit
from app.people.rules import Role
from app.visits.figures import held_in_time
from tests.builders import NOBODY, NOW, TODAY, a_home, a_staff, an_estate

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
    return held_in_time(task.estate_id, EVERY_CALLBACK, first, TODAY + timedelta(days=days), ZONE)


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


def test_what_missed_its_day_before_a_stretch_of_time_is_not_of_it(task: Task) -> None:
    adjust(task, due_on=TODAY + timedelta(days=9), reason="业主出差", by=NOBODY, at=in_days(2))

    assert counted(task, 60, first=TODAY + timedelta(days=1)) == (0, 0)
