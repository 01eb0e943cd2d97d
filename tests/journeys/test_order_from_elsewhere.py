"""A repair that another system reports: called back on, done again by the liable company, ended by a signature."""

import json
import urllib.request
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import openpyxl
import pytest
import sqlalchemy as sa
from flask import Flask
from playwright.sync_api import expect

from app.core.clock import isoformat, now
from app.core.db import db
from app.estates.models import Estate
from app.people.rules import Liable, Role
from tests.builders import a_department, a_staff
from tests.journeys.conftest import People
from tests.journeys.office import Office
from tests.journeys.phone import Phone
from tests.journeys.served import Server
from tests.journeys.tablet import Tablet
from tests.journeys.words import like, zh

pytestmark = pytest.mark.journey

HOME, NUMBER = "1202", "PMS-2026-004711"
TROUBLE, REPAIRED, REASON, REPAIRED_AGAIN = "厨房水槽下方漏水", "更换软管", "接口仍在滴水", "更换角阀并试压 30 分钟"


@dataclass(frozen=True)
class Others:
    """Login names of who lets systems in, and of the developer's engineer."""

    administrator: str
    engineer: str


@dataclass(frozen=True)
class Told:
    """What the office answers another system."""

    status: int
    text: bytes
    again: bool

    @property
    def json(self) -> dict[str, Any]:
        return dict(json.loads(self.text))


class PropertySystem:
    """Another system: it has a key, and speaks JSON."""

    def __init__(self, url: str, key: str) -> None:
        self.address, self.key = f"{url}/api/v1/work-orders", key

    def post(self, path: str, body: dict[str, str]) -> Told:
        return self._ask(path, json.dumps(body).encode())

    def order(self) -> dict[str, Any]:
        """How the order stands."""
        return self._ask(f"/{NUMBER}", None).json

    def _ask(self, path: str, body: bytes | None) -> Told:
        headers = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}
        with urllib.request.urlopen(urllib.request.Request(self.address + path, body, headers)) as answer:
            return Told(answer.status, answer.read(), "Idempotent-Replayed" in answer.headers)


@pytest.fixture
def others(people: People, app: Flask) -> Others:
    """An administrator, and the developer's engineering, which is liable within the warranty."""
    with app.app_context():
        estate = db.session.scalars(sa.select(Estate)).one()
        developer = a_department(estate, "地产公司工程部", Liable.DEVELOPER)
        logins = Others(
            administrator=a_staff(estate, Role.ADMIN, name="管理员").login,
            engineer=a_staff(estate, Role.DEPARTMENT_MANAGER, name="赵工", department=developer).login,
        )
        db.session.commit()
        db.engine.dispose()
    return logins


@pytest.mark.clause("R20")
@pytest.mark.clause("R21")
@pytest.mark.clause("R22")
def test_an_order_from_another_system_is_reworked_until_its_owner_signs(
    server: Server, people: People, others: Others, office: Office, phone: Phone, carried: Tablet
) -> None:
    tablet = carried
    pms = PropertySystem(server.url, key=office_lets_a_system_in(office, others))
    the_system_reports_a_repair_twice_and_there_is_one(pms)
    the_owner_is_not_satisfied(tablet)
    assert (pms.order()["state"], pms.order()["rework_reason"]) == ("rework", REASON)

    the_liable_engineering_does_it_again(phone, others)
    assert (pms.order()["state"], pms.order()["round"], "satisfied" in pms.order()) == ("finished", 2, False)
    by_phone_it_stays_open(tablet, pms)
    the_owner_signs(server, tablet)

    told = pms.order()
    assert (told["state"], told["satisfied"], told["answered_how"]) == ("closed", True, "signed")
    the_register_shows_it(office, people, server)


def office_lets_a_system_in(office: Office, others: Others) -> str:
    """The key, which is shown once."""
    office.log_in(others.administrator)
    page = office.page
    page.goto(f"{office.url}/settings/systems")
    page.get_by_label(zh("What the system is called")).fill("物业管理系统")
    page.get_by_role("button", name=zh("Make a key")).click()
    return page.get_by_test_id("key").inner_text().strip()


