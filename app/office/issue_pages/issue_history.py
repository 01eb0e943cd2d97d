"""An issue's history as the page tells it: what happened, in whose words, who and when."""

import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from app.core import journal
from app.core.i18n import _, current_locale
from app.core.journal import JournalLine
from app.issues.complaint_rules import Grade
from app.issues.models import Category, Issue
from app.issues.progress import PROGRESSED, Stage
from app.issues.queries import categories_by_code, issues_shown
from app.issues.rules import ENDED, Answer, Cannot, Ending, HowAnswered, HowTold, Urgency
from app.office.moments import When
from app.office.words import CANNOT, ENDINGS, GRADES, HOW, HOW_TOLD, OWED, URGENCIES
from app.people.models import Department
from app.people.queries import departments, names
from app.visits.models import Visit
from app.visits.queries import visits_by_id
from app.visits.rules import Method

_ON_THE_WAY = timedelta(minutes=5)
"""Received so soon, a record was not offline."""


@dataclass(frozen=True)
class Told:
    """One line. `tone`: now (where it stands), bad, ok, start or blank."""

    title: str
    words: str = ""
    meta: str = ""
    tone: str = ""
    photos: tuple[str, ...] = ()
    """Ids of the photos of the work that came with it."""


@dataclass(frozen=True)
class _Known:
    """What the journal's ids mean."""

    issue: Issue
    when: When
    staff: dict[uuid.UUID, str]
    departments: dict[uuid.UUID, Department]
    categories: dict[str, Category]
    visits: dict[uuid.UUID, Visit]
    numbers: dict[uuid.UUID, str]

    def number(self, issue_id: str) -> str:
        return self.numbers.get(uuid.UUID(issue_id), "–")

    def day(self, line: JournalLine) -> str:
        return self.when.on(date.fromisoformat(line.data["due_on"]))

    def name(self, staff_id: uuid.UUID | str | None) -> str:
        return self.staff.get(uuid.UUID(str(staff_id)), "–") if staff_id else _("by itself")

    def department(self, department_id: str | None) -> str:
        found = self.departments.get(uuid.UUID(department_id)) if department_id else None
        return found.name(current_locale()) if found else "–"

    def category(self, code: str) -> str:
        found = self.categories.get(code)
        return found.name(current_locale()) if found else code


def tell(issue: Issue, lines: list[JournalLine], when: When) -> list[Told]:
    """The history, newest first; where the issue stands now is marked unless it has ended."""
    known = _known(issue, lines, when)
    told: list[Told] = []
    department = ""
    for line in lines:
        if line.data.get("department"):
            department = known.department(line.data.get("department"))
        told += _TELL.get(line.kind, _other)(line, known, department)
    if told and issue.state not in ENDED and told[-1].tone in ("", "start"):
        last = told[-1]
        told[-1] = replace(last, tone="now")
    return told[::-1]


def history_with_complaint(issue: Issue) -> list[JournalLine]:
    """What happened to an issue and to the complaint that it is or was, in the order in which it happened."""
    lines = journal.history(issue.id)
    if issue.complaint is not None:
        lines = [*lines, *journal.history(issue.complaint.id)]
    return sorted(lines, key=lambda line: line.seq)


def _known(issue: Issue, lines: list[JournalLine], when: When) -> _Known:
    staff = {line.staff_id for line in lines if line.staff_id}
    staff |= {uuid.UUID(line.data["responsible"]) for line in lines if line.data.get("responsible")}
    staff |= {uuid.UUID(line.data["assignee"]) for line in lines if line.data.get("assignee")}
    others = {uuid.UUID(line.data[name]) for line in lines for name in ("into", "with") if line.data.get(name)}
    staff |= {uuid.UUID(line.data["from"]) for line in lines if line.kind == "wait:handed_over"}
    staff |= {uuid.UUID(line.data["about"]) for line in lines if line.data.get("about")}
    visits = {
        *([issue.visit_id] if issue.visit_id else []),
        *(uuid.UUID(line.data["visit"]) for line in lines if line.data.get("visit")),
    }
    known_departments = {department.id: department for department in departments(issue.estate_id)}
    known_categories = categories_by_code(issue.estate_id)
    numbers = {one.id: one.number or "–" for one in issues_shown(others).values()}
    return _Known(issue, when, names(staff), known_departments, known_categories, visits_by_id(visits), numbers)


def _raised(line: JournalLine, known: _Known, _department: str) -> Iterable[Told]:
    if known.issue.written:
        yield Told(_("Written by the owner in a survey"), meta=_by(line, known), tone="start")
        return
    if known.issue.visit_id is None:
        yield Told(_("Noticed on an inspection"), meta=_noticed(line, known), tone="start")
        return
    yield Told(_("Raised by the owner"), meta=_at_visit(line, known, known.issue.visit_id, ""), tone="start")


