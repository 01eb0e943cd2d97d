"""The life of a tablet: how long it may stay silent, a PIN forgotten, a tablet lost, handed in and emptied."""

import base64
import uuid
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from app.config import settings
from app.core.clock import now
from app.core.db import db
from app.core.journal import COMPANY_STREAM, JournalLine
from app.estates.models import Estate
from app.factory import create_app
from app.people.actions import rename, set_password
from app.people.models import Device, Staff
from app.people.rules import Role
from app.people.tablets import revoke
from app.sync.keys import freeze
from tests.builders import NOBODY, PASSWORD, a_staff, an_enrol_code
from tests.model_tablet import ModelTablet
from tests.world import World

DATA_KEY = bytes(range(32))


def withdraw(app: Flask, tablet: ModelTablet) -> None:
    with app.app_context():
        revoke(db.session.get_one(Device, uuid.UUID(tablet.device_id)), by=NOBODY, at=now())
        db.session.commit()


def device(tablet: ModelTablet) -> Device:
    return db.session.get_one(Device, uuid.UUID(tablet.device_id))


def wiped(tablet: ModelTablet, **told: Any) -> Any:
    return tablet.client.post("/sync/wiped", json=told, headers=sends(tablet))


def kinds(app: Flask) -> list[str]:
    with app.app_context():
        lines = sa.select(JournalLine.kind).where(JournalLine.stream == COMPANY_STREAM).order_by(JournalLine.seq)
        return list(db.session.scalars(lines))


def sends(tablet: ModelTablet) -> dict[str, str]:
    return {"Authorization": f"Bearer {tablet.enrolled['send_token']}"}


def reads(tablet: ModelTablet) -> dict[str, str]:
    return {"Authorization": f"Bearer {tablet.enrolled['read_token']}"}


# --- silence ---


def test_a_tablet_hears_with_every_contact_how_long_it_may_stay_silent(app: Flask, world: World) -> None:
    app.config["LEASE_HOURS"] = 48

    pushed, pulled = world.tablet.push().json, world.tablet.pull()

    assert (pushed["lease_hours"], pulled["lease_hours"]) == (48, 48)
    assert pushed["epoch"] == pulled["epoch"]
    assert "withdrawn" not in pushed


def test_whoever_was_renamed_hears_it_with_the_next_pull(app: Flask, world: World) -> None:
    before = world.tablet.pull()["staff_name"]
    with app.app_context():
        staff = db.session.get_one(Staff, world.officer_id)
        assert before == staff.name
        rename(staff, "李敏慧", by=NOBODY, at=now())
        db.session.commit()

    assert world.tablet.pull()["staff_name"] == "李敏慧"


def test_the_office_remembers_what_a_tablet_tells_of_itself(app: Flask, world: World) -> None:
    told = {
        "device_time": "2026-11-23T06:47:01.000Z",
        "app_version": "model",
        "unsent": {"count": 2, "oldest_at": "2026-11-22T06:47:01.000Z", "photos": 3, "drafts": 1, "new": 7},
        "storage": {"persisted": True, "usage": 10, "quota": 20, "wiped": True, "newer": "still"},
        "operations": [],
        "newest": {},
    }

    answer = world.tablet.client.post("/sync/push", json=told, headers=sends(world.tablet))

    assert answer.status_code == 200
    with app.app_context():
        reported = device(world.tablet).reported
        assert {name: reported[name] for name in ("unsent", "photos", "drafts", "wiped")} == {
            "unsent": 2,
            "photos": 3,
            "drafts": 1,
            "wiped": True,
        }


# --- lost ---


def test_a_withdrawn_tablet_hands_in_hears_of_it_and_says_when_it_is_empty(app: Flask, world: World) -> None:
    tablet = world.tablet
    visit = tablet.freeze(tablet.a_visit(world.estate_id, world.unit_id))
    withdraw(app, tablet)

    answer = tablet.push(visit).json
    emptied = wiped(tablet, drafts=2)

    assert answer["withdrawn"] is True
    assert (answer["receipts"][0]["status"], answer["receipts"][0]["code"]) == ("review", "device:revoked")
    assert emptied.status_code == 204
    with app.app_context():
        assert device(tablet).wiped_at is not None
        assert device(tablet).reported["drafts"] == 2
        line = db.session.scalars(sa.select(JournalLine).where(JournalLine.kind == "device:wiped")).one()
        assert line.data == {"drafts": 2}


def test_a_tablet_that_says_twice_that_it_is_empty_is_noted_once(app: Flask, world: World) -> None:
    withdraw(app, world.tablet)

    answers = [wiped(world.tablet), wiped(world.tablet)]

    assert [answer.status_code for answer in answers] == [204, 204]
    assert kinds(app).count("device:wiped") == 1


def test_a_tablet_that_was_not_withdrawn_cannot_say_that_it_is_empty(app: Flask, world: World) -> None:
    refused, unknown = wiped(world.tablet), world.tablet.client.post("/sync/wiped", json={})

    assert (refused.status_code, refused.json["code"]) == (403, "device:not_withdrawn")
    assert unknown.status_code == 401
    with app.app_context():
        assert device(world.tablet).wiped_at is None


