"""Operations arrive: once, whole, with a receipt that never changes."""

import gzip
import hashlib
import threading
import uuid

import sqlalchemy as sa
from flask import Flask

from app.agenda.models import Task
from app.agenda.rules import TaskState
from app.core.db import db
from app.issues.models import Issue, OwnerAnswer
from app.issues.rules import HowAnswered, State
from app.people.models import Device
from app.people.tablets import revoke
from app.signatures.models import Signature, Statement
from app.sync.models import Operation
from app.visits.models import Attempt, Visit
from tests.builders import NOBODY, NOW
from tests.model_tablet import ModelTablet
from tests.sync.conftest import World


def test_a_visit_is_kept_whole(app: Flask, world: World) -> None:
    tablet = world.tablet
    leak = tablet.an_issue()
    invoice = tablet.an_issue("物业费发票怎么开", answered=True, answer="公众号自助开票", promised_on=None)
    visit = tablet.a_visit(world.estate_id, world.unit_id, task_ids=[str(world.task_id)], issues=[leak, invoice])

    [receipt] = tablet.receipts(tablet.freeze(visit))

    assert receipt["status"] == "applied"
    assert receipt["number"].startswith("HF-")
    assert receipt["missing"] == []
    with app.app_context():
        kept = db.session.scalars(sa.select(Visit)).one()
        assert (kept.interviewee_name, kept.complete, kept.categories) == ("陈建国", True, ["scheduled"])
        states = {issue.text: issue.state for issue in db.session.scalars(sa.select(Issue))}
        assert states == {"主卫天花板渗水": State.ROUTED, "物业费发票怎么开": State.CLOSED}
        assert db.session.get_one(Task, world.task_id).state is TaskState.DONE
        assert db.session.scalars(sa.select(Statement)).one().text == visit["body"]["statement"]
        assert count(Signature) == 2


def test_a_push_sent_twice_happens_once_with_the_same_receipt(app: Flask, world: World) -> None:
    frozen = world.tablet.freeze(world.tablet.a_visit(world.estate_id, world.unit_id))

    first, again = world.tablet.push(frozen), world.tablet.push(frozen)

    assert raw_receipts(first) == raw_receipts(again)
    with app.app_context():
        assert count(Visit) == count(Operation) == 1


def test_two_copies_at_the_same_moment_give_one_visit_and_identical_receipts(app: Flask, world: World) -> None:
    tablet = world.tablet
    for _round in range(5):
        frozen = tablet.freeze(tablet.a_visit(world.estate_id, world.unit_id))
        answers = at_the_same_moment(app, tablet, [frozen, frozen, frozen, frozen])
        assert len(set(answers)) == 1
    with app.app_context():
        assert count(Visit) == 5


def test_many_tablets_pushing_at_once_lose_nothing_and_number_without_gaps(app: Flask, world: World) -> None:
    tablet = world.tablet
    operations = [tablet.freeze(tablet.a_visit(world.estate_id, world.unit_id)) for _i in range(12)]

    at_the_same_moment(app, tablet, operations)

    with app.app_context():
        numbers = sorted(db.session.scalars(sa.select(Visit.receipt_number)))
        assert [int(number[-4:]) for number in numbers] == list(range(1, 13))


def test_the_same_id_with_other_content_changes_nothing(app: Flask, world: World) -> None:
    tablet, op_id = world.tablet, str(uuid.uuid4())
    good = tablet.freeze(tablet.a_visit(world.estate_id, world.unit_id) | {"op_id": op_id})
    other = tablet.freeze(tablet.a_visit(world.estate_id, world.unit_id, wishes="另一份") | {"op_id": op_id})

    [kept], [refused], [told_again] = tablet.receipts(good), tablet.receipts(other), tablet.receipts(good)

    assert (refused["status"], refused["code"]) == ("rejected", "operation:digest_differs")
    assert told_again == kept
    with app.app_context():
        assert count(Visit) == 1


def test_a_talk_by_phone_needs_no_owners_signature_and_is_kept_as_told_by_phone(app: Flask, world: World) -> None:
    tablet = world.tablet
    answered = tablet.an_issue("物业费发票怎么开", answered=True, answer="公众号自助开票", promised_on=None)
    visit = tablet.a_visit(world.estate_id, world.unit_id, method="phone", issues=[answered], by_owner=False)

    [receipt] = tablet.receipts(tablet.freeze(visit))

    assert receipt["status"] == "applied"
    with app.app_context():
        assert [answer.how for answer in db.session.scalars(sa.select(OwnerAnswer))] == [HowAnswered.PHONE]
        assert db.session.scalars(sa.select(Issue)).one().state is State.CLOSED


def test_an_attempt_is_kept_and_leaves_the_task_due(app: Flask, world: World) -> None:
    attempt = {
        "kind": "attempt.record",
        "estate_id": str(world.estate_id),
        "entity_id": str(uuid.uuid4()),
        "body": {
            "number": "T01-0002",
            "unit_id": str(world.unit_id),
            "task_ids": [str(world.task_id)],
            "method": "door",
            "outcome": "nobody_home",
            "note": "",
            "tried_at": "2026-11-23T06:32:00.000Z",
        },
    }

    [receipt] = world.tablet.receipts(world.tablet.freeze(attempt))

    assert receipt["status"] == "applied"
    with app.app_context():
        assert count(Attempt) == 1
        assert db.session.get_one(Task, world.task_id).state is TaskState.DUE


