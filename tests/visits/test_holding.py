"""What a visit does: it settles what was due, raises what the owner raised, and keeps every answer."""

import threading
import uuid
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from app.agenda.actions import cancel, settle
from app.agenda.models import Task
from app.agenda.rules import TaskKind, TaskState
from app.core import journal, waits
from app.core.db import db
from app.core.ids import new_id
from app.estates.models import Estate, Unit
from app.issues.actions import accept, report_rectified
from app.issues.models import Issue, OwnerAnswer
from app.issues.moving import ACCEPT, ROUTE
from app.issues.report_rules import TAKE_UP
from app.issues.reported import reports_of
from app.issues.rules import State
from app.people.models import Staff
from app.people.rules import Role
from app.visits import answering
from app.visits.models import Attempt, Visit
from app.visits.queries import planned_visits_held
from app.visits.rules import Method, Outcome, Relation, how_answered
from tests import at_once
from tests.builders import NOBODY, NOW, TODAY, a_home, a_planned_visit, a_staff, fetch
from tests.issues.conftest import replayed
from tests.numbers import monthless
from tests.sync.test_push import at_the_same_moment
from tests.visits.kept import an_attempt, count, pushed, signed_under, the_only
from tests.world import World

Json = dict[str, Any]
NOT_SIGNED = {"unsigned": {"reason": "refused", "note": "赶时间"}}
WITNESSED = {"witnessed": "本人在场。陈建国没有签字：赶时间"}
MARK = {"how": "mark", "witness": "保安 王刚", "read_aloud": True}


def an_answered(world: World) -> Json:
    """An issue that the officer answered at the door."""
    return world.tablet.an_issue("物业费发票怎么开", "leak", answered=True, answer="公众号自助开票", promised_on=None)


def by_mark(world: World, visit: Json) -> Json:
    return signed_under(world, visit, visit["body"]["statement"], **MARK)


def as_it_is(_world: World, visit: Json) -> Json:
    return visit


def with_a_witness(world: World, visit: Json) -> Json:
    """Somebody signs that the owner said so."""
    return witnessed_by(world, visit)


def witnessed_by(world: World, visit: Json, name: str = "王刚", relation: str = "neighbour") -> Json:
    [officer] = visit["body"]["signatures"]
    witness = world.tablet.sign(officer["statement"], "witness", name, relation)
    visit["body"]["signatures"] = [officer, witness]
    return visit


# --- how it was signed decides what an answer on the spot is worth ---


@pytest.mark.parametrize(
    ("wanted", "sign", "how", "state"),
    [
        ({}, as_it_is, "signed", State.CLOSED),
        ({}, by_mark, "mark", State.CLOSED),
        ({"interviewee": {"name": "王芳", "relation": "tenant"}}, as_it_is, "signed", State.CLOSED),
        ({"interviewee": {"name": "王芳", "relation": "spouse"}}, as_it_is, "proxy", State.CLOSED),
        ({"method": "phone", "by_owner": False}, as_it_is, "phone", State.CLOSED),
        (NOT_SIGNED | WITNESSED, with_a_witness, "witnessed", State.CLOSED),
        # Told at the door, not signed: the visit stands, the issue goes on to the department.
        (NOT_SIGNED, as_it_is, "told", State.ROUTED),
        ({"unsigned": {"reason": "cannot_write", "note": ""}}, as_it_is, "told", State.ROUTED),
    ],
)
@pytest.mark.clause("R07")
def test_an_answer_on_the_spot_closes_only_with_the_owners_word(
    app: Flask, world: World, wanted: Json, sign: Callable[[World, Json], Json], how: str, state: State
) -> None:
    visit = world.tablet.a_visit(world.estate_id, world.unit_id, issues=[an_answered(world)], **wanted)

    receipt = pushed(world, sign(world, visit))

    assert receipt["status"] == "applied"
    with app.app_context():
        issue, said = the_only(Issue), the_only(OwnerAnswer)
        assert (said.how.value, said.moved) == (how, state is State.CLOSED)
        assert (issue.state, issue.answer) == (state, "公众号自助开票")


