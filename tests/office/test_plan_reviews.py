"""A plan on its way from desk to desk, each person logged in as themselves."""

import re
from dataclasses import dataclass
from functools import partial

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.agenda.models import Task
from app.core.clock import local_date, now
from app.core.db import db
from app.core.ids import new_id
from app.estates.rules import Profile
from app.people.models import Staff
from app.people.rules import Role
from app.visits.models import Plan
from app.visits.planning import month_of
from app.visits.rules import PlanState
from tests.builders import a_home, a_staff, an_estate
from tests.office.at_desks import cookies_of, known_again, logged_in
from tests.standing import BuiltOnce

WHO = {
    "supervisor": (Role.SUPERVISOR, "孙丽华"),
    "second_supervisor": (Role.SUPERVISOR, "钱主管"),
    "manager": (Role.MANAGER, "顾文博"),
    "property_manager": (Role.PROPERTY_MANAGER, "郑卫东"),
    "officer": (Role.OFFICER, "李敏"),
    "executive": (Role.EXECUTIVE, "方振华"),
}


@dataclass(frozen=True)
class Offices:
    """An estate with two homes, its people at their desks, and this month's plan as the supervisor proposed it."""

    app: Flask
    profile: Profile
    desks: dict[str, FlaskClient]
    plan: str

    def page(self, who: str) -> str:
        return self.desks[who].get(self.plan).text

    def inbox(self, who: str) -> str:
        return self.desks[who].get("/").text

    def act(self, who: str, what: str, note: str = "", page: str | None = None) -> TestResponse:
        """Send the form of an act as it stands on a page: the one given, or the one that is there now."""
        prefix = what.rsplit("/", maxsplit=1)[-1].replace("-", "_")
        fields = dict(re.findall(rf'name="({prefix}-\w+)"\s+type="hidden"\s+value="([^"]*)"', page or self.page(who)))
        return self.desks[who].post(f"{self.plan}/{what}", data=fields | {f"{prefix}-note": note})

    def to(self, *acts: tuple[str, str]) -> None:
        for who, what in acts:
            assert self.act(who, what, "原因").status_code == 302

    def state(self) -> tuple[PlanState, int]:
        """The plan's state, and how many visits are on tablets."""
        with self.app.app_context():
            plan = db.session.scalars(sa.select(Plan)).one()
            return plan.state, len(db.session.scalars(sa.select(Task)).all())


HAND_IN = ("supervisor", "submit")
REVIEWED = ("manager", "review/hand_on")
APPROVED = ("property_manager", "review/hand_on")
FILED = ("supervisor", "review/hand_on")


@pytest.fixture(params=Profile, ids=lambda profile: profile.name)
def offices(app: Flask, request: pytest.FixtureRequest, built_once: BuiltOnce) -> Offices:
    cookies, plan = built_once(_BUILD[request.param])
    return Offices(app, request.param, known_again(app, cookies), plan)


def _offices(profile: Profile, client: FlaskClient) -> tuple[dict[str, str], str]:
    app = client.application
    with app.app_context():
        estate = an_estate(profile=profile)
        for _home in range(2):
            a_home(estate)
        logins = {who: a_staff(estate, role, name=name).login for who, (role, name) in WHO.items()}
        db.session.commit()
    desks = logged_in(app, logins)
    month = month_of(local_date(now(), "Asia/Shanghai"))
    answer = desks["supervisor"].post("/plans", data={"month": month}, follow_redirects=True)
    return cookies_of(desks), answer.request.path


_BUILD = {profile: partial(_offices, profile) for profile in Profile}


def test_an_opinion_that_is_sent_again_in_other_words_is_not_called_passed_on(offices: Offices) -> None:
    """The answer to the first was lost under way: what was written since stands in no history."""
    offices.to(HAND_IN)
    page = offices.page("manager")

    again, other = [
        (offices.act(*REVIEWED, note, page=page), offices.act(*REVIEWED, note, page=page))[1]
        for note in ("同意", "同意，3 栋请上午去")
    ]

    assert (again.status_code, other.status_code) == (302, 409)
    assert "同意，3 栋请上午去" in other.text, "it is there to be copied"
    assert "同意，3 栋请上午去" not in offices.page("officer")


@pytest.mark.clause("V44")
def test_a_plan_goes_from_desk_to_desk_until_it_is_filed(offices: Offices) -> None:
    waiting, states = [], []
    for who, what in (HAND_IN, REVIEWED, APPROVED, FILED):
        waiting.append([one for one in WHO if re.search(r"\d{4}-\d\d 走访计划", offices.inbox(one))])
        states.append(offices.state())
        offices.to((who, what))

    approving = {Profile.A: ["property_manager"], Profile.B: ["property_manager", "executive"]}[offices.profile]
    assert waiting == [[], ["manager"], approving, ["supervisor", "second_supervisor"]]
    assert states == [(PlanState.DRAFT, 0), *[(PlanState.UNDER_REVIEW, 0)] * 3]
    assert offices.state() == (PlanState.ACTIVE, 2)
    told = offices.page("officer")
    assert all(word in told for word in ("已提交", "已批阅", "已批准", "已备案", "顾文博", "郑卫东"))


@pytest.mark.parametrize("before", [[HAND_IN], [HAND_IN, REVIEWED], [HAND_IN, REVIEWED, APPROVED]], ids=len)
def test_at_any_desk_it_can_go_back_with_the_reason_in_words(offices: Offices, before: list[tuple[str, str]]) -> None:
    offices.to(*before)
    who = ("manager", "property_manager", "supervisor")[len(before) - 1]

    answer = offices.act(who, "review/send_back", "七号楼上个月刚去过")

    assert answer.status_code == 302
    assert offices.state() == (PlanState.DRAFT, 0)
    assert f"{WHO[who][1]}退回：七号楼上个月刚去过" in offices.page("supervisor")
    assert "去修改" in offices.inbox("supervisor")
    offices.to(HAND_IN)
    assert "去修改" not in offices.inbox("supervisor")


