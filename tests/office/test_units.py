"""The list of units with their owners, and one unit with everything that happened there."""

import uuid
from datetime import date, timedelta

import pytest

from app.core import waits
from app.core.clock import now
from app.core.db import db
from app.estates.models import Estate, Unit
from tests.builders import a_unit, an_owner
from tests.office.conftest import Desk


@pytest.mark.parametrize("words", ["陈建国", "cjg", "chen", "13812346021", "3-1-"])
def test_a_unit_is_found_by_number_name_initials_and_phone(desk: Desk, words: str) -> None:
    with desk.app.app_context():
        other = a_unit(db.session.get_one(Estate, desk.estate_id), "2202", building="9")
        an_owner(other, "许文", phone="13900001111")
        db.session.commit()

    page = desk.browser("officer").get("/units", query_string={"q": words}).text

    assert "陈建国" in page
    assert "许文" not in page


def test_phones_are_masked_on_the_list_and_whole_on_the_page(desk: Desk) -> None:
    browser = desk.browser("officer")

    listed, page = browser.get("/units").text, browser.get(f"/units/{desk.unit_id}").text

    assert "138 **** 6021" in listed
    assert "13812346021" not in listed
    assert 'href="tel:13812346021"' in page


def test_the_page_tells_what_is_due_raised_and_visited(desk: Desk) -> None:
    desk.issue(text="主卫渗水")

    page = desk.browser("supervisor").get(f"/units/{desk.unit_id}").text

    for words in ("陈建国", "定期走访", "主卫渗水", "已派单，待接收", "HF-"):
        assert words in page


def test_an_issue_that_is_late_is_late_on_the_page_of_its_unit_too(desk: Desk) -> None:
    issue_id = desk.issue(text="主卫渗水")
    with desk.app.app_context():
        (wait,) = waits.on(uuid.UUID(issue_id))
        wait.due_at = now() - timedelta(hours=5)
        db.session.commit()

    page = desk.browser("supervisor").get(f"/units/{desk.unit_id}").text

    assert "逾期 5 小时" in page


def test_a_former_owner_is_named_without_a_phone(desk: Desk) -> None:
    with desk.app.app_context():
        unit = db.session.get_one(Unit, desk.unit_id)
        unit.ownerships[0].until = date(2025, 3, 1)
        an_owner(unit, "许文", phone="13900001111", since=date(2025, 3, 1))
        db.session.commit()

    page = desk.browser("officer").get(f"/units/{desk.unit_id}").text

    assert "陈建国" in page
    assert "2025年3月1日" in page
    assert "13812346021" not in page
    assert "13900001111" in page


def test_owners_are_for_customer_service(desk: Desk) -> None:
    browser = desk.browser("handler")

    assert browser.get("/units").status_code == 403
    assert browser.get(f"/units/{desk.unit_id}").status_code == 403


def test_a_unit_of_another_estate_is_not_found(desk: Desk) -> None:
    assert desk.browser("officer").get(f"/units/{uuid.uuid4()}").status_code == 404


def test_an_empty_search_says_so_and_leads_back(desk: Desk) -> None:
    page = desk.browser("officer").get("/units?q=nobody at all").text

    assert "没有找到" in page
    assert "查看全部住户" in page
