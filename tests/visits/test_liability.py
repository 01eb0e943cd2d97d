"""Who is liable for what is raised at the door: by the day of the visit, whenever its record arrives (R01, R21)."""

import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask

from app.core.clock import isoformat
from app.core.db import db
from app.estates.file_rules import Part
from app.estates.models import Estate, Unit
from app.issues.actions import open_category
from app.issues.liability import Covered
from app.issues.models import Issue
from app.people.models import Department
from app.people.rules import Liable
from tests.builders import NOBODY, NOW, a_department
from tests.visits.kept import pushed
from tests.world import World

MIDNIGHT = timedelta(hours=16)
"""When a day ends where the estate stands, after midnight UTC."""
LAST_MINUTE, NEXT_DAY = MIDNIGHT - timedelta(minutes=1), MIDNIGHT
WITHIN, AFTER, UNKNOWN = Covered.WITHIN, Covered.AFTER, Covered.UNKNOWN

ROWS = [
    # Part, handed over, last day written by hand, day of the visit, when on it: who is liable.
    (Part.WATERPROOFING, date(2021, 11, 20), "", date(2026, 11, 20), LAST_MINUTE, WITHIN),
    (Part.WATERPROOFING, date(2021, 11, 20), "", date(2026, 11, 20), NEXT_DAY, AFTER),
    (Part.PIPES, date(2024, 11, 20), "", date(2026, 11, 20), LAST_MINUTE, WITHIN),
    (Part.PIPES, date(2024, 11, 20), "", date(2026, 11, 20), NEXT_DAY, AFTER),
    (Part.FIT_OUT, date(2024, 2, 29), "", date(2026, 2, 28), LAST_MINUTE, WITHIN),
    (Part.FIT_OUT, date(2024, 2, 29), "", date(2026, 2, 28), NEXT_DAY, AFTER),
    (Part.HEATING_COOLING, date(2024, 6, 16), "", date(2026, 9, 15), LAST_MINUTE, WITHIN),
    (Part.HEATING_COOLING, date(2024, 6, 16), "", date(2026, 9, 15), NEXT_DAY, AFTER),
    (Part.WIRING, date(2020, 1, 1), "2026-11-20", date(2026, 11, 20), LAST_MINUTE, WITHIN),
    (Part.WIRING, None, "2026-11-20", date(2026, 11, 20), NEXT_DAY, AFTER),
    (Part.EQUIPMENT, None, "", date(2026, 11, 20), LAST_MINUTE, UNKNOWN),
    (None, date(2026, 1, 1), "", date(2026, 11, 20), LAST_MINUTE, None),
]


@pytest.mark.clause("R01")
@pytest.mark.clause("R21")
def test_the_day_of_the_visit_decides_whose_matter_it_is(app: Flask, world: World) -> None:
    with app.app_context():
        developer = parts_of_the_developer(world)

    for part, handed_over, by_hand, day, when, warranty in ROWS:
        with app.app_context():
            unit = db.session.get_one(Unit, world.unit_id)
            unit.handover_on = handed_over
            unit.warranty = {part.value: by_hand} if part and by_hand else {}
            db.session.commit()
        began = datetime(day.year, day.month, day.day, tzinfo=UTC) + when
        raised = world.tablet.an_issue(category=part.value if part else "leak")
        times = {"started_at": isoformat(began), "ended_at": isoformat(began + timedelta(minutes=9))}

        pushed(world, world.tablet.a_visit(world.estate_id, world.unit_id, issues=[raised], **times))

        with app.app_context():
            issue = db.session.get_one(Issue, uuid.UUID(raised["id"]))
            liable = developer if warranty is WITHIN else world.department_id
            assert issue.warranty is warranty, (part, day, when)
            assert issue.department_id == liable, (part, day, when)


def parts_of_the_developer(world: World) -> object:
    """A category for each part, the developer's within its warranty; the developer's id."""
    within = a_department(db.session.get_one(Estate, world.estate_id), "地产公司工程部", Liable.DEVELOPER)
    own = db.session.get_one(Department, world.department_id)
    for part in Part:
        more = {"department": own, "warranty": (part, within), "by": NOBODY, "at": NOW}
        open_category(world.estate_id, part.value, "质保", "Warranty", **more)
    db.session.commit()
    return within.id
