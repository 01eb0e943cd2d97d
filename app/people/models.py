"""Staff, the departments they work in, their dated roles, and the tablets they carry."""

import hashlib
import uuid
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from flask_login import UserMixin
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Kept
from app.people.rules import Liable, Role


class Department(Kept):
    """A department of the property management company or of the developer, as one estate knows it.

    One that is closed takes nothing new; what it had stays readable. `repairs`: it does again what an owner of its
    company's was not satisfied with (R21): 工程部, 工程维修部, however it is called.
    """

    __tablename__ = "department"
    __table_args__ = (sa.UniqueConstraint("estate_id", "code"),)

    estate_id: Mapped[uuid.UUID] = mapped_column(index=True)
    code: Mapped[str] = mapped_column(sa.String(40))
    name_zh: Mapped[str] = mapped_column(sa.String(80))
    name_en: Mapped[str] = mapped_column(sa.String(80))
    liable: Mapped[Liable]
    repairs: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    opened_on: Mapped[date | None]
    closed_on: Mapped[date | None]

    def name(self, locale: str) -> str:
        return self.name_zh if locale == "zh" else self.name_en


class Staff(UserMixin, Kept):  # type: ignore[misc]
    """A person who works here. What they may do follows from their roles, per estate and with dates."""

    __tablename__ = "staff"

    login: Mapped[str] = mapped_column(sa.String(60), unique=True)
    name: Mapped[str] = mapped_column(sa.String(80))
    earlier_names: Mapped[list[str]] = mapped_column(default=list, server_default="[]", deferred=True)
    password_hash: Mapped[str] = mapped_column(sa.String(200))
    password_chosen: Mapped[bool] = mapped_column(default=True, server_default=sa.true())
    locale: Mapped[str] = mapped_column(sa.String(8), default="zh")
    left_at: Mapped[datetime | None]
    roles: Mapped[list["StaffRole"]] = relationship(back_populates="staff")

    def get_id(self) -> str:
        """As whom a session was begun: with another password it is nobody's any more."""
        return f"{self.id}.{hashlib.sha256(self.password_hash.encode()).hexdigest()[:32]}"

    def roles_in(self, estate_id: uuid.UUID, day: date) -> list["StaffRole"]:
        """What they are in an estate on a day; nothing once they have left."""
        here = [held for held in self.roles if held.estate_id == estate_id and held.valid_on(day)]
        return here if self.left_at is None else []


class StaffRole(Kept):
    """One role of a person in one estate, from a day on and perhaps until a day (that day excluded)."""

    __tablename__ = "staff_role"

    staff_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("staff.id"), index=True)
    estate_id: Mapped[uuid.UUID] = mapped_column(index=True)
    role: Mapped[Role]
    department_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("department.id"))
    since: Mapped[date]
    until: Mapped[date | None]
    staff: Mapped[Staff] = relationship(back_populates="roles")
    department: Mapped[Department | None] = relationship()

    def valid_on(self, day: date) -> bool:
        return self.since <= day and (self.until is None or self.until > day)


class Device(Kept):
    """A tablet. Its code begins the numbers it makes offline; its key seals what is signed on it."""

    __tablename__ = "device"

    code: Mapped[str] = mapped_column(sa.String(10), unique=True)
    key: Mapped[dict[str, Any]]
    send_token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    enrolled_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    wiped_at: Mapped[datetime | None]
    app_version: Mapped[str] = mapped_column(sa.String(40), default="")
    last_seen_at: Mapped[datetime | None]
    reported: Mapped[dict[str, Any]] = mapped_column(default=dict)
    chain_head: Mapped[str] = mapped_column(sa.String(64), default="0" * 64)


class DeviceUser(Kept):
    """A person's vault on a tablet: their reading token and the escrow of their data key."""

    __tablename__ = "device_user"
    __table_args__ = (sa.UniqueConstraint("device_id", "staff_id"),)

    device_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("device.id"))
    staff_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("staff.id"), index=True)
    read_token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    escrow: Mapped[str | None] = mapped_column(sa.Text)
    since: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    device: Mapped[Device] = relationship()
    staff: Mapped[Staff] = relationship()


class EnrolCode(Kept):
    """A code that makes a tablet ours, once, for a short time, for one member of staff."""

    __tablename__ = "enrol_code"

    code_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    staff_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("staff.id"))
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    device_id: Mapped[uuid.UUID | None]
