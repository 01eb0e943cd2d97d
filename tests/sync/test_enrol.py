"""A one-time code makes a tablet ours; its tokens are told once and known to the server by their hash only."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from app.cli.demo_tablet import Tablet
from app.config import settings
from app.core.db import db
from app.factory import create_app
from app.people.models import Device, DeviceUser, EnrolCode, Staff
from app.people.rules import Role
from app.people.tablets import make_enrol_code
from app.sync.keys import public_key
from tests.builders import NOBODY, a_staff, an_enrol_code, an_estate
from tests.model_tablet import ModelTablet
from tests.world import World

KEY = Tablet().public_key()


def ask(client: FlaskClient, code: str, **wanted: Any) -> Any:
    return client.post("/sync/enrol", json={"code": code, "key": KEY, "app_version": "1.0.0"} | wanted)


def codes(app: Flask, count: int = 1, made_at: datetime | None = None) -> list[str]:
    with app.app_context():
        staff = a_staff(an_estate(), Role.OFFICER, locale="en")
        made = [make_enrol_code(staff, by=NOBODY, at=made_at or datetime.now(UTC)) for _i in range(count)]
        db.session.commit()
        return made


def test_a_code_turns_a_tablet_into_ours(app: Flask, client: FlaskClient) -> None:
    [code] = codes(app)

    answer = ask(client, code).json

    assert answer["device"]["code"] == "T01"
    assert (answer["staff"]["name"], answer["staff"]["locale"]) == ("李敏", "en")
    assert len({answer["send_token"], answer["read_token"]}) == 2
    assert answer["server_key"]["kid"]
    assert answer["server_time"].endswith("Z")
    assert "d" not in answer["server_key"], "the private half stays here"
    with app.app_context():
        device = db.session.scalars(sa.select(Device)).one()
        assert device.key == KEY
        assert answer["epoch"]


def test_tokens_and_codes_are_kept_as_hashes_only(app: Flask, client: FlaskClient) -> None:
    [code] = codes(app)
    answer = ask(client, code).json

    with app.app_context():
        kept = [
            str(row)
            for table in (Device, DeviceUser, EnrolCode)
            for row in db.session.execute(sa.select(table.__table__))
        ]
    for secret in (code, answer["send_token"], answer["read_token"]):
        assert not any(secret in row for row in kept)


def test_a_code_works_once(app: Flask, client: FlaskClient) -> None:
    [code] = codes(app)

    first, again = ask(client, code), ask(client, code)

    assert first.status_code == 200
    assert (again.status_code, again.json["code"]) == (403, "enrol:code_spent")


def test_a_code_runs_out_after_half_an_hour(app: Flask, client: FlaskClient) -> None:
    in_time, too_late = (codes(app, made_at=datetime.now(UTC) - timedelta(minutes=age))[0] for age in (29, 31))

    assert ask(client, in_time).status_code == 200
    refused = ask(client, too_late)
    assert (refused.status_code, refused.json["code"]) == (403, "enrol:code_spent")


def test_a_code_may_be_typed_as_people_type(app: Flask, client: FlaskClient) -> None:
    [code] = codes(app)

    assert ask(client, f" {code.lower()} ").status_code == 200


def test_an_unknown_code_is_refused_in_words(client: FlaskClient) -> None:
    answer = ask(client, "ABCD2345")

    assert (answer.status_code, answer.json["code"]) == (403, "enrol:code_unknown")
    assert answer.json["message"]


@pytest.mark.parametrize(
    "wanted",
    [
        {"key": {"kty": "RSA", "n": "AQAB", "e": "AQAB"}},
        {"key": KEY | {"crv": "P-384"}},
        {"key": KEY | {"x": "short"}},
        {"key": None},
        {"app_version": "v" * 41},
        {"app_version": "1.0\x00"},
        {"surprise": True},
    ],
)
def test_a_message_that_does_not_fit_is_refused_and_spends_no_code(
    app: Flask, client: FlaskClient, wanted: dict[str, Any]
) -> None:
    [code] = codes(app)

    refused = ask(client, code, **wanted)

    assert (refused.status_code, refused.json["code"]) == (400, "message:unreadable")
    assert ask(client, code).status_code == 200


def at_the_same_moment(app: Flask, tried: list[str]) -> list[Any]:
    together = threading.Barrier(len(tried))

    def enrol(code: str) -> Any:
        client = app.test_client()
        together.wait()
        return ask(client, code)

    with ThreadPoolExecutor(len(tried)) as threads:
        return list(threads.map(enrol, tried))


def test_of_two_tablets_with_one_code_one_is_ours(app: Flask) -> None:
    [code] = codes(app)

    answers = at_the_same_moment(app, [code, code])

    assert sorted(answer.status_code for answer in answers) == [200, 403]
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Device)) == 1


def test_tablets_enrolled_at_the_same_moment_get_codes_of_their_own(app: Flask) -> None:
    answers = at_the_same_moment(app, codes(app, 4))

    assert sorted(answer.json["device"]["code"] for answer in answers) == ["T01", "T02", "T03", "T04"]
    assert len({answer.json["server_key"]["kid"] for answer in answers}) == 1


def test_the_first_key_is_made_once_however_many_ask_for_it_at_the_same_moment(app: Flask, tmp_path: Path) -> None:
    for nth in range(20):
        folder, together = tmp_path / f"keys {nth}", threading.Barrier(4)

        def ask_for_it(folder: Path = folder, together: threading.Barrier = together) -> str:
            with app.app_context():
                app.config["KEYS"] = str(folder)
                together.wait()
                return str(public_key()["kid"])

        with ThreadPoolExecutor(4) as threads:
            told = {asked.result() for asked in [threads.submit(ask_for_it) for _asker in range(4)]}

        assert len(told) == len(list(folder.glob("sync-*.json"))) == 1


@pytest.fixture
def watchful(database_url: str, tmp_path: Path) -> Iterator[FlaskClient]:
    """A client of a server that counts how often one address tries, as a real one does."""
    config = settings(folder=tmp_path, database=database_url, secret="only for tests")
    app = create_app(config | {"RATELIMIT_ENABLED": True})
    yield app.test_client()
    with app.app_context():
        db.engine.dispose()


def test_codes_cannot_be_found_by_trying(watchful: FlaskClient) -> None:
    statuses = [ask(watchful, f"WRONG{n:03}").status_code for n in range(22)]

    assert statuses == [403] * 20 + [429] * 2
    refused = ask(watchful, "WRONG999")
    assert (refused.json["code"], bool(refused.json["message"])) == ("http:429", True)


# --- escrow ---


def test_the_key_of_a_vault_is_kept_for_the_day_its_pin_is_forgotten(app: Flask, world: World) -> None:
    headers = {"Authorization": f"Bearer {world.tablet.enrolled['read_token']}"}

    answer = world.tablet.client.post("/sync/escrow", json={"jwe": "a.sealed..data.key"}, headers=headers)

    assert (answer.status_code, answer.data) == (204, b"")
    with app.app_context():
        user = db.session.scalars(sa.select(DeviceUser)).one()
        assert user.escrow == "a.sealed..data.key"


@pytest.mark.parametrize("token", ["send_token", "nobody's"])
def test_escrow_needs_the_read_token(app: Flask, world: World, token: str) -> None:
    headers = {"Authorization": f"Bearer {world.tablet.enrolled.get(token, token)}"}

    answer = world.tablet.client.post("/sync/escrow", json={"jwe": "a.sealed..data.key"}, headers=headers)

    assert (answer.status_code, answer.json["code"]) == (401, "auth:token")
    with app.app_context():
        assert db.session.scalars(sa.select(DeviceUser.escrow)).one() is None


def test_a_second_tablet_of_an_officer_has_its_own_tokens(app: Flask, world: World, client: FlaskClient) -> None:
    with app.app_context():
        code = an_enrol_code(db.session.get_one(Staff, world.officer_id))
        db.session.commit()
    second = ModelTablet(client, code)

    assert second.enrolled["device"]["code"] == "T02"
    assert second.enrolled["send_token"] != world.tablet.enrolled["send_token"]
    assert second.pull()["changes"] == world.tablet.pull()["changes"]
