"""New versions of the app: never by themselves, whole when accepted, and at once where a version was withdrawn."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from app.config import ROOT
from tests.journeys.conftest import People
from tests.journeys.office import Office
from tests.journeys.served import Server
from tests.journeys.tablet import Tablet
from tests.journeys.words import like, zh

pytestmark = pytest.mark.journey

LEAK = "主卫天花板渗水"


@pytest.fixture
def release(server: Server, tmp_path: Path) -> Callable[[str, str], None]:
    """Serve another version: the checkout with something put before the text of one static file."""
    program = tmp_path / "program"
    shutil.copytree(ROOT / "static", program / "static")
    for name in ("app", "templates", "migrations", "service_worker"):
        (program / name).symlink_to(ROOT / name)

    def change_and_restart(path: str, before: str) -> None:
        file = program / "static" / path
        file.write_text(before + file.read_text("utf-8"), "utf-8")
        server.stop()
        server.program = program
        server.start()

    return change_and_restart


def test_a_new_version_waits_for_the_user_and_keeps_draft_and_outbox(
    server: Server, people: People, planned: None, office: Office, tablet: Tablet, release: Callable[[str, str], None]
) -> None:
    server.start()
    a_visit_is_being_written_down(office, people, tablet)
    other = another_tab(tablet)
    first = version_of(tablet.page)

    release("styles/tablet.css", "/* a newer one */\n")
    looked_at_again(tablet.page)
    expect(other.get_by_text(zh("A new version is ready. What you have written is kept."))).to_be_visible()
    assert not was_reloaded(tablet.page)
    assert not was_reloaded(other)

    tablet.context.set_offline(True)
    nobody_is_home_at_1102(other)
    other.get_by_role("button", name=zh("Update now")).click()
    for page in (tablet.page, other):
        expect(page.locator(f'script[src*="{first}"]')).to_have_count(0)
        assert was_reloaded(page)

    expect(tablet.page.get_by_text(LEAK)).to_be_visible()
    tablet.go_to("records")
    expect(tablet.page.get_by_text(zh("To be sent: %(count)s", count=1))).to_be_visible()
    tablet.context.set_offline(False)
    tablet.sync()
    expect(tablet.page.get_by_text(zh("Complete"), exact=True)).to_be_visible()


def test_a_broken_version_is_forced_out_by_the_server_and_the_draft_is_whole(
    server: Server, people: People, planned: None, office: Office, tablet: Tablet, release: Callable[[str, str], None]
) -> None:
    server.start()
    a_visit_is_being_written_down(office, people, tablet)
    release("tablet/main.js", 'throw new Error("broken");\n')
    looked_at_again(tablet.page)
    tablet.go_to("today")
    tablet.page.get_by_role("button", name=zh("Update now")).click()
    expect(tablet.page.locator("#app > *")).to_have_count(0)
    broken = version_of(tablet.page)

    server.environment["WITHDRAWN_VERSIONS"] = broken
    server.program = ROOT
    server.stop()
    server.start()
    # Not closed: without a page of the broken version the next one would come in anyway.
    tablet.page.reload()

    expect(tablet.page.get_by_role("heading", name=zh("Today's visits"))).to_be_visible()
    tablet.find("1202")
    tablet.page.get_by_role("link", name=zh("Go on with the visit")).click()
    expect(tablet.page.get_by_text(LEAK)).to_be_visible()


def a_visit_is_being_written_down(office: Office, people: People, tablet: Tablet) -> None:
    office.log_in(people.supervisor)
    tablet.enrol(office.enrol_code_for("李敏"))
    tablet.find("1202")
    tablet.knock()
    tablet.note_issue(LEAK)
    mark(tablet.page)


def another_tab(tablet: Tablet) -> Page:
    page = tablet.context.new_page()
    page.goto(f"{tablet.url}/tablet")
    expect(page.get_by_role("heading", name=zh("Today's visits"))).to_be_visible()
    mark(page)
    return page


def nobody_is_home_at_1102(page: Page) -> None:
    page.get_by_text("1102").click()
    page.get_by_role("link", name=zh("Nobody home")).click()
    page.get_by_role("button", name=like("Save: %(what)s")).click()
    page.get_by_role("link", name=zh("Today")).click()
    expect(page.get_by_text(like("%(count)s on this tablet · offline")).first).to_be_visible()


def looked_at_again(page: Page) -> None:
    """The tablet is taken up again."""
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


def version_of(page: Page) -> str:
    source = page.locator("script[type=module]").get_attribute("src") or ""
    return source.split("/")[2]


def mark(page: Page) -> None:
    """Leave a mark that goes with a reload."""
    page.evaluate("window.marked = true")


def was_reloaded(page: Page) -> bool:
    return not page.evaluate("Boolean(window.marked)")
