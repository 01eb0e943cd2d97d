"""Operations taken together are taken as if each had come alone."""

from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from app.core.db import db
from app.core.journal import JournalLine
from app.core.waits import Wait
from app.estates.models import Estate
from app.issues.models import Issue
from app.sync import views
from app.sync.models import Operation
from app.visits.models import Visit
from tests.builders import a_home
from tests.world import World


def visits(app: Flask, world: World, count: int) -> list[dict[str, Any]]:
    """Frozen visits at as many new homes, each with an open and an answered issue."""
    with app.app_context():
        homes = [a_home(db.session.get_one(Estate, world.estate_id)).id for _home in range(count)]
        db.session.commit()
    tablet, frozen = world.tablet, []
    for home in homes:
        issues = [tablet.an_issue(), tablet.an_issue("发票", answered=True, answer="自助开票", promised_on=None)]
        frozen.append(tablet.freeze(tablet.a_visit(world.estate_id, home, issues=issues)))
    return frozen


def left_behind() -> dict[str, int]:
    """How many rows of each kind there are."""
    kinds = (Operation, Visit, Issue, Wait)
    counts = {kind.__tablename__: db.session.scalar(sa.select(sa.func.count()).select_from(kind)) for kind in kinds}
    lines = sa.select(JournalLine.kind, sa.func.count()).group_by(JournalLine.kind)
    return counts | {row[0]: row[1] for row in db.session.execute(lines)}


def asked_of(app: Flask) -> list[str]:
    """Every statement that the database is asked from now on."""
    asked: list[str] = []
    with app.app_context():
        sa.event.listen(db.engine, "before_cursor_execute", lambda _c, _k, statement, *_rest: asked.append(statement))
    return asked


@pytest.fixture
def one_group(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "GROUPS", {"sqlite": 100, "postgresql": 100})


@pytest.mark.usefixtures("one_group")
def test_a_group_costs_about_as_many_statements_as_one_operation(app: Flask, world: World) -> None:
    [alone], together = visits(app, world, 1), visits(app, world, 30)
    asked = asked_of(app)

    world.tablet.receipts(alone)
    by_one = len(asked)
    receipts = world.tablet.receipts(*together)

    assert {receipt["status"] for receipt in receipts} == {"applied"}
    assert len(asked) - by_one < 2 * by_one


@pytest.mark.usefixtures("one_group")
def test_a_group_leaves_behind_what_single_operations_leave(app: Flask, world: World) -> None:
    for frozen in visits(app, world, 3):
        world.tablet.receipts(frozen)
    with app.app_context():
        singly = left_behind()

    world.tablet.receipts(*visits(app, world, 3))

    with app.app_context():
        both = left_behind()
    of_visits = ("operation", "visit", "issue", "wait", "visit:held", "issue:recorded", "issue:route")
    assert {what: both[what] for what in of_visits if what in both} == {
        what: 2 * singly[what] for what in of_visits if what in singly
    }
    assert both["visit"] == 6


@pytest.mark.usefixtures("one_group")
def test_one_that_is_refused_in_a_group_takes_no_other_with_it(app: Flask, world: World) -> None:
    first, last = visits(app, world, 2)
    unknown = world.tablet.an_issue(category="no such category")
    refused = world.tablet.freeze(world.tablet.a_visit(world.estate_id, world.unit_id, issues=[unknown]))

    receipts = world.tablet.receipts(first, refused, last)

    assert [receipt["status"] for receipt in receipts] == ["applied", "rejected", "applied"]
    with app.app_context():
        assert left_behind()["visit"] == 2


@pytest.mark.usefixtures("one_group")
def test_a_group_sent_again_gets_the_same_receipts_byte_for_byte(app: Flask, world: World) -> None:
    sent, new = visits(app, world, 3), visits(app, world, 1)

    first = world.tablet.push(*sent).get_data(as_text=True).partition(',"server_time"')[0]
    again = world.tablet.receipts(*sent, *new)

    assert [receipt["status"] for receipt in again] == ["applied"] * 4
    assert world.tablet.push(*sent).get_data(as_text=True).partition(',"server_time"')[0] == first


@pytest.mark.usefixtures("one_group")
def test_the_same_visit_twice_in_a_group_is_kept_once(app: Flask, world: World) -> None:
    visit = world.tablet.a_visit(world.estate_id, world.unit_id)

    receipts = world.tablet.receipts(world.tablet.freeze(visit), world.tablet.freeze(visit))

    assert [receipt["status"] for receipt in receipts] == ["applied", "rejected"]
    assert receipts[1]["code"] == "record:known"


@pytest.mark.usefixtures("one_group")
def test_an_answer_about_an_issue_raised_earlier_in_its_group_counts(app: Flask, world: World) -> None:
    tablet = world.tablet
    raised = tablet.an_issue()
    answer = {
        "task_id": str(world.task_id),
        "issue_id": raised["id"],
        "round": 1,
        "answer": "dissatisfied",
        "reason": "",
    }
    alone = tablet.a_visit(world.estate_id, world.unit_id, issues=[raised])
    seen = {"number": "", "text": raised["text"], "round": 1}
    later = tablet.a_visit(world.estate_id, world.unit_id, answers=[answer], known_issues={raised["id"]: seen})

    receipts = tablet.receipts(tablet.freeze(alone), tablet.freeze(later))

    # It is routed, not rectified: the owner's word is kept, and a person looks at it.
    assert [(receipt["status"], receipt.get("code")) for receipt in receipts] == [
        ("applied", None),
        ("review", "visit:answer_kept"),
    ]
    with app.app_context():
        assert left_behind()["issue:answer_kept"] == 1
