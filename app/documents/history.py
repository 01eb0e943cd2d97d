"""An issue's history for paper: what happened, how, in whose words and who did it. Here `_` speaks both languages."""

import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from app.core.journal import JournalLine
from app.documents.sheets import Bilingual, Entry
from app.documents.words import both as _
from app.issues.complaint_rules import Grade
from app.issues.models import Issue
from app.issues.progress import PROGRESSED, Stage
from app.issues.rules import Answer, Cannot, HowAnswered, Move, State
from app.people.models import Department
from app.visits.models import Visit


@dataclass(frozen=True)
class Known:
    """What the ids in the journal mean: names of staff, departments, visits, numbers of other issues, each by id."""

    staff: dict[uuid.UUID, str]
    departments: dict[uuid.UUID, Department]
    visits: dict[uuid.UUID, Visit]
    numbers: dict[uuid.UUID, str] = field(default_factory=dict)


def entries(issue: Issue, lines: list[JournalLine], known: Known, *, inside: bool = False) -> tuple[Entry, ...]:
    """The history, oldest first. What was said at a door has the time of the visit, all else that of the office.

    `inside`: with what the office tells itself, which is not for the owner's paper.
    """
    told: list[Entry] = []
    tell = {**_TELL, **_INSIDE} if inside else _TELL
    department = Bilingual("", "")
    for line in lines:
        if line.data.get("department"):
            department = _department(line, known)
        told += tell.get(line.kind, _other)(line, issue, department, known)
    return tuple(told)


def state_of(issue: Issue) -> Bilingual:
    """Where the issue stands, in words."""
    return {
        State.RECORDED: _("Recorded"),
        State.ANSWERED: _("Answered on the spot"),
        State.REPORTED: _("Reported up, to be routed"),
        State.ROUTED: _("Routed, not yet accepted"),
        State.ACCEPTED: _("Being rectified"),
        State.RECTIFIED: _("Rectified, to be called back") if issue.owned else _("Rectified, to be verified"),
        State.CLOSED: _("Closed by the owner"),
        State.VERIFIED: _("Verified by the supervisor"),
        State.DISPUTED: _("Liability in dispute"),
        State.DEFERRED: _("Another date asked for"),
        State.MERGED: _("Waits for the same work"),
        State.EXPLAINED: _("To be explained to the owner"),
        State.CARRIED_OVER: _("Carried over"),
        State.CLOSED_UNSATISFIED: _("Closed without satisfaction"),
    }[issue.state]


_Tell = Callable[[JournalLine, Issue, Bilingual, Known], Iterable[Entry]]


def _raised(line: JournalLine, issue: Issue, _department: Bilingual, known: Known) -> Iterable[Entry]:
    what = _("Raised by the owner") if issue.owned else _("Noticed on an inspection")
    if issue.written:
        what = _("Written by the owner in a survey")
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
    note = line.data.get("reason", "")
    yield _entry(line, known, _("Transferred to %(department)s", department=department), note=note)


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


def _telling_adjusted(line: JournalLine, _issue: Issue, _department: Bilingual, known: Known) -> Iterable[Entry]:
    name = known.staff.get(uuid.UUID(line.data["assignee"]), "")
    what = _("To tell the owner: %(name)s, by %(day)s", name=name, day=line.data["due_on"])
    yield _entry(line, known, what, note=line.data["reason"])


def _deferral(line: JournalLine, _issue: Issue, _department: Bilingual, known: Known) -> Iterable[Entry]:
    """Another date, by what became of it; how its owner was told of it, where that is what the line tells."""
    day = line.data["due_on"]
    what = {
        Move.ASK_TO_DEFER.value: _("Another date asked for: %(day)s", day=day),
        Move.DEFER.value: _("Deferred to %(day)s", day=day),
        Move.KEEP_DATE.value: _("Not deferred: %(day)s stays", day=day),
    }.get(line.kind, _("The owner knows the new date, %(day)s", day=day))
    yield _entry(line, known, what, note=line.data.get("reason") or line.data.get("note", ""))


def _disputed(line: JournalLine, _issue: Issue, _department: Bilingual, known: Known) -> Iterable[Entry]:
    yield _entry(line, known, _("Liability in dispute"), note=line.data["reason"])


def _decided(line: JournalLine, _issue: Issue, department: Bilingual, known: Known) -> Iterable[Entry]:
    what = _("Decided: %(department)s is responsible", department=department)
    yield _entry(line, known, what, note=line.data["reason"])


def _cannot(line: JournalLine, issue: Issue, _department: Bilingual, known: Known) -> Iterable[Entry]:
    for_now = line.data.get("cannot", issue.cannot.value if issue.cannot else "") == Cannot.FOR_NOW.value
    what = _("Cannot be solved for now") if for_now else _("Cannot be solved")
    yield _entry(line, known, what, note=line.data["reason"])