def _answered(line: JournalLine, known: _Known, _department: str) -> Iterable[Told]:
    yield Told(_("Answered on the spot"), line.data.get("answer", ""), _by(line, known))


def _reported(line: JournalLine, known: _Known, _department: str) -> Iterable[Told]:
    yield Told(_("Reported up to supervisor and manager"), meta=_by(line, known))


def _routed(line: JournalLine, known: _Known, department: str) -> Iterable[Told]:
    words = _("by its category") if line.device_id else ""
    yield Told(_in_round(line, _("Routed to %(department)s", department=department)), words, _by(line, known))


def _classified(line: JournalLine, known: _Known, department: str) -> Iterable[Told]:
    urgency = URGENCIES[Urgency(line.data["urgency"])]
    title = _("Classified: %(category)s · %(urgency)s", category=known.category(line.data["category"]), urgency=urgency)
    yield Told(_in_round(line, title), line.data["note"], _by(line, known))
    if line.data.get("department"):
        title = _("Routed to %(department)s", department=department)
        yield Told(_in_round(line, title), _("by its category"), _by(line, known))


def _transferred(line: JournalLine, known: _Known, department: str) -> Iterable[Told]:
    title = _in_round(line, _("Transferred to %(department)s", department=department))
    before = _("from %(department)s", department=known.department(line.data.get("from")))
    yield Told(title, line.data.get("reason", ""), f"{before} · {_by(line, known)}")


def _accepted(line: JournalLine, known: _Known, _department: str) -> Iterable[Told]:
    title = _in_round(line, _("Accepted · %(name)s", name=known.name(line.staff_id)))
    due_on = known.when.on(date.fromisoformat(line.data["due_on"]))
    person = _("%(name)s, by %(day)s", name=known.name(line.data["responsible"]), day=due_on)
    words = "\n".join(part for part in (line.data["measure"], line.data.get("method", "")) if part)
    yield Told(title, words, f"{person} · {known.when.moment(line.at)}")


def _rectified(line: JournalLine, known: _Known, department: str) -> Iterable[Told]:
    title = _("%(department)s reports: rectified", department=department)
    yield Told(_in_round(line, title), line.data.get("note", ""), _by(line, known))


def _progressed(line: JournalLine, known: _Known, _department: str) -> Iterable[Told]:
    photos = tuple(line.data.get("photos", ()))
    title = _("Note")
    if photos:
        title = _("Photos, after") if line.data.get("stage") == Stage.AFTER.value else _("Photos, before")
    yield Told(_in_round(line, title), line.data.get("note", ""), _by(line, known), photos=photos)


def _satisfied(line: JournalLine, known: _Known, _department: str) -> Iterable[Told]:
    yield Told(_("Owner satisfied, closed"), line.data.get("reason", ""), _answer_given(line, known), "ok")


def _dissatisfied(line: JournalLine, known: _Known, department: str) -> Iterable[Told]:
    """Two lines: what the owner said, and with whom the next round began."""
    yield Told(_("Owner dissatisfied"), line.data.get("reason", ""), _answer_given(line, known), "bad")
    title = _in_round(line, _("Routed to %(department)s", department=department))
    yield Told(title, _("once more, until the owner is satisfied"), known.when.moment(line.at))


def _adjusted(line: JournalLine, known: _Known, _department: str) -> Iterable[Told]:
    due_on = known.when.on(date.fromisoformat(line.data["due_on"]))
    title = _("Callback: %(name)s, by %(day)s", name=known.name(line.data["assignee"]), day=due_on)
    yield Told(_in_round(line, title), line.data["reason"], _by(line, known))


def _telling_adjusted(line: JournalLine, known: _Known, _department: str) -> Iterable[Told]:
    due_on = known.when.on(date.fromisoformat(line.data["due_on"]))
    title = _("To tell the owner: %(name)s, by %(day)s", name=known.name(line.data["assignee"]), day=due_on)
    yield Told(_in_round(line, title), line.data["reason"], _by(line, known))


def _verified(line: JournalLine, known: _Known, _department: str) -> Iterable[Told]:
    yield Told(_("Verified by the supervisor"), line.data.get("note", ""), _by(line, known), "ok")


def _sent_back(line: JournalLine, known: _Known, department: str) -> Iterable[Told]:
    """Two lines: what the supervisor saw, and with whom the next round began."""
    yield Told(_("Seen, not right yet"), line.data.get("reason", ""), _by(line, known), "bad")
    title = _in_round(line, _("Routed to %(department)s", department=department))
    yield Told(title, _("once more, until the supervisor finds it right"), known.when.moment(line.at))


