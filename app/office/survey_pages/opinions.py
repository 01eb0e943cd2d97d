"""What owners wrote on their sheets, gathered by department (R32), and what each opinion becomes."""

import uuid
from collections.abc import Iterable
from typing import Any

from flask import current_app, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import SelectField, StringField
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from app.core.clock import now
from app.core.db import db
from app.core.errors import Outdated, Refused
from app.core.i18n import _, current_locale, lazy_
from app.core.ids import new_id
from app.issues.models import Issue
from app.issues.queries import categories, the_issue
from app.issues.rules import Urgency
from app.office.act_form import NOT_CHOSEN, ActForm, TextLines, keeps_what_was_typed, refused_or
from app.office.bulk import MOST, Judged, event_of_form, say_what_was_done
from app.office.day_fields import DayField
from app.office.door import estate_id, me, office
from app.office.issue_pages.issues import category_choices
from app.office.listing import PAGE_ROWS, Chip, first_row, id_asked_for, listing
from app.office.moments import When
from app.office.survey_pages.follow_words import BECAME
from app.office.words import STATE_ICONS, TONES, URGENCIES, headline, state_words
from app.people.access import may
from app.people.queries import departments, open_departments
from app.people.rules import Act
from app.surveys.classifying import Matter, becomes_issue, first_answer_by, joins_issue, needs_no_action
from app.surveys.measure_rules import WITHOUT_ACTION, Became
from app.surveys.models import Survey
from app.surveys.opinions import (
    Opinion,
    could_join,
    counted,
    gathered,
    issue_numbered,
    left_to_classify,
    opinions_of,
    the_opinion,
    unclassified,
)
from app.surveys.queries import the_survey
from app.surveys.rules import Level
from app.surveys.words import LEVELS

_WAITING = "waiting"
Answer = Response | tuple[str, int]


class IssueForm(ActForm):
    """What the opinion becomes as an issue, and where it goes."""

    category = SelectField(lazy_("Category"), validators=[InputRequired(lazy_("Choose a category first."))])
    urgency = SelectField(lazy_("Urgency"), validators=[InputRequired()])
    department = SelectField(lazy_("Department"), validators=[InputRequired(lazy_("Choose a department first."))])
    promised_on = DayField(lazy_("First answer to the owner by"), validators=[Optional()])


class JoinForm(ActForm):
    """Which issue it is about that stands already: chosen from those at hand, or by its number."""

    into = SelectField(lazy_("Same matter as"), validators=[Optional()])
    number = StringField(lazy_("Or its number"), validators=[Optional(), Length(max=20)])
    note = TextLines(lazy_("Why"), validators=[InputRequired(), Length(max=2000)])

    def validate_number(self, field: StringField) -> None:
        """One of the two says which."""
        if (field.data or "").strip() and issue_numbered(estate_id(), str(field.data)) is None:
            raise ValidationError(str(_("There is no issue with this number.")))

    def chosen(self) -> Issue:
        """The issue that is meant; a number that was typed says it. Raises Refused for none."""
        typed = issue_numbered(estate_id(), self.number.data or "")
        if typed is None and not self.into.data:
            raise Refused("issue:unknown", _("Choose the issue first."))
        return typed or the_issue(estate_id(), uuid.UUID(self.into.data))


@office.get("/surveys/<uuid:survey_id>/opinions")
@may(Act.SEE_SURVEYS)
def survey_opinions(survey_id: uuid.UUID) -> str:
    """Counts by department, then the opinions, those that nobody has classified first."""
    survey = the_survey(estate_id(), survey_id)
    every = opinions_of(survey.id)
    names = {one.id: one.name(current_locale()) for one in departments(estate_id())}
    department_id, show = id_asked_for("department"), request.args.get("show", "")
    of_department = [one for one in every if department_id in (None, one.department_id)]
    shown = sorted((one for one in of_department if _is_shown(one, show)), key=lambda one: _in_order(one, names))
    start = first_row()
    return render_template(
        "office/surveys/opinions.html",
        survey=survey,
        found=listing((shown[start : start + PAGE_ROWS], len(shown)), "show", "department"),
        rows=gathered(every),
        all_of_it=counted(every),
        chips=_chips(of_department, show, survey),
        names=names,
        department_id=department_id,
        show=show,
        filters=_filters(),
        event=new_id(),
        **_words(),
    )


@office.post("/surveys/<uuid:survey_id>/opinions")
@may(Act.CLASSIFY_OPINIONS)
def classify_opinions(survey_id: uuid.UUID) -> Response:
    """The chosen ones are praise, or need no action; each that somebody else has classified meanwhile is named."""
    survey = the_survey(estate_id(), survey_id)
    became, chosen, form_event, judged = _became_chosen(), _opinions_chosen(survey), event_of_form(), Judged()

    for opinion in chosen:
        event_id = uuid.uuid5(form_event, f"{opinion.key} {became.value}")
        try:
            needs_no_action(opinion.sheet, opinion.department_id, became, event_id=event_id, by=me().by, at=now())
            judged.done += 1
        except Outdated as outdated:
            judged.refuse(str(outdated.message), opinion.sheet.number)
    db.session.commit()

    say_what_was_done(judged, _("%(what)s: %(n)s", what=BECAME[became], n=judged.done))
    return redirect(url_for("office.survey_opinions", survey_id=survey.id, **_filters()))


