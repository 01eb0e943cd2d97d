"""An issue goes round until its owner is satisfied: what is kept, what moves, what happens once."""

import inspect
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.agenda.queries import due_about
from app.agenda.rules import TaskKind
from app.core import journal, waits
from app.core.db import db
from app.core.errors import NotAllowed, Outdated, Refused
from app.core.ids import new_id
from app.core.journal import By
from app.estates.models import Estate
from app.issues import actions
from app.issues.actions import accept, answer_on_the_spot, open_category, raise_issue, report_rectified
from app.issues.answering import take_owners_answer
from app.issues.models import Issue, OwnerAnswer
from app.issues.owners_word import OwnersWord
from app.issues.routing import route, send_on
from app.issues.rules import (
    CLOSED_MEANWHILE,
    CLOSING_ANSWERS,
    STEPS,
    WORKED_ON,
    Answer,
    HowAnswered,
    Move,
    State,
    Step,
    Urgency,
)
from app.people.models import Staff
from app.people.rules import Role
from tests.builders import NOBODY, NOW, TODAY, a_category, a_department, an_estate
from tests.issues.conftest import Ground, kinds, replayed

MORE = {"by": NOBODY, "at": NOW}


# --- the whole loop ---


@pytest.mark.clause("R09")
@pytest.mark.clause("R13")
@pytest.mark.clause("R38")
@pytest.mark.clause("R40")
def test_two_rounds_end_with_the_owners_own_word(ground: Ground) -> None:
    issue = ground.an_issue(State.RECTIFIED)

    assert ground.owner_says(issue, Answer.DISSATISFIED)
    assert (issue.state, issue.round, issue.closed_at) == (State.ROUTED, 2, None)
    for move in (Move.ACCEPT, Move.RECTIFY):
        assert ground.take(issue, move)
    assert ground.owner_says(issue, Answer.SATISFIED)
    db.session.commit()

    assert (issue.state, issue.round, issue.closed_at) == (State.CLOSED, 2, NOW)
    assert kinds(issue) == [
        "issue:recorded",
        "issue:routed",
        "issue:accepted",
        "issue:rectified",
        "issue:owner_dissatisfied",
        "issue:accepted",
        "issue:rectified",
        "issue:owner_satisfied",
    ]
    assert replayed(issue) == (State.CLOSED, 2)
    assert [(said.round, said.answer, said.moved) for said in issue.answers] == [
        (1, Answer.DISSATISFIED, True),
        (2, Answer.SATISFIED, True),
    ]


@pytest.mark.clause("R13")
@pytest.mark.clause("R40")
def test_however_often_a_department_reports_it_done_nothing_but_the_owners_word_closes_it(ground: Ground) -> None:
    issue, stood = ground.an_issue(State.RECTIFIED), []

    for _round in range(6):
        stood.append((issue.round, issue.state, issue.closed_at))
        ground.owner_says(issue, Answer.DISSATISFIED, HowAnswered.PHONE)
        for move in (Move.ACCEPT, Move.RECTIFY):
            ground.take(issue, move)
    db.session.commit()

    assert stood == [(number, State.RECTIFIED, None) for number in range(1, 7)]
    assert (issue.state, issue.round) == replayed(issue) == (State.RECTIFIED, 7)
    assert [task.round for task in due_about(issue.id, TaskKind.ISSUE_CALLBACK)][-1] == 7


ALONE = [move for move in Move if move not in (Move.MERGE, Move.WORKED_ON_AGAIN)]
"""What can be tried with one issue; several at once go their ways in test_walks."""


