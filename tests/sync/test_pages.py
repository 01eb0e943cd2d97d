"""What one tablet was told is remembered for the next, and never told when it is not so any more."""

import json
import re
import uuid
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from app.core import journal
from app.core.db import db
from app.core.ids import new_id
from app.core.journal import Doc, Feed
from app.estates.models import Estate, Ownership, Unit
from app.issues.models import Issue
from app.people.models import Staff
from app.people.rules import Role
from app.signatures.rules import sha256_hex
from app.sync import pages, queries, views
from tests.builders import NOBODY, NOW, a_department, a_home, a_staff, a_survey, a_survey_out, an_estate, an_owner
from tests.sync.kept import a_visit
from tests.world import World


def statements(app: Flask) -> list[str]:
    """Every statement that the database is asked from now on."""
    asked: list[str] = []
    with app.app_context():
        sa.event.listen(db.engine, "before_cursor_execute", lambda _c, _k, statement, *_rest: asked.append(statement))
    return asked


def test_a_second_pull_is_told_the_same_without_reading_people_tasks_and_issues_again(app: Flask, world: World) -> None:
    a_visit_with_an_issue(world)
    first, _page = world.tablet.pull_all()
    asked = statements(app)

    again, _page = world.tablet.pull_all()

    assert again == first
    assert {"unit", "task", "issue"} <= {type_ for type_, _id in first}
    assert [statement for statement in asked if re.search(r"FROM (person|ownership|task|issue)\b", statement)] == []


def test_an_issue_that_moved_on_is_told_anew(app: Flask, world: World) -> None:
    a_visit_with_an_issue(world)
    before, _page = world.tablet.pull_all()
    [name] = [name for name in before if name[0] == "issue"]
    with app.app_context():
        issue = db.session.get_one(Issue, uuid.UUID(name[1]))
        issue.measure, named = "重做防水层", ("issue", issue.id)
        journal.write(issue.estate_id, "issue:accepted", named, by=NOBODY, at=NOW, changes=[Doc(*named)])
        db.session.commit()

    after, _page = world.tablet.pull_all()

    assert [told[name]["doc"].get("measure") for told in (before, after)] == ["", "重做防水层"]


def test_a_unit_that_changed_is_told_anew(app: Flask, world: World) -> None:
    before, _page = world.tablet.pull_all()
    with app.app_context():
        an_owner(db.session.get_one(Unit, world.unit_id), "周小燕")
        db.session.commit()

    after, _page = world.tablet.pull_all()

    names = [
        [person["name"] for person in told["unit", str(world.unit_id)]["doc"]["people"]] for told in (before, after)
    ]
    assert names == [["陈建国"], ["陈建国", "周小燕"]]


def test_what_is_due_about_each_homes_sheet_is_told_without_reading_what_the_survey_asks(
    app: Flask, world: World
) -> None:
    with app.app_context():
        estate, officer = db.session.get_one(Estate, world.estate_id), db.session.get_one(Staff, world.officer_id)
        asks = [(a_department(estate), f"第 {n} 题") for n in range(20)]
        a_survey_out(a_survey(estate, officer, *asks), [a_home(estate) for _ in range(3)], officer)
        db.session.commit()
    asked = statements(app)

    told, _page = world.tablet.pull_all()

    due = [told[name]["doc"] for name in told if told[name].get("doc", {}).get("sheet_number")]
    assert [doc["title"] for doc in due] == ["2026 年业主满意度调查"] * 3
    joined = [one for one in asked if re.search(r"FROM survey_sheet\b", one) and "survey_question" in one]
    assert joined == [], "a row for each question of each home"


# --- full pages ---


