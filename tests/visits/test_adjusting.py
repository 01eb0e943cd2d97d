"""A planned visit or a callback that is due gets another officer or day, whenever the executive wants it (P53)."""

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from app.agenda.actions import cancel, settle
from app.agenda.models import Task
from app.agenda.queries import due_about, due_at
from app.agenda.rules import TaskKind
from app.core import journal, waits
from app.core.db import db
from app.core.errors import Outdated, Refused
from app.core.ids import new_id
from app.core.journal import By
from app.issues.moving import CALL_BACK
from app.issues.rules import Move, State
from app.people.models import Staff
from app.people.rules import Role
from app.visits.adjusting import adjust_due
from app.visits.plans import propose_plan
from app.visits.progress import planned_homes
from app.visits.specials import Change
from tests.builders import NOW, TODAY, a_home, a_planned_visit, a_staff, put_to_work
from tests.issues.conftest import Ground, ground

__all__ = ["ground"]

LATER = TODAY + timedelta(days=9)


@dataclass(frozen=True)
class Due:
    """A planned visit, who may take it over, and who orders that."""

    task: Task
    colleague: Staff
    executive: Staff

    def change(self, task: Task | None = None, reason: str = "李敏请假", **more: object) -> Change:
        about = task or self.task
        facts = {"after": len(journal.history(about.id)), "event_id": new_id()} | more
        return Change(reason, by=By(self.executive.id), at=NOW, **facts)


@pytest.fixture
def due(ground: Ground) -> Due:
    made = Due(
        a_planned_visit(a_home(ground.estate), ground.officer),
        a_staff(ground.estate, Role.OFFICER, name="张华"),
        a_staff(ground.estate, Role.EXECUTIVE, name="方振华"),
    )
    db.session.commit()
    return made


def kinds(task: Task) -> list[str]:
    return [line.kind for line in journal.history(task.id)]


@pytest.mark.clause("P53")
def test_a_planned_visit_changes_hands_and_day_and_the_journal_says_why(due: Due) -> None:
    adjust_due(due.task, due.colleague.id, LATER, due.change())
    db.session.commit()

    assert (due.task.assignee_id, due.task.due_on) == (due.colleague.id, LATER)
    assert kinds(due.task) == ["task:made", "task:adjusted"]
    data = journal.history(due.task.id)[-1].data
    assert (data["reason"], data["assignee"], data["was_due_on"]) == (
        "李敏请假",
        str(due.colleague.id),
        (TODAY + timedelta(days=3)).isoformat(),
    )


@pytest.mark.clause("P53")
def test_a_callback_waits_for_whoever_has_it_now_until_the_new_day(ground: Ground, due: Due) -> None:
    issue = ground.an_issue(State.RECTIFIED)
    db.session.commit()
    [callback] = due_about(issue.id, TaskKind.ISSUE_CALLBACK)

    adjust_due(callback, due.colleague.id, LATER, due.change(callback))
    db.session.commit()

    [wait] = waits.on(issue.id)
    assert (wait.what, wait.staff_id) == (CALL_BACK, due.colleague.id)
    assert wait.due_at == datetime(LATER.year, LATER.month, LATER.day, 16, tzinfo=UTC)
    last = journal.history(issue.id)[-1]
    assert (last.kind, last.data["reason"]) == ("issue:callback_adjusted", "李敏请假")
    assert ground.take(issue, Move.OWNER_SATISFIED)


def test_the_plan_says_who_has_it_now(ground: Ground, due: Due) -> None:
    by, home = By(due.executive.id), a_home(ground.estate)
    plan = propose_plan(ground.estate, "2026-11", today=TODAY, by=by, at=NOW)
    put_to_work(plan, by=by, at=NOW)
    db.session.commit()
    line = next(one for one in planned_homes(plan) if one.line.unit_id == home.id)
    task = due_at(home.id)[0]
    assert line.adjusted is None

    adjust_due(task, due.colleague.id, LATER, due.change(task))
    db.session.commit()

    [adjusted] = [one for one in planned_homes(plan) if one.adjusted]
    assert adjusted.line.unit_id == home.id
    assert (adjusted.adjusted.assignee_id, adjusted.adjusted.due_on) == (due.colleague.id, LATER)


def test_sent_twice_it_happens_once(due: Due) -> None:
    change = due.change()

    first = adjust_due(due.task, due.colleague.id, LATER, change)
    db.session.commit()
    again = adjust_due(due.task, due.colleague.id, LATER, change)
    db.session.commit()

    assert (first, again) == (True, False)
    assert kinds(due.task) == ["task:made", "task:adjusted"]


def test_what_is_done_or_called_off_or_was_adjusted_meanwhile_is_not_adjusted(due: Due) -> None:
    seen = due.change()
    adjust_due(due.task, due.task.assignee_id, LATER, due.change())
    db.session.commit()
    with pytest.raises(Outdated, match="task:changed"):
        adjust_due(due.task, due.colleague.id, LATER, seen)
    db.session.rollback()

    settle(due.task, new_id(), by=By(), at=NOW)
    db.session.commit()
    with pytest.raises(Outdated, match="task:changed"):
        adjust_due(due.task, due.colleague.id, LATER, due.change())


def test_called_off_with_its_reason(due: Due) -> None:
    cancel(due.task, by=By(), at=NOW, reason="重复")
    db.session.commit()

    assert journal.history(due.task.id)[-1].data["reason"] == "重复"


@pytest.mark.parametrize(
    ("who", "days", "reason", "code"),
    [
        ("colleague", 9, " ", "special:no_reason"),
        ("colleague", -1, "改期", "special:day_past"),
        ("colleague", 367, "改期", "special:day_far"),
        ("executive", 9, "改派", "task:nobody"),
        ("same", 3, "改派", "task:as_it_is"),
    ],
)
def test_bad_wishes_are_refused_in_words(due: Due, who: str, days: int, reason: str, code: str) -> None:
    to: uuid.UUID = {
        "colleague": due.colleague.id,
        "executive": due.executive.id,
        "same": due.task.assignee_id,
    }[who]

    with pytest.raises(Refused, match=code):
        adjust_due(due.task, to, TODAY + timedelta(days=days), due.change(reason=reason))
    db.session.rollback()

    assert kinds(due.task) == ["task:made"]


def test_a_late_one_may_keep_its_day_and_change_hands(ground: Ground, due: Due, context: Flask) -> None:
    late = a_planned_visit(a_home(ground.estate), ground.officer, TODAY - timedelta(days=2))
    db.session.commit()

    assert adjust_due(late, due.colleague.id, late.due_on, due.change(late))
