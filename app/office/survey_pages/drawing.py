"""Drawing a survey up, and changing it while nobody has it: its words, its days, and its items by department."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import SelectField, StringField
from wtforms.validators import InputRequired, Length

from app.core import journal
from app.core.clock import now
from app.core.db import db
from app.core.errors import Outdated, Refused, Words
from app.core.i18n import _, lazy_
from app.core.ids import new_id
from app.office.act_form import OnceForm, TextLines, leave_behind, typed_in
from app.office.day_fields import DayField
from app.office.door import estate_id, me, office
from app.office.plan_pages.specials import when_here
from app.office.survey_pages.survey_page import SeenForm, survey_page, why_not
from app.office.survey_pages.survey_words import FORMS
from app.people.access import may
from app.people.models import Department
from app.people.queries import departments, open_departments
from app.people.rules import Act
from app.surveys.drawing import Drawn, Item, as_asked, draw_up, edit
from app.surveys.models import Survey
from app.surveys.queries import surveys_of, the_survey
from app.surveys.rules import LONGEST_ITEM, LONGEST_TITLE, MOST_QUESTIONS, FormKind, SurveyState
from app.surveys.usual_questions import on_the_whole, usual_items

_READY_IN, _HANDED_OUT_IN, _BACK_IN = timedelta(days=7), timedelta(days=21), timedelta(days=35)
"""What a new survey's days begin with, from today on."""
_OFFERED = 6
"""So many earlier surveys are offered to be copied from."""
_TITLES = {
    FormKind.SATISFACTION: ("{} 年业主满意度调查", "Owner satisfaction survey {}"),
    FormKind.OPINION: ("{} 年业主意见调查", "Owner opinion survey {}"),
}
_PURPOSE = (
    "了解您对物业服务的评价和意见，作为改进服务的依据。整改措施将向全体业主公开。",
    "To learn what you think of our service, so that we improve it. What we do about it is made known to all owners.",
)
_KEY_ITEMS = (
    "各部门服务的满意程度\n您最希望改进的一件事\n请署名，便于我们就您的意见回访",
    "How satisfied you are with each department\nThe one thing that you want improved\n"
    "Please sign it, so that we can call back on what you say",
)


class DrawnForm(OnceForm):
    """A survey's words and days; its items are rows of their own. English may be left out."""

    title_zh = StringField(lazy_("Title in Chinese"), validators=[InputRequired(), Length(max=LONGEST_TITLE)])
    title_en = StringField(lazy_("Title in English"), validators=[Length(max=LONGEST_TITLE)])
    issue_from = DayField(lazy_("Handing out begins"), validators=[InputRequired()])
    issue_until = DayField(lazy_("Handed out by"), validators=[InputRequired()])
    collect_until = DayField(lazy_("Collected by"), validators=[InputRequired()])
    purpose_zh = TextLines(lazy_("Purpose in Chinese"), validators=[InputRequired(), Length(max=1000)])
    purpose_en = TextLines(lazy_("Purpose in English"), validators=[Length(max=1000)])
    key_items_zh = TextLines(lazy_("Key items in Chinese, one a line"), validators=[InputRequired(), Length(max=1000)])
    key_items_en = TextLines(lazy_("Key items in English, one a line"), validators=[Length(max=1000)])

    def drawn(self, items: Sequence[Item]) -> Drawn:
        """What was written, as a survey takes it."""
        said: dict[str, Any] = {name: str(self[name].data or "") for name in _WORDS}
        days: dict[str, Any] = {name: self[name].data for name in _DAYS}
        return Drawn(**said, **days, items=items)


class NewForm(DrawnForm):
    """The same with the year that it is of, which stays: its number says it."""

    year = SelectField(lazy_("Year"), validators=[InputRequired()], coerce=int)


class EditForm(DrawnForm, SeenForm):
    """The same of a draft, as its author saw it."""


_WORDS = ("title_zh", "title_en", "purpose_zh", "purpose_en", "key_items_zh", "key_items_en")
_DAYS = ("issue_from", "issue_until", "collect_until")


@dataclass(frozen=True)
class Row:
    """An item as somebody has typed it. `focus`: the last act moved it or put it in."""

    zh: str = ""
    en: str = ""
    focus: bool = False


@dataclass(frozen=True)
class Group:
    """A department and the rows about it; `asked`: it is asked about on the opinion form."""

    department: Department
    rows: list[Row]
    asked: bool = True


Rows = Mapping[uuid.UUID, Sequence[Row]]


@office.get("/surveys/new")
@may(Act.MAKE_SURVEY)
def new_survey() -> str:
    """A survey to be drawn up: from the usual items, or as an earlier one was."""
    kind, earlier = _kind_asked(), _earlier_asked()
    today = when_here().today
    facts: dict[str, Any] = {
        "year": today.year,
        "issue_from": today + _READY_IN,
        "issue_until": today + _HANDED_OUT_IN,
        "collect_until": today + _BACK_IN,
    }
    form = _new_form(**facts, **_words_of(kind, earlier, today.year))
    return _new_page(form, kind, _open_ones(_rows_of(earlier)) if earlier else _usual_rows(kind))