def test_without_a_reason_it_does_not_go_back_and_the_form_stays_open(offices: Offices) -> None:
    offices.to(HAND_IN)

    answer = offices.act("manager", "review/send_back")

    assert answer.status_code == 422
    assert 'class="act card act-open"' in re.sub(r"\s+", " ", answer.text)
    assert offices.state() == (PlanState.UNDER_REVIEW, 0)


def test_a_form_that_was_refused_can_be_read_in_the_other_language(offices: Offices) -> None:
    """The page stands under the address of the form, where there is nothing to get."""
    offices.to(HAND_IN)
    desk, address = offices.desks["manager"], f"{offices.plan}/review/send_back"
    refused = desk.post(address, data={}, headers={"Referer": f"http://localhost{offices.plan}"})
    [back] = re.findall(r'name="next" value="([^"]*)"', refused.text)

    answer = desk.post("/language", data={"locale": "en", "next": back}, follow_redirects=True)

    assert (answer.status_code, answer.request.path) == (200, offices.plan)


@pytest.mark.parametrize("who", ["officer", "executive", "property_manager", "second_supervisor"])
def test_whose_turn_it_is_not_has_no_button_and_is_refused(offices: Offices, who: str) -> None:
    offices.to(HAND_IN)
    form = {"hand_on-event": str(new_id()), "hand_on-after": "1"}

    page, answer = offices.page(who), offices.desks[who].post(f"{offices.plan}/review/hand_on", data=form)

    assert "批阅通过" not in page
    assert answer.status_code == 403
    assert offices.state() == (PlanState.UNDER_REVIEW, 0)


def test_two_at_once_one_wins_and_the_other_keeps_what_was_written(offices: Offices) -> None:
    offices.to(HAND_IN)
    seen = offices.page("manager")
    offices.act("supervisor", "take-back", "漏了两户")

    answer = offices.act("manager", "review/send_back", "请补上三号楼", page=seen)

    assert answer.status_code == 409
    assert "孙丽华: 已撤回" in answer.text
    assert "请补上三号楼" in answer.text
    assert offices.state() == (PlanState.DRAFT, 0)


def test_of_two_who_hand_it_in_the_second_keeps_what_was_written(offices: Offices) -> None:
    seen = offices.page("second_supervisor")
    offices.to(HAND_IN)

    answer = offices.act("second_supervisor", "submit", "请优先批阅", page=seen)

    assert answer.status_code == 409
    assert "孙丽华: 已提交" in answer.text
    assert "请优先批阅" in answer.text


def test_a_plan_that_was_at_work_before_there_were_reviews_shows_no_way(offices: Offices) -> None:
    with offices.app.app_context():
        plan = db.session.scalars(sa.select(Plan)).one()
        plan.state, plan.active_at = PlanState.ACTIVE, now()
        db.session.commit()

    page = offices.page("supervisor")

    assert 'class="way"' not in page
    assert "待提交" not in page


def test_what_was_approved_is_what_was_read(offices: Offices) -> None:
    """A plan that was taken back, changed and handed in again is not the one that the manager had before them."""
    offices.to(HAND_IN)
    seen = offices.page("manager")
    offices.to(("supervisor", "take-back"), HAND_IN)

    answer = offices.act("manager", "review/hand_on", page=seen)

    assert answer.status_code == 409
    assert "已提交" in answer.text
    assert offices.state() == (PlanState.UNDER_REVIEW, 0)
    assert "批阅通过" in offices.page("manager")


def test_a_form_sent_twice_counts_once(offices: Offices) -> None:
    offices.to(HAND_IN)
    seen = offices.page("manager")

    answers = [offices.act("manager", "review/hand_on", page=seen).status_code for _time in range(2)]

    assert answers == [302, 302]
    assert "批准" in offices.inbox("property_manager")
    assert offices.state() == (PlanState.UNDER_REVIEW, 0)


def test_under_review_nobody_changes_it(offices: Offices) -> None:
    line = re.findall(r'name="line"\s+value="([^"]+)"', offices.page("supervisor"))[0]
    offices.to(HAND_IN)

    answer = offices.desks["supervisor"].post(
        f"{offices.plan}/lines", data={"line": line, "act": "drop"}, headers={"Referer": "http://localhost/plans"}
    )

    assert answer.status_code == 302
    assert "这份计划正在批阅：要修改，请先撤回" in offices.desks["supervisor"].get("/plans").text
    assert 'name="line"' not in offices.page("supervisor")


@pytest.mark.parametrize("address", ["review/submit", "review/approve", "review/take_back"])
def test_there_is_no_other_way_through(offices: Offices, address: str) -> None:
    offices.to(HAND_IN)

    assert offices.act("manager", address).status_code in (302, 404)
    assert offices.state() == (PlanState.UNDER_REVIEW, 0)


def test_a_stage_that_nobody_can_pass_says_so_before_the_plan_comes_there(offices: Offices) -> None:
    assert "无人担任" not in offices.page("supervisor")
    with offices.app.app_context():
        db.session.execute(sa.update(Staff).where(Staff.name == WHO["property_manager"][1]).values(left_at=now()))
        db.session.commit()

    way = offices.page("supervisor").split('class="way"')[1].split("</ol>")[0]

    assert [stage.count("无人担任") for stage in way.split("<li")[1:]] == [
        0,
        0,
        1 if offices.profile is Profile.A else 0,
        0,
    ]
