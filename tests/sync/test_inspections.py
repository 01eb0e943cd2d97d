"""Inspections from tablets: an issue that nobody owns, once however often it comes, whatever became of its photos."""

from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from app.core import journal, waits
from app.core.blobs import Photo
from app.core.db import db
from app.core.journal import By
from app.estates.models import Building
from app.issues.models import Issue
from app.issues.moving import ACCEPT
from app.issues.rules import State
from app.sync.corrections import Corrections, unknown_categories
from app.sync.deciding import replay
from app.sync.models import Operation
from app.visits.messages import InspectionRecorded
from app.visits.models import Inspection
from tests.builders import NOW, a_home, an_estate
from tests.numbers import monthless
from tests.sync.kept import all_at_once, count, record_of, the_office_learns
from tests.world import World


def an_inspection(world: World, **wanted: Any) -> dict[str, Any]:
    return world.tablet.an_inspection(world.estate_id, **wanted)


def the_issue() -> Issue:
    return db.session.scalars(sa.select(Issue)).one()


@pytest.mark.clause("R03")
def test_what_was_noticed_becomes_an_issue_without_an_owner_at_its_department(app: Flask, world: World) -> None:
    noticed = an_inspection(world)

    [receipt] = world.tablet.receipts(world.tablet.freeze(noticed))

    assert (receipt["status"], receipt["missing"]) == ("applied", [])
    with app.app_context():
        issue, inspection = the_issue(), db.session.scalars(sa.select(Inspection)).one()
        assert (issue.unit_id, issue.visit_id, issue.owned) == (None, None, False)
        assert (issue.inspection_id, inspection.receipt_number) == (inspection.id, receipt["number"])
        assert issue.building == db.session.scalars(sa.select(Building)).one()
        assert (issue.where("zh"), issue.where_short("zh")) == ("3 栋 1 单元 · 2 层 · 电梯厅", "3-1 · 电梯厅")
        assert (issue.where("en"), issue.raised_by) == ("Building 3, Entrance 1 · Floor 2 · 电梯厅", "李敏")
        assert (monthless(issue.number), issue.state) == ("WT-0001", State.ROUTED)
        assert issue.department_id == world.department_id
        assert [wait.what for wait in waits.on(issue.id)] == [ACCEPT]
        assert [line.kind for line in journal.history(issue.id)] == ["issue:recorded", "issue:routed"]
        assert [line.kind for line in journal.history(inspection.id)] == ["inspection:recorded"]


def test_the_same_inspection_sent_twice_or_at_the_same_moment_happens_once(app: Flask, world: World) -> None:
    frozen = world.tablet.freeze(an_inspection(world))

    answers = all_at_once(*[lambda: world.tablet.push(frozen, client=app.test_client()).json["receipts"]] * 3)
    again = world.tablet.receipts(frozen)

    assert answers == [again] * 3
    assert (count(app, Inspection), count(app, Issue)) == (1, 1)


def test_several_of_a_round_are_taken_together(app: Flask, world: World) -> None:
    photo, frozen = world.tablet.a_photo(b"\xff\xd8 a loose tile " * 40)
    round_ = [an_inspection(world), an_inspection(world, photos=[photo]), an_inspection(world, category="other")]

    receipts = world.tablet.receipts(*map(world.tablet.freeze, round_))
    world.tablet.upload(photo["sealed"], frozen)

    assert [receipt["status"] for receipt in receipts] == ["applied"] * 3
    assert [receipt["missing"] for receipt in receipts] == [[], [photo["sealed"]], []]
    with app.app_context():
        states = sorted(issue.state.value for issue in db.session.scalars(sa.select(Issue)))
        assert states == ["reported", "routed", "routed"]
        assert len({issue.number for issue in db.session.scalars(sa.select(Issue))}) == 3


@pytest.mark.parametrize("photo_first", [True, False])
def test_it_is_complete_once_its_photo_is_here_whichever_comes_first(
    app: Flask, world: World, photo_first: bool
) -> None:
    photo, frozen = world.tablet.a_photo(b"\xff\xd8 a loose tile " * 40)
    noticed = world.tablet.freeze(an_inspection(world, photos=[photo]))

    if photo_first:
        world.tablet.upload(photo["sealed"], frozen)
    [receipt] = world.tablet.receipts(noticed)
    on_arrival = record_of(world, noticed["op_id"])
    if not photo_first:
        world.tablet.upload(photo["sealed"], frozen)

    told = record_of(world, noticed["op_id"])
    assert receipt["missing"] == ([] if photo_first else [photo["sealed"]])
    assert on_arrival["complete"] is photo_first
    assert (told["kind"], told["complete"], told["missing"], told["unit_id"]) == ("inspection", True, [], "")
    assert told["where"] == {"zh": "3 栋 1 单元 · 2 层 · 电梯厅", "en": "Building 3, Entrance 1 · Floor 2 · 电梯厅"}
    with app.app_context():
        kept = db.session.scalars(sa.select(Photo)).one()
        assert (kept.subject_type, kept.subject_id) == ("issue", the_issue().id)
        told_of = [line.kind for line in journal.history(the_issue().inspection_id)]
        assert told_of == ["inspection:recorded"] + ["inspection:complete"] * (not photo_first)


