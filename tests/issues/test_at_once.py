"""Two who act on one issue at the same moment: whoever comes second acts on what it is by then, or is told so."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from app.core import waits
from app.core.db import db
from app.core.errors import NotFound
from app.core.ids import new_id
from app.core.journal import By
from app.issues.actions import accept, report_rectified
from app.issues.answering import take_owners_answer
from app.issues.complaining import Matter, grade_anew, name_person, open_complaint, the_complaint, turn_back
from app.issues.complaint_rules import Grade, Nature
from app.issues.ending import close_unsatisfied
from app.issues.models import Category, Issue
from app.issues.owners_word import OwnersWord
from app.issues.queries import issues_by_id
from app.issues.reporting import report_up
from app.issues.routing import classify, transfer
from app.issues.rules import Answer, Ending, HowAnswered, State, Urgency
from app.people.models import Staff
from app.people.rules import Role
from tests.at_once import at_the_same_moment
from tests.builders import NOW, TODAY, a_category, a_staff
from tests.issues.conftest import Ground, replayed
from tests.issues.test_walks import everything_holds

Deed = Callable[[Issue], object]


def deeds(ground: Ground, event_id: uuid.UUID | None = None) -> dict[str, Deed]:
    """What somebody may do, all as one event or each as its own; of the ground only ids are known, as each session
    reads for itself.
    """
    officer_id, manager_id, department_id = ground.officer.id, ground.manager.id, ground.department.id
    other_id, theirs_id = ground.other.id, a_category(ground.estate, ground.other, code="theirs").id
    supervisor_id = a_staff(ground.estate, Role.SUPERVISOR).id
    db.session.commit()

    def more() -> dict[str, Any]:
        return {"event_id": event_id or new_id(), "by": By(staff_id=supervisor_id), "at": NOW}

    def accepts(issue: Issue) -> object:
        if issue.department_id != department_id:  # as the door judges who may do it, by what it has read
            raise NotFound("issue:other_department", "")
        manager = db.session.get_one(Staff, manager_id)
        return accept(issue, "重做防水层", manager, TODAY + timedelta(days=5), **more())

    def classifies(issue: Issue) -> object:
        theirs = db.session.get_one(Category, theirs_id)
        return classify(issue, theirs, Urgency.ORDINARY, note="看过现场", **more())

    return {
        "accept": accepts,
        "classify": classifies,
        "transfer": lambda issue: transfer(issue, other_id, "属质保范围", away_from=department_id, **more()),
        "rectify": lambda issue: report_rectified(issue, "已重做防水层", **more()),
        "close": lambda issue: close_unsatisfied(
            issue, Ending.WITHDRAWN, "业主来电说不用了", tries=0, heard=len(issue.answers), **more()
        ),
        "grade": lambda issue: grade_anew(the_complaint(issue), Grade.MAJOR, "现场核实", seen=Grade.ORDINARY, **more()),
        "name": lambda issue: name_person(the_complaint(issue), officer_id, **more()),
        "report up": lambda issue: report_up(issue, **more()),
        "turn back": lambda issue: turn_back(the_complaint(issue), "业主确认是咨询", **more()),
    }


@pytest.mark.parametrize(
    ("state", "one", "other", "complains"),
    [
        (State.ROUTED, "accept", "transfer", False),
        (State.ROUTED, "accept", "classify", False),
        (State.ACCEPTED, "rectify", "name", True),
        (State.ACCEPTED, "grade", "name", True),
        (State.ACCEPTED, "close", "grade", True),
        (State.RECTIFIED, "close", "turn back", True),
    ],
)
def test_of_two_acts_at_the_same_moment_the_second_is_on_what_the_first_has_made_of_it(
    app: Flask, ground: Ground, state: State, one: str, other: str, complains: bool
) -> None:
    issue_id, known = an_issue(ground, state, complains=complains), deeds(ground)

    def does(deed: Deed) -> Callable[[], object]:
        return lambda: deed(db.session.get_one(Issue, issue_id))

    assert "done" in at_the_same_moment(app, does(known[one]), does(known[other]))

    issue = db.session.get_one(Issue, issue_id)
    everything_holds([issue])
    assert replayed(issue) == (issue.state, issue.round)
    assert {wait.department_id for wait in waits.on(issue.id)} <= {None, issue.department_id}
    assert issue.state is not State.ACCEPTED or issue.department_id == ground.department.id, "accepted by another"


@pytest.mark.parametrize(
    ("state", "deed", "complains"),
    [
        (State.ROUTED, "accept", False),
        (State.ROUTED, "transfer", False),
        (State.ROUTED, "classify", False),
        (State.ROUTED, "report up", False),
        (State.ACCEPTED, "rectify", False),
        (State.ACCEPTED, "grade", True),
        (State.ACCEPTED, "name", True),
        (State.ACCEPTED, "close", True),
    ],
)
def test_a_form_that_is_sent_twice_at_one_moment_is_taken_once_and_told_so_twice(
    app: Flask, ground: Ground, state: State, deed: str, complains: bool
) -> None:
    """As by a double click: the browser shows the answer to the second."""
    issue_id, event_id = an_issue(ground, state, complains=complains), new_id()
    does = deeds(ground, event_id)[deed]

    def acts() -> object:
        return does(db.session.get_one(Issue, issue_id))

    assert at_the_same_moment(app, acts, acts, acts) == ["done", "done", "done"]

    issue = db.session.get_one(Issue, issue_id)
    everything_holds([issue])
    assert replayed(issue) == (issue.state, issue.round)


def an_issue(ground: Ground, state: State, *, complains: bool) -> uuid.UUID:
    """One that is a complaint, or none."""
    issue = ground.an_issue(state)
    if complains:
        by = By(staff_id=ground.officer.id)
        open_complaint(issue, Matter(Nature.DELAY, Grade.ORDINARY), event_id=new_id(), by=by, at=NOW)
        db.session.commit()
    return issue.id


@pytest.mark.parametrize("_once_more", range(5))
def test_two_owners_of_one_piece_of_work_are_heard_at_the_same_moment(
    app: Flask, ground: Ground, _once_more: int
) -> None:
    """As from two tablets: each locks the issue it is about, and then all of the work."""
    work = [ground.an_issue(State.RECTIFIED) for _ in range(3)]
    for one in work:
        one.work_id = work[0].id
    db.session.commit()
    ids, officer_id = [one.id for one in work], ground.officer.id

    def says(issue_id: uuid.UUID) -> object:
        word = OwnersWord(Answer.DISSATISFIED, HowAnswered.SIGNED, NOW, visit_id=new_id())
        issue = issues_by_id([issue_id])[issue_id]
        return take_owners_answer(issue, word, round_=1, event_id=new_id(), by=By(staff_id=officer_id), at=NOW)

    assert at_the_same_moment(app, lambda: says(ids[2]), lambda: says(ids[1])) == ["done", "done"]

    issues = [db.session.get_one(Issue, issue_id) for issue_id in ids]
    assert sorted(issue.state.value for issue in issues) == ["merged", "merged", "routed"]
    assert {issue.round for issue in issues} == {2}
    assert [replayed(issue) for issue in issues] == [(issue.state, issue.round) for issue in issues]
