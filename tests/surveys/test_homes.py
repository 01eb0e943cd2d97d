"""The sheets of a survey as one walks: all, of a building, in an officer's hands."""

import pytest
from flask import Flask

from app.core.db import db
from app.core.ids import new_id
from app.core.journal import By
from app.people.rules import Role
from app.surveys.actions import decline
from app.surveys.homes import OPEN, buildings_of, officers_of, sheets_walked
from app.surveys.models import SurveySheet
from app.surveys.queries import sheets_of, sheets_to_count
from app.surveys.rules import SheetState
from app.surveys.sheets import Wanted, find_sheets
from tests.builders import NOW, a_department, a_staff, a_survey, a_survey_out, a_unit, an_estate


@pytest.fixture
def sheets(app: Flask) -> list[SurveySheet]:
    """Of a survey that is out with two homes in building 3 and one in building 12."""
    with app.app_context():
        estate = an_estate()
        supervisor, officer = a_staff(estate, Role.SUPERVISOR), a_staff(estate, Role.OFFICER, name="李敏")
        homes = [a_unit(estate, building=building) for building in ("3", "3", "12")]
        survey = a_survey(estate, supervisor, (a_department(estate, "工程维修部"), "维修及时"))
        yield a_survey_out(survey, homes, officer)


def test_sheets_stand_in_the_order_of_their_numbers_of_a_building_too(sheets: list[SurveySheet]) -> None:
    survey_id = sheets[0].survey_id
    three, twelve = buildings_of(survey_id)

    assert sheets_walked(survey_id) == sheets
    assert (three.name, twelve.name) == ("3", "12")
    assert sheets_walked(survey_id, building_id=three.id) == sheets[:2]
    assert sheets_walked(survey_id, building_id=twelve.id) == sheets[2:]


def test_beyond_9999_numbers_go_on_as_numbers(sheets: list[SurveySheet]) -> None:
    first, second, third = sheets
    first.number, second.number, third.number = "2026-1-9998", "2026-1-9999", "2026-1-10000"
    db.session.flush()
    survey = first.survey

    for found in (
        sheets_walked(survey.id),
        sheets_of(survey.id),
        [sheet for sheet, _building in sheets_to_count(survey.id)],
        [shown.sheet for shown in find_sheets(survey, Wanted(order="state"))[0]],
    ):
        assert found == sheets


def test_an_officer_has_in_hand_what_is_to_be_handed_out_or_collected(sheets: list[SurveySheet]) -> None:
    survey_id, first = sheets[0].survey_id, sheets[0]
    [officer] = officers_of(survey_id)

    decline(first, "不参加", event_id=new_id(), by=By(officer.id), at=NOW, when=NOW)

    assert officer.name == "李敏"
    assert sheets_walked(survey_id, officer_id=officer.id) == sheets[1:]
    assert sheets_walked(survey_id, states=OPEN) == sheets, "whoever declined may think better of it"
    assert sheets_walked(survey_id, states={SheetState.DECLINED}) == [first]
    assert sheets_walked(survey_id, officer_id=new_id()) == []