def _deferral_asked(line: JournalLine, known: _Known, _department: str) -> Iterable[Told]:
    title = _in_round(line, _("Another date asked for: %(day)s", day=known.day(line)))
    yield Told(title, line.data["reason"], _by(line, known))


def _deferred(line: JournalLine, known: _Known, _department: str) -> Iterable[Told]:
    yield Told(_in_round(line, _("Deferred to %(day)s", day=known.day(line))), line.data["note"], _by(line, known))


def _date_kept(line: JournalLine, known: _Known, _department: str) -> Iterable[Told]:
    title = _("Not deferred: %(day)s stays", day=known.day(line))
    yield Told(_in_round(line, title), line.data["reason"], _by(line, known))


def _deferral_told(line: JournalLine, known: _Known, _department: str) -> Iterable[Told]:
    title = _("The owner knows the new date, %(day)s", day=known.day(line))
    yield Told(_in_round(line, title), str(HOW_TOLD[HowTold(line.data["how_told"])]), _by(line, known))


def _cannot(line: JournalLine, known: _Known, _department: str) -> Iterable[Told]:
    title = str(CANNOT[Cannot(line.data["cannot"])])
    sent = _("explained by %(name)s", name=known.name(line.data["assignee"])) if line.data.get("assignee") else ""
    meta = " · ".join(part for part in (_by(line, known), sent) if part)
    yield Told(_in_round(line, title), line.data["reason"], meta)


def _cannot_too(line: JournalLine, known: _Known, _department: str) -> Iterable[Told]:
    title = _("Cannot be solved, with %(number)s", number=known.number(line.data["with"]))
    yield Told(_in_round(line, title), line.data["reason"], _by(line, known))


def _agreed(line: JournalLine, known: _Known, _department: str) -> Iterable[Told]:
    yield Told(_("The owner agrees: carried over"), line.data["reason"], _answer_given(line, known))


def _disagreed(line: JournalLine, known: _Known, _department: str) -> Iterable[Told]:
    yield Told(_("The owner disagrees: reported up again"), line.data["reason"], _answer_given(line, known), "bad")


def _carried_on(line: JournalLine, known: _Known, _department: str) -> Iterable[Told]:
    yield Told(_("Left on the list for another year"), line.data["note"], _by(line, known))


def _refused(line: JournalLine, known: _Known, _department: str) -> Iterable[Told]:
    yield Told(_("Not to be solved, by the year's review"), line.data["reason"], _by(line, known))


def _objected(line: JournalLine, known: _Known, _department: str) -> Iterable[Told]:
    yield Told(_in_round(line, _("The owner objects")), line.data["reason"], _answer_given(line, known), "bad")


def _closed_unsatisfied(line: JournalLine, known: _Known, _department: str) -> Iterable[Told]:
    title = _("Closed without satisfaction: %(why)s", why=ENDINGS[Ending(line.data["ending"])])
    yield Told(title, line.data["reason"], _by(line, known))


def _disputed(line: JournalLine, known: _Known, _department: str) -> Iterable[Told]:
    title = _("Liability disputed: %(department)s, it says", department=known.department(line.data["claimed"]))
    yield Told(_in_round(line, title), line.data["reason"], _by(line, known))


def _decided(line: JournalLine, known: _Known, department: str) -> Iterable[Told]:
    title = _in_round(line, _("Decided: %(department)s is responsible", department=department))
    yield Told(title, line.data["reason"], _by(line, known))


def _merged(line: JournalLine, known: _Known, _department: str) -> Iterable[Told]:
    title = _in_round(line, _("Same work as %(number)s", number=known.number(line.data["into"])))
    yield Told(title, line.data["note"], _by(line, known))


def _unmerged(line: JournalLine, known: _Known, _department: str) -> Iterable[Told]:
    title = _("Leads the work now") if line.data.get("leads") else _("A matter of its own again")
    yield Told(_in_round(line, title), line.data.get("reason", ""), _by(line, known))


def _went_along(line: JournalLine, known: _Known, department: str) -> Iterable[Told]:
    title = _("Goes along with %(number)s", number=known.number(line.data["with"]))
    yield Told(_in_round(line, title), department, _by(line, known))


def _rectified_too(line: JournalLine, known: _Known, _department: str) -> Iterable[Told]:
    title = _("Rectified with %(number)s", number=known.number(line.data["with"]))
    yield Told(_in_round(line, title), line.data["note"], _by(line, known))


