"""Units stand in lists as one walks: the lift goes up once, and numbers sort as numbers."""

import pytest
from flask import Flask

from app.core.db import db
from app.estates.queries import Wanted, find_units, units_of
from tests.builders import TODAY, a_unit, an_estate

AS_ONE_WALKS = ["2-1-1202", "2-1-0402", "10-1-0901"]


@pytest.mark.parametrize(("order", "expected"), [("unit", AS_ONE_WALKS), ("-unit", AS_ONE_WALKS[::-1])])
def test_a_list_of_units_goes_floor_downwards_unless_it_is_turned_round(
    context: Flask, order: str, expected: list[str]
) -> None:
    estate = an_estate()
    for number, building, floor in (("0402", "2", 4), ("0901", "10", 9), ("1202", "2", 12)):
        a_unit(estate, number, building=building, floor=floor)
    db.session.commit()

    found, _total = find_units(estate.id, Wanted(on=TODAY, order=order))

    assert [unit.short for unit in found] == expected
    assert [unit.short for unit in units_of(estate.id)] == AS_ONE_WALKS
