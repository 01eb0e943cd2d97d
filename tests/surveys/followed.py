"""A survey whose two sheets came back with opinions, and the people who see to what follows of it."""

import uuid
from dataclasses import dataclass
from typing import Any

from app.core import waits
from app.core.db import db
from app.core.ids import new_id
from app.core.journal import By, history
from app.estates.models import Estate, Unit
from app.estates.rules import Profile
from app.issues.models import Category
from app.people.models import Department, Staff
from app.people.rules import Role
from app.surveys.actions import Returned, collect
from app.surveys.models import Survey, SurveySheet
from app.surveys.moving import move
from app.surveys.rules import Filled, Level, SurveyMove
from tests.builders import NOW, a_category, a_department, a_home, a_staff, a_survey, a_survey_out, an_estate

SLOW, DARK, KIND = "来得太慢", "楼道灯不亮", "保洁员很热心"


@dataclass
class Followed:
    """Two departments that were asked about, and what two households wrote about them."""

    estate: Estate
    repairs: Department
    cleaning: Department
    category: Category
    supervisor: Staff
    executive: Staff
    officer: Staff
    head: Staff
    worker: Staff
    homes: list[Unit]
    survey: Survey
    sheets: list[SurveySheet]

    def by(self, staff: Staff) -> By:
        return By(staff_id=staff.id)

    def comes_back(self, n: int, opinions: dict[Department, str], **wanted: object) -> SurveySheet:
        """The sheet of a household is collected with these words."""
        said = {"signed": True, "signed_name": "陈建国", "relation": "owner", "proxy": False, "overall": Level.BASIC}
        words = {str(department.id): text for department, text in opinions.items()}
        when: Any = wanted.pop("when", NOW)
        returned = Returned(Filled.ON_PAPER, **(said | {"opinions": words} | wanted))
        collect(self.sheets[n], returned, event_id=new_id(), by=self.by(self.officer), at=NOW, when=when)
        db.session.flush()
        return self.sheets[n]

    def move(self, *moves: SurveyMove) -> None:
        """Its result goes on its way."""
        for what in moves:
            move(self.survey, what, event_id=new_id(), by=self.by(self.supervisor), at=NOW)
        db.session.flush()

    def waiting(self, subject_id: uuid.UUID) -> dict[str, tuple[str | None, uuid.UUID | None]]:
        """What waits on a thing, and for which role of which department."""
        db.session.flush()
        return {wait.what: (wait.role, wait.department_id) for wait in waits.on(subject_id)}

    def kinds(self, subject_id: uuid.UUID) -> list[str]:
        """What happened to a thing."""
        db.session.commit()
        return [line.kind for line in history(subject_id)]


def followed_in(profile: Profile) -> Followed:
    """Everything, in an estate of this profile."""
    estate = an_estate(profile=profile)
    repairs, cleaning = a_department(estate, "工程维修部"), a_department(estate, "保洁部")
    supervisor, officer = a_staff(estate, Role.SUPERVISOR), a_staff(estate, Role.OFFICER)
    homes = [a_home(estate), a_home(estate, "林小雨")]
    db.session.flush()
    survey = a_survey(estate, supervisor, (repairs, "维修及时"), (cleaning, "楼道清洁"))
    return Followed(
        estate,
        repairs,
        cleaning,
        a_category(estate, repairs, code="repair"),
        supervisor,
        a_staff(estate, Role.EXECUTIVE, name="方振华"),
        officer,
        a_staff(estate, Role.DEPARTMENT_MANAGER, name="王强", department=repairs),
        a_staff(estate, Role.HANDLER, name="王师傅", department=repairs),
        homes,
        survey,
        a_survey_out(survey, homes, officer),
    )
