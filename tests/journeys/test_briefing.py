"""The briefing from the supervisor's desk to the door: written, read without a network, told to its owner."""

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import People
from tests.journeys.office import Office
from tests.journeys.served import Server
from tests.journeys.tablet import Tablet
from tests.journeys.words import like, zh

pytestmark = pytest.mark.journey

LINE = "外墙渗水：3 栋北立面分段注浆"
LEAK = "主卫天花板渗水"


@pytest.mark.clause("R05", "R06")
def test_a_line_for_a_building_is_read_offline_and_the_owners_own_words_are_told_first(
    server: Server, people: People, office: Office, carried: Tablet
) -> None:
    tablet = carried
    tablet.hold_visit("1202", LEAK)
    tablet.sync()
    expect(tablet.page.locator("[data-testid=record][data-state=complete]")).to_have_count(1)
    the_department_rectifies_it(office, people)
    the_supervisor_writes_a_line_for_building_3(office, people)
    tablet.sync()
    tablet.go_to("today")
    expect(tablet.page.get_by_test_id("to-read")).to_contain_text(zh("Briefing: not read yet %(count)s", count=1))

    server.stop()
    tablet.page.get_by_test_id("to-read").click()
    expect(tablet.page.get_by_test_id("line").filter(has_text=LINE)).to_contain_text(zh("New to you"))
    tablet.page.get_by_test_id("have-read").click()
    expect(tablet.page.get_by_test_id("have-read")).to_have_count(0)
    tablet.kill_and_open()
    tablet.go_to("briefing")
    expect(tablet.page.get_by_test_id("line").filter(has_text=LINE)).not_to_contain_text(zh("New to you"))
    the_card_tells_the_owner_first_what_was_done_about_their_words(tablet)

    server.start()
    tablet.sync()
    expect(tablet.page.get_by_text(zh("Everything is at the office"))).to_be_visible()
    expect(tablet.page.get_by_text(zh("Briefing read"))).to_have_count(0)
    office.page.reload()
    expect(office.page.get_by_text(like("Read %(when)s")).first).to_be_visible()
    expect(office.page.get_by_text("1 / 1")).to_be_visible()


def the_department_rectifies_it(office: Office, people: People) -> None:
    office.log_in(people.engineer)
    office.open_issue(LEAK)
    office.accept_issue(measure="注浆并重做防水", responsible="王强", days=3)
    office.report_rectified("剥除涂层，重做防水两遍")


def the_supervisor_writes_a_line_for_building_3(office: Office, people: People) -> None:
    office.log_in(people.supervisor)
    page = office.page
    page.goto(f"{office.url}/briefing")
    page.get_by_role("link", name=zh("Write a line")).first.click()
    page.get_by_label(zh("Measures on known problems")).check()
    page.get_by_label(zh("In Chinese")).fill(LINE)
    page.get_by_label(zh("Building %(building)s", building="3")).check()
    page.get_by_role("button", name=zh("Put it into the briefing")).click()
    expect(page.get_by_text(zh("Not read yet"))).to_be_visible()
    expect(page.get_by_text("0 / 1")).to_be_visible()


def the_card_tells_the_owner_first_what_was_done_about_their_words(tablet: Tablet) -> None:
    tablet.find("1202")
    told = tablet.page.locator(
        "section", has=tablet.page.get_by_role("heading", name=zh("What you can tell this owner"))
    )
    lines = told.get_by_role("listitem")
    expect(lines.nth(0)).to_contain_text(LEAK)
    expect(lines.nth(0)).to_contain_text("剥除涂层，重做防水两遍")
    expect(lines.nth(1)).to_contain_text(LINE)
