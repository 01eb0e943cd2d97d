"""What follows of a survey as the inbox shows it: which survey, what about, where the act stands."""

import uuid
from dataclasses import dataclass

from flask import url_for

from app.core.clock import now
from app.core.errors import Words
from app.core.i18n import _, current_locale, lazy_
from app.core.waits import Wait
from app.office.door import me
from app.office.moments import When
from app.office.words import headline
from app.surveys.measure_rules import ATTEND, CALL, CLASSIFY, COLLECT, MINUTES, READ, REPORT, SETTLE
from app.surveys.measures import SurveyMeeting, calls_by_id, measures_by_id, meetings_by_id
from app.surveys.models import Survey
from app.surveys.queries import surveys_by_id

FOLLOWS: dict[str, tuple[Words, Words, str]] = {
    CLASSIFY: (lazy_("Opinions to classify"), lazy_("Classify"), ""),
    CALL: (lazy_("Meetings to call"), lazy_("Call the meeting"), "#call"),
    ATTEND: (lazy_("Called to a meeting"), lazy_("Read the summary"), ""),
    MINUTES: (lazy_("Minutes to write"), lazy_("Write the minutes"), "#minutes"),
    SETTLE: (lazy_("Measures to settle"), lazy_("Settle the measure"), "#settle"),
    REPORT: (lazy_("Measures to report"), lazy_("Report it"), "#report"),
    READ: (lazy_("Measures to read"), lazy_("Read it"), ""),
    COLLECT: (lazy_("Reports to collect"), lazy_("Look at it"), ""),
}
"""As `ACTS` of the inbox: what waits → the words of its count, of its button, where on the page the act stands."""
_KINDS = ("survey", "survey_meeting", "survey_call", "survey_measure")


@dataclass(frozen=True)
class Follows:
    """A thing that follows of a survey: whose it is, what it is about in a line, its page."""

    survey: Survey
    about: Words
    url: str


def follows(waiting: list[Wait]) -> dict[uuid.UUID, Follows]:
    """Wait → how the inbox shows it."""
    ids = {kind: [wait.subject_id for wait in waiting if wait.subject_type == kind] for kind in _KINDS}
    surveys, meetings = surveys_by_id(ids["survey"]), meetings_by_id(ids["survey_meeting"])
    calls, measures = calls_by_id(ids["survey_call"]), measures_by_id(ids["survey_measure"])

    def shown(wait: Wait) -> Follows | None:
        id_ = wait.subject_id
        if wait.what == CLASSIFY and id_ in surveys:
            url = url_for("office.survey_opinions", survey_id=id_, show="waiting")
            return Follows(surveys[id_], lazy_("Opinions on collected sheets"), url)
        if id_ in measures:
            about = f"{measures[id_].department.name(current_locale())} · {headline(measures[id_].problem)}"
            return Follows(measures[id_].survey, about, url_for("office.survey_measure", measure_id=id_))
        if id_ in calls:
            called = calls[id_].meeting
            url = url_for("office.survey_summary", survey_id=called.survey_id)
            return Follows(called.survey, _on(called), url)
        if id_ in meetings:
            return Follows(meetings[id_].survey, _on(meetings[id_]), _meeting(meetings[id_].survey))
        survey = surveys.get(id_)
        return Follows(survey, lazy_("Special meeting"), _meeting(survey)) if survey else None

    known = {wait.id: shown(wait) for wait in waiting if wait.what in FOLLOWS}
    return {id_: one for id_, one in known.items() if one is not None}


def _on(meeting: SurveyMeeting) -> str:
    """Which meeting it is; when, as nobody writes its minutes before."""
    return str(_("Special meeting, %(when)s", when=When(me().estate.time_zone, now()).moment(meeting.meets_at)))


def _meeting(survey: Survey) -> str:
    return url_for("office.survey_meeting", survey_id=survey.id)
