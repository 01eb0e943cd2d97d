"""Surveys; and what is done with one that is out: homes added, homes given over, called off."""

import uuid

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app.core.db import db
from app.core.errors import Refused
from app.core.i18n import _
from app.office.door import estate_id, me, office
from app.office.plan_pages.specials import ticked_ids, when_here
from app.office.survey_pages import sections as sections  # noqa: PLC0414 - the pages' row of links comes with them
from app.office.survey_pages.survey_page import SeenForm, WithdrawForm, give_form, survey_page, survey_words, why_not
from app.people.access import may
from app.people.rules import Act
from app.surveys.counting import Counts
from app.surveys.progress import by_officer, counts_of, is_overdue
from app.surveys.queries import surveys_of, the_survey
from app.visits.survey_homes import call_off, give, send_to_new


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
        **survey_words(),
    )


@office.get("/surveys/<uuid:survey_id>")
@may(Act.SEE_SURVEYS)
def survey(survey_id: uuid.UUID) -> str:
    """What it asks, how far it is, who has how many left."""
    return survey_page(the_survey(estate_id(), survey_id))


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
    form = give_form(by_officer(changed, when_here().today))
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
