"""A small estate with an officer and a tablet: what most tests of visits and of the sync need."""

import uuid
from dataclasses import dataclass

import pytest
from flask.testing import FlaskClient

from app.core.db import db
from app.people.rules import Role
from tests.builders import a_category, a_department, a_home, a_planned_visit, a_staff, an_enrol_code, an_estate
from tests.model_tablet import ModelTablet
from tests.standing import BuiltOnce


@dataclass(frozen=True)
class World:
    """Ids of an estate with one home where a visit is due, its officer, and the tablet."""

    estate_id: uuid.UUID
    unit_id: uuid.UUID
    task_id: uuid.UUID
    officer_id: uuid.UUID
    department_id: uuid.UUID
    tablet: ModelTablet


@pytest.fixture
def world(client: FlaskClient, built_once: BuiltOnce) -> World:
    """The estate, committed, and the tablet enrolled."""
    ids, tablet = built_once(_a_world)
    return World(*ids, tablet=tablet.as_new(client))


def _a_world(client: FlaskClient) -> tuple[list[uuid.UUID], ModelTablet]:
    with client.application.app_context():
        estate = an_estate()
        department = a_department(estate)
        a_category(estate, department, code="leak")
        a_category(estate, None, code="other")
        officer = a_staff(estate, Role.OFFICER)
        home = a_home(estate)
        task = a_planned_visit(home, officer)
        code = an_enrol_code(officer)
        ids = [estate.id, home.id, task.id, officer.id, department.id]
        db.session.commit()
    return ids, ModelTablet(client, code)
