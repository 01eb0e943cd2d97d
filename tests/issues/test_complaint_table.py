"""The table of a complaint's own steps (V46), and each of its rows taken, in whatever order."""

from datetime import timedelta
from functools import partial

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.core.db import db
from app.core.errors import NotAllowed, Outdated, Refused
from app.core.ids import new_id
from app.issues.complaint_rules import (
    ROWS,
    RUNNING,
    Act,
    Row,
    Standing,
    acts_open_to,
    complaint_row,
    follows,
)
from app.issues.complaints import RESPOND, REVIEW
from app.issues.models import Complaint
from app.issues.rules import STEPS, Move, State
from app.people.rules import Role
from tests.builders import NOW
from tests.issues.complained import (
    ALONE,
    OF_PEOPLE,
    OF_THE_ISSUE,
    a_complaint,
    act,
    standing_told,
    told,
    waiting,
)
from tests.issues.conftest import Ground, replayed

# --- the table itself ---


def test_no_two_rows_say_different_things_about_one_act() -> None:
    assert len({(row.before, row.act) for row in ROWS}) == len(ROWS)
    assert set(Act) == OF_PEOPLE | OF_THE_ISSUE
    assert not OF_PEOPLE & OF_THE_ISSUE


def test_every_standing_can_be_reached_and_the_settled_one_is_reviewed() -> None:
    reached = {Standing.RECEIVED}
    for _round in Standing:
        reached |= {row.after for row in ROWS if row.before in reached}
    assert reached == set(Standing)
    assert {row.after for row in ROWS if row.act is Act.REVIEW} == {Standing.REVIEWED}
    assert {row.before for row in ROWS if row.act is Act.REVIEW} == {Standing.TO_REVIEW}


@pytest.mark.clause("V46")
def test_only_the_manager_grades_down_or_turns_back() -> None:
    lenient = {row.roles for row in ROWS if row.act in (Act.GRADE_DOWN, Act.TURN_BACK)}
    stricter = {row.roles for row in ROWS if row.act is Act.GRADE_UP}

    assert lenient == {frozenset({Role.MANAGER})}
    assert stricter == {frozenset({Role.SUPERVISOR, Role.MANAGER})}


@pytest.mark.clause("V46")
def test_no_department_moves_a_complaint_by_itself() -> None:
    departments = {Role.DEPARTMENT_MANAGER, Role.HANDLER}

    assert [row for row in ROWS if row.roles & departments] == []


@pytest.mark.parametrize(
    ("standing", "roles", "acts"),
    [
        (Standing.RECEIVED, {Role.OFFICER}, [Act.RESPOND]),
        (Standing.RECEIVED, {Role.SUPERVISOR}, [Act.RESPOND, Act.GRADE_UP, Act.NAME_PERSON]),
        (Standing.RESPONDED, {Role.MANAGER}, [Act.GRADE_UP, Act.GRADE_DOWN, Act.NAME_PERSON, Act.TURN_BACK]),
        (Standing.TO_REVIEW, {Role.SUPERVISOR}, []),
        (Standing.TO_REVIEW, {Role.MANAGER}, [Act.REVIEW]),
        (Standing.REVIEWED, set(Role), []),
        (Standing.TURNED_BACK, {Role.OFFICER}, [Act.OPEN]),
        (Standing.RESPONDED, {Role.DEPARTMENT_MANAGER, Role.HANDLER}, []),
    ],
)
def test_the_buttons_follow_from_the_table(standing: Standing, roles: set[Role], acts: list[Act]) -> None:
    assert acts_open_to(frozenset(roles), standing) == acts


def test_whatever_ends_an_issue_ends_its_complaint_and_whatever_opens_it_again_opens_it() -> None:
    follow = partial(follows, responded=True)
    ends = {follow(row.before, row.move, row.after) for row in STEPS if row.after in (State.CLOSED, State.VERIFIED)}

    assert ends == {Act.END}
    assert follow(State.CLOSED, Move.ROUTE, State.ROUTED) is Act.REOPEN
    assert follow(State.RECTIFIED, Move.OWNER_DISSATISFIED, State.ROUTED) is Act.REOPEN
    assert follow(State.ROUTED, Move.TRANSFER, State.ROUTED) is None
    assert follows(State.RECTIFIED, Move.WORKED_ON_AGAIN, State.MERGED, responded=False) is Act.HANDLE_AGAIN


# --- the table in use ---


@pytest.mark.parametrize(
    "row", [row for row in ROWS if row.roles], ids=lambda row: f"{row.before.value}-{row.act.value}"
)
def test_each_row_of_people_is_taken_with_its_journal_line_and_sent_twice_happens_once(
    ground: Ground, row: Row
) -> None:
    complaint, event = a_complaint(ground, row.before), new_id()
    before = told(complaint)

    first = act(complaint, row.act, event)
    db.session.commit()
    again = act(complaint, row.act, event, NOW + timedelta(hours=1))
    db.session.commit()

    assert (first, again) == (True, False)
    assert complaint.standing is row.after
    assert told(complaint) == [*before, row.act.value]
    assert standing_told(complaint) is row.after


@pytest.mark.parametrize("standing", Standing, ids=lambda one: one.value)
@pytest.mark.any_database
def test_every_other_act_is_refused_and_changes_nothing(ground: Ground, standing: Standing) -> None:
    complaint = a_complaint(ground, standing)
    before, said = facts(complaint), told(complaint)

    for what in OF_PEOPLE:
        if complaint_row(standing, what) is None:
            with pytest.raises((Outdated, Refused)):
                act(complaint, what)
            db.session.rollback()

            assert (facts(complaint), told(complaint)) == (before, said), what


def facts(complaint: Complaint) -> dict[str, object]:
    db.session.expire(complaint)
    return {column.key: getattr(complaint, column.key) for column in Complaint.__table__.columns}


# --- any order ---


@settings(max_examples=25, deadline=None, database=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tries=st.lists(st.sampled_from([*Act, *ALONE, Move.ACCEPT, Move.RECTIFY, Move.OWNER_SATISFIED]), max_size=14))
def test_whatever_is_tried_in_whatever_order_the_history_tells_the_standing(
    ground: Ground, tries: list[Act | Move]
) -> None:
    complaint = a_complaint(ground)
    for one in tries:
        try:
            with db.session.begin_nested():
                if isinstance(one, Move):
                    ground.take(complaint.issue, one)
                elif one in OF_PEOPLE:
                    act(complaint, one)
        except (Outdated, Refused, NotAllowed):
            continue
    db.session.commit()

    issue = complaint.issue
    assert standing_told(complaint) is complaint.standing
    assert replayed(issue) == (issue.state, issue.round)
    assert (issue.complaint_grade is None) == (complaint.standing is Standing.TURNED_BACK)
    if complaint.standing in RUNNING:
        assert issue.state is not State.CLOSED
    if issue.state is State.CLOSED:
        assert complaint.standing in {Standing.TO_REVIEW, Standing.REVIEWED, Standing.TURNED_BACK}
    owed = {RESPOND} if complaint.standing in RUNNING and complaint.responded_at is None else set()
    assert set(waiting(complaint.id)) == owed | ({REVIEW} if complaint.standing is Standing.TO_REVIEW else set())
