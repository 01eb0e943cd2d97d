"""A server that comes back from an old backup: tablets notice, start over and send again what they keep."""

import sqlite3
import uuid
from collections.abc import Iterator
from pathlib import Path

import flask_migrate
import pytest
from flask import Flask

from app.cli.restored import restored
from app.config import settings
from app.core.blobs import Photo
from app.core.db import db
from app.factory import create_app
from app.people.models import Device
from app.people.rules import Role
from app.people.tablets import same_tablet
from app.signatures.models import Statement
from app.signatures.queries import still_agrees
from app.visits.models import Visit
from tests.builders import a_category, a_department, a_home, a_staff, an_enrol_code, an_estate
from tests.model_tablet import ModelTablet


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Flask]:
    """A server on a file of its own, whichever database other tests use: that file is copied and put back."""
    config = settings(folder=tmp_path, database=f"sqlite:///{tmp_path}/live.sqlite3", secret="only for tests")
    app = create_app(config | {"TESTING": True, "RATELIMIT_ENABLED": False})
    with app.app_context():
        flask_migrate.upgrade()
    yield app
    with app.app_context():
        db.engine.dispose()


def test_a_database_from_yesterday_gets_today_again(served: Flask, tmp_path: Path) -> None:
    estate_id, unit_id, tablet = a_tablet(served)
    seal, content = tablet.a_photo(b"\xff\xd8 a picture \xff\xd9")
    yesterday = tablet.freeze(tablet.a_visit(estate_id, unit_id))
    today = tablet.freeze(tablet.a_visit(estate_id, unit_id, issues=[tablet.an_issue(photos=[seal])]))
    first = tablet.push(yesterday).json
    cursor = tablet.pull_all()[1]["cursor"]
    backup(tmp_path)
    tablet.push(today)
    tablet.upload(seal["sealed"], content)

    restore(served, tmp_path)
    said = served.test_cli_runner().invoke(restored)
    page = tablet.pull(cursor)
    again = tablet.push(yesterday, today).json

    assert said.exit_code == 0, said.output
    assert page["epoch"] == again["epoch"] != first["epoch"]
    assert estate_id in page["granted"], "everything is told anew"
    assert again["receipts"][0] == first["receipts"][0]
    assert (again["receipts"][1]["status"], again["receipts"][1]["missing"]) == ("applied", [seal["sealed"]])
    assert tablet.ask_upload(seal["sealed"]).status_code == 404
    assert tablet.upload(seal["sealed"], content).headers["Upload-Complete"] == "?1"
    with served.app_context():
        visits = db.session.query(Visit).all()
        assert len(visits) == 2
        assert all(visit.complete for visit in visits)
        assert db.session.query(Photo).one().arrived_at is not None


def test_a_cursor_of_the_new_epoch_goes_on_where_it_was(served: Flask) -> None:
    _estate_id, _unit_id, tablet = a_tablet(served)

    served.test_cli_runner().invoke(restored)
    _changes, last = tablet.pull_all()
    quiet = tablet.pull(last["cursor"])

    assert (quiet["changes"], quiet["granted"], quiet["epoch"]) == ([], [], last["epoch"])


def test_what_a_tablet_signed_that_the_backup_does_not_know_is_entered_once_it_is_enrolled_anew(
    served: Flask, tmp_path: Path
) -> None:
    estate_id, unit_id, code, later = an_estate_with_codes(served)
    backup(tmp_path)
    tablet = ModelTablet(served.test_client(), code)
    sent, unsent = (tablet.freeze(tablet.a_visit(estate_id, unit_id)) for _each in range(2))
    tablet.push(sent)

    restore(served, tmp_path)
    served.test_cli_runner().invoke(restored)
    before, was = tablet.device_id, tablet.enrolled_as.code
    tablet.enrol_anew(later)
    receipts = tablet.push(sent, unsent).json["receipts"]

    assert [receipt["status"] for receipt in receipts] == ["applied", "applied"]
    assert tablet.enrolled_as.code != was, "its numbers stand on owners' copies already"
    with served.app_context():
        statements = db.session.query(Statement).all()
        assert [still_agrees(statement) for statement in statements] == [True, True]
        assert {device.code for device in same_tablet(db.session.get_one(Device, uuid.UUID(before)))} == {
            was,
            tablet.enrolled_as.code,
        }


def test_no_code_of_a_tablet_is_given_twice_by_a_backup_that_comes_back_twice(
    served: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _estate_id, _unit_id, code, later = an_estate_with_codes(served)
    epochs = iter(uuid.UUID(int=number) for number in (1, 2))
    monkeypatch.setattr("app.sync.restored.new_id", lambda: next(epochs))
    backup(tmp_path)
    given = [ModelTablet(served.test_client(), code).enrolled_as.code]

    for _time in range(2):
        restore(served, tmp_path)
        served.test_cli_runner().invoke(restored)
        given += [ModelTablet(served.test_client(), one).enrolled_as.code for one in (code, later)]

    assert given == ["T01", "T10101", "T10102", "T10201", "T10202"]


def an_estate_with_codes(app: Flask) -> tuple[str, str, str, str]:
    """Estate, home and two codes for its officer; no tablet yet."""
    with app.app_context():
        estate = an_estate()
        a_category(estate, a_department(estate), code="leak")
        home, officer = a_home(estate), a_staff(estate, Role.OFFICER)
        ids = str(estate.id), str(home.id), an_enrol_code(officer), an_enrol_code(officer)
        db.session.commit()
    return ids


def a_tablet(app: Flask) -> tuple[str, str, ModelTablet]:
    """Estate, home and an enrolled tablet."""
    estate_id, unit_id, code, _later = an_estate_with_codes(app)
    return estate_id, unit_id, ModelTablet(app.test_client(), code)


def backup(folder: Path) -> None:
    """As one is made while the server runs."""
    with sqlite3.connect(folder / "live.sqlite3") as live, sqlite3.connect(folder / "backup.sqlite3") as copy:
        live.backup(copy)
    live.close()
    copy.close()


def restore(app: Flask, folder: Path) -> None:
    """Stop, put the older file in the place of the newer, start."""
    with app.app_context():
        db.engine.dispose()
    for name in ("live.sqlite3-wal", "live.sqlite3-shm"):
        (folder / name).unlink(missing_ok=True)
    (folder / "live.sqlite3").write_bytes((folder / "backup.sqlite3").read_bytes())
