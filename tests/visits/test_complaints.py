"""A complaint from the door (V46): said on the record and in what the owner signed, opened when the record arrives."""

import uuid
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from app.agenda.queries import due_about
from app.agenda.rules import CALLBACKS, TaskKind
from app.core.clock import isoformat, local_date, now
from app.core.db import db
from app.core.ids import new_id
from app.core.journal import By
from app.core.waits import Wait
from app.estates.models import Estate
from app.estates.rules import limits
from app.issues.actions import accept, report_rectified
from app.issues.complaint_rules import Grade, Nature, Standing
from app.issues.complaints import RESPOND
from app.issues.models import Complaint, Issue
from app.issues.rules import State
from app.people.models import Staff
from app.sync.documents import documents
from app.visits.models import Visit
from tests.sync.kept import a_visit
from tests.world import World

MADE = {"nature": "delay", "grade": "important"}


def only(kind: type) -> object:
    return db.session.scalars(sa.select(kind)).one()


def complained(world: World, **wanted: object) -> dict[str, object]:
    """A visit at which the owner complained."""
    return world.tablet.a_visit(
        world.estate_id, world.unit_id, issues=[world.tablet.an_issue(complaint=MADE, **wanted)]
    )


@pytest.mark.clause("V46")
def test_a_complaint_from_the_door_has_its_record_as_soon_as_the_visit_arrives(app: Flask, world: World) -> None:
    [receipt] = world.tablet.receipts(world.tablet.freeze(complained(world)))

    assert receipt["status"] == "applied", receipt
    with app.app_context():
        complaint, issue = only(Complaint), only(Issue)
        assert isinstance(complaint, Complaint)
        assert isinstance(issue, Issue)
        assert (complaint.nature, complaint.grade, complaint.standing) == (
            Nature.DELAY,
            Grade.IMPORTANT,
            Standing.RECEIVED,
        )
        assert complaint.number is not None
        assert complaint.number.startswith("TS-")
        assert (issue.complaint_grade, issue.state) == (Grade.IMPORTANT, State.ROUTED)
        assert complaint.receiver_id == issue.officer_id


def test_the_same_visit_sent_twice_makes_one_complaint(app: Flask, world: World) -> None:
    frozen = world.tablet.freeze(complained(world))

    first, again = world.tablet.receipts(frozen), world.tablet.receipts(frozen)

    assert first == again
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Complaint)) == 1


@pytest.mark.clause("V46")
def test_answered_on_the_spot_and_signed_it_is_handled_and_waits_for_its_review(app: Flask, world: World) -> None:
    visit = complained(world, answered=True, answer="当场更换了门禁卡", promised_on=None)

    [receipt] = world.tablet.receipts(world.tablet.freeze(visit))

    assert receipt["status"] == "applied", receipt
    with app.app_context():
        complaint = only(Complaint)
        assert isinstance(complaint, Complaint)
        assert complaint.issue.state is State.CLOSED
        assert complaint.standing is Standing.TO_REVIEW
        assert complaint.response == complaint.handling == "当场更换了门禁卡"


def test_a_record_that_says_complaint_where_the_owner_signed_none_is_not_taken(app: Flask, world: World) -> None:
    visit = complained(world)
    visit["body"]["issues"][0]["complaint"] = {"nature": "delay", "grade": "major"}  # type: ignore[index]

    [receipt] = world.tablet.receipts(world.tablet.freeze(visit))

    assert (receipt["status"], receipt["code"]) == ("rejected", "statement:differs")
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Complaint)) == 0


def test_a_visit_of_a_tablet_that_knows_of_no_complaints_is_read_as_before(app: Flask, world: World) -> None:
    visit = a_visit(world) | {"v": 2}
    visit["body"]["told"] = {"lines": [], "issues": []}

    [receipt] = world.tablet.receipts(world.tablet.freeze(visit))

    assert receipt["status"] == "applied", receipt


