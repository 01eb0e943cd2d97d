"""What first pages say of a survey that was called off lately, to whomever it concerns."""

from dataclasses import dataclass

from flask import url_for

from app.core.clock import days_later
from app.core.i18n import _
from app.office.door import estate_id, me
from app.office.moments import When
from app.people.rules import Act
from app.surveys.called_off import CalledOff, called_off_since
from app.surveys.rules import SheetState

_DAYS_SAID = 14
"""So long a first page says it: whoever agreed on a day for collecting a sheet is told within it."""


@dataclass(frozen=True)
class OffLately:
    """A survey that is called off: what is said, why, what is to be done about sheets at homes; where it stands."""

    title: str
    reason: str
    to_do: str
    url: str


def off_lately(when: When) -> list[OffLately]:
    """The latest first: what concerns whoever looks."""
    known = called_off_since(estate_id(), days_later(when.now, -_DAYS_SAID, when.zone))
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


def _customer_service(off: CalledOff) -> OffLately | None:
    """For whoever was to go there what is theirs, for everybody else all of it."""
    here, survey = me(), off.survey
    if not here.may(Act.SEE_SURVEYS) or not (
        here.id in off.officers or off.roles & {role.value for role in here.roles}
    ):
        return None
    mine = here.id if here.id in off.officers else None
    homes = off.officers[mine] if mine else off.homes
    url = url_for("office.survey", survey_id=survey.id)
    if homes:
        state = SheetState.HANDED_OUT.value
        url = url_for("office.survey_sheets", survey_id=survey.id, state=state, officer=mine)
    title = _("Survey %(number)s is called off: nothing more of it is handed out or collected.", number=survey.number)
    return OffLately(title, off.reason, left_at_homes(homes), url)


def _department(off: CalledOff) -> OffLately | None:
    """A department does not see the survey itself."""
    if not off.departments & me().departments:
        return None
    title = _("Survey %(number)s, which asked about your department, is called off.", number=off.survey.number)
    to_do = _("No special meeting follows from it. Issues that it brought already go on.")
    return OffLately(title, off.reason, to_do, "")
