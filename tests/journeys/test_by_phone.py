"""An owner who cannot be reached, then can: a callback closed by phone, with the server stopped all the while."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from app.core.clock import local_date, now
from tests.journeys.conftest import People
from tests.journeys.office import Office
from tests.journeys.served import Server
from tests.journeys.tablet import Tablet
from tests.journeys.words import like, zh

pytestmark = pytest.mark.journey

LEAK = "主卫天花板渗水"
HOME = "1202"


@pytest.mark.clause("P54")
@pytest.mark.clause("R13")
def test_two_calls_in_vain_a_time_agreed_and_a_callback_closed_by_phone(
    server: Server, people: People, office: Office, carried: Tablet
) -> None:
    tablet = carried
    tablet.hold_visit(HOME, LEAK)
    tablet.sync()
    expect(tablet.page.get_by_text(zh("Complete"), exact=True)).to_be_visible()
    the_department_rectifies(office, people)
    tablet.sync()
    tablet.find(HOME)
    expect(tablet.page.get_by_text(zh("Callbacks: %(count)s", count=1))).to_be_visible()

    server.stop()
    tablet.kill_and_open()
    nobody_answers_twice(tablet)
    a_time_is_agreed(tablet)
    tablet.kill_and_open()
    the_time_stands_on_the_card(tablet)
    the_owner_is_reached_and_satisfied(tablet)

    server.start()
    tablet.sync()
    expect(tablet.page.get_by_text(zh("To be sent"))).to_have_count(0)
    office.log_in(people.supervisor)
    office.open_issue(LEAK)
    expect(office.page.get_by_text(zh("Closed by the owner")).first).to_be_visible()
    expect(office.page.get_by_text(zh("told by phone")).filter(visible=True)).to_be_visible()
    the_list_counts_the_calls(office)


def the_department_rectifies(office: Office, people: People) -> None:
    office.log_in(people.engineer)
    office.open_issue(LEAK)
    office.accept_issue(measure="重做防水", responsible="王强", days=3)
    office.report_rectified("重做防水两遍")


def nobody_answers_twice(tablet: Tablet) -> None:
    for _call in range(2):
        tablet.ring(HOME)
        expect(tablet.page.get_by_test_id("dial")).to_have_attribute("href", "tel:13812346021")
        expect(tablet.page.get_by_text(LEAK)).to_be_visible()
        tablet.comes_of_the_call("Phone not answered")
        tablet.saves_the_call()


def a_time_is_agreed(tablet: Tablet) -> None:
    tablet.ring(HOME)
    expect(tablet.page.get_by_text(zh("Calls so far: %(count)s", count=2))).to_be_visible()
    tablet.comes_of_the_call("Another time agreed")
    tablet.page.locator(".foot button").click()
    expect(tablet.page.get_by_text(zh("Please choose the day and time that was agreed."))).to_be_visible()
    tomorrow = local_date(now(), "Asia/Shanghai") + timedelta(days=1)
    tablet.page.get_by_label(zh("Day"), exact=True).fill(tomorrow.isoformat())
    tablet.page.get_by_label(zh("Time"), exact=True).fill("15:30")
    tablet.saves_the_call()


def the_time_stands_on_the_card(tablet: Tablet) -> None:
    expect(tablet.page.get_by_role("heading", name=zh("Today's visits"))).to_be_visible()
    expect(tablet.page.get_by_text(like("Agreed %(time)s")).first).to_contain_text("15:30")
    tablet.find(HOME)
    expect(tablet.page.get_by_test_id("tries")).to_contain_text("15:30")


def the_owner_is_reached_and_satisfied(tablet: Tablet) -> None:
    tablet.ring(HOME)
    tablet.comes_of_the_call("Reached")
    tablet.page.get_by_role("button", name=like("Go on: talk with %(name)s")).click()
    expect(tablet.page.get_by_text(like("%(how)s · begun %(time)s")).first).to_contain_text(zh("By phone"))
    tablet.answer_callback("Satisfied")
    tablet.page.get_by_role("button", name=zh("Read it out and ask for the rating")).click()
    tablet.rate("Satisfied")
    tablet.ink()
    tablet.page.get_by_role("button", name=zh("Sign and save")).click()
    expect(tablet.page.get_by_role("heading", name=like("Saved on this tablet %(time)s"))).to_be_visible()


def the_list_counts_the_calls(office: Office) -> None:
    rows = office.rows_of("visits/calls")
    expect(rows).to_have_count(4)
    expect(rows.first).to_contain_text(zh("Reached"))
    expect(rows.first).to_contain_text(zh("attempt %(n)s", n=4))
    expect(rows.first).to_contain_text(re.compile(r"WT-\d{4}-0001"))
    expect(rows.nth(1)).to_contain_text("15:30")
    foot = office.page.get_by_label(zh("Counts and rates"))
    expect(foot).to_contain_text("1 / 4")
    expect(foot).to_contain_text("0 / 1")
