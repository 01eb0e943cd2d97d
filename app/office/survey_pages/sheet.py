"""What a desk does with one household's sheet: hands it out, agrees on another day, notes who does not take part."""

import uuid
from datetime import date
from typing import cast

from flask import flash, redirect, url_for
from werkzeug.wrappers import Response

from app.core.db import db
from app.core.errors import Refused
from app.core.i18n import _
from app.office.act_form import OnceForm
from app.office.door import me, office
from app.office.survey_pages.sheet_page import (
    DeclineForm,
    again_form,
    at_desk,
    hand_form,
    once_more_form,
    sheet_of,
    sheet_page,
)
from app.people.access import may
from app.people.rules import Act
from app.surveys.desk import agree_anew, give_out, note_declined, send_again
from app.surveys.receipts import Given
from app.surveys.rules import Receipt


@office.get("/surveys/<uuid:survey_id>/sheets/<uuid:sheet_id>")
@may(Act.SEE_SURVEYS)
def survey_sheet(survey_id: uuid.UUID, sheet_id: uuid.UUID) -> str:
    """Receipt, agreed time, answers, who took it."""
    return sheet_page(sheet_of(survey_id, sheet_id))


@office.post("/surveys/<uuid:survey_id>/sheets/<uuid:sheet_id>/hand-out")
@may(Act.TAKE_SHEETS)
def hand_out_sheet(survey_id: uuid.UUID, sheet_id: uuid.UUID) -> Response | tuple[str, int]:
    """Somebody came for it."""
    sheet = sheet_of(survey_id, sheet_id)
    form = hand_form(sheet)
    if not form.validate_on_submit():
        return sheet_page(sheet, form), 422
    given = Given(
        Receipt(form.receipt.data), str(form.name.data).strip(), str(form.relation.data), agreed_at=form.moment()
    )
    try:
        give_out(sheet, given, uuid.UUID(form.collector.data), me().estate, at_desk(form))
        db.session.commit()
    except Refused as refused:
        return _told_why(survey_id, sheet_id, form, refused)
    flash(_("Handed out."), "good")
    return redirect(url_for("office.survey_sheet", survey_id=survey_id, sheet_id=sheet_id))


@office.post("/surveys/<uuid:survey_id>/sheets/<uuid:sheet_id>/agree")
@may(Act.TAKE_SHEETS)
def agree_on_sheet(survey_id: uuid.UUID, sheet_id: uuid.UUID) -> Response | tuple[str, int]:
    """Another time is agreed for collecting it."""
    sheet = sheet_of(survey_id, sheet_id)
    form = again_form(sheet)
    if not form.validate_on_submit():
        return sheet_page(sheet, form), 422
    try:
        agree_anew(sheet, form.moment(), uuid.UUID(form.collector.data), me().estate, at_desk(form))
        db.session.commit()
    except Refused as refused:
        return _told_why(survey_id, sheet_id, form, refused)
    flash(_("Agreed anew."), "good")
    return redirect(url_for("office.survey_sheet", survey_id=survey_id, sheet_id=sheet_id))


@office.post("/surveys/<uuid:survey_id>/sheets/<uuid:sheet_id>/decline")
@may(Act.TAKE_SHEETS)
def decline_sheet(survey_id: uuid.UUID, sheet_id: uuid.UUID) -> Response | tuple[str, int]:
    """The household does not take part."""
    sheet, form = sheet_of(survey_id, sheet_id), DeclineForm(prefix="decline")
    if not form.validate_on_submit():
        return sheet_page(sheet, form), 422
    try:
        note_declined(sheet, str(form.reason.data), at_desk(form))
        db.session.commit()
    except Refused as refused:
        return _told_why(survey_id, sheet_id, form, refused)
    flash(_("Noted down. They can still change their mind."), "good")
    return redirect(url_for("office.survey_sheet", survey_id=survey_id, sheet_id=sheet_id))


@office.post("/surveys/<uuid:survey_id>/sheets/<uuid:sheet_id>/again")
@may(Act.MAKE_SURVEY)
def ask_sheet_again(survey_id: uuid.UUID, sheet_id: uuid.UUID) -> Response | tuple[str, int]:
    """A household that declined wishes to be asked once more."""
    sheet = sheet_of(survey_id, sheet_id)
    form = once_more_form(sheet)
    if not form.validate_on_submit():
        return sheet_page(sheet, form), 422
    try:
        officer_id = uuid.UUID(form.officer.data)
        send_again(sheet, str(form.reason.data), officer_id, cast(date, form.due_on.data), me().estate, at_desk(form))
        db.session.commit()
    except Refused as refused:
        return _told_why(survey_id, sheet_id, form, refused)
    told = _("An officer goes there once more. Until it takes its sheet the household counts as one that declined.")
    flash(told, "good")
    return redirect(url_for("office.survey_sheet", survey_id=survey_id, sheet_id=sheet_id))


def _told_why(survey_id: uuid.UUID, sheet_id: uuid.UUID, form: OnceForm, refused: Refused) -> tuple[str, int]:
    db.session.rollback()
    return sheet_page(sheet_of(survey_id, sheet_id), form, refusal=str(refused.message)), refused.status
