"""An inspection from the garage to the supervisor's own eyes, its notes made while the server is really stopped."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import People
from tests.journeys.office import Office
from tests.journeys.served import Server
from tests.journeys.tablet import WATERPROOFING, Tablet
from tests.journeys.words import like, zh

pytestmark = pytest.mark.journey

PUDDLE, TILES = "地面大片积水", "电梯旁墙砖松动"


@pytest.mark.clause("R03")
def test_two_things_noticed_offline_are_put_right_and_verified_by_the_supervisor(
    server: Server, people: People, office: Office, carried: Tablet, picture: Path
) -> None:
    server.stop()
    carried.kill_and_open()
    carried.page.get_by_test_id("inspect").click()
    the_garage_is_noted(carried, picture)
    the_app_dies_half_way_through_the_next(carried, picture)
    the_lift_hall_is_noted(carried)
    both_stand_on_this_tablet_only(carried)

    server.start()
    carried.sync()
    expect(carried.page.get_by_text(zh("Complete"), exact=True)).to_have_count(2)
    expect(carried.page.get_by_text("3 栋 · 电梯厅")).to_be_visible()

    the_department_puts_it_right(office, people, "已抽干")
    the_supervisor_finds(office, people, "Send back to the department", "Send back", "坡道口还在渗水")
    expect(
        office.page.get_by_text(zh("Round %(n)s · %(title)s", n=2, title=zh("Routed, not yet accepted")))
    ).to_be_visible()
    the_department_puts_it_right(office, people, "坡道口已重做排水沟")
    the_supervisor_finds(office, people, "Verify: it is put right", "Verify", "雨后看过，干燥")

    expect(office.page.get_by_text(zh("Verified by the supervisor")).first).to_be_visible()
    it_is_counted_as_verified_and_not_as_closed(office)


def the_garage_is_noted(tablet: Tablet, picture: Path) -> None:
    page = tablet.page
    page.get_by_role("button", name="地下车库").click()
    page.get_by_label(zh("What did you notice?")).fill(PUDDLE)
    take_a_photo(tablet, picture)
    page.get_by_role("button", name=WATERPROOFING["zh"]).click()
    page.get_by_role("button", name=zh("Save, note another")).click()
    expect(page.get_by_text(like("Saved on this tablet: %(number)s"))).to_be_visible()
    expect(page.get_by_label(zh("What did you notice?"))).to_have_value("")
    expect(page.get_by_label(zh("Exact place"))).to_have_value("地下车库")


def the_app_dies_half_way_through_the_next(tablet: Tablet, picture: Path) -> None:
    page = tablet.page
    page.get_by_role("radio", name=zh("At a building")).click()
    page.get_by_role("button", name=zh("Building %(building)s", building=3)).click()
    page.get_by_role("button", name=zh("Lift hall")).click()
    page.get_by_label(zh("What did you notice?")).fill(TILES)
    take_a_photo(tablet, picture)
    tablet.kill_and_open()
    tablet.page.get_by_test_id("note-begun").click()


def the_lift_hall_is_noted(tablet: Tablet) -> None:
    page = tablet.page
    expect(page.get_by_label(zh("What did you notice?"))).to_have_value(TILES)
    expect(page.locator("kept-photo img")).to_be_visible()
    page.get_by_role("button", name=zh("Save"), exact=True).click()
    expect(page.get_by_text(zh("Choose a category: it says who takes care of it."))).to_be_visible()
    page.get_by_role("button", name=WATERPROOFING["zh"]).click()
    page.get_by_role("button", name=zh("Save"), exact=True).click()
    expect(page.get_by_role("heading", name=like("Saved on this tablet %(time)s"))).to_be_visible()


def take_a_photo(tablet: Tablet, picture: Path) -> None:
    tablet.page.locator("input[type=file]").set_input_files(picture)
    expect(tablet.page.get_by_text(zh("Another photo"))).to_be_visible()


def both_stand_on_this_tablet_only(tablet: Tablet) -> None:
    tablet.go_to("records")
    for words in (PUDDLE, TILES):
        expect(tablet.page.get_by_text(words)).to_be_visible()
    expect(tablet.page.locator('[data-testid="record"][data-state="here"]')).to_have_count(2)


def the_department_puts_it_right(office: Office, people: People, note: str) -> None:
    office.log_in(people.engineer)
    office.open_issue(PUDDLE)
    expect(office.page.get_by_text("地下车库").first).to_be_visible()
    expect(office.page.locator(".photo img")).to_have_count(1)
    office.accept_issue(measure="抽水并重做排水", responsible="王强", days=3)
    office.report_rectified(note)
    expect(office.page.get_by_text(zh("Reported. The supervisor goes to see it."))).to_be_visible()


def the_supervisor_finds(office: Office, people: People, opened_by: str, act: str, words: str) -> None:
    office.log_in(people.supervisor)
    office.open_issue(PUDDLE)
    office.act(act, opened_by=opened_by, note=words)
    expect(office.page.get_by_text(words).first).to_be_visible()


def it_is_counted_as_verified_and_not_as_closed(office: Office) -> None:
    expect(office.rows_of("issues?state=verified")).to_have_count(1)
    expect(office.rows_of("issues?state=closed")).to_have_count(0)
    expect(office.rows_of("issues?source=inspection")).to_have_count(1)
    expect(office.rows_of("visits/inspections")).to_have_count(2)
    expect(office.page.locator(".thumbs img")).to_have_count(2)