@office.post("/surveys/new")
@may(Act.MAKE_SURVEY)
def draw_up_survey() -> Response | str | tuple[str, int]:
    """Keep the draft; or move, add and take out rows first."""
    here, form, kind = me(), _new_form(), _kind_asked()
    rows = _typed_rows(kind)
    act = request.form.get("act", "save")
    if act != "save":
        return _new_page(form, kind, _arranged(rows, act))
    if not form.validate_on_submit():
        return _new_page(form, kind, rows), 422

    try:
        survey = draw_up(
            here.estate,
            form.year.data,
            kind,
            form.drawn(_items(rows, kind)),
            survey_id=form.sent_as,
            event_id=form.event_id,
            by=here.by,
            at=now(),
        )
        db.session.commit()
    except Refused as refused:
        db.session.rollback()
        form.event.data = str(new_id())  # sent once more it is a survey of its own
        return _new_page(form, kind, rows, str(refused.message)), refused.status

    flash(_("Drawn up as %(number)s. Nobody has it yet: issue it when it is ready.", number=survey.number), "good")
    return redirect(url_for("office.survey", survey_id=survey.id))


@office.get("/surveys/<uuid:survey_id>/edit")
@may(Act.MAKE_SURVEY)
def edit_survey(survey_id: uuid.UUID) -> Response | str:
    """A draft as it stands, to be changed."""
    survey = the_survey(estate_id(), survey_id)
    if survey.state is not SurveyState.DRAFT:
        return redirect(url_for("office.survey", survey_id=survey_id))
    form = EditForm(**{name: getattr(survey, name) for name in (*_WORDS, *_DAYS)})
    form.after.data = str(len(journal.history(survey.id)))
    return _edit_page(survey, form, _rows_of(survey))


@office.post("/surveys/<uuid:survey_id>/edit")
@may(Act.MAKE_SURVEY)
def save_survey(survey_id: uuid.UUID) -> Response | str | tuple[str, int]:
    """Keep what was changed; or move, add and take out rows first."""
    here, survey, form = me(), the_survey(estate_id(), survey_id), EditForm()
    rows, act = _typed_rows(survey.form), request.form.get("act", "save")
    if survey.state is not SurveyState.DRAFT:
        return _too_late(survey, form)
    if act != "save":
        return _edit_page(survey, form, _arranged(rows, act))
    if not form.validate_on_submit():
        return _edit_page(survey, form, rows), 422

    try:
        drawn, seen = form.drawn(_items(rows, survey.form)), int(str(form.after.data))
        edit(survey, here.estate, drawn, after=seen, event_id=form.event_id, by=here.by, at=now())
        db.session.commit()
    except Refused as refused:
        db.session.rollback()
        survey = the_survey(estate_id(), survey_id)
        if survey.state is not SurveyState.DRAFT:
            return _too_late(survey, form)
        told = why_not(survey, form, refused)
        if isinstance(refused, Outdated):
            form.after.data = str(len(journal.history(survey.id)))
        form.event.data = str(new_id())
        return _edit_page(survey, form, rows, told), refused.status

    flash(_("Saved."), "good")
    return redirect(url_for("office.survey", survey_id=survey_id))


def _too_late(survey: Survey, form: EditForm) -> tuple[str, int]:
    """It went out, or was withdrawn, while somebody was still writing: what they wrote can be copied."""
    leave_behind(*typed_in(form))
    words = _("This survey has moved on since: look at it again.")
    return survey_page(survey, refusal=str(words)), Outdated.status


# --- the page ---


def _new_page(form: NewForm, kind: FormKind, rows: Rows, refusal: str = "") -> str:
    earlier = [one for one in surveys_of(estate_id()) if one.form is kind][:_OFFERED]
    return render_template(
        "office/surveys/new.html",
        form=form,
        kind=kind,
        kinds=[(words, url_for("office.new_survey", form=one.value), one is kind) for one, words in FORMS.items()],
        sources=_sources(kind, earlier),
        **_shared_by_pages(kind, rows, refusal),
    )


def _edit_page(survey: Survey, form: EditForm, rows: Rows, refusal: str = "") -> str:
    return render_template(
        "office/surveys/edit.html",
        survey=survey,
        form=form,
        kind=survey.form,
        **_shared_by_pages(survey.form, rows, refusal),
    )


def _shared_by_pages(kind: FormKind, rows: Rows, refusal: str) -> dict[str, Any]:
    return {
        "groups": _groups(kind, rows),
        "items": sum(bool(row.zh or row.en) for typed in rows.values() for row in typed),
        "most": MOST_QUESTIONS,
        "longest": LONGEST_ITEM,
        "refusal": refusal,
        "FormKind": FormKind,
        "FORMS": FORMS,
        "when": when_here(),
    }


