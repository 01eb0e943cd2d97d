"""Whoever watches the server is told the truth."""

from typing import NamedTuple

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from app.core.db import db
from app.documents import shelf
from app.public import health


class Disk(NamedTuple):
    """What is told of a disk."""

    free: int


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


@pytest.mark.parametrize(
    ("megabytes", "status", "told"),
    [
        (2048, 200, {"status": "ok"}),
        (600, 200, {"status": "ok", "disk": "600 MB free"}),
        (31, 503, {"status": "disk full", "disk": "31 MB free"}),
    ],
)
def test_a_disk_that_fills_up_is_said_before_nothing_is_saved_any_more(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, megabytes: int, status: int, told: dict[str, str]
) -> None:
    asked = []
    monkeypatch.setattr(health.shutil, "disk_usage", lambda folder: asked.append(folder) or Disk(megabytes * 1024**2))

    answer = client.get("/healthz")

    assert (answer.status_code, answer.json) == (status, told)
    assert asked == [client.application.config["DATA"]]


def test_without_its_tables_it_is_not(app: Flask) -> None:
    with app.app_context():
        db.session.execute(sa.text("DROP TABLE epoch"))
        db.session.commit()
    app.config["PROPAGATE_EXCEPTIONS"] = False  # as a running server, which answers instead of stopping

    assert app.test_client().get("/healthz").status_code >= 500


def test_it_asks_for_nothing_and_sets_nothing(client: FlaskClient) -> None:
    answer = client.get("/healthz")

    assert "Set-Cookie" not in answer.headers
