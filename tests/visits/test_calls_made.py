"""What is kept of a try that met nobody, and what the tablets are told of it: the result, the number, the next try."""

import uuid
from datetime import UTC, date, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from app.agenda.models import Task
from app.agenda.rules import TaskState
from app.core import journal
from app.core.db import db
from app.estates.models import Estate, Person, Unit
from app.issues.models import Issue, OwnerAnswer
from app.issues.rules import State
from app.visits.models import Attempt, Visit
from tests.builders import a_unit, an_estate, an_owner, fetch
from tests.visits.kept import an_attempt, pushed, the_only
from tests.visits.test_holding import a_callback, an_answer
from tests.world import World

Json = dict[str, Any]


def the_owner(app: Flask, world: World) -> str:
    """The id of whoever owns the world's home."""
    with app.app_context():
        return str(db.session.get_one(Unit, world.unit_id).ownerships[0].person_id)


def a_call(world: World, **wanted: Any) -> Json:
    """A call that nobody answered."""
    return an_attempt(world, method="phone", **({"outcome": "no_answer"} | wanted))


def called(person_id: object, index: int = 0, ending: str = "6021") -> Json:
    """Which number was dialled."""
    return {"person_id": str(person_id), "index": index, "ending": ending}


def the_unit(world: World) -> Json:
    """The world's home as tablets hold it."""
    return told(world, "unit", world.unit_id)


def told(world: World, type_: str, id_: object) -> Json:
    """A document as tablets hold it."""
    changes, _page = world.tablet.pull_all()
    doc: Json = changes[type_, str(id_)]["doc"]
    return doc


@pytest.mark.clause("P54")
def test_a_call_keeps_its_result_its_number_and_the_time_agreed_and_closes_nothing(app: Flask, world: World) -> None:
    owner = the_owner(app, world)

    receipt = pushed(
        world,
        a_call(world, outcome="rescheduled", number_called=called(owner), again_at="2026-11-24T07:30:00.000Z"),
    )

    assert receipt["status"] == "applied"
    with app.app_context():
        attempt = the_only(Attempt)
        assert (attempt.outcome.value, attempt.again_at) == ("rescheduled", datetime(2026, 11, 24, 7, 30, tzinfo=UTC))
        assert (str(attempt.called_id), attempt.called_index, attempt.called_ending) == (owner, 0, "6021")
        assert fetch(Task, world.task_id).state is TaskState.DUE


def test_no_journal_line_tells_a_number_that_was_dialled(app: Flask, world: World) -> None:
    owner = the_owner(app, world)

    call = a_call(world, outcome="wrong_number", number_called=called(owner), note="对方说打错了")
    pushed(world, call)

    with app.app_context():
        [line] = journal.history(uuid.UUID(call["entity_id"]))
        took_place = {"took_place_at": call["body"]["tried_at"]}
        assert line.data == {"unit": str(world.unit_id), "outcome": "wrong_number"} | took_place


@pytest.mark.parametrize(
    "of",
    [
        pytest.param(lambda: str(uuid.uuid4()), id="somebody whom nobody knows"),
        pytest.param(lambda: str(_owner_elsewhere()), id="an owner in another estate"),
    ],
)
def test_a_call_to_whom_the_office_does_not_know_is_kept_without_them(app: Flask, world: World, of: Any) -> None:
    with app.app_context():
        person_id = of()
        db.session.commit()

    receipt = pushed(world, a_call(world, number_called=called(person_id)))

    assert receipt["status"] == "applied"
    with app.app_context():
        attempt = the_only(Attempt)
        assert (attempt.called_id, attempt.called_index, attempt.called_ending) == (None, None, None)


def _owner_elsewhere() -> uuid.UUID:
    return an_owner(a_unit(an_estate())).id


@pytest.mark.parametrize(
    "wrong",
    [{"ending": "13812346021"}, {"ending": "6o21"}, {"index": -1}],
)
def test_a_whole_number_never_comes_in_with_a_call(app: Flask, world: World, wrong: Json) -> None:
    receipt = pushed(world, a_call(world, number_called=called(the_owner(app, world)) | wrong))

    assert (receipt["status"], receipt["code"]) == ("rejected", "operation:body_unreadable")


def test_a_unit_tells_every_tablet_each_try_since_somebody_was_met(app: Flask, world: World) -> None:
    pushed(world, an_attempt(world, tried_at="2026-11-20T06:00:00.000Z"))
    pushed(world, world.tablet.a_visit(world.estate_id, world.unit_id))
    pushed(world, a_call(world, tried_at="2026-11-24T06:00:00.000Z"))
    pushed(
        world,
        a_call(
            world,
            tried_at="2026-11-24T08:00:00.000Z",
            outcome="rescheduled",
            again_at="2026-11-25T07:30:00.000Z",
        ),
    )

    unit = the_unit(world)

    assert unit["attempts"] == 2
    assert unit["tries"] == [
        {
            "at": "2026-11-24T06:00:00.000Z",
            "method": "phone",
            "outcome": "no_answer",
            "tasks": [str(world.task_id)],
        },
        {
            "at": "2026-11-24T08:00:00.000Z",
            "method": "phone",
            "outcome": "rescheduled",
            "tasks": [str(world.task_id)],
            "again_at": "2026-11-25T07:30:00.000Z",
        },
    ]
    assert "dead_numbers" not in unit


