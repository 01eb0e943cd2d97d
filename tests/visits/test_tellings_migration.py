"""What waited to be explained or told before it was anybody's task becomes one, on the tablets too; and can go back."""

import runpy
from datetime import timedelta

import flask_migrate
import sqlalchemy as sa

from app.agenda.models import Task
from app.agenda.rules import TaskKind, TaskState
from app.config import ROOT
from app.core.db import db
from app.core.ids import new_id
from app.core.journal import By, Counter, Feed, JournalLine
from app.issues.deferring import agree_to_defer, ask_to_defer
from app.issues.explaining import cannot_be_solved
from app.issues.rules import Cannot, State
from app.people.rules import Role
from tests.builders import NOW, TODAY, a_staff
from tests.issues.conftest import Ground, ground

__all__ = ["ground"]


def test_what_waits_is_kept_as_tasks_with_documents(ground: Ground) -> None:
    more = {"by": By(), "at": NOW}
    sent = {"officer": ground.officer, "manager": a_staff(ground.estate, Role.MANAGER, name="何经理"), "nobody": None}
    explained = {}
    for who, staff in sent.items():
        explained[who] = ground.an_issue(State.ROUTED)
        cannot_be_solved(explained[who], Cannot.FOR_NOW, "须等大修", staff, event_id=new_id(), **more)
    deferred = ground.an_issue(State.ACCEPTED)
    ask_to_defer(deferred, TODAY + timedelta(days=30), "缺货", event_id=new_id(), **more)
    agree_to_defer(deferred, "", event_id=new_id(), **more)
    db.session.commit()
    made = {(task.kind, task.subject_id, task.assignee_id, task.due_on) for task in db.session.scalars(sa.select(Task))}
    estate_id = ground.estate.id
    db.session.rollback()
    [file] = (ROOT / "migrations/versions").glob("*_explanations_and_new_dates_as_tasks.py")

    flask_migrate.downgrade(revision=runpy.run_path(str(file))["down_revision"])
    gone = db.session.scalars(sa.select(Feed.gone).where(Feed.type == "task")).all()
    db.session.rollback()
    before = db.session.get_one(Counter, (estate_id, "seq")).value
    db.session.rollback()
    flask_migrate.upgrade()

    db.session.expire_all()
    tasks = list(db.session.scalars(sa.select(Task)))
    assert gone == [True, True]
    assert {(task.kind, task.subject_id, task.assignee_id, task.due_on) for task in tasks} == made
    assert {task.state for task in tasks} == {TaskState.DUE}
    assert {task.kind for task in tasks} == {TaskKind.ISSUE_EXPLANATION, TaskKind.NEW_DATE}
    assert sorted(db.session.get_one(Feed, (estate_id, "task", task.id)).version for task in tasks) == [
        before + 1,
        before + 2,
    ]
    lines = db.session.scalars(sa.select(JournalLine.kind).where(JournalLine.seq > before)).all()
    assert lines == ["task:made"] * 2
