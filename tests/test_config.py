"""Settings are the same for every process that runs on one data folder."""

import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from flask import Flask, request
from flask_limiter.util import get_remote_address

from app.config import SettingError, from_environment, must_make_sense, settings
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


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("PROXIES", "one", "PROXIES=one has to be a whole number"),
        ("WEB_WORKERS", "0", "WEB_WORKERS=0 has to be a whole number from 1 on"),
        ("TLS", "yes", "TLS=yes has to be 1 or 0"),
        ("DATABASE_URL", "mysql://root:secret@db/x", "DATABASE_URL has to be postgresql://…"),
        ("REDIS_URL", "localhost:6379", "REDIS_URL has to be redis://…"),
        ("PUBLIC_URL", "doorstep.example.com", "PUBLIC_URL has to be an address with https:// or http://"),
        ("SEAL_KEY", "/nowhere", "SEAL_KEY=/nowhere is no file"),
    ],
)
def test_a_setting_that_cannot_be_meant_is_named(name: str, value: str, words: str) -> None:
    with pytest.raises(SettingError, match=f"^{re.escape(words)}$"):
        must_make_sense({name: value})


def test_a_setting_that_is_empty_is_none(tmp_path, monkeypatch):
    for name in ("PROXIES", "LEASE_HOURS", "REDIS_URL", "TLS", "SEAL_CERT", "DATABASE_URL"):
        monkeypatch.setenv(name, "")
    monkeypatch.setenv("DOORSTEP_DATA", str(tmp_path))

    kept = from_environment()

    assert (kept["PROXIES"], kept["LEASE_HOURS"], kept["RATELIMIT_STORAGE_URI"]) == (0, 336, "memory://")


def test_a_data_folder_that_cannot_be_made_is_named(tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setenv("DOORSTEP_DATA", str(tmp_path / "file" / "data"))

    with pytest.raises(SettingError, match=r"DOORSTEP_DATA=.*cannot be a folder"):
        from_environment()
