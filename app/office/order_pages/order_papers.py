"""Form 8 as PDF: one work order, and the register as it is filtered."""

import uuid

from flask import Response

from app.core.clock import now
from app.core.db import db
from app.core.limits import limiter
from app.documents.sheets_of.order_sheets import MOST_LINES, order_sheet, register_sheet
from app.office.door import estate_id, me, office
from app.office.listing import asked_of
from app.office.order_pages.order_words import order_in_scope
from app.office.order_pages.orders import ORDERS, wanted_now
from app.office.printed import OFTEN, answer_sheet, languages_asked_for
from app.office.words import masked
from app.people.access import may
from app.people.actions import note_list_taken
from app.people.rules import Act
from app.repairs.queries import order_ids, orders_with_waits


@office.get("/orders/<uuid:order_id>/order.pdf")
@may(Act.SEE_ORDERS)
@limiter.limit(OFTEN)
def printed_order(order_id: uuid.UUID) -> Response:
    """One work order, to whoever may see it."""
    at = now()
    return answer_sheet(order_sheet(order_in_scope(order_id), languages_asked_for(), printed_at=at), at)


@office.post("/orders/register.pdf")
@may(Act.SEE_ORDERS)
@limiter.limit(OFTEN)
def printed_register() -> Response:
    """What the register shows, on all its pages, one line each; the journal says who took it."""
    here, asked, at, languages = me(), asked_of(ORDERS), now(), languages_asked_for()
    found = order_ids(estate_id(), wanted_now(asked), MOST_LINES + 1)
    sheet = register_sheet(
        here.estate,
        [order for order, _wait in orders_with_waits(found[:MOST_LINES])],
        languages,
        phone=masked if here.may(Act.SEE_OWNERS) else lambda _phone: "",
        filters=tuple(ORDERS.say(asked)),
        cut=len(found) > MOST_LINES,
        printed_at=at,
    )

    filters = {name: value for name, value in asked.chosen.items() if name != "q"}
    taken = {"format": "pdf", "rows": len(sheet.orders), "cut": sheet.cut, "filters": filters}
    note_list_taken(here.staff, here.estate.id, ORDERS.name, taken | {"by_words": bool(asked.words)}, by=here.by, at=at)
    db.session.commit()

    return answer_sheet(sheet, at)
