"""Surveys, and one of them: how far it is, who has how many left, and what is done with it."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import HiddenField, SelectField
from wtforms.validators import UUID, InputRequired, Length, Regexp

from app.core import journal
from app.core.clock import now
from app.core.db import db
from app.core.errors import Outdated, Refused
from app.core.i18n import _, in_a_row, lazy_
from app.core.ids import new_id
from app.core.journal import JournalLine
from app.estates.households import vacant_units
from app.estates.models import Unit
from app.office.act_form import NOT_CHOSEN, OnceForm, TextLines, id_in, leave_behind, typed_in
from app.office.door import estate_id, me, office
from app.office.issue_pages.issue_history import Told
from app.office.moments import When
from app.office.plan_pages.specials import officers_on, ticked_ids, when_here
from app.office.survey_pages import sections as sections  # noqa: PLC0414 - the pages' row of links comes with them
from app.office.survey_pages.survey_words import AIMS, FORMS, STATES
from app.people.access import may
from app.people.models import Staff
from app.people.queries import names
from app.people.rules import Act
from app.surveys.counting import Returns, returns_of
from app.surveys.figures import facts_of, kept_of
from app.surveys.models import Survey, SurveyQuestion
from app.surveys.progress import Counts, OfOfficer, by_building, by_officer, counts_of, is_overdue
from app.surveys.queries import surveys_of, the_survey
from app.surveys.rules import SurveyState
from app.visits.survey_homes import (
    Change,
    call_off,
    give,
    households_of,
    send_out,
    send_to_new,
    shared,
    without_sheet,
)


class SeenForm(OnceForm):
    """`after`: how much of the survey's history whoever sends it has seen."""

    after = HiddenField(default="0", validators=[InputRequired(), Regexp(r"^\d{1,6}$")])

    def change(self) -> Change:
        """Who sends it, when, and what they have seen."""
        return Change(int(str(self.after.data)), self.event_id, me().by, now())


class WithdrawForm(SeenForm):
    """Why a survey is called off."""

    reason = TextLines(lazy_("Reason"), validators=[InputRequired(), Length(max=500)])


class GiveForm(SeenForm):
    """Whose homes go to whom: all that are left with an officer, or those of a building."""

    giver = SelectField(lazy_("What is left with"), validators=[InputRequired()], validate_choice=False)
    taker = SelectField(lazy_("Give to"), validators=[InputRequired(), UUID()])
    reason = TextLines(lazy_("Reason"), validators=[InputRequired(), Length(max=200)])

    def what(self) -> tuple[uuid.UUID, uuid.UUID | None]:
        """The officer, and the building if it is not all of it."""
        officer, _slash, building = str(self.giver.data).partition("/")
        return id_in(officer), id_in(building) if building else None


@office.get("/surveys")
@may(Act.SEE_SURVEYS)
def surveys() -> str:
    """Every survey, newest first, with what became of it."""
    found = surveys_of(estate_id())
    return render_template(
        "office/surveys/surveys.html",
        surveys=found,
        counts=counts_of(survey.id for survey in found),
        nothing=Counts(),
        overdue={survey.id for survey in found if is_overdue(survey, when_here().today)},
        when=when_here(),
        **_words(),
    )


@office.get("/surveys/<uuid:survey_id>")
@may(Act.SEE_SURVEYS)
def survey(survey_id: uuid.UUID) -> str:
    """What it asks, how far it is, who has how many left."""
    return survey_page(the_survey(estate_id(), survey_id))


@office.get("/surveys/<uuid:survey_id>/issue")
@may(Act.MAKE_SURVEY)
def survey_to_issue(survey_id: uuid.UUID) -> Response | str:
    """The homes that it would go to, and how the officers would share them."""
    shown = the_survey(estate_id(), survey_id)
    if shown.state is not SurveyState.DRAFT:
        return redirect(url_for("office.survey", survey_id=survey_id))
    return _issue_page(shown)