def _groups(kind: FormKind, rows: Rows) -> list[Group]:
    """Every department that is open, and each one that is asked about."""
    known = [one for one in as_asked(departments(estate_id())) if one.closed_on is None or rows.get(one.id)]
    if kind is FormKind.SATISFACTION:
        return [Group(one, list(rows.get(one.id, ()))) for one in known]
    return [
        Group(one, [rows[one.id][0]] if rows.get(one.id) else [_on_the_whole(one)], asked=bool(rows.get(one.id)))
        for one in known
    ]


def _sources(kind: FormKind, earlier: Sequence[Survey]) -> list[tuple[Words | str, str, bool]]:
    """What the items can begin with: words, address, whether they do."""
    chosen = request.args.get("earlier", "")
    usual = (lazy_("The usual items"), url_for("office.new_survey", form=kind.value), not chosen)
    return [
        usual,
        *(
            (
                _("As in %(number)s", number=one.number),
                url_for("office.new_survey", form=kind.value, earlier=one.id),
                chosen == str(one.id),
            )
            for one in earlier
        ),
    ]


def _new_form(**facts: Any) -> NewForm:
    form = NewForm(**facts)
    this_year = when_here().today.year
    form.year.choices = [(year, str(year)) for year in (this_year, this_year + 1)]
    return form


def _kind_asked() -> FormKind:
    asked = request.values.get("form", "")
    return next((one for one in FormKind if one.value == asked), FormKind.SATISFACTION)


def _earlier_asked() -> Survey | None:
    """The survey to copy from, if one of this estate is named."""
    asked = request.args.get("earlier", None, type=uuid.UUID)
    return the_survey(estate_id(), asked) if asked else None


def _words_of(kind: FormKind, earlier: Survey | None, year: int) -> dict[str, str]:
    """The words that a new survey begins with; an earlier one's are of this year."""
    if earlier is None:
        title_zh, title_en = (title.format(year) for title in _TITLES[kind])
        said = (title_zh, title_en, *_PURPOSE, *_KEY_ITEMS)
        return dict(zip(_WORDS, said, strict=True))
    words = {name: getattr(earlier, name) for name in _WORDS}
    before = str(earlier.year)
    return words | {name: words[name].replace(before, str(year)) for name in ("title_zh", "title_en")}


# --- the rows ---


def _open_ones(rows: Rows) -> Rows:
    """Without what is about departments that have closed since."""
    known = {one.id for one in open_departments(estate_id())}
    return {id_: typed for id_, typed in rows.items() if id_ in known}


def _usual_rows(kind: FormKind) -> Rows:
    known = open_departments(estate_id())
    if kind is FormKind.OPINION:
        return {one.id: [_on_the_whole(one)] for one in known}
    return {one.id: [Row(usual.zh, usual.en) for usual in usual_items(one.code)] for one in known}


def _on_the_whole(department: Department) -> Row:
    return Row(*on_the_whole(department.name_zh, department.name_en))


def _rows_of(survey: Survey) -> Rows:
    rows: dict[uuid.UUID, list[Row]] = {}
    for question in survey.questions:
        rows.setdefault(question.department_id, []).append(Row(question.text_zh, question.text_en))
    return rows


def _typed_rows(kind: FormKind) -> dict[uuid.UUID, list[Row]]:
    """The rows as they were sent: `zh-<department>` and `en-<department>`, as often as there are rows."""
    rows: dict[uuid.UUID, list[Row]] = {}
    for department in departments(estate_id()):
        zh = request.form.getlist(f"zh-{department.id}")
        en = request.form.getlist(f"en-{department.id}")
        typed = [Row(*one) for one in zip(zh, en, strict=False)][: MOST_QUESTIONS + 1]
        if typed and (kind is FormKind.SATISFACTION or str(department.id) in request.form.getlist("ask")):
            rows[department.id] = typed
    return rows


def _arranged(rows: Mapping[uuid.UUID, list[Row]], act: str) -> Rows:
    """The rows after `add`, `up`, `down` or `out` of one: `up-3-<department>`; as they were for anything else."""
    what, _dash, rest = act.partition("-")
    place, _dash, department = rest.partition("-")
    changed = {id_: list(typed) for id_, typed in rows.items()}
    try:
        typed, n = changed.setdefault(uuid.UUID(department), []), int(place)
    except ValueError:
        return rows
    if what == "add" and len(typed) < MOST_QUESTIONS:
        typed.append(Row(focus=True))
    elif what == "out" and n < len(typed):
        del typed[n]
    elif what in ("up", "down") and n < len(typed):
        moved = typed.pop(n)
        typed.insert(max(n - 1, 0) if what == "up" else n + 1, Row(moved.zh, moved.en, focus=True))
    return changed


def _items(rows: Rows, kind: FormKind) -> list[Item]:
    """What is asked, in the order of the departments."""
    order = [one.id for one in departments(estate_id())]
    return [
        Item(id_, row.zh, row.en)
        for id_ in order
        for row in (rows.get(id_, ())[:1] if kind is FormKind.OPINION else rows.get(id_, ()))
    ]
