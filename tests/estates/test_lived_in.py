"""A home that its last tenant has left stands as let until somebody says who lives there: asked, never assumed."""

from datetime import timedelta

import pytest
from flask import Flask

from app.core import waits
from app.core.db import db
from app.core.errors import Outdated
from app.core.ids import new_id
from app.core.journal import history
from app.estates.households import vacant_units
from app.estates.lived_in import SAY_WHO_LIVES_THERE
from app.estates.models import Estate, Tenancy, Unit
from app.estates.owner_file import Hand, Newcomer, change_fields, move_in_person, move_out, say_who_lives_there
from app.estates.rules import Occupancy
from app.people.rules import Role
from tests.at_once import at_the_same_moment
from tests.builders import NOBODY, NOW, TODAY, a_home, a_staff, an_estate

HAND = Hand(NOBODY, NOW, TODAY)
LONG_AGO = TODAY - timedelta(days=300)


def let_to(unit: Unit, *names: str) -> None:
    for name in names:
        move_in_person(unit, Newcomer(new_id(), name, ""), Tenancy, LONG_AGO, HAND)
    db.session.commit()


def leaves(unit: Unit, number: int = 0) -> None:
    db.session.refresh(unit)
    move_out(unit, unit.tenancies[number], TODAY, HAND)
    db.session.commit()


def asked(unit: Unit) -> list[tuple[str, str | None]]:
    return [(wait.what, wait.role) for wait in waits.on(unit.id)]


@pytest.fixture
def home(context: Flask) -> Unit:
    unit = a_home(an_estate())
    let_to(unit, "吴晓")
    return unit


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.FRONT_DESK], ids=lambda role: role.value)
def test_with_the_last_tenant_whoever_keeps_the_files_is_asked_and_nothing_is_assumed(home: Unit, role: Role) -> None:
    estate = db.session.get_one(Estate, home.estate_id)
    a_staff(estate, role)
    let_to(home, "钱多")

    leaves(home, 0)
    while_one_lives_there = asked(home)
    leaves(home, 1)

    assert while_one_lives_there == []
    assert asked(home) == [(SAY_WHO_LIVES_THERE, role.value)]
    assert (home.occupancy, vacant_units(estate, TODAY)) == (Occupancy.LET, 0)


@pytest.mark.parametrize("said", Occupancy, ids=lambda said: said.value)
def test_what_is_said_stands_in_the_file_and_nobody_is_asked_any_more(home: Unit, said: Occupancy) -> None:
    leaves(home)

    say_who_lives_there(home, said, HAND)
    db.session.commit()

    assert (home.occupancy, asked(home)) == (said, [])
    assert history(home.id)[-1].data["fields"] == ["occupancy"]
    with pytest.raises(Outdated):
        say_who_lives_there(home, Occupancy.OWNER, HAND)


def test_of_two_who_say_it_at_the_same_moment_one_does(app: Flask, home: Unit) -> None:
    leaves(home)
    unit_id = home.id

    def say(said: Occupancy) -> object:
        return say_who_lives_there(db.session.get_one(Unit, unit_id), said, HAND)

    told = at_the_same_moment(app, lambda: say(Occupancy.VACANT), lambda: say(Occupancy.LET))

    assert sorted(told) == ["done", "file:said_already"]


def test_a_new_tenant_or_another_word_in_the_file_answers_it_too(home: Unit) -> None:
    leaves(home)
    let_to(home, "钱多")
    with_a_tenant = asked(home)
    leaves(home, 1)
    change_fields(home, home, {"occupancy": "vacant"}, HAND)
    db.session.commit()

    assert (with_a_tenant, asked(home)) == ([], [])


def test_a_co_owner_who_leaves_asks_nothing(home: Unit) -> None:
    estate = db.session.get_one(Estate, home.estate_id)
    lived_in = a_home(estate)
    let_to(lived_in, "孙二")
    change_fields(lived_in, lived_in, {"occupancy": "owner"}, HAND)

    leaves(lived_in)

    assert asked(lived_in) == []
