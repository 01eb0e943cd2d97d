"""A new estate: its administrator reads what it needs, and takes somebody on, who chooses a password of their own."""

import pytest
from flask import Flask
from playwright.sync_api import expect

from app.core.db import db
from app.people.rules import Role
from tests.builders import a_department, a_staff, an_estate
from tests.journeys.axe import AT_THE_DESK, Inspector
from tests.journeys.office import Office
from tests.journeys.served import Server
from tests.journeys.words import zh

pytestmark = pytest.mark.journey

OWN = "an owl, a kite, a bicycle"


@pytest.fixture
def administrator(app: Flask) -> str:
    """The login of the only one who works there."""
    with app.app_context():
        estate = an_estate()
        a_department(estate, "工程维修部")
        login = a_staff(estate, Role.ADMIN, name="王芳").login
        db.session.commit()
        db.engine.dispose()
    return str(login)


@pytest.mark.parametrize("locale", ["zh", "en"])
def test_an_administrator_takes_somebody_on_who_then_chooses_their_own_password(
    administrator: str, server: Server, office: Office, locale: str
) -> None:
    server.start()
    office.log_in(administrator)
    office.locale = locale
    if locale == "en":
        office.page.get_by_role("button", name="English").click()
    desk = Inspector(office, AT_THE_DESK)

    the_first_page_says_what_is_needed(desk)
    password = somebody_is_taken_on(desk)
    a_code_for_their_tablet_is_made(office)
    they_choose_their_own(desk, password)

    assert desk.found == []
    assert len(desk.seen) > 5


def the_first_page_says_what_is_needed(desk: Inspector[Office]) -> None:
    say, page = desk.at.say, desk.at.page
    steps = page.get_by_role("region", name=say("Before the first visit"))
    expect(steps).to_contain_text(say("Everybody who takes part"))
    desk.look("first page of a new estate")
    steps.get_by_role("link", name=say("Take them on")).click()


def somebody_is_taken_on(desk: Inspector[Office]) -> str:
    """Their first password."""
    say, page = desk.at.say, desk.at.page
    page.get_by_label(say("Name"), exact=True).fill("周敏")
    page.get_by_label(say("Login"), exact=True).fill("周敏")
    page.get_by_label(say("Role"), exact=True).select_option("officer")
    page.get_by_role("button", name=say("Take them on")).click()
    expect(page.get_by_role("alert")).to_be_visible()
    desk.look("somebody new, refused")

    page.get_by_label(say("Login"), exact=True).fill("zhou.min")
    page.get_by_role("button", name=say("Take them on")).click()
    password = page.get_by_test_id("password").inner_text().strip()
    desk.look("first password")

    page.get_by_role("link", name=say("Back to the staff")).click()
    desk.look("staff")
    page.get_by_role("link", name="周敏").click()
    expect(page.get_by_role("heading", name="周敏")).to_be_visible()
    desk.look("a member of staff")
    return password


def a_code_for_their_tablet_is_made(office: Office) -> None:
    office.page.goto(f"{office.url}/devices")
    office.page.get_by_label(office.say("Who carries it")).select_option(label="周敏")
    office.page.get_by_role("button", name=office.say("Make a code")).click()
    expect(office.page.get_by_test_id("enrol-code")).to_be_visible()


def they_choose_their_own(desk: Inspector[Office], password: str) -> None:
    say, page = desk.at.say, desk.at.page
    page.get_by_role("button", name=say("Log out")).click()
    page.get_by_label(zh("Login"), exact=True).fill("zhou.min")
    page.get_by_label(zh("Password"), exact=True).fill(password)
    page.get_by_role("button", name=zh("Log in"), exact=True).click()

    page.get_by_label(say("Your password"), exact=True).fill(password)
    page.get_by_label(say("The new one"), exact=True).fill(OWN)
    page.get_by_label(say("The new one once more"), exact=True).fill(OWN)
    desk.look("own password")
    page.get_by_role("button", name=say("Take the new password")).click()
    expect(page.get_by_role("heading", name=say("My inbox"))).to_be_visible()
