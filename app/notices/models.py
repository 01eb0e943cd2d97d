"""Where people and departments are told, what they are told, and how far the journal has been read for it."""

import uuid
from datetime import datetime, time
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Base, Kept
from app.notices.rules import Event, Pace, State, Times
from app.people.models import Department, Staff


class NoticeOffice(Base):
    """What an estate allows: services, machines that an address may name, and the mail server it sends through."""

    __tablename__ = "notice_office"

    estate_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("estate.id"), primary_key=True)
    services: Mapped[list[str]]
    hosts: Mapped[list[str]]
    mail: Mapped[dict[str, Any]]
    """`host`, `port`, `security`, `user`, `sender`; empty without a mail server."""
    mail_password: Mapped[str | None] = mapped_column(sa.Text)
    """Sealed."""
    password_number: Mapped[int] = mapped_column(default=0)


class NoticeChannel(Kept):
    """Where one person, or one department, is told in one estate, and when. `sealed` holds secrets."""

    __tablename__ = "notice_channel"
    __table_args__ = (sa.UniqueConstraint("estate_id", "staff_id"), sa.UniqueConstraint("estate_id", "department_id"))

    estate_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("estate.id"))
    staff_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("staff.id"), index=True)
    department_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("department.id"))
    own_locale: Mapped[str] = mapped_column(sa.String(8), default="")
    service: Mapped[str] = mapped_column(sa.String(20), default="")
    sealed: Mapped[str | None] = mapped_column(sa.Text)
    shown: Mapped[str] = mapped_column(sa.String(120), default="")
    since: Mapped[datetime | None]
    """From when on things are told here."""
    muted: Mapped[list[str]] = mapped_column(default=list)
    pace: Mapped[Pace] = mapped_column(default=Pace.AT_ONCE)
    digest_at: Mapped[time] = mapped_column(default=time(8))
    quiet_from: Mapped[time | None]
    quiet_until: Mapped[time | None]
    version: Mapped[int] = mapped_column(default=0)
    staff: Mapped[Staff | None] = relationship()
    department: Mapped[Department | None] = relationship()

    @property
    def locale(self) -> str:
        """A person's own language; a department's is chosen."""
        return self.staff.locale if self.staff else self.own_locale

    def wants(self, event: Event) -> bool:
        return event.value not in self.muted

    def times(self, zone: str) -> Times:
        return Times(self.pace, self.digest_at, self.quiet_from, self.quiet_until, zone)


class Notice(Kept):
    """One line of the journal told to one channel, at least once. `reason`: a code for why the last try failed."""

    __tablename__ = "notice"
    __table_args__ = (
        sa.UniqueConstraint("estate_id", "seq", "channel_id"),
        sa.Index("ix_notice_state_due", "state", "due_at"),
        sa.Index("ix_notice_estate_state", "estate_id", "state"),
    )

    estate_id: Mapped[uuid.UUID]
    seq: Mapped[int] = mapped_column(sa.BigInteger)
    channel_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("notice_channel.id"), index=True)
    event: Mapped[Event]
    subject_type: Mapped[str] = mapped_column(sa.String(40))
    subject_id: Mapped[uuid.UUID]
    happened_at: Mapped[datetime]
    state: Mapped[State] = mapped_column(default=State.WAITING)
    tries: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(sa.String(40), default="")
    channel: Mapped[NoticeChannel] = relationship()


class NoticeCursor(Base):
    """How far an estate's stream of the journal has been read for notices."""

    __tablename__ = "notice_cursor"

    estate_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("estate.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(sa.BigInteger)
