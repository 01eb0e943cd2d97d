"""The words of notices: what happened, which issue, where to look. Never whose home, name or words it is."""

import uuid
from collections.abc import Iterable, Mapping

from app.core.errors import Words
from app.core.i18n import _, lazy_, speaking
from app.estates.models import Estate
from app.notices.models import Notice
from app.notices.rules import Event

SENTENCES: dict[Event, Words] = {
    Event.ROUTE: lazy_("Reported up: choose the department"),
    Event.WORK: lazy_("New for your department: settle measure, person and date"),
    Event.NAMED: lazy_("You are responsible for this issue"),
    Event.BACK: lazy_("Not put right yet: it is back with your department"),
    Event.MEETING: lazy_("You are called to a special meeting on a survey: read its summary"),
    Event.MEASURE: lazy_("A measure that follows from a survey waits for you"),
    Event.CALL_BACK: lazy_("Reported as rectified: call back on the owner"),
    Event.VERIFY: lazy_("Reported as rectified: go and see whether it is right"),
    Event.RESULT: lazy_("Reported up, and there is a result now: tell it upward"),
    Event.REVIEW: lazy_("Waits for your review"),
    Event.MEND: lazy_("Sent back: put it right"),
    Event.LATE: lazy_("Overdue with you: it was told upward"),
    Event.OVERDUE: lazy_("Overdue: it has come up to you"),
    Event.WAITING: lazy_("Something new waits in your inbox"),
    Event.PROGRESS: lazy_("The department has settled measure and date"),
    Event.ENDED: lazy_("Ended: it was put right"),
    Event.CALLED_OFF: lazy_("A survey is called off: collect nothing more, and tell the homes that still have a sheet"),
    Event.COLLECTED: lazy_("A survey is handed up: collect nothing more, and tell the homes that still have a sheet"),
    Event.NOT_ASKED: lazy_("A survey that asked about your department is called off"),
}
PATHS: dict[str, str] = {
    "issue": "issues/{}",
    "plan": "plans/{}",
    "plan_amendment": "plans/amendments/{}",
    "records": "batches/{}",
    "year_report": "statistics/reports/{}",
    "survey": "surveys/{}",
    "survey_meeting": "surveys/meetings/{}",
    "survey_call": "surveys/calls/{}",
    "survey_measure": "surveys/measures/{}",
    "survey_report": "surveys/{}/result",
    "operation": "records/{}",
    "order": "orders/{}",
    "complaint": "complaints/{}",
    "archive": "batches/archives/{}",
    "bundle": "visits/sheets/{}",
    "long_paper": "papers/{}",
}
"""Where the office shows a thing; what has no page of its own stands in the inbox."""
_IN_THE_INBOX = frozenset({Event.NOT_ASKED})
"""What is told to somebody who does not see the thing itself: their inbox says it."""


def the_test(estate: Estate, locale: str) -> tuple[str, str]:
    """Title and text of a message that only shows that messages arrive."""
    with speaking(locale):
        title = _("[%(estate)s] Test message", estate=estate.name(locale))
        return title, _("This address works: Doorstep sends its notices here.")


def message_of(
    notices: list[Notice], called: Mapping[uuid.UUID, str], estate: Estate, locale: str, base: str
) -> tuple[str, str]:
    """Title and text for one notice, or for several together.

    `called`: what each is about, by number and unit; `base`: the address people reach the office under.
    """
    with speaking(locale):
        lines = [_line(notice, called.get(notice.subject_id, "")) for notice in notices]
        links = [_link(notice, base) for notice in notices]
        if len(notices) == 1:
            title = _("[%(estate)s] %(what)s", estate=estate.name(locale), what=lines[0])
            return title, _paragraph(lines[0], links[0])
        title = _("[%(estate)s] %(n)s notices", estate=estate.name(locale), n=len(notices))
        return title, "\n\n".join(_paragraph(*both) for both in zip(lines, links, strict=True))


def _line(notice: Notice, called: str) -> str:
    """`整改完成，请回访业主 · WT-2611-0003 · 3-1-1202`"""
    return " · ".join(_filled([str(SENTENCES[notice.event]), called]))


def _link(notice: Notice, base: str) -> str:
    if not base:
        return ""
    path = "" if notice.event in _IN_THE_INBOX else PATHS.get(notice.subject_type, "")
    return f"{base.rstrip('/')}/{path.format(notice.subject_id)}"


def _paragraph(line: str, link: str) -> str:
    return "\n".join(_filled([line, link]))


def _filled(parts: Iterable[str]) -> list[str]:
    return [part for part in parts if part]
