"""What was due by somebody who left is the supervisor's, once, by the same day."""

from datetime import timedelta

from app.agenda.models import Task
from app.agenda.queries import due_about
from app.agenda.rules import CALLBACKS
from app.core import journal
from app.core.db import db
from app.core.ids import new_id
from app.core.journal import By
from app.issues.complaining import Matter, open_complaint
from app.issues.complaint_rules import Grade, Nature
from app.issues.models import Issue
from app.issues.rules import Move, State
from app.people.models import Staff
from app.people.rules import Role
from app.visits.taking_over import take_over_tasks
from tests.builders import NOW, a_planned_visit, a_staff
from tests.issues.conftest import Ground, ground


def the_callback(issue: Issue) -> Task:
    [task] = due_about(issue.id, *CALLBACKS)
    return task


def leaves(staff: Staff) -> None:
    staff.left_at = NOW
    db.session.commit()


def test_visits_and_callbacks_of_whoever_left_are_the_supervisors_by_the_same_day(ground: Ground) -> None:
    supervisor = a_staff(ground.estate, Role.SUPERVISOR, name="孙主管")
    visit, callback = a_planned_visit(ground.unit, ground.officer), the_callback(ground.an_issue(State.RECTIFIED))
    days = (visit.due_on, callback.due_on)
    before = take_over_tasks(NOW)

    leaves(ground.officer)
    taken = [take_over_tasks(NOW), take_over_tasks(NOW)]
    db.session.commit()

    assert (before, taken) == (0, [2, 0])
    assert {visit.assignee_id, callback.assignee_id} == {supervisor.id}
    assert (visit.due_on, callback.due_on) == days
    assert [line.kind for line in journal.history(visit.id)][-1] == "task:changed"


def test_a_callback_that_becomes_due_when_its_officer_has_left_is_taken_over_as_well(ground: Ground) -> None:
    supervisor = a_staff(ground.estate, Role.SUPERVISOR, name="孙主管")
    issue = ground.an_issue(State.ACCEPTED)
    leaves(ground.officer)

    ground.take(issue, Move.RECTIFY)
    db.session.commit()

    assert take_over_tasks(NOW + timedelta(minutes=10)) == 1
    assert the_callback(issue).assignee_id == supervisor.id


def test_a_callback_on_a_complaint_is_never_taken_over_by_whom_it_is_about(ground: Ground) -> None:
    supervisor = a_staff(ground.estate, Role.SUPERVISOR, name="孙主管")
    other = a_staff(ground.estate, Role.OFFICER, name="赵磊")
    issue = ground.an_issue(State.RECTIFIED)
    about = Matter(Nature.ATTITUDE, Grade.ORDINARY, supervisor.id)
    assert open_complaint(issue, about, event_id=new_id(), by=By(), at=NOW)

    leaves(ground.officer)
    taken = take_over_tasks(NOW)

    assert (taken, the_callback(issue).assignee_id) == (1, other.id)


def test_where_nobody_else_visits_it_stays_where_it_was(ground: Ground) -> None:
    callback = the_callback(ground.an_issue(State.RECTIFIED))

    leaves(ground.officer)

    assert take_over_tasks(NOW) == 0
    assert callback.assignee_id == ground.officer.id


__all__ = ["ground"]
