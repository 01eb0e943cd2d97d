"""A work order goes round until its owner signs as satisfied: callbacks, rework, whose it is, what is refused."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm.attributes import set_committed_value

from app.agenda.models import Task
from app.agenda.queries import due_about
from app.agenda.rules import TaskKind, TaskState
from app.core import journal, waits
from app.core.db import db
from app.core.errors import Outdated, Refused
from app.core.ids import new_id
from app.core.journal import By
from app.estates.rules import Profile
from app.estates.settings import set_limits
from app.issues.departments import close_department
from app.issues.owners_word import OwnersWord
from app.issues.rules import Answer, Ending, HowAnswered
from app.issues.who_answers import who_may_answer
from app.people.rules import Liable, Role
from app.repairs.actions import Done, Reported, arrive, close_unsatisfied, dispatch, finish, report_order
from app.repairs.answering import may_object_until, take_objection, take_owners_answer
from app.repairs.models import WorkOrder
from app.repairs.moving import CALL_BACK, REWORK
from app.repairs.routing import engineering_of
from app.repairs.rules import Kind, Move, State, in_order
from tests.at_once import at_the_same_moment
from tests.builders import NOBODY, NOW, TODAY, a_department, a_home, a_staff, an_estate
from tests.repairs.conftest import Yard, a_yard, kinds, replayed

MORE = {"by": NOBODY, "at": NOW}


@pytest.mark.clause("R20")
@pytest.mark.clause("R21")
@pytest.mark.clause("R22")
@pytest.mark.parametrize("profile", Profile, ids=lambda profile: profile.name)
def test_a_dissatisfied_owner_makes_rework_until_they_sign(context: Flask, profile: Profile) -> None:
    yard = a_yard(profile)
    order = yard.an_order(State.FINISHED)

    assert yard.owner_says(order, Answer.DISSATISFIED)
    assert (order.state, order.round, order.finished_at) == (State.REWORK, 2, None)
    [waiting] = waits.on(order.id)
    theirs = yard.developer if profile is Profile.A else yard.engineering
    assert (waiting.what, waiting.role, waiting.department_id) == (REWORK, "department_manager", theirs.id)

    yard.take(order, Move.FINISH)
    assert not yard.owner_says(order, Answer.SATISFIED, HowAnswered.PHONE)
    assert order.state is State.FINISHED
    assert yard.owner_says(order, Answer.SATISFIED, HowAnswered.SIGNED)
    db.session.commit()

    assert (order.state, order.round, order.closed_how) == (State.CLOSED, 2, HowAnswered.SIGNED)
    assert replayed(order) == (State.CLOSED, 2)
    assert kinds(order) == [
        "order:reported",
        "order:dispatched",
        "order:finished",
        "order:owner_dissatisfied",
        "order:finished",
        "order:answer_kept",
        "order:owner_satisfied",
    ]


@pytest.mark.clause("R20")
@pytest.mark.parametrize(
    ("kind", "callback"), [(Kind.FREE, TaskKind.ORDER_CALLBACK), (Kind.CHARGEABLE, TaskKind.SERVICE_CALLBACK)]
)
def test_finished_work_makes_a_callback_for_the_front_desk_within_the_estates_days(
    yard: Yard, kind: Kind, callback: TaskKind
) -> None:
    order = yard.an_order(State.FINISHED, kind=kind)

    [task] = due_about(order.id, callback)
    [waiting] = waits.on(order.id)

    assert (task.assignee_id, task.due_on, task.round) == (yard.desk.id, TODAY + timedelta(days=2), 1)
    assert (waiting.what, waiting.staff_id) == (CALL_BACK, yard.desk.id)


@pytest.mark.clause("R20")
@pytest.mark.parametrize(
    ("ago", "due_in"),
    [(timedelta(), timedelta(hours=4)), (timedelta(hours=3), timedelta(hours=1)), (timedelta(days=30), timedelta())],
    ids=["at once", "some hours later", "long after"],
)
def test_the_limits_of_an_order_count_from_the_call_the_dispatch_and_the_completion_not_from_when_they_were_entered(
    yard: Yard, ago: timedelta, due_in: timedelta
) -> None:
    """What was over before it was entered is due at once: nobody was late with what they did not know."""
    told = Reported(Kind.FREE, "门锁坏了", NOW - ago, "陈建国")
    order = report_order(yard.unit, told, **MORE)
    [to_dispatch] = waits.on(order.id)
    due_at = to_dispatch.due_at

    dispatch(order, yard.engineering, dispatched_at=NOW - ago, event_id=new_id(), **MORE)
    [to_finish] = waits.on(order.id)
    repaired_by = to_finish.due_at
    finish(order, Done("换锁芯", NOW - ago), event_id=new_id(), **MORE)
    [task] = due_about(order.id, TaskKind.ORDER_CALLBACK)

    assert due_at == NOW + due_in
    assert repaired_by == max(NOW - ago + timedelta(days=7), NOW)
    assert task.due_on == max(TODAY - timedelta(days=ago.days) + timedelta(days=2), TODAY)


def test_the_days_of_an_order_are_days_of_the_estates_calendar(yard: Yard) -> None:
    """Where clocks are put back at night, that day has 25 hours: for the repair, and for an objection."""
    yard.estate.time_zone = "Europe/Berlin"
    before, week_later = datetime(2027, 10, 30, 8, tzinfo=UTC), datetime(2027, 11, 6, 9, tzinfo=UTC)
    order, done = yard.an_order(), yard.an_order(State.FINISHED)

    yard.take(order, Move.DISPATCH, at=before)
    yard.take(done, Move.OWNER_SATISFIED, at=before)

    assert [wait.due_at for wait in waits.on(order.id)] == [week_later]
    assert may_object_until(done) == week_later


def test_the_next_round_is_called_back_by_whoever_called_before(yard: Yard) -> None:
    order = yard.an_order(State.REWORK)
    a_staff(yard.estate, Role.FRONT_DESK, name="新来的")

    yard.take(order, Move.FINISH)

    assert order.caller_id == yard.desk.id


@pytest.mark.parametrize(
    ("again", "fee_cents", "material"),
    [
        ({}, 8000, "软管"),
        ({"fee_cents": 9500, "material": "软管、角阀"}, 9500, "软管、角阀"),
        ({"fee_cents": 0}, 0, "软管"),
    ],
    ids=["not said", "more", "given back"],
)
def test_rework_leaves_what_the_order_costs_as_it_was_unless_it_says_otherwise(
    yard: Yard, again: dict[str, Any], fee_cents: int, material: str
) -> None:
    order = yard.an_order(State.DISPATCHED, kind=Kind.CHARGEABLE)
    finish(order, Done("更换软管", NOW, 8000, "软管", "1 根"), event_id=new_id(), **MORE)
    yard.owner_says(order, Answer.DISSATISFIED)

    finish(order, Done("重新拧紧", NOW, **again), event_id=new_id(), **MORE)

    assert (order.fee_cents, order.material, order.quantity) == (fee_cents, material, "1 根")


def test_without_a_front_desk_the_officers_call_back_and_without_those_nobody_can_finish(context: Flask) -> None:
    estate = an_estate()
    engineering, unit = a_department(estate), a_home(estate)
    told = Reported(Kind.FREE, "门锁坏了", NOW, "陈建国")
    order = report_order(unit, told, **MORE)
    dispatch(order, engineering, event_id=new_id(), **MORE)
    db.session.commit()

    with pytest.raises(Refused) as refusal:
        finish(order, Done("换锁芯", NOW), event_id=new_id(), **MORE)
    db.session.rollback()
    officer = a_staff(estate, Role.OFFICER)
    finish(order, Done("换锁芯", NOW), event_id=new_id(), **MORE)

    assert refusal.value.code == "order:nobody_calls"
    assert order.caller_id == officer.id


@pytest.mark.clause("R21")
@pytest.mark.parametrize(
    ("called", "repairs", "again"),
    [
        # Whoever did it does it again, where that is a department of repairs.
        ("秩序维护部", True, "秩序维护部"),
        # Else its company's, however it is called.
        ("秩序维护部", False, "维保中心"),
    ],
)
def test_rework_is_for_the_liable_companys_department_of_repairs(
    context: Flask, called: str, repairs: bool, again: str
) -> None:
    estate = an_estate()
    did_it, unit = a_department(estate, called, repairs=repairs), a_home(estate)
    a_department(estate, "工程档案室", repairs=False)
    a_department(estate, "维保中心", repairs=True)
    a_department(estate, "地产公司工程部", Liable.DEVELOPER)
    order = report_order(unit, Reported(Kind.CHARGEABLE, "门锁坏了", NOW, "陈建国"), **MORE)
    dispatch(order, did_it, event_id=new_id(), **MORE)

    department = engineering_of(order)

    assert department is not None
    assert department.name_zh == again


@pytest.mark.clause("R22")
def test_what_one_owner_closed_the_other_who_was_dissatisfied_sends_to_rework(yard: Yard) -> None:
    order, late = yard.an_order(State.CLOSED), yard.an_order(State.CLOSED)

    moved = yard.owner_says(order, Answer.DISSATISFIED, at=NOW + timedelta(days=7))
    word = OwnersWord(Answer.DISSATISFIED, HowAnswered.SIGNED, NOW + timedelta(days=8), "还在漏")
    told = {"round_": 1, "rating": "dissatisfied", "by": NOBODY, "at": NOW + timedelta(days=8)}
    too_late = take_owners_answer(late, word, event_id=new_id(), **told)
    db.session.commit()

    assert moved
    assert (order.state, order.round, order.closed_at, order.closed_how) == (State.REWORK, 2, None, None)
    assert replayed(order) == (State.REWORK, 2)
    assert (too_late, late.state, len(late.answers)) == (False, State.CLOSED, 2)


@pytest.mark.clause("R21")
def test_a_repair_under_warranty_is_the_developers_and_everything_else_the_property_companys(yard: Yard) -> None:
    free, paid = yard.an_order(kind=Kind.FREE), yard.an_order(kind=Kind.CHARGEABLE)
    free_after_it = yard.an_order(kind=Kind.FREE, under_warranty=False)

    assert [order.liable for order in (free, paid, free_after_it)] == [
        Liable.DEVELOPER,
        Liable.PROPERTY,
        Liable.PROPERTY,
    ]


def test_where_there_is_no_developer_nothing_is_theirs(context: Flask) -> None:
    yard = a_yard(Profile.B)

    assert yard.an_order(kind=Kind.FREE).liable is Liable.PROPERTY
    with pytest.raises(Refused) as refusal:
        yard.an_order(liable=Liable.DEVELOPER)
    assert refusal.value.code == "order:liable_unknown"


def test_an_owner_objects_within_the_days_and_not_after(yard: Yard) -> None:
    order, late = yard.an_order(State.CLOSED), yard.an_order(State.CLOSED)

    yard.take(order, Move.OWNER_OBJECTS, at=NOW + timedelta(days=7))
    db.session.commit()
    with pytest.raises(Refused) as refusal:
        yard.take(late, Move.OWNER_OBJECTS, at=NOW + timedelta(days=7, minutes=1))
    db.session.rollback()

    assert (order.state, order.round, order.closed_at, order.closed_how) == (State.REWORK, 2, None, None)
    assert (late.state, refusal.value.code) == (State.CLOSED, "order:objection_late")


def test_days_for_an_objection_that_were_told_hold_though_the_estate_gives_fewer_by_now(yard: Yard) -> None:
    order = yard.an_order(State.CLOSED)
    set_limits(yard.estate, {"objection_days": 3}, seen=0, by=NOBODY, at=NOW + timedelta(hours=1))

    yard.take(order, Move.OWNER_OBJECTS, at=NOW + timedelta(days=7))

    assert (order.state, order.round) == (State.REWORK, 2)


ENDS: tuple[tuple[Ending, int, Kind, str, str], ...] = (
    (Ending.UNREACHABLE, 2, Kind.FREE, "陈建国", "issue:tried_too_little"),
    (Ending.UNREACHABLE, 3, Kind.FREE, "陈建国", ""),
    (Ending.WITHDRAWN, 0, Kind.FREE, "陈建国", ""),
    (Ending.MOVED, 9, Kind.CHARGEABLE, "陈建国", "order:still_there"),
    (Ending.MOVED, 0, Kind.CHARGEABLE, "旧租客", ""),
    # What is under warranty is the unit's, and goes on with whoever holds it now.
    (Ending.MOVED, 0, Kind.FREE, "旧业主", "order:of_the_unit"),
)


@pytest.mark.parametrize(("ending", "tries", "kind", "reported_by", "refused"), ENDS)
def test_the_executive_ends_an_order_for_one_of_the_policys_reasons(
    yard: Yard, ending: Ending, tries: int, kind: Kind, reported_by: str, refused: str
) -> None:
    order = yard.an_order(State.FINISHED, kind=kind, reported_by=reported_by)
    codes = []

    try:
        close_unsatisfied(
            order, ending, "电话三次未接", tries=tries, heard=len(order.answers), event_id=new_id(), **MORE
        )
    except Refused as refusal:
        codes = [refusal.code]
    db.session.commit()

    assert codes == ([refused] if refused else [])
    assert order.ending is (None if refused else ending)
    assert order.state is (State.FINISHED if refused else State.CLOSED_UNSATISFIED)


@pytest.mark.clause("R22")
@pytest.mark.parametrize("ended", [State.CLOSED, State.CLOSED_UNSATISFIED])
def test_an_objection_opens_what_has_ended_and_says_who_made_it(yard: Yard, ended: State) -> None:
    order, owner = yard.an_order(ended), who_may_answer(yard.unit.id, TODAY)[0]

    word = OwnersWord.taken_down(Answer.OBJECTED, HowAnswered.COUNTER, "又漏了", said_at=NOW, said_by=owner)
    take_objection(order, word, event_id=new_id(), **MORE)
    db.session.commit()

    said = order.answers[-1]
    assert (order.state, order.round, order.ending, order.closed_at) == (State.REWORK, 2, None, None)
    assert order.rating == "", "what they called good they do not any more"
    assert (said.answer, said.how, said.said_by, said.visit_id) == (
        Answer.OBJECTED,
        HowAnswered.COUNTER,
        "陈建国",
        None,
    )
    assert (said.round, said.said_by_id) == (1, owner.person_id)


def test_what_the_executive_ends_needs_no_callback_any_more(yard: Yard) -> None:
    order = yard.an_order(State.FINISHED)

    yard.take(order, Move.CLOSE_UNSATISFIED)
    db.session.commit()

    tasks = db.session.query(Task).filter(Task.subject_id == order.id).all()
    assert [task.state for task in tasks] == [TaskState.CANCELLED]
    assert order.state is State.CLOSED_UNSATISFIED
    assert journal.history(order.id)[-1].data["reason"] == "三次无人接听"


def test_an_answer_about_another_round_is_kept_and_moves_nothing(yard: Yard) -> None:
    order = yard.an_order(State.FINISHED, round_=2)

    moved = yard.owner_says(order, Answer.SATISFIED, round_=1)

    assert not moved
    assert order.state is State.FINISHED
    assert [said.moved for said in order.answers if said.answer is Answer.SATISFIED] == [False]


@pytest.mark.parametrize(
    ("done", "code"),
    [
        (Done(" ", NOW), "order:work_missing"),
        (Done("更换软管", NOW, fee_cents=-1), "order:fee_unreadable"),
        (Done("更换软管", NOW, fee_cents=10**12), "order:fee_unreadable"),
        (Done("更换软管", NOW, fee_cents=100), "order:free"),
        (Done("更换软管", NOW + timedelta(hours=1)), "order:in_the_future"),
        (Done("更换软管", NOW - timedelta(days=2)), "order:times_in_disorder"),
    ],
)
def test_what_cannot_be_is_refused_in_words_and_changes_nothing(yard: Yard, done: Done, code: str) -> None:
    order = yard.an_order(State.DISPATCHED)

    with pytest.raises(Refused) as refusal:
        finish(order, done, event_id=new_id(), **MORE)
    db.session.rollback()

    assert refusal.value.code == code
    assert (order.state, order.work_done, due_about(order.id, TaskKind.ORDER_CALLBACK)) == (State.DISPATCHED, "", [])


@pytest.mark.parametrize(
    ("dispatched", "finished", "follows"),
    [("10:05:40", "10:05:00", True), ("10:06:00", "10:05:59", False), (None, "10:05:00", True)],
)
def test_what_is_done_in_the_minute_in_which_it_was_dispatched_follows(
    dispatched: str | None, finished: str, follows: bool
) -> None:
    """A form and a paper slip know the minute only."""
    one, other = (at and datetime.fromisoformat(f"2026-11-23T{at}+08:00") for at in (dispatched, finished))

    assert in_order(one, other) is follows


def test_arriving_twice_is_told_and_keeps_the_first_time(yard: Yard) -> None:
    order = yard.an_order(State.DISPATCHED)
    arrive(order, arrived_at=NOW, event_id=new_id(), **MORE)
    db.session.commit()

    with pytest.raises(Outdated) as refusal:
        arrive(order, event_id=new_id(), by=NOBODY, at=NOW + timedelta(hours=2))
    db.session.rollback()

    assert (refusal.value.code, order.arrived_at) == ("order:arrived_already", NOW)


def test_of_two_who_finish_at_the_same_moment_one_wins_and_the_other_is_told(app: Flask, yard: Yard) -> None:
    order_id = yard.an_order(State.DISPATCHED).id

    def finishing() -> None:
        finish(db.session.get_one(WorkOrder, order_id), Done("更换软管", NOW), event_id=new_id(), by=By(), at=NOW)

    assert at_the_same_moment(app, finishing, finishing) == ["done", "order:not_open_to_this"]


@pytest.mark.parametrize("move", [Move.ARRIVE, Move.FINISH])
def test_whoever_read_an_order_before_it_went_to_another_department_is_told(yard: Yard, move: Move) -> None:
    order = yard.an_order(State.DISPATCHED)
    read = order.department_id
    yard.take(order, Move.TRANSFER)
    db.session.commit()
    set_committed_value(order, "department_id", read)  # as it stands in the session of whoever read it before

    with pytest.raises(Outdated, match="order:not_open_to_this"):
        yard.take(order, move)

    assert (order.state, order.department_id) == (State.DISPATCHED, yard.developer.id)


def test_a_department_that_an_order_waits_for_cannot_be_closed(yard: Yard) -> None:
    order = yard.an_order(State.DISPATCHED)
    day = {"today": TODAY, "by": NOBODY, "at": NOW}

    with pytest.raises(Refused) as refusal:
        close_department(yard.engineering, **day)
    yard.take(order, Move.TRANSFER)
    close_department(yard.engineering, **day)

    assert refusal.value.code == "department:work_open"
    assert yard.engineering.closed_on == TODAY
