"""This month's plan in its table, and everybody who has to do with it at a desk of their own."""

import re
import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.agenda.actions import make_task
from app.agenda.rules import TaskKind
from app.core.clock import local_date, now
from app.core.db import db
from app.core.ids import new_id
from app.core.journal import By
from app.estates.models import Unit
from app.people.models import Device, Staff
from app.people.rules import Role
from app.visits.models import Plan, Visit
from app.visits.planning import last_day, month_of
from app.visits.rules import Method, PlanState, Rating, Relation
from tests.builders import a_home, a_staff, a_unit, an_estate, an_owner
from tests.office.at_desks import cookies_of, known_again, logged_in
from tests.standing import BuiltOnce

WHO = {
    "supervisor": (Role.SUPERVISOR, "孙丽华"),
    "second_supervisor": (Role.SUPERVISOR, "钱主管"),
    "manager": (Role.MANAGER, "顾文博"),
    "property_manager": (Role.PROPERTY_MANAGER, "郑卫东"),
    "officer": (Role.OFFICER, "李敏"),
    "second_officer": (Role.OFFICER, "张伟"),
}
TWO = ("supervisor", "officer")
CHAIN = (("supervisor", "submit"), *((who, "review/hand_on") for who in ("manager", "property_manager", "supervisor")))


@dataclass(frozen=True)
class Desks:
    """An estate with two homes in this month's plan and one that is not in it; everybody at their desk."""

    app: Flask
    desks: dict[str, FlaskClient]
    plan: str
    outside: str

    def page(self, address: str = "", who: str = "supervisor") -> str:
        return self.desks[who].get(address or self.plan).text

    def lines(self, address: str = "") -> list[str]:
        return re.findall(r'<tr data-line="([^"]+)"', self.page(address))

    def value(self, line: str, field: str, address: str = "") -> str:
        """What stands in a cell of the page, as it is kept."""
        row = self.page(address).split(f'data-line="{line}"')[1]
        return re.search(rf'data-field="{field}"\s+data-value="([^"]*)"', row)[1]

    def write(
        self, *cells: tuple[str, str, str, str], address: str = "", who: str = "supervisor"
    ) -> tuple[int, list[dict[str, Any]]]:
        """Send (line, field, seen, text); the answers, or what was said to all of it."""
        sent = [dict(zip(("line", "field", "seen", "text"), cell, strict=True)) for cell in cells]
        answer = self.desks[who].post(f"{address or self.plan}/cells", json={"cells": sent})
        return answer.status_code, answer.json.get("cells", [answer.json])

    def spread(self, lines: list[str], first: date, last: date, address: str = "", **wanted: object) -> TestResponse:
        """Choose homes and spread them over days; the page that comes of it."""
        address = address or self.plan
        fields = {"line": lines, "act": "spread", "from": first.isoformat(), "to": last.isoformat(), "weekdays": "all"}
        return self.desks["supervisor"].post(
            f"{address}/lines", data=fields | wanted, headers={"Referer": address}, follow_redirects=True
        )

    def act(self, who: str, what: str, address: str = "", note: str = "原因", page: str = "") -> TestResponse:
        """Send the form of an act as it stands on a page."""
        prefix = what.rsplit("/", maxsplit=1)[-1].replace("-", "_")
        page = page or self.page(address, who)
        fields = dict(re.findall(rf'name="({prefix}-\w+)"\s+type="hidden"\s+value="([^"]*)"', page))
        return self.desks[who].post(f"{address or self.plan}/{what}", data=fields | {f"{prefix}-note": note})

    def put_to_work(self) -> None:
        for who, what in CHAIN:
            assert self.act(who, what).status_code == 302

    def amend(self, who: str = "supervisor") -> str:
        return self.desks[who].post(f"{self.plan}/amendments").location


@pytest.fixture
def desks(app: Flask, built_once: BuiltOnce) -> Desks:
    cookies, plan, outside = built_once(_desks)
    return Desks(app, known_again(app, cookies), plan, outside)


def _desks(client: FlaskClient) -> tuple[dict[str, str], str, str]:
    app = client.application
    with app.app_context():
        estate = an_estate()
        homes = [a_home(estate, name) for name in ("陈建国", "王秀英")]
        logins = {who: a_staff(estate, role, name=name).login for who, (role, name) in WHO.items()}
        db.session.commit()
        assert len(homes) == 2
    browsers = logged_in(app, logins)
    month = month_of(local_date(now(), "Asia/Shanghai"))
    plan = browsers["supervisor"].post("/plans", data={"month": month}, follow_redirects=True).request.path
    with app.app_context():
        outside = a_unit(db.session.merge(estate), "9901")
        an_owner(outside, "赵磊")
        db.session.commit()
        return cookies_of(browsers), plan, str(outside.id)


def today() -> date:
    return local_date(now(), "Asia/Shanghai")


def end_of_month() -> str:
    return last_day(month_of(today())).isoformat()


def met(unit: Unit, at: datetime) -> None:
    """Somebody was met there."""
    officer = db.session.scalars(sa.select(Staff).filter_by(name=WHO["officer"][1])).one()
    tablet = Device(code="T09", key={}, send_token_hash="0" * 64, enrolled_at=at)
    db.session.add(tablet)
    db.session.flush()
    people = {"officer_id": officer.id, "interviewee_name": "陈建国", "interviewee_relation": Relation.OWNER}
    when = {"started_at": at, "ended_at": at, "received_at": at}
    said = {"method": Method.DOOR, "categories": [], "script": {}, "rating": Rating.SATISFIED, "complete": True}
    where = {"estate_id": unit.estate_id, "unit_id": unit.id, "device_id": tablet.id, "operation_id": new_id()}
    db.session.add(Visit(number="T09-0001", **where, **people, **when, **said))


def missed_last_month(desks: Desks) -> str:
    """Last month's plan went to the home outside this one and met nobody; returns the month."""
    last = local_date(now(), "Asia/Shanghai").replace(day=1) - timedelta(days=1)
    with desks.app.app_context():
        unit = db.session.get_one(Unit, uuid.UUID(desks.outside))
        supervisor, officer = (db.session.scalars(sa.select(Staff).filter_by(name=WHO[who][1])).one() for who in TWO)
        more = {"state": PlanState.ACTIVE, "made_by_id": supervisor.id, "made_at": now(), "active_at": now()}
        plan = Plan(id=new_id(), estate_id=unit.estate_id, month=month_of(last), **more)
        db.session.add(plan)
        db.session.flush()
        due = {"assignee_id": officer.id, "due_on": last, "subject_id": new_id(), "plan_id": plan.id}
        make_task(unit, TaskKind.PLANNED_VISIT, by=By(staff_id=supervisor.id), at=now(), **due)
        db.session.commit()
    return month_of(last)