def _again(line: JournalLine, known: _Known, _department: str) -> Iterable[Told]:
    title = _("Worked on again for %(number)s", number=known.number(line.data["with"]))
    yield Told(_in_round(line, title), _("called back on after that"), _by(line, known))


def _kept(line: JournalLine, known: _Known, _department: str) -> Iterable[Told]:
    title = {
        Answer.SATISFIED: _("Answer kept: satisfied"),
        Answer.DISSATISFIED: _("Answer kept: dissatisfied"),
        Answer.AGREED: _("Answer kept: agrees"),
        Answer.DISAGREED: _("Answer kept: does not agree"),
        Answer.OBJECTED: _("Answer kept: objects"),
    }[Answer(line.data["answer"])]
    words = _("It could not move the issue any more, or was not signed: a person looks at it.")
    if new_date := line.data.get("new_date"):
        words = _("About the new date, %(day)s.", day=known.when.on(date.fromisoformat(new_date)))
    if reason := line.data.get("reason"):
        words = " ".join((_("“%(text)s”", text=reason), words))
    yield Told(title, words, _answer_given(line, known))


def _reported_up(line: JournalLine, known: _Known, _department: str) -> Iterable[Told]:
    yield Told(_in_round(line, _("Reported up to supervisor and manager")), meta=_by(line, known))


def _taken_up(line: JournalLine, known: _Known, _department: str) -> Iterable[Told]:
    title = _("Report taken up · %(name)s", name=known.name(line.staff_id))
    yield Told(_in_round(line, title), line.data["note"], _by(line, known))


def _result_told(line: JournalLine, known: _Known, _department: str) -> Iterable[Told]:
    yield Told(_in_round(line, _("Result reported upward")), line.data["note"], _by(line, known))


def _result_read(line: JournalLine, known: _Known, _department: str) -> Iterable[Told]:
    yield Told(_("Result read"), meta=_by(line, known))


def _escalated(line: JournalLine, known: _Known, _department: str) -> Iterable[Told]:
    to_executive = line.data["level"] == "executive"
    title = _("Overdue: told to the executive") if to_executive else _("Overdue: told to the manager")
    yield Told(title, _owed(line), _by(line, known), "bad")


def _handed_over(line: JournalLine, known: _Known, _department: str) -> Iterable[Told]:
    title = _("Goes to the supervisor: %(name)s works here no more", name=known.name(line.data["from"]))
    yield Told(title, _owed(line), _by(line, known))


def _owed(line: JournalLine) -> str:
    """What is to be done, in words."""
    return str(OWED.get(line.data["what"], ""))


def _became_complaint(line: JournalLine, known: _Known, _department: str) -> Iterable[Told]:
    grade = GRADES[Grade(line.data["grade"])]
    yield Told(_("Became a complaint: %(grade)s", grade=grade), _about(line, known), _by(line, known), "bad")


def _responded(line: JournalLine, known: _Known, _department: str) -> Iterable[Told]:
    if line.data.get("note"):  # else it was at the callback, and the issue tells of that
        yield Told(_("First response to the complainant"), line.data["note"], _by(line, known))


def _graded(line: JournalLine, known: _Known, _department: str) -> Iterable[Told]:
    before, after = (GRADES[Grade(line.data[key])] for key in ("from", "grade"))
    yield Told(
        _("Graded anew: %(before)s → %(after)s", before=before, after=after), line.data["reason"], _by(line, known)
    )


def _person_named(line: JournalLine, known: _Known, _department: str) -> Iterable[Told]:
    words = _about(line, known) or _("about nobody of the staff")
    yield Told(_("Whom the complaint is about"), words, _by(line, known))


def _turned_back(line: JournalLine, known: _Known, _department: str) -> Iterable[Told]:
    yield Told(_("Turned back into an ordinary issue"), line.data["reason"], _by(line, known))


def _reviewed(line: JournalLine, known: _Known, _department: str) -> Iterable[Told]:
    yield Told(_("Complaint reviewed"), line.data.get("note", ""), _by(line, known), "ok")


def _told_by_the_issue(_line: JournalLine, _known: _Known, _department: str) -> Iterable[Told]:
    """What the complaint owes to its issue stands there already."""
    return ()


def _about(line: JournalLine, known: _Known) -> str:
    return str(_("about %(name)s", name=known.name(line.data["about"]))) if line.data.get("about") else ""


def _other(line: JournalLine, known: _Known, _department: str) -> Iterable[Told]:
    yield Told(line.kind, meta=_by(line, known))


