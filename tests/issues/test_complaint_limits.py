"""By when a complaint is responded to, handled and reviewed (V46), merged into the work of another issue too."""

from datetime import timedelta

import pytest

from app.agenda.queries import due_about
from app.agenda.rules import CALLBACKS, TaskKind
from app.core import waits
from app.core.db import db
from app.core.errors import Refused
from app.core.journal import By
from app.estates.settings import set_limits
from app.issues.actions import accept
from app.issues.complaining import Matter, grade_anew, open_complaint, turn_back
from app.issues.complaint_rules import (
    Act,
    Grade,
    Nature,
    Standing,
)
from app.issues.complaints import RESPOND, REVIEW
from app.issues.merging import merge, unmerge
from app.issues.moving import CALL_BACK, RECTIFY, end_of
from app.issues.rules import Move, State
from tests.builders import NOW, TODAY
from tests.issues.complained import (
    a_complaint,
    act,
    more,
    waiting,
)
from tests.issues.conftest import Ground

# --- limits ---


@pytest.mark.parametrize(("grade", "days"), [(Grade.ORDINARY, 7), (Grade.IMPORTANT, 3), (Grade.MAJOR, 1)])
@pytest.mark.clause("V46")
def test_the_limit_of_handling_follows_the_grade(ground: Ground, grade: Grade, days: int) -> None:
    complaint = a_complaint(ground, grade=grade)
    last = TODAY + timedelta(days=days)

    assert complaint.deadline_at == NOW + timedelta(days=days)
    with pytest.raises(Refused) as refusal:
        accept(complaint.issue, "重做防水层", ground.manager, last + timedelta(days=1), **more(ground.manager))
    assert refusal.value.code == "complaint:too_late"
    accept(complaint.issue, "重做防水层", ground.manager, last, **more(ground.manager))
    assert waiting(complaint.issue_id) == {RECTIFY: complaint.deadline_at}


@pytest.mark.clause("V46")
def test_an_issue_that_becomes_a_complaint_has_the_stricter_limit_at_once_and_the_old_one_when_turned_back(
    ground: Ground,
) -> None:
    issue = ground.an_issue(State.ACCEPTED)
    [plain] = waiting(issue.id).values()

    open_complaint(issue, Matter(Nature.QUALITY, Grade.MAJOR), **more(ground.officer))
    db.session.commit()
    strict = waiting(issue.id)
    assert issue.complaint is not None
    turn_back(issue.complaint, "业主确认是咨询", **more())
    db.session.commit()

    assert strict == {RECTIFY: NOW + timedelta(days=1)}
    assert waiting(issue.id) == {RECTIFY: plain}
    assert waiting(issue.complaint.id) == {}


@pytest.mark.clause("V46")
def test_graded_up_the_time_that_has_passed_counts(ground: Ground) -> None:
    complaint = a_complaint(ground)
    accept(complaint.issue, "重做防水层", ground.manager, TODAY + timedelta(days=3), **more(ground.manager))

    grade_anew(complaint, Grade.MAJOR, "影响用电", seen=Grade.IMPORTANT, **more(at=NOW + timedelta(hours=30)))
    db.session.commit()

    assert waiting(complaint.issue_id) == {RECTIFY: NOW + timedelta(days=1)}


@pytest.mark.clause("V46")
def test_first_response_and_review_wait_each_with_its_limit(ground: Ground) -> None:
    complaint = a_complaint(ground)
    received = waiting(complaint.id)
    act(complaint, Act.RESPOND)
    db.session.commit()
    responded = waiting(complaint.id)
    for move in (Move.ACCEPT, Move.RECTIFY, Move.OWNER_SATISFIED):
        ground.take(complaint.issue, move)
    db.session.commit()
    closed = waiting(complaint.id)
    act(complaint, Act.REVIEW)
    db.session.commit()

    assert received == {RESPOND: NOW + timedelta(hours=4)}
    assert responded == {}
    assert closed == {REVIEW: NOW + timedelta(days=3)}
    assert waiting(complaint.id) == {}


