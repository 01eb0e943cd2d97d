"""Whether the server can do its work."""

from flask import Response, jsonify
from sqlalchemy import text

from app.core.db import db
from app.documents.seal.stamps import server_to_ask
from app.documents.shelf import stamp_missed_at
from app.people.access import anybody
from app.public.door import public


@public.get("/healthz")
@anybody("whoever watches the server asks it how it is")
def healthz() -> Response:
    """200 when the server can answer from its database. A time-stamp server that is silent is said, and no failure."""
    db.session.execute(text("SELECT 1 FROM epoch"))
    told = {"status": "ok"}
    if server_to_ask():
        missed_at = stamp_missed_at()
        told["time_stamps"] = f"missing since {missed_at:%Y-%m-%dT%H:%M:%SZ}" if missed_at else "ok"
    return jsonify(told)
