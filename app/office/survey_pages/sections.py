"""What there is to see of one survey: a row of links on each of its pages."""

from flask import current_app, request, url_for

from app.core.errors import Words
from app.core.i18n import lazy_
from app.office.door import office
from app.surveys.models import Survey, SurveySheet

SECTIONS: tuple[tuple[str, Words], ...] = (
    ("office.survey", lazy_("Overview")),
    ("office.survey_sheets", lazy_("Sheets")),
    ("office.survey_result", lazy_("Result")),
    ("office.survey_opinions", lazy_("Opinions")),
    ("office.survey_meeting", lazy_("Meeting and measures")),
)

OF_A_SURVEY: tuple[tuple[str, Words], ...] = (
    ("office.survey_forms_pdf", lazy_("Forms to hand out (PDF)")),
    ("office.survey_receipts_pdf", lazy_("List of receipts (PDF)")),
)
OF_A_SHEET: tuple[tuple[str, Words], ...] = (
    ("office.survey_form_pdf", lazy_("The form (PDF)")),
    ("office.survey_receipt_pdf", lazy_("The receipt (PDF)")),
)
"""Papers to print, of a survey that is out and of each of its sheets."""


@office.app_template_global()
def survey_papers(survey: Survey, sheet: SurveySheet | None = None) -> list[tuple[str, Words]]:
    """Where each paper is printed, and what it is called; none of a survey that nobody got yet."""
    papers = OF_A_SHEET if sheet is not None else OF_A_SURVEY
    return [one for one in papers if survey.issued_at and one[0] in current_app.view_functions]


@office.app_template_global()
def survey_sections(survey: Survey) -> list[tuple[Words, str, bool]]:
    """Words, address, and whether one stands there; of a survey that nobody got yet the first alone."""
    shown = SECTIONS if survey.issued_at else SECTIONS[:1]
    return [
        (words, url_for(endpoint, survey_id=survey.id), request.endpoint == endpoint)
        for endpoint, words in shown
        if endpoint in current_app.view_functions
    ]