@pytest.mark.parametrize("relation", Relation)
@pytest.mark.parametrize("method", [Method.DOOR, Method.PHONE])
def test_without_any_signature_an_answer_at_the_door_is_only_told(relation: Relation, method: Method) -> None:
    how = how_answered(method, relation, frozenset(), marked=False)

    assert (how.value == "told") == (method is Method.DOOR)


@pytest.mark.parametrize(
    ("wanted", "name", "relation", "code"),
    [
        (WITNESSED, "陈建国", "neighbour", "signature:no_witness"),
        (WITNESSED, "李敏", "colleague", "signature:no_witness"),
        (WITNESSED, "王刚", "officer", "signature:no_witness"),
        # What they signed does not say that the owner did not sign.
        ({}, "王刚", "neighbour", "signature:nothing_witnessed"),
    ],
)
def test_a_witness_is_somebody_else_and_signs_that_the_owner_did_not(
    world: World, wanted: Json, name: str, relation: str, code: str
) -> None:
    visit = world.tablet.a_visit(world.estate_id, world.unit_id, **NOT_SIGNED, **wanted)

    receipt = pushed(world, witnessed_by(world, visit, name, relation))

    assert (receipt["status"], receipt["code"]) == ("rejected", code)


def test_the_words_a_witness_signs_under_say_the_same_reason_as_the_record(world: World) -> None:
    visit = world.tablet.a_visit(world.estate_id, world.unit_id, **NOT_SIGNED, **WITNESSED)
    visit["body"]["unsigned"] = {"reason": "refused", "note": "另一个原因"}

    receipt = pushed(world, witnessed_by(world, visit))

    assert (receipt["status"], receipt["code"]) == ("rejected", "statement:differs")


def test_a_refused_signature_is_kept_with_its_reason(app: Flask, world: World) -> None:
    pushed(world, world.tablet.a_visit(world.estate_id, world.unit_id, **NOT_SIGNED))

    with app.app_context():
        visit = the_only(Visit)
        assert (visit.unsigned.value, visit.unsigned_note) == ("refused", "赶时间")


@pytest.mark.clause("R07")
@pytest.mark.clause("V45")
def test_a_visit_keeps_what_was_said(app: Flask, world: World) -> None:
    script = {"introduced": True, "purpose": True, "recent_work": False, "measures": True}
    visit = world.tablet.a_visit(
        world.estate_id, world.unit_id, script=script, wishes="多巡查地下车库", rating="basic", method="phone",
        by_owner=False,
    )  # fmt: skip

    receipt = pushed(world, visit)

    with app.app_context():
        kept = the_only(Visit)
        assert (kept.script, kept.wishes, kept.rating.value) == (script, "多巡查地下车库", "basic")
        assert (kept.method, kept.officer_id, kept.number) == (Method.PHONE, world.officer_id, visit["body"]["number"])
        assert kept.receipt_number == receipt["number"]


@pytest.mark.parametrize("rating", ["satisfied", "basic", "dissatisfied", "none"])
def test_the_rating_never_moves_an_issue(app: Flask, world: World, rating: str) -> None:
    issues = [world.tablet.an_issue(), an_answered(world)]

    pushed(world, world.tablet.a_visit(world.estate_id, world.unit_id, issues=issues, rating=rating))

    with app.app_context():
        states = {issue.text: issue.state for issue in db.session.scalars(sa.select(Issue))}
        assert states == {"主卫天花板渗水": State.ROUTED, "物业费发票怎么开": State.CLOSED}


# --- what was raised goes on its way ---


@pytest.mark.clause("R09")
@pytest.mark.clause("R10")
@pytest.mark.parametrize(("category", "state"), [("leak", State.ROUTED), ("other", State.REPORTED)])
def test_an_open_issue_goes_where_its_category_says_or_is_reported_up(
    app: Flask, world: World, category: str, state: State
) -> None:
    raised = world.tablet.an_issue(category=category, urgency="urgent")

    pushed(world, world.tablet.a_visit(world.estate_id, world.unit_id, issues=[raised]))

    with app.app_context():
        issue = the_only(Issue)
        assert issue.state is state
        assert issue.department_id == (world.department_id if state is State.ROUTED else None)
        assert (str(issue.id), issue.urgency.value, issue.promised_on.isoformat()) == (
            raised["id"],
            "urgent",
            "2026-11-26",
        )
        assert (issue.raised_by, issue.officer_id, monthless(issue.number)) == ("陈建国", world.officer_id, "WT-0001")


