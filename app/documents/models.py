"""Files that are made off the request, of many sheets or of a whole period: who asked, how far they are."""

import enum
import uuid
from datetime import date, datetime
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


class Archive(Kept):
    """The archive of an estate and a period as one file (V47). It belongs to the estate, not to whoever ordered it.

    `total` counts what goes into it, `made` what of it is done with; once it is ready both count the records of visits.
    `absent` names the first of what is not
    in it although a record names it, `absent_count` counts all of that. `sha256` is the file's own.
    """

    __tablename__ = "archive"

    estate_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("estate.id"), index=True)
    staff_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("staff.id"))
    asked_at: Mapped[datetime]
    base: Mapped[str] = mapped_column(sa.Text)
    languages: Mapped[str] = mapped_column(sa.String(8))
    first_on: Mapped[date]
    last_on: Mapped[date]
    state: Mapped[Progress] = mapped_column(default=Progress.WAITING)
    total: Mapped[int] = mapped_column(default=0)
    made: Mapped[int] = mapped_column(default=0)
    failures: Mapped[int] = mapped_column(default=0)
    absent: Mapped[list[Any]] = mapped_column(default=list)
    absent_count: Mapped[int] = mapped_column(default=0)
    size: Mapped[int | None] = mapped_column(sa.BigInteger)
    sha256: Mapped[str] = mapped_column(sa.String(64), default="")
    ready_at: Mapped[datetime | None]


class LongPaper(Kept):
    """One form of so many lines that nobody should wait for it, asked for by somebody.

    `form` is the name of its sheet's class, `sheet` all that stands on it, until it is printed; then it lies on the
    shelf under `mark`. `refused`, `letters`: why it cannot be printed, as a refusal's code, and what no font can draw.
    `languages`: a key of `LANGUAGES`. `survey_id`: the survey that it is of, if it is of one.
    """

    __tablename__ = "long_paper"

    estate_id: Mapped[uuid.UUID] = mapped_column(index=True)
    staff_id: Mapped[uuid.UUID] = mapped_column(index=True)
    asked_at: Mapped[datetime]
    form: Mapped[str] = mapped_column(sa.String(40))
    number: Mapped[str] = mapped_column(sa.String(80))
    languages: Mapped[str] = mapped_column(sa.String(8), default="")
    survey_id: Mapped[uuid.UUID | None]
    lines: Mapped[int]
    mark: Mapped[str] = mapped_column(sa.String(80))
    sheet: Mapped[str] = mapped_column(sa.Text, deferred=True)
    state: Mapped[Progress] = mapped_column(default=Progress.WAITING)
    failures: Mapped[int] = mapped_column(default=0)
    refused: Mapped[str] = mapped_column(sa.String(80), default="")
    letters: Mapped[str] = mapped_column(sa.Text, default="")
    ready_at: Mapped[datetime | None]