@settings(max_examples=30, deadline=None, database=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    moves=st.lists(st.sampled_from([*ALONE, *ALONE, Move.RECTIFY, Move.ACCEPT, Move.OWNER_DISSATISFIED]), max_size=14)
)
def test_whatever_is_tried_in_whatever_order_the_history_tells_the_state(ground: Ground, moves: list[Move]) -> None:
    issue = ground.an_issue()
    for move in moves:
        try:
            with db.session.begin_nested():
                ground.take(issue, move)
        except (Outdated, NotAllowed, Refused):
            continue
    db.session.commit()

    answers = [said for said in issue.answers if said.moved]
    assert replayed(issue) == (issue.state, issue.round)
    again = {Answer.DISSATISFIED, Answer.OBJECTED}
    assert issue.round == 1 + sum(said.answer in again for said in answers)
    assert issue.state is not State.CLOSED or answers[-1].answer is Answer.SATISFIED
    assert len(waits.on(issue.id)) == (issue.state in WAITS)
    assert len(due_about(issue.id, TaskKind.ISSUE_CALLBACK)) >= (issue.state is State.RECTIFIED)


# --- once ---


@pytest.mark.parametrize("row", STEPS, ids=lambda row: f"{row.before.value}-{row.move.value}")
def test_a_move_sent_twice_happens_once(ground: Ground, row: Step) -> None:
    issue, event = ground.an_issue(row.before, owned=row.owned is not False), new_id()

    first = ground.take(issue, row.move, event)
    db.session.commit()
    before = everything_about(issue)
    again = ground.take(issue, row.move, event, at=NOW + timedelta(hours=5))
    db.session.commit()

    assert (first, again) == (True, False)
    assert everything_about(issue) == before


def everything_about(issue: Issue) -> tuple[object, ...]:
    """Its columns, its history, its answers, what waits and what is due."""
    db.session.expire_all()
    columns = {column.key: getattr(issue, column.key) for column in Issue.__table__.columns}
    waiting = [(wait.what, wait.since, wait.due_at) for wait in waits.on(issue.id)]
    due = len(due_about(issue.id, TaskKind.ISSUE_CALLBACK))
    return columns, kinds(issue), len(issue.answers), waiting, due


def test_what_a_repeated_move_brings_along_does_not_overwrite_what_it_was_kept_with(ground: Ground) -> None:
    issue, event = ground.an_issue(State.ROUTED), new_id()
    accept(issue, "重做防水层", ground.manager, TODAY + timedelta(days=5), event_id=event, **MORE)

    again = accept(issue, "换一种做法", ground.manager, TODAY + timedelta(days=9), event_id=event, **MORE)

    assert not again
    assert (issue.measure, issue.due_on) == ("重做防水层", TODAY + timedelta(days=5))


def test_of_two_who_accept_at_the_same_moment_one_is_told_that_it_moved_on(app: Flask, ground: Ground) -> None:
    issue_id, manager_id = ground.an_issue(State.ROUTED).id, ground.manager.id
    db.session.rollback()
    together = threading.Barrier(2)

    def take_on(measure: str) -> str:
        with app.app_context():
            together.wait()
            issue, staff = db.session.get_one(Issue, issue_id), db.session.get_one(Staff, manager_id)
            try:
                accept(issue, measure, staff, TODAY, event_id=new_id(), **MORE)
            except Outdated:
                return "moved on"
            db.session.commit()
            return measure

    with ThreadPoolExecutor(2) as threads:
        outcomes = list(threads.map(take_on, ("第一种", "第二种")))

    assert sorted(outcome == "moved on" for outcome in outcomes) == [False, True]
    issue = db.session.get_one(Issue, issue_id)
    assert issue.measure in outcomes
    assert kinds(issue).count("issue:accepted") == 1


# --- answers that are kept ---


def test_an_answer_about_an_earlier_round_is_kept_and_does_not_move(ground: Ground) -> None:
    issue = ground.an_issue(State.RECTIFIED)
    ground.owner_says(issue, Answer.DISSATISFIED)
    for move in (Move.ACCEPT, Move.RECTIFY):
        ground.take(issue, move)

    moved = ground.owner_says(issue, Answer.SATISFIED, round_=1)
    db.session.commit()

    assert not moved
    assert (issue.state, issue.round) == (State.RECTIFIED, 2)
    assert {(said.round, said.answer, said.moved) for said in issue.answers} == {
        (1, Answer.DISSATISFIED, True),
        (1, Answer.SATISFIED, False),
    }


