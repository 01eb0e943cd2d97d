"""Owners: the list of units with who owns them."""

from flask import current_app, render_template, url_for

from app.core.clock import now
from app.estates.queries import find_units, owners_on
from app.estates.rules import Occupancy
from app.issues.queries import open_at
from app.office.door import estate_id, me, office
from app.office.listing import first_row, listing, words_asked_for
from app.office.moments import When
from app.office.words import (
    OCCUPANCIES,
    masked,
)
from app.people.access import may
from app.people.rules import Act
from app.visits.queries import last_met


@office.get("/units")
@may(Act.SEE_OWNERS)
def units() -> str:
    """Units as one walks, found by number, name, initials or phone."""
    when = When(me().estate.time_zone, now())
    found = listing(find_units(estate_id(), words_asked_for(), when.today, start=first_row()), "q")
    ids = [unit.id for unit in found.rows]
    return render_template(
        "office/units.html",
        found=found,
        owners={unit.id: [held.person for held in owners_on(unit, when.today)] for unit in found.rows},
        met=last_met(ids),
        open_issues=open_at(ids),
        roster=_roster_address(),
        when=when,
        OCCUPANCIES=OCCUPANCIES,
        Occupancy=Occupancy,
        masked=masked,
    )


def _roster_address() -> str:
    """Where the roster is imported, for those who may."""
    there = "office.roster" in current_app.view_functions and me().may(Act.IMPORT_ROSTER)
    return url_for("office.roster") if there else ""
