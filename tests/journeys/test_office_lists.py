"""Lists, search and inbox in a browser: chosen by keys, routed together, readable by everybody, taken away."""

import uuid

import openpyxl
import pytest
import sqlalchemy as sa
from flask import Flask
from playwright.sync_api import expect

from app.core.db import db
from app.estates.models import Estate, Unit
from app.people.queries import staff_by_login
from tests.builders import a_category, an_enrol_code
from tests.journeys.axe import AT_THE_DESK, Inspector
from tests.journeys.conftest import People
from tests.journeys.office import Office
from tests.journeys.served import Server
from tests.model_tablet import ModelTablet

pytestmark = pytest.mark.journey


def some_issues(people: People, app: Flask) -> None:
    """A tablet brings in four issues that nobody is responsible for yet, and one that engineering has."""
    with app.app_context():
        a_category(db.session.scalars(sa.select(Estate)).one(), None, code="other")
        officer = staff_by_login(people.officer)
        assert officer is not None
        unit = db.session.scalars(sa.select(Unit).where(Unit.number == "1202")).one()
        code, ids = an_enrol_code(officer), (unit.estate_id, unit.id)
        db.session.commit()
    tablet = ModelTablet(app.test_client(), code)
    texts = ("想要儿童乐园", "想要健身器材", "大门口路面有坑", "隔壁工地太吵")
    issues = [tablet.an_issue(text, "other") for text in texts]
    visit = tablet.a_visit(*ids, issues=[*issues, tablet.an_issue("主卫渗水", "leak")], wishes="电梯早点修好")
    [receipt] = tablet.receipts(tablet.freeze(visit))
    assert receipt["status"] == "applied", receipt
    assert uuid.UUID(str(visit["entity_id"]))
    with app.app_context():
        db.engine.dispose()


def test_issues_are_chosen_by_keys_and_routed_together(
    server: Server, people: People, office: Office, app: Flask
) -> None:
    some_issues(people, app)
    server.start()
    office.log_in(people.supervisor)
    page = office.page
    boxes, bar = page.locator("td.list-box input"), page.locator("form[data-bulk]")
    whole_page = page.get_by_label(office.say("Choose all of this page"))
    with office.before_scripts(f"{server.url}/issues?state=reported"):
        expect(boxes).to_have_count(4)
        whole_page.check()
    expect(bar.locator("[data-count]")).to_have_text("4")
    whole_page.uncheck()
    expect(bar).to_be_hidden()

    page.keyboard.press("j")
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("Shift+X")
    expect(page.locator("td.list-box input:checked")).to_have_count(3)
    expect(bar.locator("[data-count]")).to_have_text("3")
    page.keyboard.press("x")
    expect(page.locator("td.list-box input:checked")).to_have_count(2)
    whole_page.check()
    expect(bar.locator("[data-count]")).to_have_text("4")

    bar.get_by_label(office.say("Department")).select_option(label="工程维修部")
    bar.get_by_role("button", name=office.say("Route the chosen")).click()

    expect(
        page.get_by_text(office.say("Routed to %(department)s: %(n)s", department="工程维修部", n=4))
    ).to_be_visible()
    expect(page).to_have_url(f"{server.url}/issues?state=reported")
    expect(boxes).to_have_count(0)


def test_a_list_is_taken_away_as_it_is_filtered(server: Server, people: People, office: Office, app: Flask) -> None:
    some_issues(people, app)
    server.start()
    office.log_in(people.supervisor)
    office.page.goto(f"{server.url}/issues?q=想要")

    with office.page.expect_download() as downloading:
        office.page.get_by_role("button", name="XLSX").click()

    path = server.folder / downloading.value.suggested_filename
    downloading.value.save_as(path)
    sheet = openpyxl.load_workbook(path).active
    assert path.name.startswith("事项-")
    assert {row[1].value for row in sheet.iter_rows(min_row=5)} == {"想要儿童乐园", "想要健身器材"}


@pytest.mark.parametrize("locale", ["zh", "en"])
def test_lists_and_search_can_be_read_by_everybody(
    server: Server, people: People, office: Office, app: Flask, locale: str
) -> None:
    some_issues(people, app)
    server.start()
    office.log_in(people.supervisor)
    page, desk = office.page, Inspector(office, AT_THE_DESK)
    page.emulate_media(reduced_motion="reduce")
    if locale == "en":
        office.locale = "en"
        page.get_by_role("button", name="English").click()

    lists = ("issues?sort=unit", "issues?q=渗水", "visits", "units?only=open", "search?q=想要", "batches", "statistics")
    for path in ("", *lists):
        page.goto(f"{server.url}/{path}")
        desk.look(path or "inbox")
    page.goto(f"{server.url}/issues")
    page.get_by_label(office.say("Choose all of this page")).check()
    desk.look("chosen")
    page.get_by_role("heading", level=1).click()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    desk.look("the keys")

    assert desk.found == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.set_viewport_size({"width": 1101, "height": 900})  # narrower ones wrap all heads
    page.goto(f"{server.url}/statistics")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
