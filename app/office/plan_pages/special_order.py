"""An order for a special visit: what it is about and which homes, shown home by home before it is ordered."""

import hashlib
import itertools
import uuid
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, cast

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import BooleanField, HiddenField, RadioField, SelectField, StringField
from wtforms.validators import UUID, InputRequired, Length, Optional

from app.core.clock import now
from app.core.db import db
from app.core.errors import Refused
from app.core.i18n import _, lazy_
from app.core.ids import new_id
from app.estates.models import Unit
from app.estates.naming import Meant, units_meant
from app.estates.queries import units_of, who_is
from app.estates.rules import Occupancy
from app.office.act_form import OnceForm, TextLines
from app.office.day_fields import DayField
from app.office.door import estate_id, me, office
from app.office.plan_pages.specials import officers_on, ticked_ids, when_here
from app.office.words import METHODS
from app.people.access import may
from app.people.models import Staff
from app.people.rules import Act, Role
from app.visits.models import SpecialVisit
from app.visits.ordered import Counted, as_planned, counted
from app.visits.planning import share_out, walking_order
from app.visits.queries import last_met
from app.visits.rules import Method
from app.visits.specials import LONGEST_TITLE, Order, order_special

_HELD_BY = (Method.DOOR, Method.PHONE)
_LEADERS = (Role.EXECUTIVE, Role.PROPERTY_MANAGER, Role.MANAGER)
"""At whose wish a supervisor orders a special visit (R41)."""
_DAYS = 7


class OrderForm(OnceForm):
    """What is ordered. `shown`: the choice of homes that the page shows."""

    shown = HiddenField()
    title = StringField(lazy_("What it is about"), validators=[InputRequired(), Length(max=LONGEST_TITLE)])
    ask = TextLines(lazy_("What to say and ask"), validators=[Length(max=2000)])
    due_on = DayField(lazy_("To be done by"), validators=[InputRequired()])
    method = RadioField(lazy_("How"), default="door")
    required_by = SelectField(lazy_("Required by"), validators=[Optional(), UUID()])
    numbers = TextLines(lazy_("Units or owners, one per line"), validators=[Length(max=20_000)])
    vacant = BooleanField(lazy_("Vacant homes too"))


@dataclass(frozen=True)
class Stairs:
    """An entrance of a building. `key` stands for it in a form; `households`: its homes that are not vacant."""

    key: str
    building: str
    entrance: str
    units: list[Unit]

    @property
    def households(self) -> int:
        return sum(unit.occupancy is not Occupancy.VACANT for unit in self.units)


@dataclass(frozen=True)
class Chosen:
    """The homes that are chosen so far, each with its officer, and the lines that were not clear."""

    homes: list[tuple[Unit, uuid.UUID | None]]
    unclear: list[Meant]
    taken: set[str]
    """Ids of the units that are ticked."""


@office.get("/plans/special/new")
@may(Act.ORDER_SPECIAL)
def new_special() -> str:
    """A blank order."""
    when = when_here()
    return _order_page(_order_form(due_on=when.today + timedelta(days=_DAYS)), None)


@office.post("/plans/special/new")
@may(Act.ORDER_SPECIAL)
def make_special() -> Response | str | tuple[str, int]:
    """Show the homes that an order would go to; or order it, if they are those that were shown."""
    here, form, at = me(), _order_form(), now()
    choice, is_order = _choice(), request.form.get("act") == "order"
    whole = form.validate_on_submit()
    chosen = _chosen(form, keep_ticks=form.shown.data == choice)
    if not (whole and is_order) or form.shown.data != choice:
        if whole and is_order:
            flash(_("You changed which homes it is about. These are they now: please look once more."), "wait")
        form.shown.data = choice if chosen.homes else ""
        return _order_page(form, chosen), (422 if is_order or not whole else 200)

    try:
        special = order_special(
            _order(form, chosen), here.estate, special_id=form.sent_as, event_id=form.event_id, by=here.by, at=at
        )
        db.session.commit()
    except Refused as refused:
        db.session.rollback()
        form.event.data = str(new_id())  # sent once more it is an order of its own
        flash(str(refused.message), "refusal")
        return _order_page(form, chosen), refused.status

    flash(_("Ordered at %(n)s homes. It is on the officers' tablets at their next sync.", n=_homes_in(special)), "good")
    return redirect(url_for("office.special", special_id=special.id))


