"""Whether the server can do its work."""

from flask import Response, jsonify
from sqlalchemy import text

from app.core.db import db
from app.people.access import anybody
from app.public.door import public


@public.get("/healthz")
@anybody("whoever watches the server asks it how it is")
def healthz() -> Response:
    """200 when the server can answer from its database."""
    db.session.execute(text("SELECT 1 FROM epoch"))
    return jsonify(status="ok")