_TELL: dict[str, Callable[[JournalLine, _Known, str], Iterable[Told]]] = {
    "issue:recorded": _raised,
    "issue:answered": _answered,
    "issue:reported": _reported,
    "issue:routed": _routed,
    "issue:classified": _classified,
    "issue:transferred": _transferred,
    "issue:accepted": _accepted,
    "issue:rectified": _rectified,
    PROGRESSED: _progressed,
    "issue:owner_satisfied": _satisfied,
    "issue:owner_dissatisfied": _dissatisfied,
    "issue:verified": _verified,
    "issue:sent_back": _sent_back,
    "issue:answer_kept": _kept,
    "issue:reported_up": _reported_up,
    "issue:report_taken_up": _taken_up,
    "issue:result_reported": _result_told,
    "issue:result_read": _result_read,
    "wait:escalated": _escalated,
    "wait:handed_over": _handed_over,
    "issue:callback_adjusted": _adjusted,
    "issue:telling_adjusted": _telling_adjusted,
    "issue:deferral_asked": _deferral_asked,
    "issue:deferred": _deferred,
    "issue:deferral_refused": _date_kept,
    "issue:deferral_told": _deferral_told,
    "issue:cannot_be_solved": _cannot,
    "issue:cannot_be_solved_too": _cannot_too,
    "issue:owner_agreed": _agreed,
    "issue:owner_disagreed": _disagreed,
    "issue:carried_on": _carried_on,
    "issue:refused": _refused,
    "issue:owner_objected": _objected,
    "issue:closed_unsatisfied": _closed_unsatisfied,
    "issue:disputed": _disputed,
    "issue:liability_decided": _decided,
    "issue:merged": _merged,
    "issue:unmerged": _unmerged,
    "issue:went_along": _went_along,
    "issue:rectified_too": _rectified_too,
    "issue:worked_on_again": _again,
    "complaint:opened": _became_complaint,
    "complaint:responded": _responded,
    "complaint:graded_up": _graded,
    "complaint:graded_down": _graded,
    "complaint:person_named": _person_named,
    "complaint:turned_back": _turned_back,
    "complaint:reviewed": _reviewed,
    "complaint:handled": _told_by_the_issue,
    "complaint:ended": _told_by_the_issue,
    "complaint:reopened": _told_by_the_issue,
    "complaint:to_handle_again": _told_by_the_issue,
}


def _in_round(line: JournalLine, title: str) -> str:
    number: Any = line.data.get("round", 1)
    return str(_("Round %(n)s · %(title)s", n=number, title=title)) if number > 1 else title


def _by(line: JournalLine, known: _Known) -> str:
    return f"{known.name(line.staff_id)} · {known.when.moment(line.at)}"


def _answer_given(line: JournalLine, known: _Known) -> str:
    """Who heard it, when, and how it was given; that it was told by phone is said by a call itself."""
    given = HowAnswered(line.data["how"])
    how = str(HOW[given])
    if not line.data.get("visit"):
        said = next((one for one in known.issue.answers if str(one.id) == line.data.get("said")), None)
        return " · ".join(part for part in (_by(line, known), said.said_by if said else "", how) if part)
    visit_id = uuid.UUID(line.data["visit"])
    call = known.visits.get(visit_id)
    is_said = given is HowAnswered.PHONE and call is not None and call.method is Method.PHONE
    return _at_visit(line, known, visit_id, "" if is_said else how)


def _at_visit(line: JournalLine, known: _Known, visit_id: uuid.UUID, how: str) -> str:
    """`走访 李敏 · 今天 14:41（15:01 收到）· 业主签字`."""
    visit = known.visits.get(visit_id)
    if visit is None:
        return _by(line, known)
    phone = visit.method is Method.PHONE
    who = _("Phone call %(name)s", name=visit.officer.name) if phone else _("Visit %(name)s", name=visit.officer.name)
    parts = [who, known.when.moment(visit.ended_at) + _received_later(visit, known.when), how]
    return " · ".join(part for part in parts if part)


def _noticed(line: JournalLine, known: _Known) -> str:
    """`李敏 · 今天 14:41（15:01 收到）`."""
    noticed_at = known.issue.raised_at
    return f"{known.name(line.staff_id)} · {known.when.moment(noticed_at)}" + _later(noticed_at, line.at, known.when)


def _received_later(visit: Visit, when: When) -> str:
    return _later(visit.ended_at, visit.received_at, when)


def _later(happened_at: datetime, received_at: datetime, when: When) -> str:
    if received_at - happened_at < _ON_THE_WAY:
        return ""
    same_day = when.local(received_at).date() == when.local(happened_at).date()
    moment = when.clock(received_at) if same_day else when.moment(received_at)
    return str(_(" (tablet offline, received %(moment)s)", moment=moment))