@pytest.mark.clause("R10")
@pytest.mark.parametrize(("category", "waiting"), [("leak", {ACCEPT, TAKE_UP}), ("other", {ROUTE})])
def test_what_the_officer_cannot_solve_is_reported_up_from_the_door_wherever_it_goes(
    app: Flask, world: World, category: str, waiting: set[str]
) -> None:
    raised = world.tablet.an_issue(category=category, report_up=True)

    receipt = pushed(world, world.tablet.a_visit(world.estate_id, world.unit_id, issues=[raised]))

    assert receipt["status"] == "applied"
    with app.app_context():
        issue = the_only(Issue)
        [report] = reports_of(issue.id)
        assert report.by_id == world.officer_id
        held = [*waits.on(issue.id), *waits.on(report.id)]
        assert {wait.what for wait in held} == waiting
        assert {(wait.role, wait.also_role) for wait in held if wait.what != ACCEPT} == {("supervisor", "manager")}


def test_what_was_answered_on_the_spot_is_reported_to_nobody(app: Flask, world: World) -> None:
    raised = world.tablet.an_issue(answered=True, answer="已说明", promised_on=None, report_up=True)

    pushed(world, world.tablet.a_visit(world.estate_id, world.unit_id, issues=[raised]))

    with app.app_context():
        assert the_only(Issue).state is State.CLOSED
        assert reports_of(the_only(Issue).id) == []


def test_an_unknown_category_is_refused_whole(app: Flask, world: World) -> None:
    issues = [world.tablet.an_issue(), world.tablet.an_issue(category="ghosts")]

    receipt = pushed(world, world.tablet.a_visit(world.estate_id, world.unit_id, issues=issues))

    assert (receipt["status"], receipt["code"]) == ("rejected", "issue:category_unknown")
    with app.app_context():
        assert count(Issue) == count(Visit) == 0


# --- what was due is settled ---


def test_work_done_for_a_task_that_was_given_to_a_colleague_counts_and_is_marked(app: Flask, world: World) -> None:
    with app.app_context():
        task = db.session.get_one(Task, world.task_id)
        task.assignee_id = a_staff(the_estate(world), Role.OFFICER, name="张伟").id
        db.session.commit()

    receipt = pushed(world, world.tablet.a_visit(world.estate_id, world.unit_id, task_ids=[str(world.task_id)]))

    assert (receipt["status"], receipt["code"]) == ("review", "visit:reassigned")
    assert receipt["reason"].startswith("办公室已收到")
    assert monthless(receipt["number"]) == "HF-0001"
    assert receipt["version"] > 0
    with app.app_context():
        assert fetch(Task, world.task_id).state is TaskState.DONE
        assert the_only(Visit).review == "visit:reassigned"


@pytest.mark.parametrize("before", [TaskState.CANCELLED, TaskState.DONE])
def test_a_visit_for_a_task_that_is_no_longer_due_is_kept_and_leaves_the_task(
    app: Flask, world: World, before: TaskState
) -> None:
    earlier = new_id()
    with app.app_context():
        task = db.session.get_one(Task, world.task_id)
        if before is TaskState.DONE:
            settle(task, earlier, by=NOBODY, at=NOW)
        else:
            cancel(task, by=NOBODY, at=NOW)
        db.session.commit()

    receipt = pushed(world, world.tablet.a_visit(world.estate_id, world.unit_id, task_ids=[str(world.task_id)]))

    assert receipt["status"] == "applied"
    with app.app_context():
        task, visit = fetch(Task, world.task_id), the_only(Visit)
        # One that was called off says who was there all the same.
        assert (task.state, task.visit_id) == (before, earlier if before is TaskState.DONE else visit.id)
        assert count(Visit) == 1


