"""Operations as they arrived, with their receipts; what was decided later; uploads under way; the server's epoch."""

import uuid
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, Kept
from app.sync.rules import Outcome


class Operation(Base):
    """One operation, exactly as a tablet froze it. Its receipt is written once, in the transaction of
    its effect; then it never changes."""

    __tablename__ = "operation"

    op_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    device_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("device.id"), index=True)
    op_seq: Mapped[int]
    digest: Mapped[str] = mapped_column(sa.String(64))
    frozen: Mapped[bytes]
    kind: Mapped[str] = mapped_column(sa.String(40), default="")
    v: Mapped[int] = mapped_column(default=0)
    author_id: Mapped[uuid.UUID | None]
    estate_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    entity_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    status: Mapped[str] = mapped_column(sa.String(20), default="", index=True)
    code: Mapped[str] = mapped_column(sa.String(60), default="")
    receipt: Mapped[str] = mapped_column(sa.Text, default="")
    received_at: Mapped[datetime]
    clock_offset_ms: Mapped[int] = mapped_column(sa.BigInteger, default=0)

    @property
    def clock(self) -> timedelta:
        """How far ahead of the office's its tablet's clock was when it sent."""
        return timedelta(milliseconds=self.clock_offset_ms)


class Decision(Kept):
    """What was decided about an operation after it had its receipt, the `number`-th time. Never changes.

    `by_id` is nobody where the server took an operation up by itself; `code` says why it still needs a look.
    """

    __tablename__ = "operation_decision"
    __table_args__ = (sa.UniqueConstraint("op_id", "number"),)

    op_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("operation.op_id"))
    number: Mapped[int]
    estate_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    at: Mapped[datetime]
    by_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("staff.id"))
    outcome: Mapped[Outcome]
    code: Mapped[str] = mapped_column(sa.String(60), default="")
    note: Mapped[str] = mapped_column(sa.Text, default="")
    corrections: Mapped[dict[str, Any]] = mapped_column(default=dict)


class Upload(Base):
    """Frozen bytes of a photo on their way up, resumed by offset. `sealed` is the SHA-256 of the whole."""

    __tablename__ = "upload"

    sealed: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    device_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("device.id"))
    length: Mapped[int]
    held: Mapped[int] = mapped_column(default=0)
    complete: Mapped[bool] = mapped_column(default=False)
    sha256: Mapped[str] = mapped_column(sa.String(64), default="")
    code: Mapped[str] = mapped_column(sa.String(60), default="")
    begun_at: Mapped[datetime]


class Epoch(Base):
    """Changes when the database was restored from a backup: tablets then start over and send again what they keep."""

    __tablename__ = "epoch"

    id: Mapped[int] = mapped_column(primary_key=True)
    value: Mapped[str] = mapped_column(sa.String(36))
