"""The settings pages: who may change what, what a refusal keeps, two at once, and what the change comes to."""

import re
import uuid
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.approvals.queries import review_of
from app.approvals.rules import Duty, Paper, chain_of
from app.core.changes import changes
from app.core.clock import local_date, now
from app.core.db import db
from app.core.ids import new_id
from app.documents.letterhead import letterhead
from app.documents.sheets import Bilingual
from app.estates.models import Estate, Unit
from app.estates.rules import BOUNDS, LimitUnit, Profile, limits
from app.issues.models import Category, Issue
from app.office.words import title_of
from app.people.models import Department
from app.people.rules import Liable, Role
from app.surveys.actions import withdraw_survey
from app.visits.models import Plan
from app.visits.planning import month_of
from tests.builders import NOBODY, NOW, a_staff, a_survey, a_survey_out
from tests.office.conftest import Desk

PAGES = ("", "/chains", "/limits", "/categories", "/forms", "/departments", "/history")


def sent_with(page: str, *, action: str = "") -> dict[str, str]:
    """Every field as it stands in a page's form (the one with this action), as a browser would send it."""
    form = next(one for one in re.findall(r"<form.*?</form>", page, re.DOTALL) if action in one and 'seen"' in one)
    fields = {}
    for tag in re.findall(r"<input[^>]*>", form):
        told = dict(re.findall(r'(\S+?)="([^"]*)"', tag))
        if told.get("type") not in ("radio", "checkbox") or "checked" in tag:
            fields[told.get("name", "")] = told.get("value", "")
    for name, inside in re.findall(r'<textarea[^>]*name="([^"]*)"[^>]*>(.*?)</textarea>', form, re.DOTALL):
        fields[name] = inside.strip().replace("&#39;", "'")
    for name, inside in re.findall(r'<select[^>]*name="([^"]*)"[^>]*>(.*?)</select>', form, re.DOTALL):
        chosen = re.findall(r'<option[^>]*selected[^>]*value="([^"]*)"', inside)
        fields[name] = chosen[0] if chosen else ""
    return fields


def save(browser: FlaskClient, address: str, page: str | None = None, **typed: str) -> TestResponse:
    """Open a page (unless it was opened before), type into it, send it."""
    fields = sent_with(page or browser.get(address).text, action=f'action="{_target(address)}"')
    return browser.post(_target(address), data=fields | typed)


def _target(address: str) -> str:
    return "/settings/organisation" if address == "/settings" else address


def the_estate(desk: Desk) -> Estate:
    db.session.expire_all()
    return db.session.get_one(Estate, desk.estate_id)


def told(app: Flask, desk: Desk) -> list[tuple[str, Any, Any]]:
    with app.app_context():
        return [(row.setting, row.before, row.after) for row in changes(desk.estate_id)[0]]


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


# --- limits ---


def test_every_limit_stands_there_with_its_policy_and_its_bounds(desk: Desk) -> None:
    page = desk.browser("manager").get("/settings/limits").text

    chosen = {name for name, bound in BOUNDS.items() if bound.unit is LimitUnit.YES_NO}
    assert sorted(re.findall(r'name="(\w+)"[^>]*type="number"', page)) == sorted(BOUNDS.keys() - chosen)
    assert all(f'name="{name}"' in page for name in chosen)
    assert page.count("制度规定") >= 5


def test_a_changed_limit_changes_what_a_tablet_promises(app: Flask, desk: Desk) -> None:
    answer = save(desk.browser("supervisor"), "/settings/limits", measure_hours="72")

    assert answer.status_code == 302
    with app.app_context():
        assert limits(the_estate(desk).settings).measure_hours == 72
    [estate] = [change["doc"] for change in desk.tablet.pull()["changes"] if change["type"] == "estate"]
    assert estate["answer_days"]["ordinary"] == 3


def test_whether_sheets_without_a_name_count_is_chosen_and_written_down(app: Flask, desk: Desk) -> None:
    supervisor = desk.browser("supervisor")
    assert save(supervisor, "/settings/limits", unsigned_sheets="0").status_code == 302

    with app.app_context():
        assert limits(the_estate(desk).settings).unsigned_sheets == 0
    assert told(app, desk) == [("limit.unsigned_sheets", 1, 0)]
    history = re.sub(r"\s+", " ", supervisor.get("/settings/history").text)
    assert "未署名的调查表计入有效" in history
    assert save(supervisor, "/settings/limits", unsigned_sheets="2").status_code == 422


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"measure_hours": "0"}, "超出允许范围"),
        ({"measure_hours": "soon"}, "请填写整数"),
        ({"measure_hours": ""}, "请填写整数"),
        ({"rectify_days_urgent": "9"}, "不能长于“整改，一般”"),
    ],
)
def test_a_limit_that_makes_no_sense_is_told_beside_its_field(
    app: Flask, desk: Desk, typed: dict[str, str], words: str
) -> None:
    answer = save(desk.browser("supervisor"), "/settings/limits", **typed, callback_days="5")

    assert answer.status_code == 422
    assert words in answer.text
    assert re.search(r'name="callback_days"[^>]*value="5"', answer.text)
    assert told(app, desk) == []


