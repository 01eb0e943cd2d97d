"""A new estate's first page says what is needed before the first visit; one that is at work is not told so."""

import re

import pytest
from flask import Flask

from app.core.db import db
from app.estates.models import Estate
from app.people.models import Device, DeviceUser
from app.people.rules import Role
from app.visits.models import Plan
from tests.builders import NOW, a_category, a_department, a_home, a_staff, an_estate
from tests.office.at_desks import logged_in
from tests.office.conftest import Desk

STEPS = ["部门与类别", "参与走访的人员", "房屋与业主", "每位走访人员一台平板", "一个月的计划"]


def steps_on(page: str) -> dict[str, bool]:
    """Step → whether it is done, in their order."""
    lines = re.findall(r"<li (class=\"done\")?[^>]*>\s*<svg.*?<b>(.*?)</b>", page, re.DOTALL)
    return {name.split("，")[0]: bool(done) for done, name in lines}


def the_page(app: Flask, estate: Estate, *roles: Role) -> str:
    login = a_staff(estate, *roles, name="王芳").login
    db.session.commit()
    return logged_in(app, {"who": login})["who"].get("/").text


def test_a_new_estate_needs_everything_and_says_who_is_missing(context: Flask) -> None:
    estate = an_estate()
    a_department(estate)

    page = the_page(context, estate, Role.ADMIN)

    assert steps_on(page) == dict.fromkeys(STEPS, False)
    assert "还缺：营销客服主管、部门经理、物业经理、分管领导、回访人员、责任部门经理（工程维修部）" in page
    assert 'href="/settings/staff/new"' in page
    assert 'href="/roster"' in page


def test_each_step_is_done_by_what_it_asks_for(context: Flask) -> None:
    estate = an_estate()
    department = a_department(estate)
    a_category(estate, department)
    leaders = (Role.SUPERVISOR, Role.MANAGER, Role.PROPERTY_MANAGER, Role.EXECUTIVE)
    officer = a_staff(estate, Role.OFFICER, *leaders)
    a_staff(estate, Role.DEPARTMENT_MANAGER, department=department)
    a_home(estate)
    device = Device(code="T01", key={}, send_token_hash="x", enrolled_at=NOW)
    db.session.add(device)
    db.session.flush()
    db.session.add(DeviceUser(device_id=device.id, staff_id=officer.id, read_token_hash="y", since=NOW))
    db.session.add(Plan(estate_id=estate.id, month="2026-11", made_by_id=officer.id, made_at=NOW, active_at=NOW))

    page = the_page(context, estate, Role.ADMIN)

    assert steps_on(page) == dict.fromkeys(STEPS, True)
    assert "还缺" not in page
    assert "/plans" not in page.split("first-steps")[-1].split("</section>")[0], "not the administrator's to draft"


@pytest.mark.parametrize("role", [Role.OFFICER, Role.MANAGER, Role.EXECUTIVE])
def test_whoever_does_not_set_an_estate_up_is_not_told_how(context: Flask, role: Role) -> None:
    assert steps_on(the_page(context, an_estate(), role)) == {}


def test_with_the_first_visit_the_steps_are_gone(desk: Desk) -> None:
    assert list(steps_on(desk.browser("supervisor").get("/").text)) == STEPS

    desk.visit()

    assert steps_on(desk.browser("supervisor").get("/").text) == {}
