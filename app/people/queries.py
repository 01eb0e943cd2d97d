"""Who works where, in which roles, and which tablets there are."""

import uuid
from collections.abc import Iterable
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from app.core.db import db
from app.people.models import Department, Device, DeviceUser, Staff, StaffRole
from app.people.rules import MAY, Act, Role


def as_login(typed: str) -> str:
    """A login as it is kept."""
    return typed.strip().lower()


def staff_by_login(login: str) -> Staff | None:
    """The member of staff who logs in by this name."""
    return db.session.scalars(sa.select(Staff).where(Staff.login == as_login(login))).first()


def all_roles(staff_id: uuid.UUID) -> list[StaffRole]:
    """Every role a person holds, held or will hold, in all estates: which are valid depends on each estate's day."""
    found = sa.select(StaffRole).where(StaffRole.staff_id == staff_id).order_by(StaffRole.since, StaffRole.id)
    return list(db.session.scalars(found))


def staff_in(estate_id: uuid.UUID, roles: Iterable[Role], on: date) -> list[Staff]:
    """The people who hold one of `roles` in an estate on a day, by name."""
    found = (
        sa.select(Staff)
        .join(StaffRole)
        .where(StaffRole.estate_id == estate_id, StaffRole.role.in_(list(roles)), *_valid(on))
        .where(Staff.left_at.is_(None))
        .order_by(Staff.name)
        .distinct()
    )
    return list(db.session.scalars(found))


def roles_held(estate_id: uuid.UUID, on: date) -> set[Role]:
    """The roles that anybody has in an estate on a day."""
    held = sa.select(StaffRole.role).join(Staff).where(StaffRole.estate_id == estate_id, *_valid(on))
    return set(db.session.scalars(held.where(Staff.left_at.is_(None)).distinct()))


def ever_in(estate_id: uuid.UUID) -> list[Staff]:
    """Everybody who holds, held or will hold a role in an estate, by name; their roles are loaded with them."""
    found = sa.select(Staff).where(Staff.roles.any(StaffRole.estate_id == estate_id))
    with_roles = selectinload(Staff.roles).selectinload(StaffRole.department)
    return list(db.session.scalars(found.order_by(Staff.name, Staff.id).options(with_roles)))


def who_ever_might(act: Act, estate_id: uuid.UUID) -> set[uuid.UUID]:
    """Ids of all who may do `act` in an estate, might once, or will: whoever left may still carry what is ours."""
    found = sa.select(StaffRole.staff_id).where(StaffRole.estate_id == estate_id, StaffRole.role.in_(list(MAY[act])))
    return set(db.session.scalars(found))


def staff_who_may(act: Act, estate_id: uuid.UUID, on: date) -> list[Staff]:
    """The people who may do `act` in an estate on a day."""
    return staff_in(estate_id, MAY[act], on)


def departments(estate_id: uuid.UUID) -> list[Department]:
    """The departments an estate knows, by code."""
    found = sa.select(Department).where(Department.estate_id == estate_id).order_by(Department.code)
    return list(db.session.scalars(found))


def open_departments(estate_id: uuid.UUID) -> list[Department]:
    """The departments that something can be routed to."""
    return [department for department in departments(estate_id) if department.closed_on is None]


def people_of(department_id: uuid.UUID, on: date) -> list[Staff]:
    """Who works in a department on a day."""
    found = (
        sa.select(Staff)
        .join(StaffRole)
        .where(StaffRole.department_id == department_id, *_valid(on))
        .where(Staff.left_at.is_(None))
        .order_by(Staff.name)
        .distinct()
    )
    return list(db.session.scalars(found))


def heads_of(department_id: uuid.UUID, on: date) -> list[Staff]:
    """Who accepts and answers for a department on a day."""
    return [
        one
        for one in people_of(department_id, on)
        if any(
            held.role is Role.DEPARTMENT_MANAGER and held.department_id == department_id and held.valid_on(on)
            for held in one.roles
        )
    ]


def names(staff_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Id → name for members of staff."""
    wanted = list(staff_ids)
    found = sa.select(Staff.id, Staff.name).where(Staff.id.in_(wanted))
    return {row.id: row.name for row in db.session.execute(found)} if wanted else {}


def devices() -> list[Device]:
    """All tablets, by code."""
    return list(db.session.scalars(sa.select(Device).order_by(Device.code)))


def place_on(device_id: uuid.UUID, staff_id: uuid.UUID) -> DeviceUser | None:
    """A person's vault on a tablet."""
    found = sa.select(DeviceUser).where(DeviceUser.device_id == device_id, DeviceUser.staff_id == staff_id)
    return db.session.scalars(found).first()


def users_of(device_ids: Iterable[uuid.UUID]) -> list[DeviceUser]:
    """Whose vaults are on these tablets."""
    return list(db.session.scalars(sa.select(DeviceUser).where(DeviceUser.device_id.in_(list(device_ids)))))


def _valid(on: date) -> tuple[sa.ColumnElement[bool], ...]:
    return StaffRole.since <= on, sa.or_(StaffRole.until.is_(None), StaffRole.until > on)
