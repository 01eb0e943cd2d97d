"""What a survey came to, by company, department, item and building, and beside the surveys before it."""

from datetime import timedelta

import pytest

from app.core.db import db
from app.core.ids import new_id
from app.core.rates import Rate
from app.surveys.figures import as_text, figures_of, from_text
from app.surveys.handing_up import hand_up
from app.surveys.models import Survey
from app.surveys.rules import Level, SurveyState
from tests.builders import NOW, TODAY, a_home, a_survey, a_survey_out, a_unit, an_owner
from tests.surveys.asked import Asked

GOOD, FAIR, BAD = Level.SATISFIED, Level.BASIC, Level.DISSATISFIED


@pytest.mark.clause("R31", "V49")
def test_each_company_department_and_item_has_its_rate(asked: Asked) -> None:
    asked.answer(0, GOOD, BAD, GOOD, overall=GOOD)
    asked.answer(1, FAIR, Level.NONE, overall=BAD)

    figures = figures_of(asked.estate, asked.survey, NOW)

    assert {one.company: one.said.strict for one in figures.companies} == {
        "property": Rate(1, 3),
        "developer": Rate(1, 1),
    }
    repairs, works = figures.departments
    assert (repairs.name.zh, repairs.said.broad, works.said.strict) == ("工程维修部", Rate(2, 3), Rate(1, 1))
    assert [(item.text.zh, item.said.strict) for item in repairs.items] == [
        ("维修及时", Rate(1, 2)),
        ("态度", Rate(0, 1)),
    ]
    assert (figures.overall.strict, figures.items.strict) == (Rate(1, 2), Rate(2, 4))
    assert (figures.returns.collected, figures.returns.households) == (2, 6)
    assert [one.department_id for one in figures.worst_first] == [asked.repairs.id, asked.works.id]


@pytest.mark.clause("R32")
def test_opinions_are_gathered_by_department_and_stay_in_their_sheets(asked: Asked) -> None:
    asked.answer(2, GOOD, words="电梯太慢")
    asked.answer(4, GOOD, words="")

    figures = figures_of(asked.estate, asked.survey, NOW)

    assert [one.opinions for one in figures.departments] == [(asked.sheets[2].id,), ()]
    assert figures.opinions == 1
    assert "电梯太慢" not in as_text(figures)


def test_buildings_are_counted_each_for_itself(asked: Asked) -> None:
    asked.answer(0, GOOD, overall=GOOD)
    other = a_unit(asked.estate, building="12").building_id
    for sheet in asked.sheets[3:]:
        sheet.unit.building_id = other

    figures = figures_of(asked.estate, asked.survey, NOW)

    assert [one.name.zh for one in figures.buildings] == ["3 栋", "12 栋"]
    assert [one.returns.households for one in figures.buildings] == [3, 3]
    assert [one.overall.strict for one in figures.buildings] == [Rate(1, 1), Rate(0, 0)]


def test_households_since_it_went_out_that_have_no_sheet_stand_beside_it(asked: Asked) -> None:
    """Else all of those that are asked would look like all owners (R25)."""
    a_home(asked.estate)
    bought = a_unit(asked.estate)
    a_unit(asked.estate)
    an_owner(bought, since=TODAY + timedelta(days=3))
    db.session.flush()

    figures = figures_of(asked.estate, asked.survey, NOW)
    later = figures_of(asked.estate, asked.survey, NOW + timedelta(days=3))

    assert (figures.without_a_sheet, later.without_a_sheet) == (1, 2)
    assert later.returns.households == 6


def test_what_is_kept_is_read_back_as_it_was(asked: Asked) -> None:
    asked.answer(0, GOOD, BAD, words="慢")

    figures = figures_of(asked.estate, asked.survey, NOW, "年底前开会")

    assert from_text(as_text(figures)) == figures
    assert figures.version == 1


def test_it_stands_beside_the_surveys_before_it_that_were_handed_up(asked: Asked) -> None:
    asked.answer(0, BAD, BAD, BAD, overall=BAD)
    early = {"ended_early": "已齐", "event_id": new_id(), "by": asked.by, "at": NOW}
    hand_up(asked.survey, asked.estate, "不满意", **early)
    next_, later = _a_later_survey(asked), NOW + timedelta(days=365)

    figures = figures_of(asked.estate, next_, later)

    [earlier] = figures.earlier
    assert (earlier.number, earlier.overall.strict) == (asked.survey.number, Rate(0, 1))
    assert earlier.departments[asked.repairs.id].strict == Rate(0, 2)
    assert figures_of(asked.estate, asked.survey, later).earlier == ()
    asked.survey.state = SurveyState.BACK
    assert figures_of(asked.estate, next_, later).earlier == ()


def _a_later_survey(asked: Asked) -> Survey:
    survey = a_survey(asked.estate, asked.supervisor, (asked.repairs, "维修及时"), number="2027-1", year=2027)
    a_survey_out(survey, [sheet.unit for sheet in asked.sheets], asked.officer)
    survey.issued_at = NOW + timedelta(days=360)
    return survey