@office.post("/surveys/<uuid:survey_id>/issue")
@may(Act.MAKE_SURVEY)
def issue_survey_now(survey_id: uuid.UUID) -> Response | str | tuple[str, int]:
    """Show the shares of other officers; or let it go out, if the shares are those that were shown."""
    issued, form = the_survey(estate_id(), survey_id), SeenForm()
    if request.form.get("act") != "issue":
        return _issue_page(issued)
    if not form.validate_on_submit():
        return _issue_page(issued), 422

    try:
        if request.form.get("shown") != _said_of(_officers_asked()):
            raise Outdated(
                "survey:other_officers", _("You changed who goes there: please look at the shares once more.")
            )
        send_out(issued, me().estate, ticked_ids("officer"), form.change())
        db.session.commit()
    except Refused as refused:
        db.session.rollback()
        again = the_survey(estate_id(), survey_id)
        if again.state is not SurveyState.DRAFT:
            return survey_page(again, refusal=str(refused.message)), refused.status
        return _issue_page(again, refusal=str(refused.message)), refused.status

    told = _("It is out with %(n)s households. Officers have it on their tablets at their next sync.")
    flash(told % {"n": issued.households}, "good")
    return redirect(url_for("office.survey", survey_id=survey_id))


@office.post("/surveys/<uuid:survey_id>/homes")
@may(Act.MAKE_SURVEY)
def add_survey_homes(survey_id: uuid.UUID) -> Response | tuple[str, int]:
    """Sheets for those that became households since it went out."""
    changed, form = the_survey(estate_id(), survey_id), SeenForm(prefix="add")
    if not form.validate_on_submit():
        return survey_page(changed, form), 422
    before = changed.households
    try:
        send_to_new(changed, me().estate, ticked_ids("officer"), form.change())
        db.session.commit()
    except Refused as refused:
        return _told_why(survey_id, form, refused)

    flash(_("%(n)s more households have a sheet.", n=changed.households - before), "good")
    return redirect(url_for("office.survey", survey_id=survey_id))


@office.post("/surveys/<uuid:survey_id>/give")
@may(Act.MAKE_SURVEY)
def give_survey_homes(survey_id: uuid.UUID) -> Response | tuple[str, int]:
    """What is left with an officer goes to another."""
    changed = the_survey(estate_id(), survey_id)
    form = _give_form(by_officer(changed, when_here().today))
    if not form.validate_on_submit():
        return survey_page(changed, form), 422
    giver, building = form.what()
    try:
        told = give(
            changed,
            me().estate,
            giver,
            uuid.UUID(form.taker.data),
            str(form.reason.data),
            form.change(),
            building_id=building,
        )
        db.session.commit()
    except Refused as refused:
        return _told_why(survey_id, form, refused)

    if told is not None:
        flash(_("%(n)s homes given over. The tablets know at their next sync.", n=told), "good")
    return redirect(url_for("office.survey", survey_id=survey_id))


@office.post("/surveys/<uuid:survey_id>/withdraw")
@may(Act.MAKE_SURVEY)
def withdraw_the_survey(survey_id: uuid.UUID) -> Response | tuple[str, int]:
    """Call it off, with a reason; what came back stays."""
    withdrawn, form = the_survey(estate_id(), survey_id), WithdrawForm(prefix="withdraw")
    if not form.validate_on_submit():
        return survey_page(withdrawn, form), 422
    try:
        call_off(withdrawn, str(form.reason.data), form.change())
        db.session.commit()
    except Refused as refused:
        return _told_why(survey_id, form, refused)

    flash(_("Withdrawn. Nothing of it is to be handed out or collected any more."), "good")
    return redirect(url_for("office.survey", survey_id=survey_id))


def _told_why(survey_id: uuid.UUID, form: SeenForm, refused: Refused) -> tuple[str, int]:
    """The page as it stands now, with what was typed, and why it was not done."""
    db.session.rollback()
    shown = the_survey(estate_id(), survey_id)
    return survey_page(shown, form, refusal=why_not(shown, form, refused)), refused.status


