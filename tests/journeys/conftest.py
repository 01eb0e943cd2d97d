"""A small estate behind a real server, and Chromium to play the product in."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import flask_migrate
import pytest
import sqlalchemy as sa
from flask import Flask
from PIL import Image
from playwright.sync_api import Browser, Playwright, expect, sync_playwright

from app.config import settings
from app.core.clock import local_date, now
from app.core.db import db
from app.core.journal import By
from app.estates.models import Estate
from app.factory import create_app
from app.people.models import Staff
from app.people.rules import Role
from app.visits.planning import month_of
from app.visits.plans import propose_plan
from tests.builders import (
    a_category,
    a_department,
    a_staff,
    a_unit,
    an_enrol_code,
    an_estate,
    an_owner,
    put_to_work,
)
from tests.journeys.office import Office
from tests.journeys.phone import Phone
from tests.journeys.served import Server
from tests.journeys.tablet import Tablet

expect.set_options(timeout=30_000)  # a busy machine is slow, not wrong

CHROMIUM = "/usr/bin/chromium"
OF_THE_BROWSERS_OWN_BAR = ("WebUIOmniboxAimPopup", "WebUIOmniboxPopup", "WebUIReloadButton")
"""Pages with a process each behind every window's tool bar, which nobody sees here: a third of all Chromium does."""
OF_PLAYWRIGHT = (
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsFirstBalancedModeAutoEnable",
    "HttpsUpgrades",
    "MediaRouter",
    "OptimizationHints",
    "PaintHolding",
    "ThirdPartyStoragePartitioning",
)
"""What Playwright turns off as well. Chromium hears the last list alone, and that is ours."""
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    f"--disable-features={','.join((*OF_PLAYWRIGHT, *OF_THE_BROWSERS_OWN_BAR))}",
]


@dataclass(frozen=True)
class People:
    """Login names."""

    officer: str
    supervisor: str
    engineer: str
    worker: str
    executive: str


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """Playwright itself."""
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """Debian's Chromium, without a window."""
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
    yield browser
    browser.close()


@pytest.fixture
def server(database_url: str, tmp_path: Path) -> Iterator[Server]:
    """The server, not started yet, on a fresh migrated database."""
    server = Server(tmp_path, database_url)
    yield server
    server.stop()


@pytest.fixture(scope="module")
def shell(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with nothing in it, for what needs the tablet's shell and modules alone."""
    folder = tmp_path_factory.mktemp("shell")
    database = f"sqlite:///{folder / 'empty.sqlite3'}"
    with create_app(settings(folder=folder, database=database, secret="only for journeys")).app_context():
        flask_migrate.upgrade()
        db.engine.dispose()
    server = Server(folder, database)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def people(app: Flask) -> People:
    """One staircase of four homes, an officer, a supervisor who signs for all leaders, and engineering's people."""
    with app.app_context():
        estate = an_estate()
        engineering = a_department(estate, "工程维修部")
        a_category(estate, engineering, code="leak")
        for floor, name in ((12, "陈建国"), (11, "王秀英"), (9, "刘洋"), (4, "赵磊")):
            an_owner(a_unit(estate, f"{floor:02}02", floor=floor), name)
        logins = People(
            officer=_login(a_staff(estate, Role.OFFICER, name="李敏")),
            supervisor=_login(a_staff(estate, Role.SUPERVISOR, Role.MANAGER, Role.PROPERTY_MANAGER, name="孙丽华")),
            engineer=_login(a_staff(estate, Role.DEPARTMENT_MANAGER, name="王强", department=engineering)),
            worker=_login(a_staff(estate, Role.HANDLER, name="王师傅", department=engineering)),
            executive=_login(a_staff(estate, Role.EXECUTIVE, name="方振华")),
        )
        db.session.commit()
        db.engine.dispose()
    return logins


@pytest.fixture
def planned(app: Flask, people: People) -> None:
    """This month's plan is at work already; the server is not started yet."""
    with app.app_context():
        estate = db.session.scalars(sa.select(Estate)).one()
        supervisor = db.session.scalars(sa.select(Staff).where(Staff.login == people.supervisor)).one()
        at, by = now(), By(staff_id=supervisor.id)
        today = local_date(at, estate.time_zone)
        put_to_work(propose_plan(estate, month_of(today), today=today, by=by, at=at), by=by, at=at)
        db.session.commit()
        db.engine.dispose()


@pytest.fixture
def office(browser: Browser, server: Server) -> Iterator[Office]:
    """A desk in the office."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN")
    yield Office(context.new_page(), server.url)
    context.close()


@pytest.fixture
def phone(browser: Browser, server: Server) -> Iterator[Phone]:
    """A department worker's telephone."""
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, locale="zh-CN", has_touch=True, is_mobile=True
    )
    yield Phone(context.new_page(), server.url)
    context.close()


@pytest.fixture
def tablet(browser: Browser, server: Server) -> Iterator[Tablet]:
    """A tablet as it comes out of its box."""
    context = browser.new_context(
        viewport={"width": 820, "height": 1180}, locale="zh-CN", has_touch=True, timezone_id="Asia/Shanghai"
    )
    yield Tablet(context, server.url)
    context.close()


@pytest.fixture
def enrol_code(app: Flask, people: People, planned: None) -> str:
    """The one-time code for 李敏's tablet; this month's plan is at work, the server is not started yet."""
    with app.app_context():
        code = an_enrol_code(db.session.scalars(sa.select(Staff).where(Staff.login == people.officer)).one())
        db.session.commit()
        db.engine.dispose()
    return code


@pytest.fixture
def carried(server: Server, enrol_code: str, tablet: Tablet) -> Tablet:
    """The server runs, this month's plan is at work, and 李敏 carries the tablet with all of it."""
    server.start()
    tablet.enrol(enrol_code)
    expect(tablet.page.get_by_text("陈建国")).to_be_visible()
    return tablet


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    """A photo of a wet ceiling, more or less."""
    image = Image.radial_gradient("L").resize((2400, 1800)).convert("RGB")
    content = io.BytesIO()
    image.save(content, "JPEG")
    path = tmp_path / "ceiling.jpg"
    path.write_bytes(content.getvalue())
    return path


def _login(staff: Staff) -> str:
    return staff.login


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Where a journey ends badly, what was on each screen is kept under build/journeys/."""
    report = yield
    if report.when == "call" and report.failed:
        folder = Path(__file__).parents[2] / "build/journeys"
        folder.mkdir(parents=True, exist_ok=True)
        for name in ("office", "phone", "tablet"):
            screen = item.funcargs.get(name)
            if screen is not None:
                screen.page.screenshot(path=folder / f"{item.name}-{name}.png")
    return report
