"""A paper's way through its chain, and what each who had it in hand did."""

import uuid
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.approvals.rules import Chain, Duty, Move, Paper, Stage, State, read_chain
from app.core.db import Kept
from app.people.models import Staff
from app.people.rules import Role


class Review(Kept):
    """Where a paper stands. `stages`: its chain as it was when it was handed in; `passed`: how many of them signed.

    `drafter_id`: who mends it when it is sent back, where that is one person's and not a function's.
    """

    __tablename__ = "review"

    estate_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("estate.id"), index=True)
    paper: Mapped[Paper]
    subject_id: Mapped[uuid.UUID] = mapped_column(unique=True)
    state: Mapped[State]
    round: Mapped[int]
    passed: Mapped[int]
    stages: Mapped[list[Any]]
    drafter_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("staff.id"))
    acts: Mapped[list["ReviewAct"]] = relationship(back_populates="review", order_by="ReviewAct.number")

    @property
    def chain(self) -> Chain:
        return read_chain(self.stages)

    @property
    def stage(self) -> Stage | None:
        """The stage that it waits at, if it is under way."""
        return self.chain[self.passed] if self.state is State.RUNNING else None


class ReviewAct(Kept):
    """One act of a person on a paper; it never changes. `duty` and `role`: at which stage, in which function."""

    __tablename__ = "review_act"
    __table_args__ = (sa.UniqueConstraint("review_id", "number"),)

    estate_id: Mapped[uuid.UUID]
    review_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("review.id"))
    number: Mapped[int]
    round: Mapped[int]
    move: Mapped[Move]
    duty: Mapped[Duty | None]
    role: Mapped[Role | None]
    by_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("staff.id"))
    at: Mapped[datetime]
    note: Mapped[str] = mapped_column(sa.Text, default="")
    review: Mapped[Review] = relationship(back_populates="acts")
    by: Mapped[Staff] = relationship()
