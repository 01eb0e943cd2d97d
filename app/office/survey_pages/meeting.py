"""The special meeting on a survey (R33): called by the executive, its summary read, its minutes written."""

import uuid
from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any, cast
from zoneinfo import ZoneInfo

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response
from wtforms import (
    FieldList,
    Form,
    FormField,
    HiddenField,
    SelectField,
    SelectMultipleField,
    StringField,
    TimeField,
)
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from app.core import waits
from app.core.clock import now
from app.core.db import db
from app.core.errors import NotFound
from app.core.i18n import _, current_locale, lazy_
from app.office.act_form import NOT_CHOSEN, ActForm, TextLines, id_in, keeps_what_was_typed, refused_or
from app.office.day_fields import DayField
from app.office.door import estate_id, me, office
from app.office.moments import When
from app.office.survey_pages.follow_words import BECAME, MEASURE_TONES, MEASURES, called_words
from app.office.words import STATE_ICONS, TONES, state_words, title_of
from app.people.access import may
from app.people.models import Department
from app.people.queries import ever_in, names, open_departments, staff_in
from app.people.rules import Act, Role
from app.surveys.measure_rules import MINUTES, MOST_PROBLEMS, Became, MeasureState, MeetingState
from app.surveys.measures import SurveyCall, SurveyMeeting, measures_on, meeting_on, the_call, the_meeting
from app.surveys.meeting import (
    Called,
    Minutes,
    Problem,
    call_meeting,
    put_off,
    record_meeting,
    will_come,
)
from app.surveys.models import Survey
from app.surveys.opinions import counted_in_all
from app.surveys.queries import the_survey
from app.surveys.rules import HANDED_UP, Level
from app.surveys.summary import concerned, departments_called, summaries
from app.surveys.words import LEVELS

Answer = Response | tuple[str, int]
_LEADERS = (Role.EXECUTIVE, Role.PROPERTY_MANAGER, Role.MANAGER, Role.SUPERVISOR)


class WhenForm(ActForm):
    """When and where a meeting is."""

    on = DayField(lazy_("Day"), validators=[InputRequired()])
    at = TimeField(lazy_("Time"), validators=[InputRequired()])
    place = StringField(lazy_("Place"), validators=[InputRequired(), Length(max=120)])


class CallForm(WhenForm):
    """Whom it calls, and what is said with it."""

    departments = SelectMultipleField(lazy_("Departments concerned"), validators=[InputRequired()])
    note = TextLines(lazy_("What is to be prepared"), validators=[Optional(), Length(max=2000)])


class ProblemsForm(Form):
    """What was found about one department: a problem a line, and the first plan for them.

    `answers`: who settles it, where the department has closed since it was called.
    """

    department = HiddenField()
    answers = SelectField(lazy_("Who answers now"), validators=[Optional()], validate_choice=False)
    problems = TextLines(lazy_("Problems, one a line"), validators=[Optional(), Length(max=4000)])
    plan = TextLines(lazy_("First rectification plan"), validators=[Optional(), Length(max=2000)])

    def validate_problems(self, field: TextLines) -> None:
        """So many that somebody settles each of them."""
        if len(_lines(field.data)) > MOST_PROBLEMS:
            raise ValidationError(str(_("At most %(n)s lines.", n=MOST_PROBLEMS)))


class MinutesForm(ActForm):
    """Who was there, what was discussed, and what departments have to settle."""

    held_on = DayField(lazy_("Held on"), validators=[InputRequired()])
    chair = SelectField(lazy_("Chair"), validators=[InputRequired()])
    present = SelectMultipleField(lazy_("Present"), validators=[InputRequired()])
    others = StringField(lazy_("Others present"), validators=[Optional(), Length(max=500)])
    minutes = TextLines(lazy_("What was discussed"), validators=[InputRequired(), Length(max=8000)])
    of_departments = FieldList(FormField(ProblemsForm))


@office.get("/surveys/<uuid:survey_id>/meeting")
@may(Act.SEE_MEETING)
def survey_meeting(survey_id: uuid.UUID) -> str:
    """Whose turn it is, who is called, what was discussed, and the measures that follow."""
    return _page(*survey_in_scope(survey_id))


