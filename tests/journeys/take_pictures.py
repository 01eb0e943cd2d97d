"""Takes the README's two pictures from the running product with the demonstration estate: `make pictures`."""

import tempfile
from pathlib import Path

import flask_migrate
from playwright.sync_api import Page, expect, sync_playwright

from app.cli import demo
from app.config import settings
from app.factory import create_app
from tests.journeys.conftest import CHROMIUM, FLAGS
from tests.journeys.office import Office
from tests.journeys.served import Server
from tests.journeys.tablet import Tablet
from tests.journeys.words import zh

PICTURES = Path(__file__).parent / "pictures"


def main() -> None:
    """Load the demonstration, serve it, look at it."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        server = _demonstration(Path(folder))
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        try:
            desk = browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN")
            hand = browser.new_context(viewport={"width": 820, "height": 1180}, locale="zh-CN", has_touch=True)
            office, tablet = Office(desk.new_page(), server.url), Tablet(hand, server.url)
            _office_picture(office)
            _tablet_picture(office, tablet)
        finally:
            browser.close()
            server.stop()


def _demonstration(folder: Path) -> Server:
    database = f"sqlite:///{folder / 'doorstep.sqlite3'}"
    app = create_app(settings(folder=folder, database=database, secret="only for pictures"))
    with app.app_context():
        flask_migrate.upgrade()
    demo.load(app)
    server = Server(folder, database)
    server.start()
    return server


def _office_picture(office: Office) -> None:
    """An issue in its second round: who holds it, what they owe, until when, and how it came to that."""
    office.log_in("supervisor", demo.PASSWORD)
    office.page.goto(f"{office.url}/issues")
    again = office.page.locator("tr[data-row]").filter(has_text=zh("Round %(n)s", n=2))
    again.first.get_by_role("link").first.click()
    _keep(office.page, "office")


def _tablet_picture(office: Office, tablet: Tablet) -> None:
    """Today's doors."""
    office.log_in("supervisor", demo.PASSWORD)
    tablet.enrol(office.enrol_code_for("李敏"))
    expect(tablet.page.locator(".list .item").first).to_be_visible()
    expect(tablet.page.get_by_test_id("sync-pill")).to_have_text(zh("All sent"))
    _keep(tablet.page, "tablet")


def _keep(page: Page, name: str) -> None:
    page.wait_for_load_state("networkidle")
    PICTURES.mkdir(exist_ok=True)
    page.screenshot(path=PICTURES / f"{name}.png")


if __name__ == "__main__":
    main()
