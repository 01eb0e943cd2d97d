"""Every screen of the tablet under axe-core: in both languages, wide and narrow."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.builders import PASSWORD
from tests.journeys.axe import IN_THE_HAND, Inspector
from tests.journeys.conftest import People
from tests.journeys.office import Office
from tests.journeys.served import Server
from tests.journeys.tablet import Tablet
from tests.journeys.words import like

pytestmark = pytest.mark.journey

LEAK = "主卫天花板渗水"
BLOBS = "**/sync/blobs/**"


@pytest.mark.parametrize("locale", ["zh", "en"])
def test_nothing_on_any_screen_stands_in_anybodys_way(
    server: Server, people: People, planned: None, office: Office, tablet: Tablet, picture: Path, locale: str
) -> None:
    server.start()
    office.log_in(people.supervisor)
    tablet.page.emulate_media(reduced_motion="reduce")
    tablet.locale = locale
    inspector = Inspector(tablet, IN_THE_HAND)

    enrolling(inspector, office.enrol_code_for("李敏"))
    finding_a_door(inspector)
    writing_a_visit_down(inspector, picture)
    in_the_owners_hands(inspector)
    signing_for_the_office(inspector, server)
    address = giving_a_copy(inspector)
    round_the_app(inspector)
    photos_do_not_get_through(tablet)
    server.start()
    a_forgotten_pin(inspector)
    reading_the_copy(inspector, address)
    withdrawn(inspector, office)
    the_storage_is_taken_away(inspector)
    the_storage_is_a_newer_apps(inspector)

    assert inspector.found == []
    assert len(inspector.seen) == len(set(inspector.seen)) > 40


def enrolling(inspector: Inspector[Tablet], code: str) -> None:
    tablet = inspector.at
    page = tablet.page
    page.goto(f"{tablet.url}/tablet")
    if tablet.locale == "en":
        page.get_by_role("button", name="English").click()
    page.get_by_label(tablet.say("One-time code")).fill("AB")
    page.get_by_role("button", name=tablet.say("Continue")).click()
    inspector.look("half a code")
    page.get_by_label(tablet.say("One-time code")).fill(code)
    page.get_by_role("button", name=tablet.say("Continue")).click()
    for heading in ("Choose a PIN", "Type the PIN once more"):
        expect(page.get_by_role("heading", name=tablet.say(heading))).to_be_visible()
        inspector.look(heading)
        tablet.type_pin()
    # It goes on in the language that was chosen. The choice of a language later is looked at as well.
    expect(page.get_by_text("陈建国")).to_be_visible()
    if tablet.locale == "en":
        tablet.go_to("me")
        page.get_by_role("radio", name="English").click()
        tablet.go_to("today")
    expect(page.get_by_text("陈建国")).to_be_visible()
    inspector.look("today")


def finding_a_door(inspector: Inspector[Tablet]) -> None:
    tablet = inspector.at
    page = tablet.page
    tablet.go_to("find")
    page.locator(".chip.filter").first.click()
    inspector.look("units by entrance")
    page.get_by_role("searchbox").fill("nobody of that name")
    inspector.look("nothing found")
    tablet.find("1102")
    expect(page.get_by_role("link", name=tablet.say("Nobody home"))).to_be_visible()
    inspector.look("before the knock")
    page.get_by_role("link", name=tablet.say("Nobody home")).click()
    inspector.look("nobody home")
    page.get_by_role("button", name=tablet.say("Note to leave at the door …")).click()
    inspector.look("a note for the door")
    page.get_by_role("button", name=tablet.say("I left it at the door")).click()
    page.get_by_role("button", name=like("Save: %(what)s", tablet.locale)).click()
    expect(page.get_by_role("heading", name=like("Saved on this tablet %(time)s", tablet.locale))).to_be_visible()
    inspector.look("an attempt saved")
    tablet.ring("1102")
    inspector.look("a call")
    tablet.comes_of_the_call("Another time agreed")
    inspector.look("a time to be agreed")
    tablet.comes_of_the_call("Phone not answered")
    inspector.look("nobody answered")
    tablet.go_to("today")
    expect(page.get_by_test_id("half-written")).to_be_visible()
    inspector.look("a call half written")


def writing_a_visit_down(inspector: Inspector[Tablet], picture: Path) -> None:
    tablet = inspector.at
    page = tablet.page
    tablet.find("1202")
    tablet.knock()
    inspector.look("a visit begun")
    page.get_by_text(tablet.say("Somebody else?")).click()
    inspector.look("who answers")
    page.get_by_role("link", name=tablet.say("Done"), exact=True).click()
    tablet.tick_opening_words()
    page.get_by_role("button", name=tablet.say("Note an issue")).click()
    page.get_by_role("link", name=tablet.say("Done"), exact=True).click()
    inspector.look("an issue without words")
    page.get_by_role("link", name=tablet.say("Back")).click()
    tablet.note_issue(LEAK, photo=picture)
    page.get_by_text(LEAK).click()
    expect(page.locator(".photo img")).to_be_visible()
    inspector.look("an issue with its photo")
    page.get_by_role("button", name=tablet.say("Remove"), exact=True).click()
    inspector.look("remove the issue?")
    page.get_by_role("button", name=tablet.say("Keep it")).click()
    page.get_by_role("link", name=tablet.say("Done"), exact=True).click()
    inspector.look("a visit with an issue")
    page.get_by_role("button", name=tablet.say("Drop this visit …")).click()
    inspector.look("drop the visit?")
    page.get_by_role("button", name=tablet.say("Keep it")).click()


def in_the_owners_hands(inspector: Inspector[Tablet]) -> None:
    tablet = inspector.at
    page = tablet.page
    tablet.hand_over()
    expect(page.get_by_role("radio", name="中文")).to_be_visible()
    inspector.look("the owner reads")
    tablet.read_to_the_end()
    tablet.rate("Satisfied")
    page.get_by_role("button", name=tablet.say("Not signing …")).click()
    inspector.look("not signing")
    page.get_by_role("button", name=tablet.say("I do not want to sign")).click()
    page.get_by_role("button", name=tablet.say("Finish without a signature")).click()
    inspector.look("no reason given")
    page.get_by_role("button", name=tablet.say("Back"), exact=True).click()
    page.get_by_role("button", name=tablet.say("I cannot write: make a mark, with a witness")).click()
    inspector.look("a mark with a witness")
    page.get_by_role("button", name=tablet.say("Sign with a name after all")).click()
    tablet.ink()
    expect(page.get_by_role("button", name=tablet.say("Sign again"))).to_be_visible()
    inspector.look("the owner signed")
    tablet.confirm()
    inspector.look("thanks")
    page.get_by_role("button", name=like("Hand the tablet back to %(name)s", tablet.locale)).click()
    inspector.look("for staff: the PIN")
    page.get_by_role("button", name=tablet.say("Stay here")).click()


def signing_for_the_office(inspector: Inspector[Tablet], server: Server) -> None:
    tablet = inspector.at
    page = tablet.page
    page.get_by_role("button", name=like("Hand the tablet back to %(name)s", tablet.locale)).click()
    tablet.type_pin()
    expect(page.get_by_role("heading", name=tablet.say("Your signature"), level=1)).to_be_visible()
    inspector.look("the officer signs")
    page.get_by_role("button", name=tablet.say("Back to the visit")).click()
    inspector.look("back to the visit?")
    page.get_by_role("button", name=tablet.say("Stay here")).click()
    server.stop()
    tablet.ink()
    page.get_by_role("button", name=tablet.say("Sign and save")).click()
    expect(page.get_by_role("heading", name=like("Saved on this tablet %(time)s", tablet.locale))).to_be_visible()
    inspector.look("a visit saved")


def giving_a_copy(inspector: Inspector[Tablet]) -> str:
    """Without a network; the address that stands in the code."""
    page = inspector.at.page
    page.get_by_test_id("give-copy").click()
    expect(page.get_by_test_id("qr")).to_be_visible()
    expect(page.get_by_test_id("take-away")).to_contain_text(LEAK)
    inspector.look("the owner's copy")
    return page.locator(".take-away-address").text_content() or ""


def reading_the_copy(inspector: Inspector[Tablet], address: str) -> None:
    """On the owner's own telephone, once the office has it."""
    tablet = inspector.at
    telephone = tablet.context.new_page()
    for where, heading in ((address, "Your copy of our visit"), (f"{address[:-26]}{'0' * 26}", "Not here yet")):
        telephone.goto(f"{where}?lang={tablet.locale}")
        expect(telephone.get_by_role("heading", name=tablet.say(heading))).to_be_visible()
        inspector.look(heading, telephone)
    telephone.close()


