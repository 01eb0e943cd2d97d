"""Tablets: enrolling with a one-time code, how each one fares, withdrawing a lost one."""

import uuid
from collections import defaultdict
from datetime import datetime

import segno
from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.core.clock import local_date, now
from app.core.db import db
from app.core.errors import NotFound, Refused
from app.core.i18n import _
from app.office.door import estate_id, me, office
from app.office.moments import When
from app.people.access import may
from app.people.actions import ENROL_FOR, make_enrol_code, revoke
from app.people.models import Device, Staff
from app.people.queries import devices as all_devices
from app.people.queries import staff_in, staff_who_may, users_of
from app.people.rules import Act, Role


@office.get("/devices")
@may(Act.ENROL_TABLET)
def devices() -> str:
    """Every tablet of this estate's people: last contact, what it still holds, whether its storage is safe."""
    here, at = me(), now()
    known, carriers, users = all_devices(), _carriers(), defaultdict(list)
    for user in users_of(device.id for device in known):
        users[user.device_id].append(user.staff)
    mine = {staff.id for staff in carriers}
    return render_template(
        "office/devices.html",
        devices=[device for device in known if mine.intersection(staff.id for staff in users[device.id])],
        users=users,
        carriers=carriers,
        when=When(here.estate.time_zone, at),
        oldest=_oldest_unsent,
    )


@office.post("/devices/codes")
@may(Act.ENROL_TABLET)
def make_code() -> str:
    """A one-time code, shown once: as letters, and as a picture for the tablet's camera."""
    here, at = me(), now()
    staff = _carrier(request.form.get("staff", ""))

    code = make_enrol_code(staff, by=here.by, at=at)
    db.session.commit()

    address = f"{request.host_url}tablet#/enrol/{code}"
    return render_template(
        "office/device_code.html",
        staff=staff,
        code=code,
        address=f"{request.host_url}tablet",
        picture=segno.make(address, error="m").svg_data_uri(scale=6, border=2, dark="#1d2a2f"),
        until=When(here.estate.time_zone, at).clock(at + ENROL_FOR),
    )


@office.post("/devices/<uuid:device_id>/revoke")
@may(Act.ENROL_TABLET)
def revoke_device(device_id: uuid.UUID) -> Response:
    """Withdraw a tablet: it reads no more; what it still sends is kept for a person to decide."""
    device = _device(device_id)

    revoke(device, by=me().by, at=now())
    db.session.commit()

    flash(_("Tablet %(code)s is withdrawn. What it still sends is kept and shown to you.", code=device.code), "good")
    return redirect(url_for("office.devices"))


def _carriers() -> list[Staff]:
    """Who may carry a tablet, visit officers first."""
    today = local_date(now(), me().estate.time_zone)
    officers = staff_in(estate_id(), [Role.OFFICER], today)
    known = {staff.id for staff in officers}
    return officers + [staff for staff in staff_who_may(Act.CARRY_TABLET, estate_id(), today) if staff.id not in known]


def _carrier(staff_id: str) -> Staff:
    chosen = next((staff for staff in _carriers() if str(staff.id) == staff_id), None)
    if chosen is None:
        raise Refused("device:no_carrier", _("Choose who will carry the tablet."))
    return chosen


def _device(device_id: uuid.UUID) -> Device:
    """A tablet that somebody of this estate carries. Raises NotFound."""
    carriers = {staff.id for staff in _carriers()}
    device = db.session.get(Device, device_id)
    if device is None or carriers.isdisjoint(user.staff_id for user in users_of([device_id])):
        raise NotFound("device:unknown", _("This tablet is not known in this estate."))
    return device


def _oldest_unsent(device: Device) -> datetime | None:
    """Since when a tablet holds something back, as it last said."""
    told = device.reported.get("oldest_at", "")
    return datetime.fromisoformat(told) if told else None
