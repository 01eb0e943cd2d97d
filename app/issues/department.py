"""What waits for a department: its issues in the order to act, and how many there are of each kind."""

import enum
import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from app.core.db import db
from app.core.journal import JournalLine
from app.core.waits import Wait
from app.estates.models import Unit
from app.issues.models import Issue, OwnerAnswer
from app.issues.moving import ACCEPT, RECTIFY
from app.issues.rules import Move, State


class Pile(enum.Enum):
    """A kind of what waits for a department. One issue can lie on several: back from its owner, and late."""

    LATE = "late"
    BACK = "back"
    ACCEPT = "accept"
    DUE = "due"
    MINE = "mine"


@dataclass(frozen=True)
class Whose:
    """Of which departments, seen by whom, and when: `soon` ends what counts as due, `fresh` begins what is new."""

    estate_id: uuid.UUID
    departments: frozenset[uuid.UUID]
    staff_id: uuid.UUID
    at: datetime
    soon: datetime
    fresh: datetime
    mine_first: bool = False


@dataclass(frozen=True)
class Counted:
    """How much waits in all, how much on each pile, and how much came in lately."""

    all_of_it: int
    piles: dict[Pile, int]
    new: int


def work_of(whose: Whose, pile: Pile | None = None, *, start: int = 0, count: int = 50) -> list[tuple[Issue, Wait]]:
    """Issues with what waits, in the order to act: one's own first, what is late, what came back, then by limit."""
    kinds = _kinds(whose)
    order = (
        *((sa.case((kinds[Pile.MINE], 0), else_=1),) if whose.mine_first else ()),
        sa.case((kinds[Pile.LATE], 0), (kinds[Pile.BACK], 1), else_=2),
        Wait.due_at,
        Wait.id,
    )
    found = (
        sa.select(Issue, Wait)
        .join(Wait, sa.and_(Wait.estate_id == Issue.estate_id, Wait.subject_id == Issue.id))
        .where(*_theirs(whose))
        .options(
            joinedload(Issue.unit).joinedload(Unit.building),
            joinedload(Issue.building),
            joinedload(Issue.responsible),
            joinedload(Issue.department),
        )
        .order_by(*order)
        .offset(start)
        .limit(count)
    )
    if pile is not None:
        found = found.where(kinds[pile])
    return [(issue, wait) for issue, wait in db.session.execute(found).unique()]


def count_work(whose: Whose) -> Counted:
    """How much of it there is."""
    kinds = _kinds(whose)
    sums = [_how_many(condition) for condition in kinds.values()]
    row = db.session.execute(
        sa.select(sa.func.count(), _how_many(sa.and_(kinds[Pile.ACCEPT], Wait.since >= whose.fresh)), *sums)
        .select_from(Issue)
        .join(Wait, sa.and_(Wait.estate_id == Issue.estate_id, Wait.subject_id == Issue.id))
        .where(*_theirs(whose))
    ).one()
    return Counted(row[0], dict(zip(kinds, row[2:], strict=True)), row[1])


def with_the_owner(whose: Whose) -> int:
    """How many issues the department has reported as rectified, which wait for their owner's word or to be seen to."""
    counted = sa.select(sa.func.count()).where(
        Issue.estate_id == whose.estate_id,
        Issue.department_id.in_(whose.departments),
        Issue.state == State.RECTIFIED,
    )
    return db.session.scalar(counted) or 0


def why_back(issues: list[Issue]) -> dict[uuid.UUID, str]:
    """Issue → what its owner, or for nobody's the supervisor, said to the round before the present one."""
    back = {issue.id: issue.round for issue in issues if issue.round > 1}
    found = sa.select(OwnerAnswer).where(OwnerAnswer.issue_id.in_(list(back)), OwnerAnswer.moved)
    answers = db.session.scalars(found.order_by(OwnerAnswer.answered_at))
    said = {one.issue_id: one.reason for one in answers if one.round == back[one.issue_id] - 1}
    seen = sa.select(JournalLine).where(
        JournalLine.subject_id.in_(list(back)), JournalLine.kind == Move.SEND_BACK.value
    )
    for line in db.session.scalars(seen.order_by(JournalLine.seq)):
        if line.data["round"] == back[line.subject_id]:
            said[line.subject_id] = line.data["reason"]
    return said


def settled_before(issue: Issue, most: int = 3) -> list[tuple[str, str]]:
    """What the department settled last for matters of the same category: measure and method, each once."""
    found = (
        sa.select(Issue.measure, Issue.method, sa.func.max(Issue.raised_at))
        .where(
            Issue.estate_id == issue.estate_id,
            Issue.department_id == issue.department_id,
            Issue.category_id == issue.category_id,
            Issue.id != issue.id,
            Issue.measure.not_in(["", issue.measure]),
            Issue.method != "",
        )
        .group_by(Issue.measure, Issue.method)
        .order_by(sa.func.max(Issue.raised_at).desc())
        .limit(most)
    )
    return [(row[0], row[1]) for row in db.session.execute(found)]


def _theirs(whose: Whose) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        Wait.estate_id == whose.estate_id,
        Wait.subject_type == "issue",
        sa.or_(Wait.department_id.in_(whose.departments), Wait.staff_id == whose.staff_id),
    )


def _kinds(whose: Whose) -> dict[Pile, sa.ColumnElement[bool]]:
    return {
        Pile.LATE: Wait.due_at < whose.at,
        Pile.BACK: sa.and_(Wait.what == ACCEPT, Issue.round > 1),
        Pile.ACCEPT: Wait.what == ACCEPT,
        Pile.DUE: sa.and_(Wait.what == RECTIFY, Wait.due_at >= whose.at, Wait.due_at <= whose.soon),
        Pile.MINE: sa.and_(Wait.what == RECTIFY, Issue.responsible_id == whose.staff_id),
    }


def _how_many(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[Any]:
    return sa.func.coalesce(sa.func.sum(sa.case((condition, 1), else_=0)), 0)
