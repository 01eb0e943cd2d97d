"""Roles are dated; which are valid at a moment follows from each estate's own calendar."""

from datetime import UTC, date, datetime

from flask import Flask

from app.core.db import db
from app.estates.queries import roles_at
from app.people.rules import Role
from tests.builders import a_staff, an_estate


def test_a_role_begins_at_midnight_where_its_estate_stands(context: Flask) -> None:
    shanghai, london = an_estate(), an_estate()
    london.time_zone = "Europe/London"
    staff = a_staff(shanghai, Role.OFFICER)
    elsewhere = a_staff(london, Role.OFFICER)
    for role in staff.roles + elsewhere.roles:
        role.since = date(2026, 11, 24)
    db.session.flush()

    late_in_the_evening = datetime(2026, 11, 23, 21, 30, tzinfo=UTC)

    assert roles_at(staff.id, late_in_the_evening) == staff.roles
    assert roles_at(elsewhere.id, late_in_the_evening) == []
