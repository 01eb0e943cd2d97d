"""One work order: whose turn it is, everything known of it, and what desk, department and executive do about it."""

import uuid
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from flask import flash, redirect, render_template, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import DecimalField, SelectField, StringField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from app.core import journal, waits
from app.core.clock import now
from app.core.db import db
from app.core.i18n import _, current_locale, lazy_
from app.issues.rules import Answer, Ending
from app.office.act_form import NOT_CHOSEN, ActForm, TextLines, keeps_what_was_typed, refused_or
from app.office.day_fields import MomentField
from app.office.door import estate_id, me, office
from app.office.end_form import EndForm, end_form
from app.office.meanwhile import meanwhile_to_order
from app.office.moments import When
from app.office.order_pages.order_words import (
    ICONS,
    KINDS,
    ORIGINS,
    STATES,
    TONES,
    department_of,
    money,
    open_moves,
    order_in_scope,
    tell,
    turn_of,
)
from app.office.said_by import SaidByForm, ask_who
from app.office.setting_pages.setting_words import COMPANIES
from app.office.visit_pages.signed import Sheet, sheet_of
from app.office.words import ENDINGS, HOW, RATINGS, UNSIGNED, headline
from app.people.access import may
from app.people.models import Department
from app.people.queries import open_departments
from app.people.rules import Act
from app.repairs.actions import Done, arrive, close_unsatisfied, dispatch, finish, how_often_heard, transfer
from app.repairs.answering import may_object_until, take_objection
from app.repairs.models import WorkOrder
from app.repairs.routing import engineering_of
from app.repairs.rules import MOST_CENTS, Kind, Move, State
from app.repairs.whose import is_of_former_people, is_owners
from app.visits.in_vain import tries_about_order
from app.visits.queries import visits_by_id
from app.visits.rules import Rating


class DispatchForm(ActForm):
    """Who is sent."""

    department = SelectField(lazy_("Department"), validators=[InputRequired()])
    worker = StringField(lazy_("Worker"), validators=[Optional(), Length(max=80)])


class ArriveForm(ActForm):
    """When the worker was there."""

    arrived_at = MomentField(lazy_("Arrived"), validators=[InputRequired()], format="%Y-%m-%dT%H:%M")