@pytest.mark.parametrize("_once_more", range(3))
def test_a_visit_settles_what_stands_in_the_place_of_its_task_whoever_moves_that_at_this_moment(
    app: Flask, world: World, monkeypatch: pytest.MonkeyPatch, _once_more: int
) -> None:
    """Its task was moved to a later plan, and while the visit arrives the next one is filed."""
    visit = world.tablet.freeze(world.tablet.a_visit(world.estate_id, world.unit_id, task_ids=[str(world.task_id)]))
    with app.app_context():
        cancel(db.session.get_one(Task, world.task_id), by=NOBODY, at=NOW)
        moved_to = planned_for(world).id
        db.session.commit()
    is_called_off, reads_now, reads = threading.Event(), threading.Event(), answering.due_held

    def move_once_more() -> None:
        cancel(planned_visits_held(world.estate_id, [world.unit_id])[world.unit_id], by=NOBODY, at=NOW)
        planned_for(world)
        db.session.flush()
        is_called_off.set()
        if db.engine.name == "postgresql":  # on SQLite there is one writer: the visit waits outside
            reads_now.wait(5)

    def push() -> None:
        is_called_off.wait(5)
        assert world.tablet.push(visit, client=app.test_client()).status_code == 200

    def reads_on(unit_id: uuid.UUID, kind: TaskKind) -> list[Task]:
        reads_now.set()
        return reads(unit_id, kind)

    monkeypatch.setattr(answering, "due_held", reads_on)
    with app.app_context():
        at_once.at_the_same_moment(app, move_once_more, push)

    with app.app_context():
        states = {task.id: task.state for task in db.session.scalars(sa.select(Task))}
    assert (states.pop(world.task_id), states.pop(moved_to)) == (TaskState.CANCELLED, TaskState.CANCELLED)
    assert list(states.values()) == [TaskState.DONE]


def planned_for(world: World) -> Task:
    unit, officer = db.session.get_one(Unit, world.unit_id), db.session.get_one(Staff, world.officer_id)
    return a_planned_visit(unit, officer)


def test_a_visit_that_ended_before_it_began_is_kept_and_a_person_asks_when_it_was(app: Flask, world: World) -> None:
    turned_back = {"started_at": "2026-11-23T06:32:00.000Z", "ended_at": "2026-11-22T06:47:00.000Z"}

    receipt = pushed(world, world.tablet.a_visit(world.estate_id, world.unit_id, **turned_back))

    assert (receipt["status"], receipt["code"]) == ("review", "visit:clock_turned")
    with app.app_context():
        assert the_only(Visit).review == "visit:clock_turned"


@pytest.mark.parametrize(
    ("left_at", "until", "status"),
    [
        (None, None, "applied"),
        (NOW + timedelta(days=1), None, "applied"),
        (NOW - timedelta(days=1), None, "review"),
        (None, TODAY, "applied"),
        (None, TODAY - timedelta(days=1), "review"),
    ],
)
def test_a_visit_after_its_officers_last_day_is_kept_and_a_person_asks_who_was_there(
    app: Flask, world: World, left_at: datetime | None, until: date | None, status: str
) -> None:
    """Their tablet sends as long as nobody withdraws it; what they did before they left counts as ever."""
    with app.app_context():
        officer = db.session.get_one(Staff, world.officer_id)
        officer.left_at = left_at
        for held in officer.roles:
            held.until = until
        db.session.commit()

    receipt = pushed(world, world.tablet.a_visit(world.estate_id, world.unit_id))

    assert receipt["status"] == status
    with app.app_context():
        assert the_only(Visit).review == ("visit:worked_here_no_more" if status == "review" else "")


def test_a_task_of_another_unit_is_not_settled(app: Flask, world: World) -> None:
    with app.app_context():
        officer = db.session.get_one(Staff, world.officer_id)
        elsewhere = a_planned_visit(a_home(the_estate(world)), officer).id
        db.session.commit()

    receipt = pushed(world, world.tablet.a_visit(world.estate_id, world.unit_id, task_ids=[str(elsewhere)]))

    assert (receipt["status"], receipt["code"]) == ("review", "visit:answer_kept")
    with app.app_context():
        assert fetch(Task, elsewhere).state is TaskState.DUE


