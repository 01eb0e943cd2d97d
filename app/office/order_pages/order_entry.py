"""A work order entered at the desk, while the owner is on the telephone."""

import uuid
from datetime import datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import RadioField, SelectField, StringField
from wtforms.validators import InputRequired, Length, Optional

from app.core import journal
from app.core.clock import now
from app.core.db import db, take_turn
from app.core.errors import Outdated, Refused
from app.core.i18n import _, lazy_
from app.core.ids import new_id
from app.estates.queries import the_unit
from app.estates.rules import LIABLE
from app.office.act_form import OnceForm, TextLines
from app.office.day_fields import MomentField
from app.office.door import estate_id, me, office
from app.office.moments import When
from app.office.order_pages.order_words import KINDS
from app.office.setting_pages.setting_words import COMPANIES
from app.people.access import may
from app.people.rules import Act, Liable
from app.repairs.actions import Reported, report_order
from app.repairs.addresses import find_unit
from app.repairs.models import WorkOrder
from app.repairs.queries import order_called
from app.repairs.rules import Kind, Origin

_AS_USUAL = ""


class EntryForm(OnceForm):
    """What is known when an owner reports something."""

    unit = StringField(lazy_("Unit"), validators=[InputRequired(), Length(max=120)])
    place = StringField(lazy_("Where in the home"), validators=[Optional(), Length(max=120)])
    content = TextLines(lazy_("What is to be repaired"), validators=[InputRequired(), Length(max=2000)])
    reported_by = StringField(lazy_("Reported by"), validators=[InputRequired(), Length(max=80)])
    phone = StringField(lazy_("Phone"), validators=[Optional(), Length(max=40)])
    reported_at = MomentField(lazy_("Reported at"), validators=[InputRequired()], format="%Y-%m-%dT%H:%M")
    kind = RadioField(lazy_("Kind"), validators=[InputRequired()], default=Kind.FREE.value)
    under_warranty = RadioField(lazy_("Under warranty"), default=_AS_USUAL, validators=[Optional()])
    liable = SelectField(lazy_("Liable company"), validators=[Optional()])


@office.get("/orders/new")
@may(Act.KEEP_ORDERS)
def new_order() -> str:
    """A blank order, at this moment; for a home that was chosen before, perhaps."""
    when = _when()
    form = _form(reported_at=when.local(when.now).replace(tzinfo=None, second=0, microsecond=0))
    unit_id = request.args.get("unit", None, type=uuid.UUID)
    if unit_id and not form.unit.data:
        form.unit.data = the_unit(estate_id(), unit_id).short
    return _page(form)


@office.post("/orders/new")
@may(Act.KEEP_ORDERS)
def enter_order() -> Response | tuple[str, int]:
    """Take it in; what cannot be taken is said, and what was typed stays."""
    form, here = _form(), me()
    if not form.validate_on_submit():
        return _page(form), 422
    key = f"desk:{form.event.data}"

    try:
        take_turn(key)
        unit, reported = find_unit(here.estate, str(form.unit.data)), _reported(form, key)
        order = order_called(estate_id(), key)
        if order is not None and not journal.happened(form.event_id):
            raise _entered_otherwise(form, order)
        order = order or report_order(unit, reported, by=here.by, at=now(), event_id=form.event_id)
        db.session.commit()
    except Refused as refused:
        db.session.rollback()
        if refused.code.startswith("order:unit"):
            form.unit.errors = [*form.unit.errors, str(refused.message)]
        elif refused.code == "order:in_the_future":
            form.reported_at.errors = [*form.reported_at.errors, str(refused.message)]
        else:
            flash(str(refused.message), "refusal")
        return _page(form), refused.status

    flash(_("Entered as %(number)s.", number=order.number), "good")
    return redirect(url_for("office.order", order_id=order.id))


def _entered_otherwise(form: EntryForm, order: WorkOrder) -> Refused:
    """It was sent before with other words. Sent once more as it stands on the page now, it is an order of its own."""
    form.event.data = str(new_id())
    return Outdated(
        "order:entered_otherwise",
        _(
            "This form was sent before and is entered as %(number)s. What stands here now differs and is not: send it "
            "once more if it is another order.",
            number=order.number,
        ),
    )


def _page(form: EntryForm) -> str:
    return render_template("office/order_new.html", form=form)


def _reported(form: EntryForm, key: str) -> Reported:
    moment = cast(datetime, form.reported_at.data)
    return Reported(
        kind=Kind(form.kind.data),
        content=str(form.content.data),
        reported_at=moment.replace(tzinfo=ZoneInfo(me().estate.time_zone)),
        reported_by=str(form.reported_by.data),
        phone=str(form.phone.data or ""),
        place=str(form.place.data or ""),
        under_warranty={"yes": True, "no": False}.get(form.under_warranty.data or ""),
        liable=Liable(form.liable.data) if form.liable.data else None,
        origin=Origin.DESK,
        origin_key=key,
    )


def _form(**known: Any) -> EntryForm:
    form = EntryForm(**known)
    form.kind.choices = [(kind.value, str(words)) for kind, words in KINDS.items()]
    form.under_warranty.choices = [
        (_AS_USUAL, str(_("as the kind says"))),
        ("yes", str(_("yes"))),
        ("no", str(_("no"))),
    ]
    companies = [(one.value, str(COMPANIES[one])) for one in Liable if one in LIABLE[me().estate.profile]]
    form.liable.choices = [(_AS_USUAL, str(_("as the warranty says"))), *companies]
    return form


def _when() -> When:
    return When(me().estate.time_zone, now())