@pytest.mark.clause("R02")
@pytest.mark.clause("V46")
def test_the_callback_on_a_complaint_is_a_category_of_its_own(ground: Ground) -> None:
    complaint = a_complaint(ground, Standing.HANDLED)

    [task] = due_about(complaint.issue_id, *CALLBACKS)

    assert task.kind is TaskKind.COMPLAINT_CALLBACK
    assert task.due_on == TODAY + timedelta(days=3)


def test_a_callback_that_is_due_already_becomes_one_on_a_complaint(ground: Ground) -> None:
    set_limits(ground.estate, {"complaint_callback_days": 1}, seen=0, by=By(), at=NOW)

    complaint = a_complaint(ground, state=State.RECTIFIED)

    [task], [wait] = due_about(complaint.issue_id, *CALLBACKS), waits.on(complaint.issue_id)
    assert (task.kind, task.due_on) == (TaskKind.COMPLAINT_CALLBACK, TODAY + timedelta(days=1))
    assert (wait.what, wait.staff_id) == (CALL_BACK, task.assignee_id)
    assert wait.due_at == end_of(task.due_on, complaint.issue), "who owes it is told when it is late, and those above"


# --- merged into the work of another issue ---


@pytest.mark.clause("V46")
def test_a_complaint_that_was_merged_keeps_its_clock_over_the_work_it_waits_for(ground: Ground) -> None:
    complaint, leader = a_complaint(ground, grade=Grade.MAJOR), ground.an_issue(State.ACCEPTED)
    before = waits.on(leader.id)[0].due_at

    merge(complaint.issue, leader, "同一处渗水", **more(ground.officer))
    merged = waits.on(leader.id)[0].due_at
    unmerge(complaint.issue, "不是同一处", **more(ground.officer))
    db.session.commit()

    assert merged == complaint.deadline_at < before
    assert waits.on(leader.id)[0].due_at == before


@pytest.mark.clause("V46")
def test_what_is_merged_and_becomes_a_complaint_hurries_the_work_it_waits_for(ground: Ground) -> None:
    issue, leader = ground.an_issue(State.ROUTED), ground.an_issue(State.ACCEPTED)
    merge(issue, leader, "同一处渗水", **more(ground.officer))

    open_complaint(issue, Matter(Nature.DELAY, Grade.MAJOR), **more(ground.officer))

    assert issue.complaint is not None
    assert waits.on(leader.id)[0].due_at == issue.complaint.deadline_at


@pytest.mark.clause("V46")
def test_the_work_that_a_complaint_was_merged_into_is_its_handling(ground: Ground) -> None:
    complaint, leader = a_complaint(ground), ground.an_issue(State.ACCEPTED)
    merge(complaint.issue, leader, "同一处渗水", **more(ground.officer))

    ground.take(leader, Move.RECTIFY)
    db.session.commit()

    assert (complaint.standing, complaint.handled_at) == (Standing.HANDLED, NOW)
    assert complaint.handling == leader.rectified_note
    assert [task.kind for task in due_about(complaint.issue_id, *CALLBACKS)] == [TaskKind.COMPLAINT_CALLBACK]


def test_nobody_is_responsible_for_work_that_a_complaint_about_them_was_merged_into(ground: Ground) -> None:
    complaint, leader = a_complaint(ground, about=ground.manager), ground.an_issue(State.ROUTED)
    merge(complaint.issue, leader, "同一处渗水", **more(ground.officer))

    with pytest.raises(Refused) as refusal:
        accept(leader, "重做防水层", ground.manager, TODAY, **more())

    assert refusal.value.code == "complaint:about_them"


def test_with_another_limit_nobody_above_has_been_told_yet(ground: Ground) -> None:
    issue = ground.an_issue(State.ACCEPTED)
    waits.on(issue.id)[0].manager_told_at = NOW

    open_complaint(issue, Matter(Nature.DELAY, Grade.MAJOR), **more(ground.officer))

    wait = waits.on(issue.id)[0]
    assert issue.complaint is not None
    assert (wait.due_at, wait.manager_told_at) == (issue.complaint.deadline_at, None)
