"""The first page, month plans and tablets, as people at a desk use them."""

import re
import uuid

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.agenda.models import Task
from app.core.db import db
from app.estates.models import Unit
from app.people.models import Device, Staff
from app.people.rules import Role
from app.visits.models import PlanLine
from tests.builders import PASSWORD, a_category, a_department, a_home, a_staff, an_enrol_code, an_estate
from tests.model_tablet import ModelTablet

THE_WHOLE_CHAIN = (Role.SUPERVISOR, Role.MANAGER, Role.PROPERTY_MANAGER)
"""In a small estate one person signs at every stage of a plan."""


@pytest.fixture
def logins(app: Flask) -> dict[str, str]:
    """An estate with three homes, two officers, a supervisor, and a department's manager; role → login."""
    with app.app_context():
        estate = an_estate()
        department = a_department(estate)
        a_category(estate, department, code="leak")
        a_category(estate, None, code="other")
        for _home in range(3):
            a_home(estate)
        staff = {
            "officer": a_staff(estate, Role.OFFICER, name="李敏"),
            "second": a_staff(estate, Role.OFFICER, name="张华"),
            "supervisor": a_staff(estate, *THE_WHOLE_CHAIN, name="孙丽华"),
            "engineer": a_staff(estate, Role.DEPARTMENT_MANAGER, name="王强", department=department),
        }
        logins = {role: person.login for role, person in staff.items()}
        db.session.commit()
    return logins


def test_a_plan_is_proposed_put_right_and_put_to_work(app: Flask, client: FlaskClient, logins: dict[str, str]) -> None:
    log_in(client, logins["supervisor"])
    proposed = client.post("/plans", data={"month": this_month(client)}, follow_redirects=True)
    plan = proposed.request.path
    lines = re.findall(r'name="line"\s+value="([^"]+)"', proposed.text)
    assert len(lines) == 3

    with app.app_context():
        second = db.session.scalars(sa.select(Staff.id).where(Staff.name == "张华")).one()
    client.post(f"{plan}/lines", data={"line": lines[:2], "act": "give", "officer": str(second)})
    client.post(f"{plan}/lines", data={"line": lines[2:], "act": "drop"})
    started = put_to_work(client, plan)

    assert "2 户走访将在下次同步时到达走访人的平板" in started.text
    with app.app_context():
        assert {task.assignee.name for task in db.session.scalars(sa.select(Task))} == {"张华"}
        assert len(db.session.scalars(sa.select(PlanLine)).all()) == 2


def test_a_plan_at_work_is_not_changed_and_says_so(client: FlaskClient, logins: dict[str, str]) -> None:
    log_in(client, logins["supervisor"])
    plan = client.post("/plans", data={"month": this_month(client)}, follow_redirects=True).request.path
    put_to_work(client, plan)

    form = {"submit-event": str(uuid.uuid4()), "submit-after": "4"}
    again = client.post(
        f"{plan}/submit", data=form, follow_redirects=True, headers={"Referer": f"http://localhost{plan}"}
    )

    assert "这份计划已经开始执行" in again.text


@pytest.mark.parametrize("month", ["2026-13", "soon", "", "2020-01"])
def test_a_month_that_cannot_be_planned_is_refused_in_words(
    client: FlaskClient, logins: dict[str, str], month: str
) -> None:
    log_in(client, logins["supervisor"])

    page = client.post("/plans", data={"month": month}, headers={"Referer": "http://localhost/plans"})
    told = client.get("/plans")

    assert page.status_code == 302
    assert "这不是有效的月份" in told.text or "这个月已经过去" in told.text


def test_only_the_supervisor_makes_plans(client: FlaskClient, logins: dict[str, str]) -> None:
    log_in(client, logins["officer"])

    assert client.post("/plans", data={"month": "2099-01"}).status_code == 403
    assert client.get("/plans").status_code == 200


def test_the_inbox_shows_what_waits_and_counts_it(app: Flask, client: FlaskClient, logins: dict[str, str]) -> None:
    an_issue_is_raised(app, category="other", text="小区大门口路面有坑")
    an_issue_is_raised(app, category="leak", text="主卫天花板渗水")

    log_in(client, logins["supervisor"])
    supervisor = client.get("/").text
    log_in(client, logins["engineer"])
    engineer = client.get("/").text

    assert "小区大门口路面有坑" in supervisor
    assert "主卫天花板渗水" not in supervisor
    assert "主卫天花板渗水" in engineer
    assert "小区大门口路面有坑" not in engineer


def test_a_tablet_is_enrolled_by_a_code_and_withdrawn(app: Flask, client: FlaskClient, logins: dict[str, str]) -> None:
    log_in(client, logins["supervisor"])
    choices = client.get("/devices").text
    officer = re.search(r'<option value="([^"]+)">李敏', choices)
    assert officer is not None

    page = client.post("/devices/codes", data={"staff": officer[1]})
    code = re.search(r'data-testid="enrol-code">([A-Z0-9]{8})<', page.text)
    assert code is not None
    tablet = ModelTablet(app.test_client(), code[1])
    listed = client.get("/devices").text
    client.post(f"/devices/{tablet.device_id}/revoke")

    assert "T01" in listed
    with app.app_context():
        assert db.session.get_one(Device, uuid.UUID(tablet.device_id)).revoked_at is not None


def test_a_code_is_not_made_for_somebody_who_carries_no_tablet(client: FlaskClient, logins: dict[str, str]) -> None:
    log_in(client, logins["supervisor"])

    answer = client.post("/devices/codes", data={"staff": str(uuid.uuid4())})

    assert answer.status_code == 422


def put_to_work(client: FlaskClient, plan: str) -> TestResponse:
    """Hand a plan in and sign it at every stage; the page that says so at last."""
    client.post(f"{plan}/submit", data={"submit-event": str(uuid.uuid4()), "submit-after": "0"})
    for seen in (1, 2, 3):
        form = {"hand_on-event": str(uuid.uuid4()), "hand_on-after": str(seen)}
        answer = client.post(f"{plan}/review/hand_on", data=form, follow_redirects=True)
    return answer


def an_issue_is_raised(app: Flask, category: str, text: str) -> None:
    """Through a tablet, as in life."""
    with app.app_context():
        staff = db.session.scalars(sa.select(Staff).where(Staff.name == "李敏")).one()
        unit = db.session.scalars(sa.select(Unit)).first()
        assert unit is not None
        code, estate_id, unit_id = an_enrol_code(staff), unit.estate_id, unit.id
        db.session.commit()
    tablet = ModelTablet(app.test_client(), code)
    visit = tablet.a_visit(estate_id, unit_id, issues=[tablet.an_issue(text, category)])
    [receipt] = tablet.receipts(tablet.freeze(visit))
    assert receipt["status"] == "applied"


def this_month(client: FlaskClient) -> str:
    """The first month that the page offers."""
    offered = re.search(r'name="month"\s+value="(\d{4}-\d{2})"', client.get("/plans").text)
    assert offered is not None
    return offered[1]


def log_in(client: FlaskClient, login: str) -> None:
    client.post("/logout")
    answer = client.post("/login", data={"login": login, "password": PASSWORD})
    assert answer.status_code == 302
