"""Everything that changes staff, roles and tablets. The caller commits."""

import functools
import hashlib
import re
import secrets
import uuid
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlalchemy.orm import contains_eager

from app.core import journal
from app.core.db import db, take_turn
from app.core.errors import NotAllowed, Outdated
from app.core.i18n import _
from app.core.journal import COMPANY_STREAM, By
from app.people.models import Department, Device, DeviceUser, EnrolCode, Staff, StaffRole
from app.people.rules import Liable, Role

ENROL_FOR = timedelta(minutes=30)
_A_CODE = re.compile(r"T[0-9]{2,6}")
_OF_EPOCHS = range(100, 1000)
"""How codes begin after a restore: a backup does not know which came after it, and visits' numbers begin with them.
A server that comes back from the same one twice is in two epochs."""
_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
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
    return "-".join("".join(secrets.choice(_ALPHABET) for _i in range(4)) for _group in range(3))


def make_enrol_code(staff: Staff, *, by: By, at: datetime) -> str:
    """A code of 8 characters that turns one tablet into this person's, once, within half an hour."""
    code = "".join(secrets.choice(_ALPHABET) for _i in range(8))
    row = EnrolCode(code_hash=_digest(code), staff_id=staff.id, made_at=at, expires_at=at + ENROL_FOR)
    db.session.add(row)
    db.session.flush()
    journal.write(COMPANY_STREAM, "device:code_made", ("staff", staff.id), by=by, at=at)
    return code


def enrol(code: str, key: dict[str, Any], app_version: str, *, at: datetime) -> tuple[DeviceUser, str, str]:
    """Turn a code into a tablet: returns its user with the send token and the read token, told only here."""
    row = _usable_code(code, at)
    send_token, read_token = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
    device = Device(
        code=_next_device_code(),
        key=key,
        send_token_hash=_digest(send_token),
        enrolled_at=at,
        app_version=app_version,
    )
    db.session.add(device)
    db.session.flush()
    user = DeviceUser(device_id=device.id, staff_id=row.staff_id, read_token_hash=_digest(read_token), since=at)
    db.session.add(user)
    db.session.flush()
    row.used_at, row.device_id = at, device.id
    by = By(staff_id=row.staff_id, device_id=device.id)
    journal.write(COMPANY_STREAM, "device:enrolled", ("device", device.id), by=by, at=at)
    return user, send_token, read_token


def stands_again(device_id: uuid.UUID, code: str, tablet: Device, *, at: datetime) -> Device:
    """An earlier enrolment of a tablet that went with a backup's loss: what was signed under it shows that it was.

    Nothing is sent or read under it any more. It has its code again, unless another tablet has that by now.
    """
    taken = db.session.scalars(sa.select(Device.id).where(Device.code == code)).first()
    device = Device(
        id=device_id,
        code=_next_device_code() if taken or not _A_CODE.fullmatch(code) else code,
        key=tablet.key,
        send_token_hash=_digest(secrets.token_urlsafe(32)),
        enrolled_at=at,
    )
    db.session.add(device)
    db.session.flush()
    by = By(device_id=tablet.id)
    journal.write(COMPANY_STREAM, "device:stands_again", ("device", device.id), by=by, at=at)
    return device


def revoke(device: Device, *, by: By, at: datetime) -> None:
    """The tablet may read no more, whoever is enrolled on it. What it still sends is kept for a person to decide."""
    for each in same_tablet(device):
        if each.revoked_at is None:
            each.revoked_at = at
            journal.write(COMPANY_STREAM, "device:revoked", ("device", each.id), by=by, at=at)


def note_wiped(device: Device, drafts: int, *, at: datetime) -> None:
    """A withdrawn tablet handed everything in and now empties itself; `drafts` were begun on it and never saved.

    Raises NotAllowed for one that is not withdrawn.
    """
    if device.revoked_at is None:
        raise NotAllowed("device:not_withdrawn", _("This tablet was not withdrawn."))
    if device.wiped_at is None:
        journal.write(
            COMPANY_STREAM,
            "device:wiped",
            ("device", device.id),
            by=By(device_id=device.id),
            at=at,
            data={"drafts": drafts},
        )
        device.reported = device.reported | {"drafts": drafts}
    device.wiped_at = at


def note_recovered(user: DeviceUser, *, at: datetime) -> None:
    """Somebody got the data key of their vault back, having forgotten its PIN."""
    by = By(staff_id=user.staff_id, device_id=user.device_id)
    journal.write(COMPANY_STREAM, "device:vault_recovered", ("device", user.device_id), by=by, at=at)


def note_list_taken(
    staff: Staff, estate_id: uuid.UUID, name: str, taken: dict[str, Any], *, by: By, at: datetime
) -> None:
    """Somebody took a list away as a file: which filters, how many rows; nothing of what stands in them."""
    journal.write(estate_id, "list:taken", ("staff", staff.id), by=by, at=at, data={"list": name, **taken})


def keep_escrow(user: DeviceUser, jwe: str) -> None:
    """Keep the data key of a vault, encrypted to the server, so that a forgotten PIN loses nothing."""
    user.escrow = jwe


def same_tablet(device: Device) -> list[Device]:
    """Every enrolment of the tablet that a device stands for, this one included: one key, one tablet."""
    found = sa.select(Device).where(
        Device.key["x"].as_string() == device.key["x"], Device.key["y"].as_string() == device.key["y"]
    )
    return list(db.session.scalars(found.order_by(Device.id)))


def device_by_send_token(token: str) -> Device | None:
    """The tablet that sends with this token, revoked or not."""
    return db.session.scalars(sa.select(Device).where(Device.send_token_hash == _digest(token))).first()


def user_by_read_token(token: str) -> DeviceUser | None:
    """Whose vault reads with this token; nobody's once the tablet or the place on it is revoked, or the person left."""
    found = (
        sa.select(DeviceUser)
        .join(Device)
        .join(Staff)
        .where(
            DeviceUser.read_token_hash == _digest(token),
            DeviceUser.revoked_at.is_(None),
            Device.revoked_at.is_(None),
            Staff.left_at.is_(None),
        )
        .options(contains_eager(DeviceUser.staff))
    )
    return db.session.scalars(found).first()


def _usable_code(code: str, at: datetime) -> EnrolCode:
    found = sa.select(EnrolCode).where(EnrolCode.code_hash == _digest(code.strip().upper())).with_for_update()
    row = db.session.scalars(found).first()
    if row is None:
        raise NotAllowed("enrol:code_unknown", _("This code is not known. Check it, or ask the office for a new one."))
    if row.used_at is not None or row.expires_at < at:
        raise NotAllowed("enrol:code_spent", _("This code was used or has run out. Ask the office for a new one."))
    return row


def _next_device_code() -> str:
    """`T03`; after a backup came back `T48203`, for what it lost may have given the next ones: 482 is of this epoch."""
    take_turn("device code")
    made = db.session.scalar(sa.select(sa.func.count()).select_from(Device)) or 0
    epoch = journal.came_back_as()
    return f"T{_OF_EPOCHS.start + epoch.int % len(_OF_EPOCHS) if epoch else ''}{made + 1:02}"


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
