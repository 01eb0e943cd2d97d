"""Whatever comes up gets its receipt: in its author's language, and without holding up what comes behind it."""

import base64
import json
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from app.agenda.models import Task
from app.core.clock import isoformat
from app.core.db import db
from app.core.ids import new_id
from app.people.models import Device, Staff, StaffRole
from app.people.rules import Role
from app.signatures.rules import canonical, sha256_hex
from app.sync.keys import freeze
from app.sync.models import Operation
from app.visits.models import Visit
from tests.builders import TODAY, a_home, a_staff, an_enrol_code, an_estate
from tests.model_tablet import ModelTablet
from tests.world import World

Json = dict[str, Any]


def stored(app: Flask, receipt: Json) -> Operation:
    with app.app_context():
        return db.session.get_one(Operation, uuid.UUID(receipt["op_id"]))


def a_visit(world: World, **wanted: Any) -> Json:
    return world.tablet.a_visit(world.estate_id, world.unit_id, **wanted)


# --- whatever it is, the others get through ---


def with_body(**changes: Any) -> Callable[[World], Json]:
    """A frozen visit whose body was changed after it was worded."""

    def make(world: World) -> Json:
        visit = a_visit(world)
        return world.tablet.freeze(visit | {"body": visit["body"] | changes})

    return make


def with_text(**changes: Any) -> Callable[[World], Json]:
    """A frozen visit with other fields beside its body."""
    return lambda world: world.tablet.freeze(a_visit(world) | changes)


def frozen_as(content: Callable[[bytes], bytes], typ: str = "doorstep-op") -> Callable[[World], Json]:
    """An envelope in good order around other bytes."""

    def make(world: World) -> Json:
        sent = world.tablet.freeze(a_visit(world))
        text = {"op_id": sent["op_id"], "op_seq": sent["op_seq"]}
        jwe = freeze(content(canonical(text)), typ, world.tablet.enrolled["server_key"])
        return sent | {"jwe": jwe, "digest": sha256_hex(jwe.encode())}

    return make


def rewritten(change: Callable[[str], str]) -> Callable[[World], Json]:
    """A visit whose sealed bytes were changed, with the digest to go with them."""

    def make(world: World) -> Json:
        sent = world.tablet.freeze(a_visit(world))
        jwe = change(sent["jwe"])
        return sent | {"jwe": jwe, "digest": sha256_hex(jwe.encode())}

    return make


def with_header(**changes: Any) -> Callable[[str], str]:
    def change(jwe: str) -> str:
        header, rest = jwe.split(".", 1)
        said = json.loads(base64.urlsafe_b64decode(header + "==")) | changes
        return base64.urlsafe_b64encode(json.dumps(said).encode()).decode().rstrip("=") + "." + rest

    return change


