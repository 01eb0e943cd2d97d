"""The page dies at the worst moments; the draft is whole, down to the last stroke."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys.served import Server
from tests.journeys.tablet import Tablet
from tests.journeys.words import zh

pytestmark = pytest.mark.journey

LEAK = "主卫天花板渗水"
STORAGE_THAT_OPENS_WHEN_LET = """
    const open = IDBFactory.prototype.open;
    const let_ = new Promise((done) => { window.letItOpen = done; });
    IDBFactory.prototype.open = function (...how) {
        const waiting = new EventTarget();
        let_.then(() => {
            const request = open.apply(this, how);
            for (const kind of ["success", "error", "upgradeneeded", "blocked"])
                request["on" + kind] = (event) => waiting["on" + kind]?.(event);
            for (const name of ["result", "transaction", "error"])
                Object.defineProperty(waiting, name, { get: () => request[name] });
        });
        return waiting;
    };
"""


def test_a_page_killed_between_pen_up_and_done_comes_back_with_its_ink(server: Server, carried: Tablet) -> None:
    tablet = carried
    server.stop()

    tablet.find("1202")
    tablet.knock()
    tablet.note_issue(LEAK)
    tablet.kill_and_open()
    tablet.find("1202")
    tablet.page.get_by_role("link", name=zh("Go on with the visit")).click()
    expect(tablet.page.get_by_text(LEAK)).to_be_visible()

    tablet.hand_over()
    tablet.read_to_the_end()
    tablet.rate("Mostly satisfied")
    tablet.ink()
    expect(tablet.page.get_by_role("button", name=zh("Sign again"))).to_be_visible()
    before = tablet.inked_pixels()
    tablet.kill_and_open()

    expect(tablet.page.get_by_text(LEAK)).to_be_visible()
    expect(tablet.page.get_by_role("radio", name=zh("Mostly satisfied"), exact=True)).to_have_attribute(
        "aria-checked", "true"
    )
    expect(tablet.page.get_by_role("button", name=zh("Sign again"))).to_be_visible()
    # A redrawn stroke may be a little broader, as its breadth follows the speed of a mouse that jumps; of two strokes
    # a lost one would be half the ink.
    assert tablet.inked_pixels() == pytest.approx(before, rel=0.25)

    tablet.confirm()
    tablet.sign_as_officer_and_save()
    tablet.go_to("records")
    expect(tablet.page.get_by_text(zh("To be sent")).first).to_be_visible()


def test_a_page_that_the_camera_pushed_out_of_memory_comes_back_with_every_word(carried: Tablet) -> None:
    tablet = carried
    tablet.find("1202")
    tablet.knock()
    tablet.page.get_by_role("button", name=zh("Note an issue")).click()
    tablet.page.get_by_label(zh("What does the owner say?")).fill(LEAK)

    with tablet.page.expect_file_chooser():
        tablet.page.locator("input[type=file]").first.click()
    tablet.kill_and_open()

    tablet.find("1202")
    tablet.page.get_by_role("link", name=zh("Go on with the visit")).click()
    expect(tablet.page.get_by_text(LEAK)).to_be_visible()


def test_a_call_that_was_noted_down_when_the_app_died_is_on_todays_page_and_saved_from_there(
    server: Server, carried: Tablet
) -> None:
    tablet = carried
    server.stop()
    tablet.ring("1102")
    tablet.comes_of_the_call("Another time agreed")
    # The day and the time that belong to it stand above the button, also on a telephone.
    expect(tablet.page.get_by_label(zh("Time"), exact=True)).to_be_in_viewport()
    tablet.page.get_by_label(zh("Day"), exact=True).fill((datetime.now(UTC) + timedelta(days=2)).date().isoformat())
    tablet.page.get_by_label(zh("Time"), exact=True).fill("19:30")
    tablet.page.get_by_label(zh("Note"), exact=True).fill("晚上才有空")
    # Whoever comes back reads what is on the disk: it has arrived there before the app dies.
    tablet.go_to("today")
    tablet.page.get_by_test_id("half-written").click()
    expect(tablet.page.get_by_label(zh("Note"), exact=True)).to_have_value("晚上才有空")
    tablet.kill_and_open()

    begun = tablet.page.get_by_test_id("half-written")
    begun.click()
    expect(tablet.page.get_by_label(zh("Time"), exact=True)).to_have_value("19:30")
    expect(tablet.page.get_by_label(zh("Note"), exact=True)).to_have_value("晚上才有空")
    tablet.saves_the_call()
    tablet.go_to("today")
    expect(begun).to_have_count(0)


def test_the_owner_cannot_leave_owner_mode_without_the_pin(carried: Tablet) -> None:
    tablet = carried
    tablet.find("1202")
    tablet.knock()
    tablet.hand_over()
    the_owner_still_reads(tablet)

    tablet.page.go_back()
    the_owner_still_reads(tablet)
    tablet.go_to("today")
    the_owner_still_reads(tablet)
    tablet.kill_and_open()
    the_owner_still_reads(tablet)


def test_storage_that_does_not_open_is_said_to_be_waited_for_and_the_app_goes_on_by_itself(
    shell: Server, browser: Browser
) -> None:
    page = browser.new_page(locale="zh-CN")
    page.add_init_script(STORAGE_THAT_OPENS_WHEN_LET)

    page.goto(f"{shell.url}/tablet")
    expect(page.get_by_text(zh("The app is still opening"))).to_be_visible()
    page.evaluate("letItOpen()")

    expect(page.get_by_label(zh("One-time code"))).to_be_visible()
    page.close()


def the_owner_still_reads(tablet: Tablet) -> None:
    expect(tablet.page.get_by_role("heading", name=zh("Our service, all in all"))).to_be_visible()
