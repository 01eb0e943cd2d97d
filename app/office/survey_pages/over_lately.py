"""What first pages say of a survey that was called off, or handed up, lately: to whomever it concerns."""

from dataclasses import dataclass

from flask import url_for

from app.core.clock import days_later
from app.core.i18n import _, lazy_
from app.office.door import estate_id, me
from app.office.moments import When
from app.people.rules import Act
from app.surveys.over import Over, over_since
from app.surveys.rules import SheetState, SurveyState

_DAYS_SAID = 14
"""So long a first page says it: whoever agreed on a day for collecting a sheet is told within it."""
_HANDED_UP = lazy_("Survey %(number)s is handed up: nothing more of it is handed out or collected.")
_CALLED_OFF = lazy_("Survey %(number)s is called off: nothing more of it is handed out or collected.")


@dataclass(frozen=True)
class OverLately:
    """A survey that is over: what is said, why, what is to be done about sheets at homes; where it stands."""

    title: str
    reason: str
    to_do: str
    url: str


def over_lately(when: When) -> list[OverLately]:
    """The latest first: what concerns whoever looks."""
    known = over_since(estate_id(), days_later(when.now, -_DAYS_SAID, when.zone))
    return [said for one in known if (said := _customer_service(one) or _department(one))]


def left_at_homes(homes: int) -> str:
    """What is to be done about sheets that nobody collects any more."""
    if not homes:
        return ""
    return _(
        "Homes that still have a sheet: %(n)s. Tell them that nobody comes for it. What they give back all the same"
        " goes to the supervisor, and is not counted.",
        n=homes,
    )


def _customer_service(over: Over) -> OverLately | None:
    """For whoever was to go there what is theirs, for everybody else all of it."""
    here, survey, mine = me(), over.survey, over.officers.get(me().id)
    if not here.may(Act.SEE_SURVEYS) or (mine is None and not over.roles & {role.value for role in here.roles}):
        return None
    homes, url = over.homes if mine is None else mine, url_for("office.survey", survey_id=survey.id)
    if homes:
        state, officer = SheetState.HANDED_OUT.value, None if mine is None else here.id
        url = url_for("office.survey_sheets", survey_id=survey.id, state=state, officer=officer)
    title = _CALLED_OFF if survey.state is SurveyState.WITHDRAWN else _HANDED_UP
    return OverLately(str(title) % {"number": survey.number}, over.reason, left_at_homes(homes), url)


def _department(over: Over) -> OverLately | None:
    """A department does not see the survey itself."""
    if not over.departments & me().departments:
        return None
    title = _("Survey %(number)s, which asked about your department, is called off.", number=over.survey.number)
    to_do = _("No special meeting follows from it. Issues that it brought already go on.")
    return OverLately(title, over.reason, to_do, "")