REFUSED: dict[str, tuple[Callable[[World], Json], str]] = {
    "another id inside": (with_text(op_id=None), "operation:envelope_differs"),
    "not JSON": (frozen_as(lambda _text: b"<xml/>"), "operation:unreadable"),
    "not text": (frozen_as(lambda _text: b"\xff\xfe"), "operation:unreadable"),
    "nothing": (frozen_as(lambda _text: b""), "operation:unreadable"),
    "half of it": (frozen_as(lambda text: text[:10]), "operation:unreadable"),
    "as deep as a well": (frozen_as(lambda _text: b'{"body":' + b"[" * 60_000), "operation:unreadable"),
    "a photo": (frozen_as(lambda text: text, "doorstep-blob"), "operation:unreadable"),
    "no envelope": (rewritten(lambda _jwe: "nonsense"), "operation:unreadable"),
    "an empty envelope": (rewritten(lambda _jwe: ""), "operation:unreadable"),
    "dots": (rewritten(lambda _jwe: "...."), "operation:unreadable"),
    "another key": (rewritten(with_header(kid="lost")), "operation:unreadable"),
    "another way to seal": (rewritten(with_header(alg="dir")), "operation:unreadable"),
    "packed": (rewritten(with_header(zip="DEF")), "operation:unreadable"),
    "a changed letter": (rewritten(lambda jwe: jwe[:-30] + "AAAA" + jwe[-26:]), "operation:unreadable"),
    "a field too many": (with_text(surprise=1), "operation:unreadable"),
    "no time zone": (with_text(at="2026-11-23T06:47:01"), "operation:unreadable"),
    "a version too large": (with_text(v=2**31), "operation:unreadable"),
    "an author of nowhere": (with_text(author=str(uuid.uuid4())), "operation:author_unknown"),
    "an estate of nowhere": (with_text(estate_id=str(uuid.uuid4())), "operation:not_your_estate"),
    "a unit of nowhere": (with_body(unit_id=str(uuid.uuid4())), "unit:unknown"),
    "no rating": (with_body(rating=None), "operation:body_unreadable"),
    "a rating nobody knows": (with_body(rating="splendid"), "operation:body_unreadable"),
    "a number as long as a street": (with_body(number="T01-" + "1" * 40), "operation:body_unreadable"),
    "no time zone in the visit": (with_body(started_at="2026-11-23T06:32:00"), "operation:body_unreadable"),
    "before time began": (with_body(ended_at="0001-01-01T00:00:00+14:00"), "operation:body_unreadable"),
    "after time ends": (with_body(ended_at="9999-12-31T23:59:59-12:00"), "operation:body_unreadable"),
    "a field too many in the body": (with_body(surprise=1), "operation:body_unreadable"),
    "no body": (with_text(body={}), "operation:body_unreadable"),
    "no statement": (with_body(statement=""), "statement:unreadable"),
    "no signatures": (with_body(signatures=[]), "signature:officer_missing"),
    "a signature that is a stone": (with_body(signatures=[{"stone": True}]), "signature:unreadable"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_whatever_comes_is_kept_with_its_reason_and_those_beside_it_get_through(
    app: Flask, world: World, what: str
) -> None:
    make, code = REFUSED[what]
    before, bad, after = world.tablet.freeze(a_visit(world)), make(world), world.tablet.freeze(a_visit(world))
    if what == "another id inside":
        bad |= {"op_id": str(new_id())}

    first, refused, last = world.tablet.receipts(before, bad, after)

    assert (first["status"], last["status"]) == ("applied", "applied")
    assert (refused["status"], refused.get("code")) == ("rejected", code)
    assert (refused["op_id"], refused["digest"], refused["version"]) == (bad["op_id"], bad["digest"], 0)
    assert refused["reason"]
    assert stored(app, refused).frozen == bad["jwe"].encode()
    assert world.tablet.receipts(bad) == [refused]


def test_what_no_database_can_keep_does_not_hold_up_the_others(app: Flask, world: World) -> None:
    """PostgreSQL keeps no NUL in a text; SQLite does. Either way everybody gets a receipt."""
    odd = world.tablet.freeze(a_visit(world, wishes="\x00"))
    good = world.tablet.freeze(a_visit(world))

    first, second = world.tablet.receipts(odd, good)

    assert first["status"] in ("applied", "rejected")
    assert second["status"] == "applied"
    with app.app_context():
        assert world.tablet.pull_all()


def test_nor_does_a_kind_that_no_database_can_keep(world: World) -> None:
    odd, good = world.tablet.freeze(a_visit(world) | {"kind": "visit\x00"}), world.tablet.freeze(a_visit(world))

    receipts = world.tablet.receipts(odd, good)

    assert [receipt["status"] for receipt in receipts] == ["held", "applied"]
    assert world.tablet.receipts(odd, good) == receipts


@pytest.mark.parametrize("what", ["a hundred and one", "an id that is none", "a negative number", "a digest too short"])
def test_a_push_that_does_not_fit_is_refused_whole_and_nothing_is_kept(app: Flask, world: World, what: str) -> None:
    sent = world.tablet.freeze(a_visit(world))
    operations = {
        "a hundred and one": [sent] * 101,
        "an id that is none": [sent | {"op_id": "none"}],
        "a negative number": [sent | {"op_seq": -1}],
        "a digest too short": [sent | {"digest": "abc"}],
    }[what]

    answer = world.tablet.push(*operations)

    assert (answer.status_code, answer.json["code"]) == (400, "message:unreadable")
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Operation)) == 0


def test_a_hundred_come_at_once_and_the_receipts_stand_in_the_same_order(app: Flask, world: World) -> None:
    operations = [world.tablet.freeze(a_visit(world)) for _i in range(100)]

    receipts = world.tablet.receipts(*operations)

    assert [receipt["op_id"] for receipt in receipts] == [sent["op_id"] for sent in operations]
    assert [int(receipt["number"][-4:]) for receipt in receipts] == list(range(1, 101))


def test_the_same_operation_twice_in_one_push_happens_once(app: Flask, world: World) -> None:
    sent = world.tablet.freeze(a_visit(world))

    first, second = world.tablet.receipts(sent, sent)

    assert first == second
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Visit)) == 1


def test_an_empty_push_tells_how_the_tablet_fares(app: Flask, world: World) -> None:
    ahead = datetime.now(UTC) + timedelta(hours=1)
    message = {
        "device_time": isoformat(ahead),
        "app_version": "1.2.3",
        "unsent": {"count": 4, "oldest_at": "2026-11-20T06:00:00.000Z"},
        "storage": {"persisted": False, "usage": 10, "quota": 100},
        "operations": [],
    }

    answer = world.tablet.client.post("/sync/push", json=message, headers=world.tablet._sends())

    assert answer.json["receipts"] == []
    with app.app_context():
        device = db.session.scalars(sa.select(Device)).one()
        assert device.app_version == "1.2.3"
        assert device.last_seen_at is not None
        told = device.reported
        assert (told["unsent"], told["oldest_at"], told["persisted"]) == (4, "2026-11-20T06:00:00.000Z", False)
        assert abs(told["clock_ahead_ms"] - 3_600_000) < 60_000


