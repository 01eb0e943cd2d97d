"""What is due at a unit."""

import uuid
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.agenda.rules import TaskKind, TaskState
from app.core.db import Kept
from app.estates.models import Unit
from app.people.models import Staff


class Task(Kept):
    """Something due at a unit.

    `subject_id` is the plan line, the special visit's order, the issue or the sheet of a survey that it came from,
    `round` the issue's round.
    """

    __tablename__ = "task"
    __table_args__ = (sa.Index("ix_task_estate_state", "estate_id", "state", "due_on"),)

    estate_id: Mapped[uuid.UUID]
    unit_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("unit.id"), index=True)
    kind: Mapped[TaskKind]
    state: Mapped[TaskState] = mapped_column(default=TaskState.DUE)
    subject_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    round: Mapped[int] = mapped_column(default=0)
    plan_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    assignee_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("staff.id"), index=True)
    due_on: Mapped[date]
    made_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    visit_id: Mapped[uuid.UUID | None]
    unit: Mapped[Unit] = relationship()
    assignee: Mapped[Staff] = relationship()
