"""Many sheets as one file: who asked for it, how far it is, how long it stays."""

import enum
import uuid
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Kept


class Progress(enum.StrEnum):
    """How a bundle stands."""

    WAITING = "waiting"
    MAKING = "making"
    READY = "ready"
    FAILED = "failed"


class Bundle(Kept):
    """The sign-off sheets of some visits, asked for as one file.

    `made` counts those of its visits that are done with. `left_out` says of which visit there is no sheet in it, and
    why. `base` is the address under which whoever asked for it knows us: the codes on the sheets begin with it.
    """

    __tablename__ = "bundle"

    estate_id: Mapped[uuid.UUID] = mapped_column(index=True)
    staff_id: Mapped[uuid.UUID] = mapped_column(index=True)
    asked_at: Mapped[datetime]
    base: Mapped[str] = mapped_column(sa.Text)
    languages: Mapped[str] = mapped_column(sa.String(8))
    visits: Mapped[list[str]]
    state: Mapped[Progress] = mapped_column(default=Progress.WAITING)
    made: Mapped[int] = mapped_column(default=0)
    failures: Mapped[int] = mapped_column(default=0)
    left_out: Mapped[list[Any]] = mapped_column(default=list)
    size: Mapped[int | None]
    ready_at: Mapped[datetime | None]


class LongPaper(Kept):
    """One form of so many lines that nobody should wait for it, asked for by somebody.

    `form` is the name of its sheet's class, `sheet` all that stands on it, until it is printed; then it lies on the
    shelf under `mark`. `refused`, `letters`: why it cannot be printed, as a refusal's code, and what no font can draw.
    """

    __tablename__ = "long_paper"

    estate_id: Mapped[uuid.UUID] = mapped_column(index=True)
    staff_id: Mapped[uuid.UUID] = mapped_column(index=True)
    asked_at: Mapped[datetime]
    form: Mapped[str] = mapped_column(sa.String(40))
    number: Mapped[str] = mapped_column(sa.String(80))
    lines: Mapped[int]
    mark: Mapped[str] = mapped_column(sa.String(80))
    sheet: Mapped[str] = mapped_column(sa.Text, deferred=True)
    state: Mapped[Progress] = mapped_column(default=Progress.WAITING)
    failures: Mapped[int] = mapped_column(default=0)
    refused: Mapped[str] = mapped_column(sa.String(80), default="")
    letters: Mapped[str] = mapped_column(sa.Text, default="")
    ready_at: Mapped[datetime | None]
