"""One measure that follows of a survey (R34, R35): settled, reported, read, collected; issues and their callbacks."""

import uuid
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any, cast

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response
from wtforms import SelectField
from wtforms.validators import InputRequired, Length, Optional

from app.agenda.queries import due_about
from app.agenda.rules import CALLBACKS
from app.core import journal, waits
from app.core.clock import now
from app.core.db import db
from app.core.errors import NotFound, Words
from app.core.i18n import _, current_locale, lazy_
from app.estates.rules import limits
from app.issues.rules import ENDED, State
from app.office.act_form import ActForm, TextLines, keeps_what_was_typed, refused_or
from app.office.day_fields import DayField
from app.office.door import estate_id, me, must_be_theirs, office
from app.office.first_page.elsewhere import holders_of
from app.office.moments import When
from app.office.survey_pages.follow_words import MEASURE_TONES, MEASURES, history_of_measure
from app.office.words import STATE_ICONS, TONES, headline, state_words, title_of
from app.people.access import may
from app.people.models import Staff
from app.people.queries import people_of
from app.people.rules import Act, Role
from app.surveys.measure_rules import CARRIED_OUT, READ, MeasureMove, MeasureState, measure_moves_open_to
from app.surveys.measures import SurveyMeasure, the_measure
from app.surveys.measuring import ask_again, collect_report, drop, read_report, report, settle
from app.surveys.opinions import issues_of

Answer = Response | tuple[str, int]


class SettleForm(ActForm):
    """What is done, by whom, until when; and when the department held its own meeting (R34)."""

    measure = TextLines(lazy_("Measure"), validators=[InputRequired(), Length(max=2000)])
    responsible = SelectField(lazy_("Responsible person"), validators=[InputRequired()])
    due_on = DayField(lazy_("To be done by"), validators=[InputRequired()])
    met_on = DayField(lazy_("The department's own meeting was on"), validators=[Optional()])


class ReportForm(ActForm):
    """What was done."""

    done = TextLines(lazy_("What was carried out"), validators=[InputRequired(), Length(max=4000)])


class CollectForm(ActForm):
    """The report is collected: nothing else is said with it."""


class AgainForm(ActForm):
    """What is still missing."""

    reason = TextLines(lazy_("What is still missing"), validators=[InputRequired(), Length(max=2000)])


class DropForm(ActForm):
    """Why it is not pursued."""

    reason = TextLines(lazy_("Why"), validators=[InputRequired(), Length(max=2000)])


@office.get("/surveys/measures/<uuid:measure_id>")
@may(Act.SEE_MEETING)
def survey_measure(measure_id: uuid.UUID) -> str:
    """Whose turn it is, what was settled and reported, and the survey's issues with the department."""
    return _page(_in_scope(measure_id))


@office.post("/surveys/measures/<uuid:measure_id>/settle")
@may(Act.ANSWER_MEASURE)
def settle_measure(measure_id: uuid.UUID) -> Answer:
    """The department settles measure, person and date."""
    measure = _in_scope(measure_id)
    form = _settle_form(measure)
    if not form.validate_on_submit():
        return _page(measure, form), 422

    person, due_on = db.session.get_one(Staff, uuid.UUID(form.responsible.data)), cast(date, form.due_on.data)
    words, event_id = str(form.measure.data), form.event_id
    settle(measure, words, person, due_on, met_on=form.met_on.data, event_id=event_id, by=me().by, at=now())
    db.session.commit()

    return _done(measure, _("Settled: %(name)s, by %(day)s.", name=person.name, day=_when().on(due_on)))


@office.post("/surveys/measures/<uuid:measure_id>/report")
@may(Act.ANSWER_MEASURE)
def report_measure(measure_id: uuid.UUID) -> Answer:
    """The department reports that it is carried out."""

    def act(measure: SurveyMeasure, form: ReportForm) -> str:
        report(measure, str(form.done.data), event_id=form.event_id, by=me().by, at=now())
        return str(_("Reported. %(title)s reads it, customer service arranges the callbacks.", title=_executive()))

    return _do(measure_id, ReportForm(), act)


@office.post("/surveys/measures/<uuid:measure_id>/collect")
@may(Act.COLLECT_MEASURE)
def collect_measure(measure_id: uuid.UUID) -> Answer:
    """Customer service has it, and the callbacks are arranged."""

    def act(measure: SurveyMeasure, form: CollectForm) -> str:
        collect_report(measure, event_id=form.event_id, by=me().by, at=now())
        return str(_("Collected. Each issue is closed by its owner alone."))

    return _do(measure_id, CollectForm(), act)


@office.post("/surveys/measures/<uuid:measure_id>/read")
@may(Act.READ_MEASURE)
def read_measure(measure_id: uuid.UUID) -> Response:
    """The executive has read the report."""
    measure = _in_scope(measure_id)

    read_report(measure, by=me().by, at=now())
    db.session.commit()

    return _done(measure, _("Noted: you have read it."))