def _agreed(line: JournalLine, _issue: Issue, _department: Bilingual, known: Known) -> Iterable[Entry]:
    yield _owner_said(line, known, _("The owner agrees: carried over"))


def _disagreed(line: JournalLine, _issue: Issue, _department: Bilingual, known: Known) -> Iterable[Entry]:
    yield _owner_said(line, known, _("The owner disagrees: reported up again"))


def _objected(line: JournalLine, _issue: Issue, _department: Bilingual, known: Known) -> Iterable[Entry]:
    yield _owner_said(line, known, _("The owner objects"))


def _carried_on(line: JournalLine, _issue: Issue, _department: Bilingual, known: Known) -> Iterable[Entry]:
    yield _entry(line, known, _("Left on the list for another year"), note=line.data["note"])


def _ended(line: JournalLine, _issue: Issue, _department: Bilingual, known: Known) -> Iterable[Entry]:
    yield _entry(line, known, _("Closed without satisfaction"), note=line.data["reason"])


def _rectified_too(line: JournalLine, _issue: Issue, department: Bilingual, known: Known) -> Iterable[Entry]:
    what = _("%(department)s reports: rectified", department=department)
    yield _entry(line, known, what, note=line.data["note"])


def _again(line: JournalLine, _issue: Issue, _department: Bilingual, known: Known) -> Iterable[Entry]:
    yield _entry(line, known, _("Worked on again"), detail=_("called back on after that"))


def _behind_the_desk(_line: JournalLine, _issue: Issue, _department: Bilingual, _known: Known) -> Iterable[Entry]:
    """Which other owners' issues are the same work is nothing for this owner's paper."""
    return ()


def _kept(line: JournalLine, _issue: Issue, _department: Bilingual, known: Known) -> Iterable[Entry]:
    words = {
        Answer.SATISFIED: _("Answer kept: satisfied"),
        Answer.DISSATISFIED: _("Answer kept: dissatisfied"),
        Answer.AGREED: _("Answer kept: agrees"),
        Answer.DISAGREED: _("Answer kept: does not agree"),
        Answer.OBJECTED: _("Answer kept: objects"),
    }
    yield _owner_said(line, known, words[Answer(line.data["answer"])])


def _inside(_line: JournalLine, _issue: Issue, _department: Bilingual, _known: Known) -> Iterable[Entry]:
    """What the office tells itself is not printed for the owner."""
    return ()


def _progressed(line: JournalLine, _issue: Issue, _department: Bilingual, known: Known) -> Iterable[Entry]:
    stages = {Stage.BEFORE.value: _("Photos, before"), Stage.AFTER.value: _("Photos, after")}
    what = stages[line.data["stage"]] if line.data.get("photos") else _("Note")
    yield _entry(line, known, what, note=line.data.get("note", ""))


def _taken_up(line: JournalLine, _issue: Issue, _department: Bilingual, known: Known) -> Iterable[Entry]:
    name = known.staff.get(line.staff_id, "") if line.staff_id else ""
    yield _entry(line, known, _("Report taken up · %(name)s", name=name), note=line.data.get("note", ""))


def _result_told(line: JournalLine, _issue: Issue, _department: Bilingual, known: Known) -> Iterable[Entry]:
    yield _entry(line, known, _("Result reported upward"), note=line.data.get("note", ""))


def _result_read(line: JournalLine, _issue: Issue, _department: Bilingual, known: Known) -> Iterable[Entry]:
    yield _entry(line, known, _("Result read"))


def _merged(line: JournalLine, _issue: Issue, _department: Bilingual, known: Known) -> Iterable[Entry]:
    what = _("Same work as %(number)s", number=_number(line.data["into"], known))
    yield _entry(line, known, what, note=line.data.get("note", ""))


def _unmerged(line: JournalLine, _issue: Issue, _department: Bilingual, known: Known) -> Iterable[Entry]:
    what = _("Leads the work now") if line.data.get("leads") else _("A matter of its own again")
    yield _entry(line, known, what, note=line.data.get("reason", ""))


def _went_along(line: JournalLine, _issue: Issue, department: Bilingual, known: Known) -> Iterable[Entry]:
    what = _("Goes along with %(number)s", number=_number(line.data["with"], known))
    yield _entry(line, known, what, detail=department if department.zh else None)


def _escalated(line: JournalLine, _issue: Issue, _department: Bilingual, known: Known) -> Iterable[Entry]:
    to_executive = line.data["level"] == "executive"
    yield _entry(
        line, known, _("Overdue: told to the executive") if to_executive else _("Overdue: told to the manager")
    )