@pytest.mark.clause("R02")
@pytest.mark.clause("V46")
def test_by_phone_the_owner_is_satisfied_but_the_complaint_stays_open_until_it_is_signed(
    app: Flask, world: World
) -> None:
    world.tablet.receipts(world.tablet.freeze(complained(world)))
    with app.app_context():
        issue = only(Issue)
        assert isinstance(issue, Issue)
        worker, moment = db.session.get_one(Staff, issue.officer_id), now()
        more = {"by": By(worker.id), "at": moment}
        accept(issue, "更换门禁卡", worker, local_date(moment, "Asia/Shanghai"), event_id=new_id(), **more)
        report_rectified(issue, "已更换", event_id=new_id(), **more)
        db.session.commit()
        [task] = due_about(issue.id, *CALLBACKS)
        assert task.kind is TaskKind.COMPLAINT_CALLBACK
        told, issue_id, task_id = documents("task", [task.id], moment)[task.id], str(issue.id), str(task.id)
        seen = documents("issue", [issue.id], moment)[issue.id]
    answer = {"task_id": task_id, "issue_id": issue_id, "round": 1, "answer": "satisfied", "reason": ""}
    common = {"task_ids": [task_id], "answers": [answer], "issues": []}

    by_phone = world.tablet.a_visit(world.estate_id, world.unit_id, method="phone", **common)
    [called] = world.tablet.receipts(world.tablet.freeze(by_phone))
    with app.app_context():
        after_call = db.session.scalars(sa.select(Issue.state)).one()
        categories = db.session.get_one(Visit, by_phone_id(by_phone)).categories
    stranger = {"name": "王强", "relation": "owner"}
    by_another = world.tablet.a_visit(world.estate_id, world.unit_id, interviewee=stranger, **common)
    [of_another] = world.tablet.receipts(world.tablet.freeze(by_another))
    with app.app_context():
        after_another = db.session.scalars(sa.select(Issue.state)).one()
    [signed] = world.tablet.receipts(
        world.tablet.freeze(world.tablet.a_visit(world.estate_id, world.unit_id, **common))
    )

    assert (told["kind"], told["complaint"], seen["complaint"]) == ("issue_callback", True, "important")
    assert (called["status"], called["code"]) == ("review", "visit:answer_not_signed")
    assert (after_call, categories) == (State.RECTIFIED, ["complaint_callback"])
    assert (of_another["status"], of_another["code"]) == ("review", "visit:answered_on_behalf")
    assert after_another is State.RECTIFIED
    assert signed["status"] == "applied", signed
    with app.app_context():
        assert db.session.scalars(sa.select(Issue.state)).one() is State.CLOSED


def by_phone_id(operation: dict[str, object]) -> object:
    return uuid.UUID(str(operation["entity_id"]))


@pytest.mark.clause("V46")
def test_a_complaint_was_made_when_the_owner_made_it_and_waits_for_an_answer_since_then(
    app: Flask, world: World
) -> None:
    """The tablet came home two days later: the owner has waited, the department has not."""
    said = (now() - timedelta(days=2)).replace(microsecond=0)
    visit = world.tablet.a_visit(
        world.estate_id,
        world.unit_id,
        started_at=isoformat(said),
        ended_at=isoformat(said),
        issues=[world.tablet.an_issue(complaint=MADE)],
    )

    [receipt] = world.tablet.receipts(world.tablet.freeze(visit))

    assert receipt["status"] == "applied", receipt
    with app.app_context():
        complaint, held = only(Complaint), only(Visit)
        assert isinstance(complaint, Complaint)
        assert isinstance(held, Visit)
        assert complaint.received_at == said
        assert complaint.counted_from == held.received_at
        waits = {wait.what: wait for wait in db.session.scalars(sa.select(Wait))}
        limit = limits(db.session.get_one(Estate, world.estate_id).settings)
        assert waits[RESPOND].due_at == said + timedelta(hours=limit.complaint_response_hours)