def test_a_satisfied_word_about_a_closed_issue_is_kept_and_moves_nothing(ground: Ground) -> None:
    issue = ground.an_issue(State.CLOSED)

    assert not ground.owner_says(issue, Answer.SATISFIED)
    assert issue.state is State.CLOSED
    assert [said.moved for said in sorted(issue.answers, key=lambda said: said.id)] == [True, False]


@pytest.mark.clause("R13")
@pytest.mark.parametrize("state", sorted(CLOSED_MEANWHILE, key=lambda state: state.value))
def test_whoever_was_dissatisfied_with_what_another_owner_closed_meanwhile_opens_it_again(
    ground: Ground, state: State
) -> None:
    issue = ground.an_issue(state)

    moved = ground.owner_says(issue, Answer.DISSATISFIED, at=NOW + timedelta(days=6))
    db.session.commit()

    assert moved
    assert (issue.state, issue.round, issue.closed_at) == (State.REPORTED, 2, None)
    assert replayed(issue) == (State.REPORTED, 2)


def test_a_dissatisfied_word_after_the_days_of_objection_is_kept_for_a_person(ground: Ground) -> None:
    issue, late = ground.an_issue(State.CLOSED), NOW + timedelta(days=8)

    word = OwnersWord(Answer.DISSATISFIED, HowAnswered.SIGNED, late, "还在渗", visit_id=new_id())
    moved = take_owners_answer(issue, word, round_=1, event_id=new_id(), by=NOBODY, at=late)

    assert (moved, issue.state, len(issue.answers)) == (False, State.CLOSED, 2)


def test_a_dissatisfied_word_about_an_earlier_round_opens_nothing(ground: Ground) -> None:
    issue = ground.an_issue(State.RECTIFIED)
    ground.owner_says(issue, Answer.DISSATISFIED)
    for move in (Move.ACCEPT, Move.RECTIFY, Move.OWNER_SATISFIED):
        ground.take(issue, move)

    assert not ground.owner_says(issue, Answer.DISSATISFIED, round_=1)
    assert (issue.state, issue.round) == (State.CLOSED, 2)


@pytest.mark.parametrize("how", HowAnswered, ids=lambda how: how.value)
def test_how_a_satisfied_answer_was_given_decides_whether_it_closes(ground: Ground, how: HowAnswered) -> None:
    issue = ground.an_issue(State.RECTIFIED)

    moved = ground.owner_says(issue, Answer.SATISFIED, how)

    assert moved == (how in CLOSING_ANSWERS) == (how is not HowAnswered.TOLD)
    assert issue.state is (State.CLOSED if moved else State.RECTIFIED)
    assert [said.how for said in issue.answers] == [how]


@pytest.mark.parametrize("how", HowAnswered, ids=lambda how: how.value)
def test_any_owners_dissatisfaction_keeps_an_issue_open(ground: Ground, how: HowAnswered) -> None:
    issue = ground.an_issue(State.RECTIFIED)

    assert ground.owner_says(issue, Answer.DISSATISFIED, how)
    assert (issue.state, issue.round) == (State.ROUTED, 2)


def test_the_journal_keeps_how_an_answer_was_given_but_no_name(ground: Ground) -> None:
    issue = ground.an_issue(State.CLOSED)
    db.session.commit()

    told = journal.history(issue.id)
    assert told[-1].data["how"] == "signed"
    assert "陈建国" not in str([line.data for line in told])


# --- what is said with a move ---


@pytest.mark.clause("R38")
def test_accepting_takes_measure_responsible_person_and_date(ground: Ground) -> None:
    issue = ground.an_issue(State.ROUTED)

    accept(issue, "  重做防水层 ", ground.manager, TODAY, event_id=new_id(), **MORE)

    assert (issue.measure, issue.responsible, issue.due_on) == ("重做防水层", ground.manager, TODAY)


