"""The clause ledger: each clause of the policy, and what speaks for it in the last twelve months."""

from datetime import timedelta

from flask import render_template

from app.core.clock import now
from app.office.door import estate_id, me, office
from app.office.moments import When
from app.people.access import may
from app.people.rules import Act
from app.reports.clauses import CHAPTERS, evidence

_A_YEAR = timedelta(days=365)


@office.get("/statistics/clauses")
@may(Act.SEE_STATISTICS)
def clauses() -> str:
    """Chapter by chapter: what a clause asks for, how often something spoke for it, and when last."""
    at = now()
    found = evidence(estate_id(), at - _A_YEAR)
    kept = [clause for chapter in CHAPTERS for clause in chapter.clauses if clause.kinds]
    return render_template(
        "office/clauses.html",
        chapters=CHAPTERS,
        found=found,
        seen=sum(found[clause.id].count > 0 for clause in kept),
        kept=len(kept),
        all_of_them=sum(len(chapter.clauses) for chapter in CHAPTERS),
        when=When(me().estate.time_zone, at),
    )
