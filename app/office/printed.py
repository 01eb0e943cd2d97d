"""How a printed form leaves the office: in the languages asked for, sealed, and kept by nobody on the way."""

from datetime import datetime

from flask import Response, request

from app.core.db import db
from app.core.errors import NotFound
from app.core.i18n import _
from app.documents.printing import print_sheet
from app.documents.sealing import seal
from app.documents.seals import company_seal
from app.documents.sheets import Language, Sheet
from app.office.door import answer_file

OFTEN = "30 per minute"
"""How often one person may have a form printed."""

_LANGUAGES: dict[str, tuple[Language, ...]] = {"both": ("zh", "en"), "zh": ("zh",), "en": ("en",)}


def languages_asked_for() -> tuple[Language, ...]:
    """Both, or the one that `lang` asks for. Raises NotFound for any other."""
    asked = _LANGUAGES.get(request.args.get("lang", "both"))
    if asked is None:
        raise NotFound("document:language_unknown", _("The sheet can be had in Chinese, in English or in both."))
    return asked


def answer_sheet(sheet: Sheet, at: datetime) -> Response:
    """A sheet as a sealed PDF to take away. Ends the transaction: none stays open while we print."""
    db.session.rollback()

    printed = print_sheet(sheet)
    sealed = seal(printed.pdf, company_seal(sheet.estate.company, at), reason=sheet.number)

    response = answer_file(sealed, "application/pdf", f"{sheet.number}.pdf")
    response.headers["Cache-Control"] = "private, no-store"
    return response
