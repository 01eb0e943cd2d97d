"""The briefing on its way: its documents with their days, and what officers say they have read."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from app.core.db import db
from app.core.ids import new_id
from app.core.journal import JournalLine
from app.estates.models import Building, Estate, Unit
from app.visits.briefed import read_by, told_at
from app.visits.briefing import Line, edit_item, end_item
from app.visits.models import BriefingItem, BriefingMark, BriefingReading, Visit
from app.visits.rules import BriefingKind
from tests.builders import NOBODY, NOW, TODAY, a_company, a_line, an_estate, fetch
from tests.sync.kept import all_at_once, count, record_of
from tests.world import World


def written(app: Flask, world: World, text: str = "夜间巡逻增至每 2 小时一次", **wanted: Any) -> str:
    with app.app_context():
        item = a_line(db.session.get_one(Estate, world.estate_id), text, **wanted)
        db.session.commit()
        return str(item.id)


def anew(app: Flask, item_id: str, text: str, after: int = 1) -> None:
    with app.app_context():
        item = fetch(BriefingItem, item_id)
        edit_item(item, Line(text, TODAY), after=after, event_id=new_id(), by=NOBODY, at=NOW)
        db.session.commit()


def told(world: World) -> dict[str, Any]:
    changes, _page = world.tablet.pull_all()
    return {id_: change["doc"] for (type_, id_), change in changes.items() if type_ == "briefing"}


def marks(app: Flask, item_id: str) -> list[tuple[int, str]]:
    with app.app_context():
        found = sa.select(BriefingMark).order_by(BriefingMark.version, BriefingMark.id)
        return [
            (mark.version, str(mark.staff_id)) for mark in db.session.scalars(found) if str(mark.item_id) == item_id
        ]


@pytest.mark.clause("R06")
def test_a_line_tells_what_where_and_on_which_days(app: Flask, world: World) -> None:
    with app.app_context():
        building_id = db.session.scalars(sa.select(Building.id)).one()
    last = TODAY + timedelta(days=7)
    everywhere = written(app, world, text_en="Patrols come every 2 hours")
    there = written(app, world, kind=BriefingKind.MEASURES, building_ids=frozenset({building_id}), valid_until=last)

    docs = told(world)

    assert docs[everywhere] == {
        "kind": "work",
        "version": 1,
        "text": {"zh": "夜间巡逻增至每 2 小时一次", "en": "Patrols come every 2 hours"},
        "buildings": [],
        "valid_from": "2026-11-23",
    }
    assert (docs[there]["buildings"], docs[there]["valid_until"]) == (["3"], "2026-11-30")


def test_a_line_that_is_coming_or_over_is_on_the_tablet_too_which_shows_it_by_its_own_calendar(
    app: Flask, world: World
) -> None:
    coming = written(app, world, valid_from=TODAY + timedelta(days=40))
    over = written(app, world, valid_from=TODAY - timedelta(days=9), valid_until=TODAY - timedelta(days=2))

    assert set(told(world)) == {coming, over}


@pytest.mark.clause("R05")
def test_a_fact_about_a_company_owner_names_the_owner(app: Flask, world: World) -> None:
    with app.app_context():
        estate = db.session.get_one(Estate, world.estate_id)
        home = fetch_home(world)
        company_id = a_company(home).id
        item_id = str(a_line(estate, "员工宿舍", kind=BriefingKind.FACTS, owner_id=company_id).id)
        db.session.commit()

    assert (told(world)[item_id]["owner"], told(world)[item_id]["kind"]) == (str(company_id), "facts")


def fetch_home(world: World) -> Any:
    return db.session.get_one(Unit, world.unit_id)


def test_written_anew_it_comes_again_and_ended_it_goes(app: Flask, world: World) -> None:
    item_id = written(app, world)
    _changes, page = world.tablet.pull_all()

    anew(app, item_id, "每小时巡逻一次")
    changes, page = world.tablet.pull_all(page["cursor"])
    with app.app_context():
        end_item(fetch(BriefingItem, item_id), after=2, event_id=new_id(), by=NOBODY, at=NOW)
        db.session.commit()
    later, _page = world.tablet.pull_all(page["cursor"])

    assert changes["briefing", item_id]["doc"]["version"] == 2
    assert changes["estate", str(world.estate_id)]["doc"]["news"][0]["zh"] == "每小时巡逻一次", "for older apps"
    assert later["briefing", item_id]["gone"]
    assert later["estate", str(world.estate_id)]["doc"]["news"] == []


@pytest.mark.clause("R05", "R06")
def test_what_an_officer_has_read_is_a_mark_at_the_office_and_on_each_of_their_tablets(
    app: Flask, world: World
) -> None:
    first, second = written(app, world, "一"), written(app, world, "二")
    anew(app, second, "二，改过")

    reading = world.tablet.freeze(world.tablet.a_reading(world.estate_id, (first, 1), (second, 2)))
    [receipt] = world.tablet.receipts(reading)

    assert (receipt["status"], "number" in receipt) == ("applied", False)
    assert (marks(app, first), marks(app, second)) == ([(1, str(world.officer_id))], [(2, str(world.officer_id))])
    record = record_of(world, receipt["op_id"])
    assert (record["kind"], record["status"], record["complete"]) == ("briefing", "applied", True)
    assert {(read["id"], read["version"]) for read in record["read"]} == {(first, 1), (second, 2)}
    with app.app_context():
        line = db.session.scalars(sa.select(JournalLine).where(JournalLine.kind == "briefing:read")).one()
        assert line.staff_id == world.officer_id


def test_a_reading_sent_again_or_said_again_leaves_one_mark(app: Flask, world: World) -> None:
    item_id = written(app, world)
    reading = world.tablet.freeze(world.tablet.a_reading(world.estate_id, (item_id, 1), (item_id, 1)))

    first, again = world.tablet.receipts(reading), world.tablet.receipts(reading)
    another = world.tablet.freeze(world.tablet.a_reading(world.estate_id, (item_id, 1)))
    [said_again] = world.tablet.receipts(another)

    assert (first, said_again["status"]) == (again, "applied")
    assert marks(app, item_id) == [(1, str(world.officer_id))]
    assert count(app, BriefingReading) == 2


def test_two_readings_in_one_group_or_at_one_moment_leave_one_mark(app: Flask, world: World) -> None:
    items = [written(app, world, text) for text in ("一", "二", "三")]
    readings = [
        world.tablet.freeze(world.tablet.a_reading(world.estate_id, *((item_id, 1) for item_id in items)))
        for _i in range(6)
    ]

    receipts = world.tablet.receipts(*readings[:2])
    answers = all_at_once(
        *(lambda sent=sent: world.tablet.push(sent, client=app.test_client()).json for sent in readings[2:])
    )

    statuses = [receipt["status"] for answer in answers for receipt in answer["receipts"]]
    assert {receipt["status"] for receipt in receipts} | set(statuses) == {"applied"}
    assert [marks(app, item_id) for item_id in items] == [[(1, str(world.officer_id))]] * 3


def test_a_late_reading_of_what_was_written_anew_or_ended_meanwhile_is_kept(app: Flask, world: World) -> None:
    item_id = written(app, world)
    reading = world.tablet.freeze(world.tablet.a_reading(world.estate_id, (item_id, 1)))
    anew(app, item_id, "改过")
    with app.app_context():
        end_item(fetch(BriefingItem, item_id), after=2, event_id=new_id(), by=NOBODY, at=NOW)
        db.session.commit()

    [receipt] = world.tablet.receipts(reading)

    assert receipt["status"] == "applied"
    assert marks(app, item_id) == [(1, str(world.officer_id))]
    with app.app_context():
        item = fetch(BriefingItem, item_id)
        assert read_by([item.id])[item.id][world.officer_id].version == 1


def test_what_the_office_does_not_know_is_passed_over_and_the_rest_is_marked(app: Flask, world: World) -> None:
    item_id = written(app, world)
    with app.app_context():
        elsewhere = str(a_line(an_estate()).id)
        db.session.commit()

    read = [(str(new_id()), 1), (elsewhere, 1), (item_id, 7), (item_id, 1)]
    [receipt] = world.tablet.receipts(world.tablet.freeze(world.tablet.a_reading(world.estate_id, *read)))

    assert receipt["status"] == "applied"
    assert count(app, BriefingMark) == 1
    assert marks(app, item_id) == [(1, str(world.officer_id))]


def test_a_reading_that_names_another_estate_than_its_envelope_is_refused(app: Flask, world: World) -> None:
    item_id = written(app, world)
    reading = world.tablet.a_reading(world.estate_id, (item_id, 1))
    reading["body"]["estate_id"] = str(new_id())

    [receipt] = world.tablet.receipts(world.tablet.freeze(reading))

    assert (receipt["status"], receipt["code"]) == ("rejected", "briefing:elsewhere")
    assert count(app, BriefingMark) == 0


def test_a_unit_says_since_when_its_people_are_there(app: Flask, world: World) -> None:
    changes, _page = world.tablet.pull_all()

    [person] = changes["unit", str(world.unit_id)]["doc"]["people"]

    assert person["since"] == "2024-05-18"


@pytest.mark.clause("R06")
def test_a_visit_says_what_in_particular_was_told(app: Flask, world: World) -> None:
    item_id, issue_id = written(app, world), str(new_id())
    told = {"lines": [{"id": item_id, "version": 1}, {"id": str(new_id()), "version": 1}], "issues": [issue_id]}
    visit = world.tablet.a_visit(world.estate_id, world.unit_id)
    visit["v"], visit["body"] = 2, visit["body"] | {"told": told}

    [receipt] = world.tablet.receipts(world.tablet.freeze(visit))

    assert receipt["status"] == "applied"
    with app.app_context():
        held = fetch(Visit, visit["entity_id"])
        assert (held.script["recent_work"], held.script["told"]) == (True, told)
        assert [line.text_zh for line in told_at(held)] == ["夜间巡逻增至每 2 小时一次"]


def test_a_visit_of_version_1_told_nothing_in_particular_and_is_taken_as_before(app: Flask, world: World) -> None:
    visit = world.tablet.a_visit(world.estate_id, world.unit_id)

    [receipt] = world.tablet.receipts(world.tablet.freeze(visit))

    assert receipt["status"] == "applied"
    with app.app_context():
        held = fetch(Visit, visit["entity_id"])
        assert "told" not in held.script
        assert told_at(held) == []