def test_it_is_no_document_of_any_unit_and_no_tablet_holds_its_issue(app: Flask, world: World) -> None:
    before, _page = world.tablet.pull_all()

    world.tablet.receipts(world.tablet.freeze(an_inspection(world)))

    after, _page = world.tablet.pull_all()
    assert {type_ for type_, _id in after.keys() - before.keys()} == {"record"}
    assert {key: doc for key, doc in after.items() if key in before} == before


def test_an_unknown_category_is_refused_in_words_and_entered_with_the_one_the_supervisor_chooses(
    app: Flask, world: World
) -> None:
    noticed = an_inspection(world, category="tiles")

    [receipt] = world.tablet.receipts(world.tablet.freeze(noticed))

    assert (receipt["status"], receipt["code"]) == ("rejected", "issue:category_unknown")
    assert receipt["reason"] == "本小区没有这个类别。"
    assert count(app, Inspection) == count(app, Issue) == count(app, Photo) == 0
    issue_id = noticed["body"]["issue_id"]
    with app.test_request_context():
        body = InspectionRecorded.model_validate(noticed["body"])
        [(unknown, choices)] = unknown_categories(body, world.estate_id).items()
        assert (str(unknown), {one.code for one in choices}) == (issue_id, {"leak", "other"})
        put_right = Corrections.model_validate({"categories": {issue_id: "leak"}})
        op_id = db.session.scalars(sa.select(Operation.op_id)).one()
        replay(op_id, after=0, by=By(), at=NOW, corrections=put_right)
        db.session.commit()
        assert (the_issue().category.code, the_issue().state) == ("leak", State.ROUTED)


def test_it_is_entered_as_it_was_once_the_office_knows_its_category(app: Flask, world: World) -> None:
    [receipt] = world.tablet.receipts(world.tablet.freeze(an_inspection(world, category="damp")))
    the_office_learns(app, world)

    with app.test_request_context():
        op_id = db.session.scalars(sa.select(Operation.op_id)).one()
        replay(op_id, after=0, by=By(), at=NOW)
        db.session.commit()

        assert receipt["status"] == "rejected"
        assert the_issue().category.code == "damp"


@pytest.mark.parametrize(
    ("where", "words"),
    [
        ({"place": "地下车库"}, "地下车库"),
        ({"building": "3"}, "3 栋"),
        ({"building": "3", "entrance": "1", "floor": -1}, "3 栋 1 单元 · -1 层"),
        # A building that goes by another name by now stays in the words of the place.
        ({"building": "99", "entrance": "2", "place": "楼梯间"}, "99 栋 2 单元 · 楼梯间"),
    ],
)
def test_any_place_will_do_and_none_of_its_words_is_lost(
    app: Flask, world: World, where: dict[str, Any], words: str
) -> None:
    [receipt] = world.tablet.receipts(world.tablet.freeze(an_inspection(world, where=where)))

    assert receipt["status"] == "applied"
    with app.app_context():
        inspection = db.session.scalars(sa.select(Inspection)).one()
        assert (inspection.where("zh"), the_issue().where("zh")) == (words, words)


@pytest.mark.parametrize("where", [{}, {"place": "  "}, {"entrance": "1", "floor": 2}])
def test_an_inspection_that_says_nowhere_is_refused_in_words(app: Flask, world: World, where: dict[str, Any]) -> None:
    [receipt] = world.tablet.receipts(world.tablet.freeze(an_inspection(world, where=where)))

    assert (receipt["status"], receipt["code"]) == ("rejected", "inspection:place_missing")
    assert "在哪里" in receipt["reason"]
    assert count(app, Inspection) == count(app, Issue) == 0


def test_an_inspection_of_another_estate_than_its_envelope_names_is_refused(app: Flask, world: World) -> None:
    with app.app_context():
        other = an_estate()
        a_home(other)
        db.session.commit()
        other_id = str(other.id)

    [receipt] = world.tablet.receipts(world.tablet.freeze(an_inspection(world, estate=other_id)))

    assert (receipt["status"], receipt["code"]) == ("rejected", "inspection:other_estate")
    assert count(app, Inspection) == 0


def test_an_issue_that_came_before_under_its_id_is_not_overwritten(app: Flask, world: World) -> None:
    first = an_inspection(world)
    second = an_inspection(world, issue_id=first["body"]["issue_id"], text="别的话")

    receipts = world.tablet.receipts(*map(world.tablet.freeze, (first, second)))

    assert [(receipt["status"], receipt.get("code")) for receipt in receipts] == [
        ("applied", None),
        ("rejected", "record:known"),
    ]
    with app.app_context():
        assert the_issue().text == "墙面瓷砖脱落"


def test_nobody_visits_by_inspecting(app: Flask, world: World) -> None:
    visit = world.tablet.a_visit(world.estate_id, world.unit_id, method="inspection")

    [receipt] = world.tablet.receipts(world.tablet.freeze(visit))

    assert (receipt["status"], receipt["code"]) == ("rejected", "operation:body_unreadable")
