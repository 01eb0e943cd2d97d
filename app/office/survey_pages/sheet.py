"""One household's sheet: where it is, what was answered on it; and what a desk does with it."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import flash, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response
from wtforms import DateTimeLocalField, RadioField, SelectField, StringField
from wtforms.validators import UUID, InputRequired, Length

from app.agenda.models import Task
from app.agenda.queries import due_about
from app.agenda.rules import OF_SURVEYS
from app.core import journal
from app.core.clock import now
from app.core.db import db
from app.core.errors import NotFound, Outdated, Refused
from app.core.i18n import _, current_locale, lazy_
from app.core.ids import new_id
from app.core.journal import JournalLine
from app.estates.queries import owners_on
from app.estates.rules import limits
from app.office.act_form import NOT_CHOSEN, OnceForm, TextLines, leave_behind, typed_in
from app.office.door import estate_id, me, office
from app.office.issue_pages.issue_history import Told
from app.office.moments import When
from app.office.plan_pages.specials import officers_on, when_here
from app.office.survey_pages.sheets import relation_words
from app.office.survey_pages.survey_words import (
    FILLED,
    LEVEL_TONES,
    RECEIPTS,
    sheet_looks,
)
from app.office.survey_pages.surveys import questions_by_department
from app.office.words import RELATIONS
from app.people.access import may
from app.people.queries import names
from app.people.rules import Act
from app.surveys.actions import Given, Returned
from app.surveys.desk import AtDesk, agree_anew, give_out, has_begun, note_declined, take_back
from app.surveys.models import SurveySheet
from app.surveys.queries import the_sheet
from app.surveys.rules import Filled, Level, Receipt, SheetMove, SheetState, SurveyState, sheet_step
from app.surveys.words import LEVELS
from app.visits.queries import visits_by_id
from app.visits.rules import Relation
from app.visits.who_was_met import Met, are_others

_MOMENT = "%Y-%m-%dT%H:%M"
_LONGEST_OPINION = 2000
_YES, _NO, _UNSAID = "yes", "no", ""
_AT_A_DESK = (Receipt.ON_PAPER, Receipt.UNSIGNED)
_FILLED = (Filled.ON_PAPER, Filled.BY_PHONE)


class AgreedForm(OnceForm):
    """When a sheet is collected, and by whom."""

    agreed_at = DateTimeLocalField(lazy_("Collection agreed for"), validators=[InputRequired()], format=_MOMENT)
    collector = SelectField(lazy_("Who collects it"), validators=[InputRequired(), UUID()])

    def moment(self) -> datetime:
        """As it is meant on the estate's clock."""
        typed: Any = self.agreed_at.data
        moment: datetime = typed.replace(tzinfo=ZoneInfo(me().estate.time_zone))
        return moment


class HandForm(AgreedForm):
    """Who takes a sheet, and how they confirm it."""

    name = StringField(lazy_("Who takes it"), validators=[InputRequired(), Length(max=120)])
    relation = SelectField(lazy_("Who that is"), validators=[InputRequired()])
    receipt = RadioField(lazy_("Receipt"), validators=[InputRequired()], default=Receipt.ON_PAPER.value)


class AgainForm(AgreedForm):
    """Another time, as it is not filled in yet."""


class DeclineForm(OnceForm):
    """Why a household does not take part."""

    reason = TextLines(lazy_("What they say"), validators=[InputRequired(), Length(max=500)])


class AnswersForm(OnceForm):
    """How a sheet came back; the levels and opinions are fields of their own, named by question and department."""

    filled = RadioField(lazy_("How it was filled in"), validators=[InputRequired()], default=Filled.ON_PAPER.value)
    relation = SelectField(lazy_("Answered by"), validators=[InputRequired()])
    signed = RadioField(lazy_("Does it bear a name"), validators=[InputRequired()])
    signed_name = StringField(lazy_("Whose name"), validators=[Length(max=120)])
    overall = RadioField(lazy_("All in all"), default=_UNSAID)
    callback = RadioField(lazy_("Callback welcome"), default=_UNSAID)


