"""An estate, its buildings and units, and the people who own or rent them, with dates."""

import uuid
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Kept
from app.estates.file_rules import About, Standing
from app.estates.rules import Occupancy, PersonKind, Profile, unit_code, unit_label
from app.people.models import Staff


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
    preferred_contact: Mapped[str | None] = mapped_column(sa.String(80))
    parking: Mapped[list[str]] = mapped_column(default=list)
    plates: Mapped[list[str]] = mapped_column(default=list)
    warranty: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Part → the day its warranty ends, only where somebody wrote another than follows from the handover."""
    remarks: Mapped[str] = mapped_column(sa.Text, default="")
    building: Mapped[Building] = relationship()
    ownerships: Mapped[list["Ownership"]] = relationship(back_populates="unit", order_by="Ownership.since")
    tenancies: Mapped[list["Tenancy"]] = relationship(back_populates="unit", order_by="Tenancy.since")
    household: Mapped[list["HouseholdMember"]] = relationship(
        back_populates="unit", order_by="HouseholdMember.since, HouseholdMember.id"
    )

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
    emergency_name: Mapped[str | None] = mapped_column(sa.String(120))
    emergency_phone: Mapped[str | None] = mapped_column(sa.String(40))
    consent_on: Mapped[date | None]
    """The day on which they consented to their data being kept."""


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


class HouseholdMember(Kept):
    """Somebody who lives in a unit without owning or renting it, with dates."""

    __tablename__ = "household_member"

    estate_id: Mapped[uuid.UUID] = mapped_column(index=True)
    unit_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("unit.id"), index=True)
    name: Mapped[str] = mapped_column(sa.String(120))
    relation: Mapped[str] = mapped_column(sa.String(40), default="")
    phone: Mapped[str | None] = mapped_column(sa.String(40))
    since: Mapped[date]
    until: Mapped[date | None]
    unit: Mapped[Unit] = relationship(back_populates="household")


class FileChange(Kept):
    """One field of an owner file that changed from one value to another. It never changes, but for values erased.

    The values are personal: they stand here and not in the journal. To erase them sets both to NULL, nothing else.
    They are JSON; NULL stands for nothing. `number` counts the changes of one subject: a unit, person or member of a
    household. `unit_id` is where somebody changed it, none for an import.
    """

    __tablename__ = "owner_file_change"
    __table_args__ = (sa.UniqueConstraint("subject_id", "number"),)

    estate_id: Mapped[uuid.UUID] = mapped_column(index=True)
    unit_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    subject_type: Mapped[str] = mapped_column(sa.String(20))
    subject_id: Mapped[uuid.UUID]
    number: Mapped[int]
    field: Mapped[str] = mapped_column(sa.String(40))
    was: Mapped[str | None] = mapped_column(sa.Text)
    became: Mapped[str | None] = mapped_column(sa.Text)
    by_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("staff.id"))
    at: Mapped[datetime]
    correction_id: Mapped[uuid.UUID | None]
    by: Mapped[Staff | None] = relationship()


class FileCorrection(Kept):
    """What an officer noted at the door about an owner file; the office accepts or refuses it.

    `value`: part → what it should be; `base`: what stood there as the officer saw it; `taken`: what the office wrote.
    """

    __tablename__ = "file_correction"

    estate_id: Mapped[uuid.UUID] = mapped_column(index=True)
    unit_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("unit.id"), index=True)
    person_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("person.id"))
    operation_id: Mapped[uuid.UUID] = mapped_column(unique=True)
    author_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("staff.id"))
    device_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("device.id"))
    number: Mapped[str] = mapped_column(sa.String(20))
    receipt_number: Mapped[str | None] = mapped_column(sa.String(20))
    about: Mapped[About]
    value: Mapped[dict[str, Any]]
    base: Mapped[dict[str, Any]]
    remark: Mapped[str] = mapped_column(sa.Text, default="")
    noted_at: Mapped[datetime]
    received_at: Mapped[datetime]
    state: Mapped[Standing] = mapped_column(default=Standing.WAITING)
    taken: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))
    reason: Mapped[str] = mapped_column(sa.Text, default="")
    decided_by_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("staff.id"))
    decided_at: Mapped[datetime | None]
    unit: Mapped[Unit] = relationship()
    person: Mapped[Person | None] = relationship()
    author: Mapped[Staff] = relationship(foreign_keys=[author_id])
    decided_by: Mapped[Staff | None] = relationship(foreign_keys=[decided_by_id])
