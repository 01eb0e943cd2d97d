"""What is asked about owners' answers: what was said on which visit, and who took it down elsewhere."""

import uuid
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from app.core.db import db
from app.core.journal import JournalLine
from app.issues.complaint_rules import Act
from app.issues.models import Complaint, Issue, OwnerAnswer
from app.people.queries import names


def answers_of_visits(visit_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, list[OwnerAnswer]]:
    """What the owners answered at each of these visits about issues raised before; nothing for the others."""
    answered: dict[uuid.UUID, list[OwnerAnswer]] = defaultdict(list)
    found = sa.select(OwnerAnswer).where(OwnerAnswer.visit_id.in_(list(visit_ids)))
    # What was written on the sheet of a survey was raised on no visit.
    earlier = found.join(OwnerAnswer.issue).where(Issue.visit_id.is_distinct_from(OwnerAnswer.visit_id))
    for said in db.session.scalars(earlier.options(joinedload(OwnerAnswer.issue)).order_by(OwnerAnswer.id)):
        if said.visit_id is not None:
            answered[said.visit_id].append(said)
    return answered


def takers_of(answers: Iterable[OwnerAnswer]) -> dict[uuid.UUID, str]:
    """Answer → who took it down, for those that came to the office and not on a visit."""
    issues = {said.issue_id for said in answers if said.visit_id is None}
    if not issues:
        return {}
    found = sa.select(JournalLine.data, JournalLine.staff_id).where(JournalLine.subject_id.in_(issues))
    taken = {uuid.UUID(data["said"]): by for data, by in db.session.execute(found) if "said" in data}
    known = names(by for by in taken.values() if by)
    return {said_id: known[by] for said_id, by in taken.items() if by in known}


def answers_before(complaints: Iterable[Complaint]) -> set[uuid.UUID]:
    """The answers on what was not a complaint yet when the office had them: they are no callbacks on it (V46).

    By the order in which things reached the office: a tablet's clock cannot say what was first.
    """
    known = {complaint.issue_id: complaint for complaint in complaints if complaint.issue.answers}
    if not known:
        return set()
    subjects = [*known, *(complaint.id for complaint in known.values())]
    found = sa.select(JournalLine).where(JournalLine.subject_id.in_(subjects)).order_by(JournalLine.seq)
    heard: dict[uuid.UUID, list[dict[str, Any]]] = defaultdict(list)
    before: dict[uuid.UUID, list[dict[str, Any]]] = {}
    for line in db.session.scalars(found):
        if line.kind == Act.OPEN.value:
            issue_id = uuid.UUID(line.data["issue"])
            before[issue_id] = list(heard[issue_id])
        elif "of_round" in line.data:
            heard[line.subject_id].append(line.data)
    return {
        said.id
        for issue_id, lines in before.items()
        for said in known[issue_id].issue.answers
        if any(_tells_of(said, line) for line in lines)
    }


def _tells_of(said: OwnerAnswer, line: dict[str, Any]) -> bool:
    if said.visit_id is None:
        return line.get("said") == str(said.id)
    return (line.get("visit"), line["of_round"]) == (str(said.visit_id), said.round)


def answers_of_visit(visit_id: uuid.UUID) -> list[OwnerAnswer]:
    """What the owner answered about earlier issues at a visit, and about those answered on the spot."""
    found = sa.select(OwnerAnswer).where(OwnerAnswer.visit_id == visit_id).options(joinedload(OwnerAnswer.issue))
    return list(db.session.scalars(found.order_by(OwnerAnswer.id)))
