"""The sheets of a survey as one walks: all, of a building, of an officer's homes."""

import pytest
from flask import Flask

from app.core.db import db
from app.core.ids import new_id
from app.core.journal import By
from app.estates.models import Estate
from app.people.rules import Role
from app.surveys.actions import Returned, collect, decline
from app.surveys.asking_again import ask_again
from app.surveys.homes import OPEN, buildings_of, declined_for_good, officers_of, sheets_walked
from app.surveys.issuing import give_rest
from app.surveys.models import SurveySheet
from app.surveys.queries import sheets_of, sheets_to_count
from app.surveys.rules import Filled, Level, SheetState
from app.surveys.sheets import Wanted, find_sheets
from tests.builders import NOW, TODAY, a_department, a_staff, a_survey, a_survey_out, a_unit, an_estate


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


def test_an_officers_homes_are_the_same_however_many_are_done(sheets: list[SurveySheet]) -> None:
    survey_id, (first, second, third) = sheets[0].survey_id, sheets
    [officer] = officers_of(survey_id)
    more = {"by": By(officer.id), "at": NOW}
    colleague = a_staff(db.session.get_one(Estate, first.estate_id), Role.OFFICER, name="张华")
    db.session.flush()

    decline(first, "不参加", event_id=new_id(), when=NOW, **more)
    returned = Returned(Filled.ON_PAPER, False, "", "owner", False, Level.BASIC)
    collect(second, returned, event_id=new_id(), when=NOW, **more)

    assert officer.name == "李敏"
    assert sheets_walked(survey_id, officer_id=officer.id) == sheets
    assert declined_for_good(survey_id) == {first.id}
    assert sheets_walked(survey_id, states=OPEN) == [first, third], "whoever declined may think better of it"
    assert sheets_walked(survey_id, states={SheetState.DECLINED}) == [first]

    give_rest(third.survey, officer.id, colleague.id, "休假", event_id=new_id(), **more)

    assert sheets_walked(survey_id, officer_id=officer.id) == [first, second]
    assert sheets_walked(survey_id, officer_id=colleague.id) == [third]
    assert set(officers_of(survey_id)) == {colleague, officer}
    assert sheets_walked(survey_id, officer_id=new_id()) == []

    ask_again(first, "愿意参加", officer.id, TODAY, event_id=new_id(), **more)
    assert declined_for_good(survey_id) == set()
