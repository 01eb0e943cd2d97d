"""One household's sheet as its page shows it: where it is, what was answered on it, what a desk can do with it."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import render_template, request
from wtforms import RadioField, SelectField, StringField
from wtforms.validators import UUID, InputRequired, Length

from app.agenda.models import Task
from app.agenda.queries import due_about
from app.agenda.rules import OF_SURVEYS
from app.core import journal
from app.core.clock import now
from app.core.errors import NotFound
from app.core.i18n import _, current_locale, lazy_
from app.core.ids import new_id
from app.core.journal import JournalLine
from app.estates.queries import owners_on
from app.office.act_form import NOT_CHOSEN, OnceForm, TextLines, leave_behind, typed_in
from app.office.day_fields import DayField, MomentField
from app.office.door import estate_id, me
from app.office.issue_pages.issue_history import Told
from app.office.moments import When
from app.office.plan_pages.specials import officers_on, when_here
from app.office.survey_pages.sheets import relation_words
from app.office.survey_pages.survey_page import questions_by_department
from app.office.survey_pages.survey_words import (
    FILLED,
    LEVEL_TONES,
    RECEIPTS,
    sheet_looks,
)
from app.office.words import RELATIONS
from app.people.models import Department
from app.people.queries import names
from app.people.rules import Act
from app.surveys.desk import AtDesk, has_begun
from app.surveys.homes import officer_of
from app.surveys.models import Survey, SurveySheet
from app.surveys.queries import the_sheet
from app.surveys.receipts import HANDED_OUT_TWICE, LATE_RECEIPT, TAKEN_BEFORE, receipts_beside
from app.surveys.rules import ASKED_AGAIN, COLLECTING, Level, Receipt, SheetMove, SheetState, sheet_step
from app.surveys.words import LEVELS
from app.visits.late_receipts import taken_late
from app.visits.queries import visits_by_id

_MOMENT = "%Y-%m-%dT%H:%M"
_AT_A_DESK = (Receipt.ON_PAPER, Receipt.UNSIGNED)


class AgreedForm(OnceForm):
    """When a sheet is collected, and by whom."""

    agreed_at = MomentField(lazy_("Collection agreed for"), validators=[InputRequired()], format=_MOMENT)
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


class OnceMoreForm(OnceForm):
    """Who goes to a household that declined and wishes to be asked once more, and by when."""

    reason = TextLines(lazy_("What they say"), validators=[InputRequired(), Length(max=500)])
    officer = SelectField(lazy_("Officer"), validators=[InputRequired(), UUID()])
    due_on = DayField(lazy_("Due by"), validators=[InputRequired()])


@dataclass(frozen=True)
class Answered:
    """An item and the level that it got; none where it was left blank."""

    text: str
    level: Level | None


def sheet_of(survey_id: uuid.UUID, sheet_id: uuid.UUID) -> SurveySheet:
    """A sheet of this survey. Raises NotFound."""
    sheet = the_sheet(estate_id(), sheet_id)
    if sheet.survey_id != survey_id:
        raise NotFound("sheet:unknown", _("This sheet is not known in this estate."))
    return sheet


def at_desk(form: OnceForm) -> AtDesk:
    """Who fills this form in, now."""
    return AtDesk(form.event_id, me().by, now())


def can(sheet: SurveySheet, move: SheetMove) -> bool:
    """Whether a desk may do this with it as it stands."""
    runs = sheet.survey.state in COLLECTING
    if move is SheetMove.COLLECT:  # so that nobody copies a whole sheet in vain
        runs = runs and has_begun(sheet, when_here().today)
    return runs and me().may(Act.TAKE_SHEETS) and sheet_step(sheet.state, move) is not None


def can_ask_again(sheet: SurveySheet) -> bool:
    """Whether its household declined, and whoever is here decides whether somebody goes there once more."""
    runs = sheet.survey.state in COLLECTING and has_begun(sheet, when_here().today)
    return runs and sheet.state is SheetState.DECLINED and me().may(Act.MAKE_SURVEY)


# --- the page ---


def sheet_page(sheet: SurveySheet, written: OnceForm | None = None, refusal: str = "") -> str:
    """With the form that was refused as it was typed; one that does not fit any more is left to be copied."""
    when, task = when_here(), next(iter(due_about(sheet.id, *OF_SURVEYS)), None)
    forms: dict[str, OnceForm] = {}
    if can(sheet, SheetMove.HAND_OUT):
        forms["hand"] = hand_form(sheet, task)
    if can(sheet, SheetMove.PUT_OFF):
        forms["again"] = again_form(sheet, task)
    if can(sheet, SheetMove.DECLINE) and (task or sheet.state is not SheetState.DECLINED):
        forms["decline"] = DeclineForm(prefix="decline")
    if can_ask_again(sheet) and not task:
        forms["once_more"] = once_more_form(sheet)
    open_now = next((name for name, form in forms.items() if type(form) is type(written)), "")
    if written is not None and open_now:
        forms[open_now] = written
        written.event.data = str(new_id())
    elif written is not None:
        leave_behind(*typed_in(written))
    beside = receipts_beside([sheet]).get(sheet.id, [])
    at_visits = sheet.handed_out_visit_id, sheet.visit_id, *(one.handed_out_visit_id for one in beside)
    visits = visits_by_id({one for one in at_visits if one})
    late = taken_late([sheet]).get(sheet.id)
    return render_template(
        "office/surveys/sheet.html",
        survey=sheet.survey,
        sheet=sheet,
        task=task,
        forms=forms,
        open_now=open_now,
        may_take=can(sheet, SheetMove.COLLECT),
        begun=has_begun(sheet, when.today),
        answers=answers_of(sheet.survey, sheet.levels, sheet.opinions),
        visits=visits,
        late=late,
        beside=beside,
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


def answers_of(
    survey: Survey, levels: Mapping[str, str | Level], opinions: Mapping[str, str]
) -> list[tuple[Department, list[Answered], str]]:
    """Department, the level of each item, and the owner's words about it."""
    return [
        (
            department,
            [Answered(one.text(current_locale()), level_of(levels.get(str(one.id), ""))) for one in questions],
            opinions.get(str(department.id), ""),
        )
        for department, questions in questions_by_department(survey.questions)
    ]


