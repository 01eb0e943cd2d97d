"""Form 6 on paper: one complaint from its receipt to its review, with every callback on its owner (V46)."""

import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from app.core import journal
from app.core.db import db
from app.core.journal import JournalLine
from app.documents.letterhead import letterhead
from app.documents.sheets import Bilingual, Language, Sheet
from app.estates.models import Estate, Person
from app.issues.answer_queries import answers_before, takers_of
from app.issues.complaint_rules import Act
from app.issues.models import Complaint, Issue, OwnerAnswer
from app.issues.rounds import Round as Course
from app.issues.rounds import rounds_of
from app.people.models import Staff
from app.people.queries import names
from app.visits.models import Visit
from app.visits.queries import visits_by_id


@dataclass(frozen=True)
class Done:
    """One step of the procedure: by whom, when, with which result; nothing of it before it was taken."""

    by: str = ""
    at: datetime | None = None
    result: str = ""


@dataclass(frozen=True)
class CalledBack:
    """The owner's word on one round. `method`, `how`, `answer`: values of theirs; no `method` in the office."""

    round: int
    by: str
    at: datetime
    method: str
    how: str
    answer: str
    said_by: str
    witness: str
    opinion: str


@dataclass(frozen=True)
class Round:
    """What was settled in one round, what came of it, and the owner's word on it.

    `handling`: nothing where this part of the record tells of callbacks alone.
    """

    number: int
    handling: Done | None = None
    measure: str = ""
    responsible: str = ""
    due_on: date | None = None
    callbacks: tuple[CalledBack, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ComplaintSheet(Sheet):
    """Every field of the form. `nature`, `grade`, `standing`: values of their enums; `issue`: the issue's number.

    `earlier`: what was done about the matter, and what its owner said to it, before it was a complaint.
    """

    received_at: datetime
    complainant: str
    unit: str
    contact: str
    content: str
    nature: str
    grade: str
    standing: str
    receiver: str
    issue: str
    department: Bilingual | None
    deadline_at: datetime
    earlier: tuple[Round, ...]
    response: Done
    rounds: tuple[Round, ...]
    review: Done


def complaint_sheet(
    complaint: Complaint, languages: tuple[Language, ...], *, contact: Callable[[str], str], printed_at: datetime
) -> ComplaintSheet:
    """The record of a complaint. `contact` makes a number what whoever prints may read of it. Only reads."""
    issue = complaint.issue
    department = issue.department
    earlier, rounds = _round_after_round(complaint)
    return ComplaintSheet(
        languages=languages,
        estate=letterhead(db.session.get_one(Estate, complaint.estate_id), languages),
        number=complaint.number or issue.number or "",
        printed_at=printed_at,
        received_at=complaint.received_at,
        complainant=complaint.complainant,
        unit=issue.where(languages[0]),
        contact=contact(_phone(issue)),
        content=issue.text,
        nature=complaint.nature.value,
        grade=complaint.grade.value,
        standing=complaint.standing.value,
        receiver=complaint.receiver.name,
        issue=issue.number or "",
        department=Bilingual(department.name("zh"), department.name("en")) if department else None,
        deadline_at=complaint.deadline_at,
        earlier=earlier,
        response=_done(complaint.responded_by, complaint.responded_at, complaint.response),
        rounds=rounds,
        review=_done(complaint.reviewed_by, complaint.reviewed_at, complaint.review),
    )


def _phone(issue: Issue) -> str:
    person = db.session.get(Person, issue.raised_by_id) if issue.raised_by_id else None
    return person.phone if person else ""


def _done(by: Staff | None, at: datetime | None, result: str) -> Done:
    return Done(by.name if by else "", at, result) if at else Done()


def _round_after_round(complaint: Complaint) -> tuple[tuple[Round, ...], tuple[Round, ...]]:
    """The rounds before it was a complaint, and those since: the complaint itself holds its last handling alone.

    What its owner said in one of the former, and the office heard since, is among the latter.
    """
    issue = complaint.issue
    lines, before, called = journal.history(issue.id), answers_before([complaint]), _callbacks(issue)
    course, first = rounds_of(issue, lines), _round_when_it_became_one(complaint, lines)
    who = names({each for one in course for each in (one.responsible_id, one.handled and one.handled.staff_id) if each})
    earlier, since = [], []
    for one in course:
        was = tuple(call for said_id, call in called if call.round == one.number and said_id in before)
        said = tuple(call for said_id, call in called if call.round == one.number and said_id not in before)
        told, untold = _round(one, who), Round(one.number)
        if one.number < first:
            earlier.append(replace(told, callbacks=was))
            since += [replace(untold, callbacks=said)] if said else []
        else:
            earlier += [replace(untold, callbacks=was)] if was else []
            since.append(replace(told, callbacks=said))
    return tuple(earlier), tuple(since)


def _round_when_it_became_one(complaint: Complaint, lines: Iterable[JournalLine]) -> int:
    """In which round of its issue the complaint was opened, for the last time where it was turned back between."""
    opened = [line.seq for line in journal.history(complaint.id) if line.kind == Act.OPEN.value]
    return max((line.data.get("round", 1) for line in lines if line.seq < max(opened, default=0)), default=1)


def _round(one: Course, who: dict[uuid.UUID, str]) -> Round:
    return Round(
        number=one.number,
        handling=_handling(one.handled, who) if one.handled else Done(),
        measure=one.measure,
        responsible=who.get(one.responsible_id, "") if one.responsible_id else "",
        due_on=one.due_on,
    )


def _handling(line: JournalLine, who: dict[uuid.UUID, str]) -> Done:
    words = line.data.get("note") or line.data.get("answer", "")
    return Done(who.get(line.staff_id, "") if line.staff_id else "", line.at, words)


def _callbacks(issue: Issue) -> list[tuple[uuid.UUID, CalledBack]]:
    """Each answer by its id, as they were given."""
    visits = visits_by_id({said.visit_id for said in issue.answers if said.visit_id})
    takers = takers_of(issue.answers)
    return [
        (said.id, _called_back(said, visits.get(said.visit_id) if said.visit_id else None, takers.get(said.id, "")))
        for said in issue.answers
    ]


def _called_back(said: OwnerAnswer, visit: Visit | None, taker: str) -> CalledBack:
    return CalledBack(
        round=said.round,
        by=visit.officer.name if visit else taker,
        at=said.answered_at,
        method=visit.method.value if visit else "",
        how=said.how.value,
        answer=said.answer.value,
        said_by=said.said_by or (visit.interviewee_name if visit else ""),
        witness=said.witness,
        opinion=said.reason,
    )
