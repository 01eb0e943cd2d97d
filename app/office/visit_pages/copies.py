"""The link to an owner's copy in the hands of the office: its end, and a new one."""

import uuid

import segno
from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app.core.clock import now
from app.core.db import db
from app.core.i18n import _
from app.office.act_form import id_in
from app.office.door import estate_id, me, office
from app.office.moments import When
from app.office.visit_pages.copy_shown import EndLinkForm, NewLinkForm
from app.office.visit_pages.visits import visit_page
from app.people.access import may
from app.people.rules import Act
from app.public.door import reached_at
from app.visits.copies import COPIES, end_link, link_to_copy_of, make_anew
from app.visits.queries import the_visit


@office.post("/visits/<uuid:visit_id>/copy")
@may(Act.KEEP_COPIES)
def make_copy_link(visit_id: uuid.UUID) -> str:
    """A new link to the owner's copy, shown once: to be scanned at the desk, printed, or sent."""
    visit, form, at = the_visit(estate_id(), visit_id), NewLinkForm(prefix="new"), now()
    form.validate_on_submit()

    token = make_anew(visit, seen=_seen(form), by=me().by, at=at)
    db.session.commit()

    address = _address(token)
    link = link_to_copy_of(visit_id)
    assert link is not None, "it was made a moment ago"
    when = When(me().estate.time_zone, at)
    return render_template(
        "office/copy_link.html",
        visit=visit,
        address=address,
        picture=segno.make(address, error="m").svg_data_uri(scale=6, border=2, dark="#1d2a2f"),
        until=when.on(when.local(link.valid_until).date()),
    )


@office.post("/visits/<uuid:visit_id>/copy/end")
@may(Act.KEEP_COPIES)
def end_copy_link(visit_id: uuid.UUID) -> Response | tuple[str, int]:
    """The link opens no more."""
    visit, form = the_visit(estate_id(), visit_id), EndLinkForm(prefix="end")
    if not form.validate_on_submit():
        return visit_page(visit_id, form), 422

    end_link(visit, str(form.reason.data), seen=_seen(form), by=me().by, at=now())
    db.session.commit()

    flash(_("The link to the owner's copy is ended. Whoever opens it is asked to call us."), "good")
    return redirect(url_for("office.visit", visit_id=visit_id))


def _seen(form: NewLinkForm) -> uuid.UUID | None:
    return id_in(form.seen.data) if form.seen.data else None


def _address(token: str) -> str:
    return reached_at().rstrip("/") + COPIES + token
