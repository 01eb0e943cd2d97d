"""How a printed form leaves the office: in the languages asked for, sealed, and kept by nobody on the way."""

from datetime import datetime

from flask import Response, request

from app.core.db import db
from app.core.errors import NotFound
from app.core.i18n import _
from app.documents.bundles import LANGUAGES
from app.documents.sheets import Language, Sheet
from app.documents.shelf import sealed_sheet
from app.office.door import answer_file

OFTEN = "30 per minute"
"""How often one person may have a form printed."""


def languages_asked_for() -> tuple[Language, ...]:
    """Both, or the one that `lang` asks for. Raises NotFound for any other."""
    asked = LANGUAGES.get(request.values.get("lang", "both"))
    if asked is None:
        raise NotFound("document:language_unknown", _("The sheet can be had in Chinese, in English or in both."))
    return asked


def answer_sheet(sheet: Sheet, at: datetime) -> Response:
    """A sheet as a sealed PDF to take away. Ends the transaction: none stays open while we print."""
    db.session.rollback()

    sealed = sealed_sheet(sheet, at)

    response = answer_file(sealed, "application/pdf", f"{sheet.number}.pdf")
    response.headers["Cache-Control"] = "private, no-store"
    return response
