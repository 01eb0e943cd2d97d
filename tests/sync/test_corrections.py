"""A correction of an owner file from a tablet: it waits, and leaves the file as it is until the office decides."""

import uuid

import pytest
import sqlalchemy as sa
from flask import Flask

from app.core.db import db
from app.core.ids import new_id
from app.core.journal import By, JournalLine
from app.estates.corrections import accept, refuse
from app.estates.models import FileCorrection, Person, Unit
from app.estates.owner_file import Hand, member_joins
from tests.builders import NOBODY, NOW, TODAY, a_home, an_estate
from tests.sync.kept import all_at_once, count, record_of
from tests.world import World


def the_owner(app: Flask, world: World) -> str:
    with app.app_context():
        return str(db.session.get_one(Unit, world.unit_id).ownerships[0].person_id)


def a_correction(app: Flask, world: World, **wanted: object) -> dict[str, object]:
    said = {"person_id": the_owner(app, world), "base": {"phone": "13812346021"}} | wanted
    return world.tablet.a_correction(world.estate_id, world.unit_id, "phone", {"phone": "13900001111"}, **said)


def unit_doc(world: World) -> dict[str, object]:
    changes, _page = world.tablet.pull_all()
    return dict(changes["unit", str(world.unit_id)]["doc"])


def test_a_correction_gets_a_receipt_number_and_waits_beside_the_old_value(app: Flask, world: World) -> None:
    noted = a_correction(app, world)

    [receipt] = world.tablet.receipts(world.tablet.freeze(noted))

    assert (receipt["status"], receipt["number"][:3]) == ("applied", "HF-")
    doc = unit_doc(world)
    assert doc["people"][0]["phone"] == "13812346021"
    assert doc["corrections"] == [
        {
            "id": noted["entity_id"],
            "about": "phone",
            "person": noted["body"]["person_id"],
            "value": {"phone": "13900001111"},
            "by": "李敏",
            "at": "2026-11-23T08:20:00.000Z",
        }
    ]
    record = record_of(world, receipt["op_id"])
    assert (record["kind"], record["correction"]) == ("correction", {"about": "phone", "state": "waiting"})


def test_the_journal_names_the_field_and_never_the_value(app: Flask, world: World) -> None:
    noted = a_correction(app, world)
    world.tablet.receipts(world.tablet.freeze(noted))

    with app.app_context():
        line = db.session.scalars(sa.select(JournalLine).where(JournalLine.kind == "correction:noted")).one()

    assert line.data == {"unit": str(world.unit_id), "field": "phone", "person": noted["body"]["person_id"]}
    assert line.subject_id == uuid.UUID(str(noted["entity_id"]))


@pytest.mark.parametrize("decision", ["accepted", "refused"])
def test_the_decision_reaches_the_record_and_clears_the_unit_card(app: Flask, world: World, decision: str) -> None:
    noted = a_correction(app, world)
    [receipt] = world.tablet.receipts(world.tablet.freeze(noted))

    with app.app_context():
        kept = db.session.get_one(FileCorrection, uuid.UUID(str(noted["entity_id"])))
        hand = Hand(By(staff_id=world.officer_id), NOW, TODAY)
        accept(kept, kept.value, hand) if decision == "accepted" else refuse(kept, "原号码有效", hand)
        db.session.commit()

    doc = unit_doc(world)
    assert "corrections" not in doc
    assert doc["people"][0]["phone"] == ("13900001111" if decision == "accepted" else "13812346021")
    said = record_of(world, receipt["op_id"])["correction"]
    assert (said["state"], said["by"], said["reason"]) == (
        decision,
        "李敏",
        "" if decision == "accepted" else "原号码有效",
    )


def test_the_same_correction_again_happens_once(app: Flask, world: World) -> None:
    frozen = world.tablet.freeze(a_correction(app, world))

    first, again = world.tablet.receipts(frozen), world.tablet.receipts(frozen)

    assert first == again
    assert count(app, FileCorrection) == 1


def test_corrections_and_visits_in_one_push_are_all_taken(app: Flask, world: World) -> None:
    visit = world.tablet.a_visit(world.estate_id, world.unit_id)
    notes = [a_correction(app, world) for _n in range(3)]

    receipts = world.tablet.receipts(*map(world.tablet.freeze, [visit, *notes]))

    assert [receipt["status"] for receipt in receipts] == ["applied"] * 4
    assert len({receipt["number"] for receipt in receipts}) == 4


def test_corrections_at_the_same_moment_lose_nothing(app: Flask, world: World) -> None:
    sent = [world.tablet.freeze(a_correction(app, world)) for _n in range(4)]

    answers = all_at_once(
        *(lambda one=one: world.tablet.push(one, client=app.test_client()).status_code for one in sent)
    )

    assert answers == [200] * 4
    assert count(app, FileCorrection) == 4


@pytest.mark.parametrize(
    "broken",
    [
        {"person_id": None},
        {"about": "occupancy"},
        {"value": {"telephone": "1"}},
        {"value": {"phone": "1" * 500}},
        {"about": "shoe_size"},
    ],
)
def test_what_does_not_hold_together_is_kept_and_changes_nothing(
    app: Flask, world: World, broken: dict[str, object]
) -> None:
    noted = a_correction(app, world)
    noted["body"] = {name: value for name, value in (noted["body"] | broken).items() if value is not None}

    [receipt] = world.tablet.receipts(world.tablet.freeze(noted))

    assert (receipt["status"], receipt["code"]) == ("rejected", "operation:body_unreadable")
    assert count(app, FileCorrection) == 0


def test_a_correction_about_another_estates_person_is_refused(app: Flask, world: World) -> None:
    with app.app_context():
        stranger = str(a_home(an_estate()).ownerships[0].person_id)
        db.session.commit()

    [receipt] = world.tablet.receipts(world.tablet.freeze(a_correction(app, world, person_id=stranger)))

    assert (receipt["status"], receipt["code"]) == ("rejected", "person:unknown")


def test_a_correction_about_somebody_who_sold_meanwhile_is_still_taken(app: Flask, world: World) -> None:
    noted = a_correction(app, world)
    with app.app_context():
        db.session.get_one(Unit, world.unit_id).ownerships[0].until = TODAY
        db.session.commit()

    [receipt] = world.tablet.receipts(world.tablet.freeze(noted))

    assert receipt["status"] == "applied"


def test_a_tablet_learns_of_household_plates_and_times_but_of_no_identity(app: Flask, world: World) -> None:
    with app.app_context():
        unit = db.session.get_one(Unit, world.unit_id)
        unit.plates, unit.preferred_contact = ["浙A12345"], "晚上七点后"
        owner = db.session.get_one(Person, unit.ownerships[0].person_id)
        owner.id_last4, owner.sex, owner.emergency_phone = "602X", "male", "13700009999"
        member_joins(unit, new_id(), "陈小宝", "儿子", "13700008888", Hand(NOBODY, NOW, TODAY))
        db.session.commit()

    doc = unit_doc(world)

    assert (doc["plates"], doc["preferred_contact"]) == (["浙A12345"], "晚上七点后")
    assert doc["household"] == [{"name": "陈小宝", "relation": "儿子"}]
    assert not [words for words in ("602X", "male", "13700009999", "13700008888") if words in str(doc)]