@dataclass(frozen=True)
class Answered:
    """An item and the level that it got; none where it was left blank."""

    text: str
    level: Level | None


@office.get("/surveys/<uuid:survey_id>/sheets/<uuid:sheet_id>")
@may(Act.SEE_SURVEYS)
def survey_sheet(survey_id: uuid.UUID, sheet_id: uuid.UUID) -> str:
    """Receipt, agreed time, answers, who took it."""
    return _page(_sheet_of(survey_id, sheet_id))


@office.post("/surveys/<uuid:survey_id>/sheets/<uuid:sheet_id>/hand-out")
@may(Act.TAKE_SHEETS)
def hand_out_sheet(survey_id: uuid.UUID, sheet_id: uuid.UUID) -> Response | tuple[str, int]:
    """Somebody came for it."""
    sheet = _sheet_of(survey_id, sheet_id)
    form = _hand_form(sheet)
    if not form.validate_on_submit():
        return _page(sheet, form), 422
    given = Given(
        Receipt(form.receipt.data), str(form.name.data).strip(), str(form.relation.data), agreed_at=form.moment()
    )
    try:
        give_out(sheet, given, uuid.UUID(form.collector.data), me().estate, _desk(form))
        db.session.commit()
    except Refused as refused:
        return _told_why(survey_id, sheet_id, form, refused)
    flash(_("Handed out."), "good")
    return redirect(url_for("office.survey_sheet", survey_id=survey_id, sheet_id=sheet_id))


@office.post("/surveys/<uuid:survey_id>/sheets/<uuid:sheet_id>/agree")
@may(Act.TAKE_SHEETS)
def agree_on_sheet(survey_id: uuid.UUID, sheet_id: uuid.UUID) -> Response | tuple[str, int]:
    """Another time is agreed for collecting it."""
    sheet = _sheet_of(survey_id, sheet_id)
    form = _again_form(sheet)
    if not form.validate_on_submit():
        return _page(sheet, form), 422
    try:
        agree_anew(sheet, form.moment(), uuid.UUID(form.collector.data), me().estate, _desk(form))
        db.session.commit()
    except Refused as refused:
        return _told_why(survey_id, sheet_id, form, refused)
    flash(_("Agreed anew."), "good")
    return redirect(url_for("office.survey_sheet", survey_id=survey_id, sheet_id=sheet_id))


@office.post("/surveys/<uuid:survey_id>/sheets/<uuid:sheet_id>/decline")
@may(Act.TAKE_SHEETS)
def decline_sheet(survey_id: uuid.UUID, sheet_id: uuid.UUID) -> Response | tuple[str, int]:
    """The household does not take part."""
    sheet, form = _sheet_of(survey_id, sheet_id), DeclineForm(prefix="decline")
    if not form.validate_on_submit():
        return _page(sheet, form), 422
    try:
        note_declined(sheet, str(form.reason.data), _desk(form))
        db.session.commit()
    except Refused as refused:
        return _told_why(survey_id, sheet_id, form, refused)
    flash(_("Noted down. They can still change their mind."), "good")
    return redirect(url_for("office.survey_sheet", survey_id=survey_id, sheet_id=sheet_id))


@office.get("/surveys/<uuid:survey_id>/sheets/<uuid:sheet_id>/answers")
@may(Act.TAKE_SHEETS)
def sheet_answers(survey_id: uuid.UUID, sheet_id: uuid.UUID) -> Response | str:
    """A form of all that the sheet asks, to be copied from paper or asked by phone."""
    sheet = _sheet_of(survey_id, sheet_id)
    if not _can(sheet, SheetMove.COLLECT):
        return redirect(url_for("office.survey_sheet", survey_id=survey_id, sheet_id=sheet_id))
    return _answers_page(sheet, _answers_form(), MultiDict())


