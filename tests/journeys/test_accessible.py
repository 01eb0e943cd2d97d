"""Every screen of the tablet under axe-core, in both languages, as wide as a tablet and as narrow as a phone."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from app.config import ROOT
from tests.builders import PASSWORD
from tests.journeys.conftest import People
from tests.journeys.office import Office
from tests.journeys.served import Server
from tests.journeys.tablet import Tablet
from tests.journeys.words import like

pytestmark = pytest.mark.journey

AXE = (ROOT / "node_modules/axe-core/axe.min.js").read_text("utf-8")
SIZES = ({"width": 820, "height": 1180}, {"width": 390, "height": 844})
LEAK = "主卫天花板渗水"


class Inspector:
    """Looks at the screen that is shown and remembers what it found."""

    def __init__(self, tablet: Tablet) -> None:
        self.tablet = tablet
        self.found: list[str] = []
        self.seen: list[str] = []

    def look(self, screen: str) -> None:
        """The screen as it stands, at each size."""
        page = self.tablet.page
        page.evaluate(f"if (!window.axe) {{ {AXE} }}")
        self.seen.append(screen)
        for size in SIZES:
            page.set_viewport_size(size)  # type: ignore[arg-type]
            broken = page.evaluate(
                "axe.run({ resultTypes: ['violations'] }).then(({ violations }) => violations.flatMap("
                "({ id, help, nodes }) => nodes.map(node => `${id} (${help}): ${node.html.slice(0, 200)}`)))"
            )
            self.found += [f"{screen} at {size['width']}: {line}" for line in broken]
        page.set_viewport_size(SIZES[0])  # type: ignore[arg-type]


@pytest.mark.parametrize("locale", ["zh", "en"])
def test_nothing_on_any_screen_stands_in_anybodys_way(
    server: Server, people: People, office: Office, tablet: Tablet, picture: Path, locale: str
) -> None:
    server.start()
    office.log_in(people.supervisor)
    office.put_this_months_plan_to_work()
    tablet.page.emulate_media(reduced_motion="reduce")
    tablet.locale = locale
    inspector = Inspector(tablet)

    enrolling(inspector, office.enrol_code_for("李敏"))
    finding_a_door(inspector)
    writing_a_visit_down(inspector, picture)
    in_the_owners_hands(inspector)
    signing_for_the_office(inspector, server)
    round_the_app(inspector)
    server.start()
    a_forgotten_pin(inspector)

    assert inspector.found == []
    assert len(inspector.seen) == len(set(inspector.seen)) > 30


def enrolling(inspector: Inspector, code: str) -> None:
    tablet = inspector.tablet
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
    # From here on the tablet speaks the officer's language.
    expect(page.get_by_text("陈建国")).to_be_visible()
    if tablet.locale == "en":
        tablet.go_to("me")
        page.get_by_role("radio", name="English").click()
        tablet.go_to("today")
    expect(page.get_by_text("陈建国")).to_be_visible()
    inspector.look("today")


def finding_a_door(inspector: Inspector) -> None:
    tablet = inspector.tablet
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
    page.get_by_role("button", name=like("Save: %(what)s", tablet.locale)).click()
    expect(page.get_by_role("heading", name=like("Saved on this tablet %(time)s", tablet.locale))).to_be_visible()
    inspector.look("an attempt saved")


def writing_a_visit_down(inspector: Inspector, picture: Path) -> None:
    tablet = inspector.tablet
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


def in_the_owners_hands(inspector: Inspector) -> None:
    tablet = inspector.tablet
    page = tablet.page
    tablet.hand_over()
    if tablet.locale == "en":
        expect(page.get_by_role("button", name="中文")).to_be_visible()
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


def signing_for_the_office(inspector: Inspector, server: Server) -> None:
    tablet = inspector.tablet
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


def round_the_app(inspector: Inspector) -> None:
    tablet = inspector.tablet
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


def a_forgotten_pin(inspector: Inspector) -> None:
    tablet = inspector.tablet
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
