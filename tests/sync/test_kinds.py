"""Older versions of an operation are brought to the newest one; what was held is taken up once it is known."""

import uuid

import pytest
import sqlalchemy as sa
from flask import Flask

from app.cli.take_up import take_up_whatever_can_be
from app.core.db import db
from app.core.journal import By
from app.sync.deciding import set_aside
from app.sync.documents import documents
from app.sync.kinds import KINDS
from app.sync.models import Decision, Operation
from app.sync.upcasters import UPCASTERS, Body, upcast
from app.visits.models import Attempt
from app.visits.rules import Outcome
from tests.builders import NOW
from tests.model_tablet import an_id
from tests.sync.kept import all_at_once, count, decided, record_of, revoke
from tests.visits.kept import an_attempt
from tests.world import World


def result_becomes_outcome(body: Body) -> Body:
    """An invented older version said `result` for `outcome`, and not how somebody tried."""
    renamed = {name: value for name, value in body.items() if name != "result"}
    return renamed | {"outcome": body["result"], "method": "door"}


def an_older_attempt(world: World, v: int = 0) -> dict:
    body = {
        "number": world.tablet.next_number(),
        "unit_id": str(world.unit_id),
        "task_ids": [],
        "result": "nobody_home",
        "note": "",
        "tried_at": "2026-11-23T06:32:00.000Z",
    }
    operation = {"kind": "attempt.record", "estate_id": str(world.estate_id), "entity_id": str(an_id()), "body": body}
    return world.tablet.freeze(operation | {"v": v})


def test_every_upcaster_leads_to_a_version_that_is_known() -> None:
    ends = {(kind, upcast_to(kind, v)) for kind, v in UPCASTERS}

    assert ends <= KINDS.keys()


def upcast_to(kind: str, v: int) -> int:
    while (kind, v) in UPCASTERS:
        v += 1
    return v


def test_an_older_body_is_brought_up_version_by_version(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(UPCASTERS, ("talk", 1), lambda body: body | {"second": True})
    monkeypatch.setitem(UPCASTERS, ("talk", 2), lambda body: body | {"third": body["second"]})

    assert upcast("talk", 1, {}) == (3, {"second": True, "third": True})
    assert upcast("talk", 3, {"as": "it is"}) == (3, {"as": "it is"})


def test_an_operation_of_an_older_version_is_applied(app: Flask, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(UPCASTERS, ("attempt.record", 0), result_becomes_outcome)

    [receipt] = world.tablet.receipts(an_older_attempt(world))

    assert receipt["status"] == "applied"
    assert count(app, Attempt) == 1


def test_an_attempt_of_a_tablet_that_knew_no_results_of_calls_is_applied(app: Flask, world: World) -> None:
    operation = an_attempt(world, outcome="no_answer", method="phone") | {"v": 1}

    [receipt] = world.tablet.receipts(world.tablet.freeze(operation))

    assert receipt["status"] == "applied"
    with app.app_context():
        attempt = db.session.scalars(sa.select(Attempt)).one()
        assert (attempt.outcome, attempt.again_at, attempt.called_id, attempt.left_note) == (
            Outcome.NO_ANSWER,
            None,
            None,
            False,
        )


def test_an_older_body_that_lacks_what_its_version_had_is_refused_in_words(
    app: Flask, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(UPCASTERS, ("attempt.record", 0), lambda body: {"outcome": body["never there"]})

    [receipt] = world.tablet.receipts(an_older_attempt(world))

    assert (receipt["status"], receipt["code"]) == ("rejected", "operation:body_unreadable")


def test_what_was_held_is_taken_up_once_however_many_processes_start(
    app: Flask, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = [an_older_attempt(world) for _i in range(3)]
    receipts = world.tablet.receipts(*held)
    assert {receipt["status"] for receipt in receipts} == {"held"}
    assert take_up_whatever_can_be(app) == 0
    monkeypatch.setitem(UPCASTERS, ("attempt.record", 0), result_becomes_outcome)

    taken = all_at_once(*[lambda: take_up_whatever_can_be(app)] * 3)

    assert sum(taken) == 3
    assert take_up_whatever_can_be(app) == 0
    assert count(app, Attempt) == count(app, Decision) == 3
    assert world.tablet.receipts(*held) == receipts
    assert record_of(world, held[0]["op_id"])["status"] == "applied"
    assert count(app, Operation) == 3


def test_what_was_held_and_is_then_refused_waits_for_a_person(
    app: Flask, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = an_older_attempt(world)
    world.tablet.receipts(held)
    monkeypatch.setitem(UPCASTERS, ("attempt.record", 0), lambda body: body | {"unit_id": str(uuid.uuid4())})

    assert take_up_whatever_can_be(app) == 1

    told = record_of(world, held["op_id"])
    assert (told["status"], told["decided"]["outcome"]) == ("rejected", "refused")
    assert told["decided"]["note"]
    assert take_up_whatever_can_be(app) == 0


def test_what_was_set_aside_unread_tells_nothing_new_when_a_newer_server_starts(
    app: Flask, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = an_older_attempt(world)
    world.tablet.receipts(held)
    decided(app, set_aside, held["op_id"], "试用", by=By())
    told = record_of(world, held["op_id"])
    monkeypatch.setitem(UPCASTERS, ("attempt.record", 0), result_becomes_outcome)

    assert take_up_whatever_can_be(app) == 0

    assert told["status"] == "set_aside"
    assert record_of(world, held["op_id"]) == told, "a document changed and no version with it"


def test_nor_does_what_a_withdrawn_tablet_sent_in_a_newer_apps_words(
    app: Flask, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    revoke(app, world)
    kept = an_older_attempt(world)
    assert world.tablet.receipts(kept)[0]["code"] == "device:revoked"
    op_id = uuid.UUID(kept["op_id"])
    with app.app_context():
        told = documents("record", [op_id], NOW)[op_id]
    monkeypatch.setitem(UPCASTERS, ("attempt.record", 0), result_becomes_outcome)

    assert take_up_whatever_can_be(app) == 0

    with app.app_context():
        assert documents("record", [op_id], NOW)[op_id] == told
    assert (told["status"], told["complete"]) == ("review", False)
