"""Whoever watches the server is told the truth."""

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from app.core.db import db


def test_a_server_that_can_answer_from_its_database_is_well(client: FlaskClient) -> None:
    answer = client.get("/healthz")

    assert (answer.status_code, answer.json) == (200, {"status": "ok"})


def test_without_its_tables_it_is_not(app: Flask) -> None:
    with app.app_context():
        db.session.execute(sa.text("DROP TABLE epoch"))
        db.session.commit()
    app.config["PROPAGATE_EXCEPTIONS"] = False  # as a running server, which answers instead of stopping

    assert app.test_client().get("/healthz").status_code >= 500


def test_it_asks_for_nothing_and_sets_nothing(client: FlaskClient) -> None:
    answer = client.get("/healthz")

    assert "Set-Cookie" not in answer.headers