def round_the_app(inspector: Inspector[Tablet]) -> None:
    tablet = inspector.at
    page = tablet.page
    tablet.go_to("records")
    expect(page.get_by_text(tablet.say("To be sent")).first).to_be_visible()
    inspector.look("records, one of them unsent")
    page.get_by_role("link", name=tablet.say("Add a note")).first.click()
    expect(page.get_by_label(tablet.say("What is to be added?"))).to_be_visible()
    inspector.look("a note to a visit")
    tablet.go_to("today")
    expect(page.get_by_role("heading", name=tablet.say("Today's visits"))).to_be_visible()
    inspector.look("today, some doors done")
    tablet.go_to("briefing")
    inspector.look("briefing")
    tablet.go_to("me")
    expect(page.get_by_role("heading", name="李敏")).to_be_visible()
    inspector.look("me")
    page.get_by_role("button", name=tablet.say("Change the PIN")).click()
    inspector.look("change the PIN")
    page.get_by_role("button", name=tablet.say("Leave it as it is")).click()
    page.get_by_role("button", name=tablet.say("Lock now")).click()
    expect(page.get_by_test_id("pin-1")).to_be_visible()
    for digit in "111111":
        page.get_by_test_id(f"pin-{digit}").click()
    page.get_by_test_id("pin-enter").click()
    expect(page.get_by_role("alert")).to_be_visible()
    inspector.look("a wrong PIN")


