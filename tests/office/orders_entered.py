"""Work orders as the office enters them and acts on them."""

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.core.db import db
from app.core.ids import new_id
from app.estates.models import Unit
from app.repairs.models import WorkOrder
from app.repairs.queries import Wanted, find_orders
from tests.office.conftest import Desk


def the_order(desk: Desk) -> WorkOrder:
    with desk.app.app_context():
        [(order, _wait)], _total = find_orders(desk.estate_id, Wanted())
        return order


def address_of(desk: Desk) -> str:
    with desk.app.app_context():
        return db.session.get_one(Unit, desk.unit_id).short


def enter(desk: Desk, browser: FlaskClient, **typed: str) -> TestResponse:
    form = {
        "event": str(new_id()),
        "unit": address_of(desk),
        "content": "厨房水槽漏水",
        "reported_by": "陈建国",
        "phone": "13812346021",
        "reported_at": "2026-11-20T09:30",
        "kind": "chargeable",
    }
    return browser.post("/orders/new", data=form | typed)


def act(browser: FlaskClient, order: WorkOrder, name: str, **typed: str) -> TestResponse:
    return browser.post(f"/orders/{order.id}/{name}", data={"event": str(new_id())} | typed)


def dispatched(desk: Desk) -> WorkOrder:
    """An order with the desk's own department."""
    browser = desk.browser("supervisor")
    enter(desk, browser)
    act(browser, the_order(desk), "dispatch", department=str(desk.department_id), worker="王师傅")
    return the_order(desk)
