"""Form 2: which call it is, what it was about, and what each number of its foot counts (policy, section 4)."""

import uuid
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from app.agenda.actions import adjust
from app.agenda.models import Task
from app.agenda.queries import due_about
from app.agenda.rules import EVERY_CALLBACK, TaskKind
from app.core.db import db
from app.core.rates import Rate
from app.estates.models import Estate, Person, Unit
from app.issues.explaining import cannot_be_solved
from app.issues.models import Issue
from app.issues.rules import Cannot
from app.visits.calls import Call, Summary, calls_between, dead_numbers, summary
from app.visits.calls import foot as under
from app.visits.figures import Due, due_in
from app.visits.queries import attempts_at
from app.visits.rules import Outcome, Rating
from tests.builders import NOBODY, NOW, TODAY, a_home
from tests.numbers import monthless
from tests.visits.kept import an_attempt, pushed
from tests.visits.test_holding import a_callback, an_answer
from tests.world import World

Json = dict[str, Any]
NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
NOVEMBER = (datetime(2026, 10, 31, 16, tzinfo=UTC), datetime(2026, 11, 30, 16, tzinfo=UTC))


def moment(hours: float) -> str:
    """So many hours after noon of the 23rd."""
    return (NOON + timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def rings(world: World, hours: float, outcome: str = "no_answer", **wanted: Any) -> None:
    """A call that reached nobody."""
    call = an_attempt(world, method="phone", outcome=outcome, tried_at=moment(hours), **wanted)
    assert pushed(world, call)["status"] == "applied"


def reaches(world: World, hours: float, **wanted: Any) -> Json:
    """A call that became a visit by phone."""
    times = {"started_at": moment(hours), "ended_at": moment(hours + 0.2)}
    said = {"method": "phone", "by_owner": False} | times | wanted
    unit = said.pop("unit_id", world.unit_id)
    return pushed(world, world.tablet.a_visit(world.estate_id, unit, **said))


def knocks(world: World, hours: float) -> None:
    """Nobody at the door."""
    pushed(world, an_attempt(world, tried_at=moment(hours)))


def another_home(app: Flask, world: World) -> uuid.UUID:
    """One more household of the estate."""
    with app.app_context():
        home = a_home(db.session.get_one(Estate, world.estate_id), "许文")
        db.session.commit()
        return home.id


def calls(world: World) -> list[Call]:
    """November's calls, in the order they were made."""
    return calls_between(db.session.get_one(Estate, world.estate_id), *NOVEMBER)[::-1]


def foot(app: Flask, world: World) -> Summary:
    """The foot of November's list."""
    with app.app_context():
        return summary(calls(world))


# --- which call it is ---


@pytest.mark.clause("P54")
def test_calls_about_one_task_are_counted_until_the_household_is_met(app: Flask, world: World) -> None:
    due = {"task_ids": [str(world.task_id)]}
    rings(world, 0)
    knocks(world, 1)
    rings(world, 2, "rescheduled", again_at=moment(3))
    reaches(world, 3, **due)
    rings(world, 5)

    with app.app_context():
        assert [(call.reached, call.nth) for call in calls(world)] == [(False, 1), (False, 2), (True, 3), (False, 1)]


def test_calls_about_something_else_do_not_count(app: Flask, world: World) -> None:
    rings(world, 0, task_ids=[str(world.task_id)])
    rings(world, 1, task_ids=[str(uuid.uuid4())])
    rings(world, 2, task_ids=[])

    with app.app_context():
        assert [call.nth for call in calls(world)] == [1, 1, 3]


def test_calls_made_in_the_month_before_count_too(app: Flask, world: World) -> None:
    rings(world, -24 * 25)
    rings(world, 0)

    with app.app_context():
        assert [call.nth for call in calls(world)] == [2]


# --- what it was about ---


def test_a_line_names_the_issue_whether_it_is_solved_and_whether_in_time(app: Flask, world: World) -> None:
    issue_id, callback_id = a_callback(app, world)
    answers = [an_answer(issue_id, callback_id, answer="dissatisfied", reason="还在渗")]
    rings(world, 1, task_ids=[callback_id])
    reaches(world, 2, task_ids=[callback_id], answers=answers, rating="basic", wishes="周末联系")

    with app.app_context():
        in_vain, reached = calls(world)
        assert [monthless(matter.about.number) for matter in in_vain.matters] == ["WT-0001"]
        assert [(matter.solved, matter.timely) for matter in in_vain.matters] == [(None, None)]
        [matter] = reached.matters
        assert (matter.solved, matter.timely, matter.opinion) == (False, True, "还在渗")
        assert (reached.nth, reached.categories, in_vain.categories) == (2, ["issue_callback"], ["issue_callback"])


def test_a_callback_after_its_last_day_is_not_timely(app: Flask, world: World) -> None:
    issue_id, callback_id = a_callback(app, world)
    reaches(world, 24 * 7, task_ids=[callback_id], answers=[an_answer(issue_id, callback_id)])

    with app.app_context():
        [matter] = calls(world)[-1].matters
        assert (matter.solved, matter.timely) == (True, False)


def test_a_callback_that_got_another_day_when_it_was_late_is_not_timely(app: Flask, world: World) -> None:
    issue_id, callback_id = a_callback(app, world)
    with app.app_context():
        task = db.session.get_one(Task, uuid.UUID(callback_id))
        late = NOW + timedelta(days=(task.due_on - TODAY).days + 1)
        adjust(task, due_on=task.due_on + timedelta(days=9), reason="业主出差", by=NOBODY, at=late)
        db.session.commit()
    reaches(world, 24 * 6, task_ids=[callback_id], answers=[an_answer(issue_id, callback_id)])

    with app.app_context():
        [matter] = calls(world)[-1].matters
        assert (matter.solved, matter.timely) == (True, False)


def an_explanation(app: Flask, world: World) -> tuple[str, str]:
    """An issue of the unit that cannot be solved for now, and the task to explain that."""
    raised = world.tablet.an_issue()
    pushed(world, world.tablet.a_visit(world.estate_id, world.unit_id, issues=[raised]))
    with app.app_context():
        issue = db.session.get_one(Issue, uuid.UUID(raised["id"]))
        more = {"event_id": uuid.uuid4(), "by": NOBODY, "at": NOW}
        cannot_be_solved(issue, Cannot.FOR_NOW, "须等外墙大修", issue.officer, **more)
        db.session.commit()
        [task] = due_about(issue.id, TaskKind.ISSUE_EXPLANATION)
        return raised["id"], str(task.id)


def test_an_explanation_that_got_another_day_when_it_was_late_is_not_timely(app: Flask, world: World) -> None:
    issue_id, task_id = an_explanation(app, world)
    with app.app_context():
        task = db.session.get_one(Task, uuid.UUID(task_id))
        late = NOW + timedelta(days=(task.due_on - TODAY).days + 1)
        adjust(task, due_on=task.due_on + timedelta(days=9), reason="业主出差", by=NOBODY, at=late)
        db.session.commit()
    told = {issue_id: {"what": "explained", "words": "须等外墙大修", "cannot": "for_now"}}
    given = {"issue_id": issue_id, "round": 1, "answer": "disagreed", "reason": "太久"}
    reaches(world, 24 * 2, task_ids=[task_id], answers=[given], had_been_told=told)

    with app.app_context():
        [matter] = calls(world)[-1].matters
        assert matter.timely is False


def test_a_satisfied_answer_that_counts_for_nothing_solves_nothing(app: Flask, world: World) -> None:
    issue_id, callback_id = a_callback(app, world)
    for hours, answer in enumerate(("dissatisfied", "satisfied", "dissatisfied")):  # after the first that round is over
        reaches(world, hours, answers=[an_answer(issue_id, callback_id, answer=answer, round=1)])

    with app.app_context():
        assert [matter.solved for call in calls(world) for matter in call.matters] == [False, None, False]


def test_the_number_is_that_which_was_dialled_until_it_is_put_right(app: Flask, world: World) -> None:
    with app.app_context():
        owner = db.session.get_one(Unit, world.unit_id).ownerships[0].person_id
        db.session.get_one(Person, owner).other_phones = ["0571-8888 1234"]
        db.session.commit()
    rings(world, 0, number_called={"person_id": str(owner), "index": 1, "ending": "1234"})
    with app.app_context():
        assert [call.number for call in calls(world)] == ["0571-8888 1234"]
        db.session.get_one(Person, owner).other_phones = ["0571-8888 9999"]
        db.session.commit()

        assert [(call.number, call.record.called_ending) for call in calls(world)] == [("", "1234")]


def test_a_dead_number_is_known_from_the_last_call_to_it(app: Flask, world: World) -> None:
    with app.app_context():
        owner = db.session.get_one(Unit, world.unit_id).ownerships[0].person_id
    called = {"person_id": str(owner), "index": 0, "ending": "6021"}
    other = called | {"index": 1, "ending": "1234"}
    rings(world, 0, "wrong_number", number_called=called)
    rings(world, 1, "suspended", number_called=other)
    rings(world, 2, number_called=other)

    with app.app_context():
        dead = dead_numbers(attempts_at(world.unit_id))
        assert {key: call.outcome for key, call in dead.items()} == {(owner, 0, "6021"): Outcome.WRONG_NUMBER}


# --- the foot ---


def test_without_calls_every_count_is_nothing(app: Flask, world: World) -> None:
    knocks(world, 0)
    pushed(world, world.tablet.a_visit(world.estate_id, world.unit_id))

    counts = foot(app, world)

    assert (counts.calls, counts.reached, counts.households, counts.reached_at_first) == (0, 0, 0, 0)


def test_the_contact_rate_is_calls_that_reached_somebody_of_all_calls(app: Flask, world: World) -> None:
    rings(world, 0)
    rings(world, 1, "wrong_number")
    reaches(world, 2)

    counts = foot(app, world)

    assert (counts.reached, counts.calls) == (1, 3)
    assert counts.results == {Outcome.NO_ANSWER: 1, Outcome.WRONG_NUMBER: 1, None: 1}


def test_first_call_success_is_households_reached_at_the_first_attempt_of_those_rung(app: Flask, world: World) -> None:
    at_first, in_vain = another_home(app, world), another_home(app, world)
    rings(world, 0)
    reaches(world, 1)
    reaches(world, 2, unit_id=at_first)
    rings(world, 3, unit_id=str(at_first), task_ids=[])
    rings(world, 4, unit_id=str(in_vain), task_ids=[])

    counts = foot(app, world)

    assert (counts.reached_at_first, counts.households) == (1, 3)


def test_a_household_first_rung_last_month_is_not_reached_at_first(app: Flask, world: World) -> None:
    rings(world, -24 * 25)
    reaches(world, 0, task_ids=[str(world.task_id)])

    counts = foot(app, world)

    assert (counts.reached_at_first, counts.households) == (0, 1)


def test_ratings_are_those_told_by_phone(app: Flask, world: World) -> None:
    pushed(world, world.tablet.a_visit(world.estate_id, world.unit_id, rating="dissatisfied"))
    reaches(world, 1, rating="basic")
    reaches(world, 2, rating="none")

    assert foot(app, world).ratings == {Rating.BASIC: 1, Rating.NONE: 1}


@pytest.mark.parametrize(
    ("interviewee", "strict", "others"),
    [
        ({"name": "陈建国", "relation": "owner"}, (2, 3), 0),
        ({"name": "小陈", "relation": "family"}, (0, 1), 2),
        ({"name": "王强", "relation": "owner"}, (0, 1), 2),
    ],
    ids=["the owner", "a child of theirs", "called owner, the file knows another"],
)
def test_who_answers_on_an_owners_behalf_makes_form_2_no_better(
    app: Flask, world: World, interviewee: Json, strict: tuple[int, int], others: int
) -> None:
    """Proxies above the set share are not valid, by phone as at the door (policy, section 4)."""
    reaches(world, 1, rating="dissatisfied")
    for hours in (2, 3):
        reaches(world, hours, interviewee=interviewee, rating="satisfied")

    with app.app_context():
        below = under(db.session.get_one(Estate, world.estate_id), calls(world), Due(due=0, held=0, in_time=0))

    assert (below.strict, below.broad, below.proxies_left_out) == (Rate(*strict), Rate(*strict), others)


def test_a_month_begins_at_midnight_where_the_estate_stands(app: Flask, world: World) -> None:
    midnight = -24 * 22.5  # of the 1st, in Shanghai
    rings(world, midnight - 0.1)
    rings(world, midnight)

    with app.app_context():
        assert [call.at for call in calls(world)] == [NOON + timedelta(hours=midnight)]


def test_a_callback_that_nobody_could_be_reached_for_was_due_all_the_same(app: Flask, world: World) -> None:
    _issue_id, callback_id = a_callback(app, world)
    rings(world, 1, task_ids=[callback_id])

    with app.app_context():
        estate, until = db.session.get_one(Estate, world.estate_id), date(2027, 1, 1)
        due = due_in(estate.id, EVERY_CALLBACK, (date(2026, 11, 1), until), until, estate.time_zone)
        below = under(estate, calls(world), due)

    assert (below.callback, below.timely, below.contact) == (Rate(0, 1), Rate(0, 1), Rate(0, 1))