@office.get("/surveys/<uuid:survey_id>/opinions/<uuid:written_id>/<uuid:department_id>")
@may(Act.SEE_SURVEYS)
def survey_opinion(survey_id: uuid.UUID, written_id: uuid.UUID, department_id: uuid.UUID) -> str:
    """One opinion in full, and what it becomes."""
    the_survey(estate_id(), survey_id)
    return _page(the_opinion(survey_id, written_id, department_id))


@office.post("/surveys/<uuid:survey_id>/opinions/<uuid:written_id>/<uuid:department_id>/issue")
@may(Act.CLASSIFY_OPINIONS)
def opinion_as_issue(survey_id: uuid.UUID, written_id: uuid.UUID, department_id: uuid.UUID) -> Answer:
    """It becomes an issue of its household, and goes to a department."""
    opinion = _opinion_here(survey_id, written_id, department_id)
    form = _issue_form(opinion)
    if not form.validate_on_submit():
        return _page(opinion, form), 422

    category = next(known for known in categories(estate_id()) if str(known.id) == form.category.data)
    urgency, to = Urgency(form.urgency.data), uuid.UUID(form.department.data)
    matter = Matter(category, urgency, to, form.promised_on.data)
    becomes_issue(opinion.sheet, department_id, matter, event_id=form.event_id, by=me().by, at=now())
    db.session.commit()

    return _go_on(opinion, _("It is an issue now, routed to its department."))


@office.post("/surveys/<uuid:survey_id>/opinions/<uuid:written_id>/<uuid:department_id>/join")
@may(Act.CLASSIFY_OPINIONS)
def opinion_joins_issue(survey_id: uuid.UUID, written_id: uuid.UUID, department_id: uuid.UUID) -> Answer:
    """It is about an issue that stands already: each owner is called back on and answers alone."""
    opinion = _opinion_here(survey_id, written_id, department_id)
    form = _join_form(opinion)
    if not form.validate_on_submit():
        return _page(opinion, form), 422

    into, note = form.chosen(), str(form.note.data)
    joins_issue(opinion.sheet, department_id, into, note, event_id=form.event_id, by=me().by, at=now())
    db.session.commit()

    return _go_on(opinion, _("It waits for the same work as %(number)s; its owner is asked alone.", number=into.number))


@office.post("/surveys/<uuid:survey_id>/opinions/<uuid:written_id>/<uuid:department_id>/counted")
@may(Act.CLASSIFY_OPINIONS)
def opinion_counted(survey_id: uuid.UUID, written_id: uuid.UUID, department_id: uuid.UUID) -> Response:
    """It is praise, or needs no action: one button each."""
    opinion, became = _opinion_here(survey_id, written_id, department_id), _became_chosen()

    event_id = uuid.uuid5(event_of_form(), became.value)
    needs_no_action(opinion.sheet, department_id, became, event_id=event_id, by=me().by, at=now())
    db.session.commit()

    return _go_on(opinion, _("%(what)s: %(n)s", what=BECAME[became], n=1))


@keeps_what_was_typed("written_id")
def _page_again(written_id: uuid.UUID, refused: ActForm) -> str:
    """As it stands now, after somebody else was faster, or with what was not accepted."""
    named = request.view_args or {}
    return _page(the_opinion(named["survey_id"], written_id, named["department_id"]), refused)


def _page(opinion: Opinion, refused: ActForm | None = None) -> str:
    survey, department = opinion.sheet.survey, _name_of(opinion.department_id)
    may_classify = opinion.classified is None and me().may(Act.CLASSIFY_OPINIONS)
    forms = {"issue": _issue_form(opinion), "join": _join_form(opinion)} if may_classify else {}
    return render_template(
        "office/surveys/opinion.html",
        survey=survey,
        opinion=opinion,
        department=department,
        levels=_levels(opinion, survey),
        forms={name: refused_or(form, refused) for name, form in forms.items()},
        refused=refused,
        event=new_id(),
        left=unclassified(survey.id),
        sees_sheets="office.survey_sheet" in current_app.view_functions,
        **_words(),
    )


def _go_on(done: Opinion, said: str) -> Response:
    """To the next one that nobody has classified, of the same department first; to the list when there is none."""
    flash(said, "good")
    survey_id = done.sheet.survey_id
    left = left_to_classify(survey_id)
    left.sort(key=lambda one: one[1] != done.department_id)
    if not left:
        return redirect(url_for("office.survey_opinions", survey_id=survey_id))
    sheet_id, department_id = left[0]
    ids: dict[str, Any] = {"survey_id": survey_id, "written_id": sheet_id, "department_id": department_id}
    return redirect(url_for("office.survey_opinion", **ids))


