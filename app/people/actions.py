"""Everything that changes staff and their roles. The caller commits."""

import functools
import secrets
import uuid
from datetime import date, datetime
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from app.core import journal
from app.core.db import db
from app.core.errors import Outdated
from app.core.i18n import _
from app.core.journal import COMPANY_STREAM, By
from app.people.models import Department, Staff, StaffRole
from app.people.rules import Liable, Role

EASY_TO_READ = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Letters and digits of which no two look alike."""
_hasher = PasswordHasher()


def hash_password(password: str) -> str:
    """An argon2id hash. Slow on purpose: stands outside transactions."""
    return _hasher.hash(password)


def password_fits(staff: Staff | None, password: str) -> bool:
    """Whether this is the password of someone who still works here; takes as long for an unknown login."""
    try:
        _hasher.verify(staff.password_hash if staff else _nobody(), password)
    except (VerifyMismatchError, InvalidHashError):
        return False
    return staff is not None and staff.left_at is None


@functools.cache
def _nobody() -> str:
    """The hash of a password that nobody knows."""
    return _hasher.hash(secrets.token_hex())


def hire(login: str, name: str, password_hash: str, *, by: By, at: datetime, locale: str = "zh") -> Staff:
    """A new member of staff, who may do nothing until given a role."""
    staff = Staff(login=login.strip().lower(), name=name, password_hash=password_hash, locale=locale)
    db.session.add(staff)
    db.session.flush()
    journal.write(COMPANY_STREAM, "staff:hired", ("staff", staff.id), by=by, at=at)
    return staff


def give_role(
    staff: Staff,
    estate_id: uuid.UUID,
    role: Role,
    *,
    since: date,
    by: By,
    at: datetime,
    department: Department | None = None,
) -> StaffRole:
    """Let a person act in a role in an estate from a day on."""
    held = StaffRole(staff=staff, estate_id=estate_id, role=role, department=department, since=since)
    db.session.add(held)
    journal.write(
        COMPANY_STREAM,
        "staff:role_given",
        ("staff", staff.id),
        by=by,
        at=at,
        data={"estate": str(estate_id), "role": role.value, "since": since.isoformat()},
    )
    return held


def open_department(
    estate_id: uuid.UUID,
    code: str,
    name_zh: str,
    name_en: str,
    liable: Liable,
    *,
    repairs: bool = False,
    by: By,
    at: datetime,
) -> Department:
    """A department that an estate's issues can be routed to; `repairs`: it does rework for its company."""
    named = {"code": code, "name_zh": name_zh, "name_en": name_en}
    department = Department(estate_id=estate_id, liable=liable, repairs=repairs, **named)
    db.session.add(department)
    db.session.flush()
    journal.write(estate_id, "department:opened", ("department", department.id), by=by, at=at, data={"code": code})
    return department


def end_role(held: StaffRole, *, on: date, by: By, at: datetime) -> None:
    """Somebody does not act in a role any more from a day on; what they did in it stays theirs."""
    held.until = max(on, held.since)
    journal.write(
        COMPANY_STREAM,
        "staff:role_ended",
        ("staff", held.staff_id),
        by=by,
        at=at,
        data={"estate": str(held.estate_id), "role": held.role.value, "until": held.until.isoformat()},
    )


def rename(staff: Staff, name: str, *, by: By, at: datetime) -> None:
    """Another name from now on; what was signed or printed keeps the one it has, and tablets hear it as they pull."""
    staff.earlier_names = [*staff.earlier_names, staff.name]
    staff.name = name
    journal.write(COMPANY_STREAM, "staff:renamed", ("staff", staff.id), by=by, at=at)


def set_password(staff: Staff, password_hash: str, *, chosen: bool = True, by: By, at: datetime) -> None:
    """Another password from now on, which ends every session; `chosen`: whoever logs in with it made it up."""
    staff.password_hash, staff.password_chosen = password_hash, chosen
    kind = "staff:password_set" if chosen else "staff:password_handed_out"
    journal.write(COMPANY_STREAM, kind, ("staff", staff.id), by=by, at=at)


def choose_password(staff: Staff, password_hash: str, *, instead_of: str, by: By, at: datetime) -> None:
    """One's own in the place of the one whose hash was checked. Raises Outdated where theirs is another by now."""
    db.session.refresh(staff, with_for_update=True)
    if staff.password_hash != instead_of or staff.left_at is not None:
        raise Outdated("staff:other_password", _("You were given another password meanwhile: log in with that one."))
    set_password(staff, password_hash, by=by, at=at)


def leave(staff: Staff, *, by: By, at: datetime) -> None:
    """Somebody works here no more: logs in nowhere, is sent nothing; what they did stays theirs."""
    staff.left_at = at
    journal.write(COMPANY_STREAM, "staff:left", ("staff", staff.id), by=by, at=at)


def come_back(staff: Staff, *, by: By, at: datetime) -> None:
    """Somebody who had left works here again, in the roles that were not ended."""
    staff.left_at = None
    journal.write(COMPANY_STREAM, "staff:came_back", ("staff", staff.id), by=by, at=at)


def choose_locale(staff: Staff, locale: str) -> None:
    """Remember the language a person reads. A preference, not history: the journal is silent."""
    staff.locale = locale


def make_password() -> str:
    """One to be read aloud and typed once, without letters that look alike: 59 bits."""
    return "-".join("".join(secrets.choice(EASY_TO_READ) for _i in range(4)) for _group in range(3))


def note_list_taken(
    staff: Staff, estate_id: uuid.UUID, name: str, taken: dict[str, Any], *, by: By, at: datetime
) -> None:
    """Somebody took a list away as a file: which filters, how many rows; nothing of what stands in them."""
    journal.write(estate_id, "list:taken", ("staff", staff.id), by=by, at=at, data={"list": name, **taken})