def test_of_two_at_once_the_second_is_told_and_can_still_have_their_way(app: Flask, desk: Desk) -> None:
    one, two = desk.browser("admin"), desk.browser("supervisor")
    first_page, second_page = one.get("/settings/limits").text, two.get("/settings/limits").text

    assert save(one, "/settings/limits", first_page, measure_hours="48", report_hours="6").status_code == 302
    crossed = save(two, "/settings/limits", second_page, measure_hours="36", callback_days="2")

    assert crossed.status_code == 409
    assert "24 小时 → 48 小时" in re.sub(r"\s+", " ", crossed.text)
    assert "管理员" in crossed.text
    assert re.search(r'name="measure_hours"[^>]*value="36"', crossed.text)
    assert len(told(app, desk)) == 2
    assert save(two, "/settings/limits", crossed.text).status_code == 302
    with app.app_context():
        limit = limits(the_estate(desk).settings)
        assert (limit.measure_hours, limit.callback_days) == (36, 2)


def test_a_form_that_was_refused_for_itself_does_not_count_as_having_shown_what_others_set(desk: Desk) -> None:
    one, two = desk.browser("admin"), desk.browser("supervisor")
    mine = two.get("/settings/limits").text
    assert save(one, "/settings/limits", measure_hours="48").status_code == 302

    refused = save(two, "/settings/limits", mine, measure_hours="36", callback_days="99")
    crossed = save(two, "/settings/limits", refused.text, callback_days="2")

    assert (refused.status_code, crossed.status_code) == (422, 409)
    assert "24 小时 → 48 小时" in re.sub(r"\s+", " ", crossed.text)


# --- chains ---


def stages(page: str, paper: str) -> dict[str, list[str]]:
    """Duty, role and days of each stage as they stand in a paper's form."""
    form = re.search(rf'id="{paper}".*?</form>', page, re.DOTALL).group()
    picked = {
        name: [
            re.search(r'value="(\w+)" selected', inside).group(1)
            for inside in re.findall(rf'name="{name}"[^>]*>(.*?)</select>', form, re.DOTALL)
        ]
        for name in ("duty", "role")
    }
    seen = re.findall(r'name="seen" value="(\d+)"', form)
    return picked | {"days": re.findall(r'max="30"\s+value="([^"]*)"', form), "seen": seen}


def test_stages_are_put_in_moved_and_taken_out_before_anything_is_saved(app: Flask, desk: Desk) -> None:
    supervisor = desk.browser("supervisor")
    page = supervisor.get("/settings/chains").text

    for act in ("add", "up-2", "remove-0"):
        answer = supervisor.post("/settings/chains/plan", data=stages(page, "plan") | {"act": act})
        page = answer.text
        assert answer.status_code == 200
        assert "尚未保存" in page

    assert stages(page, "plan")["duty"] == ["review", "approve", "file"]
    assert told(app, desk) == []
    one_more = stages(page, "plan")
    one_more["role"][0], one_more["days"][0] = "executive", "5"
    assert supervisor.post("/settings/chains/plan", data=one_more | {"act": "save"}).status_code == 302
    with app.app_context():
        estate = the_estate(desk)
        first = chain_of(Paper.PLAN, estate.profile, estate.settings)[0]
        assert (first.duty, first.role.value, first.days) == (Duty.REVIEW, "executive", 5)
    assert "分管领导，5 天" in supervisor.get("/settings/history").text


def test_one_function_is_offered_once_whichever_of_its_roles_a_stage_names(app: Flask, desk: Desk) -> None:
    with app.app_context():
        the_estate(desk).profile = Profile.B
        db.session.commit()

    page = desk.browser("supervisor").get("/settings/chains").text

    assert stages(page, "plan")["role"][:2] == ["manager", "property_manager"]
    assert stages(page, "records")["role"][-2] == "executive"
    for offered in re.findall(r'name="role">(.*?)</select>', page, re.DOTALL):
        assert re.findall(r">(\w+)</option>", offered) == ["客服部主管", "项目经理", "物业经理"]


@pytest.mark.parametrize(
    ("paper", "typed", "words"),
    [
        ("plan", {"duty": [], "role": [], "days": []}, "流程至少一个环节"),
        ("plan", {"duty": ["review"], "role": ["manager"], "days": ["3"]}, "只能是最后一个环节"),
        ("plan", {"duty": ["file"], "role": ["manager"], "days": ["x"]}, "每个环节 1 至 30 天"),
        ("plan", {"duty": ["file"], "role": ["supervisor"], "days": ["3"]}, "须有起草人以外的人经手"),
        ("records", {"duty": ["archive"], "role": ["manager"], "days": ["3"]}, "记录须先批阅签字再归档"),
    ],
)
def test_a_chain_that_breaks_a_rule_is_told_above_what_was_typed(
    app: Flask, desk: Desk, paper: str, typed: dict[str, list[str]], words: str
) -> None:
    answer = desk.browser("supervisor").post(f"/settings/chains/{paper}", data=typed | {"act": "save", "seen": "0"})

    assert answer.status_code == 422
    assert words in answer.text
    assert stages(answer.text, paper)["duty"] == typed["duty"]
    assert stages(answer.text, paper)["days"] == typed["days"]
    assert told(app, desk) == []


