"""Who works in an estate, as its administrator keeps it: taken on, given roles and relieved of them, let go."""

import re
import uuid
from collections.abc import Collection
from datetime import date, datetime

import sqlalchemy as sa

from app.core.db import db, take_turn
from app.core.errors import NotAllowed, NotFound, Outdated, Refused
from app.core.i18n import _, current_locale
from app.core.journal import By
from app.people.actions import come_back, end_role, give_role, hire, leave, rename, set_password
from app.people.models import Department, Staff, StaffRole
from app.people.queries import as_login, open_departments, staff_by_login
from app.people.rules import IN_A_DEPARTMENT, Role

_A_LOGIN = re.compile(r"[a-z0-9][a-z0-9._@-]{1,59}")
LONGEST_LOGIN, LONGEST_NAME = 60, 80


def somebody_known(login: str, name: str) -> Staff | None:
    """Who logs in so, and is called so: one person may work in several estates.

    Raises Refused for another name, without telling theirs: whoever asks may never have heard of them.
    """
    known = staff_by_login(login)
    if known is not None and known.name != _a_name(name):
        words = _("The login %(login)s is somebody else's. Another person needs another login.", login=known.login)
        raise Refused("staff:login_taken", words)
    return known


def take_on(login: str, name: str, password_hash: str, *, by: By, at: datetime) -> Staff:
    """Somebody new, who chooses a password of their own at the first login; reads what whoever takes them on reads.

    Raises Refused.
    """
    take_turn("staff")
    if not _A_LOGIN.fullmatch(as_login(login)):
        raise Refused("staff:bad_login", _("A login has 2 to 60 letters a–z, digits, dots or dashes, such as li.min."))
    if somebody_known(login, name):
        raise Outdated("staff:taken_on", _("%(name)s was taken on just now.", name=_a_name(name)))
    staff = hire(login, _a_name(name), password_hash, by=by, at=at, locale=current_locale())
    staff.password_chosen = False
    return staff


def let_act(
    staff: Staff,
    estate_id: uuid.UUID,
    role: Role,
    department_id: uuid.UUID | None,
    *,
    on: date,
    by: By,
    at: datetime,
) -> StaffRole:
    """Give somebody a role from a day on. Nobody gives one to themselves. Raises Refused."""
    _must_work_here(staff)
    if by.staff_id == staff.id:
        raise NotAllowed("staff:own_role", _("Nobody gives themselves a role: another administrator does that."))
    department = _department(estate_id, role, department_id)
    take_turn("staff")
    if any(_is_open(held, estate_id, role, on) and held.department_id == department_id for held in _roles_of(staff)):
        raise Outdated("staff:role_held", _("%(name)s has this role already.", name=staff.name))
    return give_role(staff, estate_id, role, department=department, since=on, by=by, at=at)


def relieve(held: StaffRole, *, on: date, by: By, at: datetime) -> None:
    """End one role, today. Raises Refused, where the estate would have no administrator any more."""
    take_turn("staff")
    db.session.refresh(held)
    if not _is_open(held, held.estate_id, held.role, on):
        raise Outdated("staff:role_over", _("This role has ended already."))
    if held.role is Role.ADMIN:
        _must_keep_an_admin(held.estate_id, held.staff_id, on)
    end_role(held, on=on, by=by, at=at)


def let_go(staff: Staff, ours: Collection[uuid.UUID], *, on: date, by: By, at: datetime) -> None:
    """Somebody works here no more, in no estate. Raises Refused, unless all of theirs are `ours`."""
    take_turn("staff")
    db.session.refresh(staff)
    _must_work_here(staff)
    must_be_ours_alone(staff, ours, on)
    for held in _roles_of(staff):
        if held.role is Role.ADMIN and _is_open(held, held.estate_id, held.role, on):
            _must_keep_an_admin(held.estate_id, staff.id, on)
    leave(staff, by=by, at=at)


def let_return(staff: Staff, ours: Collection[uuid.UUID], *, on: date, by: By, at: datetime) -> None:
    """Somebody who was let go works here again. Raises Refused, unless all of theirs are `ours`."""
    take_turn("staff")
    db.session.refresh(staff)
    if staff.left_at is None:
        raise Outdated("staff:works_here", _("%(name)s works here.", name=staff.name))
    must_be_ours_alone(staff, ours, on)
    come_back(staff, by=by, at=at)


