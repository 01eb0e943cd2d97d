"""A survey of six homes that is out, to be answered one sheet after another."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from app.core.db import db
from app.core.ids import new_id
from app.core.journal import By
from app.estates.models import Estate
from app.people.models import Department, Staff
from app.people.rules import Liable, Role
from app.surveys.actions import Returned, collect, hand_out
from app.surveys.models import Survey, SurveySheet
from app.surveys.receipts import Given
from app.surveys.rules import Filled, Level, Receipt
from tests.builders import NOW, TODAY, a_department, a_home, a_staff, a_survey, a_survey_out, an_estate


@dataclass
class Asked:
    """A survey of six homes about two departments of two companies, two questions about the first; nobody answered."""

    estate: Estate
    supervisor: Staff
    officer: Staff
    repairs: Department
    works: Department
    survey: Survey
    sheets: list[SurveySheet]

    @property
    def by(self) -> By:
        return By(staff_id=self.supervisor.id)

    def hand_out(self, n: int) -> None:
        """The nth sheet is taken, to be collected three days later."""
        given, day = Given(Receipt.SIGNED, "陈建国", "owner", NOW + timedelta(days=3)), TODAY + timedelta(days=3)
        more = {"collector_id": self.officer.id, "collect_on": day, "event_id": new_id(), "by": By(self.officer.id)}
        assert hand_out(self.sheets[n], given, visit_id=new_id(), at=NOW, when=NOW, **more)

    def answer(self, n: int, *levels: Level, overall: Level | None = None, words: str = "", **wanted: Any) -> None:
        """The nth sheet comes back signed, with these levels of the questions in their order, and words to repairs."""
        questions = [str(one.id) for one in self.survey.questions]
        facts = {
            "filled": Filled.ON_PAPER,
            "signed": True,
            "signed_name": "陈建国",
            "relation": "owner",
            "proxy": False,
        }
        returned = Returned(
            overall=overall,
            levels=dict(zip(questions, levels, strict=False)),
            opinions={str(self.repairs.id): words},
            **(facts | wanted),
        )
        assert collect(self.sheets[n], returned, event_id=new_id(), by=By(self.officer.id), at=NOW, when=NOW)


def a_survey_of_six_homes(estate: Estate | None = None, **wanted: Any) -> Asked:
    """Issued, in an estate of its own unless another is given."""
    estate = estate or an_estate()
    supervisor, officer = a_staff(estate, Role.SUPERVISOR), a_staff(estate, Role.OFFICER)
    repairs = a_department(estate, "工程维修部")
    works = a_department(estate, "地产公司工程部", liable=Liable.DEVELOPER)
    homes = [a_home(estate) for _ in range(6)]
    db.session.flush()
    questions = (repairs, "维修及时"), (repairs, "态度"), (works, "房屋质量")
    survey = a_survey(estate, supervisor, *questions, **wanted)
    return Asked(estate, supervisor, officer, repairs, works, survey, a_survey_out(survey, homes, officer))
