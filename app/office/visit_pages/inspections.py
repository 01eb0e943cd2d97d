"""What was noticed on routine inspections: the list, with photos and what became of each."""

from flask import render_template

from app.core.clock import now
from app.office.door import estate_id, me, office
from app.office.issue_pages.issues import category_paths
from app.office.listing import first_row, id_asked_for, listing, words_asked_for
from app.office.moments import When
from app.office.words import TONES, headline, state_words
from app.people.access import may
from app.people.queries import staff_who_may
from app.people.rules import Act
from app.visits.inspected import Wanted, find_inspections


@office.get("/visits/inspections")
@may(Act.SEE_VISITS)
def inspections() -> str:
    """Inspections, newest first, by officer and words."""
    when = When(me().estate.time_zone, now())
    wanted = Wanted(officer_id=id_asked_for("officer"), words=words_asked_for())
    return render_template(
        "office/inspections.html",
        found=listing(find_inspections(estate_id(), wanted, start=first_row()), "officer", "q"),
        officers=staff_who_may(Act.CARRY_TABLET, estate_id(), when.today),
        category_paths=category_paths(),
        when=when,
        TONES=TONES,
        headline=headline,
        state_words=state_words,
    )
