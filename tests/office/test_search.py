"""One search over everything: Chinese words of two characters, marked where they stand, within what one may see."""

from datetime import date
from typing import Any

import pytest
from markupsafe import Markup

from app.core.db import db
from app.estates.models import Estate, Unit
from app.office.search import around, marked
from app.people.rules import Role
from tests.builders import a_category, a_department, a_home, a_staff, a_unit, an_enrol_code, an_estate, an_owner
from tests.model_tablet import ModelTablet
from tests.office.conftest import Desk


def found(desk: Desk, words: str, who: str = "supervisor") -> str:
    page = desk.browser(who).get("/search", query_string={"q": words})
    assert page.status_code == 200
    return page.text


def test_two_characters_find_issues_visits_and_owners(desk: Desk) -> None:
    desk.issue(text="主卫天花板渗水，墙角发黑")
    desk.visit(wishes="希望电梯早点修好")

    assert "主卫天花板<mark>渗水</mark>" in found(desk, "渗水")
    assert "希望<mark>电梯</mark>早点修好" in found(desk, "电梯")
    assert "<mark>建国</mark>" in found(desk, "建国")
    assert "没有找到" in found(desk, "泳池")


def test_answers_and_measures_are_found_too(desk: Desk) -> None:
    issue_id = desk.issue(text="主卫渗水")
    desk.dissatisfied(issue_id, "两天后又滴水")

    for words in ("防水", "重做", "又滴"):
        page = found(desk, words)
        assert f'href="/issues/{issue_id}"' in page
        assert f"<mark>{words}</mark>" in page


@pytest.mark.parametrize("words", ["%", "_", "%%", "渗_", "\\", "'", '"><script>', "\0"])
def test_characters_that_a_database_knows_are_words_like_others(desk: Desk, words: str) -> None:
    desk.issue(text="主卫渗水")
    desk.issue(text="打九折_100%")

    page = found(desk, words)

    assert "主卫渗水" not in page
    assert "<script>" not in page
    assert ("打九折" in page) == (words in ("%", "_"))


@pytest.mark.parametrize("words", ["3 栋 1 单元", "3栋1单元", "Building 3, Entrance 1"])
def test_a_unit_is_found_by_what_it_is_called(desk: Desk, words: str) -> None:
    with desk.app.app_context():
        an_owner(a_unit(db.session.get_one(Estate, desk.estate_id), "2202", building="9"), "许文")
        db.session.commit()

    page = found(desk, words)

    assert f'href="/units/{desk.unit_id}"' in page
    assert "许文" not in page


def test_the_end_of_a_phone_number_and_initials_find_an_owner_whose_phone_stays_masked(desk: Desk) -> None:
    for words in ("6021", "138-1234", "cjg", "CJG"):
        page = found(desk, words)
        assert "陈建国" in page
        assert "13812346021" not in page


def test_a_former_owner_is_not_found_through_the_home_that_was_theirs(desk: Desk) -> None:
    with desk.app.app_context():
        unit = db.session.get_one(Unit, desk.unit_id)
        unit.ownerships[0].until = date(2025, 3, 1)
        an_owner(unit, "许文", phone="13900001111", since=date(2025, 3, 1))
        db.session.commit()

    for words in ("陈建国", "cjg", "6021"):
        assert f'href="/units/{desk.unit_id}"' not in found(desk, words)
    assert f'href="/units/{desk.unit_id}"' in found(desk, "许文")


def test_nothing_of_another_estate_is_found(desk: Desk) -> None:
    with desk.app.app_context():
        other = an_estate()
        a_category(other, a_department(other), code="leak")
        a_category(other, None, code="other")
        officer, home = a_staff(other, Role.OFFICER), a_home(other, "欧阳明")
        code, ids = an_enrol_code(officer), (other.id, home.id)
        db.session.commit()
    tablet = ModelTablet(desk.app.test_client(), code)
    visit: dict[str, Any] = tablet.a_visit(*ids, issues=[tablet.an_issue(text="泳池漏水")], wishes="泳池早开")
    assert tablet.receipts(tablet.freeze(visit))[0]["status"] == "applied"

    for words in ("泳池", "欧阳"):
        assert "没有找到" in found(desk, words)


def test_a_department_finds_its_own_issues_and_neither_owners_nor_visits(desk: Desk) -> None:
    desk.issue(text="主卫渗水")
    desk.visit(wishes="渗水快修")

    own, other = found(desk, "渗水", "department_manager"), found(desk, "渗水", "other_manager")

    assert "主卫<mark>渗水</mark>" in own
    assert "快修" not in own
    assert "没有找到" in other
    assert "/units/" not in found(desk, "陈建国", "department_manager")


def test_words_are_marked_wherever_they_stand() -> None:
    assert marked("B2 灯，b2 门", "b2") == "<mark>B2</mark> 灯，<mark>b2</mark> 门"
    assert marked("<b>渗水</b>", "渗水") == Markup("&lt;b&gt;<mark>渗水</mark>&lt;/b&gt;")
    assert marked("没有", "渗水") == "没有"
    assert marked("没有", "") == "没有"


def test_of_a_long_text_the_part_with_the_words_is_shown() -> None:
    text = "前" * 100 + "渗水" + "后" * 100

    assert "渗水" in around(text, "渗水")
    assert len(around(text, "渗水")) < 90
    assert around(text, "电梯") == ""
    assert around("渗水", "渗水") == "渗水"