@pytest.fixture
def full_pages(app: Flask, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two full pages for everybody and the beginning of a third: estate, six homes and a visit that is due."""
    monkeypatch.setattr(views, "PAGE", 3)
    with app.app_context():
        for _home in range(5):
            a_home(db.session.get_one(Estate, world.estate_id))
        db.session.commit()


def test_a_full_page_that_was_told_is_only_counted(app: Flask, world: World, full_pages: None) -> None:
    first, _page = world.tablet.pull_all()
    asked = statements(app)

    again, _page = world.tablet.pull_all()

    assert again == first
    assert len([one for one in asked if "FROM feed" in one and "ORDER BY" in one]) == 1, "the last page alone"


def test_a_document_that_left_a_full_page_is_told_once_and_as_it_is_now(
    app: Flask, world: World, full_pages: None
) -> None:
    first, page = world.tablet.pull_all()
    with app.app_context():
        an_owner(db.session.get_one(Unit, world.unit_id), "周小燕")
        db.session.commit()

    again, after = world.tablet.pull_all()

    unit = ("unit", str(world.unit_id))
    assert [len(told[unit]["doc"]["people"]) for told in (first, again)] == [1, 2]
    assert again.keys() == first.keys()
    assert after["digest"] == digest_of(again) != page["digest"]


def test_of_a_full_page_the_estate_itself_is_told_as_it_is_now(app: Flask, world: World, full_pages: None) -> None:
    estate = ("estate", str(world.estate_id))
    before, _page = world.tablet.pull_all()
    app.config["PUBLIC_URL"] = "https://doorstep.example"

    after, _page = world.tablet.pull_all()

    assert [told[estate]["doc"]["copies"]["at"] for told in (before, after)] == ["", "https://doorstep.example/c/"]


def test_a_page_of_what_is_for_one_person_alone_is_told_to_nobody_else(context: Flask, world: World) -> None:
    colleague = a_staff(db.session.get_one(Estate, world.estate_id), Role.OFFICER).id
    gone = {version: new_id() for version in (91, 92, 93, 94)}
    owners = {91: world.officer_id, 92: colleague, 93: colleague, 94: world.officer_id}
    for version, id_ in gone.items():
        named = {"stream": world.estate_id, "type": "record", "id": id_}
        db.session.add(Feed(**named, version=version, gone=True, only_for=owners[version]))
    db.session.commit()

    told = [
        pages.next_page(world.estate_id, 90, staff_id, 2, "epoch", NOW).changes
        for staff_id in (world.officer_id, colleague)
    ]

    # As many for each, and their versions come to the same.
    ids = [[json.loads(change)["id"] for change in changes] for changes in told]
    assert ids == [[str(gone[91]), str(gone[94])], [str(gone[92]), str(gone[93])]]


def test_another_day_is_told_as_it_is_on_that_day(context: Flask, world: World) -> None:
    unit = db.session.get_one(Unit, world.unit_id)
    [owned] = db.session.scalars(sa.select(Ownership).where(Ownership.unit_id == unit.id))
    owned.until = date(2026, 11, 24)
    db.session.commit()
    row = next(row for row in pages_rows(world) if row.type == "unit" and row.id == str(world.unit_id))

    today, tomorrow = (
        pages.changes_as_text([row], world.estate_id, "epoch", NOW + timedelta(days=later))[0] for later in (0, 1)
    )

    assert ("陈建国" in today, "陈建国" in tomorrow) == (True, False)


def test_the_digest_is_counted_anew_only_after_something_was_written(app: Flask, world: World) -> None:
    first, page = world.tablet.pull_all()
    asked = statements(app)
    _changes, quiet = world.tablet.pull_all(page["cursor"])
    counted_while_quiet = counted(asked)
    with app.app_context():
        an_owner(db.session.get_one(Unit, world.unit_id), "周小燕")
        db.session.commit()

    changed, after = world.tablet.pull_all(page["cursor"])

    assert (counted_while_quiet, counted(asked)) == (0, 1)
    assert quiet["digest"] == page["digest"] == digest_of(first)
    assert after["digest"] == digest_of(first | changed) != page["digest"]


def test_a_change_that_turned_up_below_what_was_told_changes_the_digest(app: Flask, world: World) -> None:
    told, page = world.tablet.pull_all()
    late = Feed(stream=world.estate_id, type="unit", id=new_id(), version=1, gone=False)
    with app.app_context():
        db.session.add(late)
        db.session.commit()

    _nothing, after = world.tablet.pull_all(page["cursor"])

    assert page["digest"] == digest_of(told)
    assert after["digest"]["count"] == page["digest"]["count"] + 1
    assert after["digest"]["sha256"] != page["digest"]["sha256"]


def test_what_left_one_estate_while_as_much_came_to_another_changes_the_digest(context: Flask, world: World) -> None:
    here, elsewhere = world.estate_id, an_estate().id
    left = Feed(stream=here, type="unit", id=new_id(), version=500, gone=False)
    db.session.add(left)
    db.session.flush()
    before = pages.digest([here, elsewhere], world.officer_id, "epoch")

    left.version, left.gone = 501, True
    db.session.add(Feed(stream=elsewhere, type="unit", id=new_id(), version=500, gone=False))
    db.session.flush()

    after = pages.digest([here, elsewhere], world.officer_id, "epoch")
    assert after == queries.digest([here, elsewhere], world.officer_id)
    assert (after["count"], after["sha256"] == before["sha256"]) == (before["count"], False)


def test_a_page_without_units_and_one_with_many_are_both_json(app: Flask, world: World) -> None:
    with app.app_context():
        estate = db.session.get_one(Unit, world.unit_id).estate_id
        homes = [a_home(db.session.get_one(Estate, estate), name='"引号"\\') for _home in range(3)]
        ids = {str(home.id) for home in homes}
        db.session.commit()

    told, last = world.tablet.pull_all()
    nothing = world.tablet.pull(last["cursor"])

    assert {told["unit", id_]["doc"]["people"][0]["name"] for id_ in ids} == {'"引号"\\'}
    assert nothing["changes"] == []


def a_visit_with_an_issue(world: World) -> None:
    [receipt] = world.tablet.receipts(world.tablet.freeze(a_visit(world, issues=[world.tablet.an_issue()])))
    assert receipt["status"] == "applied"


def counted(asked: list[str]) -> int:
    """How often the digest of a scope was counted: it alone reads the feed in no order."""
    whole = (statement for statement in asked if "FROM feed" in statement and "ORDER BY" not in statement)
    return sum("count(" not in statement for statement in whole)


def digest_of(told: dict[tuple[str, str], dict[str, Any]]) -> dict[str, Any]:
    """The digest as a tablet makes it, of the documents it holds."""
    lines = sorted(f"{type_}:{id_}:{change['v']}\n" for (type_, id_), change in told.items())
    return {"count": len(lines), "sha256": sha256_hex("".join(lines).encode())}


def pages_rows(world: World) -> list[queries.Changed]:
    """The feed of the estate as a new tablet reads it."""
    return list(queries.changed(world.estate_id, 0, world.officer_id, 500))