def _address(opinion: Opinion) -> str:
    sheet = opinion.sheet
    ids: dict[str, Any] = {"survey_id": sheet.survey_id, "written_id": sheet.id}
    return url_for("office.survey_opinion", department_id=opinion.department_id, **ids)


def _opinion_here(survey_id: uuid.UUID, sheet_id: uuid.UUID, department_id: uuid.UUID) -> Opinion:
    the_survey(estate_id(), survey_id)
    return the_opinion(survey_id, sheet_id, department_id)


def _is_shown(opinion: Opinion, show: str) -> bool:
    if show == _WAITING:
        return opinion.classified is None
    return not show or (opinion.classified is not None and opinion.classified.became.value == show)


def _in_order(opinion: Opinion, names: dict[uuid.UUID, str]) -> tuple[bool, str, str]:
    return opinion.classified is not None, names.get(opinion.department_id, ""), opinion.sheet.number


def _chips(opinions: Iterable[Opinion], show: str, survey: Survey) -> list[Chip]:
    """What is to be classified, then each thing that opinions became."""
    those = list(opinions)
    kinds = [(_WAITING, lazy_("To classify")), *((one.value, words) for one, words in BECAME.items())]
    department = request.args.get("department") or None

    def chip(value: str, words: object) -> Chip:
        number = sum(_is_shown(one, value) for one in those)
        address = url_for("office.survey_opinions", survey_id=survey.id, show=value or None, department=department)
        return Chip(words, number, address, show == value)

    return [chip("", lazy_("All")), *(chip(value, words) for value, words in kinds)]


def _levels(opinion: Opinion, survey: Survey) -> list[tuple[str, object]]:
    """What the same household ticked about the department."""
    of_it = [one for one in survey.questions if one.department_id == opinion.department_id]
    ticked = ((one.text(current_locale()), opinion.sheet.levels.get(str(one.id))) for one in of_it)
    return [(text, LEVELS[Level(level)]) for text, level in ticked if level]


def _issue_form(opinion: Opinion) -> IssueForm:
    here, departments_here = me().estate, _to_route_to()
    preset = str(opinion.department_id) if str(opinion.department_id) in dict(departments_here) else ""
    form = IssueForm(
        urgency=Urgency.ORDINARY.value, department=preset, promised_on=first_answer_by(here, now()), prefix="issue-"
    )
    form.category.choices = {"": dict([NOT_CHOSEN]), **category_choices()}
    form.urgency.choices = [(urgency.value, str(words)) for urgency, words in URGENCIES.items()]
    form.department.choices = departments_here if preset else [NOT_CHOSEN, *departments_here]
    return form


def _join_form(opinion: Opinion) -> JoinForm:
    form = JoinForm(note=_("Said in the survey, too."), prefix="join-")
    form.into.choices = [
        NOT_CHOSEN,
        *(
            (str(one.id), f"{one.number} · {one.where_short(current_locale())} · {headline(one.text)}")
            for one in could_join(opinion)
        ),
    ]
    return form


def _to_route_to() -> list[tuple[str, str]]:
    return [(str(known.id), known.name(current_locale())) for known in open_departments(estate_id())]


def _name_of(department_id: uuid.UUID) -> str:
    return next((one.name(current_locale()) for one in departments(estate_id()) if one.id == department_id), "–")


def _filters() -> dict[str, Any]:
    """What the list was asked for, to come back to it."""
    return {name: request.args[name] for name in ("show", "department", "page") if request.args.get(name)}


def _became_chosen() -> Became:
    became = next((one for one in WITHOUT_ACTION if one.value == request.form.get("became")), None)
    if became is None:
        raise Refused("opinion:unknown", _("Say what the opinion is."))
    return became


def _opinions_chosen(survey: Survey) -> list[Opinion]:
    """What was chosen on the page. Raises Refused for nothing, and for too much."""
    try:
        keys = [tuple(map(uuid.UUID, one.split("/"))) for one in request.form.getlist("opinion")]
        chosen = [(sheet_id, department_id) for sheet_id, department_id in dict.fromkeys(keys)]
    except ValueError as error:
        raise Refused("bulk:unreadable", _("Choose from the list first.")) from error
    if not chosen:
        raise Refused("bulk:nothing", _("Choose from the list first."))
    if len(chosen) > MOST:
        raise Refused("bulk:too_many", _("At most %(n)s at once.", n=MOST))
    return [the_opinion(survey.id, sheet_id, department_id) for sheet_id, department_id in chosen]


def _words() -> dict[str, object]:
    return {
        "when": When(me().estate.time_zone, now()),
        "BECAME": BECAME,
        "Became": Became,
        "TONES": TONES,
        "STATE_ICONS": STATE_ICONS,
        "state_words": state_words,
        "headline": headline,
        "address_of": _address,
    }