def test_a_task_that_nobody_knows_does_not_hold_up_the_visit(app: Flask, world: World) -> None:
    task_ids = [str(new_id()), str(world.task_id)]

    receipt = pushed(world, world.tablet.a_visit(world.estate_id, world.unit_id, task_ids=task_ids))

    assert receipt["status"] == "review"
    with app.app_context():
        assert fetch(Task, world.task_id).state is TaskState.DONE


def test_a_visit_has_the_categories_of_what_was_due(app: Flask, world: World) -> None:
    issue_id, callback_id = a_callback(app, world)
    answers = [an_answer(issue_id, callback_id)]
    task_ids = [str(world.task_id), callback_id]

    pushed(world, world.tablet.a_visit(world.estate_id, world.unit_id, task_ids=task_ids, answers=answers))

    with app.app_context():
        latest = db.session.scalars(sa.select(Visit).order_by(Visit.receipt_number.desc())).first()
        assert latest.categories == ["issue_callback", "scheduled"]


# --- callbacks ---


@pytest.mark.clause("R13")
@pytest.mark.clause("R40")
def test_a_callback_goes_round_until_the_owner_is_satisfied(app: Flask, world: World) -> None:
    issue_id, callback_id = a_callback(app, world)

    first = call_back(world, issue_id, callback_id, answer="dissatisfied", reason="还在渗")
    assert first["status"] == "applied"
    assert standing(app, issue_id) == (State.ROUTED, 2)
    second_id = rectified_again(app, issue_id)
    second = call_back(world, issue_id, second_id, round=2)

    assert second["status"] == "applied"
    assert standing(app, issue_id) == (State.CLOSED, 2)
    with app.app_context():
        assert {fetch(Task, one).state for one in (callback_id, second_id)} == {TaskState.DONE}


@pytest.mark.parametrize(
    ("said", "stands", "moved"),
    [
        (("satisfied", "dissatisfied"), (State.ROUTED, 2), [True, True]),
        (("dissatisfied", "satisfied"), (State.ROUTED, 2), [True, False]),
        (("satisfied", "satisfied"), (State.CLOSED, 1), [True, False]),
    ],
)
@pytest.mark.clause("R13")
def test_of_two_answers_about_one_issue_none_is_lost_and_a_no_keeps_it_open(
    app: Flask, world: World, said: tuple[str, str], stands: tuple[State, int], moved: list[bool]
) -> None:
    """The second is an answer to what the first has made of it: a no to what a yes has closed is an objection."""
    issue_id, callback_id = a_callback(app, world)
    answers = [an_answer(issue_id, callback_id, answer=answer) for answer in said]

    receipt = pushed(
        world, world.tablet.a_visit(world.estate_id, world.unit_id, task_ids=[callback_id], answers=answers)
    )

    assert (receipt["status"], receipt["code"]) == ("review", "visit:answer_kept")
    assert standing(app, issue_id) == stands
    with app.app_context():
        kept = db.session.scalars(sa.select(OwnerAnswer).order_by(OwnerAnswer.id)).all()
        assert tuple(one.answer.value for one in kept) == said
        assert [one.moved for one in kept] == moved
        assert replayed(fetch(Issue, issue_id)) == stands


@pytest.mark.clause("R13")
def test_of_a_yes_and_a_no_that_come_at_the_same_moment_the_no_keeps_it_open(app: Flask, world: World) -> None:
    issue_id, callback_id = a_callback(app, world)
    said = [[an_answer(issue_id, callback_id, answer=answer)] for answer in ("satisfied", "dissatisfied")]
    visits = [world.tablet.a_visit(world.estate_id, world.unit_id, task_ids=[callback_id], answers=one) for one in said]

    at_the_same_moment(app, world.tablet, [world.tablet.freeze(visit) for visit in visits])

    assert standing(app, issue_id) == (State.ROUTED, 2)


def test_a_callback_at_which_the_owner_was_not_asked_stays_due(app: Flask, world: World) -> None:
    issue_id, callback_id = a_callback(app, world)

    receipt = pushed(world, world.tablet.a_visit(world.estate_id, world.unit_id, task_ids=[callback_id]))

    assert receipt["status"] == "applied"
    assert standing(app, issue_id) == (State.RECTIFIED, 1)
    with app.app_context():
        assert fetch(Task, callback_id).state is TaskState.DUE


