"""Whether the server can do its work."""

import shutil

from flask import Response, current_app, jsonify
from sqlalchemy import text

from app.core.db import db
from app.documents.seal.stamps import server_to_ask
from app.documents.shelf import stamp_missed_at
from app.people.access import anybody
from app.public.door import public

LEAST_ROOM, ROOM_RUNS_SHORT = 32 * 1024**2, 1024**3
"""Bytes free on the disk of the data folder: nothing is saved any more with less; somebody should make room."""


@public.get("/healthz")
@anybody("whoever watches the server asks it how it is")
def healthz() -> tuple[Response, int]:
    """200 when the server can answer from its database, and has room to save what comes, else 503.

    Room that runs short, or a time-stamp server that is silent, is said, and no failure.
    """
    db.session.execute(text("SELECT 1 FROM epoch"))
    free = shutil.disk_usage(current_app.config["DATA"]).free
    full = free < LEAST_ROOM
    told = {"status": "disk full" if full else "ok"}
    if free < ROOM_RUNS_SHORT:
        told["disk"] = f"{free // 1024**2} MB free"
    if server_to_ask():
        missed_at = stamp_missed_at()
        told["time_stamps"] = f"missing since {missed_at:%Y-%m-%dT%H:%M:%SZ}" if missed_at else "ok"
    return jsonify(told), 503 if full else 200