def the_system_reports_a_repair_twice_and_there_is_one(pms: PropertySystem) -> None:
    """Its answer got lost, so it says everything once more."""
    moment = now()
    new = {
        "order_number": NUMBER,
        "kind": "free",
        "unit": f"3-1-{HOME}",
        "content": TROUBLE,
        "reported_at": isoformat(moment - timedelta(hours=3)),
        "reported_by": "陈建国",
    }
    done = {"finished_at": isoformat(moment - timedelta(hours=1)), "work_done": REPAIRED, "worker": "周师傅"}
    for path, body in (("", new), (f"/{NUMBER}/finished", done)):
        first, again = pms.post(path, body), pms.post(path, body)
        assert (first.status, first.text) == (again.status, again.text)
        assert (first.again, again.again) == (False, True)
    assert pms.order()["department"] == "地产公司工程部"


def the_owner_is_not_satisfied(tablet: Tablet) -> None:
    tablet.send_all()
    tablet.find(HOME)
    due = tablet.page.get_by_test_id("due")
    expect(due).to_contain_text(TROUBLE)
    expect(due).to_contain_text(REPAIRED)
    tablet.knock()
    tablet.answer_callback("Dissatisfied", REASON)
    tablet.owner_signs("Dissatisfied")
    tablet.send_all()


def the_liable_engineering_does_it_again(phone: Phone, others: Others) -> None:
    """On its telephone: from the first page to the order, and what was done about it."""
    phone.log_in(others.engineer)
    page = phone.page
    page.locator(".desk-others a").filter(has_text=zh("Orders to rework")).tap()
    page.locator("[data-row]").filter(has_text=TROUBLE).get_by_role("link", name=zh("Report finished")).tap()
    expect(page.get_by_text(zh("Rework %(n)s", n=1), exact=True)).to_be_visible()
    expect(page.locator(".history-line").filter(has_text=REASON)).to_be_visible()
    page.get_by_label(zh("Work done")).fill(REPAIRED_AGAIN)
    page.get_by_label(zh("Worker")).fill("周师傅")
    page.locator("section.act:visible").get_by_role("button", name=zh("Report finished")).tap()
    expect(page.get_by_text(zh("Reported finished. The owner is called back."))).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def by_phone_it_stays_open(tablet: Tablet, pms: PropertySystem) -> None:
    """After rework nothing that is only said ends it."""
    tablet.sync()
    tablet.ring(HOME)
    expect(tablet.page.get_by_text(REPAIRED_AGAIN)).to_be_visible()
    tablet.owner_answers_by_phone(HOME, "Satisfied")
    tablet.send_all()
    assert pms.order()["state"] == "finished"


def the_owner_signs(server: Server, tablet: Tablet) -> None:
    server.stop()
    tablet.kill_and_open()
    tablet.find(HOME)
    expect(tablet.page.get_by_test_id("due")).to_contain_text(REPAIRED_AGAIN)
    tablet.knock()
    tablet.answer_callback("Satisfied")
    tablet.owner_signs()
    server.start()
    tablet.send_all()


def the_register_shows_it(office: Office, people: People, server: Server) -> None:
    """Form 8, one line for the order."""
    office.log_in(people.supervisor)
    row = office.rows_of("orders?state=closed").filter(has_text=TROUBLE)
    expect(row).to_contain_text(zh("Rework %(n)s", n=1))
    sheet = openpyxl.load_workbook(office.list_taken_away(server.folder)).active
    heads, values = ([cell.value for cell in line] for line in sheet.iter_rows(min_row=4, max_row=5))
    line = dict(zip(heads, values, strict=True))
    told = {
        "Number elsewhere": NUMBER,
        "Content": TROUBLE,
        "Reported by": "陈建国",
        "Work done": REPAIRED_AGAIN,
        "Worker": "周师傅",
        "Under warranty": zh("yes"),
        "With": "地产公司工程部",
        "Rework rounds": 1,
        "Rating": zh("Satisfied"),
        "Owner's satisfied answer": zh("signed by the owner"),
    }
    assert {head: line[zh(head)] for head in told} == told
    office.page.get_by_role("link", name=TROUBLE).click()
    expect(office.page.get_by_text(like("Visit %(number)s")).first).to_be_visible()
