"""A survey whose sheet came back with opinions, in the small estate of the office's tests."""

import uuid
from dataclasses import dataclass

from app.core.clock import local_date, now
from app.core.db import db
from app.core.ids import new_id
from app.core.journal import By
from app.estates.models import Estate, Unit
from app.people.models import Department, Staff
from app.people.queries import staff_by_login
from app.surveys.actions import Returned, collect
from app.surveys.models import Survey
from app.surveys.moving import move
from app.surveys.rules import Filled, Level, SurveyMove
from tests.builders import a_home, a_survey, a_survey_out
from tests.office.conftest import Desk

SLOW, KIND = "维修来得太慢", "保安很热心"


@dataclass(frozen=True)
class Back:
    """Ids of a survey and of the two sheets that came back."""

    survey_id: uuid.UUID
    sheet_id: uuid.UUID
    other_id: uuid.UUID


def staff(desk: Desk, who: str) -> Staff:
    """Somebody of the estate."""
    found = staff_by_login(desk.logins[who])
    assert found is not None
    return found


def a_survey_back(desk: Desk, *moves: SurveyMove, welcome: bool | None = None) -> Back:
    """Asked about both departments; one household wrote about both, another about the repairs alone."""
    with desk.app.app_context():
        estate, officer = db.session.get_one(Estate, desk.estate_id), staff(desk, "officer")
        repairs, guards = (
            db.session.get_one(Department, id_) for id_ in (desk.department_id, desk.other_department_id)
        )
        today = local_date(now(), estate.time_zone)
        dates = {"issue_from": today, "issue_until": today, "collect_until": today}
        survey = a_survey(estate, staff(desk, "supervisor"), (repairs, "维修及时"), (guards, "门岗服务"), **dates)
        homes = [db.session.get_one(Unit, desk.unit_id), a_home(estate, "林小雨")]
        first, second = a_survey_out(survey, homes, officer)
        more = {"by": By(officer.id), "at": now(), "when": now()}
        said = {str(repairs.id): SLOW, str(guards.id): KIND}
        levels = {str(survey.questions[0].id): Level.DISSATISFIED}
        paper = Filled.ON_PAPER
        returned = Returned(paper, True, "陈建国", "owner", False, Level.BASIC, levels, said, welcome)
        collect(first, returned, event_id=new_id(), **more)
        other = Returned(paper, False, "", "owner", False, Level.BASIC, {}, {str(repairs.id): "等了三天"})
        collect(second, other, event_id=new_id(), **more)
        for what in moves:
            move(survey, what, event_id=new_id(), by=more["by"], at=now())
        db.session.commit()
        return Back(survey.id, first.id, second.id)


def survey_in(back: Back) -> Survey:
    """The survey, as it stands."""
    return db.session.get_one(Survey, back.survey_id)
