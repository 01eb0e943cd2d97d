"""The tablets' door: gzip both ways, tokens for what they are for, failures as JSON."""

import gzip
import json
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.sync import views
from tests.world import World

EMPTY = {
    "device_time": "2026-11-23T06:47:01.000Z",
    "app_version": "model",
    "unsent": {"count": 0},
    "storage": {"persisted": True, "usage": 0, "quota": 0},
    "operations": [],
}


def post(world: World, content: bytes, **headers: str) -> Any:
    bearer = {"Authorization": f"Bearer {world.tablet.enrolled['send_token']}", "Content-Type": "application/json"}
    return world.tablet.client.post("/sync/push", data=content, headers=bearer | headers)


def test_a_packed_message_is_unpacked(world: World) -> None:
    visit = world.tablet.freeze(world.tablet.a_visit(world.estate_id, world.unit_id))
    message = json.dumps(EMPTY | {"operations": [visit]}).encode()

    answer = post(world, gzip.compress(message, mtime=0), **{"Content-Encoding": "gzip"})

    assert answer.json["receipts"][0]["status"] == "applied"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"not packed at all", "message:not_gzip"),
        (gzip.compress(json.dumps(EMPTY).encode(), mtime=0)[:-20], "message:unreadable"),
        (b"", "message:unreadable"),
        (gzip.compress(b"[]", mtime=0), "message:unreadable"),
    ],
)
def test_a_badly_packed_message_is_refused_in_words(world: World, content: bytes, code: str) -> None:
    answer = post(world, content, **{"Content-Encoding": "gzip"})

    assert (answer.status_code, answer.json["code"]) == (400, code)
    assert answer.json["message"]


def test_an_answer_worth_it_is_packed_for_those_who_take_it(world: World) -> None:
    read = {"Authorization": f"Bearer {world.tablet.enrolled['read_token']}"}

    packed = world.tablet.client.get("/sync/pull", headers=read | {"Accept-Encoding": "gzip"})
    plain = world.tablet.client.get("/sync/pull", headers=read | {"Accept-Encoding": "identity"})

    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain.headers
    assert json.loads(gzip.decompress(packed.data))["changes"] == plain.json["changes"]
    assert len(packed.data) < len(plain.data)
    assert packed.headers["Cache-Control"] == plain.headers["Cache-Control"] == "no-store"


def test_a_small_answer_is_not_worth_packing(world: World) -> None:
    answer = post(world, json.dumps(EMPTY).encode(), **{"Accept-Encoding": "gzip"})

    assert "Content-Encoding" not in answer.headers


def test_a_message_larger_than_the_server_takes_is_refused_as_json(app: Flask, world: World) -> None:
    app.config["MAX_CONTENT_LENGTH"] = 1000

    answer = post(world, b" " * 2000)

    assert (answer.status_code, answer.mimetype) == (413, "application/json")
    assert answer.json["code"].startswith(("http:", "message:"))


def test_what_grows_beyond_measure_when_unpacked_is_refused(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "LARGEST_BODY", 10_000)

    answer = post(world, gzip.compress(b" " * 10_001, mtime=0), **{"Content-Encoding": "gzip"})

    assert (answer.status_code, answer.json["code"]) == (413, "message:too_large")


NOTHINGS = b"[%b0]" % (b"{}," * 400_000)
"""A megabyte of objects that takes 200 of memory, and two kilobytes on its way."""


@pytest.mark.parametrize("door", ["enrol", "escrow", "recover", "wiped", "push"])
def test_a_message_of_a_million_nothings_is_refused_before_it_is_read(world: World, door: str) -> None:
    """Whoever enrols needs no token for it."""
    key = world.tablet.enrolled["read_token" if door == "escrow" else "send_token"]
    headers = {"Authorization": f"Bearer {key}", "Content-Encoding": "gzip"}

    answer = world.tablet.client.post(f"/sync/{door}", data=gzip.compress(NOTHINGS, mtime=0), headers=headers)

    assert (answer.status_code, answer.json["code"]) == (413, "message:too_large")


@pytest.mark.parametrize("authorization", ["", "Bearer", "Bearer ", "Basic abc", "Bearer a b", "bearer {send}"])
def test_without_its_token_nothing_is_taken(world: World, client: FlaskClient, authorization: str) -> None:
    said = authorization.format(send=world.tablet.enrolled["send_token"])

    answer = client.post("/sync/push", json=EMPTY, headers={"Authorization": said})

    assert (answer.status_code, answer.json["code"]) == (401, "auth:token")


def test_the_read_token_sends_nothing(world: World, client: FlaskClient) -> None:
    """It lies inside the vault; the sending one outside can read nothing."""
    headers = {"Authorization": f"Bearer {world.tablet.enrolled['read_token']}"}

    assert client.post("/sync/push", json=EMPTY, headers=headers).status_code == 401


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/sync/nothing", 404), ("GET", "/sync/push", 405), ("POST", "/sync/pull", 405)],
)
def test_a_wrong_address_is_answered_as_json(client: FlaskClient, method: str, path: str, status: int) -> None:
    answer = client.open(path, method=method)

    assert (answer.status_code, answer.mimetype) == (status, "application/json")
    assert set(answer.json) == {"code", "message"}


def test_no_cookie_is_set_and_no_form_token_asked_for(world: World) -> None:
    answer = post(world, json.dumps(EMPTY).encode())

    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
