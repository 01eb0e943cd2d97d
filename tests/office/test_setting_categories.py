"""Categories and departments as they are set: added, renamed, moved, retired, closed."""

import re

import pytest
import sqlalchemy as sa
from flask import Flask

from app.core.db import db
from app.core.ids import new_id
from app.estates.models import Unit
from app.issues.models import Category
from app.people.models import Department
from app.people.rules import Role
from app.surveys.calling_off import withdraw_survey
from tests.builders import NOBODY, NOW, a_staff, a_survey, a_survey_out
from tests.office.conftest import Desk
from tests.office.saved import save, the_estate, told

# --- categories ---


def a_leak(app: Flask, code: str = "leak") -> Category:
    return db.session.scalars(sa.select(Category).where(Category.code == code)).one()


def test_a_category_is_added_to_a_group_and_offered_on_the_tablet(app: Flask, desk: Desk) -> None:
    supervisor = desk.browser("supervisor")
    address = "/settings/categories/new?group=other"

    answer = save(supervisor, address, name_zh="宠物", name_en="Pets", icon="heart", department="")

    assert answer.status_code == 302
    [estate] = [change["doc"] for change in desk.tablet.pull()["changes"] if change["type"] == "estate"]
    group = next(one for one in estate["categories"] if one["code"] == "other")
    assert [(one["name"]["zh"], one["icon"]) for one in group["children"]] == [("宠物", "heart")]


def test_a_category_that_was_used_is_retired_and_stays_readable(app: Flask, desk: Desk) -> None:
    issue_id = desk.issue(category="leak")
    supervisor = desk.browser("supervisor")
    with app.app_context():
        leak = a_leak(app)
        leak.name_zh, leak.name_en = "渗漏", "Leaks"
        address = f"/settings/categories/{leak.id}"
        db.session.commit()

    assert "1 件" in supervisor.get(address).text
    assert supervisor.post(f"{address}/retire").status_code == 302

    [estate] = [change["doc"] for change in desk.tablet.pull()["changes"] if change["type"] == "estate"]
    assert {one["code"]: one.get("retired", False) for one in estate["categories"]} == {"leak": True, "other": False}
    assert "渗漏" in supervisor.get(f"/issues/{issue_id}").text
    desk.issue(category="leak")
    assert supervisor.post(f"{address}/back").status_code == 302


def test_two_who_rename_a_category_and_a_name_that_is_taken(app: Flask, desk: Desk) -> None:
    one, two = desk.browser("admin"), desk.browser("supervisor")
    with app.app_context():
        leak = a_leak(app)
        leak.name_zh, leak.name_en = "渗漏", "Leaks"
        db.session.commit()
        address = f"/settings/categories/{leak.id}"
    first, second = one.get(address).text, two.get(address).text

    assert save(one, address, first, name_zh="漏水").status_code == 302
    crossed = save(two, address, second, name_zh="渗水")
    taken = save(two, address, second, name_zh="防水", name_en="Others")

    assert crossed.status_code == 409
    assert "渗漏 → 漏水" in re.sub(r"\s+", " ", crossed.text)
    assert 'value="渗水"' in crossed.text
    assert (taken.status_code, "已有同名类别" in taken.text) == (422, True)


def test_moving_a_category_is_one_press(app: Flask, desk: Desk) -> None:
    supervisor = desk.browser("supervisor")
    with app.app_context():
        other = a_leak(app, "other").id

    assert supervisor.post(f"/settings/categories/{other}/move/up").status_code == 302

    codes = re.findall(r'id="c-(\w+)"', supervisor.get("/settings/categories").text)
    assert codes == ["other", "leak"]


# --- departments ---


def test_a_department_is_opened_renamed_closed_and_opened_again(app: Flask, desk: Desk) -> None:
    supervisor = desk.browser("supervisor")
    assert save(supervisor, "/settings/departments/new", name_zh="绿化部", name_en="Gardens").status_code == 302
    with app.app_context():
        added = db.session.scalars(sa.select(Department).where(Department.name_zh == "绿化部")).one()
        address = f"/settings/departments/{added.id}"

    assert save(supervisor, address, name_zh="园林部").status_code == 302
    assert supervisor.post(f"{address}/close").status_code == 302
    assert "起关闭" in supervisor.get("/settings/departments").text
    assert supervisor.post(f"{address}/open").status_code == 302

    fields = [setting.rsplit(".", 1)[-1] for setting, _before, _after in told(app, desk)]
    assert fields[:3] == ["closed_on", "closed_on", "name_zh"]


def test_a_survey_that_is_out_asks_on_tablets_about_a_department_by_its_new_name(app: Flask, desk: Desk) -> None:
    with app.app_context():
        estate, about = the_estate(desk), db.session.get_one(Department, desk.department_id)
        officer = a_staff(estate, Role.OFFICER)
        out, over = a_survey(estate, officer, (about, "维修及时")), a_survey(estate, officer, (about, "维修及时"))
        for survey in (out, over):
            a_survey_out(survey, [db.session.get_one(Unit, desk.unit_id)], officer)
        withdraw_survey(over, "日期冲突", event_id=new_id(), by=NOBODY, at=NOW)
        db.session.commit()
        asked = ("survey", str(out.id))
    before, page = desk.tablet.pull_all()

    address = f"/settings/departments/{desk.department_id}"
    assert save(desk.browser("supervisor"), address, name_zh="维修中心").status_code == 302

    since, _page = desk.tablet.pull_all(page["cursor"])
    names = [told[asked]["doc"]["departments"][0]["name"]["zh"] for told in (before, since)]
    assert names[1] == "维修中心" != names[0]
    assert [key for key in since if key[0] == "survey"] == [asked], "what is over is not sent again"


@pytest.mark.clause("R21")
def test_which_department_does_rework_is_a_setting_that_says_who_set_it(app: Flask, desk: Desk) -> None:
    supervisor, address = desk.browser("supervisor"), f"/settings/departments/{desk.other_department_id}"

    assert save(supervisor, address, repairs="y").status_code == 302

    with app.app_context():
        assert db.session.get_one(Department, desk.other_department_id).repairs
    assert "承担返工" in supervisor.get("/settings/departments").text
    [(setting, before, after)] = told(app, desk)
    assert (setting.rsplit(".", 1)[-1], before, after) == ("repairs", False, True)


def test_a_department_with_something_left_says_what_and_stays_open(app: Flask, desk: Desk) -> None:
    issue_id = desk.issue(category="leak")
    supervisor = desk.browser("supervisor")
    address = f"/settings/departments/{desk.department_id}"

    page, answer = supervisor.get(address).text, supervisor.post(f"{address}/close")

    assert f'href="/issues/{issue_id}"' in page
    assert answer.status_code == 422
    assert "请先转派" in answer.text
    with app.app_context():
        assert db.session.get_one(Department, desk.department_id).closed_on is None


def test_a_closed_department_is_not_among_those_to_route_to(app: Flask, desk: Desk) -> None:
    issue_id = desk.issue(category="other")
    supervisor = desk.browser("supervisor")
    assert supervisor.post(f"/settings/departments/{desk.other_department_id}/close").status_code == 302

    page = supervisor.get(f"/issues/{issue_id}").text

    assert str(desk.department_id) in page
    assert str(desk.other_department_id) not in page
