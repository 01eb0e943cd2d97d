"""Import of a file of work orders: upload, a preview line by line, and only then taking it over."""

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.core.clock import now
from app.core.db import db
from app.core.errors import Words
from app.core.i18n import _, lazy_
from app.estates.roster.grid import MAX_BYTES
from app.office.door import estate_id, me, office
from app.office.file_import import MEGABYTES, previewed, uploaded_file, with_refused
from app.office.moments import When
from app.office.order_pages.order_words import KINDS, money
from app.office.words import headline
from app.people.access import may
from app.people.rules import Act
from app.repairs.columns import Field
from app.repairs.imports import Verdict, counts, digest, judge, take_over
from app.repairs.lines import MOST_LINES, read_orders
from app.repairs.waiting import WaitingOrders, unconfirmed

VERDICTS: dict[Verdict, tuple[Words, str, str]] = {
    Verdict.REFUSED: (lazy_("Refused"), "late", "ban"),
    Verdict.GOES_ON: (lazy_("Goes on"), "wait", "arrow-right"),
    Verdict.NEW: (lazy_("New"), "brand", "plus"),
    Verdict.KNOWN: (lazy_("Known already"), "", "check"),
}
FIELDS: dict[Field, Words] = {
    Field.NUMBER: lazy_("Number elsewhere"),
    Field.REPORTED_AT: lazy_("Reported at"),
    Field.REPORTED_BY: lazy_("Reported by"),
    Field.PHONE: lazy_("Phone"),
    Field.KIND: lazy_("Kind"),
    Field.UNIT: lazy_("Unit"),
    Field.PLACE: lazy_("Where in the home"),
    Field.CONTENT: lazy_("Content"),
    Field.DEPARTMENT: lazy_("Department"),
    Field.DISPATCHED_AT: lazy_("Dispatched"),
    Field.ARRIVED_AT: lazy_("Arrived"),
    Field.FINISHED_AT: lazy_("Finished"),
    Field.WORK_DONE: lazy_("Work done"),
    Field.FEE: lazy_("Fee"),
    Field.MATERIAL: lazy_("Material"),
    Field.QUANTITY: lazy_("Quantity"),
    Field.UNDER_WARRANTY: lazy_("Under warranty"),
    Field.LIABLE: lazy_("Liable company"),
    Field.WORKER: lazy_("Worker"),
}


@office.get("/orders/import")
@may(Act.KEEP_ORDERS)
def order_files() -> str:
    """Where a file is uploaded, and what it may look like."""
    return render_template("office/orders/upload.html", limit=MAX_BYTES, megabytes=MEGABYTES, most=MOST_LINES)


@office.post("/orders/import")
@may(Act.KEEP_ORDERS)
def upload_orders() -> Response:
    """Read a file and keep what was read until it is confirmed."""
    here, at = me(), now()
    name, content = uploaded_file("order")
    mine, zone = (here.estate.id, here.id), here.estate.time_zone
    db.session.rollback()  # nothing is held while a large file is read

    told = read_orders(name, content, zone)
    key = unconfirmed.keep(WaitingOrders(estate_id=mine[0], staff_id=mine[1], file=name, at=at, orders=told))
    db.session.commit()

    return redirect(url_for("office.order_file_preview", key=key))


@office.get("/orders/import/<string(length=64):key>")
@may(Act.KEEP_ORDERS)
def order_file_preview(key: str) -> str:
    """What each line would do. Nothing is written."""
    kept = unconfirmed.fetch(key, estate_id())
    judged = judge(kept.orders, me().estate, now())
    return render_template(
        "office/orders/preview.html",
        key=key,
        kept=kept,
        shown=digest(judged),
        counts=counts(judged),
        total=len(judged),
        callbacks=sum(one.finishes for one in judged),
        found=previewed(judged),
        when=When(me().estate.time_zone, now()),
        read=[(FIELDS[Field(name)], heading) for name, heading in kept.orders.headings],
        headline=headline,
        money=money,
        KINDS=KINDS,
        VERDICTS=VERDICTS,
        Verdict=Verdict,
    )


@office.post("/orders/import/<string(length=64):key>")
@may(Act.KEEP_ORDERS)
def confirm_orders(key: str) -> Response:
    """Take over what the preview showed, all of it or nothing."""
    here, at = me(), now()
    kept = unconfirmed.fetch(key, estate_id())

    judged = take_over(kept.orders, here.estate, shown=request.form.get("shown", ""), by=here.by, at=at)
    unconfirmed.forget(key)
    db.session.commit()

    rows = counts(judged)
    words = _("Imported. New: %(new)s, gone on: %(on)s.", new=rows[Verdict.NEW], on=rows[Verdict.GOES_ON])
    flash(with_refused(words, rows[Verdict.REFUSED]), "good")
    return redirect(url_for("office.orders"))


@office.post("/orders/import/<string(length=64):key>/drop")
@may(Act.KEEP_ORDERS)
def drop_orders(key: str) -> Response:
    """Throw an uploaded file away."""
    unconfirmed.fetch(key, estate_id())
    unconfirmed.forget(key)
    db.session.commit()

    flash(_("Nothing was written. The uploaded file is thrown away."), "good")
    return redirect(url_for("office.order_files"))
