"""The organisation's settings: names and titles, and the profile that an estate works by."""

import re
import uuid

import pytest
import sqlalchemy as sa
from flask import Flask

from app.agenda.models import Task
from app.core.db import db
from app.estates.rules import Profile
from app.issues.models import Issue
from app.office.words import title_of
from app.people.models import Department
from app.people.rules import Liable, Role
from tests.office.conftest import Desk
from tests.office.saved import save, sent_with, the_estate, told

# --- organisation ---


TITLES = {
    Profile.A: {
        Role.OFFICER: "回访人员",
        Role.FRONT_DESK: "回访人员",
        Role.SUPERVISOR: "营销客服主管",
        Role.MANAGER: "部门经理",
        Role.PROPERTY_MANAGER: "物业经理",
        Role.EXECUTIVE: "分管领导",
    },
    Profile.B: {
        Role.OFFICER: "客服专员",
        Role.FRONT_DESK: "客服前台",
        Role.SUPERVISOR: "客服部主管",
        Role.MANAGER: "项目经理",
        Role.PROPERTY_MANAGER: "物业经理",
        Role.EXECUTIVE: "物业经理",
    },
}
"""The policy's table of both profiles."""


@pytest.mark.parametrize("profile", Profile)
def test_everybody_is_called_as_the_policys_table_says(app: Flask, desk: Desk, profile: Profile) -> None:
    with app.app_context():
        the_estate(desk).profile = profile
        db.session.commit()

    with app.test_request_context(headers={"Accept-Language": "zh"}):
        assert {role: str(title_of(role, the_estate(desk))) for role in TITLES[profile]} == TITLES[profile]


def test_the_profiles_stand_side_by_side_and_roles_of_one_title_are_told_apart(desk: Desk) -> None:
    page = desk.browser("supervisor").get("/settings").text

    for words in ("相关领导", "物业综合办", "营销部", "客服部"):
        assert words in page
    for words in ("回访人员（前台、维修单回访）", "物业经理（批准计划）", "物业经理（批阅记录、下达专项走访）"):
        assert words in page
    assert '<th scope="row">物业经理</th>' in page, "in this estate's profile nobody else is called so"


def test_names_and_titles_are_shown_wherever_they_stand(app: Flask, desk: Desk) -> None:
    supervisor = desk.browser("supervisor")

    answer = save(
        supervisor, "/settings", name_zh="桃源里", role__supervisor__zh="客服总管", role__manager__zh="片区经理"
    )

    assert answer.status_code == 302
    page = supervisor.get("/").text
    assert "桃源里" in page
    assert "客服总管" in page
    assert "片区经理" in supervisor.get("/settings/chains").text
    assert {row[0] for row in told(app, desk)} == {"name_zh", "role.supervisor.zh", "role.manager.zh"}


def test_a_refused_form_keeps_what_was_typed_and_says_what_is_wrong(app: Flask, desk: Desk) -> None:
    answer = save(desk.browser("supervisor"), "/settings", name_zh=" ", company_zh="新物业公司")

    assert answer.status_code == 422
    assert "不能为空" in answer.text
    assert 'value="新物业公司"' in answer.text
    assert told(app, desk) == []


def on_its_first_day(app: Flask, desk: Desk) -> None:
    """Nothing of the estate has its day yet."""
    with app.app_context():
        db.session.execute(sa.delete(Task))
        db.session.commit()


def test_a_wrong_time_zone_is_put_right_before_anything_has_its_day(app: Flask, desk: Desk) -> None:
    on_its_first_day(app, desk)
    supervisor = desk.browser("supervisor")

    none = save(supervisor, "/settings", time_zone="Asia/Peking")
    saved = save(supervisor, "/settings", time_zone="Asia/Urumqi")

    assert (none.status_code, saved.status_code) == (422, 302)
    assert "没有这个时区" in none.text
    assert told(app, desk) == [("time_zone", "Asia/Shanghai", "Asia/Urumqi")]
    with app.app_context():
        assert the_estate(desk).time_zone == "Asia/Urumqi"
    assert "时区" in supervisor.get("/settings/history").text


def test_a_time_zone_by_which_days_are_counted_stays(app: Flask, desk: Desk) -> None:
    supervisor = desk.browser("supervisor")

    page = supervisor.get("/settings").text
    save(supervisor, "/settings", time_zone="America/New_York", phone="010-88886666")

    assert "Asia/Shanghai" in page
    assert 'name="time_zone"' not in page
    with app.app_context():
        assert (the_estate(desk).time_zone, the_estate(desk).phone) == ("Asia/Shanghai", "010-88886666")


# --- profile ---


def test_a_profile_is_changed_by_words_once_nothing_is_open_at_the_developers(app: Flask, desk: Desk) -> None:
    issue_id = desk.issue()
    supervisor = desk.browser("supervisor")
    with app.app_context():
        db.session.get_one(Department, desk.department_id).liable = Liable.DEVELOPER
        db.session.commit()
    blocked = supervisor.get("/settings").text
    assert f'href="/issues/{issue_id}"' in blocked
    assert 'action="/settings/profile"' not in blocked

    where = {"department": str(desk.other_department_id), "reason": "地产公司退出"}
    page = supervisor.get(f"/issues/{issue_id}").text
    fields = dict(re.findall(r'name="(event|away_from)"\s+type="hidden"\s+value="([^"]*)"', page))
    moved = supervisor.post(f"/issues/{issue_id}/transfer", data=fields | where)
    assert moved.status_code == 302
    form = sent_with(supervisor.get("/settings").text, action="/settings/profile")
    unsure = supervisor.post("/settings/profile", data=form)
    sure = supervisor.post("/settings/profile", data=form | {"profile-sure": "y"})

    assert (unsure.status_code, sure.status_code) == (422, 302)
    assert "请确认" in unsure.text
    assert 'value="锦绣花园"' in unsure.text
    assert "项目经理" in desk.browser("manager").get("/").text
    with app.app_context():
        assert the_estate(desk).profile is Profile.B
        assert db.session.get_one(Department, desk.department_id).closed_on is not None
        assert db.session.get_one(Issue, uuid.UUID(issue_id)).department_id == desk.other_department_id
    assert "已有人更换了模式" in supervisor.post("/settings/profile", data=form, follow_redirects=True).text