@pytest.mark.parametrize("outcome", ["wrong_number", "unallocated", "suspended"])
def test_a_dead_number_is_told_until_a_later_call_to_it_rings(app: Flask, world: World, outcome: str) -> None:
    owner = the_owner(app, world)
    # Five past midnight on the 24th where the estate stands.
    dead = a_call(world, outcome=outcome, number_called=called(owner), tried_at="2026-11-23T16:05:00.000Z")
    pushed(world, dead)
    pushed(world, world.tablet.a_visit(world.estate_id, world.unit_id, started_at="2026-11-24T06:32:00.000Z"))
    before = the_unit(world)

    pushed(world, a_call(world, number_called=called(owner), tried_at="2026-11-25T06:05:00.000Z"))

    assert before["dead_numbers"] == [
        {"person": owner, "index": 0, "ending": "6021", "outcome": outcome, "on": "2026-11-24"}
    ]
    assert "dead_numbers" not in the_unit(world)


def test_the_other_numbers_of_a_person_reach_the_tablet(app: Flask, world: World) -> None:
    with app.app_context():
        person = db.session.get_one(Person, uuid.UUID(the_owner(app, world)))
        person.other_phones = ["0571-8888 7777"]
        db.session.commit()

    [owner] = the_unit(world)["people"]

    assert owner["other_phones"] == ["0571-8888 7777"]


def test_the_tablet_is_told_after_how_many_calls_a_household_counts_as_unreachable(app: Flask, world: World) -> None:
    with app.app_context():
        estate = db.session.get_one(Estate, world.estate_id)
        estate.settings = estate.settings | {"limits": {"phone_attempts": 5}}
        db.session.commit()

    assert told(world, "estate", world.estate_id)["phone_attempts"] == 5


# --- a visit by phone ---


@pytest.mark.parametrize(
    ("met", "how"),
    [
        ({"name": "陈建国", "relation": "owner"}, "phone"),
        ({"name": "王芳", "relation": "tenant"}, "phone"),
        # For the owner, not by the owner: counted apart.
        ({"name": "王芳", "relation": "spouse"}, "proxy"),
        ({"name": "周明", "relation": "other"}, "proxy"),
    ],
)
def test_a_callback_answered_by_phone_closes_its_issue_and_says_whose_word_it_was(
    app: Flask, world: World, met: Json, how: str
) -> None:
    issue_id, callback_id = a_callback(app, world)
    with app.app_context():
        fetch(Issue, issue_id).raised_by_tenant = met["relation"] == "tenant"
        db.session.commit()
    answers = [an_answer(issue_id, callback_id)]
    by_phone = {"method": "phone", "by_owner": False, "interviewee": met}
    visit = world.tablet.a_visit(world.estate_id, world.unit_id, task_ids=[callback_id], answers=answers, **by_phone)

    receipt = pushed(world, visit)

    assert receipt["status"] == "applied"
    with app.app_context():
        [said] = db.session.scalars(sa.select(OwnerAnswer))
        assert (said.how.value, said.moved) == (how, True)
        assert fetch(Issue, issue_id).state is State.CLOSED
        assert fetch(Task, callback_id).state is TaskState.DONE


def test_a_former_owner_who_is_reached_is_named_as_who_they_are_and_known(app: Flask, world: World) -> None:
    with app.app_context():
        unit = db.session.get_one(Unit, world.unit_id)
        unit.ownerships[0].until = date(2026, 3, 1)
        an_owner(unit, "许文", phone="13900001111", since=date(2026, 3, 1))
        former = str(unit.ownerships[0].person_id)
        db.session.commit()
    met = {"name": "陈建国", "relation": "other", "person_id": former}

    pushed(
        world,
        world.tablet.a_visit(world.estate_id, world.unit_id, method="phone", by_owner=False, interviewee=met),
    )

    with app.app_context():
        visit = the_only(Visit)
        assert (str(visit.interviewee_id), visit.interviewee_relation.value) == (former, "other")
    assert [person["name"] for person in the_unit(world)["people"]] == ["许文"], "the next owner's card is theirs alone"


def test_a_callback_for_which_the_phone_was_not_the_moment_stays_due(app: Flask, world: World) -> None:
    _issue_id, callback_id = a_callback(app, world)

    pushed(
        world,
        world.tablet.a_visit(world.estate_id, world.unit_id, method="phone", by_owner=False, task_ids=[callback_id]),
    )

    with app.app_context():
        assert fetch(Task, callback_id).state is TaskState.DUE
