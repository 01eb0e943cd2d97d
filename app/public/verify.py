"""Where a printed sheet's QR code leads: whether the office holds what was signed, and whether it still agrees.

The paper itself nobody has seen here: whoever holds it compares.
"""

from flask import render_template

from app.core.chain import head
from app.core.clock import local_date
from app.core.db import db
from app.core.limits import limiter
from app.estates.models import Estate
from app.people.access import anybody
from app.public.door import public
from app.signatures.queries import statement_by_hash, still_agrees
from app.signatures.rules import SignerRole
from app.visits.models import Visit


@public.get("/verify/<sha256>")
@anybody("an owner holds the printed sheet; the page tells nothing that identifies a person or a home")
@limiter.limit("60 per minute")
def verify(sha256: str) -> str | tuple[str, int]:
    """Number, day and whether text, signatures and seals agree, all computed anew."""
    statement = statement_by_hash(sha256)
    if statement is None:
        return render_template("public/not_held.html"), 404

    visit = db.session.get_one(Visit, statement.record_id)
    estate = db.session.get_one(Estate, statement.estate_id)
    return render_template(
        "public/verify.html",
        visit=visit,
        estate=estate,
        day=local_date(visit.started_at, estate.time_zone),
        statement=statement,
        agrees=still_agrees(statement),
        head=head(estate.id),
        owner_signed=any(signature.role is SignerRole.OWNER for signature in statement.signatures),
    )
