"""One knock: what the executive orders at a desk, the month's visit and a callback, under one signature offline."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.journeys.axe import AT_THE_DESK, IN_THE_HAND, Inspector
from tests.journeys.conftest import People
from tests.journeys.office import Office
from tests.journeys.served import Server
from tests.journeys.tablet import Tablet
from tests.journeys.words import like, zh

pytestmark = pytest.mark.journey

LEAK = "主卫天花板渗水"
HEATING = "暖气打压前逐户确认"
GAS = "燃气安全宣传"
DRAIN, AGAIN = "厨房地漏返味", "用了两天又返味"


@pytest.mark.clause("P53")
@pytest.mark.clause("R02")
@pytest.mark.clause("R08")
@pytest.mark.clause("R40")
def test_one_signature_covers_the_planned_visit_a_special_one_a_callback_and_an_objection(
    server: Server, people: People, office: Office, carried: Tablet, picture: Path
) -> None:
    tablet = carried
    tablet.page.emulate_media(reduced_motion="reduce")
    desk = Inspector(office, AT_THE_DESK)
    tablet.hold_visit("1202", LEAK, answered=(DRAIN, "换了水封"))
    tablet.sync()
    expect(tablet.page.get_by_text(zh("To be sent"))).to_have_count(0)
    the_department_says_it_is_rectified(office, people)
    office.log_in(people.executive)
    for title in (HEATING, GAS):
        office.order_special(title, "阀门是否全部打开", ["3-1-1202", "王秀英"])
    tablet.sync()
    tablet.go_to("today")
    special = zh("%(kind)s: %(title)s", kind=zh("Special visit"), title=HEATING)
    expect(tablet.page.get_by_text(special).first).to_be_visible()

    server.stop()
    tablet.kill_and_open()
    expect(tablet.page.get_by_text(special).first).to_be_visible()
    hand = one_visit_is_held(tablet, picture)

    server.start()
    tablet.sync()
    expect(tablet.page.get_by_text(zh("To be sent"))).to_have_count(0)
    the_office_shows_what_was_met(office, desk)
    the_objection_has_opened_it_again(office)
    assert desk.found + hand.found == [], "nothing on these screens stands in anybody's way"


def the_department_says_it_is_rectified(office: Office, people: People) -> None:
    office.log_in(people.engineer)
    office.open_issue(LEAK)
    office.accept_issue(measure="注浆并重做防水", responsible="王强", days=3)
    office.report_rectified("重新做防水")


def one_visit_is_held(tablet: Tablet, picture: Path) -> Inspector[Tablet]:
    page, hand = tablet.page, Inspector(tablet, IN_THE_HAND)
    tablet.find("1202")
    expect(page.get_by_test_id("due")).to_have_count(2)
    expect(page.get_by_text(HEATING)).to_be_visible()
    hand.look("what is due at a door")
    tablet.knock()
    purposes = page.get_by_test_id("purpose")
    expect(purposes).to_have_count(2)
    purposes.filter(has_text=GAS).click()
    expect(purposes.filter(has_text=GAS)).to_contain_text(zh("Next time"))
    hand.look("what a visit is for")
    tablet.answer_callback("Satisfied")
    tablet.photograph_the_work(picture)
    tablet.object_to(DRAIN, AGAIN)
    hand.look("what an owner answers")
    tablet.hand_over()
    tablet.read_to_the_end()
    objection = page.locator(".owner-list li").filter(has_text=DRAIN)
    expect(objection).to_contain_text(zh("You: object, it is opened again"))
    expect(objection).to_contain_text(AGAIN)
    tablet.rate("Satisfied")
    tablet.ink()
    tablet.confirm()
    tablet.sign_as_officer_and_save()
    expect(page.get_by_test_id("closing-words")).to_contain_text("感谢您的理解")
    hand.look("saved, with the closing words")
    tablet.find("1202")
    expect(page.get_by_test_id("due")).to_have_count(1)
    expect(page.get_by_test_id("due")).to_contain_text(GAS)
    return hand


def the_objection_has_opened_it_again(office: Office) -> None:
    """What was closed at the door two visits ago is at its department again; the photo shows the work on the leak."""
    page = office.page
    expect(office.rows_of("issues?state=closed").filter(has_text=DRAIN)).to_have_count(0)
    office.open_issue(DRAIN)
    office.stands(zh("Round %(n)s", n=2))
    expect(page.get_by_text(AGAIN).first).to_be_visible()
    office.open_issue(LEAK)
    expect(page.locator(".photo figcaption .chip").first).to_have_text(zh("After"))


def the_office_shows_what_was_met(office: Office, desk: Inspector[Office]) -> None:
    page = office.page
    page.goto(f"{office.url}/plans/special/new")
    desk.look("an order")
    for title, met in ((GAS, "0 / 2"), (HEATING, "1 / 2")):
        page.goto(f"{office.url}/plans/special")
        page.get_by_role("link", name=title).click()
        expect(page.get_by_text(met).first).to_be_visible()
    desk.look("what became of it")
    page.get_by_role("link", name=like("Met %(when)s")).click()
    for category in ("Special visit", "Issue callback", "Objects to its end"):
        expect(page.get_by_text(zh(category), exact=True)).to_be_visible()
