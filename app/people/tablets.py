"""Everything that changes a tablet: enrolled, withdrawn, emptied; whose it is by its tokens. The caller commits."""

import hashlib
import re
import secrets
import uuid
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager

from app.core import journal
from app.core.db import db, take_turn
from app.core.errors import NotAllowed
from app.core.i18n import _
from app.core.journal import COMPANY_STREAM, By
from app.people.actions import EASY_TO_READ
from app.people.models import Device, DeviceUser, EnrolCode, Staff

ENROL_FOR = timedelta(minutes=30)
_A_CODE = re.compile(r"T[0-9]{2,6}")
_OF_EPOCHS = range(100, 1000)
"""How codes begin after a restore: a backup does not know which came after it, and visits' numbers begin with them.
A server that comes back from the same one twice is in two epochs."""


def make_enrol_code(staff: Staff, *, by: By, at: datetime) -> str:
    """A code of 8 characters that turns one tablet into this person's, once, within half an hour."""
    code = "".join(secrets.choice(EASY_TO_READ) for _i in range(8))
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