@office.post("/surveys/<uuid:survey_id>/sheets/<uuid:sheet_id>/answers")
@may(Act.TAKE_SHEETS)
def take_sheet(survey_id: uuid.UUID, sheet_id: uuid.UUID) -> Response | str | tuple[str, int]:
    """Show once more what was typed; keep it when whoever typed it says so: an answered sheet never changes."""
    sheet, form, typed = _sheet_of(survey_id, sheet_id), _answers_form(), request.form
    act = typed.get("act", "check")
    whole = form.validate_on_submit()
    if not whole or act == "change":
        return _answers_page(sheet, form, typed), (200 if whole else 422)
    try:
        returned = _returned(sheet, form, typed)
        if act != "keep":
            return _answers_page(sheet, form, typed, returned)
        take_back(sheet, returned, _desk(form))
        db.session.commit()
    except Refused as refused:
        db.session.rollback()
        sheet = _sheet_of(survey_id, sheet_id)
        if isinstance(refused, Outdated) or not _can(sheet, SheetMove.COLLECT):
            leave_behind(*_typed_on(sheet, form, typed))
            return _page(sheet, refusal=str(refused.message)), refused.status
        return _answers_page(sheet, form, typed, refusal=str(refused.message)), refused.status
    flash(_("Kept as it was answered."), "good")
    return redirect(url_for("office.survey_sheet", survey_id=survey_id, sheet_id=sheet_id))


def _sheet_of(survey_id: uuid.UUID, sheet_id: uuid.UUID) -> SurveySheet:
    """A sheet of this survey. Raises NotFound."""
    sheet = the_sheet(estate_id(), sheet_id)
    if sheet.survey_id != survey_id:
        raise NotFound("sheet:unknown", _("This sheet is not known in this estate."))
    return sheet


def _told_why(survey_id: uuid.UUID, sheet_id: uuid.UUID, form: OnceForm, refused: Refused) -> tuple[str, int]:
    db.session.rollback()
    return _page(_sheet_of(survey_id, sheet_id), form, refusal=str(refused.message)), refused.status


def _desk(form: OnceForm) -> AtDesk:
    return AtDesk(form.event_id, me().by, now())


def _can(sheet: SurveySheet, move: SheetMove) -> bool:
    """Whether a desk may do this with it as it stands."""
    runs = sheet.survey.state in (SurveyState.OUT, SurveyState.BACK)
    if move is SheetMove.COLLECT:  # so that nobody copies a whole sheet in vain
        runs = runs and has_begun(sheet, when_here().today)
    return runs and me().may(Act.TAKE_SHEETS) and sheet_step(sheet.state, move) is not None


# --- the page of a sheet ---


def _page(sheet: SurveySheet, written: OnceForm | None = None, refusal: str = "") -> str:
    when, task = when_here(), next(iter(due_about(sheet.id, *OF_SURVEYS)), None)
    forms: dict[str, OnceForm] = {}
    if _can(sheet, SheetMove.HAND_OUT):
        forms["hand"] = _hand_form(sheet, task)
    if _can(sheet, SheetMove.PUT_OFF):
        forms["again"] = _again_form(sheet, task)
    if _can(sheet, SheetMove.DECLINE):
        forms["decline"] = DeclineForm(prefix="decline")
    open_now = next((name for name, form in forms.items() if type(form) is type(written)), "")
    if written is not None and open_now:
        forms[open_now] = written
        written.event.data = str(new_id())
    elif written is not None:
        leave_behind(*typed_in(written))
    visits = visits_by_id({one for one in (sheet.handed_out_visit_id, sheet.visit_id) if one})
    return render_template(
        "office/surveys/sheet.html",
        survey=sheet.survey,
        sheet=sheet,
        task=task,
        forms=forms,
        open_now=open_now,
        may_take=_can(sheet, SheetMove.COLLECT),
        begun=has_begun(sheet, when.today),
        answers=_answers_of(sheet),
        visits=visits,
        owners=[held.person for held in owners_on(sheet.unit, when.today)],
        history=_history(journal.history(sheet.id), when),
        refusal=refusal,
        when=when,
        relation_words=relation_words,
        SheetState=SheetState,
        sheet_looks=sheet_looks,
        RECEIPTS=RECEIPTS,
        FILLED=FILLED,
        LEVELS=LEVELS,
        LEVEL_TONES=LEVEL_TONES,
    )