@pytest.mark.parametrize(
    ("measure", "due_on", "code"),
    [
        ("  ", TODAY, "issue:measure_missing"),
        ("重做防水层", TODAY - timedelta(days=1), "issue:date_past"),
        ("重做防水层", TODAY + timedelta(days=8), "issue:date_too_late"),
    ],
)
def test_an_acceptance_that_says_too_little_is_refused(ground: Ground, measure: str, due_on: date, code: str) -> None:
    issue = ground.an_issue(State.ROUTED)

    with pytest.raises(Refused) as refusal:
        accept(issue, measure, ground.manager, due_on, event_id=new_id(), **MORE)

    assert refusal.value.code == code
    assert (issue.state, issue.measure) == (State.ROUTED, "")


def test_today_is_the_estates_today(ground: Ground) -> None:
    """At seven in the evening in London it is the next day already where the estate stands."""
    issue, evening = ground.an_issue(State.ROUTED), datetime(2026, 11, 23, 19, 0, tzinfo=UTC)

    with pytest.raises(Refused):
        accept(issue, "重做", ground.manager, date(2026, 11, 23), event_id=new_id(), by=NOBODY, at=evening)
    assert accept(issue, "重做", ground.manager, date(2026, 11, 24), event_id=new_id(), by=NOBODY, at=evening)


def test_a_report_without_a_word_is_refused(ground: Ground) -> None:
    issue = ground.an_issue(State.ACCEPTED)

    with pytest.raises(Refused) as refusal:
        report_rectified(issue, " ", event_id=new_id(), **MORE)

    assert refusal.value.code == "issue:note_missing"
    assert issue.state is State.ACCEPTED


@pytest.mark.parametrize("of_another_estate", [True, False])
def test_an_issue_is_routed_only_to_a_department_of_its_estate(ground: Ground, of_another_estate: bool) -> None:
    issue = ground.an_issue(State.RECORDED)
    department_id = a_department(an_estate()).id if of_another_estate else new_id()

    with pytest.raises(Refused) as refusal:
        route(issue, department_id, event_id=new_id(), **MORE)

    assert refusal.value.code == "issue:department_unknown"
    assert (issue.state, issue.department_id) == (State.RECORDED, None)


@pytest.mark.clause("R09")
@pytest.mark.clause("R10")
def test_an_issue_goes_to_the_department_of_its_category_or_is_reported_up(ground: Ground) -> None:
    known, unknown = ground.an_issue(), ground.an_issue()
    unknown.category = a_category(ground.estate, None)

    send_on(known, event_id=new_id(), **MORE)
    send_on(unknown, event_id=new_id(), **MORE)

    assert (known.state, known.department_id) == (State.ROUTED, ground.department.id)
    assert (unknown.state, unknown.department_id) == (State.REPORTED, None)


def test_a_category_without_a_department_has_that_of_the_category_above(ground: Ground) -> None:
    below = open_category(ground.estate.id, "roof", "屋面", "Roof", parent_code=ground.category.code, **MORE)
    issue = ground.an_issue()
    issue.category = below

    send_on(issue, event_id=new_id(), **MORE)

    assert (issue.state, issue.department_id) == (State.ROUTED, ground.department.id)


@pytest.mark.clause("R07")
def test_an_answer_on_the_spot_alone_does_not_close(ground: Ground) -> None:
    issue = ground.an_issue()

    answer_on_the_spot(issue, "公众号自助开票", event_id=new_id(), **MORE)

    assert (issue.state, issue.answer) == (State.ANSWERED, "公众号自助开票")


def test_a_rating_never_moves_an_issue(ground: Ground) -> None:
    """Not one action on issues so much as takes a rating."""
    taken = {
        name
        for _name, action in inspect.getmembers(actions, inspect.isfunction)
        if action.__module__ == actions.__name__
        for name in inspect.signature(action).parameters
    }

    assert "rating" not in taken


# --- limits ---

SUPERVISOR = {"role": "supervisor"}
WAITS = {*WORKED_ON, State.RECTIFIED, State.EXPLAINED}


