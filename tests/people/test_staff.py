"""Staff and their roles: dated, per estate; passwords fit whoever still works here."""

from datetime import date, timedelta

import pytest
from flask import Flask

from app.core import journal
from app.core.db import db
from app.core.journal import COMPANY_STREAM
from app.people.actions import choose_locale, give_role, hire, password_fits
from app.people.models import Device
from app.people.queries import (
    all_roles,
    departments,
    devices,
    names,
    people_of,
    staff_by_login,
    staff_in,
    staff_who_may,
)
from app.people.rules import Act, Role
from app.people.tablets import revoke
from tests.builders import (
    NOBODY,
    NOW,
    PASSWORD,
    PASSWORD_HASH,
    TODAY,
    a_department,
    a_staff,
    an_estate,
)
from tests.world import World

DAY = timedelta(days=1)


# --- passwords ---


def test_a_password_fits_its_owner_and_nobody_else(context: Flask) -> None:
    staff = a_staff(an_estate())

    assert password_fits(staff, PASSWORD)
    assert not password_fits(staff, PASSWORD + "!")
    assert not password_fits(staff, "")
    assert not password_fits(None, PASSWORD)


def test_whoever_left_does_not_come_in_again(context: Flask) -> None:
    staff = a_staff(an_estate())
    staff.left_at = NOW

    assert not password_fits(staff, PASSWORD)


def test_what_is_no_hash_fits_no_password(context: Flask) -> None:
    staff = a_staff(an_estate())
    staff.password_hash = "plain"

    assert not password_fits(staff, "plain")


def test_a_hash_is_argon2id_and_salted() -> None:
    assert PASSWORD_HASH.startswith("$argon2id$")
    assert PASSWORD not in PASSWORD_HASH


@pytest.mark.parametrize("typed", ["li.min", "LI.MIN", "  Li.Min "])
def test_a_login_is_found_however_it_is_typed(context: Flask, typed: str) -> None:
    staff = hire(" Li.Min ", "李敏", PASSWORD_HASH, by=NOBODY, at=NOW)

    assert staff_by_login(typed) is staff
    assert staff_by_login("li") is None


# --- roles ---


@pytest.mark.parametrize(
    ("since", "until", "held"),
    [
        (TODAY, None, True),
        (TODAY - DAY, TODAY + DAY, True),
        (TODAY + DAY, None, False),
        (TODAY - DAY, TODAY, False),
    ],
)
def test_a_role_is_held_from_its_first_day_to_the_day_before_its_end(
    context: Flask, since: date, until: date | None, held: bool
) -> None:
    estate = an_estate()
    staff = a_staff(estate)
    role = give_role(staff, estate.id, Role.SUPERVISOR, since=since, by=NOBODY, at=NOW)
    role.until = until
    db.session.flush()

    assert role.valid_on(TODAY) is held
    assert staff_in(estate.id, [Role.SUPERVISOR], TODAY) == ([staff] if held else [])
    assert all_roles(staff.id) == [role]


def test_a_role_in_one_estate_is_none_in_another(context: Flask) -> None:
    here, there = an_estate(), an_estate()
    supervisor = a_staff(here, Role.SUPERVISOR)

    assert staff_who_may(Act.MAKE_PLAN, here.id, TODAY) == [supervisor]
    assert staff_who_may(Act.MAKE_PLAN, there.id, TODAY) == []


def test_one_person_may_hold_several_roles_and_is_listed_once(context: Flask) -> None:
    estate = an_estate()
    staff = a_staff(estate, Role.OFFICER, Role.SUPERVISOR, Role.FRONT_DESK)

    assert staff_in(estate.id, Role, TODAY) == [staff]
    assert {role.role for role in all_roles(staff.id)} == {Role.OFFICER, Role.SUPERVISOR, Role.FRONT_DESK}


def test_whoever_left_is_on_no_list(context: Flask) -> None:
    estate = an_estate()
    department = a_department(estate)
    staff = a_staff(estate, Role.HANDLER, department=department)
    assert people_of(department.id, TODAY) == [staff]

    staff.left_at = NOW
    db.session.flush()

    assert people_of(department.id, TODAY) == staff_in(estate.id, [Role.HANDLER], TODAY) == []


def test_departments_are_those_of_the_estate(context: Flask) -> None:
    estate = an_estate()
    first, second = a_department(estate), a_department(estate, "地产公司工程部")
    a_department(an_estate())

    assert departments(estate.id) == [first, second]
    assert (first.name("zh"), first.name("en")) == ("工程维修部", first.name_en)


def test_names_are_told_for_ids(context: Flask) -> None:
    li, zhang = (a_staff(an_estate(), name=name) for name in ("李敏", "张伟"))

    assert names([li.id, zhang.id]) == {li.id: "李敏", zhang.id: "张伟"}
    assert names([]) == {}


# --- history ---


def test_what_happens_to_staff_and_tablets_is_in_the_journal_without_names(app: Flask, world: World) -> None:
    with app.app_context():
        device = devices()[0]
        revoke(device, by=NOBODY, at=NOW)
        revoke(device, by=NOBODY, at=NOW + DAY)
        db.session.commit()

        told = [(line.stream, line.kind) for line in journal.history(device.id)]
        staff_told = journal.history(world.officer_id)
        assert told == [(COMPANY_STREAM, "device:enrolled"), (COMPANY_STREAM, "device:revoked")]
        assert db.session.get_one(Device, device.id).revoked_at == NOW
        assert [line.kind for line in staff_told] == ["staff:hired", "staff:role_given", "device:code_made"]
        assert "李敏" not in str([line.data for line in staff_told])


def test_a_language_is_remembered_with_the_person(context: Flask) -> None:
    staff = a_staff(an_estate(), locale="zh")

    choose_locale(staff, "en")
    db.session.commit()

    assert staff_by_login(staff.login).locale == "en"
