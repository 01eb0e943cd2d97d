"""The settings pages: who may read and change what, the history, both languages."""

import re
import uuid

import pytest
from flask import Flask

from tests.office.conftest import Desk
from tests.office.saved import save, told

PAGES = ("", "/chains", "/limits", "/categories", "/forms", "/departments", "/history")


# --- who ---


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize(
    ("who", "status", "saves"),
    [
        ("supervisor", 200, True),
        ("admin", 200, True),
        ("manager", 200, False),
        ("executive", 200, False),
        ("officer", 403, False),
        ("handler", 403, False),
    ],
)
def test_leaders_read_what_supervisor_and_administrator_change(
    desk: Desk, who: str, status: int, saves: bool, page: str
) -> None:
    answer = desk.browser(who).get(f"/settings{page}")

    assert answer.status_code == status
    if status == 200:
        assert ("由主管和管理员修改" in answer.text) is not saves
        if page not in ("/categories", "/departments", "/history"):
            assert ("保存" in answer.text) is saves


def test_a_reader_changes_nothing_by_writing_to_the_address(app: Flask, desk: Desk) -> None:
    manager = desk.browser("manager")

    answers = [
        manager.post(f"/settings/{path}", data={"seen": "0", "act": "policy", "name_zh": "甲"}).status_code
        for path in ("organisation", "profile", "limits", "chains/plan", "forms", "categories/new", "departments/new")
    ]

    assert set(answers) == {403}
    assert told(app, desk) == []


def test_the_entry_stands_last_for_those_who_may_read(desk: Desk) -> None:
    assert re.findall(r'<a href="([^"]+)"[^>]*>\s*<svg', desk.browser("manager").get("/").text)[-1] == "/settings"
    assert 'href="/settings"' not in desk.browser("officer").get("/").text


def test_a_category_of_another_estate_is_not_known(app: Flask, desk: Desk) -> None:
    answer = desk.browser("supervisor").get(f"/settings/categories/{uuid.uuid4()}")

    assert answer.status_code == 404


# --- history ---


def test_the_history_tells_every_change_in_words_and_can_be_narrowed(desk: Desk) -> None:
    supervisor = desk.browser("supervisor")
    assert "尚无变更" in supervisor.get("/settings/history").text
    save(supervisor, "/settings/limits", measure_hours="48")
    save(supervisor, "/settings", phone="0571-1234")

    everything = supervisor.get("/settings/history").text
    narrowed = supervisor.get("/settings/history?area=limit.").text

    assert all(words in everything for words in ("24 小时", "48 小时", "0571-8888 1234", "0571-1234", "孙主管"))
    assert "48 小时" in narrowed
    assert "0571-1234" not in narrowed


def test_the_pages_speak_english(desk: Desk) -> None:
    english = desk.browser("english")

    assert "Time limits" in english.get("/settings/limits").text
    save(english, "/settings/limits", measure_hours="48")
    assert "24 hours" in english.get("/settings/history").text
