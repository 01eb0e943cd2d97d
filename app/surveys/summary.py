"""The summary that a meeting is given, department by department (R33): ticks as they stand on the sheets, opinions.

It names no owner and no home. Ticks are counted as they were made; rates stand in the survey's result.
"""

import uuid
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa

from app.core.db import db
from app.people.models import Department
from app.surveys.measures import SurveyMeasure, SurveyMeeting
from app.surveys.models import Survey, SurveyQuestion, SurveySheet
from app.surveys.opinions import Gathered, Opinion, counted, departments_written_to, opinions_of
from app.surveys.rules import Level, SheetState


@dataclass(frozen=True)
class Ticks:
    """How often each level was ticked for one item."""

    question: SurveyQuestion
    levels: dict[Level, int]


@dataclass(frozen=True)
class Summary:
    """What owners say of one department."""

    department: Department
    ticks: list[Ticks]
    gathered: Gathered
    opinions: list[Opinion]


def summaries(survey: Survey, only_of: Collection[uuid.UUID] | None = None) -> list[Summary]:
    """Of every department that was asked or written about, or only of these."""
    opinions, ticked = opinions_of(survey.id), _ticked(survey.id)
    return [
        _summary(one, survey, opinions, ticked) for one in concerned(survey) if only_of is None or one.id in only_of
    ]


def concerned(survey: Survey) -> list[Department]:
    """The departments that a meeting on it is about: whatever was asked or written about."""
    ids = {one.department_id for one in survey.questions} | departments_written_to(survey.id)
    return list(db.session.scalars(sa.select(Department).where(Department.id.in_(ids)).order_by(Department.code)))


def departments_called(survey_id: uuid.UUID) -> set[uuid.UUID]:
    """Those that were called to its meeting, or that a measure of it is with."""
    calls = sa.select(SurveyMeeting).where(SurveyMeeting.survey_id == survey_id)
    meeting = db.session.scalars(calls).first()
    measures = sa.select(SurveyMeasure.department_id).where(SurveyMeasure.survey_id == survey_id)
    called = {call.department_id for call in meeting.calls if call.department_id} if meeting else set()
    return called | set(db.session.scalars(measures))


def _summary(
    department: Department, survey: Survey, opinions: list[Opinion], ticked: dict[str, Counter[Level]]
) -> Summary:
    about = [one for one in opinions if one.department_id == department.id]
    ticks = [
        Ticks(one, {level: ticked.get(str(one.id), Counter())[level] for level in Level})
        for one in survey.questions
        if one.department_id == department.id
    ]
    return Summary(department, ticks, counted(about, department.id), about)


def _ticked(survey_id: uuid.UUID) -> dict[str, Counter[Level]]:
    """Question → how often each level was ticked on the sheets that came back."""
    sheets = sa.select(SurveySheet.levels).where(
        SurveySheet.survey_id == survey_id, SurveySheet.state == SheetState.COLLECTED
    )
    ticked: dict[str, Counter[Level]] = {}
    for levels in db.session.scalars(sheets):
        for question, level in levels.items():
            ticked.setdefault(question, Counter())[Level(level)] += 1
    return ticked
