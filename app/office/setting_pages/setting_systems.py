"""Other systems that may post work orders: a key for each, shown once, with when it last sent something."""

import uuid

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.core.clock import now
from app.core.db import db
from app.core.i18n import _
from app.office.door import estate_id, me, office
from app.office.moments import When
from app.people.access import may
from app.people.rules import Act
from app.people.systems import LONGEST_NAME, let_in, systems_of, the_system, withdraw

_EXAMPLE = """curl {address} \\
  -H 'Authorization: Bearer {key}' \\
  -H 'Content-Type: application/json' \\
  -d '{{"order_number": "PMS-1", "kind": "free", "unit": "3-1-1202", "content": "厨房水槽漏水",
       "reported_by": "陈建国", "reported_at": "2026-11-27T09:30:00+08:00"}}'
"""
"""What whoever connects the system can try at once."""


@office.get("/settings/systems")
@may(Act.SEE_SETTINGS)
def systems() -> str:
    """Every system that has, or had, a key to this estate."""
    return render_template(
        "office/settings/systems.html",
        systems=systems_of(estate_id()),
        when=When(me().estate.time_zone, now()),
        address=f"{request.host_url}api/v1/work-orders",
        longest=LONGEST_NAME,
    )


@office.post("/settings/systems")
@may(Act.LET_IN_SYSTEMS)
def let_system_in() -> str:
    """A new key, shown on this page and never again."""
    here = me()

    system, key = let_in(estate_id(), request.form.get("name", "")[:200], by=here.by, at=now())
    db.session.commit()

    example = _EXAMPLE.format(address=f"{request.host_url}api/v1/work-orders", key=key)
    return render_template("office/settings/system_key.html", system=system, key=key, example=example)


@office.post("/settings/systems/<uuid:system_id>/withdraw")
@may(Act.LET_IN_SYSTEMS)
def withdraw_system(system_id: uuid.UUID) -> Response:
    """Its key opens nothing any more."""
    system = the_system(estate_id(), system_id)

    withdraw(system, by=me().by, at=now())
    db.session.commit()

    flash(_("The key of %(name)s is withdrawn. What it sent stays.", name=system.name), "good")
    return redirect(url_for("office.systems"))
