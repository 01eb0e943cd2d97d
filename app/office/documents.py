"""Forms to take away: the sign-off sheet of a visit as PDF."""

import uuid

from flask import Response, request, url_for

from app.core.clock import now
from app.core.db import db
from app.core.errors import NotFound
from app.core.i18n import _
from app.core.limits import limiter
from app.documents.printing import print_sheet
from app.documents.queries import sign_off_sheet as gather
from app.documents.sealing import seal
from app.documents.seals import company_seal
from app.documents.sheets import Language
from app.office.door import answer_file, estate_id, office
from app.people.access import may
from app.people.rules import Act
from app.visits.queries import the_visit

_LANGUAGES: dict[str, tuple[Language, ...]] = {"both": ("zh", "en"), "zh": ("zh",), "en": ("en",)}


@office.get("/visits/<uuid:visit_id>/sheet.pdf")
@may(Act.SEE_VISITS)
@limiter.limit("30 per minute")
def sign_off_sheet(visit_id: uuid.UUID) -> Response:
    """The sheet of a visit in both languages, or in the one that `lang` asks for."""
    visit = the_visit(estate_id(), visit_id)
    at = now()
    sheet = gather(visit, _languages_asked_for(), printed_at=at, checked_at=_where_it_is_checked)
    db.session.rollback()  # no transaction stays open while we print

    printed = print_sheet(sheet)
    sealed = seal(printed.pdf, company_seal(sheet.estate.company, at), reason=sheet.number)

    response = answer_file(sealed, "application/pdf", f"{sheet.number}.pdf")
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _languages_asked_for() -> tuple[Language, ...]:
    asked = _LANGUAGES.get(request.args.get("lang", "both"))
    if asked is None:
        raise NotFound("document:language_unknown", _("The sheet can be had in Chinese, in English or in both."))
    return asked


def _where_it_is_checked(sha256: str) -> str:
    return url_for("public.verify", sha256=sha256, _external=True)
