"""What there is to see of one survey: a row of links on each of its pages."""

from flask import url_for

from app.core.errors import Words
from app.core.i18n import lazy_
from app.office.door import me, office
from app.people.rules import Act
from app.surveys.models import Survey

SECTIONS: tuple[tuple[str, Act, Words], ...] = (
    ("office.survey", Act.SEE_SURVEYS, lazy_("Overview")),
    ("office.survey_sheets", Act.SEE_SURVEYS, lazy_("Sheets")),
    ("office.survey_result", Act.SEE_SURVEYS, lazy_("Result")),
    ("office.survey_opinions", Act.SEE_SURVEYS, lazy_("Opinions")),
    ("office.survey_meeting", Act.SEE_MEETING, lazy_("Meeting and measures")),
)


@office.app_template_global()
def survey_sections(survey: Survey, here: str) -> list[tuple[Words, str, bool]]:
    """Words, address, and whether one stands there, a form that was refused too; nobody got it yet: the first alone."""
    shown = SECTIONS if survey.issued_at else SECTIONS[:1]
    return [
        (words, url_for(endpoint, survey_id=survey.id), endpoint == here)
        for endpoint, act, words in shown
        if me().may(act)
    ]
