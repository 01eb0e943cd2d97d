"""The words of what follows of a survey: what opinions became, where a meeting and its measures stand."""

from app.core.errors import Words
from app.core.i18n import _, current_locale, lazy_
from app.core.journal import JournalLine
from app.office.issue_pages.issue_history import Told
from app.office.moments import When
from app.people.queries import names
from app.surveys.measure_rules import READING, Became, MeasureMove, MeasureState
from app.surveys.measures import SurveyCall

BECAME: dict[Became, Words] = {
    Became.ISSUE: lazy_("An issue"),
    Became.MERGED: lazy_("Same matter as an issue"),
    Became.PRAISE: lazy_("Praise"),
    Became.NO_ACTION: lazy_("No action"),
}
MEASURES: dict[MeasureState, Words] = {
    MeasureState.SET_DOWN: lazy_("Measure to settle"),
    MeasureState.SETTLED: lazy_("Being carried out"),
    MeasureState.REPORTED: lazy_("Reported, to be collected"),
    MeasureState.COLLECTED: lazy_("Report collected"),
    MeasureState.DROPPED: lazy_("Not pursued"),
}
MEASURE_TONES: dict[MeasureState, tuple[str, str]] = {
    MeasureState.SET_DOWN: ("wait", "hourglass"),
    MeasureState.SETTLED: ("info", "tool"),
    MeasureState.REPORTED: ("brand", "phone"),
    MeasureState.COLLECTED: ("good", "check"),
    MeasureState.DROPPED: ("", "circle-x"),
}
"""Tone and icon of a state."""
_MOVES: dict[str, tuple[Words, str]] = {
    "measure:set_down": (lazy_("Set down in the minutes"), "start"),
    MeasureMove.SETTLE.value: (lazy_("Measure settled"), ""),
    MeasureMove.REPORT.value: (lazy_("Reported as carried out"), ""),
    MeasureMove.COLLECT.value: (lazy_("Report collected"), "ok"),
    MeasureMove.ASK_AGAIN.value: (lazy_("Asked again"), "bad"),
    MeasureMove.DROP.value: (lazy_("Not pursued"), "bad"),
    READING: (lazy_("Report read"), ""),
    "wait:escalated": (lazy_("Overdue, told upward"), "bad"),
    "wait:handed_over": (lazy_("Handed over"), ""),
}


def called_words(call: SurveyCall, property_manager: Words) -> str:
    """Whom a call is to: a department, or the property manager."""
    return call.department.name(current_locale()) if call.department else str(property_manager)


def history_of_measure(lines: list[JournalLine], when: When) -> list[Told]:
    """What happened to a measure, newest first."""
    known = names(line.staff_id for line in lines if line.staff_id)
    told = []
    for line in lines:
        title, tone = _MOVES.get(line.kind, (line.kind, ""))
        said = next((line.data[name] for name in ("measure", "note", "reason") if line.data.get(name)), "")
        who = known.get(line.staff_id, "–") if line.staff_id else str(_("by itself"))
        told.append(Told(str(title), str(said), f"{who} · {when.moment(line.at)}", tone))
    return told[::-1]
