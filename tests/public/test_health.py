"""Whoever watches the server is told the truth."""

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from app.core.db import db
from app.documents import shelf


def test_a_server_that_can_answer_from_its_database_is_well(client: FlaskClient) -> None:
    answer = client.get("/healthz")

    assert (answer.status_code, answer.json) == (200, {"status": "ok"})


def test_a_time_stamp_server_that_is_silent_is_said_and_no_failure(
    client: FlaskClient, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SEAL_TSA", "http://tsa.example/")
    well = client.get("/healthz")
    with app.app_context():
        shelf.put("ab-stamped", b"a paper without a stamp")

    silent = client.get("/healthz")

    assert well.json == {"status": "ok", "time_stamps": "ok"}
    assert silent.status_code == 200
    assert str(silent.json["time_stamps"]).startswith("missing since 20")


def test_without_its_tables_it_is_not(app: Flask) -> None:
    with app.app_context():
        db.session.execute(sa.text("DROP TABLE epoch"))
        db.session.commit()
    app.config["PROPAGATE_EXCEPTIONS"] = False  # as a running server, which answers instead of stopping

    assert app.test_client().get("/healthz").status_code >= 500


def test_it_asks_for_nothing_and_sets_nothing(client: FlaskClient) -> None:
    answer = client.get("/healthz")

    assert "Set-Cookie" not in answer.headers
