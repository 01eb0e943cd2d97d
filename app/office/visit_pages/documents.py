"""Forms to take away: the sign-off sheet of a visit as PDF."""

import uuid

from flask import Response

from app.core.clock import now
from app.core.limits import limiter
from app.documents.queries import sign_off_sheet as gather
from app.office.door import estate_id, office
from app.office.printed import OFTEN, answer_sheet, languages_asked_for
from app.people.access import may
from app.people.rules import Act
from app.public.door import where_it_is_checked
from app.visits.queries import the_visit


@office.get("/visits/<uuid:visit_id>/sheet.pdf")
@may(Act.SEE_VISITS)
@limiter.limit(OFTEN)
def sign_off_sheet(visit_id: uuid.UUID) -> Response:
    """The sheet of a visit in both languages, or in the one that `lang` asks for."""
    visit, at = the_visit(estate_id(), visit_id), now()
    return answer_sheet(gather(visit, languages_asked_for(), printed_at=at, checked_at=where_it_is_checked), at)
