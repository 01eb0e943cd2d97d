"""Chains as they are set: stages put in, moved and taken out, and whose papers take the new one."""

import re

import pytest
import sqlalchemy as sa
from flask import Flask

from app.approvals.queries import review_of
from app.approvals.rules import Duty, Paper, chain_of
from app.core.clock import local_date, now
from app.core.db import db
from app.estates.rules import Profile
from app.visits.models import Plan
from app.visits.planning import month_of
from tests.office.conftest import Desk
from tests.office.saved import the_estate, told


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
