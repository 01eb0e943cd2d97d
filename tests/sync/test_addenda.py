"""A later fact to a visit: it stands beside what was signed, and waits for a visit that is not there yet."""

import sqlalchemy as sa
from flask import Flask

from app.core.db import db
from app.core.journal import JournalLine
from app.signatures.models import Statement
from app.signatures.queries import still_agrees
from app.sync.models import Decision
from app.visits.models import Addendum
from tests.builders import a_home, an_estate
from tests.sync.kept import a_visit, all_at_once, count, of_an_unknown_category, record_of
from tests.world import World


def added(app: Flask) -> list[tuple[str, str]]:
    with app.app_context():
        rows = db.session.scalars(sa.select(Addendum).order_by(Addendum.number))
        return [(row.text, row.receipt_number or "") for row in rows]


def test_an_addendum_gets_its_own_receipt_number_and_leaves_what_was_signed(app: Flask, world: World) -> None:
    visit = a_visit(world)
    note = world.tablet.an_addendum(world.estate_id, visit, "业主来电：厨房也渗水")

    _held, receipt = world.tablet.receipts(world.tablet.freeze(visit), world.tablet.freeze(note))

    assert (receipt["status"], receipt["number"][-4:]) == ("applied", "0002")
    assert added(app) == [("业主来电：厨房也渗水", receipt["number"])]
    assert record_of(world, receipt["op_id"])["of"] == visit["entity_id"]
    with app.app_context():
        kinds = db.session.scalars(sa.select(JournalLine.kind).where(JournalLine.kind == "visit:appended")).all()
        assert kinds == ["visit:appended"]
        assert still_agrees(db.session.scalars(sa.select(Statement)).one())


def test_an_addendum_that_comes_first_waits_and_is_entered_when_its_visit_comes(app: Flask, world: World) -> None:
    visit = a_visit(world)
    note = world.tablet.freeze(world.tablet.an_addendum(world.estate_id, visit))

    [waiting] = world.tablet.receipts(note)
    before = record_of(world, note["op_id"])
    world.tablet.receipts(world.tablet.freeze(visit))

    assert (waiting["status"], waiting["code"], waiting["version"]) == ("review", "visit:not_here", 0)
    assert (before["status"], before["entered"]) == ("review", False)
    after = record_of(world, note["op_id"])
    assert (after["status"], after["entered"], after["decided"]["outcome"]) == ("applied", True, "applied")
    assert len(added(app)) == 1
    assert world.tablet.receipts(note) == [waiting]


def test_a_visit_and_its_addendum_at_the_same_moment_lose_nothing(app: Flask, world: World) -> None:
    for _round in range(4):
        visit = a_visit(world)
        frozen = world.tablet.freeze(visit)
        notes = [world.tablet.freeze(world.tablet.an_addendum(world.estate_id, visit)) for _i in range(2)]

        answers = all_at_once(
            *(
                lambda sent=sent: world.tablet.push(sent, client=app.test_client()).status_code
                for sent in [frozen, *notes]
            )
        )

        assert answers == [200, 200, 200]
    assert count(app, Addendum) == 8


def test_an_addendum_to_a_refused_visit_waits_and_nothing_is_lost(app: Flask, world: World) -> None:
    visit = of_an_unknown_category(world)
    note = world.tablet.an_addendum(world.estate_id, visit)

    refused, waiting = world.tablet.receipts(world.tablet.freeze(visit), world.tablet.freeze(note))

    assert (refused["status"], waiting["status"]) == ("rejected", "review")
    assert count(app, Addendum) == count(app, Decision) == 0


def test_an_addendum_to_a_visit_of_another_estate_is_refused(app: Flask, world: World) -> None:
    visit = a_visit(world)
    world.tablet.receipts(world.tablet.freeze(visit))
    with app.app_context():
        other = an_estate()
        a_home(other)
        db.session.commit()
        other_id = other.id

    [receipt] = world.tablet.receipts(world.tablet.freeze(world.tablet.an_addendum(other_id, visit)))

    assert receipt["status"] == "rejected"
    assert added(app) == []