def a_forgotten_pin(inspector: Inspector[Tablet]) -> None:
    tablet = inspector.at
    page = tablet.page
    page.get_by_role("button", name=tablet.say("Forgot the PIN?")).click()
    page.get_by_label(tablet.say("Password of the office login")).fill("not this one")
    page.get_by_role("button", name=tablet.say("Continue")).click()
    expect(page.get_by_role("alert")).to_be_visible()
    inspector.look("another password")
    page.get_by_label(tablet.say("Password of the office login")).fill(PASSWORD)
    page.get_by_role("button", name=tablet.say("Continue")).click()
    expect(page.get_by_role("heading", name=tablet.say("Choose a new PIN"))).to_be_visible()
    inspector.look("a new PIN")
    for heading in ("Choose a new PIN", "Type the PIN once more"):
        expect(page.get_by_role("heading", name=tablet.say(heading))).to_be_visible()
        tablet.type_pin()
    expect(page.get_by_text(tablet.say("The PIN is changed"))).to_be_visible()
    tablet.go_to("records")
    expect(page.get_by_text(like("%(sent)s / %(total)s photos", tablet.locale))).to_be_visible()
    inspector.look("records received, a photo to come")


def photos_do_not_get_through(tablet: Tablet) -> None:
    tablet.page.route(BLOBS, lambda route: route.fulfill(status=503))


def withdrawn(inspector: Inspector[Tablet], office: Office) -> None:
    tablet = inspector.at
    page = tablet.page
    office.withdraw_tablet("T01")
    page.get_by_role("button", name=tablet.say("Try now")).click()
    expect(page.get_by_text(like("Records left: %(records)s · photos left: %(photos)s", tablet.locale))).to_be_visible()
    inspector.look("withdrawn, handing in")
    page.unroute(BLOBS)
    page.reload()
    expect(
        page.get_by_text(
            tablet.say("This tablet was withdrawn by the office; everything on it was handed in and deleted here.")
        )
    ).to_be_visible()
    inspector.look("withdrawn, emptied")


def the_storage_is_taken_away(inspector: Inspector[Tablet]) -> None:
    tablet = inspector.at
    page = tablet.page
    page.evaluate("indexedDB.deleteDatabase('doorstep')")
    expect(page.get_by_role("heading", name=tablet.say("Reload this window"))).to_be_visible()
    inspector.look("another window took the storage")
    page.evaluate("localStorage.removeItem('doorstep:withdrawn'); localStorage.setItem('doorstep:enrolled', 'T01')")
    page.reload()
    expect(page.get_by_text(tablet.say("This tablet was emptied"))).to_be_visible()
    inspector.look("emptied behind the app's back")


def the_storage_is_a_newer_apps(inspector: Inspector[Tablet]) -> None:
    tablet = inspector.at
    page = tablet.page
    page.evaluate("indexedDB.deleteDatabase('doorstep')")
    old = tablet.context.new_page()
    old.goto(f"{tablet.url}/healthz")
    old.evaluate(
        """async () => {
            const asked = indexedDB.open("doorstep", 1);
            await new Promise((resolve) => { asked.onsuccess = resolve; });
            window.held = asked.result;
        }"""
    )
    page.reload()
    expect(page.get_by_role("heading", name=tablet.say("Another window is in the way"))).to_be_visible()
    inspector.look("another window is in the way")
    old.evaluate("window.held.close(); indexedDB.deleteDatabase('doorstep')")
    old.evaluate(
        """async () => {
            const asked = indexedDB.open("doorstep", 9990);
            await new Promise((resolve) => { asked.onsuccess = resolve; });
            asked.result.close();
        }"""
    )
    page.reload()
    expect(page.get_by_role("heading", name=tablet.say("The app cannot start"))).to_be_visible()
    inspector.look("the app cannot start")
