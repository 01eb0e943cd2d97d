"""What waits for whom, to do what, by when. One query is everybody's inbox."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Mapped, mapped_column

from app.core import ahead
from app.core.db import Kept, db

FETCH = "fetch"
"""To take away what was made for somebody: nobody else can, so that it is never handed over."""


class Wait(Kept):
    """One open step. It waits for a person, or for a role, perhaps of one department.

    `also_role`: another role that sees it in its inbox and can do it too. `manager_told_at`, `executive_told_at`: since
    when it is so long overdue that they know; whoever holds it holds it still. `round`, `raised_at`: of the matter
    itself, so that ages are counted without reading it.
    """

    __tablename__ = "wait"
    __table_args__ = (
        sa.UniqueConstraint("subject_id", "what"),
        sa.Index("ix_wait_estate_due", "estate_id", "due_at", "subject_type"),
    )

    estate_id: Mapped[uuid.UUID] = mapped_column(index=True)
    subject_type: Mapped[str] = mapped_column(sa.String(40))
    subject_id: Mapped[uuid.UUID]
    what: Mapped[str] = mapped_column(sa.String(40))
    role: Mapped[str | None] = mapped_column(sa.String(40))
    department_id: Mapped[uuid.UUID | None]
    also_role: Mapped[str | None] = mapped_column(sa.String(40))
    staff_id: Mapped[uuid.UUID | None]
    since: Mapped[datetime]
    due_at: Mapped[datetime] = mapped_column(index=True)
    manager_told_at: Mapped[datetime | None]
    executive_told_at: Mapped[datetime | None]
    round: Mapped[int | None]
    raised_at: Mapped[datetime | None]


@dataclass(frozen=True)
class Holder:
    """Whom something waits for."""

    role: str | None = None
    department_id: uuid.UUID | None = None
    staff_id: uuid.UUID | None = None
    also_role: str | None = None


def begin(
    estate_id: uuid.UUID,
    subject: tuple[str, uuid.UUID],
    what: str,
    holder: Holder,
    *,
    since: datetime,
    due_at: datetime,
    round_: int | None = None,
    raised_at: datetime | None = None,
    is_new: bool = False,
) -> None:
    """Let `subject` wait for `holder` to do `what` by `due_at`; one that waits already gets the new ones.

    With another limit it starts anew: nobody above has been told of it yet. Nothing can wait on a subject that
    `is_new`.
    """
    now = {
        "role": holder.role,
        "also_role": holder.also_role,
        "department_id": holder.department_id,
        "staff_id": holder.staff_id,
        "since": since,
        "due_at": due_at,
        "round": round_,
        "raised_at": raised_at,
    }
    known = None if is_new else _on(subject[1], what)
    if known is None:
        ahead.insert(Wait, estate_id=estate_id, subject_type=subject[0], subject_id=subject[1], what=what, **now)
        return
    if known.due_at != due_at:
        known.manager_told_at = known.executive_told_at = None
    for name, value in now.items():
        setattr(known, name, value)


def end(subject_id: uuid.UUID, what: str | None = None) -> None:
    """Nothing waits any more on this subject (or not for `what`)."""
    ahead.write()
    gone = sa.delete(Wait).where(Wait.subject_id == subject_id)
    if what is not None:
        gone = gone.where(Wait.what == what)
    db.session.execute(gone)


def inbox(
    estate_id: uuid.UUID, holders: Iterable[Holder], *, what: str = "", start: int = 0, count: int | None = None
) -> list[Wait]:
    """What waits for any of `holders` in an estate, in the order to act: by limit; all of it, or of one kind."""
    waits = sa.select(Wait).where(Wait.estate_id == estate_id, _mine(holders)).order_by(Wait.due_at, Wait.id)
    if what:
        waits = waits.where(Wait.what == what)
    return list(db.session.scalars(waits.offset(start).limit(count)))


def elsewhere(
    estate_id: uuid.UUID,
    told: Iterable[InstrumentedAttribute[datetime | None]],
    holders: Iterable[Holder],
) -> sa.Select[Wait]:
    """What is overdue with others and was told one of the levels `told`, by limit; nothing that `holders` hold."""
    known = sa.or_(*(level.is_not(None) for level in told), sa.false())
    mine = sa.func.coalesce(_mine(holders), sa.false())  # a wait of a role has no person to compare with
    found = sa.select(Wait).where(Wait.estate_id == estate_id, known, sa.not_(mine))
    return found.order_by(Wait.due_at, Wait.id)


def counts(estate_id: uuid.UUID, holders: Iterable[Holder], at: datetime) -> dict[str, tuple[int, int]]:
    """How much waits for any of `holders`, and how much of it is late, by what is to be done; nothing that is none."""
    counted = sa.select(Wait.what, sa.func.count(), _late(at)).where(Wait.estate_id == estate_id, _mine(holders))
    return {row[0]: (row[1], row[2]) for row in db.session.execute(counted.group_by(Wait.what))}


def count_late(estate_id: uuid.UUID, subject_type: str, at: datetime) -> int:
    """How much waits on things of a kind beyond its limit."""
    late = (Wait.estate_id == estate_id, Wait.due_at < at, Wait.subject_type == subject_type)
    return db.session.scalar(sa.select(sa.func.count()).select_from(Wait).where(*late)) or 0


def with_departments(department_ids: Iterable[uuid.UUID]) -> int:
    """How much waits for any of these departments, whatever it is about."""
    held = sa.select(sa.func.count()).select_from(Wait).where(Wait.department_id.in_(list(department_ids)))
    return db.session.scalar(held) or 0


def on(subject_id: uuid.UUID) -> list[Wait]:
    """What waits on one thing, by limit."""
    return list(db.session.scalars(sa.select(Wait).where(Wait.subject_id == subject_id).order_by(Wait.due_at)))


def first_on(subject_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Wait]:
    """Of each of these things that something waits on, what has the first limit."""
    found = sa.select(Wait).where(Wait.subject_id.in_(list(subject_ids))).order_by(Wait.due_at.desc())
    return {wait.subject_id: wait for wait in db.session.scalars(found)}


def _on(subject_id: uuid.UUID, what: str) -> Wait | None:
    ahead.write()
    return db.session.scalars(sa.select(Wait).where(Wait.subject_id == subject_id, Wait.what == what)).first()


def _mine(holders: Iterable[Holder]) -> sa.ColumnElement[bool]:
    return sa.or_(*(_held_by(holder) for holder in holders), sa.false())


def _late(at: datetime) -> sa.ColumnElement[int]:
    """How much of what is counted is late."""
    return sa.func.coalesce(sa.func.sum(sa.case((Wait.due_at < at, 1), else_=0)), 0)


def _held_by(holder: Holder) -> sa.ColumnElement[bool]:
    if holder.staff_id is not None:
        return Wait.staff_id == holder.staff_id
    return sa.and_(
        Wait.staff_id.is_(None),
        sa.or_(Wait.role == holder.role, Wait.also_role == holder.role),
        sa.or_(Wait.department_id.is_(None), Wait.department_id == holder.department_id),
    )
