"""What an owner is to be told is a task of whoever tells it, as long as the issue waits for it (R36, R39)."""

from datetime import date, timedelta

import pytest

from app.agenda.models import Task
from app.agenda.queries import due_about
from app.agenda.rules import EVERY_CALLBACK, TELLINGS, TaskKind, TaskState
from app.core import journal, waits
from app.core.db import db
from app.core.ids import new_id
from app.core.journal import By
from app.issues.complaining import Matter, open_complaint
from app.issues.complaint_rules import Grade, Nature
from app.issues.deferring import agree_to_defer, ask_to_defer, keep_the_date, tell_owner, untold
from app.issues.explaining import cannot_be_solved
from app.issues.merging import merge
from app.issues.models import Issue
from app.issues.moving import EXPLAIN, TELL
from app.issues.rules import Answer, Cannot, HowAnswered, HowTold, Move, State
from app.people.models import Staff
from app.people.rules import Role
from app.visits.adjusting import adjust_due
from app.visits.specials import Change
from app.visits.taking_over import take_over_tasks
from tests.builders import NOW, TODAY, a_staff
from tests.issues.conftest import Ground, ground

__all__ = ["ground"]

LATER = TODAY + timedelta(days=9)


def more(ground: Ground) -> dict[str, object]:
    return {"event_id": new_id(), "by": By(staff_id=ground.officer.id), "at": NOW}


def an_explanation(ground: Ground, sent: Staff | None) -> Issue:
    """An issue of which the owner is to hear that it cannot be solved, by whoever is sent."""
    issue = ground.an_issue(State.ROUTED)
    cannot_be_solved(issue, Cannot.FOR_NOW, "须等全楼外墙大修", sent, **more(ground))
    db.session.commit()
    return issue


def put_off(ground: Ground, days: int = 30) -> Issue:
    """An issue of which the owner is to hear the new date."""
    issue = ground.an_issue(State.ACCEPTED)
    defer(ground, issue, days)
    db.session.commit()
    return issue


def defer(ground: Ground, issue: Issue, days: int) -> None:
    ask_to_defer(issue, TODAY + timedelta(days=days), "防水材料未到", **more(ground))
    agree_to_defer(issue, "", **more(ground))


def tasks(issue: Issue) -> list[tuple[TaskKind, str, date]]:
    """What is due to be told, by whom, by when."""
    return [(task.kind, task.assignee.name, task.due_on) for task in due_about(issue.id, *TELLINGS)]


def ended(issue: Issue) -> list[tuple[TaskState, str]]:
    """Every task to tell something about it, and why it is not due any more."""
    known = db.session.query(Task).where(Task.subject_id == issue.id, Task.kind.in_(TELLINGS))
    made = known.order_by(Task.id).all()
    return [(task.state, journal.history(task.id)[-1].data.get("reason", "")) for task in made]


# --- who ---


@pytest.mark.clause("R36")
def test_whoever_is_sent_to_explain_has_it_as_a_task_by_the_limit_of_the_explanation(ground: Ground) -> None:
    colleague = a_staff(ground.estate, Role.OFFICER, name="张华")

    issue = an_explanation(ground, colleague)

    assert tasks(issue) == [(TaskKind.ISSUE_EXPLANATION, "张华", TODAY + timedelta(days=7))]
    [wait] = waits.on(issue.id)
    assert (wait.what, wait.staff_id) == (EXPLAIN, colleague.id)


@pytest.mark.parametrize("role", [None, Role.MANAGER], ids=["nobody is sent", "a manager, without a tablet"])
def test_what_is_explained_without_a_visit_is_nobodys_task(ground: Ground, role: Role | None) -> None:
    sent = a_staff(ground.estate, role, name="何经理") if role else None

    issue = an_explanation(ground, sent)

    assert tasks(issue) == []
    assert [wait.what for wait in waits.on(issue.id)] == [EXPLAIN]


@pytest.mark.clause("R39")
def test_a_new_date_is_a_task_of_whoever_calls_back_by_the_limit_of_a_callback(ground: Ground) -> None:
    issue = put_off(ground)

    assert tasks(issue) == [(TaskKind.NEW_DATE, ground.officer.name, TODAY + timedelta(days=3))]


def test_each_owner_of_one_piece_of_work_is_told_the_new_date_at_their_own_door(ground: Ground) -> None:
    leader, follower = ground.an_issue(State.ACCEPTED), ground.an_issue(State.ROUTED)
    merge(follower, leader, "同一处外墙", **more(ground))

    defer(ground, leader, 30)
    db.session.commit()

    assert [kind for one in (leader, follower) for kind, _who, _day in tasks(one)] == [TaskKind.NEW_DATE] * 2
    assert untold(follower) is not None


def test_they_are_no_callbacks() -> None:
    assert TELLINGS.isdisjoint(EVERY_CALLBACK)


# --- until when ---


@pytest.mark.parametrize(
    ("move", "reason"),
    [
        (Move.OWNER_AGREED, "issue:owner_agreed"),
        (Move.OWNER_DISAGREED, "issue:owner_disagreed"),
        (Move.ROUTE, "issue:routed"),
        (Move.CLOSE_UNSATISFIED, "issue:closed_unsatisfied"),
    ],
)
def test_an_explanation_is_called_off_however_the_issue_goes_on_in_the_office(
    ground: Ground, move: Move, reason: str
) -> None:
    issue = an_explanation(ground, ground.officer)

    ground.take(issue, move)
    db.session.commit()

    assert (tasks(issue), ended(issue)) == ([], [(TaskState.CANCELLED, reason)])