@office.get("/surveys/<uuid:survey_id>/summary")
@may(Act.SEE_MEETING)
def survey_summary(survey_id: uuid.UUID) -> str:
    """What owners say of each department, without names and homes; a department sees its own."""
    survey, only_of = survey_in_scope(survey_id)
    meeting = meeting_on(survey.id)
    return render_template(
        "office/surveys/summary.html",
        survey=survey,
        summaries=summaries(survey, only_of),
        meeting=meeting,
        to_read=_to_read(meeting),
        when=_when(),
        BECAME=BECAME,
        Became=Became,
        LEVELS=LEVELS,
        Level=Level,
        TONES=TONES,
        STATE_ICONS=STATE_ICONS,
        state_words=state_words,
    )


@office.post("/surveys/<uuid:called_id>/meeting")
@may(Act.CALL_MEETING)
def call_survey_meeting(called_id: uuid.UUID) -> Answer:
    """The executive calls the managers of the departments concerned."""
    survey = the_survey(estate_id(), called_id)
    form = _call_form(survey)
    if not form.validate_on_submit():
        return _page(survey, None, form), 422

    chosen = set(form.departments.data or [])
    departments = [one for one in _could_be_called(concerned(survey)) if str(one.id) in chosen]
    called = Called(_moment(form), str(form.place.data), str(form.note.data or ""), departments)
    call_meeting(survey, called, event_id=form.event_id, by=me().by, at=now())
    db.session.commit()

    return _done(survey.id, _("The meeting is called. Whoever is called finds it in their inbox."))


@office.post("/surveys/meetings/<uuid:meeting_id>/another-time")
@may(Act.CALL_MEETING)
def put_off_meeting(meeting_id: uuid.UUID) -> Answer:
    """Another time, or elsewhere."""
    meeting = the_meeting(estate_id(), meeting_id)
    form = _when_form(meeting)
    if not form.validate_on_submit():
        return _page(meeting.survey, None, form), 422

    put_off(meeting, _moment(form), str(form.place.data), event_id=form.event_id, by=me().by, at=now())
    db.session.commit()

    return _done(meeting.survey_id, _("Another time is set. Whoever is called is told again."))


@office.post("/surveys/meetings/<uuid:meeting_id>/minutes")
@may(Act.WRITE_MINUTES)
def write_minutes(meeting_id: uuid.UUID) -> Answer:
    """The minutes; each problem is now its department's to settle."""
    meeting = the_meeting(estate_id(), meeting_id)
    form = _minutes_form(meeting)
    if not form.validate_on_submit():
        return _page(meeting.survey, None, form), 422

    record_meeting(meeting, _minutes_in(form), event_id=form.event_id, by=me().by, at=now())
    db.session.commit()

    return _done(meeting.survey_id, _("The minutes are written. Each department now settles its measures."))


@office.post("/surveys/calls/<uuid:call_id>/read")
@may(Act.SEE_MEETING)
def come_to_meeting(call_id: uuid.UUID) -> Response:
    """Whoever is called has read the summary and comes."""
    call = _call_of_mine(call_id)

    will_come(call, by=me().by, at=now())
    db.session.commit()

    return _done(call.meeting.survey_id, _("Noted: you have read the summary and come."))


@office.get("/surveys/meetings/<uuid:meeting_id>")
@may(Act.SEE_MEETING)
def meeting_of_survey(meeting_id: uuid.UUID) -> Response:
    """Where a notice about a meeting leads."""
    survey, _only_of = survey_in_scope(the_meeting(estate_id(), meeting_id).survey_id)
    return redirect(url_for("office.survey_meeting", survey_id=survey.id))


@office.get("/surveys/calls/<uuid:call_id>")
@may(Act.SEE_MEETING)
def call_of_survey(call_id: uuid.UUID) -> Response:
    """Where a notice leads to whoever is called."""
    survey, _only_of = survey_in_scope(the_call(estate_id(), call_id).meeting.survey_id)
    return redirect(url_for("office.survey_meeting", survey_id=survey.id))