class FinishForm(ActForm):
    """What was done, with what, for how much."""

    work_done = TextLines(lazy_("Work done"), validators=[InputRequired(), Length(max=2000)])
    finished_at = MomentField(lazy_("Finished"), validators=[InputRequired()], format="%Y-%m-%dT%H:%M")
    worker = StringField(lazy_("Worker"), validators=[Optional(), Length(max=80)])
    fee = DecimalField(
        lazy_("Fee (yuan)"), validators=[Optional(), NumberRange(min=0, max=MOST_CENTS // 100)], places=2
    )
    material = StringField(lazy_("Material"), validators=[Optional(), Length(max=200)])
    quantity = StringField(lazy_("Quantity"), validators=[Optional(), Length(max=40)])


class TransferForm(ActForm):
    """Which other department is responsible, and why."""

    department = SelectField(lazy_("Department"), validators=[InputRequired(lazy_("Choose a department first."))])
    reason = TextLines(lazy_("Why"), validators=[InputRequired(), Length(max=2000)])


class ObjectionForm(SaidByForm):
    """What the owner said, who said it and how."""

    reason = TextLines(lazy_("What the owner said"), validators=[InputRequired(), Length(max=2000)])


@office.get("/orders/<uuid:order_id>")
@may(Act.SEE_ORDERS)
def order(order_id: uuid.UUID) -> str:
    """One work order: who holds it, what they owe, until when; then everything else."""
    return _page(order_in_scope(order_id))


@office.post("/orders/<uuid:order_id>/dispatch")
@may(Act.KEEP_ORDERS)
def dispatch_order(order_id: uuid.UUID) -> Response | tuple[str, int]:
    """Send a department."""
    sent, form = order_in_scope(order_id), DispatchForm()
    form.department.choices = _departments()
    if not form.validate_on_submit():
        return _page(sent, form), 422

    department = _department(form.department.data)
    more = _more(form)
    return _act(
        sent,
        lambda: dispatch(sent, department, worker=str(form.worker.data or ""), **more),
        _("Dispatched to %(department)s.", department=department.name(current_locale())),
    )


@office.post("/orders/<uuid:order_id>/arrive")
@may(Act.DO_ORDER)
def arrive_at_order(order_id: uuid.UUID) -> Response | tuple[str, int]:
    """The worker is there."""
    reached, form = order_in_scope(order_id), ArriveForm()
    if not form.validate_on_submit():
        return _page(reached, form), 422

    more = _more(form)
    moment = _moment(form.arrived_at.data)
    return _act(reached, lambda: arrive(reached, arrived_at=moment, **more), _("The arrival is noted."))


@office.post("/orders/<uuid:order_id>/finish")
@may(Act.DO_ORDER)
def finish_order(order_id: uuid.UUID) -> Response | tuple[str, int]:
    """The work is done; somebody calls back on the owner."""
    finished = order_in_scope(order_id)
    form = _finish_form(finished)
    if not form.validate_on_submit():
        return _page(finished, form), 422

    done = Done(
        work_done=str(form.work_done.data),
        finished_at=_moment(form.finished_at.data),
        fee_cents=int((form.fee.data or Decimal()) * 100) if "fee" in form else None,
        material=str(form.material.data or ""),
        quantity=str(form.quantity.data or ""),
        worker=str(form.worker.data or ""),
    )
    more = _more(form)
    return _act(finished, lambda: finish(finished, done, **more), _("Reported finished. The owner is called back."))


@office.post("/orders/<uuid:order_id>/transfer")
@may(Act.TRANSFER_ORDER)
def transfer_order(order_id: uuid.UUID) -> Response | tuple[str, int]:
    """Make another department responsible."""
    moved, form = order_in_scope(order_id), TransferForm()
    form.department.choices = _departments(without=moved.department_id)
    if not form.validate_on_submit():
        return _page(moved, form), 422

    department = _department(form.department.data)
    more = _more(form)
    return _act(
        moved,
        lambda: transfer(moved, department, str(form.reason.data), **more),
        _("Transferred to %(department)s.", department=department.name(current_locale())),
    )


@office.post("/orders/<uuid:order_id>/object")
@may(Act.KEEP_ORDERS)
def object_to_order(order_id: uuid.UUID) -> Response | tuple[str, int]:
    """The owner objects to the end of an order, by whatever channel: the next round."""
    objected = order_in_scope(order_id)
    form = _objection_form(objected)
    if not form.validate_on_submit():
        return _page(objected, form), 422

    more = _more(form)
    word = form.word(Answer.OBJECTED, form.reason.data, said_at=more["at"])
    return _act(objected, lambda: take_objection(objected, word, **more), _("It goes on: rework."))


@office.post("/orders/<uuid:order_id>/end")
@may(Act.END_ORDER)
def end_order(order_id: uuid.UUID) -> Response | tuple[str, int]:
    """The executive ends an order without the owner's satisfaction, with the reason."""
    ended = order_in_scope(order_id)
    form = _end_form(ended)
    if not form.validate_on_submit():
        return _page(ended, form), 422

    more = _more(form) | {"tries": tries_about_order(ended), "heard": form.answers_read}
    ending, reason = Ending(form.ending.data), str(form.reason.data)
    words = _("Ended without satisfaction; it is counted apart.")
    return _act(ended, lambda: close_unsatisfied(ended, ending, reason, **more), words)


def _act(moved: WorkOrder, do: Any, words: str) -> Response:
    """Do it and say so."""
    do()
    db.session.commit()
    flash(words, "good")
    return redirect(url_for("office.order", order_id=moved.id))


@keeps_what_was_typed("order_id")
def _page_again(order_id: uuid.UUID, refused: ActForm) -> str:
    """As it stands now, after somebody else was faster, or with what was not accepted."""
    return _page(order_in_scope(order_id), refused, too_late=True)


def _page(shown: WorkOrder, refused: ActForm | None = None, *, too_late: bool = False) -> str:
    """The page of an order; the form that was refused stands open with what is wrong in it.

    `too_late`: it was refused for how the order stands by now, and the page says what others did since it was shown.
    """
    when = _when()
    visits = visits_by_id({said.visit_id for said in shown.answers if said.visit_id})
    return render_template(
        "office/order.html",
        order=shown,
        turn=turn_of(shown, next(iter(waits.on(shown.id)), None), when),
        forms=_open_forms(shown, refused),
        refused=refused,
        meanwhile=meanwhile_to_order(shown, refused, when) if too_late and refused else [],
        history=tell(shown, journal.history(shown.id), when),
        visits=sorted(visits.values(), key=lambda visit: visit.ended_at, reverse=True),
        sheets=_sheets(visits),
        when=when,
        department=department_of(shown),
        ending=ENDINGS[shown.ending] if shown.ending else "",
        object_until=may_object_until(shown),
        rating=RATINGS[Rating(shown.rating)] if shown.rating else "",
        is_owners=is_owners(shown),
        reporter_has_left=is_of_former_people(
            shown.unit_id, shown.reported_by, when.local(shown.reported_at).date(), when.today
        ),
        STATES=STATES,
        TONES=TONES,
        ICONS=ICONS,
        KINDS=KINDS,
        ORIGINS=ORIGINS,
        COMPANIES=COMPANIES,
        HOW=HOW,
        UNSIGNED=UNSIGNED,
        State=State,
        Kind=Kind,
        money=money,
        headline=headline,
    )


def _open_forms(shown: WorkOrder, refused: FlaskForm | None) -> dict[str, FlaskForm]:
    """A form for each move that is open to whoever looks, the first act first."""
    makers: dict[Move, tuple[str, Any]] = {
        Move.DISPATCH: ("dispatch", _dispatch_form),
        Move.FINISH: ("finish", _finish_form),
        Move.ARRIVE: ("arrive", lambda _order: ArriveForm(arrived_at=_this_minute())),
        Move.TRANSFER: ("transfer", _transfer_form),
        Move.OWNER_OBJECTS: ("object", _objection_form),
        Move.CLOSE_UNSATISFIED: ("end", _end_form),
    }
    open_now, until = open_moves(shown), may_object_until(shown)
    if until is not None and until < now():
        open_now = [move for move in open_now if move is not Move.OWNER_OBJECTS]
    forms = {}
    for move, (name, make) in makers.items():
        if move in open_now:
            fresh = make(shown)
            forms[name] = refused_or(fresh, refused)
    return forms


def _dispatch_form(sent: WorkOrder) -> DispatchForm:
    first = engineering_of(sent)
    form = DispatchForm(department=str(first.id) if first else "")
    form.department.choices = _departments()
    return form


def _finish_form(finished: WorkOrder) -> FinishForm:
    known = {"worker": finished.worker, "material": finished.material, "quantity": finished.quantity}
    form = FinishForm(finished_at=_this_minute(), fee=_yuan(finished.fee_cents), **known)
    if finished.kind is Kind.FREE:
        del form.fee
    return form


def _yuan(cents: int) -> Decimal | None:
    return Decimal(cents) / 100 if cents else None


def _transfer_form(moved: WorkOrder) -> TransferForm:
    form = TransferForm()
    form.department.choices = [NOT_CHOSEN, *_departments(without=moved.department_id)]
    return form


def _objection_form(objected: WorkOrder) -> ObjectionForm:
    return ask_who(ObjectionForm, objected.unit_id, _when())


def _end_form(ended: WorkOrder) -> EndForm:
    return end_form(how_often_heard(ended))


def _departments(without: uuid.UUID | None = None) -> list[tuple[str, str]]:
    known = open_departments(estate_id())
    return [(str(one.id), one.name(current_locale())) for one in known if one.id != without]


def _department(chosen: str) -> Department:
    return next(one for one in open_departments(estate_id()) if str(one.id) == chosen)


def _sheets(visits: Any) -> dict[uuid.UUID, Sheet]:
    sheets = {visit_id: sheet_of(visit_id) for visit_id in visits}
    return {visit_id: sheet for visit_id, sheet in sheets.items() if sheet is not None}


def _more(form: ActForm) -> dict[str, Any]:
    """Which event it is, who acts, and when."""
    return {"event_id": form.event_id, "by": me().by, "at": now()}


def _moment(typed: datetime | None) -> datetime:
    """What a browser sends without a zone is where the estate stands."""
    assert typed is not None, "the form requires it"
    return typed.replace(tzinfo=ZoneInfo(me().estate.time_zone))


def _this_minute() -> datetime:
    when = _when()
    return when.local(when.now).replace(tzinfo=None, second=0, microsecond=0)


def _when() -> When:
    return When(me().estate.time_zone, now())
