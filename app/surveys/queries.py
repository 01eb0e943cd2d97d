"""What is asked about surveys."""

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, joinedload, undefer

from app.core.db import by_id, db
from app.core.errors import NotFound
from app.core.i18n import _
from app.core.journal import JournalLine
from app.estates.models import Unit
from app.surveys.models import AS_NUMBERED, Survey, SurveyQuestion, SurveySheet
from app.surveys.rules import ASKED_AGAIN, COLLECTING, SheetState, SurveyState


def the_survey(estate_id: uuid.UUID, survey_id: uuid.UUID) -> Survey:
    """A survey of this estate. Raises NotFound."""
    survey = db.session.get(Survey, survey_id)
    if survey is None or survey.estate_id != estate_id:
        raise NotFound("survey:unknown", _("This survey is not known in this estate."))
    return survey


def the_sheet(estate_id: uuid.UUID, sheet_id: uuid.UUID) -> SurveySheet:
    """A household's sheet of this estate. Raises NotFound."""
    sheet = db.session.get(SurveySheet, sheet_id)
    if sheet is None or sheet.estate_id != estate_id:
        raise NotFound("sheet:unknown", _("This sheet is not known in this estate."))
    return sheet


def surveys_of(estate_id: uuid.UUID) -> list[Survey]:
    """All of them, the newest first."""
    found = sa.select(Survey).where(Survey.estate_id == estate_id).order_by(Survey.made_at.desc())
    return list(db.session.scalars(found))


def surveys_by_id(ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Survey]:
    """With their questions."""
    found = sa.select(Survey).where(Survey.id.in_(list(ids))).options(joinedload(Survey.questions))
    return {survey.id: survey for survey in db.session.scalars(found).unique()}


def surveys_shown(ids: Iterable[uuid.UUID]) -> list[Survey]:
    """With their questions and whom these are about."""
    whole = joinedload(Survey.questions).joinedload(SurveyQuestion.department)
    found = sa.select(Survey).where(Survey.id.in_(list(ids))).options(whole)
    return list(db.session.scalars(found).unique())


def out_about(department_id: uuid.UUID) -> list[uuid.UUID]:
    """The surveys that take sheets and ask about a department."""
    asked = sa.select(SurveyQuestion.survey_id).where(SurveyQuestion.department_id == department_id)
    return list(db.session.scalars(sa.select(Survey.id).where(Survey.id.in_(asked), Survey.state.in_(COLLECTING))))


def sheets_by_id(ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, SurveySheet]:
    """With their survey and its questions."""
    with_questions = joinedload(SurveySheet.survey).joinedload(Survey.questions).joinedload(SurveyQuestion.department)
    found = sa.select(SurveySheet).where(SurveySheet.id.in_(list(ids))).options(with_questions)
    return {sheet.id: sheet for sheet in db.session.scalars(found).unique()}


class SheetNamed(NamedTuple):
    """Which household's sheet it is, of which survey, and when it is collected, as agreed."""

    id: uuid.UUID
    number: str
    survey_id: uuid.UUID
    title_zh: str
    agreed_at: datetime | None
    state: SheetState


def sheets_named(ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, SheetNamed]:
    """These sheets in bulk: a tablet holds something due about each home, and nothing of what was answered."""
    sheet = SurveySheet
    columns = sheet.id, sheet.number, sheet.survey_id, Survey.title_zh, sheet.agreed_at, sheet.state
    found = sa.select(*columns).join(SurveySheet.survey).where(sheet.id.in_(list(ids)))
    return {row.id: SheetNamed(*row) for row in db.session.execute(found)}


def asked_again(sheet_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Sheet → what its household said as it wished to be asked once more; for those that did."""
    found = sa.select(JournalLine.subject_id, JournalLine.data).order_by(JournalLine.seq)
    said = found.where(JournalLine.subject_id.in_(list(sheet_ids)), JournalLine.kind == ASKED_AGAIN)
    return {sheet_id: str(data["reason"]) for sheet_id, data in db.session.execute(said)}


def sheets_of(survey_id: uuid.UUID) -> list[SurveySheet]:
    """All of a survey, in the order of their numbers."""
    found = sa.select(SurveySheet).where(SurveySheet.survey_id == survey_id).order_by(*AS_NUMBERED)
    return list(db.session.scalars(found))


def sheets_at(unit_id: uuid.UUID) -> list[SurveySheet]:
    """A home's sheets of all surveys, newest first."""
    found = sa.select(SurveySheet).where(SurveySheet.unit_id == unit_id).join(SurveySheet.survey)
    newest = found.order_by(Survey.issued_at.desc(), SurveySheet.number.desc())
    return list(db.session.scalars(newest.options(contains_eager(SurveySheet.survey))))


def sheets_to_count(survey_id: uuid.UUID) -> list[tuple[SurveySheet, uuid.UUID]]:
    """All of a survey, in the order of their numbers, each with the building in which it went out."""
    found = sa.select(SurveySheet, Unit.building_id).join(Unit, Unit.id == SurveySheet.unit_id)
    rows = db.session.execute(found.where(SurveySheet.survey_id == survey_id).order_by(*AS_NUMBERED))
    return [(sheet, building_id) for sheet, building_id in rows]


def handed_up_before(survey: Survey, most: int) -> list[Survey]:
    """The last surveys of its estate whose result was handed up and that went out before it, the newest first."""
    found = sa.select(Survey).where(
        Survey.estate_id == survey.estate_id,
        Survey.state.in_([SurveyState.UNDER_REVIEW, SurveyState.READ]),
        Survey.issued_at < survey.issued_at,
    )
    return list(
        db.session.scalars(found.options(undefer(Survey.figures)).order_by(Survey.issued_at.desc()).limit(most))
    )


def collected_of(survey_id: uuid.UUID) -> int:
    """How many of a survey's sheets have come back by now."""
    found = sa.select(sa.func.count()).select_from(SurveySheet).where(SurveySheet.survey_id == survey_id)
    return db.session.scalar(found.where(SurveySheet.state == SheetState.COLLECTED)) or 0


def written_on(ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, SurveySheet]:
    """These sheets with their units, for what owners wrote on them."""
    return by_id(SurveySheet, ids, joinedload(SurveySheet.unit).joinedload(Unit.building))


def results_by_id(ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Survey]:
    """These surveys by id, with who drew them up."""
    return by_id(Survey, ids, joinedload(Survey.made_by))
