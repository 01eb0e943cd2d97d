"""Papers of a survey: forms 3 and 4, blank, for households and as they were answered; form 7, one receipt and all."""

import uuid
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from flask import Response, request

from app.core.clock import now
from app.core.db import db
from app.core.errors import NotFound, Refused
from app.core.i18n import _
from app.core.limits import limiter
from app.documents.sheets_of.survey_forms import blank_form, form_of, forms_of
from app.documents.sheets_of.survey_receipts import receipt_sheet, receipts_sheet
from app.estates.models import Building
from app.office.door import estate_id, me, office
from app.office.printed import OFTEN, answer_sheet, languages_asked_for
from app.office.survey_pages.paper_choices import PartAsked, choices
from app.office.survey_pages.sheet_page import sheet_of
from app.office.survey_pages.survey_page import survey_page
from app.people.access import may
from app.people.actions import note_list_taken
from app.people.models import Staff
from app.people.rules import Act
from app.surveys.homes import buildings_of, declined_for_good, officers_of
from app.surveys.models import Survey
from app.surveys.queries import the_survey
from app.surveys.rules import COLLECTING, SurveyState

Named = TypeVar("Named", Building, Staff)


@office.get("/surveys/<uuid:survey_id>/blank.pdf")
@may(Act.SEE_SURVEYS)
@limiter.limit(OFTEN)
def survey_blank_pdf(survey_id: uuid.UUID) -> Response:
    """Form 3 or 4 for any household, to be copied."""
    survey, at = the_survey(estate_id(), survey_id), now()
    return answer_sheet(blank_form(survey, languages_asked_for(), printed_at=at), at)


@office.post("/surveys/<uuid:survey_id>/forms.pdf")
@may(Act.SEE_SURVEYS)
@limiter.limit(OFTEN)
def survey_forms_pdf(survey_id: uuid.UUID) -> Response | tuple[str, int]:
    """Form 3 or 4 for each household that has not answered; the journal says who took them.

    Of more than one paper holds the parts are offered, with what was chosen.
    """
    survey, at = _that_went_out(survey_id), now()
    _must_be_asked(survey)
    asked, languages = _asked_for(survey), languages_asked_for()
    sheets = asked.sheets(survey)
    try:
        without = declined_for_good(survey.id) if asked.officer else ()
        paper = forms_of(survey, sheets, languages, part=asked.part, without=without, printed_at=at)
    except Refused as refused:
        if refused.code != "document:too_many_pages":
            raise
        offered = choices(survey, asked, of=len(sheets))
        return survey_page(survey, refusal=str(refused.message), papers=offered), refused.status

    _note("survey_forms", survey, len(paper.copies), asked, at)
    db.session.commit()

    return answer_sheet(paper, at, survey_id=survey_id)


@office.post("/surveys/<uuid:survey_id>/receipts.pdf")
@may(Act.SEE_SURVEYS)
@limiter.limit(OFTEN)
def survey_receipts_pdf(survey_id: uuid.UUID) -> Response:
    """Form 7 as a list of all households, in one part, to be signed at the doors; the journal says who took it."""
    survey, at = _that_went_out(survey_id), now()
    asked, languages = _asked_for(survey), languages_asked_for()
    paper = receipts_sheet(
        survey,
        asked.sheets(survey),
        languages,
        building=asked.building.name if asked.building else "",
        officer=asked.officer.name if asked.officer else "",
        printed_at=at,
    )

    _note("survey_receipts", survey, len(paper.receipts), replace(asked, part=0), at)
    db.session.commit()

    return answer_sheet(paper, at, survey_id=survey_id)


@office.get("/surveys/<uuid:survey_id>/sheets/<uuid:sheet_id>/form.pdf")
@may(Act.SEE_SURVEYS)
@limiter.limit(OFTEN)
def survey_form_pdf(survey_id: uuid.UUID, sheet_id: uuid.UUID) -> Response:
    """Form 3 or 4 of one household: as it was answered, or to be filled in."""
    sheet, at = sheet_of(survey_id, sheet_id), now()
    if sheet.collected_at is None:
        _must_be_asked(sheet.survey)
    return answer_sheet(form_of(sheet, languages_asked_for(), printed_at=at), at)


@office.get("/surveys/<uuid:survey_id>/sheets/<uuid:sheet_id>/receipt.pdf")
@may(Act.SEE_SURVEYS)
@limiter.limit(OFTEN)
def survey_receipt_pdf(survey_id: uuid.UUID, sheet_id: uuid.UUID) -> Response:
    """Form 7 of one household: who took its sheet, or to be signed."""
    at = now()
    return answer_sheet(receipt_sheet(sheet_of(survey_id, sheet_id), languages_asked_for(), printed_at=at), at)


def _that_went_out(survey_id: uuid.UUID) -> Survey:
    """Raises Refused for one of which no household has a sheet, or none is to be filled in any more."""
    survey = the_survey(estate_id(), survey_id)
    if survey.state in (SurveyState.DRAFT, SurveyState.WITHDRAWN):
        raise Refused("survey:not_out", _("Households have sheets of a survey only while it is out."))
    return survey


def _must_be_asked(survey: Survey) -> None:
    """Raises Refused where nobody collects what would be filled in."""
    if survey.state not in (SurveyState.DRAFT, *COLLECTING):
        raise Refused("survey:over", _("Nothing of this survey is collected any more: no sheet of it is filled in."))


def _asked_for(survey: Survey) -> PartAsked:
    """Raises NotFound for a building or an officer that has nothing of this survey."""
    return PartAsked(
        building=_one_of(buildings_of(survey.id), "building"),
        officer=_one_of(officers_of(survey.id), "officer"),
        part=max(request.form.get("part", 0, type=int), 0),
    )


def _one_of(found: Iterable[Named], name: str) -> Named | None:
    asked = request.form.get(name, "")
    one = next((one for one in found if str(one.id) == asked), None)
    if asked and one is None:
        raise NotFound("survey:nothing_there", _("Nothing of this survey is there."))
    return one


def _note(name: str, survey: Survey, rows: int, asked: PartAsked, at: datetime) -> None:
    chosen = {"building": asked.building, "officer": asked.officer}
    filters = {key: str(one.id) for key, one in chosen.items() if one} | ({"part": asked.part} if asked.part else {})
    taken = {"format": "pdf", "rows": rows, "filters": filters, "survey": str(survey.id)}
    note_list_taken(me().staff, estate_id(), name, taken, by=me().by, at=at)