def test_the_owners_answer_on_a_visit_settles_the_explanation(ground: Ground) -> None:
    issue = an_explanation(ground, ground.officer)

    ground.owner_says(issue, Answer.AGREED)
    db.session.commit()

    assert (issue.state, ended(issue)) == (State.CARRIED_OVER, [(TaskState.DONE, "")])


def test_an_answer_that_agrees_to_nothing_leaves_it_due(ground: Ground) -> None:
    issue = an_explanation(ground, ground.officer)

    ground.owner_says(issue, Answer.AGREED, HowAnswered.TOLD)
    db.session.commit()

    assert (issue.state, len(tasks(issue))) == (State.EXPLAINED, 1)


@pytest.mark.parametrize("move", [Move.RECTIFY, Move.ASK_TO_DEFER, Move.TRANSFER, Move.CANNOT, Move.MERGE])
def test_a_date_that_counts_no_more_is_told_to_nobody(ground: Ground, move: Move) -> None:
    issue = put_off(ground)

    ground.take(issue, move)
    db.session.commit()

    assert (tasks(issue), ended(issue)) == ([], [(TaskState.CANCELLED, move.value)])


def test_a_date_told_in_the_office_is_told_at_no_door(ground: Ground) -> None:
    issue = put_off(ground)
    deferral = untold(issue)
    assert deferral is not None

    tell_owner(deferral, HowTold.PHONE, told_at=NOW, by=By(staff_id=ground.officer.id), at=NOW)
    db.session.commit()

    assert ended(issue) == [(TaskState.CANCELLED, "issue:told_otherwise")]


def test_telling_an_earlier_date_leaves_the_one_that_counts_to_be_told(ground: Ground) -> None:
    issue = put_off(ground)
    early = untold(issue)
    assert early is not None
    defer(ground, issue, 60)

    tell_owner(early, HowTold.DOOR, told_at=NOW, by=By(), at=NOW, visit_id=new_id())
    db.session.commit()

    assert [kind for kind, _who, _day in tasks(issue)] == [TaskKind.NEW_DATE]


def test_a_date_that_stays_after_all_is_to_be_told_again(ground: Ground) -> None:
    issue = put_off(ground)
    ask_to_defer(issue, TODAY + timedelta(days=60), "又缺货", **more(ground))
    assert tasks(issue) == []

    keep_the_date(issue, "业主已等两周", **more(ground))
    db.session.commit()

    deferral = untold(issue)
    assert deferral is not None
    assert [wait.what for wait in waits.on(deferral.id)] == [TELL]
    assert len(tasks(issue)) == 1


# --- in other hands ---


def test_nobody_tells_anything_about_a_complaint_about_themselves(ground: Ground) -> None:
    supervisor = a_staff(ground.estate, Role.SUPERVISOR, name="孙主管")
    explained, deferred = an_explanation(ground, ground.officer), put_off(ground)

    for issue in (explained, deferred):
        about = Matter(Nature.ATTITUDE, Grade.ORDINARY, ground.officer.id)
        open_complaint(issue, about, event_id=new_id(), by=By(), at=NOW)
    db.session.commit()

    assert [who for one in (explained, deferred) for _kind, who, _day in tasks(one)] == ["孙主管"] * 2
    deferral = untold(deferred)
    assert deferral is not None
    holders = [wait.staff_id for id_ in (explained.id, deferral.id) for wait in waits.on(id_)]
    assert set(holders) >= {supervisor.id}
    assert ground.officer.id not in holders


@pytest.mark.clause("P53")
def test_adjusted_it_waits_for_somebody_else_by_another_day(ground: Ground) -> None:
    colleague = a_staff(ground.estate, Role.OFFICER, name="张华")
    explained, deferred = an_explanation(ground, ground.officer), put_off(ground)
    deferral = untold(deferred)
    assert deferral is not None

    for issue in (explained, deferred):
        [task] = due_about(issue.id, *TELLINGS)
        change = Change("李敏请假", after=1, event_id=new_id(), by=By(), at=NOW)
        adjust_due(task, colleague.id, LATER, change)
    db.session.commit()

    assert [(who, day) for one in (explained, deferred) for _kind, who, day in tasks(one)] == [("张华", LATER)] * 2
    held = [(wait.what, wait.staff_id) for id_ in (explained.id, deferral.id) for wait in waits.on(id_)]
    assert held == [(EXPLAIN, colleague.id), (TELL, colleague.id)]
    assert explained.explainer_id == colleague.id
    assert {journal.history(one.id)[-1].kind for one in (explained, deferred)} == {"issue:telling_adjusted"}


def test_whoever_leaves_leaves_it_to_the_supervisor_with_what_waits(ground: Ground) -> None:
    supervisor = a_staff(ground.estate, Role.SUPERVISOR, name="孙主管")
    explained, deferred = an_explanation(ground, ground.officer), put_off(ground)
    deferral = untold(deferred)
    assert deferral is not None
    ground.officer.left_at = NOW
    db.session.commit()

    taken = take_over_tasks(NOW)
    db.session.commit()

    assert taken == 2
    assert [who for one in (explained, deferred) for _kind, who, _day in tasks(one)] == ["孙主管"] * 2
    assert {wait.staff_id for id_ in (explained.id, deferral.id) for wait in waits.on(id_)} == {supervisor.id}
