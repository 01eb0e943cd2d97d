"""The year's end: customer service hands it up, the manager reads it, the executive assesses it; under axe-core."""

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from flask import Flask
from playwright.sync_api import expect

from app.core.clock import local_date, now
from app.core.db import db
from app.core.ids import new_id
from app.estates.models import Unit
from app.issues.actions import raise_issue
from app.issues.explaining import cannot_be_solved, owner_was_explained
from app.issues.models import Category
from app.issues.owners_word import OwnersWord
from app.issues.routing import send_on
from app.issues.rules import Answer, Cannot, HowAnswered, Urgency
from app.people.queries import staff_by_login
from tests.builders import NOBODY
from tests.journeys.axe import AT_THE_DESK, Inspector
from tests.journeys.conftest import People
from tests.journeys.office import Office
from tests.journeys.served import Server
from tests.journeys.words import zh

pytestmark = pytest.mark.journey

LAST = local_date(now(), "Asia/Shanghai").year - 1
THEN = datetime(LAST, 6, 1, 2, tzinfo=UTC)


@pytest.fixture
def carried_over(app: Flask, people: People) -> str:
    """What an owner raised last year, and agreed to leave: its words."""
    words = "外墙渗水，须等大修"
    with app.app_context():
        unit, category = (db.session.scalars(sa.select(model)).first() for model in (Unit, Category))
        officer = staff_by_login(people.officer)
        assert unit is not None
        assert category is not None
        assert officer is not None
        issue = raise_issue(
            new_id(),
            unit,
            words,
            category,
            Urgency.ORDINARY,
            visit_id=new_id(),
            raised_by="陈建国",
            raised_by_id=None,
            raised_at=THEN,
            promised_on=None,
            officer_id=officer.id,
            by=NOBODY,
            at=THEN,
        )
        send_on(issue, event_id=new_id(), by=NOBODY, at=THEN)
        cannot_be_solved(issue, Cannot.FOR_NOW, "须等外墙大修", None, event_id=new_id(), by=NOBODY, at=THEN)
        word = OwnersWord.taken_down(Answer.AGREED, HowAnswered.PHONE, "可以等", said_at=THEN)
        owner_was_explained(issue, word, event_id=new_id(), by=NOBODY, at=THEN)
        db.session.commit()
        db.engine.dispose()
    return words


@pytest.mark.parametrize("locale", ["zh", "en"])
def test_a_year_is_counted_handed_up_and_assessed(
    people: People, carried_over: str, server: Server, office: Office, locale: str
) -> None:
    server.start()
    desk, page = Inspector(office, AT_THE_DESK), office.page
    office.log_in(people.supervisor)
    if locale == "en":
        office.locale = locale
        page.get_by_role("button", name="English").click()
    page.goto(f"{office.url}/statistics?year={LAST}")
    for words in ("Month", "Category", "Method", "Building", "Department", "Officer"):
        page.get_by_role("link", name=office.say(words), exact=True).click()
        desk.look(f"statistics by {words}")
    page.get_by_label(office.say("Building")).select_option(index=1)
    expect(page.get_by_role("link", name=office.say("Clear filters"))).to_be_visible()
    desk.look("statistics of a building")

    page.get_by_role("link", name=office.say("Hand up…")).click()
    desk.look("handing it up")
    page.get_by_role("textbox", name=office.say("What the year comes to")).fill("全年走访平稳")
    page.get_by_role("button", name=office.say("Count and hand up")).click()
    expect(
        page.get_by_text(office.say("The year is handed up. Its figures stay as they were counted."))
    ).to_be_visible()
    expect(page.get_by_role("link", name=carried_over)).to_be_visible()
    desk.look("handed up")
    office.act("Reviewed, pass it on", note="请重点看外墙")
    desk.look("passed on")

    office.log_in(people.executive)
    office.locale = "zh"
    page.get_by_role("link", name=zh("Read and assess")).click()
    expect(page.get_by_text("请重点看外墙")).to_be_visible()
    office.act("Assessed, it is the basis of next year", note="明年大修外墙")
    expect(page.get_by_text(zh("The year is assessed: it is the basis of the next one."))).to_be_visible()
    desk.look("assessed")
    assert desk.found == []