def test_an_unknown_kind_is_held_and_kept(app: Flask, world: World) -> None:
    visit = world.tablet.a_visit(world.estate_id, world.unit_id) | {"kind": "visit.sing"}

    [receipt] = world.tablet.receipts(world.tablet.freeze(visit))

    assert (receipt["status"], receipt["code"]) == ("held", "operation:unknown_version")
    assert stored(app, receipt).frozen


def test_an_unreadable_operation_is_kept_with_its_reason_and_blocks_nothing(app: Flask, world: World) -> None:
    tablet = world.tablet
    broken = tablet.a_visit(world.estate_id, world.unit_id)
    del broken["body"]["rating"]
    good = tablet.a_visit(world.estate_id, world.unit_id)

    refused, applied = tablet.receipts(tablet.freeze(broken), tablet.freeze(good))

    assert (refused["status"], refused["code"]) == ("rejected", "operation:body_unreadable")
    assert refused["reason"] == "这条记录有一部分办公室无法读取。"
    assert applied["status"] == "applied"
    assert stored(app, refused).frozen


def test_bytes_damaged_under_way_are_refused_and_do_not_take_the_place_of_the_good_ones(world: World) -> None:
    good = world.tablet.freeze(world.tablet.a_visit(world.estate_id, world.unit_id))
    damaged = good | {"jwe": good["jwe"][:-3] + "AAA"}

    [refused], [applied] = world.tablet.receipts(damaged), world.tablet.receipts(good)

    assert refused["code"] == "operation:hash_differs"
    assert applied["status"] == "applied"


def test_an_operation_frozen_for_another_server_is_kept_with_its_reason(app: Flask, world: World) -> None:
    frozen = world.tablet.freeze(world.tablet.a_visit(world.estate_id, world.unit_id))
    frozen |= {"jwe": "not.a.jwe", "digest": hashlib.sha256(b"not.a.jwe").hexdigest()}

    [receipt] = world.tablet.receipts(frozen)

    assert (receipt["status"], receipt["code"]) == ("rejected", "operation:unreadable")
    assert stored(app, receipt).frozen == b"not.a.jwe"


def test_a_revoked_tablet_may_still_bring_its_work_but_not_read(app: Flask, world: World) -> None:
    frozen = world.tablet.freeze(world.tablet.a_visit(world.estate_id, world.unit_id))
    revoke_tablet(app, world.tablet)

    [receipt] = world.tablet.receipts(frozen)

    assert (receipt["status"], receipt["code"]) == ("review", "device:revoked")
    assert stored(app, receipt).frozen == frozen["jwe"].encode()
    read = world.tablet.client.get(
        "/sync/pull", headers={"Authorization": f"Bearer {world.tablet.enrolled['read_token']}"}
    )
    assert (read.status_code, read.json["code"]) == (401, "auth:token")


def test_what_is_not_json_is_answered_in_words_and_changes_nothing(app: Flask, world: World) -> None:
    headers = {"Authorization": f"Bearer {world.tablet.enrolled['send_token']}"}

    answer = world.tablet.client.post("/sync/push", data=b"<xml/>", headers=headers)

    assert (answer.status_code, answer.json["code"]) == (400, "message:unreadable")
    with app.app_context():
        assert count(Operation) == 0


def test_a_push_that_unpacks_to_more_than_the_server_takes_is_refused(world: World) -> None:
    bomb = gzip.compress(b" " * 80_000_000)
    headers = {"Authorization": f"Bearer {world.tablet.enrolled['send_token']}", "Content-Encoding": "gzip"}

    answer = world.tablet.client.post("/sync/push", data=bomb, headers=headers)

    assert (answer.status_code, answer.json["code"]) == (413, "message:too_large")


def test_an_unknown_token_is_told_so(world: World) -> None:
    answer = world.tablet.client.post("/sync/push", json={}, headers={"Authorization": "Bearer nobody"})

    assert (answer.status_code, answer.json["code"]) == (401, "auth:token")


def test_receipts_do_not_depend_on_the_tablets_clock(app: Flask, world: World) -> None:
    visit = world.tablet.a_visit(
        world.estate_id, world.unit_id, started_at="2031-01-01T00:00:00.000Z", ended_at="2031-01-01T00:10:00.000Z"
    )

    [receipt] = world.tablet.receipts(world.tablet.freeze(visit))

    assert receipt["status"] == "applied"
    assert receipt["received_at"] < "2031"


def raw_receipts(answer: object) -> str:
    return answer.text.split('"receipts":', 1)[1].split(',"server_time"', 1)[0]


def count(model: type) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(model)) or 0


def stored(app: Flask, receipt: dict) -> Operation:
    with app.app_context():
        return db.session.get_one(Operation, uuid.UUID(receipt["op_id"]))


def revoke_tablet(app: Flask, tablet: ModelTablet) -> None:
    with app.app_context():
        revoke(db.session.get_one(Device, uuid.UUID(tablet.device_id)), by=NOBODY, at=NOW)
        db.session.commit()


def at_the_same_moment(app: Flask, tablet: ModelTablet, operations: list[dict]) -> list[str]:
    """Push each operation from a thread of its own, all starting together; the raw receipts."""
    together, answers = threading.Barrier(len(operations)), []

    def push(frozen: dict) -> None:
        client = app.test_client()
        together.wait()
        answers.append(raw_receipts(tablet.push(frozen, client=client)))

    threads = [threading.Thread(target=push, args=(frozen,)) for frozen in operations]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == len(operations)
    return answers
