"""A survey that is out at the home of the small world, and what is said of its sheet at the door."""

from dataclasses import dataclass
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from app.agenda.models import Task
from app.agenda.rules import OF_SURVEYS, TaskState
from app.core.clock import now
from app.core.db import db
from app.core.ids import new_id
from app.estates.models import Estate, Unit
from app.people.models import Staff
from app.people.queries import departments
from app.surveys.calling_off import withdraw_survey
from app.surveys.models import SurveySheet
from tests.builders import NOBODY, a_survey, a_survey_out, fetch
from tests.visits.kept import pushed
from tests.world import World

Json = dict[str, Any]
COLLECT_AT = "2026-11-25T17:30:00.000Z"
ON_PAPER = {"act": "collected", "filled": "on_paper"}
ON_SCREEN = {"act": "collected", "filled": "on_screen"}
HANDED_OUT = {"act": "handed_out", "purpose_told": True, "key_items_told": True, "collect_at": COLLECT_AT}


@dataclass
class Asked:
    """A survey with two questions about one department that is out at the world's home."""

    app: Flask
    world: World
    survey_id: str
    sheet_id: str
    questions: list[str]
    department_id: str

    def told(self, **wanted: Any) -> Json:
        """What is said of the sheet."""
        return {"sheet_id": self.sheet_id, "survey_id": self.survey_id} | wanted

    def visit(self, told: Json, **wanted: Any) -> Json:
        due = [str(task.id) for task in self.tasks() if task.state is TaskState.DUE]
        wanted = {"task_ids": due} | wanted
        return self.world.tablet.a_visit(self.world.estate_id, self.world.unit_id, surveys=[told], **wanted)

    def says(self, told: Json, **wanted: Any) -> Json:
        return pushed(self.world, self.visit(self.told(**told), **wanted))

    def tasks(self) -> list[Task]:
        with self.app.app_context():
            found = sa.select(Task).where(Task.kind.in_(OF_SURVEYS)).order_by(Task.made_at, Task.id)
            return list(db.session.scalars(found))

    def sheet(self) -> SurveySheet:
        with self.app.app_context():
            return fetch(SurveySheet, self.sheet_id)

    def withdraw(self) -> None:
        with self.app.app_context():
            survey = fetch(SurveySheet, self.sheet_id).survey
            withdraw_survey(survey, "日期冲突", event_id=new_id(), by=NOBODY, at=now())
            db.session.commit()

    def answers(self) -> Json:
        return {
            "levels": {self.questions[0]: "dissatisfied", self.questions[1]: "none"},
            "opinions": {self.department_id: "来得太慢"},
            "overall": "basic",
            "callback_welcome": True,
        }


@pytest.fixture
def asked(app: Flask, world: World) -> Asked:
    with app.app_context():
        estate, officer = db.session.get_one(Estate, world.estate_id), db.session.get_one(Staff, world.officer_id)
        [department] = departments(world.estate_id)
        survey = a_survey(estate, officer, (department, "维修及时"), (department, "上门有礼"))
        [sheet] = a_survey_out(survey, [db.session.get_one(Unit, world.unit_id)], officer)
        ids = [str(one.id) for one in survey.questions]
        db.session.commit()
        return Asked(app, world, str(survey.id), str(sheet.id), ids, str(department.id))
