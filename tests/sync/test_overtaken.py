"""What commits later than something that began later is never passed by a tablet's cursor."""

import threading
from typing import Any

import sqlalchemy as sa
from flask import Flask

from app.core.db import db
from tests.sync.conftest import World
from tests.sync.machine.office import Office
from tests.sync.machine.road import PATIENCE, Slow, lets_others_write


def test_a_change_that_commits_late_is_not_passed(app: Flask, world: World) -> None:
    office, estate = Office(app, {}), str(world.estate_id)
    _all, before = world.tablet.pull_all()
    slow = Slow(lambda: office.open_home(estate))
    if lets_others_write(app):
        office.plan_visit(estate, 0, str(world.officer_id))

    meanwhile, last = world.tablet.pull_all(before["cursor"])
    slow.finish()
    afterwards, _last = world.tablet.pull_all(last["cursor"])

    assert [name[0] for name in meanwhile] == (["task"] if lets_others_write(app) else [])
    assert "unit" in {name[0] for name in afterwards}


def test_a_photo_that_completes_while_its_record_is_kept_is_not_said_to_be_missing(app: Flask, world: World) -> None:
    named, frozen = world.tablet.a_photo(b"\xff\xd8 one picture")
    entered, kept = (
        world.tablet.freeze(
            world.tablet.a_visit(
                world.estate_id, world.unit_id, issues=[world.tablet.an_issue(category=category, photos=[named])]
            )
        )
        for category in ("leak", "unheard of")
    )
    world.tablet.receipts(entered)
    slow = Slow(lambda: world.tablet.upload(named["sealed"], frozen))

    pushing, goes_on = pushed_beside(app, world, kept)
    if lets_others_write(app):
        assert goes_on.wait(PATIENCE), "the push neither ends nor waits for the photo"
    told, page = world.tablet.pull_all()
    slow.finish()
    pushing.join(PATIENCE)
    changed, _last = world.tablet.pull_all(page["cursor"])

    records = [change["doc"] for change in (told | changed).values() if change["type"] == "record"]
    assert {doc["op_id"]: doc["missing"] for doc in records} == {entered["op_id"]: [], kept["op_id"]: []}


def pushed_beside(app: Flask, world: World, frozen: dict[str, Any]) -> tuple[threading.Thread, threading.Event]:
    """A push in a thread of its own, and what is set as soon as it is through, or about to wait for its turn."""
    goes_on = threading.Event()

    def push() -> None:
        world.tablet.push(frozen, client=app.test_client())
        goes_on.set()

    def listen(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if "pg_advisory_xact_lock" in statement and threading.current_thread() is pushing:
            goes_on.set()

    pushing = threading.Thread(target=push)
    with app.app_context():
        sa.event.listen(db.engine, "before_cursor_execute", listen)
    pushing.start()
    return pushing, goes_on
