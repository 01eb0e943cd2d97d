"""The life of a tablet at the office: enrolled, its key kept and given back, withdrawn and emptied."""

import base64
import uuid

from flask import Response, jsonify, request

from app.core.clock import isoformat, now
from app.core.db import db, only_reading
from app.core.errors import NotAllowed, NotFound
from app.core.i18n import _
from app.core.limits import limiter
from app.people.access import anybody, tablet
from app.people.actions import password_fits
from app.people.models import Device, DeviceUser
from app.people.queries import place_on
from app.people.tablets import enrol, keep_escrow, note_recovered, note_wiped
from app.sync import queries
from app.sync.door import message, reading_user, sending_device, sync
from app.sync.keys import open_frozen, public_key
from app.sync.messages import Enrol, Escrow, Recover, Wiped


@sync.post("/enrol")
@anybody("a new tablet has nothing but its one-time code")
@limiter.limit("20 per minute")
def enrol_tablet() -> Response:
    """Make a tablet ours, and tell it what it needs to work alone."""
    asked = message(Enrol)

    user, send_token, read_token = enrol(asked.code, asked.key.model_dump(), asked.app_version, at=now())
    db.session.commit()

    return jsonify(
        device={"id": str(user.device_id), "code": user.device.code},
        staff={"id": str(user.staff_id), "name": user.staff.name, "locale": user.staff.locale},
        send_token=send_token,
        read_token=read_token,
        server_key=public_key(),
        epoch=queries.epoch(),
        server_time=isoformat(now()),
    )


@sync.post("/escrow")
@tablet
def escrow() -> tuple[str, int]:
    """Keep a vault's data key for the day its PIN is forgotten."""
    user = reading_user()
    keep_escrow(user, message(Escrow).jwe)
    db.session.commit()
    return "", 204


@sync.post("/recover")
@tablet
@limiter.limit("6 per minute; 30 per day", key_func=lambda: request.headers.get("Authorization", ""))
@limiter.limit("60 per hour")
def recover() -> Response:
    """Give a vault's data key back to whoever knows the password of its owner's login, on this tablet only."""
    with only_reading():  # a password takes its time to check: no writer waits for it meanwhile
        device = sending_device()
        asked = message(Recover)
        user = _vault(device, asked.staff_id)
        user_id, kept = user.id, user.escrow or ""

        fits, chosen = password_fits(user.staff, asked.password), user.staff.password_chosen
        db.session.rollback()
    if not fits:
        raise NotAllowed("recover:wrong_password", _("This is not the password of your office login."))
    if not chosen:  # somebody else knows it, who is not to open what is locked here
        words = _("This is a first password. Log in to the office with it and choose your own, then come back.")
        raise NotAllowed("recover:first_password", words)

    try:
        key = open_frozen(kept, "doorstep-key")
    except ValueError as error:
        raise _nothing_kept() from error
    note_recovered(db.session.get_one(DeviceUser, user_id), at=now())
    db.session.commit()

    return jsonify(key=base64.urlsafe_b64encode(key).decode().rstrip("="))


def _vault(device: Device, staff_id: uuid.UUID) -> DeviceUser:
    """Whose data key is asked for. Raises NotAllowed for a withdrawn tablet, NotFound where no key is kept."""
    if device.revoked_at is not None:
        raise NotAllowed("device:revoked", _("This tablet was withdrawn by the office."))
    user = place_on(device.id, staff_id)
    if user is None or user.revoked_at is not None or not user.escrow:
        raise _nothing_kept()
    return user


def _nothing_kept() -> NotFound:
    return NotFound("recover:nothing_kept", _("The office keeps no key for this person on this tablet."))


@sync.post("/wiped")
@tablet
def wiped() -> tuple[str, int]:
    """Hear from a withdrawn tablet that all it held was handed in and that it empties itself now."""
    device = sending_device()
    note_wiped(device, message(Wiped).drafts, at=now())
    db.session.commit()
    return "", 204
