"""Tablets: how each one fares, enrolling with a one-time code, withdrawing a lost one."""

import uuid
from datetime import timedelta

import segno
from flask import current_app, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.core.clock import local_date, now
from app.core.db import db
from app.core.errors import NotFound, Refused
from app.core.i18n import _
from app.office.door import estate_id, me, office
from app.office.moments import When
from app.office.tablet_pages.tablet_health import Tablet, tablets_of
from app.people.access import may
from app.people.models import Device, Staff
from app.people.queries import staff_in, staff_who_may, users_of, who_ever_might
from app.people.rules import Act, Role
from app.people.tablets import ENROL_FOR, make_enrol_code, revoke


@office.get("/devices")
@may(Act.SEE_TABLETS)
def devices() -> str:
    """Every tablet of this estate's people, worst first; whoever may, enrols and withdraws them here."""
    here, at = me(), now()
    when, lease = When(here.estate.time_zone, at), timedelta(hours=current_app.config["LEASE_HOURS"])
    tablets = tablets_of(who_ever_might(Act.CARRY_TABLET, here.estate.id), when, lease)
    return render_template(
        "office/devices.html",
        tablets=tablets,
        counts=_counts(tablets),
        carriers=_carriers() if here.may(Act.ENROL_TABLET) else [],
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
    carriers = who_ever_might(Act.CARRY_TABLET, estate_id())
    device = db.session.get(Device, device_id)
    if device is None or carriers.isdisjoint(user.staff_id for user in users_of([device_id])):
        raise NotFound("device:unknown", _("This tablet is not known in this estate."))
    return device


def _counts(tablets: list[Tablet]) -> dict[str, int]:
    """Over all that are in use: how many need a look, and what still lies on them."""
    in_use = [tablet for tablet in tablets if tablet.withdrawn_at is None]
    told = [tablet.last.reported for tablet in tablets if tablet.wiped_at is None]
    return {
        "in_use": len(in_use),
        "worry": sum(tablet.worry[1] == 2 for tablet in tablets if tablet.wiped_at is None),
        "records": sum(each.get("unsent", 0) for each in told),
        "photos": sum(each.get("photos", 0) for each in told),
    }