def why_not(shown: Survey, form: SeenForm, refused: Refused) -> str:
    """Why it was not done: where others were faster, who, and what they did."""
    if not isinstance(refused, Outdated):
        return str(refused.message)
    lines = journal.history(shown.id)[int(str(form.after.data)) :]
    known = _people(lines)
    others = in_a_row(
        f"{known.get(line.staff_id, '–') if line.staff_id else '–'}: {told.title}"
        for line in lines
        for told in _told(line, known)
    )
    if not others:
        return str(refused.message)
    return str(_("%(who)s was faster. Nothing of yours was done; look at it again.", who=others))


# --- the page of one survey ---


def survey_page(shown: Survey, written: SeenForm | None = None, refusal: str = "") -> str:
    """One survey, with the form that was refused as it was typed."""
    when, lines = when_here(), journal.history(shown.id)
    is_out = shown.issued_at is not None
    buildings = by_building(shown, when.today) if is_out else []
    officers = by_officer(shown, when.today) if is_out else []
    may_make = me().may(Act.MAKE_SURVEY)
    runs = shown.state is SurveyState.OUT
    forms: dict[str, SeenForm] = {}
    if may_make and shown.state in (SurveyState.DRAFT, SurveyState.OUT):
        forms["withdraw"] = WithdrawForm(prefix="withdraw")
    if may_make and runs and any(line.left for line in officers):
        forms["give"] = _give_form(officers)
    newcomers = without_sheet(shown, me().estate, when.today) if may_make and runs else []
    if newcomers:
        forms["add"] = SeenForm(prefix="add")
    open_now = next((name for name, form in forms.items() if type(form) is type(written)), "")
    if written is not None and open_now:
        forms[open_now] = written
    elif written is not None:
        leave_behind(*typed_in(written))
    for form in forms.values():
        form.after.data, form.event.data = str(len(lines)), str(new_id())
    return render_template(
        "office/surveys/survey.html",
        survey=shown,
        counts=sum((one.line for one in buildings), Counts()),
        valid=_returns(shown) if is_out else None,
        buildings=buildings,
        officers=officers,
        groups=questions_by_department(shown.questions),
        history=history_of_survey(lines, when),
        forms=forms,
        open_now=open_now,
        newcomers=newcomers,
        everybody=officers_on(when.today),
        asked=set(request.form.getlist("officer")) or {str(one.id) for one in officers_on(when.today)},
        overdue=is_overdue(shown, when.today),
        refusal=refusal,
        when=when,
        SurveyState=SurveyState,
        **_words(),
    )


def _returns(shown: Survey) -> Returns:
    """As its result has them once that is handed up; until then as they stand."""
    kept = kept_of(shown)
    return kept.returns if kept else returns_of(facts_of(me().estate, shown))


def _give_form(officers: Sequence[OfOfficer]) -> GiveForm:
    form = GiveForm(prefix="give")
    form.giver.choices = [NOT_CHOSEN]
    for line in officers:
        if line.left:
            form.giver.choices.append((str(line.officer_id), _("%(name)s: all %(n)s", name=line.name, n=line.left)))
        if len(line.buildings) > 1:
            form.giver.choices += [
                (
                    f"{line.officer_id}/{building_id}",
                    _("%(name)s: building %(building)s, %(n)s", name=line.name, building=building, n=number),
                )
                for building_id, building, number in line.buildings
            ]
    form.taker.choices = [NOT_CHOSEN, *((str(one.id), one.name) for one in officers_on(when_here().today))]
    return form


def questions_by_department(questions: Sequence[SurveyQuestion]) -> list[tuple[Any, list[SurveyQuestion]]]:
    """Department, and what is asked about it; in the order of the form."""
    groups: dict[uuid.UUID, tuple[Any, list[SurveyQuestion]]] = {}
    for question in questions:
        groups.setdefault(question.department_id, (question.department, []))[1].append(question)
    return list(groups.values())


# --- before it goes out ---


