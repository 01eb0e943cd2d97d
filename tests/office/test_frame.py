"""What every office page shares: the side bar, the languages, the icons, and the words of what goes wrong."""

import json
import re

import pytest
import sqlalchemy as sa
from flask import render_template
from flask.testing import FlaskClient

from app.core import assets
from app.core.db import db
from app.people.actions import give_role
from app.people.models import Department, Staff
from app.people.rules import Role
from tests.builders import NOBODY, NOW
from tests.office.conftest import Desk

PAGES = ("/", "/plans", "/briefing", "/briefing/new", "/visits", "/issues", "/units", "/devices")
STATUSES = (400, 403, 404, 405, 409, 413, 422, 429, 500, 503)


def test_the_side_bar_offers_what_a_role_may_see(desk: Desk) -> None:
    def entries(who: str) -> list[str]:
        page = desk.browser(who).get("/").text
        return re.findall(r"</svg><span>([^<]+)</span>", page.partition('class="nav-list"')[2].partition("</ul>")[0])

    assert entries("handler") == ["我的待办", "事项", "维修工作单", "我的提醒"]
    assert {"走访", "业主档案", "计划"} <= set(entries("officer"))


@pytest.mark.parametrize("locale", ["zh", "en"])
@pytest.mark.parametrize("who", ["supervisor", "manager", "officer", "handler"])
def test_a_page_is_called_what_the_side_bar_calls_it(desk: Desk, who: str, locale: str) -> None:
    browser = desk.browser(who)
    browser.post("/language", data={"locale": locale})

    listed = browser.get("/").text.partition('class="nav-list"')[2].partition("</ul>")[0]
    entries = re.findall(r'<a href="([^"]+)".*?<span>([^<]+)</span>', listed, re.DOTALL)
    called = [re.findall(r"<h1>(.*?)</h1>", browser.get(path).text, re.DOTALL)[0].strip() for path, _label in entries]

    assert len(entries) > 3
    assert called == [label for _path, label in entries]


def test_the_entry_of_the_page_shown_is_marked(desk: Desk) -> None:
    assert marked(desk.browser("supervisor"), f"/units/{desk.unit_id}") == ["/units"]


def test_an_entry_below_another_is_marked_alone(desk: Desk) -> None:
    with desk.app.app_context():
        manager = db.session.scalars(sa.select(Staff).where(Staff.login == desk.logins["manager"])).one()
        department = db.session.get_one(Department, desk.department_id)
        role, since = Role.DEPARTMENT_MANAGER, NOW.date()
        give_role(manager, desk.estate_id, role, department=department, since=since, by=NOBODY, at=NOW)
        db.session.commit()
    browser = desk.browser("manager")

    assert marked(browser, "/surveys/measures") == ["/surveys/measures"]
    assert marked(browser, "/surveys") == ["/surveys"]


def marked(browser: FlaskClient, path: str) -> list[str]:
    """The entries of the side bar that are marked as the page shown."""
    return re.findall(r'href="([^"]+)"\s+aria-current="page"', browser.get(path).text)


def test_the_language_is_switched_where_one_stands_and_remembered(desk: Desk) -> None:
    browser = desk.browser("supervisor")

    answer = browser.post("/language", data={"locale": "en", "next": "/units?q=cjg"})
    switched, later = browser.get(answer.location).text, desk.browser("supervisor").get("/issues").text

    assert answer.location.endswith("/units?q=cjg")
    assert '<html lang="en">' in switched
    assert "Search unit, name, initials, phone" in switched
    assert "Only the owner closes an issue." in later


def test_every_icon_of_a_page_is_in_the_sprite(desk: Desk) -> None:
    desk.dissatisfied(desk.issue(), "又滴水")
    visit_id = desk.visit(unsigned={"reason": "refused", "note": ""})
    browser = desk.browser("supervisor")
    listed = set(json.loads((assets.FOLDER / "icons.json").read_text("utf-8")))

    pages = [browser.get(path).text for path in (*PAGES, f"/units/{desk.unit_id}", f"/visits/{visit_id}")]
    drawn = {name for page in pages for name in re.findall(r"icons\.svg#([^\"]+)", page)}

    assert len(drawn) > 10
    assert drawn <= listed, "add the name to static/icons.json"


def test_pages_hold_no_inline_script_or_style(desk: Desk) -> None:
    browser = desk.browser("supervisor")

    pages = "".join(browser.get(path).text for path in PAGES)

    assert re.findall(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*src=)", pages) == []


def test_an_unknown_address_is_answered_in_words(desk: Desk) -> None:
    answer = desk.browser("supervisor").get("/nowhere")

    assert answer.status_code == 404
    assert "没有找到" in answer.text


@pytest.mark.parametrize("locale", ["zh", "en"])
@pytest.mark.parametrize("status", STATUSES)
def test_every_fault_has_a_page_in_both_languages(desk: Desk, status: int, locale: str) -> None:
    with desk.app.test_request_context(headers={"Accept-Language": locale}):
        page = render_template(f"errors/{status}.html")

    assert {"zh": "回到首页", "en": "Back to the start"}[locale] in page
