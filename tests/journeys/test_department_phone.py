"""A department on its telephone in a stairwell: accepts, takes photos, reports; and the office sees it at once."""

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from playwright.sync_api import Locator, expect

from app.agenda.queries import due_about
from app.agenda.rules import TaskKind
from app.core.clock import now
from app.core.db import db
from app.core.ids import new_id
from app.core.journal import By
from app.estates.models import Unit
from app.issues.actions import accept, report_rectified
from app.issues.models import Issue
from app.people.queries import staff_by_login
from tests.builders import an_enrol_code
from tests.journeys.axe import AT_THE_DESK, Inspector
from tests.journeys.conftest import People
from tests.journeys.office import Office
from tests.journeys.phone import Phone
from tests.journeys.served import Server
from tests.model_tablet import ModelTablet
from tests.office.conftest import IN_TIME

pytestmark = pytest.mark.journey

LEAK, LIGHT = "主卫天花板渗水", "12 层走廊灯不亮"
THUMB = 48
"""Pixels: what a thumb hits."""


class Stairwell:
    """What a tablet brought in from one home, and who works on it."""

    def __init__(self, app: Flask, people: People) -> None:
        self.app, self.worker = app, people.worker
        with app.app_context():
            officer = staff_by_login(people.officer)
            assert officer is not None
            unit = db.session.scalars(sa.select(Unit).where(Unit.number == "1202")).one()
            code, self._home = an_enrol_code(officer), (unit.estate_id, unit.id)
            db.session.commit()
        self._tablet = ModelTablet(app.test_client(), code)

    def raises(self, text: str) -> str:
        """The owner raises something; the id of the issue."""
        raised = self._tablet.an_issue(text, "leak")
        self._brings(issues=[raised])
        return str(raised["id"])

    def comes_back(self, issue_id: str, why: str) -> None:
        """It was accepted and reported as done, and the owner is not satisfied."""
        with self.app.app_context():
            issue, worker = db.session.get_one(Issue, uuid.UUID(issue_id)), staff_by_login(self.worker)
            assert worker is not None
            more = {"by": By(worker.id), "at": now()}
            accept(issue, "补涂防水", worker, IN_TIME, method="涂一遍", event_id=new_id(), **more)
            report_rectified(issue, "已补涂", event_id=new_id(), **more)
            task = due_about(issue.id, TaskKind.ISSUE_CALLBACK)[0]
            db.session.commit()
            about = {"task_id": str(task.id), "issue_id": issue_id, "round": 1}
        self._brings(task_ids=[about["task_id"]], answers=[about | {"answer": "dissatisfied", "reason": why}])

    def _brings(self, **wanted: object) -> None:
        visit = self._tablet.a_visit(*self._home, **wanted)
        [receipt] = self._tablet.receipts(self._tablet.freeze(visit))
        assert receipt["status"] == "applied", receipt


@pytest.fixture
def stairwell(server: Server, people: People, app: Flask) -> Iterator[Stairwell]:
    """The home, its owner and the tablet; the server runs."""
    yield_to = Stairwell(app, people)
    server.start()
    yield yield_to
    with app.app_context():
        db.engine.dispose()


@pytest.mark.clause("R38")
@pytest.mark.clause("R40")
def test_a_worker_accepts_takes_a_photo_and_reports_and_the_supervisor_sees_it(
    server: Server, people: People, phone: Phone, office: Office, stairwell: Stairwell, picture: Path
) -> None:
    stairwell.raises(LEAK)

    phone.log_in(people.engineer)
    phone.card(LEAK).get_by_role("link", name=phone.say("Accept"), exact=True).tap()
    phone.page.get_by_role("textbox", name=phone.say("Measure"), exact=True).fill("剥除涂层，重做防水")
    phone.page.get_by_label(phone.say("How it will be done")).fill("两遍涂膜，闭水 48 小时")
    phone.page.get_by_label(phone.say("Responsible person")).select_option(label="王师傅")
    phone.page.get_by_role("button", name=phone.say("Accept"), exact=True).tap()
    expect(phone.card(LEAK)).to_contain_text("剥除涂层，重做防水")

    phone.log_in(stairwell.worker)
    phone.card(LEAK).get_by_role("link", name=phone.say("Photo or note")).tap()
    phone.page.locator("input[capture]").set_input_files(picture)
    phone.page.locator("input[multiple]").set_input_files([picture])
    expect(phone.page.locator("[data-taken] canvas")).to_have_count(2)
    phone.page.get_by_role("button", name=phone.say("Remove photo %(n)s", n=2)).tap()
    expect(phone.page.locator("[data-taken] canvas")).to_have_count(1)
    phone.page.get_by_role("button", name=phone.say("Save")).tap()
    expect(phone.page.get_by_text(phone.say("Saved. Photos: %(n)s.", n=1))).to_be_visible()

    phone.card(LEAK).get_by_role("link", name=phone.say("Report rectified")).tap()
    phone.page.get_by_label(phone.say("What was done")).fill("防水重做两遍，闭水合格")
    phone.page.locator("input[capture]").set_input_files(picture)
    expect(phone.page.locator("[data-taken] canvas")).to_have_count(1)
    phone.page.get_by_role("button", name=phone.say("Report rectified")).tap()
    expect(phone.page.get_by_text(phone.say("Nothing to do"))).to_be_visible()

    office.log_in(people.supervisor)
    office.open_issue(LEAK)
    page = office.page
    expect(page.get_by_text("防水重做两遍，闭水合格").first).to_be_visible()
    expect(page.locator(".photo figcaption").filter(has_text=office.say("Before"))).to_have_count(1)
    expect(page.locator(".photo figcaption").filter(has_text=office.say("After"))).to_have_count(1)
    expect(page.get_by_text(office.say("Rectified, to be called back")).first).to_be_visible()
    for nth in (0, 1):
        expect(page.locator(".photo img").nth(nth)).to_have_js_property("naturalWidth", 480)


