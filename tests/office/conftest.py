"""A small estate as its office sees it: who works there, a home, and a tablet that brings visits in."""

import io
import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image

from app.agenda.queries import due_about
from app.agenda.rules import CALLBACKS
from app.core.clock import local_date, now
from app.core.db import db
from app.core.ids import new_id
from app.core.journal import By
from app.issues.actions import accept, report_rectified
from app.issues.models import Issue
from app.people.queries import staff_by_login
from app.people.rules import Role
from tests.builders import (
    PASSWORD,
    a_category,
    a_department,
    a_home,
    a_planned_visit,
    a_staff,
    an_enrol_code,
    an_estate,
)
from tests.model_tablet import ModelTablet
from tests.standing import BuiltOnce

IN_TIME = local_date(now(), "Asia/Shanghai") + timedelta(days=3)
"""A day within the limit of an ordinary matter."""
IN_TIME_SAID = f"{IN_TIME.month}月{IN_TIME.day}日"


@dataclass(frozen=True)
class Desk:
    """Ids of an estate, logins of its staff by role, and a tablet in the officer's hands."""

    app: Flask
    estate_id: uuid.UUID
    unit_id: uuid.UUID
    task_id: uuid.UUID
    department_id: uuid.UUID
    other_department_id: uuid.UUID
    logins: dict[str, str]
    tablet: ModelTablet

    def browser(self, who: str) -> FlaskClient:
        """A browser at which this person is logged in."""
        browser = self.app.test_client()
        answer = browser.post("/login", data={"login": self.logins[who], "password": PASSWORD})
        assert answer.status_code == 302, answer.text
        return browser

    def visit(self, **wanted: Any) -> str:
        """The id of a visit that arrived."""
        return self.bring_in(self.tablet.a_visit(self.estate_id, self.unit_id, **wanted))

    def bring_in(self, operation: dict[str, Any]) -> str:
        """Push an operation that must be applied; the id of its record."""
        receipts = self.tablet.receipts(self.tablet.freeze(dict(operation)))
        assert receipts[0]["status"] in ("applied", "review"), receipts
        return str(operation["entity_id"])

    def issue(self, **wanted: Any) -> str:
        """The id of an issue that a visit brought in."""
        raised = self.tablet.an_issue(**wanted)
        self.visit(issues=[raised])
        return str(raised["id"])

    def dissatisfied(self, issue_id: str, reason: str) -> str:
        """Accepted, reported as rectified, and called back on: the owner is dissatisfied. The id of that visit."""
        task_id, round_ = self.rectified(issue_id)
        answer = {"task_id": task_id, "issue_id": issue_id, "round": round_, "answer": "dissatisfied", "reason": reason}
        return self.visit(task_ids=[task_id], answers=[answer])

    def rectified(self, issue_id: str) -> tuple[str, int]:
        """Accepted, and reported as rectified: the callback that is due, and the round it is about."""
        with self.app.app_context():
            issue = db.session.get_one(Issue, uuid.UUID(issue_id))
            worker = staff_by_login(self.logins["handler"])
            assert worker is not None
            moment = now()
            accept(issue, "重做防水", worker, IN_TIME, event_id=new_id(), by=By(worker.id), at=moment)
            report_rectified(issue, "已重做", event_id=new_id(), by=By(worker.id), at=moment)
            task = due_about(issue.id, *CALLBACKS)[0]
            db.session.commit()
            return str(task.id), issue.round


@pytest.fixture
def desk(app: Flask, client: FlaskClient, built_once: BuiltOnce) -> Desk:
    """The estate, committed, and the tablet enrolled."""
    ids, logins, tablet = built_once(_a_desk)
    return Desk(app, *ids, logins=dict(logins), tablet=tablet.as_new(client))


def _a_desk(client: FlaskClient) -> tuple[list[uuid.UUID], dict[str, str], ModelTablet]:
    with client.application.app_context():
        estate = an_estate()
        department, other = a_department(estate, "工程维修部"), a_department(estate, "保卫部")
        a_category(estate, department, code="leak")
        a_category(estate, None, code="other")
        officer = a_staff(estate, Role.OFFICER)
        staff = {
            "officer": officer,
            "supervisor": a_staff(estate, Role.SUPERVISOR, name="孙主管"),
            "department_manager": a_staff(estate, Role.DEPARTMENT_MANAGER, name="王强", department=department),
            "admin": a_staff(estate, Role.ADMIN, name="管理员"),
            "manager": a_staff(estate, Role.MANAGER, name="周经理"),
            "executive": a_staff(estate, Role.EXECUTIVE, name="方振华"),
            "handler": a_staff(estate, Role.HANDLER, name="王师傅", department=department),
            "other_manager": a_staff(estate, Role.DEPARTMENT_MANAGER, name="周队", department=other),
            "english": a_staff(estate, Role.SUPERVISOR, name="Sun", locale="en"),
        }
        home = a_home(estate)
        task = a_planned_visit(home, officer)
        code = an_enrol_code(officer)
        ids = [estate.id, home.id, task.id, department.id, other.id]
        logins = {who: person.login for who, person in staff.items()}
        db.session.commit()
    return ids, logins, ModelTablet(client, code)


def a_jpeg(width: int = 1200, height: int = 600) -> bytes:
    """A picture as a camera makes it."""
    file = io.BytesIO()
    Image.new("RGB", (width, height), (120, 150, 140)).save(file, "JPEG")
    return file.getvalue()
