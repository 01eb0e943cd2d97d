"""One thing that is due, at a desk: the executive gives it to another officer or another day."""

import re
import uuid
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.agenda.actions import cancel
from app.agenda.models import Task
from app.core.clock import local_date, now
from app.core.db import db
from app.estates.models import Estate
from app.people.rules import Role
from tests.builders import NOBODY, a_staff, fetch
from tests.office.conftest import Desk
from tests.office.told import left_over, told

LATER = local_date(now(), "Asia/Shanghai") + timedelta(days=12)


@pytest.fixture
def colleague(desk: Desk) -> str:
    with desk.app.app_context():
        staff = a_staff(db.session.get_one(Estate, desk.estate_id), Role.OFFICER, name="张华")
        db.session.commit()
        return str(staff.id)


def adjust(browser: FlaskClient, address: str, page: str = "", **wanted: str) -> TestResponse:
    """The form as it stands on the page."""
    shown = page or browser.get(address).text
    fields = dict(re.findall(r'name="(adjust-\w+)"\s+type="hidden"\s+value="([^"]*)"', shown))
    return browser.post(f"{address}/adjust", data=fields | {f"adjust-{name}": value for name, value in wanted.items()})


def the_task(desk: Desk) -> Task:
    task = fetch(Task, desk.task_id)
    assert isinstance(task, Task)
    return task


@pytest.mark.clause("P53")
def test_the_executive_gives_a_planned_visit_away_and_its_page_tells_the_story(desk: Desk, colleague: str) -> None:
    browser = desk.browser("executive")
    unit = browser.get(f"/units/{desk.unit_id}").text
    address = re.search(r"/plans/due/[0-9a-f-]+", unit)[0]

    answer = adjust(browser, address, officer=colleague, due_on=LATER.isoformat(), reason="李敏休假")

    assert answer.status_code == 302
    with desk.app.app_context():
        task = the_task(desk)
        assert (str(task.assignee_id), task.due_on) == (colleague, LATER)
    page = browser.get(address).text
    for words in ("李敏 → 张华", "李敏休假", "已调整", "方振华"):
        assert words in page, words
    changes, _page = desk.tablet.pull_all()
    assert changes["task", str(desk.task_id)]["doc"]["assignee_name"] == "张华"


@pytest.mark.clause("P53")
def test_a_callback_too_and_its_issue_waits_for_the_new_officer(desk: Desk, colleague: str) -> None:
    issue_id = desk.issue()
    task_id, _round = desk.rectified(issue_id)
    browser = desk.browser("executive")

    adjust(browser, f"/plans/due/{task_id}", officer=colleague, due_on=LATER.isoformat(), reason="换人回访")

    issue = browser.get(f"/issues/{issue_id}").text
    assert "回访：张华" in issue
    assert "换人回访" in issue


@pytest.mark.parametrize("who", ["officer", "supervisor", "manager", "admin"])
def test_nobody_but_the_executive_adjusts(desk: Desk, colleague: str, who: str) -> None:
    browser, address = desk.browser(who), f"/plans/due/{desk.task_id}"

    page = browser.get(address)
    answer = adjust(browser, address, officer=colleague, due_on=LATER.isoformat(), reason="改派")

    assert page.status_code == 200
    assert "adjust-reason" not in page.text
    assert answer.status_code == 403
    with desk.app.app_context():
        assert str(the_task(desk).assignee_id) != colleague


def test_what_is_missing_is_said_and_what_was_typed_stays(desk: Desk, colleague: str) -> None:
    browser, address = desk.browser("executive"), f"/plans/due/{desk.task_id}"

    silent = adjust(browser, address, officer=colleague, due_on=LATER.isoformat(), reason="")
    past = adjust(browser, address, officer=colleague, due_on="2020-01-01", reason="改期试试")

    assert (silent.status_code, past.status_code) == (422, 422)
    assert "该日期已过" in past.text
    assert "改期试试" in past.text
    with desk.app.app_context():
        assert str(the_task(desk).assignee_id) != colleague


def test_of_two_at_once_the_second_is_told(desk: Desk, colleague: str) -> None:
    browser, address = desk.browser("executive"), f"/plans/due/{desk.task_id}"
    seen = browser.get(address).text
    adjust(browser, address, officer=colleague, due_on=LATER.isoformat(), reason="李敏休假")

    answer = adjust(browser, address, page=seen, officer=colleague, due_on="2199-01-01", reason="我也改")

    assert answer.status_code == 409
    assert "此期间已有变化" in answer.text
    assert "我也改" in answer.text
    with desk.app.app_context():
        assert the_task(desk).due_on == LATER


def test_an_adjustment_that_is_sent_again_in_other_words_is_not_called_adjusted(desk: Desk, colleague: str) -> None:
    """The answer to the first was lost under way."""
    browser, address = desk.browser("executive"), f"/plans/due/{desk.task_id}"
    seen, days = browser.get(address).text, [LATER, LATER, LATER + timedelta(days=1)]

    answers = [
        adjust(browser, address, page=seen, officer=colleague, due_on=day.isoformat(), reason="李敏休假")
        for day in days
    ]

    assert [answer.status_code for answer in answers] == [302, 302, 409]
    assert days[-1].isoformat() in answers[-1].text, "what was chosen stays on the page"
    with desk.app.app_context():
        assert the_task(desk).due_on == LATER


def test_what_nobody_knows_is_not_found(desk: Desk) -> None:
    assert desk.browser("executive").get(f"/plans/due/{uuid.uuid4()}").status_code == 404


# --- the second of two ---


def test_what_was_adjusted_meanwhile_says_who_what_and_why(desk: Desk) -> None:
    browser, address = desk.browser("executive"), f"/plans/due/{desk.task_id}"
    seen, later = browser.get(address).text, local_date(now(), "Asia/Shanghai") + timedelta(days=12)
    officer = re.findall(r'<option selected value="([^"]+)"', seen)[0]
    adjust(browser, address, officer=officer, due_on=later.isoformat(), reason="业主出差")

    late = adjust(browser, address, page=seen, officer=officer, due_on="2199-01-01", reason="改到周末")

    assert late.status_code == 409
    assert "方振华" in told(late)
    assert "业主出差" in told(late)
    assert left_over(late) == ""
    assert "改到周末" in late.text


def test_the_reason_for_an_adjustment_is_kept_when_it_is_not_due_any_more(desk: Desk) -> None:
    browser, address = desk.browser("executive"), f"/plans/due/{desk.task_id}"
    seen = browser.get(address).text
    officer = re.findall(r'<option selected value="([^"]+)"', seen)[0]
    with desk.app.app_context():
        cancel(db.session.get_one(Task, desk.task_id), by=NOBODY, at=now())
        db.session.commit()

    late = adjust(browser, address, page=seen, officer=officer, due_on="2199-01-01", reason="改到周末")

    assert late.status_code == 409
    assert "改到周末" in left_over(late)
