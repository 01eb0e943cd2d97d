"""Form 6 on paper: one complaint from its receipt to its review, with every callback on its owner (V46)."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from app.core.db import db
from app.documents.letterhead import letterhead
from app.documents.sheets import Bilingual, Language, Sheet
from app.estates.models import Estate, Person
from app.issues.answer_queries import answers_before, takers_of
from app.issues.models import Complaint, Issue, OwnerAnswer
from app.people.models import Staff
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


@dataclass(frozen=True, kw_only=True)
class ComplaintSheet(Sheet):
    """Every field of the form. `nature`, `grade`, `standing`: values of their enums; `issue`: the issue's number.

    `earlier`: what the owner said of the matter before it was a complaint.
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
    earlier: tuple[CalledBack, ...]
    response: Done
    handling: Done
    callbacks: tuple[CalledBack, ...]
    review: Done


def complaint_sheet(
    complaint: Complaint, languages: tuple[Language, ...], *, contact: Callable[[str], str], printed_at: datetime
) -> ComplaintSheet:
    """The record of a complaint. `contact` makes a number what whoever prints may read of it. Only reads."""
    issue = complaint.issue
    department = issue.department
    before, called = answers_before([complaint]), _callbacks(issue)
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
        earlier=tuple(call for said_id, call in called if said_id in before),
        response=_done(complaint.responded_by, complaint.responded_at, complaint.response),
        handling=_done(complaint.handled_by, complaint.handled_at, complaint.handling),
        callbacks=tuple(call for said_id, call in called if said_id not in before),
        review=_done(complaint.reviewed_by, complaint.reviewed_at, complaint.review),
    )


def _phone(issue: Issue) -> str:
    person = db.session.get(Person, issue.raised_by_id) if issue.raised_by_id else None
    return person.phone if person else ""


def _done(by: Staff | None, at: datetime | None, result: str) -> Done:
    return Done(by.name if by else "", at, result) if at else Done()


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
