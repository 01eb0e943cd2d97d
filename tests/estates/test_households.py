"""Households of a day that is over are those that it had, whoever has moved out since."""

from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from app.core.db import db
from app.estates.households import is_household, vacant_units
from app.estates.models import Estate, Unit
from app.estates.owner_file import Hand, change_fields
from app.estates.rules import Occupancy
from tests.builders import NOBODY, a_home, a_unit, an_estate

EMPTIED_AT = datetime(2026, 11, 10, 16, 0, tzinfo=UTC)
"""The first moment of 11 November in Shanghai."""
EMPTIED_ON = date(2026, 11, 11)
DAY = timedelta(days=1)


@pytest.fixture
def estate(context: Flask) -> Estate:
    """With a home, and a unit that is nobody's."""
    made = an_estate()
    a_home(made)
    a_unit(made)
    return made


@pytest.fixture
def home(estate: Estate) -> Unit:
    """One more."""
    return a_home(estate)


def comes_to(unit: Unit, occupancy: Occupancy, at: datetime) -> None:
    change_fields(unit, unit, {"occupancy": occupancy.value}, Hand(NOBODY, at, at.date()))


def counted(estate: Estate, day: date) -> tuple[int, int]:
    """Households and vacant units."""
    found = sa.select(sa.func.count()).select_from(Unit)
    found = found.where(Unit.estate_id == estate.id, is_household(day, estate.time_zone))
    return db.session.scalar(found) or 0, vacant_units(estate, day)


@pytest.mark.parametrize(("at", "first_day"), [(EMPTIED_AT, EMPTIED_ON), (EMPTIED_AT - DAY / 24, EMPTIED_ON - DAY)])
def test_a_home_that_falls_vacant_is_no_household_from_that_day_on(
    estate: Estate, home: Unit, at: datetime, first_day: date
) -> None:
    comes_to(home, Occupancy.VACANT, at)

    assert counted(estate, first_day - DAY) == (2, 0)
    assert counted(estate, first_day) == (1, 1)
    assert counted(estate, first_day + 400 * DAY) == (1, 1)


def test_a_home_that_is_lived_in_again_stays_vacant_in_the_days_before(estate: Estate, home: Unit) -> None:
    home.occupancy = Occupancy.VACANT
    comes_to(home, Occupancy.LET, EMPTIED_AT)
    comes_to(home, Occupancy.OWNER, EMPTIED_AT + 40 * DAY)

    assert counted(estate, EMPTIED_ON - DAY) == (1, 1)
    assert counted(estate, EMPTIED_ON) == (2, 0)


def test_other_changes_of_its_file_change_nothing(estate: Estate, home: Unit) -> None:
    comes_to(home, Occupancy.VACANT, EMPTIED_AT)
    change_fields(home, home, {"remarks": "钥匙在门卫处"}, Hand(NOBODY, EMPTIED_AT + DAY, EMPTIED_ON + DAY))

    assert counted(estate, EMPTIED_ON - DAY) == (2, 0)
    assert counted(estate, EMPTIED_ON) == (1, 1)


def test_vacant_units_are_counted_by_building(estate: Estate, home: Unit) -> None:
    for unit in (home, elsewhere := a_unit(estate, building="5"), a_unit(estate, building="5")):
        comes_to(unit, Occupancy.VACANT, EMPTIED_AT)

    assert vacant_units(estate, EMPTIED_ON) == 3
    assert vacant_units(estate, EMPTIED_ON, home.building_id) == 1
    assert vacant_units(estate, EMPTIED_ON, elsewhere.building_id) == 2
