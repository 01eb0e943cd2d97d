"""A complaint's own steps beside its issue's work (V46): the table, limits, whose hands it leaves, what closes it."""

import uuid
from datetime import datetime, timedelta
from functools import partial

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.agenda.queries import due_about
from app.agenda.rules import CALLBACKS, TaskKind
from app.core import journal, waits
from app.core.db import db
from app.core.errors import NotAllowed, Outdated, Refused
from app.core.ids import new_id
from app.core.journal import By
from app.estates.settings import set_limits
from app.issues.actions import accept, report_rectified
from app.issues.complaining import Matter, grade_anew, name_person, open_complaint, respond, review, turn_back
from app.issues.complaint_rules import (
    ROWS,
    RUNNING,
    STRICT_ANSWERS,
    Act,
    Grade,
    Nature,
    Row,
    Standing,
    acts_open_to,
    complaint_row,
    follows,
)
from app.issues.complaints import RESPOND, REVIEW
from app.issues.merging import merge, unmerge
from app.issues.models import Complaint, Issue
from app.issues.moving import CALL_BACK, RECTIFY, end_of
from app.issues.rules import STEPS, Answer, HowAnswered, Move, State
from app.people.models import Staff
from app.people.rules import Role
from tests.at_once import at_the_same_moment
from tests.builders import NOW, TODAY, a_staff
from tests.issues.conftest import Ground, kinds, replayed

ALONE = [move for move in Move if move not in (Move.MERGE, Move.WORKED_ON_AGAIN)]
"""Moves that take no other issue."""

OF_PEOPLE = {row.act for row in ROWS if row.roles}
OF_THE_ISSUE = {row.act for row in ROWS if not row.roles}
WAY_TO = {
    Standing.RECEIVED: (),
    Standing.RESPONDED: ("respond",),
    Standing.HANDLED: (Move.ACCEPT, Move.RECTIFY),
    Standing.TO_REVIEW: ("respond", Move.ACCEPT, Move.RECTIFY, Move.OWNER_SATISFIED),
    Standing.REVIEWED: ("respond", Move.ACCEPT, Move.RECTIFY, Move.OWNER_SATISFIED, "review"),
    Standing.TURNED_BACK: ("turn_back",),
}


def more(by: Staff | None = None, at: datetime = NOW) -> dict[str, object]:
    return {"event_id": new_id(), "by": By(staff_id=by.id if by else None), "at": at}


def a_complaint(
    ground: Ground,
    standing: Standing = Standing.RECEIVED,
    *,
    grade: Grade = Grade.IMPORTANT,
    about: Staff | None = None,
    state: State = State.ROUTED,
) -> Complaint:
    """A complaint that was brought where it stands by the shortest way there is."""
    issue = ground.an_issue(state)
    matter = Matter(Nature.DELAY, grade, about.id if about else None)
    assert open_complaint(issue, matter, **more(ground.officer))
    complaint = issue.complaint
    assert complaint is not None
    for step in WAY_TO[standing]:
        assert ground.take(issue, step) if isinstance(step, Move) else act(complaint, Act(ACTS[step]))
    db.session.commit()
    return complaint


ACTS = {"respond": Act.RESPOND, "review": Act.REVIEW, "turn_back": Act.TURN_BACK}


def act(complaint: Complaint, what: Act, event_id: uuid.UUID | None = None, at: datetime = NOW) -> bool:
    """Do with a complaint what people do, by the action that belongs to it."""
    said = more(at=at) | ({"event_id": event_id} if event_id else {})
    match what:
        case Act.OPEN:
            return open_complaint(complaint.issue, Matter(Nature.DELAY, Grade.ORDINARY), **said)
        case Act.RESPOND:
            return respond(complaint, "已致歉，明天上午上门", **said)
        case Act.GRADE_UP:
            return grade_anew(complaint, Grade.MAJOR, "漏水已影响用电", seen=Grade.IMPORTANT, **said)
        case Act.GRADE_DOWN:
            return grade_anew(complaint, Grade.ORDINARY, "现场核实为轻微", seen=Grade.IMPORTANT, **said)
        case Act.NAME_PERSON:
            somebody = db.session.scalars(sa.select(Staff).where(Staff.name == "周强")).first()
            assert somebody is not None
            return name_person(complaint, somebody.id, **said)
        case Act.TURN_BACK:
            return turn_back(complaint, "业主确认是咨询", **said)
        case Act.REVIEW:
            return review(complaint, "处理及时，同意归档", **said)
    raise AssertionError(f"nobody does {what}")


def told(complaint: Complaint) -> list[str]:
    return [line.kind for line in journal.history(complaint.id)]


def standing_told(complaint: Complaint) -> Standing | None:
    """Where the complaint stands as it follows from the journal alone."""
    standing: Standing | None = None
    for kind in told(complaint):
        if kind not in {act.value for act in Act}:
            continue
        if standing is None:
            assert kind == Act.OPEN.value
            standing = Standing.RECEIVED
            continue
        row = complaint_row(standing, Act(kind))
        assert row is not None, f"the journal tells of {kind} in {standing}"
        standing = row.after
    return standing


def waiting(subject_id: uuid.UUID) -> dict[str, datetime]:
    db.session.expire_all()
    return {wait.what: wait.due_at for wait in waits.on(subject_id)}


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
