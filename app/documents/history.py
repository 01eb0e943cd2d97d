"""An issue's history for paper: what happened, how, in whose words and who did it. Here `_` speaks both languages."""

import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from app.core.journal import JournalLine
from app.documents.sheets import Bilingual, Entry
from app.documents.words import both as _
from app.issues.models import Issue
from app.issues.rules import Answer, HowAnswered, State
from app.people.models import Department
from app.visits.models import Visit


@dataclass(frozen=True)
class Known:
    """What the ids in the journal mean: names of staff, departments and visits by id."""

    staff: dict[uuid.UUID, str]
    departments: dict[uuid.UUID, Department]
    visits: dict[uuid.UUID, Visit]


def entries(issue: Issue, lines: list[JournalLine], known: Known) -> tuple[Entry, ...]:
    """The history, oldest first. What was said at a door has the time of the visit, all else that of the office."""
    told: list[Entry] = []
    department = Bilingual("", "")
    for line in lines:
        if line.data.get("department"):
            department = _department(line, known)
        told += _TELL.get(line.kind, _other)(line, issue, department, known)
    return tuple(told)


def state_of(issue: Issue) -> Bilingual:
    """Where the issue stands, in words."""
    return {
        State.RECORDED: _("Recorded"),
        State.ANSWERED: _("Answered on the spot"),
        State.REPORTED: _("Reported up, to be routed"),
        State.ROUTED: _("Routed, not yet accepted"),
        State.ACCEPTED: _("Being rectified"),
        State.RECTIFIED: _("Rectified, to be called back"),
        State.CLOSED: _("Closed by the owner"),
        State.VERIFIED: _("Verified by the supervisor"),
    }[issue.state]


_Tell = Callable[[JournalLine, Issue, Bilingual, Known], Iterable[Entry]]


def _raised(line: JournalLine, issue: Issue, _department: Bilingual, known: Known) -> Iterable[Entry]:
    what = _("Raised by the owner") if issue.owned else _("Noticed on an inspection")
    yield _entry(line, known, what, at=issue.raised_at)


def _answered(line: JournalLine, issue: Issue, _department: Bilingual, known: Known) -> Iterable[Entry]:
    note = line.data.get("answer", "")
    yield _entry(line, known, _("Answered on the spot"), note=note, at=_visited(issue.visit_id, line, known))


def _reported(line: JournalLine, _issue: Issue, _department: Bilingual, known: Known) -> Iterable[Entry]:
    yield _entry(line, known, _("Reported up to supervisor and manager"))


def _routed(line: JournalLine, _issue: Issue, department: Bilingual, known: Known) -> Iterable[Entry]:
    detail = _("by its category") if line.device_id else None
    yield _entry(line, known, _("Routed to %(department)s", department=department), detail=detail)


def _classified(line: JournalLine, _issue: Issue, department: Bilingual, known: Known) -> Iterable[Entry]:
    """Its kind was put right; and with whom it is, where that has changed by it."""
    yield _entry(line, known, _("Kind and urgency put right"), note=line.data["note"])
    if line.data.get("department"):
        detail = _("by its category")
        yield _entry(line, known, _("Routed to %(department)s", department=department), detail=detail)


def _transferred(line: JournalLine, _issue: Issue, department: Bilingual, known: Known) -> Iterable[Entry]:
    yield _entry(line, known, _("Transferred to %(department)s", department=department))


def _accepted(line: JournalLine, _issue: Issue, department: Bilingual, known: Known) -> Iterable[Entry]:
    responsible = known.staff.get(uuid.UUID(line.data["responsible"]), "")
    what = _("%(department)s accepts and settles the measure", department=department)
    detail = _("%(name)s, by %(day)s", name=responsible, day=line.data["due_on"])
    yield _entry(line, known, what, detail=detail, note=line.data["measure"])


def _rectified(line: JournalLine, _issue: Issue, department: Bilingual, known: Known) -> Iterable[Entry]:
    what = _("%(department)s reports: rectified", department=department)
    yield _entry(line, known, what, note=line.data.get("note", ""))


def _satisfied(line: JournalLine, _issue: Issue, _department: Bilingual, known: Known) -> Iterable[Entry]:
    yield _owner_said(line, known, _("Owner satisfied, closed"))


