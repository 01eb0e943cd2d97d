"""What was kept for a person: entered once as its author, or set aside; its receipt stays as it was."""

import uuid
from functools import partial

import pytest
import sqlalchemy as sa
from flask import Flask

from app.agenda.models import Task
from app.agenda.rules import TaskState
from app.core import waits
from app.core.db import db
from app.core.errors import NotFound, Outdated, Refused
from app.core.journal import By, JournalLine
from app.core.waits import Holder
from app.estates.models import Estate
from app.issues.models import Issue
from app.people.models import Device
from app.people.rules import Role
from app.sync.corrections import Corrections
from app.sync.deciding import accept_review, replay, set_aside, take_note
from app.sync.models import Decision
from app.sync.rules import CHOICES, UNDECIDED, Choice, Outcome, Standing
from app.visits.models import Visit
from tests.builders import NOW, a_category, a_department, a_staff
from tests.model_tablet import an_id
from tests.sync.kept import (
    a_visit,
    all_at_once,
    count,
    decided,
    of_an_unknown_category,
    record_of,
    revoke,
    the_office_learns,
)
from tests.visits.kept import worded_anew
from tests.world import World


def waiting(app: Flask, world: World, role: Role = Role.SUPERVISOR) -> list[uuid.UUID]:
    with app.app_context():
        return [wait.subject_id for wait in waits.inbox(world.estate_id, [Holder(role=role.value)])]


def test_what_was_refused_is_entered_as_it_came_and_its_receipt_stays(app: Flask, world: World) -> None:
    visit = of_an_unknown_category(world)
    frozen = world.tablet.freeze(visit)
    [receipt] = world.tablet.receipts(frozen)
    assert waiting(app, world) == [uuid.UUID(frozen["op_id"])]
    the_office_learns(app, world)

    outcome = decided(app, replay, frozen["op_id"])

    assert outcome is Outcome.APPLIED
    assert uuid.UUID(frozen["op_id"]) not in waiting(app, world)
    with app.app_context():
        held = db.session.scalars(sa.select(Visit)).one()
        assert (held.id, held.officer_id) == (uuid.UUID(visit["entity_id"]), world.officer_id)
        assert held.number == visit["body"]["number"]
        assert held.received_at.isoformat()[:19] == receipt["received_at"][:19]
        assert db.session.get_one(Task, world.task_id).state is TaskState.DONE
        author = {line.staff_id for line in db.session.scalars(sa.select(JournalLine)) if line.kind == "visit:held"}
        assert author == {world.officer_id}
    assert world.tablet.receipts(frozen) == [receipt]
    told = record_of(world, frozen["op_id"])
    assert (told["status"], told["entered"], told["visit_id"]) == ("applied", True, visit["entity_id"])


def test_entered_by_several_at_once_while_the_tablet_sends_again_it_happens_once(app: Flask, world: World) -> None:
    frozen = [world.tablet.freeze(of_an_unknown_category(world)) for _i in range(3)]
    receipts = world.tablet.receipts(*frozen)
    the_office_learns(app, world)

    for sent, receipt in zip(frozen, receipts, strict=True):
        enter = partial(decided, app, replay, sent["op_id"])
        again = partial(lambda sent: world.tablet.push(sent, client=app.test_client()).json["receipts"][0], sent)
        results = all_at_once(enter, again, enter, again, enter)

        assert [result for result in results if result is Outcome.APPLIED] == [Outcome.APPLIED]
        assert [type(result) for result in results if isinstance(result, Exception)] == [Outdated, Outdated]
        assert [result for result in results if isinstance(result, dict)] == [receipt, receipt]
    assert count(app, Visit) == count(app, Decision) == count(app, Issue) == 3


def test_what_still_cannot_be_entered_says_why_and_changes_nothing(app: Flask, world: World) -> None:
    frozen = world.tablet.freeze(of_an_unknown_category(world))
    world.tablet.receipts(frozen)

    with pytest.raises(Refused) as refusal:
        decided(app, replay, frozen["op_id"])

    assert refusal.value.code == "issue:category_unknown"
    assert count(app, Visit) == count(app, Decision) == 0
    assert waiting(app, world) == [uuid.UUID(frozen["op_id"])]


def test_an_unknown_category_may_become_one_that_the_owner_signed_too(app: Flask, world: World) -> None:
    visit = of_an_unknown_category(world)
    frozen = world.tablet.freeze(visit)
    world.tablet.receipts(frozen)
    issue_id = uuid.UUID(visit["body"]["issues"][0]["id"])

    outcome = decided(app, replay, frozen["op_id"], corrections=Corrections(categories={issue_id: "leak"}))

    assert outcome is Outcome.APPLIED
    with app.app_context():
        assert db.session.get_one(Issue, issue_id).category.code == "leak"
        assert db.session.scalars(sa.select(Decision)).one().corrections == {"categories": {str(issue_id): "leak"}}


