"""An estate, its buildings and units, and the people who own or rent them, with dates."""

import uuid
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Kept
from app.estates.rules import Occupancy, PersonKind, Profile, unit_code, unit_label


class Estate(Kept):
    """A residential estate (小区). Limits and "today" follow its time zone; `settings` overlay the defaults."""

    __tablename__ = "estate"

    code: Mapped[str] = mapped_column(sa.String(20), unique=True)
    name_zh: Mapped[str] = mapped_column(sa.String(80))
    name_en: Mapped[str] = mapped_column(sa.String(80))
    company_zh: Mapped[str] = mapped_column(sa.String(120))
    company_en: Mapped[str] = mapped_column(sa.String(120))
    phone: Mapped[str] = mapped_column(sa.String(40))
    profile: Mapped[Profile]
    time_zone: Mapped[str] = mapped_column(sa.String(40), default="Asia/Shanghai")
    settings: Mapped[dict[str, Any]] = mapped_column(default=dict)

    def name(self, locale: str) -> str:
        return self.name_zh if locale == "zh" else self.name_en

    def company(self, locale: str) -> str:
        return self.company_zh if locale == "zh" else self.company_en


class Building(Kept):
    """A building (栋), named by its number or letter."""

    __tablename__ = "building"
    __table_args__ = (sa.UniqueConstraint("estate_id", "name"),)

    estate_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("estate.id"))
    name: Mapped[str] = mapped_column(sa.String(20))


class Unit(Kept):
    """A unit (户/室). `entrance` is blank where a building has only one."""

    __tablename__ = "unit"
    __table_args__ = (sa.UniqueConstraint("building_id", "entrance", "number"),)

    estate_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("estate.id"), index=True)
    building_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("building.id"))
    entrance: Mapped[str] = mapped_column(sa.String(20), default="")
    floor: Mapped[int | None]
    number: Mapped[str] = mapped_column(sa.String(20))
    area: Mapped[str | None] = mapped_column(sa.String(12))
    layout: Mapped[str | None] = mapped_column(sa.String(40))
    handover_on: Mapped[date | None]
    occupancy: Mapped[Occupancy] = mapped_column(default=Occupancy.OWNER)
    care: Mapped[list[str]] = mapped_column(default=list)
    do_not_disturb: Mapped[str | None] = mapped_column(sa.String(40))
    remarks: Mapped[str] = mapped_column(sa.Text, default="")
    building: Mapped[Building] = relationship()
    ownerships: Mapped[list["Ownership"]] = relationship(back_populates="unit", order_by="Ownership.since")
    tenancies: Mapped[list["Tenancy"]] = relationship(back_populates="unit", order_by="Tenancy.since")

    def label(self, locale: str) -> str:
        return unit_label(self.building.name, self.entrance, self.number, locale)

    @property
    def short(self) -> str:
        return unit_code(self.building.name, self.entrance, self.number)


class Person(Kept):
    """An owner or tenant: a person, or a company. Personal data stands here and nowhere else."""

    __tablename__ = "person"

    estate_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("estate.id"), index=True)
    kind: Mapped[PersonKind] = mapped_column(default=PersonKind.PERSON)
    name: Mapped[str] = mapped_column(sa.String(120))
    initials: Mapped[str] = mapped_column(sa.String(60), default="")
    pinyin: Mapped[str] = mapped_column(sa.String(240), default="")
    phone: Mapped[str] = mapped_column(sa.String(40), default="")
    other_phones: Mapped[list[str]] = mapped_column(default=list)
    sex: Mapped[str | None] = mapped_column(sa.String(10))
    id_last4: Mapped[str | None] = mapped_column(sa.String(4))
    legal_representative: Mapped[str | None] = mapped_column(sa.String(80))
    licence_no: Mapped[str | None] = mapped_column(sa.String(40))


class Ownership(Kept):
    """Who owns a unit, from a day on and perhaps until a day (that day excluded). Never overwritten: it ends."""

    __tablename__ = "ownership"

    estate_id: Mapped[uuid.UUID] = mapped_column(index=True)
    unit_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("unit.id"), index=True)
    person_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"), index=True)
    since: Mapped[date]
    until: Mapped[date | None]
    unit: Mapped[Unit] = relationship(back_populates="ownerships")
    person: Mapped[Person] = relationship()


class Tenancy(Kept):
    """Who rents a unit, with dates, like an ownership."""

    __tablename__ = "tenancy"

    estate_id: Mapped[uuid.UUID] = mapped_column(index=True)
    unit_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("unit.id"), index=True)
    person_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("person.id"), index=True)
    since: Mapped[date]
    until: Mapped[date | None]
    unit: Mapped[Unit] = relationship(back_populates="tenancies")
    person: Mapped[Person] = relationship()