def test_a_satisfied_word_that_was_not_signed_is_kept_and_the_callback_stays_due(app: Flask, world: World) -> None:
    issue_id, callback_id = a_callback(app, world)

    receipt = call_back(world, issue_id, callback_id, visit=NOT_SIGNED)

    assert (receipt["status"], receipt["code"]) == ("review", "visit:answer_not_signed")
    assert standing(app, issue_id) == (State.RECTIFIED, 1)
    with app.app_context():
        assert fetch(Task, callback_id).state is TaskState.DUE
        assert [(said.how.value, said.moved) for said in db.session.scalars(sa.select(OwnerAnswer))] == [
            ("told", False)
        ]


def test_an_answer_to_an_earlier_round_is_kept_and_marked(app: Flask, world: World) -> None:
    issue_id, callback_id = a_callback(app, world)
    call_back(world, issue_id, callback_id, answer="dissatisfied")
    second_id = rectified_again(app, issue_id)

    late = call_back(world, issue_id, callback_id, round=1)

    assert (late["status"], late["code"]) == ("review", "visit:answer_kept")
    assert standing(app, issue_id) == (State.RECTIFIED, 2)
    with app.app_context():
        assert fetch(Task, second_id).state is TaskState.DUE
        assert count(OwnerAnswer) == 2


@pytest.mark.clause("R13")
def test_what_one_owner_closed_the_other_who_was_dissatisfied_opens_again(app: Flask, world: World) -> None:
    issue_id, callback_id = a_callback(app, world)
    call_back(world, issue_id, callback_id)

    other = call_back(world, issue_id, callback_id, answer="dissatisfied", reason="我不同意，还在渗")

    assert other["status"] == "applied"
    assert standing(app, issue_id) == (State.ROUTED, 2)
    with app.app_context():
        assert [(said.answer.value, said.moved) for said in db.session.scalars(sa.select(OwnerAnswer))] == [
            ("satisfied", True),
            ("dissatisfied", True),
        ]


def test_an_answer_about_an_issue_of_another_unit_moves_nothing(app: Flask, world: World) -> None:
    issue_id, callback_id = a_callback(app, world)
    with app.app_context():
        elsewhere = a_home(the_estate(world)).id
        db.session.commit()

    receipt = call_back(world, issue_id, callback_id, unit_id=elsewhere)

    assert (receipt["status"], receipt["code"]) == ("review", "visit:answer_kept")
    assert standing(app, issue_id) == (State.RECTIFIED, 1)
    with app.app_context():
        assert fetch(Task, callback_id).state is TaskState.DUE


def test_an_answer_settles_the_callback_on_its_own_issue_and_no_other(app: Flask, world: World) -> None:
    one, its_callback = a_callback(app, world)
    other, others_callback = a_callback(app, world)

    # The answer is about one, but names the task of the other.
    receipt = call_back(world, one, others_callback)

    assert receipt["status"] == "applied"
    assert (standing(app, one), standing(app, other)) == ((State.CLOSED, 1), (State.RECTIFIED, 1))
    with app.app_context():
        assert fetch(Task, its_callback).state is TaskState.DONE
        assert fetch(Task, others_callback).state is TaskState.DUE


def test_no_answer_is_lost_when_two_name_one_task(app: Flask, world: World) -> None:
    one, callback_id = a_callback(app, world)
    other, _others = a_callback(app, world)
    answers = [an_answer(one, callback_id), an_answer(other, callback_id)]

    pushed(world, world.tablet.a_visit(world.estate_id, world.unit_id, task_ids=[callback_id], answers=answers))

    assert (standing(app, one), standing(app, other)) == ((State.CLOSED, 1), (State.CLOSED, 1))


@pytest.mark.clause("P54")
def test_a_callback_by_phone_closes_an_ordinary_issue(app: Flask, world: World) -> None:
    issue_id, callback_id = a_callback(app, world)

    receipt = call_back(world, issue_id, callback_id, visit={"method": "phone", "by_owner": False})

    assert receipt["status"] == "applied"
    assert standing(app, issue_id) == (State.CLOSED, 1)


# --- once ---