def test_a_changed_chain_is_the_next_plans_and_the_one_handed_in_keeps_its_own(app: Flask, desk: Desk) -> None:
    supervisor = desk.browser("supervisor")
    month = month_of(local_date(now(), "Asia/Shanghai"))
    plan = supervisor.post("/plans", data={"month": month}, follow_redirects=True).request.path
    form = dict(re.findall(r'name="(submit-\w+)"\s+type="hidden"\s+value="([^"]*)"', supervisor.get(plan).text))
    assert supervisor.post(f"{plan}/submit", data=form).status_code == 302

    short = {"duty": ["approve", "file"], "role": ["executive", "supervisor"], "days": ["1", "1"], "seen": "0"}
    assert supervisor.post("/settings/chains/plan", data=short | {"act": "save"}).status_code == 302

    assert "在途 1 件" in supervisor.get("/settings/chains").text
    with app.app_context():
        handed_in = review_of(db.session.scalars(sa.select(Plan.id)).one())
        assert [stage.duty for stage in handed_in.chain] == [Duty.REVIEW, Duty.APPROVE, Duty.FILE]
        estate = the_estate(desk)
        ahead = chain_of(Paper.PLAN, estate.profile, estate.settings)
        assert [stage.duty for stage in ahead] == [Duty.APPROVE, Duty.FILE]
    back = supervisor.post("/settings/chains/plan", data=short | {"act": "policy", "seen": "1"})
    assert back.status_code == 302
    assert told(app, desk)[0][2] is None


def test_two_chains_at_once(desk: Desk) -> None:
    one, two = desk.browser("admin"), desk.browser("supervisor")
    short = {"duty": ["approve", "file"], "role": ["executive", "supervisor"], "days": ["1", "1"], "seen": "0"}
    assert one.post("/settings/chains/plan", data=short | {"act": "save"}).status_code == 302

    crossed = two.post("/settings/chains/plan", data=short | {"days": ["2", "2"], "act": "save"})

    assert crossed.status_code == 409
    assert stages(crossed.text, "plan")["days"] == ["2", "2"]
    assert stages(crossed.text, "plan")["seen"] == ["1"]


# --- forms and words ---


def test_other_words_above_a_signature_reach_the_tablet_as_a_new_version(app: Flask, desk: Desk) -> None:
    before = desk.visit()
    supervisor = desk.browser("supervisor")

    answer = save(
        supervisor, "/settings/forms", title__zh="业主走回访记录表", consent__zh="同意。{days} 天内可致电 {phone}。"
    )

    assert answer.status_code == 302
    [estate] = [change["doc"] for change in desk.tablet.pull()["changes"] if change["type"] == "estate"]
    assert (estate["title"]["zh"], estate["consent"]["version"]) == ("业主走回访记录表", 2)
    assert estate["consent"]["text"]["zh"] == "同意。7 天内可致电 0571-8888 1234。"
    assert supervisor.get(f"/visits/{before}").status_code == 200
    assert "第 2 版" in supervisor.get("/settings/forms").text


def test_any_form_is_called_as_the_estate_calls_it_and_the_history_says_so(app: Flask, desk: Desk) -> None:
    supervisor = desk.browser("supervisor")

    answer = save(supervisor, "/settings/forms", form__plan__zh="入户走访月计划")

    assert answer.status_code == 302
    with app.app_context():
        paper = letterhead(the_estate(desk), ("zh",))
        assert paper.form("plan") == Bilingual("入户走访月计划", "Monthly visit plan")
        assert paper.form("register").zh == "维修工作单登记表"
    history = supervisor.get("/settings/history?area=form.").text
    for words in ("表单“月度走访计划”的名称（中文）", "模式默认", "入户走访月计划"):
        assert words in history
    save(supervisor, "/settings/forms", form__plan__zh="")
    with app.app_context():
        assert letterhead(the_estate(desk), ("zh",)).form("plan").zh == "月度走访计划"
    assert save(supervisor, "/settings/forms", form__plan__en="x" * 41).status_code == 422


@pytest.mark.clause("R20")
def test_profile_b_has_its_own_name_for_the_register(app: Flask, desk: Desk) -> None:
    with app.app_context():
        the_estate(desk).profile = Profile.B
        db.session.commit()

        assert letterhead(the_estate(desk), ("zh",)).form("register").zh == "工程维修工作单登记表"

    assert "工程维修工作单登记表" in desk.browser("supervisor").get("/settings/forms").text


def test_words_that_leave_open_what_nobody_fills_are_refused_in_their_place(app: Flask, desk: Desk) -> None:
    answer = save(desk.browser("supervisor"), "/settings/forms", consent__zh="致电 {telephone}", title__zh="新名称")

    assert answer.status_code == 422
    assert "花括号内只能写 {phone} 和 {days}" in answer.text
    assert 'value="新名称"' in answer.text
    assert told(app, desk) == []


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