@keeps_what_was_typed("called_id")
def _called_again(called_id: uuid.UUID, refused: ActForm) -> str:
    return _page(the_survey(estate_id(), called_id), None, refused)


@keeps_what_was_typed("meeting_id")
def _page_again(meeting_id: uuid.UUID, refused: ActForm) -> str:
    return _page(the_meeting(estate_id(), meeting_id).survey, None, refused)


def survey_in_scope(survey_id: uuid.UUID) -> tuple[Survey, frozenset[uuid.UUID] | None]:
    """A survey, and the departments that whoever is at the desk sees of what follows of it; nothing: all of them.

    Raises NotFound for a department that is not concerned.
    """
    survey = the_survey(estate_id(), survey_id)
    if me().may(Act.SEE_STATISTICS):
        return survey, None
    own = frozenset(departments_called(survey.id)) & me().departments
    if not own:
        raise NotFound("survey:unknown", _("This survey is not known in this estate."))
    return survey, own


def _page(survey: Survey, only_of: Iterable[uuid.UUID] | None, refused: ActForm | None = None) -> str:
    meeting, when = meeting_on(survey.id), _when()
    wait = next((one for one in waits.on(meeting.id) if one.what == MINUTES), None) if meeting else None
    measures = [one for one in measures_on(survey.id) if only_of is None or one.department_id in only_of]
    return render_template(
        "office/surveys/meeting.html",
        survey=survey,
        meeting=meeting,
        is_called=meeting is not None and meeting.state is MeetingState.CALLED,
        ready=survey.state in HANDED_UP,
        wait=wait,
        forms={name: refused_or(form, refused) for name, form in _forms(survey, meeting).items()},
        refused=refused,
        calls=_calls(meeting),
        to_read=_to_read(meeting),
        present=_present(meeting),
        measures=measures,
        due=waits.first_on(measure.id for measure in measures),
        sees_all=only_of is None,
        all_of_it=counted_in_all(survey.id) if only_of is None else None,
        department_names={str(one.id): one.name(current_locale()) for one in _called(meeting)},
        closed={str(one.id) for one in _called(meeting) if one.closed_on is not None},
        titles={role.value: title_of(role, me().estate) for role in _LEADERS},
        when=when,
        MEASURES=MEASURES,
        MEASURE_TONES=MEASURE_TONES,
        MeasureState=MeasureState,
    )


def _forms(survey: Survey, meeting: SurveyMeeting | None) -> dict[str, ActForm]:
    """What is open to whoever looks: to call it, to set another time, to write the minutes."""
    here = me()
    if meeting is None:
        return {"call": _call_form(survey)} if here.may(Act.CALL_MEETING) and survey.state in HANDED_UP else {}
    if meeting.state is not MeetingState.CALLED:
        return {}
    forms: dict[str, ActForm] = {}
    if here.may(Act.WRITE_MINUTES) and meeting.meets_at <= now():
        forms["minutes"] = _minutes_form(meeting)
    if here.may(Act.CALL_MEETING):
        forms["another-time"] = _when_form(meeting)
    return forms


def _call_form(survey: Survey) -> CallForm:
    known = concerned(survey)
    ticked = [str(one.id) for one in known if one.closed_on is None]
    form = CallForm(prefix="call-", departments=ticked, at=time(14))
    form.departments.choices = [(str(one.id), one.name(current_locale())) for one in _could_be_called(known)]
    return form


def _could_be_called(known: list[Department]) -> list[Department]:
    """Those concerned; where one has closed meanwhile, all that are open: its work is with one of these."""
    return open_departments(estate_id()) if any(one.closed_on for one in known) else known


def _called(meeting: SurveyMeeting | None) -> list[Department]:
    return [call.department for call in meeting.calls if call.department] if meeting else []


def _when_form(meeting: SurveyMeeting) -> WhenForm:
    local = _when().local(meeting.meets_at)
    return WhenForm(prefix="when-", on=local.date(), at=local.time(), place=meeting.place)


