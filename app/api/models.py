"""What other systems were answered: the same request again gets the same answer."""

import uuid
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Kept


class AnswerKept(Kept):
    """The answer to one request of a system, under the key by which the request is known again. It never changes."""

    __tablename__ = "answer_kept"
    __table_args__ = (sa.UniqueConstraint("system_id", "key"),)

    estate_id: Mapped[uuid.UUID]
    system_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("other_system.id"))
    key: Mapped[str] = mapped_column(sa.String(320))
    digest: Mapped[str] = mapped_column(sa.String(64))
    status: Mapped[int]
    text: Mapped[str] = mapped_column(sa.Text)
    at: Mapped[datetime]