@pytest.mark.parametrize("change", ["category", "department"])
def test_a_correction_that_would_leave_what_was_signed_is_refused(app: Flask, world: World, change: str) -> None:
    visit = of_an_unknown_category(world)
    shown = {"category": "电梯"} if change == "category" else {"department": "保卫部"}
    signed = worded_anew(world, visit, lambda statement: statement["issues"][0].update(shown))
    frozen = world.tablet.freeze(signed)
    world.tablet.receipts(frozen)
    issue_id = uuid.UUID(visit["body"]["issues"][0]["id"])

    with pytest.raises(Refused) as refusal:
        decided(app, replay, frozen["op_id"], corrections=Corrections(categories={issue_id: "leak"}))

    assert refusal.value.code == "correction:differs_from_signed"
    assert count(app, Visit) == 0


def test_a_correction_keeps_to_the_department_that_was_promised(app: Flask, world: World) -> None:
    with app.app_context():
        estate = db.session.get_one(Estate, world.estate_id)
        a_category(estate, a_department(estate, "保卫部"), code="guard")
        db.session.commit()
    visit = of_an_unknown_category(world)
    shown = {"category": "防水", "department": "保卫部"}
    frozen = world.tablet.freeze(worded_anew(world, visit, lambda text: text["issues"][0].update(shown)))
    world.tablet.receipts(frozen)
    issue_id = uuid.UUID(visit["body"]["issues"][0]["id"])

    outcome = decided(app, replay, frozen["op_id"], corrections=Corrections(categories={issue_id: "guard"}))

    assert outcome is Outcome.APPLIED


@pytest.mark.parametrize("known", ["its category is known", "not in the record"])
def test_only_what_is_unknown_can_be_put_right(app: Flask, world: World, known: str) -> None:
    visit = of_an_unknown_category(world, "leak" if known == "its category is known" else "damp")
    revoke(app, world)
    frozen = world.tablet.freeze(visit)
    world.tablet.receipts(frozen)
    issue_id = uuid.UUID(visit["body"]["issues"][0]["id"]) if known == "its category is known" else an_id()

    with pytest.raises(Refused) as refusal:
        decided(app, replay, frozen["op_id"], corrections=Corrections(categories={issue_id: "other"}))

    assert refusal.value.code in ("correction:not_needed", "correction:not_in_record")


def test_work_of_a_withdrawn_tablet_is_entered_as_its_author(app: Flask, world: World) -> None:
    revoke(app, world)
    frozen = world.tablet.freeze(a_visit(world, task_ids=[str(world.task_id)]))
    [receipt] = world.tablet.receipts(frozen)
    assert (receipt["status"], receipt["code"]) == ("review", "device:revoked")

    assert decided(app, replay, frozen["op_id"]) is Outcome.APPLIED

    with app.app_context():
        assert db.session.scalars(sa.select(Visit.officer_id)).one() == world.officer_id
    assert world.tablet.receipts(frozen) == [receipt]


def test_what_a_colleague_did_meanwhile_is_looked_at_and_stays(app: Flask, world: World) -> None:
    with app.app_context():
        colleague = a_staff(db.session.get_one(Estate, world.estate_id), Role.OFFICER, name="赵丽")
        db.session.get_one(Task, world.task_id).assignee_id = colleague.id
        db.session.commit()
    frozen = world.tablet.freeze(a_visit(world, task_ids=[str(world.task_id)]))
    [receipt] = world.tablet.receipts(frozen)
    assert (receipt["status"], record_of(world, frozen["op_id"])["status"]) == ("review", "review")

    assert decided(app, accept_review, frozen["op_id"]) is Outcome.SEEN

    with app.app_context():
        assert db.session.scalars(sa.select(Visit.review)).one() == ""
    assert record_of(world, frozen["op_id"])["status"] == "applied"
    assert waiting(app, world) == []


def test_what_is_set_aside_stays_on_file_and_can_still_be_entered(app: Flask, world: World) -> None:
    frozen = world.tablet.freeze(of_an_unknown_category(world))
    world.tablet.receipts(frozen)
    with app.app_context():
        by = By(staff_id=world.officer_id)

    assert decided(app, set_aside, frozen["op_id"], " 培训时试用 ", by=by) is Outcome.SET_ASIDE

    told = record_of(world, frozen["op_id"])
    assert (told["status"], told["decided"]["by"], told["decided"]["note"]) == ("set_aside", "李敏", "培训时试用")
    the_office_learns(app, world)
    assert decided(app, replay, frozen["op_id"], after=1) is Outcome.APPLIED
    assert record_of(world, frozen["op_id"])["status"] == "applied"


def test_a_note_leaves_everything_as_it_was_received(app: Flask, world: World) -> None:
    frozen = world.tablet.freeze(of_an_unknown_category(world))
    world.tablet.receipts(frozen)

    assert decided(app, take_note, frozen["op_id"], "周五重新上门") is Outcome.NOTED

    assert count(app, Visit) == 0
    assert record_of(world, frozen["op_id"])["decided"]["outcome"] == "noted"
    assert waiting(app, world) == []


