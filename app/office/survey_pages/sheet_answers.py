"""What stands on a sheet that came back, copied from paper or asked by phone; once kept it never changes."""

import uuid
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response
from wtforms import RadioField, SelectField, StringField
from wtforms.validators import InputRequired, Length

from app.core.clock import now
from app.core.db import db
from app.core.errors import Outdated, Refused
from app.core.i18n import _, current_locale, lazy_
from app.estates.rules import limits
from app.office.act_form import OnceForm, leave_behind, typed_in
from app.office.door import me, office
from app.office.plan_pages.specials import when_here
from app.office.survey_pages.sheet_page import answers_of, at_desk, can, level_of, relations, sheet_of, sheet_page
from app.office.survey_pages.sheets import relation_words
from app.office.survey_pages.survey_page import questions_by_department
from app.office.survey_pages.survey_words import (
    FILLED,
    LEVEL_TONES,
)
from app.people.access import may
from app.people.rules import Act
from app.surveys.actions import Returned
from app.surveys.desk import take_back
from app.surveys.models import SurveySheet
from app.surveys.rules import Filled, SheetMove
from app.surveys.words import LEVELS
from app.visits.rules import Relation
from app.visits.who_was_met import Met, are_others

_LONGEST_OPINION = 2000
_YES, _NO, _UNSAID = "yes", "no", ""
_FILLED = (Filled.ON_PAPER, Filled.BY_PHONE)


class AnswersForm(OnceForm):
    """How a sheet came back; the levels and opinions are fields of their own, named by question and department."""

    filled = RadioField(lazy_("How it was filled in"), validators=[InputRequired()], default=Filled.ON_PAPER.value)
    relation = SelectField(lazy_("Answered by"), validators=[InputRequired()])
    signed = RadioField(lazy_("Does it bear a name"), validators=[InputRequired()])
    signed_name = StringField(lazy_("Whose name"), validators=[Length(max=120)])
    overall = RadioField(lazy_("All in all"), default=_UNSAID)
    callback = RadioField(lazy_("Callback welcome"), default=_UNSAID)


@office.get("/surveys/<uuid:survey_id>/sheets/<uuid:sheet_id>/answers")
@may(Act.TAKE_SHEETS)
def sheet_answers(survey_id: uuid.UUID, sheet_id: uuid.UUID) -> Response | str:
    """A form of all that the sheet asks, to be copied from paper or asked by phone."""
    sheet = sheet_of(survey_id, sheet_id)
    if not can(sheet, SheetMove.COLLECT):
        return redirect(url_for("office.survey_sheet", survey_id=survey_id, sheet_id=sheet_id))
    return _answers_page(sheet, _answers_form(), MultiDict())


@office.post("/surveys/<uuid:survey_id>/sheets/<uuid:sheet_id>/answers")
@may(Act.TAKE_SHEETS)
def take_sheet(survey_id: uuid.UUID, sheet_id: uuid.UUID) -> Response | str | tuple[str, int]:
    """Show once more what was typed; keep it when whoever typed it says so: an answered sheet never changes."""
    sheet, form, typed = sheet_of(survey_id, sheet_id), _answers_form(), request.form
    act = typed.get("act", "check")
    whole = form.validate_on_submit()
    if not whole or act == "change":
        return _answers_page(sheet, form, typed), (200 if whole else 422)
    try:
        returned = _returned(sheet, form, typed)
        if act != "keep":
            return _answers_page(sheet, form, typed, returned)
        take_back(sheet, returned, at_desk(form))
        db.session.commit()
    except Refused as refused:
        db.session.rollback()
        sheet = sheet_of(survey_id, sheet_id)
        if isinstance(refused, Outdated) or not can(sheet, SheetMove.COLLECT):
            leave_behind(*_typed_on(sheet, form, typed))
            return sheet_page(sheet, refusal=str(refused.message)), refused.status
        return _answers_page(sheet, form, typed, refusal=str(refused.message)), refused.status
    flash(_("Kept as it was answered."), "good")
    return redirect(url_for("office.survey_sheet", survey_id=survey_id, sheet_id=sheet_id))


