"""The special meeting on a survey as an archive tells it: its minutes, and what became of the measures (R33 to R35)."""

import uuid
from collections.abc import Iterable, Sequence

from app.core import journal
from app.documents.archive.matter import Fact, Facts, Happened, Matter, joined, same
from app.documents.archive.of_papers import Printed
from app.documents.sheets import Bilingual
from app.documents.words import both as _
from app.estates.models import Estate
from app.people.models import Department
from app.people.queries import names
from app.surveys.measure_rules import READING, MeasureMove, MeasureState, MeetingMove
from app.surveys.measures import SurveyMeasure, SurveyMeeting, measures_on


def tell_meeting(meeting: SurveyMeeting, estate: Estate, _printed: Printed) -> Matter:
    """A meeting whose minutes are written, with each department's problems as they stand when it is archived."""
    facts, survey, measures = Facts(estate.time_zone), meeting.survey, measures_on(meeting.survey_id)
    came = names(uuid.UUID(id_) for id_ in meeting.present)
    return Matter(
        type="meeting",
        id=str(meeting.id),
        number=f"YTH-{survey.number}",
        at=meeting.written_at or meeting.called_at,
        where=same(meeting.place),
        about=Bilingual(survey.title("zh"), survey.title("en")),
        who=meeting.chair.name if meeting.chair else meeting.called_by.name,
        state=_("Held"),
        facts=(
            *facts.said("held_on", _("Held on"), meeting.held_on),
            *facts.said("present", _("Present"), joined(same(name) for name in (*came.values(), meeting.others))),
            *facts.said("note", _("To be prepared"), meeting.note),
            *facts.said("minutes", _("Minutes"), meeting.minutes),
            *(fact for n, one in enumerate(measures, start=1) for fact in _told(facts, n, one)),
        ),
        history=tuple(sorted(_happened(facts, meeting, measures), key=lambda line: line.at)),
    )


def _told(facts: Facts, n: int, measure: SurveyMeasure) -> list[Fact]:
    """A department's problem, the measure, who answers for it and by when, and where it stands."""
    who, by = measure.responsible, measure.due_on
    words = (
        measure.problem,
        measure.measure or measure.first_plan,
        who.name if who else "",
        by.isoformat() if by else "",
    )
    state, said = _state(measure.state), " · ".join(one for one in words if one)
    told = Bilingual(f"{said} · {state.zh}", f"{said} · {state.en}")
    return facts.said(f"measure {n}", _name(measure.department), told, measure.state.value)


def _happened(facts: Facts, meeting: SurveyMeeting, measures: Sequence[SurveyMeasure]) -> Iterable[Happened]:
    about = {meeting.id: None} | {one.id: _name(one.department) for one in measures}
    lines = [line for id_ in about for line in journal.history(id_)]
    who, words = names({line.staff_id for line in lines if line.staff_id}), _moves()
    for line in lines:
        if line.kind in words:
            note = next((str(line.data[name]) for name in ("measure", "note", "reason") if line.data.get(name)), "")
            by, round_ = who.get(line.staff_id, "") if line.staff_id else "", line.data.get("round", 1)
            yield facts.happened(
                line.at, words[line.kind], who=by, note=note, detail=about[line.subject_id], round_=round_
            )


def _name(department: Department) -> Bilingual:
    return Bilingual(department.name("zh"), department.name("en"))


def _moves() -> dict[str, Bilingual]:
    return {
        MeetingMove.CALL.value: _("The meeting was called"),
        MeetingMove.PUT_OFF.value: _("Set for another time"),
        MeetingMove.RECORD.value: _("Minutes written"),
        MeasureMove.SETTLE.value: _("Measure settled"),
        MeasureMove.REPORT.value: _("Reported as carried out"),
        READING: _("Report read"),
        MeasureMove.COLLECT.value: _("Report collected"),
        MeasureMove.ASK_AGAIN.value: _("Asked again"),
        MeasureMove.DROP.value: _("Not pursued"),
    }


def _state(state: MeasureState) -> Bilingual:
    return {
        MeasureState.SET_DOWN: _("Measure to settle"),
        MeasureState.SETTLED: _("Being carried out"),
        MeasureState.REPORTED: _("Reported, to be collected"),
        MeasureState.COLLECTED: _("Report collected"),
        MeasureState.DROPPED: _("Not pursued"),
    }[state]
