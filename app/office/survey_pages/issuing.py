"""A survey before it goes out: the homes that it would go to, the officers' shares, and the word that it goes."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.core import journal
from app.core.db import db
from app.core.errors import Outdated, Refused
from app.core.i18n import _, in_a_row
from app.core.ids import new_id
from app.estates.households import vacant_units
from app.estates.models import Unit
from app.office.door import estate_id, me, office
from app.office.plan_pages.specials import officers_on, ticked_ids, when_here
from app.office.survey_pages.survey_page import SeenForm, survey_page, survey_words
from app.people.access import may
from app.people.models import Staff
from app.people.rules import Act
from app.surveys.models import Survey
from app.surveys.queries import the_survey
from app.surveys.rules import SurveyState
from app.visits.survey_homes import households_of, send_out, shared


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


# --- the page ---


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
        **survey_words(),
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