def _issue_page(shown: Survey, refusal: str = "") -> str:
    when, asked = when_here(), _officers_asked()
    homes = households_of(me().estate, when.today)
    known = officers_on(when.today)
    form = SeenForm()
    form.after.data, form.event.data = str(len(journal.history(shown.id))), str(new_id())
    return render_template(
        "office/surveys/issue.html",
        survey=shown,
        form=form,
        homes=len(homes),
        vacant=vacant_units(me().estate, when.today),
        shares=_shares(homes, asked, known),
        shown=_said_of(asked),
        late=shown.issue_from < when.today,
        refusal=refusal,
        when=when,
        **_words(),
    )


def _officers_asked() -> list[uuid.UUID]:
    """Those that are ticked, in the order of their names; all of them where nobody was asked yet."""
    known = [officer.id for officer in officers_on(when_here().today)]
    if request.method == "GET":
        return known
    ticked = set(request.form.getlist("officer"))
    return [officer for officer in known if str(officer) in ticked]


def _said_of(officers: Sequence[uuid.UUID]) -> str:
    return " ".join(str(officer) for officer in officers)


@dataclass(frozen=True)
class Share:
    """Which homes an officer would get: how many, in which buildings; `goes`: whether they are ticked."""

    officer: Staff
    homes: int
    where: str
    goes: bool


def _shares(homes: Sequence[Unit], asked: Sequence[uuid.UUID], known: Sequence[Staff]) -> list[Share]:
    """A line for every officer, whether they go or not."""
    by: dict[uuid.UUID, list[Unit]] = {officer.id: [] for officer in known}
    for unit, officer_id in shared(homes, asked):
        by[officer_id].append(unit)
    return [
        Share(
            officer,
            len(by[officer.id]),
            in_a_row(dict.fromkeys(unit.building.name for unit in by[officer.id])) or "–",
            officer.id in asked,
        )
        for officer in known
    ]


# --- its history in words ---


def history_of_survey(lines: Sequence[JournalLine], when: When) -> list[Told]:
    """Newest first."""
    known = _people(lines)
    told = []
    for line in reversed(lines):
        by = known.get(line.staff_id, "–") if line.staff_id else _("by itself")
        told += [
            Told(said.title, line.data.get("reason", ""), f"{by} · {when.moment(line.at)}", said.tone)
            for said in _told(line, known)
        ]
    return told


def _people(lines: Sequence[JournalLine]) -> dict[uuid.UUID, str]:
    """Who acted, and who gave or was given something."""
    given = {uuid.UUID(line.data[key]) for line in lines for key in ("assignee", "from") if line.data.get(key)}
    return names(given | {line.staff_id for line in lines if line.staff_id})


def _told(line: JournalLine, known: dict[uuid.UUID, str]) -> list[Told]:
    """What happened; nothing for what other pages tell."""
    homes: Any = line.data.get("homes", 0)
    said: dict[str, Told] = {
        "survey:drawn_up": Told(_("Drawn up: %(n)s items", n=line.data.get("questions", 0)), tone="start"),
        "survey:edited": Told(_("Changed: %(n)s items", n=line.data.get("questions", 0))),
        "survey:issued": Told(_("Went out to %(n)s households", n=homes)),
        "survey:homes_added": Told(_("Went out to %(n)s more households", n=homes)),
        "survey:given": Told(
            _(
                "%(n)s homes from %(giver)s to %(taker)s",
                n=homes,
                giver=_name(line, "from", known),
                taker=_name(line, "assignee", known),
            )
        ),
        "survey:withdrawn": Told(_("Called off"), tone="bad"),
        "survey:handed_up": Told(_("Result counted and handed up")),
        "survey:came_back": Told(_("Result sent back"), tone="bad"),
        "survey:read": Told(_("Result assessed"), tone="ok"),
    }
    return [said[line.kind]] if line.kind in said else []


def _name(line: JournalLine, key: str, known: dict[uuid.UUID, str]) -> str:
    return known.get(uuid.UUID(line.data[key]), "–") if line.data.get(key) else "–"


def _words() -> dict[str, Any]:
    return {"STATES": STATES, "FORMS": FORMS, "AIMS": AIMS}