@office.post("/surveys/measures/<uuid:measure_id>/again")
@may(Act.READ_MEASURE)
def ask_measure_again(measure_id: uuid.UUID) -> Answer:
    """The executive wants more: the department settles it anew."""

    def act(measure: SurveyMeasure, form: AgainForm) -> str:
        ask_again(measure, str(form.reason.data), event_id=form.event_id, by=me().by, at=now())
        return str(_("It is back with the department, round %(n)s.", n=measure.round))

    return _do(measure_id, AgainForm(), act)


@office.post("/surveys/measures/<uuid:measure_id>/drop")
@may(Act.READ_MEASURE)
def drop_measure(measure_id: uuid.UUID) -> Answer:
    """It is not pursued, with the reason."""

    def act(measure: SurveyMeasure, form: DropForm) -> str:
        drop(measure, str(form.reason.data), event_id=form.event_id, by=me().by, at=now())
        return str(_("It is not pursued, and not counted as carried out."))

    return _do(measure_id, DropForm(), act)


@keeps_what_was_typed("measure_id")
def _page_again(measure_id: uuid.UUID, refused: ActForm) -> str:
    """As it stands now, after somebody else was faster, or with what was not accepted."""
    return _page(_in_scope(measure_id), refused)


def _do(measure_id: uuid.UUID, form: Any, act: Callable[[SurveyMeasure, Any], str]) -> Answer:
    """Read, act, commit, answer."""
    measure = _in_scope(measure_id)
    if not form.validate_on_submit():
        return _page(measure, form), 422

    said = act(measure, form)
    db.session.commit()

    return _done(measure, said)


def _in_scope(measure_id: uuid.UUID) -> SurveyMeasure:
    """A measure that whoever is at the desk may see: a department sees its own. Raises NotFound, NotAllowed."""
    measure = the_measure(estate_id(), measure_id)
    if not me().may(Act.SEE_STATISTICS) and measure.department_id not in me().departments:
        raise NotFound("measure:unknown", _("This measure is not known in this estate."))
    must_be_theirs(measure.department_id)
    return measure


def _page(measure: SurveyMeasure, refused: ActForm | None = None) -> str:
    when, waiting = _when(), waits.on(measure.id)
    moves = measure_moves_open_to(me().roles_about(measure.department_id), measure.state)
    issues = issues_of(measure.survey_id, measure.department_id)
    callbacks = {one.id: due_about(one.id, *CALLBACKS) for one in issues if one.state is State.RECTIFIED}
    return render_template(
        "office/surveys/measure.html",
        measure=measure,
        survey=measure.survey,
        department=measure.department.name(current_locale()),
        waiting=waiting,
        holders=holders_of(waiting),
        forms={name: refused_or(form, refused) for name, form in _forms(measure, moves).items()},
        refused=refused,
        may_read=any(wait.what == READ for wait in waiting) and me().may(Act.READ_MEASURE),
        issues=issues,
        callbacks={id_: tasks[0] for id_, tasks in callbacks.items() if tasks},
        still_with_department=sum(one.state not in ENDED and one.state is not State.RECTIFIED for one in issues),
        history=history_of_measure(journal.history(measure.id), when),
        executive=_executive(),
        carried_out=measure.state in CARRIED_OUT,
        when=when,
        MEASURES=MEASURES,
        MEASURE_TONES=MEASURE_TONES,
        MeasureState=MeasureState,
        TONES=TONES,
        STATE_ICONS=STATE_ICONS,
        state_words=state_words,
        headline=headline,
    )


def _forms(measure: SurveyMeasure, moves: list[MeasureMove]) -> dict[str, ActForm]:
    """A form for each move that is open to whoever looks, by its name in the address."""
    makers: dict[MeasureMove, tuple[str, Callable[[], ActForm]]] = {
        MeasureMove.SETTLE: ("settle", lambda: _settle_form(measure)),
        MeasureMove.REPORT: ("report", ReportForm),
        MeasureMove.COLLECT: ("collect", CollectForm),
        MeasureMove.ASK_AGAIN: ("again", AgainForm),
        MeasureMove.DROP: ("drop", DropForm),
    }
    return {makers[move][0]: makers[move][1]() for move in moves}


def _settle_form(measure: SurveyMeasure) -> SettleForm:
    """With the first plan, whoever is at the desk, and the days of an ordinary matter."""
    today = _when().today
    days = limits(me().estate.settings).rectify_days_ordinary
    form = SettleForm(
        measure=measure.measure or measure.first_plan, responsible=str(me().id), due_on=today + timedelta(days=days)
    )
    form.responsible.choices = [(str(one.id), one.name) for one in people_of(measure.department_id, today)]
    return form


def _done(measure: SurveyMeasure, said: str) -> Response:
    flash(said, "good")
    return redirect(url_for("office.survey_measure", measure_id=measure.id))


def _when() -> When:
    return When(me().estate.time_zone, now())


def _executive() -> Words:
    """What whoever reads the reports is called here."""
    return title_of(Role.EXECUTIVE, me().estate)