def _minutes_form(meeting: SurveyMeeting) -> MinutesForm:
    called = _called(meeting)
    heads = {held.id for held in _heads(called)}
    leaders = staff_in(estate_id(), _LEADERS, _when().today)
    form = MinutesForm(
        prefix="minutes-",
        held_on=_when().local(meeting.meets_at).date(),
        chair=str(meeting.called_by_id),
        present=[str(meeting.called_by_id), *map(str, heads)],
        of_departments=[{"department": str(one.id)} for one in called],
    )
    people = {one.id: one.name for one in [*leaders, *_heads(called)]}
    choices = [NOT_CHOSEN, *((str(one.id), one.name(current_locale())) for one in open_departments(estate_id()))]
    for one in form.of_departments:
        one.form.answers.choices = choices
        one.form.answers.flags.required = True  # where it is asked: its department has closed
        one.form.problems.flags.required = len(called) == 1
    form.chair.choices = [(str(one.id), one.name) for one in leaders]
    form.present.choices = [(str(id_), name) for id_, name in people.items()]
    return form


def _heads(called: Iterable[Department]) -> list[Any]:
    """The managers of these departments."""
    wanted, today = {one.id for one in called}, _when().today
    return [
        one
        for one in ever_in(estate_id())
        if one.left_at is None
        and any(
            held.role is Role.DEPARTMENT_MANAGER and held.department_id in wanted and held.valid_on(today)
            for held in one.roles
        )
    ]


def _minutes_in(form: MinutesForm) -> Minutes:
    problems = [
        Problem(id_in(one["answers"] or one["department"]), line, str(one["plan"] or ""))
        for one in form.of_departments.data
        for line in _lines(one["problems"])
    ]
    return Minutes(
        held_on=cast(date, form.held_on.data),
        chair_id=uuid.UUID(form.chair.data),
        present=[uuid.UUID(one) for one in form.present.data or []],
        others=str(form.others.data or ""),
        words=str(form.minutes.data),
        problems=problems,
    )


def _lines(words: str | None) -> list[str]:
    return [line.strip() for line in (words or "").splitlines() if line.strip()]


def _call_of_mine(call_id: uuid.UUID) -> SurveyCall:
    """A call to whoever is at the desk. Raises NotFound."""
    call = the_call(estate_id(), call_id)
    if not _is_mine(call):
        raise NotFound("call:unknown", _("This call is not to you."))
    return call


def _is_mine(call: SurveyCall) -> bool:
    if call.department_id is None:
        return Role.PROPERTY_MANAGER in me().roles
    return Role.DEPARTMENT_MANAGER in me().roles_about(call.department_id)


def _to_read(meeting: SurveyMeeting | None) -> list[SurveyCall]:
    """The calls to whoever is at the desk that they have not answered, while the meeting lies ahead."""
    if meeting is None or meeting.state is not MeetingState.CALLED:
        return []
    return [call for call in meeting.calls if _is_mine(call) and call.read_at is None]


def _calls(meeting: SurveyMeeting | None) -> list[tuple[SurveyCall, str]]:
    """Whom a meeting calls, in words: everybody who comes knows who else does."""
    property_manager = title_of(Role.PROPERTY_MANAGER, me().estate)
    return [(call, called_words(call, property_manager)) for call in meeting.calls] if meeting else []


def _present(meeting: SurveyMeeting | None) -> list[str]:
    if meeting is None:
        return []
    known = names(uuid.UUID(one) for one in meeting.present)
    return [known[uuid.UUID(one)] for one in meeting.present if uuid.UUID(one) in known]


def _moment(form: WhenForm) -> datetime:
    return datetime.combine(cast(date, form.on.data), cast(time, form.at.data), ZoneInfo(me().estate.time_zone))


def _done(survey_id: uuid.UUID, said: str) -> Response:
    flash(said, "good")
    return redirect(url_for("office.survey_meeting", survey_id=survey_id))


def _when() -> When:
    return When(me().estate.time_zone, now())
