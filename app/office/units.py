"""Owners: the list of units with who owns them, and one unit with everything that happened there."""

import uuid

from flask import current_app, render_template, url_for

from app.agenda.queries import due_at
from app.core.clock import now
from app.estates.queries import find_units, owners_on, tenants_on, the_unit, units_with_people
from app.estates.rules import Occupancy, PersonKind
from app.issues.queries import issues_at, open_at
from app.issues.rules import State
from app.office.door import estate_id, me, office
from app.office.issues import category_paths
from app.office.listing import first_row, listing, words_asked_for
from app.office.moments import When
from app.office.words import (
    METHODS,
    OCCUPANCIES,
    OUTCOMES,
    RATING_LOOKS,
    RATINGS,
    STATES,
    TONES,
    headline,
    masked,
)
from app.people.access import may
from app.people.rules import Act
from app.visits.queries import attempts_at, last_met, visits_at
from app.visits.words import task_words


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


@office.get("/units/<uuid:unit_id>")
@may(Act.SEE_OWNERS)
def unit(unit_id: uuid.UUID) -> str:
    """One unit: who owns it and since when, what is due, what was raised, every visit and attempt."""
    the_unit(estate_id(), unit_id)
    shown = units_with_people([unit_id])[0]
    when = When(me().estate.time_zone, now())
    owners, tenants = owners_on(shown, when.today), tenants_on(shown, when.today)
    return render_template(
        "office/unit.html",
        unit=shown,
        owners=owners,
        tenants=tenants,
        former=[held for held in (*shown.ownerships, *shown.tenancies) if held not in (*owners, *tenants)],
        due=due_at(unit_id),
        issues=issues_at(unit_id),
        visits=visits_at(unit_id),
        attempts=attempts_at(unit_id),
        category_paths=category_paths(),
        when=when,
        task_words=task_words,
        METHODS=METHODS,
        OCCUPANCIES=OCCUPANCIES,
        OUTCOMES=OUTCOMES,
        PersonKind=PersonKind,
        RATINGS=RATINGS,
        RATING_LOOKS=RATING_LOOKS,
        STATES=STATES,
        State=State,
        TONES=TONES,
        headline=headline,
    )


def _roster_address() -> str:
    """Where the roster is imported, for those who may."""
    there = "office.roster" in current_app.view_functions and me().may(Act.IMPORT_ROSTER)
    return url_for("office.roster") if there else ""