@pytest.mark.parametrize(
    ("state", "what", "due"),
    [
        # R11: the department is notified within 4 hours.
        (State.REPORTED, "issue:route", NOW + timedelta(hours=4)),
        # R38: its measure is settled within 24 hours.
        (State.ROUTED, "issue:accept", NOW + timedelta(hours=24)),
        # Its own date, to the end of that day where the estate stands.
        (State.ACCEPTED, "issue:rectify", datetime(2026, 11, 28, 16, 0, tzinfo=UTC)),
        # Called back within 3 days.
        (State.RECTIFIED, "issue:call_back", NOW + timedelta(days=3)),
    ],
)
@pytest.mark.clause("R11")
@pytest.mark.clause("R38")
@pytest.mark.clause("R40")
def test_each_state_waits_for_its_holder_until_its_limit(
    ground: Ground, state: State, what: str, due: datetime
) -> None:
    issue = ground.an_issue(state)

    [wait] = waits.on(issue.id)

    holders = {
        State.REPORTED: (Role.SUPERVISOR.value, None, None),
        State.ROUTED: (Role.DEPARTMENT_MANAGER.value, ground.department.id, None),
        State.ACCEPTED: (Role.DEPARTMENT_MANAGER.value, ground.department.id, None),
        State.RECTIFIED: (None, None, ground.officer.id),
    }
    assert (wait.what, wait.since, wait.due_at) == (what, NOW, due)
    assert (wait.role, wait.department_id, wait.staff_id) == holders[state]


@pytest.mark.parametrize("state", [State.RECORDED, State.ANSWERED, State.CLOSED], ids=lambda state: state.value)
def test_nothing_waits_where_nobody_owes_anything(ground: Ground, state: State) -> None:
    assert waits.on(ground.an_issue(state).id) == []


def test_limits_are_the_estates_own(ground: Ground) -> None:
    estate = db.session.get_one(Estate, ground.estate.id)
    estate.settings = {**estate.settings, "limits": {"measure_hours": 48, "callback_days": 1}}

    routed, rectified = ground.an_issue(State.ROUTED), ground.an_issue(State.RECTIFIED)

    assert waits.on(routed.id)[0].due_at == NOW + timedelta(hours=48)
    assert waits.on(rectified.id)[0].due_at == NOW + timedelta(days=1)
    [callback] = due_about(rectified.id, TaskKind.ISSUE_CALLBACK)
    assert callback.due_on == TODAY + timedelta(days=1)


@pytest.mark.clause("R13")
def test_what_is_rectified_becomes_a_callback_for_whoever_took_it_in(ground: Ground) -> None:
    issue = ground.an_issue(State.RECTIFIED)

    [task] = due_about(issue.id, TaskKind.ISSUE_CALLBACK)

    assert (task.assignee_id, task.unit_id, task.round) == (ground.officer.id, ground.unit.id, 1)
    assert task.due_on == TODAY + timedelta(days=3)


# --- numbers ---


def test_issues_are_numbered_by_month_without_gaps(ground: Ground) -> None:
    first, second = ground.an_issue(), ground.an_issue(urgency=Urgency.URGENT)
    db.session.rollback()

    assert [first.number, second.number] == ["WT-2611-0001", "WT-2611-0002"]


def test_the_month_of_a_number_is_the_estates_month(ground: Ground) -> None:
    last_evening_in_utc = datetime(2026, 11, 30, 17, 0, tzinfo=UTC)
    issue = raise_issue(
        new_id(),
        ground.unit,
        "漏水",
        ground.category,
        Urgency.ORDINARY,
        visit_id=new_id(),
        raised_by="陈建国",
        raised_by_id=None,
        raised_at=NOW,
        promised_on=None,
        officer_id=ground.officer.id,
        by=By(),
        at=last_evening_in_utc,
    )
    db.session.commit()

    assert issue.number == "WT-2612-0001"
    assert db.session.scalar(sa.select(sa.func.count()).select_from(OwnerAnswer)) == 0
