"""Settings are the same for every process that runs on one data folder."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from flask import Flask, request
from flask_limiter.util import get_remote_address

from app.config import from_environment, settings
from app.factory import create_app


def test_whoever_comes_at_the_same_moment_reads_the_same_secret(tmp_path, monkeypatch):
    monkeypatch.setenv("DOORSTEP_DATA", str(tmp_path))
    monkeypatch.delenv("SECRET_KEY", raising=False)
    together = Barrier(8)

    def starting() -> str:
        together.wait()
        return from_environment()["SECRET_KEY"]

    with ThreadPoolExecutor(8) as processes:
        secrets = {start.result() for start in [processes.submit(starting) for _each in range(8)]}

    assert len(secrets) == 1
    assert len(secrets.pop()) == 64
    assert (tmp_path / "secret_key").stat().st_mode & 0o777 == 0o600
    assert [file.name for file in tmp_path.iterdir()] == ["secret_key"]


def test_a_data_folder_that_is_made_is_for_nobody_else_on_the_machine(tmp_path, monkeypatch):
    monkeypatch.setenv("DOORSTEP_DATA", str(tmp_path / "data"))

    from_environment()

    assert (tmp_path / "data").stat().st_mode & 0o077 == 0


def test_a_login_never_travels_in_the_clear_where_people_reach_the_office_by_https(tmp_path, monkeypatch):
    monkeypatch.setenv("DOORSTEP_DATA", str(tmp_path))
    monkeypatch.delenv("TLS", raising=False)
    plain, proxied = "http://192.168.1.8:8000", "https://visits.example"

    secure = {}
    for address in (plain, proxied):
        monkeypatch.setenv("PUBLIC_URL", address)
        secure[address] = from_environment()["SESSION_COOKIE_SECURE"]

    assert secure == {plain: False, proxied: True}


@pytest.mark.parametrize(
    ("proxies", "seen"),
    [
        ("0", ("http://localhost/", "127.0.0.1")),
        ("1", ("https://visits.example/", "203.0.113.7")),
        ("2", ("http://localhost/", "127.0.0.1")),
    ],
    ids=["nobody is believed", "the proxy is believed", "one of two has not said"],
)
def test_whose_request_it_is_is_believed_of_as_many_proxies_as_there_are(
    app: Flask, monkeypatch: pytest.MonkeyPatch, proxies: str, seen: tuple[str, str]
) -> None:
    monkeypatch.setenv("PROXIES", proxies)
    config = settings(Path(app.config["DATA"]), app.config["SQLALCHEMY_DATABASE_URI"], secret="only for tests")
    behind = create_app(config | {"TESTING": True})
    found = []

    @behind.get("/who")
    def who() -> str:
        found.append((request.host_url, get_remote_address()))
        return ""

    said = {"X-Forwarded-For": "203.0.113.7", "X-Forwarded-Proto": "https", "X-Forwarded-Host": "visits.example"}
    behind.test_client().get("/who", headers=said)

    assert found == [seen]