@pytest.mark.parametrize("hours", [-24 * 365 * 30, -1, 0, 1, 24 * 365 * 30])
def test_the_offset_of_a_tablets_clock_is_kept_beside_what_it_says(app: Flask, world: World, hours: int) -> None:
    device_time = datetime.now(UTC) + timedelta(hours=hours)
    message = {
        "device_time": isoformat(device_time),
        "app_version": "model",
        "unsent": {"count": 1},
        "storage": {"persisted": True, "usage": 0, "quota": 0},
        "operations": [world.tablet.freeze(a_visit(world))],
    }

    answer = world.tablet.client.post("/sync/push", json=message, headers=world.tablet._sends())

    [receipt] = answer.json["receipts"]
    assert receipt["status"] == "applied"
    assert abs(stored(app, receipt).clock_offset_ms - hours * 3_600_000) < 60_000


@pytest.mark.parametrize("device_time", ["2026-11-23T06:47:01", "yesterday", "0001-01-01T00:00:00+14:00"])
def test_a_clock_that_says_nothing_is_refused_in_words(world: World, device_time: str) -> None:
    message = {"device_time": device_time, "app_version": "model", "unsent": {"count": 0}, "operations": []}
    message["storage"] = {"persisted": True, "usage": 0, "quota": 0}

    answer = world.tablet.client.post("/sync/push", json=message, headers=world.tablet._sends())

    assert (answer.status_code, answer.json["code"]) == (400, "message:unreadable")


# --- whose work it is ---


def test_an_officer_of_another_estate_cannot_write_here(app: Flask, world: World, client: FlaskClient) -> None:
    with app.app_context():
        stranger_code = an_enrol_code(a_staff(an_estate(), Role.OFFICER))
        db.session.commit()
    stranger = ModelTablet(client, stranger_code)

    [receipt] = stranger.receipts(stranger.freeze(stranger.a_visit(world.estate_id, world.unit_id)))

    assert (receipt["status"], receipt["code"]) == ("rejected", "operation:not_your_estate")
    assert stored(app, receipt).frozen
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Visit)) == 0


def test_the_estate_in_an_operation_is_the_one_its_unit_stands_in(app: Flask, world: World) -> None:
    with app.app_context():
        other = an_estate()
        elsewhere = a_home(other).id
        db.session.add(StaffRole(staff_id=world.officer_id, estate_id=other.id, role=Role.OFFICER, since=TODAY))
        db.session.commit()

    [receipt] = world.tablet.receipts(world.tablet.freeze(world.tablet.a_visit(world.estate_id, elsewhere)))

    assert (receipt["status"], receipt["code"]) == ("rejected", "unit:unknown")


def test_work_of_an_officer_whose_time_here_is_over_is_entered_and_looked_at(app: Flask, world: World) -> None:
    with app.app_context():
        role = db.session.scalars(sa.select(StaffRole).where(StaffRole.staff_id == world.officer_id)).one()
        role.until = TODAY - timedelta(days=30)
        db.session.commit()

    [receipt] = world.tablet.receipts(world.tablet.freeze(a_visit(world, task_ids=[str(world.task_id)])))

    assert (receipt["status"], receipt["code"]) == ("review", "visit:worked_here_no_more")
    with app.app_context():
        assert db.session.get_one(Task, world.task_id).visit_id is not None


# --- in whose language ---


@pytest.mark.parametrize(("locale", "word"), [("en", "part"), ("zh", "办公室")])
def test_a_refusal_is_told_in_its_authors_language_whatever_the_browser_says(
    app: Flask, world: World, locale: str, word: str
) -> None:
    speak(app, world, locale)
    visit = a_visit(world)
    del visit["body"]["rating"]

    answer = world.tablet.push(world.tablet.freeze(visit), **{"Accept-Language": "zh" if locale == "en" else "en"})

    [receipt] = answer.json["receipts"]
    assert receipt["code"] == "operation:body_unreadable"
    assert word in receipt["reason"]


@pytest.mark.parametrize("locale", ["en", "zh"])
def test_so_is_why_somebody_must_look_at_it(app: Flask, world: World, locale: str) -> None:
    speak(app, world, locale)
    [unknown] = world.tablet.receipts(world.tablet.freeze(a_visit(world) | {"kind": "visit.sing"}))
    [moved_on] = world.tablet.receipts(world.tablet.freeze(a_visit(world, task_ids=[str(new_id())])))

    assert [unknown["status"], moved_on["status"]] == ["held", "review"]
    for receipt in (unknown, moved_on):
        assert receipt["reason"].startswith("The office has it" if locale == "en" else "办公室")


@pytest.mark.parametrize("locale", ["en", "zh"])
def test_so_is_that_another_record_has_this_id(app: Flask, world: World, locale: str) -> None:
    speak(app, world, locale)
    op_id = str(new_id())
    good, other = (world.tablet.freeze(a_visit(world, wishes=wish) | {"op_id": op_id}) for wish in ("", "另一份"))
    world.tablet.receipts(good)

    [refused] = world.tablet.receipts(other)

    assert refused["code"] == "operation:digest_differs"
    assert refused["reason"].startswith("The office has another" if locale == "en" else "办公室已有")


def speak(app: Flask, world: World, locale: str) -> None:
    with app.app_context():
        db.session.get_one(Staff, world.officer_id).locale = locale
        db.session.commit()
