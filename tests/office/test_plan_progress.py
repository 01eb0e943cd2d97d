"""What a plan's page and its form say of homes that were met: when and how, not when a tablet found a network."""

import uuid
from datetime import datetime, timedelta

import pytest

from app.agenda.actions import cancel
from app.agenda.models import Task
from app.core.clock import isoformat, local_date, now
from app.core.db import db
from app.core.journal import By
from app.documents.sheets_of.plan_sheet import plan_sheet
from app.estates.models import Estate
from app.people.queries import staff_by_login
from app.visits.models import Plan
from app.visits.planning import month_of
from app.visits.plans import propose_plan
from app.visits.progress import planned_homes
from tests.builders import NOBODY, put_to_work
from tests.office.conftest import Desk

ZONE = "Asia/Shanghai"


def a_plan_at_work(desk: Desk, at: datetime) -> tuple[uuid.UUID, str]:
    """This month's plan of the estate's one home, and the visit that is due by it."""
    with desk.app.app_context():
        cancel(db.session.get_one(Task, desk.task_id), by=NOBODY, at=at)
        supervisor = staff_by_login(desk.logins["supervisor"])
        assert supervisor is not None
        by, today = By(staff_id=supervisor.id), local_date(at, ZONE)
        plan = propose_plan(db.session.get_one(Estate, desk.estate_id), month_of(today), today=today, by=by, at=at)
        put_to_work(plan, by=by, at=at)
        [task] = db.session.scalars(db.select(Task).where(Task.plan_id == plan.id))
        db.session.commit()
        return plan.id, str(task.id)


@pytest.mark.clause("P54")
@pytest.mark.parametrize("method", ["door", "phone"])
def test_a_home_was_done_when_it_was_met_and_who_was_rung_instead_is_told(desk: Desk, method: str) -> None:
    plan_id, task_id = a_plan_at_work(desk, now())
    met_at = (now() - timedelta(days=1)).replace(microsecond=0)
    when = {"started_at": isoformat(met_at), "ended_at": isoformat(met_at)}
    rang = {"method": method, "by_owner": False} if method == "phone" else {}

    visit = desk.tablet.a_visit(desk.estate_id, desk.unit_id, task_ids=[task_id], **when, **rang)
    [receipt] = desk.tablet.receipts(desk.tablet.freeze(visit))
    browser = desk.browser("supervisor")
    page, first_page = browser.get(f"/plans/{plan_id}").text, browser.get("/").text

    assert receipt["status"] == "applied", receipt
    with desk.app.app_context():
        plan = db.session.get_one(Plan, plan_id)
        [home], sheet = planned_homes(plan), plan_sheet(plan, ("en",), printed_at=now())
        assert (home.met_at, home.rang_instead) == (met_at, method == "phone")
        assert (sheet.done, sheet.rung) == (1, int(method == "phone"))
        assert (sheet.visits[0].done_on, sheet.visits[0].rung) == (local_date(met_at, ZONE), method == "phone")
    assert ("未上门、以电话走访，计入完成：1 户" in page) == (method == "phone")
    assert ("未上门、以电话走访，计入完成：1 户" in first_page) == (method == "phone")
