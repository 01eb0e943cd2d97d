"""A tablet that is lost, a PIN that is forgotten, an office that cannot be reached: no record goes with them."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.builders import PASSWORD
from tests.journeys.conftest import People
from tests.journeys.office import Office
from tests.journeys.tablet import PIN, Tablet
from tests.journeys.words import zh

pytestmark = pytest.mark.journey

LEAK = "主卫天花板渗水"
LIFT = "电梯晚上有异响"
NEW_PIN = "739164"


def test_a_withdrawn_tablet_hands_in_what_it_holds_then_empties_itself_and_says_so(
    people: People, carried: Tablet, office: Office, picture: Path
) -> None:
    tablet = carried
    tablet.context.set_offline(True)
    tablet.hold_visit("1202", LEAK, picture)
    tablet.nobody_home("1102")
    office.log_in(people.supervisor)
    office.withdraw_tablet("T01")
    assert tablet.rows_kept() > 0

    tablet.context.set_offline(False)

    emptied = zh("This tablet was withdrawn by the office; everything on it was handed in and deleted here.")
    expect(tablet.page.get_by_text(emptied)).to_be_visible()
    assert tablet.rows_kept() == 0
    tablet.kill_and_open()
    expect(tablet.page.get_by_text(emptied)).to_be_visible()
    expect(tablet.page.get_by_text("李敏")).to_have_count(0)
    the_office_sees_that_it_is_empty(office)
    the_office_enters_the_visit_that_waits_with_its_photo(office)


def the_office_sees_that_it_is_empty(office: Office) -> None:
    row = office.rows_of("devices")
    expect(row).to_have_count(1)
    for words in (zh("Handed in and emptied"), zh("Records handed in since: %(n)s", n=2), zh("To check: %(n)s", n=2)):
        expect(row.get_by_text(words)).to_be_visible()


def the_office_enters_the_visit_that_waits_with_its_photo(office: Office) -> None:
    waiting = office.rows_of("records")
    expect(waiting).to_have_count(2)
    waiting.filter(has_text="1202").get_by_role("link").first.click()
    page = office.page
    expect(page.get_by_text(LEAK)).to_be_visible()
    expect(page.locator(".photo img")).to_have_js_property("complete", True)
    assert page.locator(".photo img").evaluate("image => image.naturalWidth") > 0

    page.get_by_role("link", name=zh("Enter it now")).click()
    page.get_by_role("button", name=zh("Enter it now")).click()

    expect(office.rows_of("records")).to_have_count(1)
    expect(office.rows_of("visits").filter(has_text="1202")).to_have_count(1)


def test_after_a_forgotten_pin_the_unsent_record_and_the_draft_are_still_there(carried: Tablet) -> None:
    tablet = carried
    # The office answers, but takes no records: what waits must still wait after the new PIN.
    tablet.page.route("**/sync/push", lambda route: route.abort())
    tablet.hold_visit("1202", LEAK)
    tablet.find("1102")
    tablet.knock()
    tablet.note_issue(LIFT)
    tablet.lock()

    tablet.recover(PASSWORD, NEW_PIN)

    tablet.go_to("records")
    expect(tablet.page.get_by_text(zh("To be sent: %(count)s", count=1))).to_be_visible()
    tablet.find("1102")
    tablet.page.get_by_role("link", name=zh("Go on with the visit")).click()
    expect(tablet.page.get_by_text(LIFT)).to_be_visible()
    only_the_new_pin_opens(tablet)
    tablet.page.unroute("**/sync/push")
    tablet.sync()
    expect(tablet.page.get_by_text(zh("Complete"), exact=True)).to_be_visible()


def only_the_new_pin_opens(tablet: Tablet) -> None:
    tablet.lock()
    tablet.type_pin(PIN)
    expect(tablet.page.get_by_role("alert").filter(has_text=zh("That PIN is not right."))).to_be_visible()
    tablet.type_pin(NEW_PIN)
    expect(tablet.page.get_by_text(LIFT).or_(tablet.page.get_by_role("heading", name="李敏"))).to_be_visible()


def test_what_came_by_file_and_once_more_over_the_network_stands_at_the_office_once(
    people: People, carried: Tablet, office: Office, picture: Path
) -> None:
    tablet = carried
    tablet.context.set_offline(True)
    tablet.hold_visit("1202", LEAK, picture)
    tablet.go_to("records")
    first = tablet.file_saved_by(zh("Export"))
    tablet.nobody_home("1102")
    tablet.lock()
    both = tablet.file_saved_by(zh("Save what is unsent as a file for the office"))

    office.log_in(people.supervisor)
    it_is_taken_in(office, first, records=1, photos=1, before=0)
    it_is_taken_in(office, both, records=1, photos=0, before=1)
    office.upload_unsent(both)
    expect(office.page.get_by_text(zh("The office has all of it already"))).to_be_visible()
    expect(office.page.get_by_role("button", name=zh("Take it in"))).to_have_count(0)

    the_visit_stands_once_with_its_photo(office)
    tablet.context.set_offline(False)
    tablet.type_pin()
    tablet.sync()
    expect(tablet.page.get_by_text(zh("Everything is at the office"))).to_be_visible()
    expect(tablet.page.get_by_text(re.compile(r"HF-\d{4}-0001"))).to_be_visible()
    the_visit_stands_once_with_its_photo(office)


def it_is_taken_in(office: Office, file: Path, *, records: int, photos: int, before: int) -> None:
    office.upload_unsent(file)
    page = office.page
    expect(page.get_by_text(zh("New records: %(n)s, new photos: %(photos)s", n=records, photos=photos))).to_be_visible()
    expect(page.get_by_role("cell", name="李敏")).to_be_visible()
    page.get_by_role("button", name=zh("Take it in")).click()
    taken = zh(
        "Taken in: %(applied)s. To be looked at: %(troubled)s. Here before: %(known)s. Photos: %(photos)s.",
        applied=records,
        troubled=0,
        known=before,
        photos=photos,
    )
    expect(page.get_by_text(taken)).to_be_visible()


def the_visit_stands_once_with_its_photo(office: Office) -> None:
    rows = office.rows_of("visits")
    expect(rows).to_have_count(1)
    expect(rows.get_by_text(zh("Photos on their way"))).to_have_count(0)
    expect(office.rows_of("issues?state=all").filter(has_text=LEAK)).to_have_count(1)


def test_a_page_that_cannot_be_made_says_so_and_leaves_a_way_to_the_records(carried: Tablet) -> None:
    page = carried.page
    carried.go_to("find")
    expect(page.get_by_role("searchbox")).to_be_visible()

    page.evaluate(
        """() => {
            const { prototype } = Intl.DateTimeFormat;
            globalThis.asBefore = prototype.formatToParts;
            prototype.formatToParts = () => { throw new RangeError("none") };
        }"""
    )
    carried.go_to("today")

    expect(page.get_by_role("heading", name=zh("This page cannot be shown"))).to_be_visible()
    page.evaluate("() => { Intl.DateTimeFormat.prototype.formatToParts = globalThis.asBefore }")
    page.get_by_role("link", name=zh("Where the records are")).click()
    expect(page.get_by_role("heading", name=zh("Where the records are"))).to_be_visible()
    carried.go_to("today")
    expect(page.get_by_role("heading", name=zh("Today's visits"))).to_be_visible()
