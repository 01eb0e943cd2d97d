"""An estate's time zone can be put right until something has its day there."""

import pytest
from flask import Flask

from app.core.db import db
from app.core.errors import Refused
from app.people.rules import Role
from app.visits.time_zone import is_settled, set_time_zone
from tests.builders import NOBODY, NOW, a_home, a_planned_visit, a_staff, an_estate


def test_a_time_zone_is_put_right_until_something_is_due_by_a_day_of_it(context: Flask) -> None:
    estate, other = an_estate(), an_estate()
    officer, home = a_staff(estate, Role.OFFICER), a_home(estate)
    db.session.commit()

    set_time_zone(estate, "Asia/Urumqi", seen=0, by=NOBODY, at=NOW)
    db.session.commit()
    a_planned_visit(home, officer)
    db.session.commit()
    with pytest.raises(Refused, match="settings:time_zone_settled"):
        set_time_zone(estate, "Asia/Shanghai", seen=1, by=NOBODY, at=NOW)

    assert estate.time_zone == "Asia/Urumqi"
    assert (is_settled(estate.id), is_settled(other.id)) == (True, False)
