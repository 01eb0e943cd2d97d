"""Who draws surveys up at a desk, in an estate of four households with sheets to come."""

import uuid
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.agenda.models import Task
from app.agenda.rules import OF_SURVEYS, TaskState
from app.core.clock import local_date, now
from app.core.db import db
from app.estates.models import Estate, Unit
from app.estates.rules import Occupancy
from app.people.queries import staff_by_login
from app.people.rules import Role
from app.surveys.models import Survey
from app.surveys.queries import the_survey
from tests.builders import a_staff, a_unit, an_owner
from tests.office.conftest import Desk
from tests.office.filled_in import filled_in
from tests.office.told import told

NEW = "/surveys/new"


def today() -> date:
    return local_date(now(), "Asia/Shanghai")


@dataclass
class Making:
    """The supervisor at a desk, an officer, and another one."""

    desk: Desk
    browser: FlaskClient
    officer: str
    colleague: str

    def form(self, address: str = NEW) -> dict[str, list[str]]:
        """A form of the page as it stands: every field with what is in it."""
        return filled_in(self.browser.get(address).text)

    def draw_up(self, address: str = NEW, **change: object) -> TestResponse:
        return self.browser.post(address, data={**self.form(address), "act": "save", **change})

    def drawn_up(self, **change: object) -> str:
        """Where a survey that was drawn up stands."""
        answer = self.draw_up(**change)
        assert answer.status_code == 302, told(answer)
        return str(answer.location)

    def issued(self, **change: object) -> str:
        """Where a survey stands that is out with all households."""
        address = self.drawn_up(issue_from=today().isoformat(), **change)
        answer = self.issue(address)
        assert answer.status_code == 302, told(answer)
        return address

    def issue(self, address: str, officers: tuple[str, ...] = (), act: str = "issue") -> TestResponse:
        """Look at the shares of these officers, then issue."""
        chosen = list(officers or (self.officer, self.colleague))
        form = filled_in(self.browser.get(f"{address}/issue").text)
        shown = filled_in(self.browser.post(f"{address}/issue", data={**form, "officer": chosen, "act": "show"}).text)
        return self.browser.post(f"{address}/issue", data={**shown, "officer": chosen, "act": act})

    def survey(self, address: str) -> Survey:
        return the_survey(self.desk.estate_id, uuid.UUID(address.rsplit("/", 1)[1]))

    def due(self) -> list[tuple[str, uuid.UUID, TaskState]]:
        with self.desk.app.app_context():
            found = sa.select(Task).where(Task.kind.in_(OF_SURVEYS)).join(Task.unit).order_by(Unit.number)
            return [(task.unit.number, task.assignee_id, task.state) for task in db.session.scalars(found)]


def making_in(desk: Desk) -> Making:
    """Four households in building 7 beside the desk's own one, one of them vacant."""
    with desk.app.app_context():
        estate = db.session.get_one(Estate, desk.estate_id)
        for number in ("0401", "0301", "0201"):
            an_owner(a_unit(estate, number, building="7", floor=int(number[:2])))
        vacant = a_unit(estate, "0101", building="7", floor=1)
        vacant.occupancy = Occupancy.VACANT
        colleague = a_staff(estate, Role.OFFICER, name="张华")
        officer = staff_by_login(desk.logins["officer"])
        assert officer is not None
        db.session.commit()
        return Making(desk, desk.browser("supervisor"), str(officer.id), str(colleague.id))
