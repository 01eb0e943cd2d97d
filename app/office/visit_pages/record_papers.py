"""Records as PDF: form 6, a complaint's, form 5, an owner's file, and form 1, a visit's as the office keeps it."""

import uuid

from flask import Response

from app.core.clock import now
from app.core.limits import limiter
from app.documents.sheets_of.complaint_record import complaint_sheet
from app.documents.sheets_of.owner_profile import owner_sheet
from app.documents.sheets_of.visit_record import visit_sheet
from app.estates.queries import the_unit
from app.issues.complaint_queries import the_complaint_called
from app.office.door import estate_id, me, office
from app.office.printed import OFTEN, answer_sheet, languages_asked_for
from app.office.words import masked
from app.people.access import may
from app.people.rules import Act
from app.visits.queries import the_visit


@office.get("/complaints/<uuid:complaint_id>/complaint.pdf")
@may(Act.SEE_COMPLAINTS)
@limiter.limit(OFTEN)
def printed_complaint(complaint_id: uuid.UUID) -> Response:
    """Form 6: the record of a complaint; of its telephone number as much as its page shows."""
    found, at = the_complaint_called(estate_id(), complaint_id), now()
    return answer_sheet(complaint_sheet(found, languages_asked_for(), contact=_as_on_pages, printed_at=at), at)


@office.get("/units/<uuid:unit_id>/profile.pdf")
@may(Act.SEE_OWNERS)
@limiter.limit(OFTEN)
def printed_owner(unit_id: uuid.UUID) -> Response:
    """Form 5: the file of a unit, for those who read its page."""
    found, at = the_unit(estate_id(), unit_id), now()
    return answer_sheet(owner_sheet(found, languages_asked_for(), printed_at=at), at)


@office.get("/visits/<uuid:visit_id>/record.pdf")
@may(Act.SEE_VISITS)
@limiter.limit(OFTEN)
def printed_visit(visit_id: uuid.UUID) -> Response:
    """Form 1: the record of a visit as it stands now, with what those who read it wrote and signed."""
    found, at = the_visit(estate_id(), visit_id), now()
    return answer_sheet(visit_sheet(found, languages_asked_for(), phone=_as_on_pages, printed_at=at), at)


def _as_on_pages(phone: str) -> str:
    """A telephone number as pages show it that are not the owner's file."""
    return masked(phone) if me().may(Act.SEE_OWNERS) else ""