def test_withdrawing_a_tablet_withdraws_it_for_everybody_enrolled_on_it(
    app: Flask, world: World, client: FlaskClient
) -> None:
    with app.app_context():
        second = a_staff(db.session.get_one(Estate, world.estate_id), Role.OFFICER, name="张华")
        code, other_code = an_enrol_code(second), an_enrol_code(second)
        db.session.commit()
    key = world.tablet.public_key()
    same = client.post("/sync/enrol", json={"code": code, "key": key, "app_version": "model"}).json
    another = ModelTablet(client, other_code)

    withdraw(app, world.tablet)

    with app.app_context():
        assert db.session.get_one(Device, uuid.UUID(same["device"]["id"])).revoked_at is not None
        assert device(another).revoked_at is None
    assert kinds(app).count("device:revoked") == 2


# --- a forgotten PIN ---


def escrowed(tablet: ModelTablet) -> None:
    jwe = freeze(DATA_KEY, "doorstep-key", tablet.enrolled["server_key"])
    assert tablet.client.post("/sync/escrow", json={"jwe": jwe}, headers=reads(tablet)).status_code == 204


def recover(tablet: ModelTablet, client: FlaskClient | None = None, **wanted: Any) -> Any:
    asked = {"staff_id": tablet.staff_id, "password": PASSWORD} | wanted
    return (client or tablet.client).post("/sync/recover", json=asked, headers=sends(tablet))


def test_the_password_of_the_office_login_gives_the_data_key_back(app: Flask, world: World) -> None:
    escrowed(world.tablet)

    answer = recover(world.tablet)

    assert base64.urlsafe_b64decode(answer.json["key"] + "=") == DATA_KEY
    assert "=" not in answer.json["key"]
    assert kinds(app)[-1] == "device:vault_recovered"


def test_a_wrong_password_gives_nothing_and_is_told_in_words(app: Flask, world: World) -> None:
    escrowed(world.tablet)

    answer = recover(world.tablet, password="a guess")

    assert (answer.status_code, answer.json["code"]) == (403, "recover:wrong_password")
    assert answer.json["message"]
    assert "device:vault_recovered" not in kinds(app)


def test_a_withdrawn_tablet_gets_no_key(app: Flask, world: World) -> None:
    escrowed(world.tablet)
    withdraw(app, world.tablet)

    answer = recover(world.tablet)

    assert (answer.status_code, answer.json["code"]) == (403, "device:revoked")


def test_who_left_gets_no_key(app: Flask, world: World) -> None:
    escrowed(world.tablet)
    with app.app_context():
        db.session.get_one(Staff, world.officer_id).left_at = now()
        db.session.commit()

    assert recover(world.tablet).json["code"] == "recover:wrong_password"


def test_a_first_password_which_its_administrator_knows_opens_no_vault(app: Flask, world: World) -> None:
    escrowed(world.tablet)
    with app.app_context():
        officer = db.session.get_one(Staff, world.officer_id)
        set_password(officer, officer.password_hash, chosen=False, by=NOBODY, at=now())
        db.session.commit()

    answer = recover(world.tablet)

    assert (answer.status_code, answer.json["code"]) == (403, "recover:first_password")
    assert "device:vault_recovered" not in kinds(app)
    assert recover(world.tablet, password="a guess").json["code"] == "recover:wrong_password"


def test_nobody_gets_the_key_of_a_vault_on_another_tablet(app: Flask, world: World, client: FlaskClient) -> None:
    escrowed(world.tablet)
    with app.app_context():
        staff = db.session.get_one(Staff, world.officer_id)
        second = ModelTablet(client, _committed(an_enrol_code(staff)))

    answer = recover(second)

    assert (answer.status_code, answer.json["code"]) == (404, "recover:nothing_kept")
    assert recover(world.tablet, staff_id=str(uuid.uuid4())).status_code == 404
    assert client.post("/sync/recover", json={"staff_id": second.staff_id, "password": PASSWORD}).status_code == 401


def test_a_tablet_may_guess_only_so_often(database_url: str, world: World, tmp_path: Path) -> None:
    escrowed(world.tablet)
    config = settings(folder=tmp_path, database=database_url, secret="only for tests")
    limited = create_app(config | {"TESTING": True, "RATELIMIT_ENABLED": True})

    answers = [recover(world.tablet, limited.test_client(), password=f"guess {n}").status_code for n in range(8)]

    assert answers == [403] * 6 + [429] * 2
    with limited.app_context():
        db.engine.dispose()


def test_a_key_that_the_office_cannot_open_is_no_key(world: World) -> None:
    headers = reads(world.tablet)
    world.tablet.client.post("/sync/escrow", json={"jwe": "not.a.safe"}, headers=headers)

    answer = recover(world.tablet)

    assert (answer.status_code, answer.json["code"]) == (404, "recover:nothing_kept")


def _committed(code: str) -> str:
    db.session.commit()
    return code
