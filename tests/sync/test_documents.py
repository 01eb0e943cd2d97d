"""What stands in the documents that tablets hold: names, days as they are where the estate stands, how things are."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from app.agenda.queries import due_about
from app.agenda.rules import CALLBACKS
from app.core import journal
from app.core.clock import local_date, now
from app.core.db import db
from app.core.ids import new_id
from app.core.pictures import Picture
from app.estates.models import Estate, Ownership, Tenancy, Unit
from app.estates.rules import Profile
from app.issues.actions import accept, report_rectified
from app.issues.models import Issue
from app.issues.progress import Stage, note_progress
from app.issues.rules import Urgency
from app.people.rules import Role
from app.surveys.classifying import Matter, becomes_issue
from app.sync.documents import documents
from app.visits.models import Visit
from app.visits.plans import propose_plan
from tests.builders import NOBODY, NOW, TODAY, a_home, a_line, a_staff, a_unit, an_owner, put_to_work
from tests.surveys.followed import SLOW, followed_in
from tests.sync.kept import a_visit
from tests.world import World

Json = dict[str, Any]


def docs(world: World, type_: str) -> list[Json]:
    told, _page = world.tablet.pull_all()
    return [change["doc"] for (kind, _id), change in told.items() if kind == type_]


def test_a_planned_visit_names_its_plan_and_a_callback_its_issue(app: Flask, world: World) -> None:
    with app.app_context():
        estate = db.session.get_one(Estate, world.estate_id)
        a_home(estate)
        supervisor = a_staff(estate, Role.SUPERVISOR)
        month, by = f"{TODAY:%Y-%m}", journal.By(staff_id=supervisor.id)
        put_to_work(propose_plan(estate, month, today=TODAY, by=by, at=NOW), by=by, at=NOW)
        db.session.commit()

    unplanned, planned = sorted(docs(world, "task"), key=lambda doc: "plan" in doc)

    assert planned["plan"] == month
    assert "plan" not in unplanned
    assert not {"issue_id"} & (set(planned) | set(unplanned))
    assert (unplanned["kind"], unplanned["assignee"], unplanned["state"]) == (
        "planned_visit",
        str(world.officer_id),
        "due",
    )


@pytest.mark.parametrize(("welcome", "told"), [(False, True), (True, None), (None, None)])
def test_a_callback_tells_that_its_owner_wanted_none_in_the_survey(
    app: Flask, welcome: bool | None, told: bool | None
) -> None:
    with app.app_context():
        followed = followed_in(Profile.A)
        sheet = followed.comes_back(0, {followed.repairs: SLOW}, callback_welcome=welcome)
        matter = Matter(followed.category, Urgency.ORDINARY, followed.repairs.id, None)
        issue = becomes_issue(sheet, followed.repairs.id, matter, event_id=new_id(), by=NOBODY, at=NOW)
        accept(issue, "增派人手", followed.worker, TODAY, event_id=new_id(), by=NOBODY, at=NOW)
        report_rectified(issue, "已增派", event_id=new_id(), by=NOBODY, at=NOW)
        db.session.commit()
        [callback] = due_about(issue.id, *CALLBACKS)

        [doc] = documents("task", [callback.id], NOW).values()

    assert doc.get("call_unwelcome") is told


def test_a_unit_tells_its_people_its_last_visit_and_the_attempts_since(app: Flask, world: World) -> None:
    issues = [
        world.tablet.an_issue(),
        world.tablet.an_issue("发票", answered=True, answer="自助", promised_on=None),
    ]
    # Half past one in the morning of the 24th where the estate stands.
    started, ended = "2026-11-23T17:30:00.000Z", "2026-11-23T17:45:00.000Z"
    held(world, issues=issues, wishes="多巡查", started_at=started, ended_at=ended)
    for tried_at in ("2026-11-22T06:00:00.000Z", "2026-11-24T06:00:00.000Z"):
        body = {
            "number": world.tablet.next_number(),
            "unit_id": str(world.unit_id),
            "task_ids": [],
            "method": "door",
            "outcome": "nobody_home",
            "tried_at": tried_at,
        }
        attempt = {"kind": "attempt.record", "estate_id": str(world.estate_id), "entity_id": str(new_id())}
        world.tablet.receipts(world.tablet.freeze(attempt | {"body": body}))

    [unit] = docs(world, "unit")

    assert [(person["name"], person["relation"], person["initials"]) for person in unit["people"]] == [
        ("陈建国", "owner", "cjg")
    ]
    assert unit["last_visit"] == {
        "on": "2026-11-24",
        "officer": "李敏",
        "rating": "satisfied",
        "wishes": "多巡查",
        "answered": 1,
        "routed": 1,
    }
    assert unit["attempts"] == 1
    assert None not in unit.values()


@pytest.mark.parametrize("days", [0, 1], ids=["until today", "until tomorrow"])
def test_a_unit_tells_of_whoever_owns_or_rents_it_that_day_and_of_nobody_else(
    app: Flask, world: World, days: int
) -> None:
    """Whoever buys does not hear of the seller, nor the seller of whoever is to come."""
    with app.app_context():
        unit = db.session.get_one(Unit, world.unit_id)
        estate = db.session.get_one(Estate, unit.estate_id)
        sold_on = local_date(now(), estate.time_zone) + timedelta(days=days)
        for held in db.session.scalars(sa.select(Ownership).where(Ownership.unit_id == unit.id)):
            held.until = sold_on
        an_owner(unit, "许文", since=sold_on)
        for name, since, until in (("旧租客", TODAY - timedelta(days=90), sold_on), ("新租客", sold_on, None)):
            person = an_owner(a_unit(estate), name)
            db.session.add(Tenancy(estate_id=estate.id, unit_id=unit.id, person_id=person.id, since=since, until=until))
        db.session.commit()

        [told] = documents("unit", [world.unit_id], now()).values()

    names = {person["name"] for person in told["people"]}
    assert names == ({"许文", "新租客"} if days == 0 else {"陈建国", "旧租客"})


def test_an_issue_tells_how_its_measure_is_carried_out_and_how_many_photos_show_it_done(
    app: Flask, world: World
) -> None:
    held(world, issues=[world.tablet.an_issue()])
    [before] = docs(world, "issue")
    with app.app_context():
        issue = db.session.scalars(sa.select(Issue)).one()
        issue.measure, issue.method = "防水重做", "分两次涂刷"
        photos = [Picture(b"%d" % n, 4, 3) for n in range(3)]
        note_progress(issue, "", photos[:2], Stage.AFTER, event_id=new_id(), by=NOBODY, at=NOW)
        note_progress(issue, "", photos[2:], Stage.BEFORE, event_id=new_id(), by=NOBODY, at=NOW)
        db.session.commit()

    [doc] = docs(world, "issue")

    assert not {"method", "photos_after"} & before.keys()
    assert (doc["method"], doc["photos_after"]) == ("分两次涂刷", 2)


def test_an_issue_tells_its_days_as_they_are_where_the_estate_stands(app: Flask, world: World) -> None:
    late = {"started_at": "2026-11-23T17:30:00.000Z", "ended_at": "2026-11-23T17:45:00.000Z"}
    held(world, issues=[world.tablet.an_issue()], **late)
    with app.app_context():
        issue = db.session.scalars(sa.select(Issue)).one()
        issue.rectified_at = datetime(2026, 11, 25, 16, 5, tzinfo=UTC)
        db.session.commit()

    [doc] = docs(world, "issue")

    assert (doc["raised_on"], doc["rectified_on"], doc["promised_on"]) == ("2026-11-24", "2026-11-26", "2026-11-26")
    assert [entry["kind"] for entry in doc["history"]] == ["issue:recorded", "issue:routed"]


def test_a_record_tells_where_it_stands(app: Flask, world: World) -> None:
    photo, frozen = world.tablet.a_photo(b"ceiling")
    receipt = held(world, issues=[world.tablet.an_issue(photos=[photo])])

    [before] = docs(world, "record")
    world.tablet.upload(photo["sealed"], frozen)
    [after] = docs(world, "record")

    assert (before["status"], before["complete"], before["missing"]) == ("applied", False, [photo["sealed"]])
    assert before["receipt"] == receipt["number"] == after["receipt"]
    assert (after["complete"], after["missing"]) == (True, [])
    with app.app_context():
        assert db.session.scalars(sa.select(Visit)).one().complete


def test_an_estate_tells_its_categories_consent_and_news(app: Flask, world: World) -> None:
    with app.app_context():
        news = [{"zh": "已更换门禁", "en": "New door control"}]
        estate = db.session.get_one(Estate, world.estate_id)
        a_line(estate, "已更换门禁", text_en="New door control")
        db.session.commit()

    [doc] = docs(world, "estate")

    assert [category["code"] for category in doc["categories"]] == ["leak", "other"]
    assert doc["categories"][0]["department"]["id"] == str(world.department_id)
    assert "department" not in doc["categories"][1]
    assert (doc["news"], doc["objection_days"]) == (news, 7)
    assert doc["consent"]["version"] == 1
    assert set(doc["consent"]["text"]) == {"zh", "en"}


def held(world: World, **wanted: Any) -> Json:
    """A visit that came in; its receipt."""
    [receipt] = world.tablet.receipts(world.tablet.freeze(a_visit(world, **wanted)))
    return receipt
