"""A record that is not accepted, from the tablet to the desk and back, under axe-core: in both languages."""

from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from playwright.sync_api import expect

from app.core.db import db
from app.issues.models import Category
from tests.journeys.axe import AT_THE_DESK, IN_THE_HAND, Inspector
from tests.journeys.conftest import People
from tests.journeys.office import Office
from tests.journeys.tablet import Tablet

pytestmark = pytest.mark.journey

LEAK = "主卫天花板渗水"


@pytest.mark.parametrize("locale", ["zh", "en"])
def test_nothing_stands_in_anybodys_way_where_the_office_looks_after_tablets_and_records(
    people: People, carried: Tablet, office: Office, picture: Path, app: Flask, locale: str
) -> None:
    office.log_in(people.supervisor)
    speak(carried, office, locale)
    desk, hand = Inspector(office, AT_THE_DESK), Inspector(carried, IN_THE_HAND)
    carried.context.set_offline(True)
    carried.hold_visit("1202", LEAK, picture)
    carried.go_to("records")
    file = carried.file_saved_by(carried.say("Export"))

    bringing_a_file(desk, file)
    the_category_is_renamed(app)
    carried.context.set_offline(False)
    looking_after_tablets(desk)
    a_record_is_not_accepted(hand)
    deciding_about_it(desk)
    reading_what_was_decided(hand)

    assert desk.found + hand.found == []
    assert len(desk.seen) > 7


def speak(tablet: Tablet, office: Office, locale: str) -> None:
    tablet.locale = office.locale = locale
    tablet.page.emulate_media(reduced_motion="reduce")
    if locale == "en":
        tablet.go_to("me")
        tablet.page.get_by_role("radio", name="English").click()
        office.page.get_by_role("button", name="English").click()


def the_category_is_renamed(app: Flask) -> None:
    """The office knows the tablet's category no more, but one of the same name."""
    with app.app_context():
        db.session.execute(sa.update(Category).values(code="seepage"))
        db.session.commit()
        db.engine.dispose()


def bringing_a_file(desk: Inspector[Office], file: Path) -> None:
    office = desk.at
    office.page.goto(f"{office.url}/devices/unsent")
    desk.look("where a file is brought")
    office.upload_unsent(file)
    desk.look("what the file holds")


def looking_after_tablets(desk: Inspector[Office]) -> None:
    office = desk.at
    office.page.goto(f"{office.url}/devices")
    desk.look("tablets")
    office.page.get_by_text(office.say("Withdraw…")).click()
    desk.look("withdraw a tablet?")
    office.page.goto(f"{office.url}/records")
    desk.look("no records to check")


def a_record_is_not_accepted(hand: Inspector[Tablet]) -> None:
    tablet = hand.at
    tablet.sync()
    expect(tablet.page.get_by_text(tablet.say("Not accepted"))).to_be_visible()
    hand.look("a record that was not accepted")


def deciding_about_it(desk: Inspector[Office]) -> None:
    office = desk.at
    expect(office.rows_of("records")).to_have_count(1)
    desk.look("records to check")
    office.page.locator("tr[data-row] a").first.click()
    expect(office.page.locator(".photo img")).to_be_visible()
    desk.look("a record to check")
    office.page.get_by_role("link", name=office.say("Enter it now")).click()
    desk.look("entering it")
    office.page.get_by_role("link", name=office.say("Keep as received, with a note")).click()
    office.page.get_by_role("textbox", name=office.say("What is done about it")).fill("李敏周四再去一次")
    office.page.get_by_role("button", name=office.say("Keep as received, with a note")).click()
    expect(
        office.page.get_by_text(office.say("Kept as received. The note reaches the officer's tablet."))
    ).to_be_visible()
    office.page.goto(f"{office.url}/records?only=decided")
    desk.look("records decided")
    office.page.locator("tr[data-row] a").first.click()
    desk.look("a record decided")


def reading_what_was_decided(hand: Inspector[Tablet]) -> None:
    tablet = hand.at
    tablet.sync()
    expect(tablet.page.get_by_text("李敏周四再去一次")).to_be_visible()
    hand.look("what the office decided")
