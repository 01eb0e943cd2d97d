"""Of what waits at the office the journal tells when it was: nobody opens each record again to know."""

import uuid
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import partial

import pytest
import sqlalchemy as sa
from flask import Flask

from app.cli.take_up import take_up_whatever_can_be
from app.core.db import db
from app.sync import keeping, kept, opening
from app.sync.contents import contents_of
from app.sync.deciding import set_aside, take_note
from app.sync.keys import open_frozen
from app.sync.models import Operation
from app.sync.rules import APPLIED
from app.sync.upcasters import UPCASTERS
from tests.sync.kept import a_visit, decided, of_an_unknown_category, revoke
from tests.sync.test_kinds import an_older_attempt, result_becomes_outcome
from tests.sync.test_receipts import REFUSED, frozen_as, with_body
from tests.world import World

SAVED = datetime(2026, 11, 23, 6, 47, 1, tzinfo=UTC)
"""When a model tablet saved a visit."""


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The envelopes that were opened until now."""
    seen: list[str] = []

    def and_note(frozen: str, typ: str) -> bytes:
        seen.append(frozen)
        return open_frozen(frozen, typ)

    monkeypatch.setattr(opening, "open_frozen", and_note)
    return seen


def not_entered(app: Flask, world: World) -> list[str]:
    with app.app_context():
        return in_order(kept.not_entered(world.estate_id))


def in_order(moments: Iterable[datetime | None]) -> list[str]:
    return sorted(str(at and at.astimezone(UTC)) for at in moments)


def opened_one_by_one(app: Flask) -> list[str]:
    """When all that was not applied was, each opened again to know."""
    with app.app_context():
        found = db.session.scalars(sa.select(Operation).where(Operation.status != APPLIED))
        return in_order(contents_of(operation).took_place_at for operation in found)


def test_of_whatever_could_be_read_it_is_known_without_opening_anything(
    app: Flask, world: World, opened: list[str]
) -> None:
    note_first = world.tablet.an_addendum(world.estate_id, a_visit(world))
    attempt = {"kind": "attempt.record", "entity_id": str(uuid.uuid4()), "estate_id": str(world.estate_id)}
    attempt |= {"body": {"tried_at": "2026-09-01T06:00:00.000Z"}}
    world.tablet.receipts(*[world.tablet.freeze(each) for each in (of_an_unknown_category(world), note_first, attempt)])
    revoke(app, world)
    world.tablet.receipts(world.tablet.freeze(a_visit(world, started_at="2026-10-01T06:32:00.000Z")))
    told = opened_one_by_one(app)
    opened.clear()

    assert not_entered(app, world) == told
    assert [at[:10] for at in told] == ["2026-09-01", "2026-10-01", "2026-11-23", "2026-11-23"]
    assert opened == []


def test_whatever_comes_the_journal_tells_of_it_what_its_opened_bytes_do(app: Flask, world: World) -> None:
    sent = {what: make(world) for what, (make, _code) in REFUSED.items()}
    sent["another id inside"] |= {"op_id": str(uuid.uuid4())}
    receipts = world.tablet.receipts(*sent.values())

    told = not_entered(app, world)

    assert {receipt["status"] for receipt in receipts} == {"rejected"}
    assert told == opened_one_by_one(app)
    assert 0 < told.count("None") < len(told) == len(REFUSED)


def test_only_what_nobody_could_read_is_opened_again(app: Flask, world: World, opened: list[str]) -> None:
    unread = frozen_as(lambda text: text[:10])(world)
    world.tablet.receipts(unread, world.tablet.freeze(of_an_unknown_category(world)))
    opened.clear()

    assert not_entered(app, world) == ["2026-11-23 06:32:00+00:00", "None"]
    assert opened == [unread["jwe"]]


def test_what_came_to_a_server_that_did_not_write_it_down_yet_counts_as_well(
    app: Flask, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as before:
        before.setattr(keeping, "took_place", lambda _at: {})
        for _each in range(2):
            world.tablet.receipts(world.tablet.freeze(of_an_unknown_category(world)))
    world.tablet.receipts(world.tablet.freeze(of_an_unknown_category(world)))

    assert not_entered(app, world) == ["2026-11-23 06:32:00+00:00"] * 3


def test_what_only_a_newer_server_can_read_is_read_by_that_one(
    app: Flask, world: World, monkeypatch: pytest.MonkeyPatch, opened: list[str]
) -> None:
    world.tablet.receipts(an_older_attempt(world))
    opened.clear()
    held = not_entered(app, world)
    opened_while_held = len(opened)
    monkeypatch.setitem(UPCASTERS, ("attempt.record", 0), lambda body: result_becomes_outcome(body) | {"unit_id": "?"})
    assert take_up_whatever_can_be(app) == 1
    opened.clear()

    assert not_entered(app, world) == held == ["2026-11-23 06:32:00+00:00"]
    assert (opened_while_held, opened) == (1, [])


def test_what_somebody_decided_about_does_not_wait_any_more(app: Flask, world: World) -> None:
    sent = [world.tablet.freeze(of_an_unknown_category(world)) for _each in range(3)]
    world.tablet.receipts(*sent)
    decided(app, partial(set_aside, reason="试用"), sent[0]["op_id"])
    decided(app, partial(take_note, note="已电话说明"), sent[1]["op_id"])

    assert len(not_entered(app, world)) == 1


@pytest.mark.parametrize("said", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "2026-11-23T06:32:00"])
def test_a_moment_that_no_calendar_holds_gives_way_to_when_it_was_saved(app: Flask, world: World, said: str) -> None:
    world.tablet.receipts(with_body(started_at=said)(world))

    assert not_entered(app, world) == [str(SAVED)]
