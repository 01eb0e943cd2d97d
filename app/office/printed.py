"""How a printed form leaves the office: in the languages asked for, sealed, and kept by nobody on the way."""

import uuid
from datetime import datetime

from flask import Response, current_app, redirect, request, url_for

from app.core.db import db, writing
from app.core.errors import NotFound
from app.core.i18n import _
from app.documents.bundles import LANGUAGES
from app.documents.forms import is_long
from app.documents.long_papers import ask_for_paper
from app.documents.sheets import Language, Sheet
from app.documents.shelf import sealed_sheet
from app.office.door import answer_file, estate_id, me

OFTEN = "30 per minute"
"""How often one person may have a form printed."""


def languages_asked_for() -> tuple[Language, ...]:
    """Both, or the one that `lang` asks for. Raises NotFound for any other."""
    asked = LANGUAGES.get(request.values.get("lang", "both"))
    if asked is None:
        raise NotFound("document:language_unknown", _("The sheet can be had in Chinese, in English or in both."))
    return asked


def answer_sheet(sheet: Sheet, at: datetime, *, survey_id: uuid.UUID | None = None) -> Response:
    """A sheet as a sealed PDF to take away. Ends the transaction: none stays open while we print.

    One of very many lines that was not printed before is printed by the press: we lead to where it will lie, and from
    there back to the survey that it is of.
    """
    db.session.rollback()
    if is_long(sheet) and (address := _asked_of_the_press(sheet, survey_id, at)):
        return current_app.make_response(redirect(address))

    return answer_paper(sealed_sheet(sheet, at), sheet.number)


def _asked_of_the_press(sheet: Sheet, survey_id: uuid.UUID | None, at: datetime) -> str:
    """Where a sheet will lie that the press is to print; blank if it is printed already."""
    with writing():  # who looks at a paper changes nothing but what is to be printed
        paper = ask_for_paper(me().staff, estate_id(), sheet, survey_id=survey_id, at=at)
        address = url_for("office.long_paper", paper_id=paper.id) if paper else ""
        db.session.commit()
    return address


def answer_paper(sealed: bytes, number: str) -> Response:
    """A paper to take away."""
    response = answer_file(sealed, "application/pdf", f"{number}.pdf")
    response.headers["Cache-Control"] = "private, no-store"
    return response