def hand_form(sheet: SurveySheet, task: Task | None = None) -> HandForm:
    """The form in which whoever takes it is written down."""
    form = HandForm(prefix="hand")
    form.relation.choices = relations()
    form.receipt.choices = [(one.value, str(RECEIPTS[one])) for one in _AT_A_DESK]
    _offer_collectors(form, sheet, task)
    return form


def again_form(sheet: SurveySheet, task: Task | None = None) -> AgainForm:
    """The form in which another day is agreed."""
    form = AgainForm(prefix="again")
    _offer_collectors(form, sheet, task)
    return form


def once_more_form(sheet: SurveySheet) -> OnceMoreForm:
    """The form in which an officer is sent to a household that declined."""
    form = OnceMoreForm(prefix="once_more", due_on=max(sheet.survey.collect_until, when_here().today))
    _offer_officers(form.officer, officer_of(sheet.id))
    return form


def _offer_collectors(form: AgreedForm, sheet: SurveySheet, task: Task | None) -> None:
    """The officers; whoever has the sheet now stands chosen."""
    _offer_officers(form.collector, task.assignee_id if task else sheet.handed_out_by_id)


def _offer_officers(field: SelectField, holder: uuid.UUID | None) -> None:
    officers = officers_on(when_here().today)
    field.choices = [NOT_CHOSEN, *((str(one.id), one.name) for one in officers)]
    if request.method == "GET" and any(one.id == holder for one in officers):
        field.data = str(holder)


def relations() -> list[tuple[str, Any]]:
    """Who somebody can be to the unit, to choose from."""
    return [NOT_CHOSEN, *((one.value, words) for one, words in RELATIONS.items())]


def _history(lines: list[JournalLine], when: When) -> list[Told]:
    """Newest first."""
    known = names({line.staff_id for line in lines if line.staff_id})
    words = {
        SheetMove.HAND_OUT.value: _("Handed out"),
        SheetMove.COLLECT.value: _("Came back filled in"),
        SheetMove.DECLINE.value: _("Does not take part"),
        SheetMove.PUT_OFF.value: _("Not filled in yet, another time agreed"),
        ASKED_AGAIN: _("To be asked once more, as they wish"),
        LATE_RECEIPT: _("Its receipt came, after the answers"),
        TAKEN_BEFORE: _("Had been handed out before; that is known only now"),
        HANDED_OUT_TWICE: _("Handed out once more, though it was out already"),
    }
    return [
        Told(
            words[line.kind],
            line.data.get("reason", ""),
            meta=f"{known.get(line.staff_id, '–') if line.staff_id else '–'} · {when.moment(line.at)}",
        )
        for line in reversed(lines)
        if line.kind in words
    ]


def level_of(value: str | Level) -> Level | None:
    """The level that was ticked; none where nothing, or nothing of ours, was."""
    return next((level for level in Level if value in (level, level.value)), None)
