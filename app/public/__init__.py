"""Pages open to the world: health, and later verification and take-away copies."""

from flask import Blueprint, Flask, jsonify
from flask.wrappers import Response
from flask_wtf.csrf import CSRFProtect
from sqlalchemy import text

from app.core.db import db
from app.people.access import anybody

public = Blueprint("public", __name__)


def init_app(app: Flask, _csrf: CSRFProtect) -> None:
    """Open the door."""
    app.register_blueprint(public)


@public.get("/healthz")
@anybody("whoever watches the server asks it how it is")
def healthz() -> Response:
    """200 when the server can answer from its database."""
    db.session.execute(text("SELECT 1 FROM epoch"))
    return jsonify(status="ok")
