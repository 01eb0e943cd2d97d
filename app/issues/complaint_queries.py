"""What is asked about complaints: the register (form 6)."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from app.core.counting import contains, count_up_to
from app.core.db import db
from app.core.errors import NotFound
from app.core.i18n import _
from app.estates.models import Unit
from app.estates.queries import AS_ONE_WALKS, code_contains
from app.issues.complaint_rules import RUNNING, Grade, Nature, Standing
from app.issues.models import Complaint, Issue


@dataclass(frozen=True)
class Wanted:
    """Which complaints somebody wants to see; blank is every one. `order` is one of ORDERS, downwards with `-`.

    `since` and `until` bound when they were received, `until` excluded. `late_at`: whose handling was late then.
    """

    standings: tuple[Standing, ...] = ()
    grade: Grade | None = None
    nature: Nature | None = None
    department_id: uuid.UUID | None = None
    late_at: datetime | None = None
    since: datetime | None = None
    until: datetime | None = None
    words: str = ""
    order: str = "-received"


ORDERS: dict[str, tuple[sa.ColumnExpressionArgument[Any], ...]] = {
    "number": (Complaint.number,),
    "received": (Complaint.received_at,),
    "deadline": (Complaint.deadline_at,),
    "grade": (sa.case(*((Complaint.grade == grade, n) for n, grade in enumerate(Grade))),),
    "standing": (sa.case(*((Complaint.standing == standing, n) for n, standing in enumerate(Standing))),),
    "unit": AS_ONE_WALKS,
}
"""By what the register can be sorted."""


def find_complaints(
    estate_id: uuid.UUID, wanted: Wanted, *, start: int = 0, count: int = 50
) -> tuple[list[Complaint], int]:
    """The wanted complaints in the order that is wanted; and how many there are, counted up to MOST."""
    page = _sorted(estate_id, wanted).offset(start).limit(count)
    return complaints_shown(list(db.session.scalars(page))), count_up_to(_found(estate_id, wanted))


def complaint_ids(estate_id: uuid.UUID, wanted: Wanted, most: int) -> list[uuid.UUID]:
    """The first `most` of the wanted complaints, in the order that is wanted."""
    return list(db.session.scalars(_sorted(estate_id, wanted).limit(most)))


def complaints_shown(ids: list[uuid.UUID]) -> list[Complaint]:
    """These complaints in this order, with what the register shows of them."""
    issue = joinedload(Complaint.issue)
    found = (
        sa.select(Complaint)
        .where(Complaint.id.in_(ids))
        .options(
            issue.joinedload(Issue.unit).joinedload(Unit.building),
            issue.joinedload(Issue.department),
            issue.joinedload(Issue.officer),
            issue.selectinload(Issue.answers),
            selectinload(Complaint.about),
            selectinload(Complaint.receiver),
            selectinload(Complaint.responded_by),
            selectinload(Complaint.handled_by),
            selectinload(Complaint.reviewed_by),
        )
    )
    by_id = {complaint.id: complaint for complaint in db.session.scalars(found)}
    return [by_id[id_] for id_ in ids if id_ in by_id]


def count_by_standing(estate_id: uuid.UUID, wanted: Wanted) -> dict[Standing, int]:
    """How many of the wanted complaints stand where."""
    counted = sa.select(Complaint.standing, sa.func.count()).select_from(Complaint).join(Complaint.issue)
    counted = counted.where(*_conditions(estate_id, wanted)).group_by(Complaint.standing)
    return {row[0]: row[1] for row in db.session.execute(counted)}


def _found(estate_id: uuid.UUID, wanted: Wanted) -> sa.Select[uuid.UUID]:
    return sa.select(Complaint.id).join(Complaint.issue).where(*_conditions(estate_id, wanted))


def _sorted(estate_id: uuid.UUID, wanted: Wanted) -> sa.Select[uuid.UUID]:
    name, down = wanted.order.removeprefix("-"), wanted.order.startswith("-")
    found = _found(estate_id, wanted)
    if name == "unit":
        found = found.outerjoin(Issue.unit).outerjoin(Unit.building)
    by = [sa.desc(one) if down else sa.asc(one) for one in ORDERS[name]]
    newest = () if name == "received" else (Complaint.received_at.desc(),)
    return found.order_by(*by, *newest, Complaint.id)


def _conditions(estate_id: uuid.UUID, wanted: Wanted) -> list[sa.ColumnElement[bool]]:
    conditions = [Complaint.estate_id == estate_id]
    if wanted.standings:
        conditions.append(Complaint.standing.in_(wanted.standings))
    if wanted.grade:
        conditions.append(Complaint.grade == wanted.grade)
    if wanted.nature:
        conditions.append(Complaint.nature == wanted.nature)
    if wanted.department_id:
        conditions.append(Issue.department_id == wanted.department_id)
    if wanted.late_at:
        unhandled = RUNNING - {Standing.HANDLED}
        conditions += [Complaint.standing.in_(unhandled), Complaint.deadline_at < wanted.late_at]
    if wanted.since:
        conditions.append(Complaint.received_at >= wanted.since)
    if wanted.until:
        conditions.append(Complaint.received_at < wanted.until)
    if wanted.words:
        conditions.append(_says(estate_id, wanted.words))
    return conditions


def _says(estate_id: uuid.UUID, words: str) -> sa.ColumnElement[bool]:
    """Complaints whose number, complainant, content, what was done, or unit contains these words."""
    units = sa.select(Unit.id).join(Unit.building).where(Unit.estate_id == estate_id, code_contains(words))
    texts = (Complaint.number, Complaint.complainant, Complaint.response, Complaint.handling, Complaint.review)
    of_issue = (Issue.number, Issue.text)
    return sa.or_(*(contains(text, words) for text in (*texts, *of_issue)), Issue.unit_id.in_(units))


def the_complaint_called(estate_id: uuid.UUID, complaint_id: uuid.UUID) -> Complaint:
    """A complaint of this estate. Raises NotFound."""
    complaint = db.session.get(Complaint, complaint_id)
    if complaint is None or complaint.estate_id != estate_id:
        raise NotFound("complaint:unknown", _("This complaint is not known in this estate."))
    return complaint