def test_a_visit_that_comes_under_another_operation_is_refused(app: Flask, world: World) -> None:
    visit = world.tablet.a_visit(world.estate_id, world.unit_id)
    pushed(world, visit)

    receipt = pushed(world, visit)

    assert (receipt["status"], receipt["code"]) == ("rejected", "record:known")
    with app.app_context():
        assert count(Visit) == 1


def test_an_issue_that_is_known_already_takes_only_its_own_visit_down(app: Flask, world: World) -> None:
    tablet, issue = world.tablet, world.tablet.an_issue()
    visits = [tablet.a_visit(world.estate_id, world.unit_id, issues=[issue]) for _i in range(2)]
    visits.append(tablet.a_visit(world.estate_id, world.unit_id))

    receipts = tablet.receipts(*(tablet.freeze(visit) for visit in visits))

    assert [receipt["status"] for receipt in receipts] == ["applied", "rejected", "applied"]
    assert receipts[1]["code"] == "operation:failed"
    with app.app_context():
        kinds = [line.kind for line in journal.history(uuid.UUID(issue["id"]))]
        assert kinds == ["issue:recorded", "issue:routed"]
        assert count(Visit) == 2


# --- attempts ---


@pytest.mark.parametrize("outcome", [outcome.value for outcome in Outcome])
def test_an_attempt_is_kept_with_its_outcome(app: Flask, world: World, outcome: str) -> None:
    receipt = pushed(world, an_attempt(world, outcome=outcome, note="下周再来"))

    assert (receipt["status"], monthless(receipt["number"])) == ("applied", "HF-0001")
    with app.app_context():
        attempt = the_only(Attempt)
        assert (attempt.outcome.value, attempt.note, attempt.officer_id) == (outcome, "下周再来", world.officer_id)
        assert fetch(Task, world.task_id).state is TaskState.DUE


def test_an_attempt_that_comes_under_another_operation_is_refused(app: Flask, world: World) -> None:
    attempt = an_attempt(world)

    first, again = pushed(world, attempt), pushed(world, attempt)

    assert (first["status"], again["status"], again["code"]) == ("applied", "rejected", "record:known")
    with app.app_context():
        assert count(Attempt) == 1


# --- the ground these stand on ---


def the_estate(world: World) -> Estate:
    return db.session.get_one(Estate, world.estate_id)


def a_callback(app: Flask, world: World) -> tuple[str, str]:
    """An issue of the unit that was reported rectified, and the callback that is due on it."""
    raised = world.tablet.an_issue()
    pushed(world, world.tablet.a_visit(world.estate_id, world.unit_id, issues=[raised]))
    return raised["id"], rectified_again(app, raised["id"])


def rectified_again(app: Flask, issue_id: str) -> str:
    """The department accepts and reports; the callback that follows."""
    with app.app_context():
        issue = db.session.get_one(Issue, uuid.UUID(issue_id))
        manager = db.session.get_one(Staff, issue.officer_id)
        more = {"by": NOBODY, "at": NOW}
        accept(issue, "重做防水层", manager, TODAY, event_id=new_id(), **more)
        report_rectified(issue, "已重做防水层", event_id=new_id(), **more)
        db.session.commit()
        due = sa.select(Task.id).where(Task.subject_id == issue.id, Task.state == TaskState.DUE)
        return str(db.session.scalars(due).one())


def an_answer(issue_id: str, task_id: str, **wanted: Any) -> Json:
    return {"task_id": task_id, "issue_id": issue_id, "round": 1, "answer": "satisfied", "reason": ""} | wanted


def call_back(
    world: World, issue_id: str, task_id: str, visit: Json | None = None, unit_id: object = None, **answer: Any
) -> Json:
    """The receipt of a visit at which the owner answered one callback."""
    answers = [an_answer(issue_id, task_id, **answer)]
    unit = unit_id or world.unit_id
    body = world.tablet.a_visit(world.estate_id, unit, task_ids=[task_id], answers=answers, **(visit or {}))
    return pushed(world, body)


def standing(app: Flask, issue_id: str) -> tuple[State, int]:
    with app.app_context():
        issue = fetch(Issue, issue_id)
        return issue.state, issue.round