def _dissatisfied(line: JournalLine, _issue: Issue, department: Bilingual, known: Known) -> Iterable[Entry]:
    """Two lines: what the owner said of one round, and with whom the next began."""
    yield _owner_said(line, known, _("Owner dissatisfied"))
    again = _("once more, until the owner is satisfied")
    yield _entry(line, known, _("Routed to %(department)s", department=department), detail=again)


def _verified(line: JournalLine, _issue: Issue, _department: Bilingual, known: Known) -> Iterable[Entry]:
    yield _entry(line, known, _("Verified by the supervisor"), note=line.data.get("note", ""))


def _sent_back(line: JournalLine, _issue: Issue, _department: Bilingual, known: Known) -> Iterable[Entry]:
    yield _entry(line, known, _("Seen, not right yet"), note=line.data.get("reason", ""))


def _adjusted(line: JournalLine, _issue: Issue, _department: Bilingual, known: Known) -> Iterable[Entry]:
    name = known.staff.get(uuid.UUID(line.data["assignee"]), "")
    what = _("Callback: %(name)s, by %(day)s", name=name, day=line.data["due_on"])
    yield _entry(line, known, what, note=line.data["reason"])


def _kept(line: JournalLine, _issue: Issue, _department: Bilingual, known: Known) -> Iterable[Entry]:
    satisfied = line.data.get("answer") == Answer.SATISFIED.value
    yield _owner_said(line, known, _("Answer kept: satisfied") if satisfied else _("Answer kept: dissatisfied"))


def _inside(_line: JournalLine, _issue: Issue, _department: Bilingual, _known: Known) -> Iterable[Entry]:
    """What the office tells itself is not printed for the owner."""
    return ()


def _other(line: JournalLine, _issue: Issue, _department: Bilingual, known: Known) -> Iterable[Entry]:
    yield _entry(line, known, Bilingual(line.kind, line.kind))


_TELL: dict[str, _Tell] = {
    "issue:recorded": _raised,
    "issue:answered": _answered,
    "issue:reported": _reported,
    "issue:routed": _routed,
    "issue:classified": _classified,
    "issue:transferred": _transferred,
    "issue:accepted": _accepted,
    "issue:rectified": _rectified,
    "issue:owner_satisfied": _satisfied,
    "issue:owner_dissatisfied": _dissatisfied,
    "issue:verified": _verified,
    "issue:sent_back": _sent_back,
    "issue:answer_kept": _kept,
    "issue:callback_adjusted": _adjusted,
    "issue:reported_up": _reported,
    "issue:report_taken_up": _inside,
    "issue:result_reported": _inside,
    "issue:result_read": _inside,
    "wait:escalated": _inside,
    "wait:handed_over": _inside,
}


def _owner_said(line: JournalLine, known: Known, what: Bilingual) -> Entry:
    at = _visited(uuid.UUID(line.data["visit"]), line, known)
    round_ = line.data.get("of_round", 1)
    return _entry(line, known, what, detail=_how(line), note=line.data.get("reason", ""), at=at, round_=round_)


def _how(line: JournalLine) -> Bilingual:
    """How the answer was given: kept and printed, as the policy wants it."""
    return {
        HowAnswered.SIGNED: _("signed by the owner"),
        HowAnswered.MARK: _("marked before a witness"),
        HowAnswered.PHONE: _("told by phone"),
        HowAnswered.WITNESSED: _("told before a witness"),
        HowAnswered.PROXY: _("on behalf of the owner"),
        HowAnswered.TOLD: _("told at the door, not signed"),
    }[HowAnswered(line.data["how"])]


def _entry(
    line: JournalLine,
    known: Known,
    what: Bilingual,
    *,
    detail: Bilingual | None = None,
    note: str = "",
    at: datetime | None = None,
    round_: int | None = None,
) -> Entry:
    return Entry(
        at=at or line.at,
        what=what,
        who=known.staff.get(line.staff_id, "") if line.staff_id else "",
        round=round_ or line.data.get("round", 1),
        note=note,
        detail=detail,
    )


def _visited(visit_id: uuid.UUID | None, line: JournalLine, known: Known) -> datetime:
    visit = known.visits.get(visit_id) if visit_id else None
    return visit.ended_at if visit else line.at


def _department(line: JournalLine, known: Known) -> Bilingual:
    found = known.departments.get(uuid.UUID(line.data["department"]))
    return Bilingual(found.name_zh, found.name_en) if found else Bilingual("", "")
