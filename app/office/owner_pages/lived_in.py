"""Who lives in a home now that its last tenant has left: said with one tap on its page."""

import uuid

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from app.core.clock import local_date, now
from app.core.db import db
from app.core.errors import Refused
from app.core.i18n import _
from app.estates.owner_file import Hand, say_who_lives_there
from app.estates.queries import the_unit
from app.estates.rules import Occupancy
from app.office.door import estate_id, me, office
from app.people.access import may
from app.people.rules import Act


@office.post("/units/<uuid:unit_id>/lived-in")
@may(Act.EDIT_OWNER_FILE)
def lived_in(unit_id: uuid.UUID) -> Response:
    """Its owner, a tenant who stands in no file yet, or nobody."""
    here, at = the_unit(estate_id(), unit_id), now()
    said = next((one for one in Occupancy if one.value == request.form.get("occupancy")), None)
    if said is None:
        raise Refused("file:occupancy", _("Choose who lives there."))

    say_who_lives_there(here, said, Hand(me().by, at, local_date(at, me().estate.time_zone)))
    db.session.commit()

    flash(_("Saved in the owner file."), "good")
    return redirect(url_for("office.unit", unit_id=unit_id, _anchor="at-unit"))