def _handed_over(line: JournalLine, _issue: Issue, _department: Bilingual, known: Known) -> Iterable[Entry]:
    name = known.staff.get(uuid.UUID(line.data["from"]), "")
    yield _entry(line, known, _("Goes to the supervisor: %(name)s works here no more", name=name))


def _became_complaint(line: JournalLine, _issue: Issue, _department: Bilingual, known: Known) -> Iterable[Entry]:
    yield _entry(line, known, _("Became a complaint: %(grade)s", grade=grade_words(line.data["grade"])))


def _responded(line: JournalLine, _issue: Issue, _department: Bilingual, known: Known) -> Iterable[Entry]:
    if line.data.get("note"):
        yield _entry(line, known, _("First response to the complainant"), note=line.data["note"])


def _graded(line: JournalLine, _issue: Issue, _department: Bilingual, known: Known) -> Iterable[Entry]:
    before, after = grade_words(line.data["from"]), grade_words(line.data["grade"])
    what = _("Graded anew: %(before)s → %(after)s", before=before, after=after)
    yield _entry(line, known, what, note=line.data["reason"])


def _person_named(line: JournalLine, _issue: Issue, _department: Bilingual, known: Known) -> Iterable[Entry]:
    about = known.staff.get(uuid.UUID(line.data["about"]), "") if line.data.get("about") else ""
    detail = _("about %(name)s", name=about) if about else _("about nobody of the staff")
    yield _entry(line, known, _("Whom the complaint is about"), detail=detail)


def _turned_back(line: JournalLine, _issue: Issue, _department: Bilingual, known: Known) -> Iterable[Entry]:
    yield _entry(line, known, _("Turned back into an ordinary issue"), note=line.data["reason"])


def _reviewed(line: JournalLine, _issue: Issue, _department: Bilingual, known: Known) -> Iterable[Entry]:
    yield _entry(line, known, _("Complaint reviewed"), note=line.data.get("note", ""))


def _number(issue_id: str, known: Known) -> str:
    return known.numbers.get(uuid.UUID(issue_id), "")


def grade_words(grade: str) -> Bilingual:
    """How grave a complaint is."""
    return {
        Grade.ORDINARY: _("Ordinary complaint"),
        Grade.IMPORTANT: _("Important complaint"),
        Grade.MAJOR: _("Major complaint"),
    }[Grade(grade)]


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
    "issue:telling_adjusted": _telling_adjusted,
    "issue:deferral_asked": _deferral,
    "issue:deferred": _deferral,
    "issue:deferral_refused": _deferral,
    "issue:deferral_told": _deferral,
    "issue:disputed": _disputed,
    "issue:liability_decided": _decided,
    "issue:cannot_be_solved": _cannot,
    "issue:cannot_be_solved_too": _cannot,
    "issue:refused": _cannot,
    "issue:owner_agreed": _agreed,
    "issue:owner_disagreed": _disagreed,
    "issue:owner_objected": _objected,
    "issue:carried_on": _carried_on,
    "issue:closed_unsatisfied": _ended,
    "issue:rectified_too": _rectified_too,
    "issue:worked_on_again": _again,
    PROGRESSED: _inside,
    "issue:merged": _behind_the_desk,
    "issue:unmerged": _behind_the_desk,
    "issue:went_along": _behind_the_desk,
    "issue:reported_up": _reported,
    "issue:report_taken_up": _inside,
    "issue:result_reported": _inside,
    "issue:result_read": _inside,
    "wait:escalated": _inside,
    "wait:handed_over": _inside,
}
_INSIDE: dict[str, _Tell] = {
    PROGRESSED: _progressed,
    "issue:merged": _merged,
    "issue:unmerged": _unmerged,
    "issue:went_along": _went_along,
    "issue:report_taken_up": _taken_up,
    "issue:result_reported": _result_told,
    "issue:result_read": _result_read,
    "wait:escalated": _escalated,
    "wait:handed_over": _handed_over,
    "complaint:opened": _became_complaint,
    "complaint:responded": _responded,
    "complaint:graded_up": _graded,
    "complaint:graded_down": _graded,
    "complaint:person_named": _person_named,
    "complaint:turned_back": _turned_back,
    "complaint:reviewed": _reviewed,
    # What the complaint owes to its issue stands there already.
    "complaint:handled": _inside,
    "complaint:ended": _inside,
    "complaint:reopened": _inside,
    "complaint:to_handle_again": _inside,
}
"""What is told besides, or in its stead, to whoever may read all of it."""


def _owner_said(line: JournalLine, known: Known, what: Bilingual) -> Entry:
    visit_id = line.data.get("visit")
    at = _visited(uuid.UUID(visit_id) if visit_id else None, line, known)
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
        HowAnswered.COUNTER: _("told at the counter"),
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
