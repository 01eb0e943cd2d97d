"""A survey in the year's statistics (form 10): its sheets are due at their homes, as special visits are."""

from datetime import date, timedelta

from app.agenda.rules import OF_SURVEYS, TaskKind
from app.core.db import db
from app.core.ids import new_id
from app.estates.models import Estate
from app.reports.counting import Dimension, count
from app.reports.queries import Year, facts_of
from app.surveys.actions import put_off
from app.visits.figures import things_due
from app.visits.rules import Category
from tests.builders import NOW, TODAY
from tests.surveys.test_sheets import Out, give, out

__all__ = ["out"]

LATER = timedelta(days=60)


def test_handing_out_and_collecting_are_two_things_and_another_day_makes_no_third(out: Out) -> None:
    sheet, other = out.sheets
    give(out, sheet)
    agreed = {"collector_id": out.officer.id, "collect_on": TODAY + timedelta(days=6)}
    put_off(sheet, NOW + timedelta(days=6), **agreed, event_id=new_id(), by=out.by, at=NOW, when=NOW)
    db.session.flush()

    days = (date(TODAY.year, 1, 1), date(TODAY.year + 1, 1, 1))
    due = things_due(out.survey.estate_id, OF_SURVEYS, days, TODAY + LATER, "Asia/Shanghai")

    assert {(one.unit_id, one.kind, one.held) for one in due} == {
        (sheet.unit_id, TaskKind.SURVEY_HAND_OUT, True),
        (sheet.unit_id, TaskKind.SURVEY_COLLECT, False),
        (other.unit_id, TaskKind.SURVEY_HAND_OUT, False),
    }
    assert len(due) == 3


def test_homes_with_a_sheet_are_due_as_special_visits_and_as_no_callbacks(out: Out) -> None:
    estate = db.session.get_one(Estate, out.survey.estate_id)
    db.session.flush()

    facts = facts_of(estate, Year(TODAY.year, estate.time_zone, NOW + LATER))
    special = count(facts, {Dimension.CATEGORY: Category.SPECIAL})

    assert special.households.due == len(out.homes)
    assert special.callbacks is not None
    assert special.callbacks.whole == 0
