"""The office without a mouse: search, walk, open, act; and on a phone."""

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import People
from tests.journeys.office import Office
from tests.journeys.served import Server

pytestmark = pytest.mark.journey


def test_a_list_is_searched_walked_and_opened_by_keys(server: Server, people: People, office: Office) -> None:
    server.start()
    office.log_in(people.supervisor)
    page = office.page
    page.goto(f"{server.url}/units")
    rows = page.locator("[data-row]")
    expect(rows).to_have_count(4)

    page.keyboard.press("/")
    page.keyboard.type("wxy")
    expect(rows).to_have_count(1)
    expect(page).to_have_url(f"{server.url}/units?q=wxy")
    page.get_by_role("searchbox").fill("")
    expect(rows).to_have_count(4)
    page.get_by_role("searchbox").blur()

    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    expect(rows.first.locator("[data-open]")).to_be_focused()
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_contain_text("1202")


def test_rows_are_chosen_sorted_and_filtered_by_keys(server: Server, people: People, office: Office) -> None:
    server.start()
    office.log_in(people.supervisor)
    page = office.page
    page.goto(f"{server.url}/units?sort=-unit")
    expect(page.locator("[data-row]")).to_have_count(4)

    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("j")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    page.locator("select[name=occupancy]").select_option("vacant")
    expect(page).to_have_url(f"{server.url}/units?occupancy=vacant&sort=-unit")
    page.get_by_role("link", name=office.say("Clear filters")).click()

    expect(page).to_have_url(f"{server.url}/units")


def test_words_lead_from_the_first_page_to_everything_that_holds_them(
    server: Server, people: People, office: Office
) -> None:
    server.start()
    office.log_in(people.supervisor)
    page = office.page

    page.keyboard.press("/")
    page.keyboard.type("1202")
    page.keyboard.press("Enter")
    expect(page.locator("mark").first).to_have_text("1202")
    page.get_by_role("searchbox").blur()
    page.keyboard.press("j")
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_contain_text("1202")


def test_the_side_bar_is_a_drawer_on_a_phone(server: Server, people: People, office: Office) -> None:
    server.start()
    office.log_in(people.engineer)
    page = office.page
    page.set_viewport_size({"width": 390, "height": 844})
    issues = page.get_by_role("navigation").get_by_role("link", name="事项")
    expect(issues).to_be_hidden()

    page.get_by_role("button", name="菜单").click()
    issues.click()

    expect(page.get_by_role("heading", level=1)).to_have_text("事项")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_no_page_breaks_the_content_policy(server: Server, people: People, office: Office) -> None:
    server.start()
    said: list[str] = []
    office.page.on("console", lambda message: said.append(message.text))
    office.log_in(people.supervisor)

    for path in ("/", "/plans", "/visits", "/issues", "/units", "/search?q=12", "/devices", "/login", "/nowhere"):
        office.page.goto(f"{server.url}{path}")

    assert [text for text in said if "404" not in text] == []
