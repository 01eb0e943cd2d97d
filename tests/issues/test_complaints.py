"""A complaint beside its issue's work (V46): its record, what closes it, whose hands it leaves."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from app.agenda.queries import due_about
from app.agenda.rules import CALLBACKS, TaskKind
from app.core import waits
from app.core.db import db
from app.core.errors import NotAllowed, Outdated, Refused
from app.core.journal import By
from app.issues.actions import accept, report_rectified
from app.issues.complaining import Matter, grade_anew, name_person, open_complaint, respond, turn_back
from app.issues.complaint_rules import (
    STRICT_ANSWERS,
    Act,
    Grade,
    Nature,
    Standing,
)
from app.issues.complaints import RESPOND, REVIEW
from app.issues.merging import merge
from app.issues.models import Complaint, Issue
from app.issues.moving import CALL_BACK
from app.issues.rules import Answer, HowAnswered, Move, State
from app.people.rules import Role
from tests.at_once import at_the_same_moment
from tests.builders import NOW, TODAY, a_staff
from tests.issues.complained import (
    a_complaint,
    act,
    more,
    standing_told,
    told,
    waiting,
)
from tests.issues.conftest import Ground, kinds, replayed


@pytest.mark.clause("V46")
def test_from_received_to_reviewed_every_column_of_form_6_is_filled(ground: Ground) -> None:
    complaint = a_complaint(ground, Standing.REVIEWED)

    assert complaint.number == "TS-2611-0001"
    assert (complaint.complainant, complaint.nature, complaint.grade) == ("陈建国", Nature.DELAY, Grade.IMPORTANT)
    assert (complaint.receiver_id, complaint.received_at) == (ground.officer.id, NOW)
    assert (complaint.response, complaint.responded_at) == ("已致歉，明天上午上门", NOW)
    assert (complaint.handling, complaint.handled_by_id, complaint.handled_at) == (
        "已重做防水层",
        ground.officer.id,
        NOW,
    )
    assert (complaint.review, complaint.reviewed_at) == ("处理及时，同意归档", NOW)
    assert [said.how for said in complaint.issue.answers] == [HowAnswered.SIGNED]
    assert told(complaint) == [
        "complaint:opened",
        "complaint:responded",
        "complaint:handled",
        "complaint:ended",
        "complaint:reviewed",
    ]


def test_a_complaint_that_is_taken_up_again_is_reviewed_anew(ground: Ground) -> None:
    complaint = a_complaint(ground, Standing.REVIEWED)

    assert ground.take(complaint.issue, Move.OWNER_OBJECTED)
    db.session.commit()

    assert (complaint.standing, complaint.reviewed_by_id, complaint.review) == (Standing.RESPONDED, None, "")
    assert "complaint:reviewed" in told(complaint), "the history keeps it"


@pytest.mark.clause("V46")
def test_what_its_department_has_done_is_no_response_to_the_complainant(ground: Ground) -> None:
    complaint, later = a_complaint(ground), NOW + timedelta(days=1)

    ground.take(complaint.issue, Move.ACCEPT)
    ground.take(complaint.issue, Move.RECTIFY, at=later)
    db.session.commit()

    assert (complaint.standing, complaint.handled_at, complaint.responded_at) == (Standing.HANDLED, later, None)
    assert waiting(complaint.id) == {RESPOND: NOW + timedelta(hours=4)}
    assert act(complaint, Act.RESPOND, at=later)
    db.session.commit()
    assert (complaint.standing, complaint.responded_at) == (Standing.HANDLED, later)
    assert waiting(complaint.id) == {}


def test_only_one_of_two_gives_the_first_response_to_what_was_handled(ground: Ground) -> None:
    complaint = a_complaint(ground, Standing.HANDLED)
    act(complaint, Act.RESPOND)

    with pytest.raises(Outdated) as refusal:
        respond(complaint, "另一句", **more(ground.manager))

    assert refusal.value.code == "complaint:responded"
    assert complaint.response == "已致歉，明天上午上门"


@pytest.mark.parametrize(
    ("state", "answer", "after"),
    [
        (State.RECTIFIED, Answer.SATISFIED, Standing.TO_REVIEW),
        (State.RECTIFIED, Answer.DISSATISFIED, Standing.RESPONDED),
        (State.EXPLAINED, Answer.AGREED, Standing.TO_REVIEW),
        (State.EXPLAINED, Answer.DISAGREED, Standing.RESPONDED),
    ],
)
@pytest.mark.clause("V46")
def test_with_the_complainants_own_answer_somebody_has_spoken_with_them(
    ground: Ground, state: State, answer: Answer, after: Standing
) -> None:
    complaint, said_at = a_complaint(ground, state=state), NOW + timedelta(hours=3)

    ground.owner_says(complaint.issue, answer, said_at=said_at, at=NOW + timedelta(days=1))
    db.session.commit()

    assert (complaint.responded_at, complaint.response) == (said_at, "")
    assert complaint.standing is standing_told(complaint) is after
    assert Act.RESPOND.value in told(complaint)
    assert RESPOND not in waiting(complaint.id)


@pytest.mark.clause("V46")
def test_closed_without_satisfaction_and_never_spoken_with_it_has_had_no_response(ground: Ground) -> None:
    complaint = a_complaint(ground, Standing.HANDLED)

    ground.take(complaint.issue, Move.CLOSE_UNSATISFIED)
    db.session.commit()

    assert complaint.responded_at is None
    assert set(waiting(complaint.id)) == {REVIEW}


@pytest.mark.clause("V46")
def test_work_that_goes_on_for_another_owner_leaves_the_first_response_due(ground: Ground) -> None:
    complaint, leader = a_complaint(ground), ground.an_issue(State.ACCEPTED)
    merge(complaint.issue, leader, "同一处渗水", **more(ground.officer))
    ground.take(leader, Move.RECTIFY)

    ground.owner_says(leader, Answer.DISSATISFIED, at=NOW + timedelta(hours=1))
    db.session.commit()

    assert complaint.standing is standing_told(complaint) is Standing.RECEIVED
    assert complaint.deadline_at == NOW + timedelta(hours=1, days=3)
    assert waiting(complaint.id) == {RESPOND: NOW + timedelta(hours=4)}


@pytest.mark.clause("V46")
def test_what_was_rectified_before_it_became_a_complaint_is_its_handling_and_the_response_is_still_due(
    ground: Ground,
) -> None:
    complaint = a_complaint(ground, state=State.RECTIFIED)

    assert (complaint.standing, complaint.handling, complaint.handled_at) == (Standing.RECEIVED, "已重做防水层", NOW)
    assert complaint.handled_by_id == ground.manager.id
    assert RESPOND in waiting(complaint.id)
    assert standing_told(complaint) is Standing.RECEIVED


def test_of_two_who_make_a_complaint_of_one_issue_at_the_same_moment_one_does(app: Flask, ground: Ground) -> None:
    issue_id = ground.an_issue(State.ROUTED).id

    def complains() -> None:
        matter = Matter(Nature.DELAY, Grade.MAJOR)
        open_complaint(db.session.get_one(Issue, issue_id), matter, **more())

    outcomes = at_the_same_moment(app, complains, complains)

    assert outcomes == ["complaint:is_one", "done"]
    assert [one.issue_id for one in db.session.scalars(sa.select(Complaint))] == [issue_id]


@pytest.mark.clause("V46")
def test_the_issue_goes_on_in_its_own_table_and_is_one_issue(ground: Ground) -> None:
    complaint = a_complaint(ground, Standing.TO_REVIEW)

    assert kinds(complaint.issue)[-3:] == ["issue:accepted", "issue:rectified", "issue:owner_satisfied"]
    assert replayed(complaint.issue) == (State.CLOSED, 1)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Issue)) == 1


def test_a_dissatisfied_owner_begins_another_round_with_a_limit_of_its_own(ground: Ground) -> None:
    complaint, later = a_complaint(ground, Standing.HANDLED), NOW + timedelta(days=2)

    ground.owner_says(complaint.issue, Answer.DISSATISFIED, at=later)
    db.session.commit()

    assert complaint.standing is Standing.RESPONDED
    assert complaint.deadline_at == later + timedelta(days=3)
    assert standing_told(complaint) is Standing.RESPONDED


def test_an_issue_turned_back_can_become_a_complaint_again_under_the_same_number(ground: Ground) -> None:
    complaint = a_complaint(ground, Standing.TURNED_BACK)
    number = complaint.number

    open_complaint(complaint.issue, Matter(Nature.SAFETY, Grade.MAJOR), **more(ground.officer))
    db.session.commit()

    assert (complaint.number, complaint.standing) == (number, Standing.RECEIVED)
    assert complaint.issue.complaint_grade is Grade.MAJOR
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Complaint)) == 1


@pytest.mark.parametrize("what", [Act.GRADE_DOWN, Act.GRADE_UP, Act.TURN_BACK], ids=lambda one: one.value)
@pytest.mark.clause("V46")
def test_grading_and_turning_back_need_a_reason(ground: Ground, what: Act) -> None:
    complaint = a_complaint(ground)

    acts = {
        Act.TURN_BACK: lambda: turn_back(complaint, "  ", **more()),
        Act.GRADE_UP: lambda: grade_anew(complaint, Grade.MAJOR, " ", seen=Grade.IMPORTANT, **more()),
        Act.GRADE_DOWN: lambda: grade_anew(complaint, Grade.ORDINARY, " ", seen=Grade.IMPORTANT, **more()),
    }

    with pytest.raises(Refused) as refusal:
        acts[what]()

    assert refusal.value.code == "complaint:reason_missing"


def test_who_grades_what_somebody_else_has_graded_meanwhile_is_told(ground: Ground) -> None:
    complaint = a_complaint(ground)
    act(complaint, Act.GRADE_UP)
    db.session.commit()

    with pytest.raises(Outdated) as refusal:
        act(complaint, Act.GRADE_DOWN)

    assert refusal.value.code == "complaint:graded"


def test_what_nobody_owns_or_has_ended_becomes_no_complaint(ground: Ground) -> None:
    for issue in (ground.an_issue(State.ROUTED, owned=False), ground.an_issue(State.CLOSED)):
        with pytest.raises(Refused):
            open_complaint(issue, Matter(Nature.OTHER, Grade.ORDINARY), **more())


# --- what closes it ---


@pytest.mark.parametrize("how", HowAnswered, ids=lambda how: how.value)
@pytest.mark.clause("V46")
def test_only_the_owners_signature_or_a_witness_closes_a_complaint(ground: Ground, how: HowAnswered) -> None:
    complaint = a_complaint(ground, Standing.HANDLED)

    closed = ground.owner_says(complaint.issue, Answer.SATISFIED, how)
    db.session.commit()

    assert closed is (how in {HowAnswered.SIGNED, HowAnswered.MARK, HowAnswered.WITNESSED})
    assert closed is (how in STRICT_ANSWERS)
    assert complaint.standing is (Standing.TO_REVIEW if closed else Standing.HANDLED)
    assert len(due_about(complaint.issue_id, TaskKind.COMPLAINT_CALLBACK)) == 1
    assert len(complaint.issue.answers) == 1


@pytest.mark.parametrize("how", HowAnswered, ids=lambda how: how.value)
def test_dissatisfied_counts_however_it_was_said(ground: Ground, how: HowAnswered) -> None:
    complaint = a_complaint(ground, Standing.HANDLED)

    assert ground.owner_says(complaint.issue, Answer.DISSATISFIED, how)
    assert complaint.issue.state is State.ROUTED


# --- whom it is about ---


@pytest.mark.clause("V46")
def test_whom_a_complaint_is_about_never_calls_back(ground: Ground) -> None:
    supervisor = a_staff(ground.estate, Role.SUPERVISOR, name="王芳")
    complaint = a_complaint(ground, about=ground.officer)
    accept(complaint.issue, "重新培训", ground.manager, TODAY, **more(ground.manager))
    report_rectified(complaint.issue, "已培训", **more(ground.manager))
    db.session.commit()

    [task] = due_about(complaint.issue_id, *CALLBACKS)
    [wait] = waits.on(complaint.issue_id)
    assert (task.assignee_id, wait.what, wait.staff_id) == (supervisor.id, CALL_BACK, supervisor.id)
    assert not ground.owner_says(complaint.issue, Answer.SATISFIED)
    assert ground.owner_says(complaint.issue, Answer.SATISFIED, by=By(staff_id=supervisor.id))


def test_a_callback_leaves_the_hands_of_whom_the_complaint_turns_out_to_be_about(ground: Ground) -> None:
    supervisor = a_staff(ground.estate, Role.SUPERVISOR, name="王芳")
    complaint = a_complaint(ground, Standing.HANDLED)

    name_person(complaint, ground.officer.id, **more(supervisor))
    db.session.commit()

    [task] = due_about(complaint.issue_id, *CALLBACKS)
    [wait] = waits.on(complaint.issue_id)
    assert task.assignee_id == wait.staff_id == supervisor.id


def test_whom_a_complaint_is_about_neither_acts_on_it_nor_is_made_responsible(ground: Ground) -> None:
    complaint = a_complaint(ground, about=ground.manager)

    with pytest.raises(NotAllowed) as refusal:
        accept(complaint.issue, "培训", ground.officer, TODAY, **more(ground.manager))
    assert refusal.value.code == "complaint:about_you"
    with pytest.raises(NotAllowed):
        respond(complaint, "没有此事", **more(ground.manager))
    with pytest.raises(Refused) as refused:
        accept(complaint.issue, "培训", ground.manager, TODAY, **more(ground.officer))
    assert refused.value.code == "complaint:about_them"


@pytest.mark.parametrize(
    ("state", "move"),
    [
        (State.ROUTED, Move.TRANSFER),
        (State.ROUTED, Move.CLASSIFY),
        (State.ROUTED, Move.DISPUTE),
        (State.ROUTED, Move.CANNOT),
        (State.ROUTED, Move.MERGE),
        (State.ROUTED, Move.CLOSE_UNSATISFIED),
        (State.DISPUTED, Move.DECIDE_LIABILITY),
        (State.ACCEPTED, Move.ASK_TO_DEFER),
        (State.ACCEPTED, Move.RECTIFY),
        (State.DEFERRED, Move.DEFER),
        (State.DEFERRED, Move.KEEP_DATE),
        (State.MERGED, Move.UNMERGE),
    ],
    ids=lambda one: one.value,
)
def test_whom_a_complaint_is_about_moves_it_in_no_way_of_their_own(ground: Ground, state: State, move: Move) -> None:
    """Nor ends it without the owner's satisfaction: a colleague does, or whoever stands above them."""
    complaint = a_complaint(ground, about=ground.officer, state=state)

    with pytest.raises(NotAllowed) as refusal:
        ground.take(complaint.issue, move)

    assert (refusal.value.code, complaint.issue.state) == ("complaint:about_you", state)