@pytest.mark.parametrize("act", [set_aside, take_note])
def test_why_must_be_written_down(app: Flask, world: World, act: object) -> None:
    frozen = world.tablet.freeze(of_an_unknown_category(world))
    world.tablet.receipts(frozen)

    with pytest.raises(Refused) as refusal:
        decided(app, act, frozen["op_id"], "  ")

    assert refusal.value.code == "operation:note_missing"
    assert count(app, Decision) == 0


def test_of_two_who_decide_at_once_one_wins_and_the_other_is_told(app: Flask, world: World) -> None:
    for _round in range(4):
        frozen = world.tablet.freeze(of_an_unknown_category(world))
        world.tablet.receipts(frozen)

        aside, noted = (partial(decided, app, act, frozen["op_id"], "原因") for act in (set_aside, take_note))
        results = all_at_once(aside, noted, aside, noted)

        assert len([result for result in results if isinstance(result, Outdated)]) == 3
    assert count(app, Decision) == 4


def test_whoever_has_not_seen_the_last_decision_is_told(app: Flask, world: World) -> None:
    frozen = world.tablet.freeze(of_an_unknown_category(world))
    world.tablet.receipts(frozen)
    decided(app, set_aside, frozen["op_id"], "试用")
    the_office_learns(app, world)

    with pytest.raises(Outdated):
        decided(app, replay, frozen["op_id"], after=0)


def test_nobody_decides_about_what_is_not_there(app: Flask, world: World) -> None:
    with pytest.raises(NotFound):
        decided(app, set_aside, str(an_id()), "原因")


@pytest.mark.parametrize("standing", Standing)
def test_every_standing_has_a_way_on_but_what_is_entered_stays(standing: Standing) -> None:
    assert (CHOICES[standing] == ()) is (standing is Standing.ENTERED)
    assert (standing in UNDECIDED) is (Choice.SEEN in CHOICES[standing] or Choice.SET_ASIDE in CHOICES[standing])


def test_the_end_of_a_tablets_chain_stays_what_was_signed_last(app: Flask, world: World) -> None:
    first, second = world.tablet.freeze(of_an_unknown_category(world)), world.tablet.freeze(a_visit(world))
    world.tablet.receipts(first, second)
    the_office_learns(app, world)
    decided(app, replay, first["op_id"])

    with app.app_context():
        assert db.session.get_one(Device, uuid.UUID(world.tablet.device_id)).chain_head == world.tablet.previous


def test_what_is_unreadable_waits_at_the_office_of_its_tablet(app: Flask, world: World) -> None:
    frozen = world.tablet.freeze(a_visit(world) | {"surprise": 1})
    nowhere = world.tablet.freeze(a_visit(world) | {"estate_id": str(an_id())})

    world.tablet.receipts(frozen, nowhere)

    assert set(waiting(app, world)) == {uuid.UUID(frozen["op_id"]), uuid.UUID(nowhere["op_id"])}


def test_every_operation_of_a_user_has_a_record_whatever_became_of_it(app: Flask, world: World) -> None:
    sent = {
        "applied": world.tablet.freeze(a_visit(world)),
        "rejected": world.tablet.freeze(of_an_unknown_category(world)),
        "held": world.tablet.freeze(a_visit(world) | {"kind": "visit.sing"}),
        "review": world.tablet.freeze(world.tablet.an_addendum(world.estate_id, {"entity_id": str(an_id())})),
    }
    world.tablet.receipts(*sent.values())

    assert {status: record_of(world, frozen["op_id"])["status"] for status, frozen in sent.items()} == {
        status: status for status in sent
    }


def test_the_order_does_not_depend_on_the_tablets_clock(app: Flask, world: World) -> None:
    """Two visits, the later one by a clock of last century: order, numbers and limits are the server's."""
    early = a_visit(world, issues=[world.tablet.an_issue()])
    odd = a_visit(
        world,
        started_at="1999-01-01T06:32:00.000Z",
        ended_at="1999-01-01T06:47:00.000Z",
        issues=[world.tablet.an_issue()],
    ) | {"at": "1999-01-01T06:47:01.000Z"}

    receipts = [world.tablet.receipts(world.tablet.freeze(operation))[0] for operation in (early, odd)]

    assert [int(receipt["number"][-4:]) for receipt in receipts] == [1, 2]
    assert receipts[0]["version"] < receipts[1]["version"]
    with app.app_context():
        lines = db.session.scalars(sa.select(JournalLine).where(JournalLine.stream == world.estate_id))
        moments = [line.at for line in sorted(lines, key=lambda line: line.seq) if line.device_id]
        assert moments == sorted(moments)
        assert min(moments) > NOW.replace(year=2000)
        assert {wait.due_at.year for wait in db.session.scalars(sa.select(waits.Wait))} >= {moments[0].year}