def _order_page(form: OrderForm, chosen: Chosen | None) -> str:
    when = when_here()
    officers = officers_on(when.today)
    asked = set(request.form.getlist("officer"))
    return render_template(
        "office/special_new.html",
        form=form,
        stairs=_all_stairs(),
        chosen_stairs=set(request.form.getlist("stairs")),
        chosen=chosen,
        parts=_parts(chosen.homes) if chosen else [],
        officers=officers,
        asked=asked if request.method == "POST" else {str(officer.id) for officer in officers},
        names={officer.id: officer.name for officer in officers},
        met=last_met([unit.id for unit, _officer in chosen.homes]) if chosen else {},
        when=when,
        Occupancy=Occupancy,
    )


def _order_form(**facts: Any) -> OrderForm:
    form = OrderForm(**facts)
    form.method.choices = [(method.value, str(METHODS[method])) for method in _HELD_BY]
    form.required_by.choices = [("", "–"), *((str(leader.id), leader.name) for leader in _leaders())]
    return form


def _order(form: OrderForm, chosen: Chosen) -> Order:
    required_by = None if Role.EXECUTIVE in me().roles else form.required_by.data
    return Order(
        title=str(form.title.data),
        ask=str(form.ask.data or ""),
        method=Method(form.method.data),
        due_on=cast(date, form.due_on.data),
        unit_ids=[unit.id for unit, _officer in chosen.homes if str(unit.id) in chosen.taken],
        officer_ids=ticked_ids("officer"),
        required_by_id=uuid.UUID(required_by) if required_by else None,
    )


def _chosen(form: OrderForm, *, keep_ticks: bool) -> Chosen:
    """The homes of the entrances that are ticked and of the lines that are written, shared out as if ordered now."""
    meant = units_meant(estate_id(), str(form.numbers.data or ""), when_here().today)
    wanted = set(request.form.getlist("stairs"))
    units = {
        unit.id: unit
        for stairs in _all_stairs()
        if stairs.key in wanted
        for unit in stairs.units
        if form.vacant.data or unit.occupancy is not Occupancy.VACANT
    }
    units |= {one.units[0].id: one.units[0] for one in meant if one.is_clear}
    ticks = set(request.form.getlist("unit")) if keep_ticks else {str(unit_id) for unit_id in units}
    homes = [as_planned(unit) for unit in units.values()]
    known = [
        officer.id for officer in officers_on(when_here().today) if str(officer.id) in request.form.getlist("officer")
    ]
    takers = dict.fromkeys(home.unit_id for home in homes)
    if known:
        shared = share_out([home for home in homes if str(home.unit_id) in ticks], known)
        takers |= {home.unit_id: officer for home, officer in shared}
    in_order = sorted(homes, key=walking_order)
    unclear = [one for one in meant if not one.is_clear]
    return Chosen([(units[home.unit_id], takers[home.unit_id]) for home in in_order], unclear, ticks)


def _parts(
    homes: list[tuple[Unit, uuid.UUID | None]],
) -> list[tuple[str, str, list[tuple[Unit, uuid.UUID | None]]]]:
    """Building, entrance, and the homes there."""
    by_stairs = itertools.groupby(homes, key=lambda home: (home[0].building.name, home[0].entrance))
    return [(*where, list(there)) for where, there in by_stairs]


def _choice() -> str:
    """What says which homes are meant, in short: other ticks are another choice than the one that was shown."""
    parts = [*sorted(request.form.getlist("stairs")), request.form.get("numbers", ""), request.form.get("vacant", "")]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


def _all_stairs() -> list[Stairs]:
    by_stairs = itertools.groupby(units_of(estate_id()), key=lambda unit: (unit.building, unit.entrance))
    stairs = [
        Stairs(f"{building.id}/{entrance}", building.name, entrance, list(units))
        for (building, entrance), units in by_stairs
    ]
    return sorted(stairs, key=lambda one: walking_order(as_planned(one.units[0])))


def _homes_in(special: SpecialVisit) -> int:
    return counted(me().estate, [special.id], when_here().today).get(special.id, Counted()).homes


def _leaders() -> list[Staff]:
    return who_is(me().estate, _LEADERS, when_here().today)
