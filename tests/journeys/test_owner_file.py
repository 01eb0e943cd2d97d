"""An officer corrects an owner file at the door without network; the office decides; a unit is sold to two owners."""

import re

import pytest
from playwright.sync_api import Locator, expect

from app.core.clock import local_date, now
from tests.journeys.conftest import People
from tests.journeys.office import Office
from tests.journeys.served import Server
from tests.journeys.tablet import Tablet
from tests.journeys.words import zh

pytestmark = pytest.mark.journey

NEW_PHONE = "13900001111"


def test_what_is_corrected_at_the_door_is_decided_in_the_office_and_told_on_the_tablet(
    server: Server, people: People, office: Office, tablet: Tablet
) -> None:
    server.start()
    office.log_in(people.supervisor)
    tablet.enrol(office.enrol_code_for("李敏"))
    tablet.find("1202")
    expect(tablet.page.get_by_text("陈建国").first).to_be_visible()

    server.stop()
    note(tablet, "phone", phone=NEW_PHONE)
    note(tablet, "care", words="家有大型犬")
    expect(tablet.page.get_by_test_id("pending")).to_have_count(2)

    server.start()
    tablet.sync()
    expect(tablet.page.get_by_text(zh("Waits for the office to accept or refuse it."))).to_have_count(2)

    office.log_in(people.supervisor)
    office.page.get_by_role("link", name=zh("Accept or refuse")).first.click()
    correction(office, NEW_PHONE).get_by_role("button", name=zh("Accept as noted"), exact=True).click()
    expect(office.page.get_by_text(zh("Accepted. The officer reads it on the tablet."))).to_be_visible()
    refused = correction(office, "家有大型犬")
    refused.get_by_role("link", name=zh("Refuse"), exact=True).click()
    refused.get_by_label(zh("Why it is refused")).fill("狗已送走")
    refused.get_by_role("button", name=zh("Refuse"), exact=True).click()
    expect(office.page.get_by_text(zh("Refused. The officer reads the reason on the tablet."))).to_be_visible()

    tablet.sync()
    expect(tablet.page.get_by_test_id("decided").filter(has_text="狗已送走")).to_be_visible()
    accepted = zh("%(name)s, %(time)s: accepted, it stands in the file.").rsplit("：", 1)[1]
    expect(tablet.page.get_by_test_id("decided").filter(has_text=accepted)).to_be_visible()
    tablet.find("1202")
    expect(tablet.page.get_by_role("link", name=re.compile(f"{NEW_PHONE[-4:]}$"))).to_be_visible()
    expect(tablet.page.get_by_test_id("pending")).to_have_count(0)


def test_a_sale_to_two_owners_hides_the_seller_from_the_next_visit(
    server: Server, people: People, office: Office, tablet: Tablet
) -> None:
    server.start()
    office.log_in(people.supervisor)
    tablet.enrol(office.enrol_code_for("李敏"))
    tablet.find("1202")
    expect(tablet.page.get_by_text("陈建国").first).to_be_visible()

    office.page.goto(f"{office.url}/units")
    office.page.get_by_role("link", name="1202").first.click()
    office.page.get_by_role("link", name=zh("Sold"), exact=True).click()
    sale = office.page.locator("#sale")
    sale.get_by_label(zh("Day of the handover")).fill(local_date(now(), "Asia/Shanghai").isoformat())
    for row, name in enumerate(("许文", "沈国平")):
        sale.get_by_label(zh("New owner")).nth(row).fill(name)
        sale.get_by_label(zh("Phone")).nth(row).fill(f"1390000222{row}")
    sale.get_by_role("button", name=zh("Hand over to the new owners")).click()
    expect(office.page.get_by_role("heading", name="沈国平")).to_be_visible()
    expect(office.page.get_by_role("heading", name="陈建国")).to_have_count(0)

    tablet.sync()
    tablet.find("1202")
    for name in ("许文", "沈国平"):
        expect(tablet.page.get_by_text(name).first).to_be_visible()
    expect(tablet.page.get_by_text("陈建国")).to_have_count(0)


def note(tablet: Tablet, about: str, **parts: str) -> None:
    """From the unit card: what it is about, what it should be, saved."""
    page = tablet.page
    page.get_by_test_id("correct").click()
    page.locator(f'[data-about="{about}"]').click()
    for part, words in parts.items():
        page.locator(f'input[name="{part}"]').fill(words)
    page.locator("footer button.primary").click()
    expect(page.get_by_text(zh("Saved on this tablet. The office accepts or refuses it."))).to_be_visible()


def correction(office: Office, words: str) -> Locator:
    """The correction on the page that says this."""
    return office.page.locator("section.correction").filter(has_text=words)