def hand_out_password(
    staff: Staff, password_hash: str, ours: Collection[uuid.UUID], *, on: date, by: By, at: datetime
) -> None:
    """Another first password. Raises Refused, unless all their estates are `ours`, or for one's own."""
    _must_work_here(staff)
    if by.staff_id == staff.id:
        raise NotAllowed("staff:own_password", _("Your own password you choose yourself, under your name in the menu."))
    must_be_ours_alone(staff, ours, on)
    set_password(staff, password_hash, chosen=False, by=by, at=at)


def call(staff: Staff, name: str, ours: Collection[uuid.UUID], *, on: date, by: By, at: datetime) -> None:
    """Another name. Raises Refused, unless all their estates are `ours`."""
    must_be_ours_alone(staff, ours, on)
    if _a_name(name) != staff.name:
        rename(staff, _a_name(name), by=by, at=at)


def must_be_ours_alone(staff: Staff, ours: Collection[uuid.UUID], on: date) -> None:
    """Raises NotAllowed for somebody who works in an estate of others, too: its administrator has a say in it."""
    theirs = {held.estate_id for held in _roles_of(staff) if held.until is None or held.until > on}
    if not theirs <= set(ours):
        words = _("%(name)s works in another estate, too: whoever administers all of them does this.", name=staff.name)
        raise NotAllowed("staff:elsewhere", words)


def the_member(estate_id: uuid.UUID, staff_id: uuid.UUID) -> Staff:
    """Somebody who works in this estate, or once did. Raises NotFound."""
    staff = db.session.get(Staff, staff_id)
    if staff is None or all(held.estate_id != estate_id for held in _roles_of(staff)):
        raise NotFound("staff:unknown", _("This person is not known in this estate."))
    return staff


def the_role(estate_id: uuid.UUID, role_id: uuid.UUID) -> StaffRole:
    """A role that somebody holds, or held, in this estate. Raises NotFound."""
    held = db.session.get(StaffRole, role_id)
    if held is None or held.estate_id != estate_id:
        raise NotFound("staff:role_unknown", _("This role is not known in this estate."))
    return held


def _must_work_here(staff: Staff) -> None:
    if staff.left_at is not None:
        raise Outdated("staff:has_left", _("%(name)s has left.", name=staff.name))


def _must_keep_an_admin(estate_id: uuid.UUID, without: uuid.UUID, on: date) -> None:
    others = (
        sa.select(StaffRole.id)
        .join(Staff)
        .where(StaffRole.estate_id == estate_id, StaffRole.role == Role.ADMIN, StaffRole.staff_id != without)
        .where(StaffRole.since <= on, sa.or_(StaffRole.until.is_(None), StaffRole.until > on))
        .where(Staff.left_at.is_(None))
    )
    if db.session.execute(others).first() is None:
        words = _("This is the estate's only administrator. First let somebody else be one, too.")
        raise Refused("staff:last_admin", words)


def _department(estate_id: uuid.UUID, role: Role, department_id: uuid.UUID | None) -> Department | None:
    if role not in IN_A_DEPARTMENT:
        if department_id is not None:
            raise Refused("staff:no_department", _("This role is held in no department."))
        return None
    department = next((one for one in open_departments(estate_id) if one.id == department_id), None)
    if department is None:
        raise Refused("staff:which_department", _("Say in which department."))
    return department


def _is_open(held: StaffRole, estate_id: uuid.UUID, role: Role, on: date) -> bool:
    return (held.estate_id, held.role) == (estate_id, role) and (held.until is None or held.until > on)


def _roles_of(staff: Staff) -> list[StaffRole]:
    return list(db.session.scalars(sa.select(StaffRole).where(StaffRole.staff_id == staff.id)))


def _a_name(typed: str) -> str:
    name = " ".join(typed.split())
    if not name:
        raise Refused("staff:no_name", _("Say what they are called."))
    return name[:LONGEST_NAME]
