"""Whether what a statement shows of a survey's sheet was ever so: a survey that is out does not change what it asks."""

import uuid

from app.core.db import db
from app.estates.models import Estate
from app.people.models import Department
from app.signatures.messages import StatementText
from app.surveys.models import Survey, SurveyQuestion, SurveySheet
from app.surveys.queries import sheets_by_id
from app.visits.quoting import names_a_department
from app.visits.rules import SheetAct

Shown = StatementText.SurveyShown


def misquoted(shown: list[Shown], locale: str, estate: Estate) -> list[int]:
    """Which of the sheets, counted from 1, show what was never so.

    Those that this estate does not have are left out: what was said of them is kept and moves nothing.
    """
    if not shown:
        return []
    db.session.flush()
    sheets = sheets_by_id(one.sheet_id for one in shown)
    return [
        n
        for n, one in enumerate(shown, start=1)
        if (sheet := sheets.get(one.sheet_id)) and sheet.estate_id == estate.id and not _is_so(one, sheet, locale)
    ]


def by_department(survey: Survey) -> list[tuple[Department, list[SurveyQuestion]]]:
    """What it asks, as it is shown: each department once, in the order of its first question."""
    asked: dict[uuid.UUID, tuple[Department, list[SurveyQuestion]]] = {}
    for one in survey.questions:
        asked.setdefault(one.department_id, (one.department, []))[1].append(one)
    return list(asked.values())


def _is_so(shown: Shown, sheet: SurveySheet, locale: str) -> bool:
    survey = sheet.survey
    told = (
        survey.purpose(locale) if shown.purpose_told else "",
        survey.key_items(locale) if shown.key_items_told else [],
    )
    if (shown.number, shown.title) != (sheet.number, survey.title(locale)):
        return False
    return (shown.purpose, shown.key_items) == told and _asks(shown, sheet, locale)


def _asks(shown: Shown, sheet: SurveySheet, locale: str) -> bool:
    """All its questions in their order, each with the name that its department has or had."""
    back = shown.act == SheetAct.COLLECTED.value
    asked = [one for _of, questions in by_department(sheet.survey) for one in questions] if back else []
    if [(one.id, one.text) for one in shown.questions] != [(one.id, one.text(locale)) for one in asked]:
        return False
    known = {one.department_id: one.department for one in asked}
    named = [(seen.department, one.department_id) for seen, one in zip(shown.questions, asked, strict=True)]
    named += [(one.department, one.department_id) for one in shown.opinions]
    return all(names_a_department(words, known.get(department_id), locale) for words, department_id in named)