# --- what stands on it ---


def _answers_form() -> AnswersForm:
    form = AnswersForm()
    form.filled.choices = [(one.value, str(FILLED[one])) for one in _FILLED]
    form.relation.choices = relations()
    form.signed.choices = [(_YES, _("yes")), (_NO, _("no"))]
    form.overall.choices = [
        *((one.value, str(words)) for one, words in LEVELS.items()),
        (_UNSAID, _("left blank")),
    ]
    form.callback.choices = [(_YES, _("yes")), (_NO, _("no")), (_UNSAID, _("left blank"))]
    return form


def _answers_page(
    sheet: SurveySheet, form: AnswersForm, typed: Any, returned: Returned | None = None, refusal: str = ""
) -> str:
    """The form; or, with `returned`, what would be kept, to be looked at once more."""
    groups = questions_by_department(sheet.survey.questions)
    asked = sum(len(questions) for _department, questions in groups)
    return render_template(
        "office/surveys/answers.html",
        survey=sheet.survey,
        sheet=sheet,
        form=form,
        groups=groups,
        typed=typed,
        returned=returned,
        answers=answers_of(sheet.survey, returned.levels, returned.opinions) if returned else [],
        blank=asked - len(returned.levels) if returned else 0,
        sent=[(name, words) for name, words in typed.items(multi=True) if name not in ("csrf_token", "act")],
        refusal=refusal,
        share=limits(me().estate.settings).proxy_share,
        longest=_LONGEST_OPINION,
        relation_words=relation_words,
        FILLED=FILLED,
        LEVELS=LEVELS,
        LEVEL_TONES=LEVEL_TONES,
        when=when_here(),
    )


def _returned(sheet: SurveySheet, form: AnswersForm, typed: Any) -> Returned:
    """What was typed. Raises Refused where it does not fit."""
    relation = Relation(form.relation.data)
    levels = {
        str(question.id): level
        for question in sheet.survey.questions
        if (level := level_of(typed.get(f"level-{question.id}", ""))) is not None
    }
    opinions = {
        id_: typed.get(f"opinion-{id_}", "").replace("\r\n", "\n").strip()
        for id_ in dict.fromkeys(str(question.department_id) for question in sheet.survey.questions)
    }
    if any(len(words) > _LONGEST_OPINION for words in opinions.values()):
        raise Refused("sheet:too_long", _("An opinion is too long: at most %(n)s characters.", n=_LONGEST_OPINION))
    signed_name = str(form.signed_name.data or "").strip() if form.signed.data == _YES else ""
    return Returned(
        filled=Filled(form.filled.data),
        signed=form.signed.data == _YES,
        signed_name=signed_name,
        relation=relation.value,
        proxy=relation is not Relation.OWNER or _is_anothers(sheet, signed_name),
        overall=level_of(form.overall.data or ""),
        levels=levels,
        opinions={id_: words for id_, words in opinions.items() if words},
        callback_welcome={_YES: True, _NO: False}.get(form.callback.data),
    )


def _is_anothers(sheet: SurveySheet, name: str) -> bool:
    """Whether it bears as an owner's a name that is none of those in the owner file: a proxy's, as at the door."""
    met = Met(sheet.unit_id, now(), name, Relation.OWNER, None)
    return bool(name) and are_others([met], me().estate.time_zone)[0]


def _typed_on(sheet: SurveySheet, form: AnswersForm, typed: Any) -> list[tuple[str, str]]:
    """Label and words of what somebody had typed, to be copied."""
    said = typed_in(form)
    for department, questions in questions_by_department(sheet.survey.questions):
        for question in questions:
            level = level_of(typed.get(f"level-{question.id}", ""))
            if level is not None:
                said.append((question.text(current_locale()), str(LEVELS[level])))
        said.append((department.name(current_locale()), typed.get(f"opinion-{department.id}", "")))
    return said