def _answers_of(sheet: SurveySheet) -> list[tuple[Any, list[Answered], str]]:
    """Department, the level of each item, and the owner's words about it; of a sheet that came back."""
    if sheet.state is not SheetState.COLLECTED:
        return []
    return [
        (
            department,
            [Answered(one.text(current_locale()), _level(sheet.levels.get(str(one.id), ""))) for one in questions],
            sheet.opinions.get(str(department.id), ""),
        )
        for department, questions in questions_by_department(sheet.survey.questions)
    ]


def _hand_form(sheet: SurveySheet, task: Task | None = None) -> HandForm:
    form = HandForm(prefix="hand")
    form.relation.choices = _relations()
    form.receipt.choices = [(one.value, str(RECEIPTS[one])) for one in _AT_A_DESK]
    _offer_collectors(form, sheet, task)
    return form


def _again_form(sheet: SurveySheet, task: Task | None = None) -> AgainForm:
    form = AgainForm(prefix="again")
    _offer_collectors(form, sheet, task)
    return form


def _offer_collectors(form: AgreedForm, sheet: SurveySheet, task: Task | None) -> None:
    """The officers; whoever has the sheet now stands chosen."""
    officers = officers_on(when_here().today)
    form.collector.choices = [NOT_CHOSEN, *((str(one.id), one.name) for one in officers)]
    holder = task.assignee_id if task else sheet.handed_out_by_id
    if request.method == "GET" and any(one.id == holder for one in officers):
        form.collector.data = str(holder)


def _relations() -> list[tuple[str, Any]]:
    return [NOT_CHOSEN, *((one.value, words) for one, words in RELATIONS.items())]


def _history(lines: list[JournalLine], when: When) -> list[Told]:
    """Newest first."""
    known = names({line.staff_id for line in lines if line.staff_id})
    words = {
        SheetMove.HAND_OUT.value: _("Handed out"),
        SheetMove.COLLECT.value: _("Came back filled in"),
        SheetMove.DECLINE.value: _("Does not take part"),
        SheetMove.PUT_OFF.value: _("Not filled in yet, another time agreed"),
    }
    return [
        Told(
            words[line.kind],
            meta=f"{known.get(line.staff_id, '–') if line.staff_id else '–'} · {when.moment(line.at)}",
        )
        for line in reversed(lines)
        if line.kind in words
    ]


# --- what stands on it ---


def _answers_form() -> AnswersForm:
    form = AnswersForm()
    form.filled.choices = [(one.value, str(FILLED[one])) for one in _FILLED]
    form.relation.choices = _relations()
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
        if (level := _level(typed.get(f"level-{question.id}", ""))) is not None
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
        overall=_level(form.overall.data or ""),
        levels=levels,
        opinions={id_: words for id_, words in opinions.items() if words},
        callback_welcome={_YES: True, _NO: False}.get(form.callback.data),
    )


def _is_anothers(sheet: SurveySheet, name: str) -> bool:
    """Whether it bears as an owner's a name that is none of those in the owner file: a proxy's, as at the door."""
    met = Met(sheet.unit_id, now(), name, Relation.OWNER, None)
    return bool(name) and are_others([met], me().estate.time_zone)[0]


def _level(value: str) -> Level | None:
    return next((level for level in Level if level.value == value), None)


def _typed_on(sheet: SurveySheet, form: AnswersForm, typed: Any) -> list[tuple[str, str]]:
    """Label and words of what somebody had typed, to be copied."""
    said = typed_in(form)
    for department, questions in questions_by_department(sheet.survey.questions):
        for question in questions:
            level = _level(typed.get(f"level-{question.id}", ""))
            if level is not None:
                said.append((question.text(current_locale()), str(LEVELS[level])))
        said.append((department.name(current_locale()), typed.get(f"opinion-{department.id}", "")))
    return said
