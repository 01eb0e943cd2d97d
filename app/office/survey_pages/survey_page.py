"""One survey as its page shows it: how far it is, who has how many left, and what can be done with it."""

import uuid
from collections.abc import Sequence
from typing import Any

from flask import render_template, request
from wtforms import HiddenField, SelectField
from wtforms.validators import UUID, InputRequired, Length, Regexp

from app.core import journal
from app.core.clock import now
from app.core.errors import Outdated, Refused
from app.core.i18n import _, in_a_row, lazy_
from app.core.ids import new_id
from app.office.act_form import NOT_CHOSEN, OnceForm, TextLines, id_in, leave_behind, typed_in
from app.office.door import me
from app.office.plan_pages.specials import officers_on, when_here
from app.office.survey_pages.over_lately import left_at_homes
from app.office.survey_pages.paper_choices import Choices, choices
from app.office.survey_pages.survey_history import history_of_survey, people_in, told_of
from app.office.survey_pages.survey_words import AIMS, FORMS, STATES
from app.people.rules import Act
from app.surveys.calling_off import MET_ON, is_met_on
from app.surveys.counting import Counts, Returns, returns_of
from app.surveys.figures import facts_of, kept_of
from app.surveys.models import Survey, SurveyQuestion
from app.surveys.over import how_over
from app.surveys.progress import OfOfficer, by_building, by_officer, counts_of, is_overdue
from app.surveys.rules import COLLECTING, SurveyMove, SurveyState, survey_step
from app.visits.survey_homes import (
    Change,
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


def why_not(shown: Survey, form: SeenForm, refused: Refused) -> str:
    """Why it was not done: where others were faster, who, and what they did."""
    if not isinstance(refused, Outdated):
        return str(refused.message)
    lines = journal.history(shown.id)[int(str(form.after.data)) :]
    known = people_in(lines)
    others = in_a_row(
        f"{known.get(line.staff_id, '–') if line.staff_id else '–'}: {told.title}"
        for line in lines
        for told in told_of(line, known)
    )
    if not others:
        return str(refused.message)
    return str(_("%(who)s was faster. Nothing of yours was done; look at it again.", who=others))


# --- the page ---


def survey_page(
    shown: Survey, written: SeenForm | None = None, refusal: str = "", papers: Choices | None = None
) -> str:
    """One survey, with the form that was refused as it was typed; `papers`: the parts of what was too much to print."""
    when, lines = when_here(), journal.history(shown.id)
    is_out = shown.issued_at is not None
    buildings = by_building(shown, when.today) if is_out else []
    officers = by_officer(shown, when.today) if is_out else []
    may_make = me().may(Act.MAKE_SURVEY)
    runs = shown.state in COLLECTING
    forms: dict[str, SeenForm] = {}
    met_on = may_make and is_met_on(shown)
    if may_make and survey_step(shown.state, SurveyMove.WITHDRAW) and not met_on:
        forms["withdraw"] = WithdrawForm(prefix="withdraw")
    if may_make and runs and any(line.left for line in officers):
        forms["give"] = give_form(officers)
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
        counts=counts_of([shown.id]).get(shown.id, Counts()),
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
        papers=papers or (choices(shown) if is_out and shown.state is not SurveyState.WITHDRAWN else None),
        met_on=MET_ON if met_on else "",
        at_homes=_at_homes(shown),
        refusal=refusal,
        when=when,
        SurveyState=SurveyState,
        **survey_words(),
    )


def _at_homes(shown: Survey) -> str:
    """What is to be done about its sheets at homes, until its result is read to the end."""
    over = how_over(shown) if shown.state is not SurveyState.READ else None
    return left_at_homes(over.homes) if over else ""


def _returns(shown: Survey) -> Returns:
    """As its result has them once that is handed up; until then as they stand."""
    kept = kept_of(shown)
    return kept.returns if kept else returns_of(facts_of(me().estate, shown))


def give_form(officers: Sequence[OfOfficer]) -> GiveForm:
    """Who has how many homes left, all in all and by building; and to whom they can go."""
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


def survey_words() -> dict[str, Any]:
    """What a survey's pages are worded with."""
    return {"STATES": STATES, "FORMS": FORMS, "AIMS": AIMS}
