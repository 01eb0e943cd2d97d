"""Roles are dated; which are valid at a moment follows from each estate's own calendar."""

from datetime import UTC, date, datetime

import pytest
from flask import Flask

from app.core.db import db
from app.estates.queries import roles_at, who_is
from app.estates.rules import Profile, counts_as
from app.people.rules import Role
from tests.builders import TODAY, a_staff, an_estate


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


A, B = Profile.A, Profile.B
ABOVE = {Role.PROPERTY_MANAGER, Role.EXECUTIVE}


@pytest.mark.parametrize(
    ("profile", "held", "counted"),
    [
        (A, {Role.PROPERTY_MANAGER}, {Role.PROPERTY_MANAGER}),
        (A, {Role.EXECUTIVE}, {Role.EXECUTIVE}),
        # Property management alone: its property manager is who executive is elsewhere.
        (B, {Role.PROPERTY_MANAGER}, ABOVE),
        (B, {Role.EXECUTIVE}, ABOVE),
        (B, {Role.PROPERTY_MANAGER, Role.OFFICER}, ABOVE | {Role.OFFICER}),
        (B, {Role.MANAGER, Role.SUPERVISOR}, {Role.MANAGER, Role.SUPERVISOR}),
        (B, set(), set()),
    ],
)
def test_which_roles_are_one_function_says_the_profile(profile: Profile, held: set[Role], counted: set[Role]) -> None:
    assert counts_as(profile, held) == counted


def test_whoever_is_looked_for_by_one_of_such_roles_is_found_by_the_other(context: Flask) -> None:
    companies = {profile: an_estate(profile=profile) for profile in Profile}
    for estate in companies.values():
        a_staff(estate, Role.PROPERTY_MANAGER, name="郑卫东")

    found = {profile: who_is(estate, {Role.EXECUTIVE}, TODAY) for profile, estate in companies.items()}

    assert {profile: [one.name for one in staff] for profile, staff in found.items()} == {A: [], B: ["郑卫东"]}