def test_a_connection_that_fails_loses_nothing_and_sends_once(
    server: Server, people: People, phone: Phone, stairwell: Stairwell, picture: Path
) -> None:
    stairwell.raises(LEAK)
    phone.log_in(people.engineer)
    page = phone.page
    phone.card(LEAK).get_by_role("link", name=phone.say("Photo or note")).tap()
    page.wait_for_url("**/progress*")  # with its script, which keeps what is typed
    page.get_by_label(phone.say("Note")).fill("已到现场，先断水")
    page.reload()
    expect(page.get_by_label(phone.say("Note"))).to_have_value("已到现场，先断水")
    page.locator("input[capture]").set_input_files(picture)
    expect(page.locator("[data-taken] canvas")).to_have_count(1)

    page.context.set_offline(True)
    page.get_by_role("button", name=phone.say("Save")).tap()
    expect(page.locator("[data-sending]")).to_have_class("sending sending-wrong")
    expect(page.get_by_label(phone.say("Note"))).to_have_value("已到现场，先断水")
    page.context.set_offline(False)

    # The office takes it, but its answer gets lost on the way.
    def lose_the_answer(route: object) -> None:
        route.fetch(max_redirects=0)
        route.abort()

    page.route("**/progress", lose_the_answer)
    page.get_by_role("button", name=phone.say("Save")).tap()
    expect(page.locator("[data-sending]")).to_have_class("sending sending-wrong")
    expect(page.get_by_role("button", name=phone.say("Save"))).to_be_enabled()
    page.unroute("**/progress")
    page.get_by_role("button", name=phone.say("Save")).tap()
    expect(phone.card(LEAK)).to_contain_text(phone.say("photos: %(n)s", n=1))

    page.get_by_role("link", name=LEAK).tap()
    expect(page.locator(".history-line").filter(has_text="已到现场，先断水")).to_have_count(1)
    expect(page.locator(".photo")).to_have_count(1)


@pytest.mark.parametrize("locale", ["zh", "en"])
def test_a_departments_pages_can_be_read_by_everybody_and_hit_by_a_thumb(
    server: Server, people: People, phone: Phone, stairwell: Stairwell, locale: str
) -> None:
    stairwell.comes_back(stairwell.raises(LEAK), "两天后又滴水")
    second = stairwell.raises(LIGHT)
    phone.log_in(people.engineer)
    page, hand = phone.page, Inspector(phone, tuple(reversed(AT_THE_DESK)))
    page.emulate_media(reduced_motion="reduce")
    if locale == "en":
        phone.locale = "en"
        page.locator(".topbar-menu").tap()
        page.get_by_role("button", name="English").tap()

    expect(page.get_by_role("heading", name=phone.say("My inbox"))).to_be_visible()
    expect(phone.card("两天后又滴水")).to_be_visible()
    hand.look("the first page")
    assert small_targets(page.locator(".work-acts a, .desk-counts a")) == []
    page.goto(f"{phone.url}/?show=late")
    hand.look("an empty pile")
    for act in ("accept", "progress"):
        page.goto(f"{phone.url}/desk/{second}/{act}")
        hand.look(act)
        assert small_targets(page.locator(".work-form .btn, .work-form select, .work-form label.form-check")) == []
    page.get_by_role("button", name=phone.say("Save")).tap()
    expect(page.get_by_text(phone.say("Write what you saw or did, or add a photo."))).to_be_visible()
    hand.look("refused")
    page.goto(f"{phone.url}/issues")
    hand.look("the list of issues")
    page.get_by_role("link", name=LEAK).first.tap()
    page.locator(".rounds summary").first.tap()
    hand.look("the rounds of an issue")

    assert hand.found == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def small_targets(targets: Locator) -> list[str]:
    """Those that a thumb would miss."""
    boxes = [(one.inner_text(), one.bounding_box()) for one in targets.all() if one.is_visible()]
    return [words for words, box in boxes if box is None or box["height"] < THUMB]
