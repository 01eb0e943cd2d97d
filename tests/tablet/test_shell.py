"""What a tablet installs: the same bytes for everybody, whole, each file under its hash."""

import base64
import hashlib
import json
import re
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from app.config import ROOT
from app.core import assets
from app.core.db import db
from app.people.rules import Role
from tests.builders import PASSWORD, a_staff, an_estate

STATIC = assets.FOLDER


def precache(client: FlaskClient) -> dict[str, Any]:
    script = client.get("/service-worker.js").text
    first, _rest = script.split(";\n", 1)
    return dict(json.loads(first.removeprefix("self.__PRECACHE = ")))


def test_the_shell_is_the_same_for_everybody(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        staff = a_staff(an_estate(), Role.OFFICER, locale="en")
        login = staff.login
        db.session.commit()
    stranger = client.get("/tablet", headers={"Accept-Language": "zh"})
    client.post("/login", data={"login": login, "password": PASSWORD})
    known = client.get("/tablet", headers={"Accept-Language": "en"})

    assert stranger.data == known.data == client.get("/tablet/").data
    assert stranger.headers["Content-Security-Policy"] == known.headers["Content-Security-Policy"]
    assert "Set-Cookie" not in stranger.headers
    assert "nonce" not in stranger.text
    assert stranger.headers["Cache-Control"] == "no-cache"


def test_the_shell_runs_no_code_of_its_own(client: FlaskClient) -> None:
    page = client.get("/tablet").text

    inline = re.findall(r"<script(?![^>]*\bsrc=)(?![^>]*importmap)[^>]*>", page)
    assert inline == re.findall(r"<style|\bstyle=|\bon\w+=", page) == []


def test_the_worker_may_serve_the_whole_site_and_is_asked_for_anew(client: FlaskClient) -> None:
    answer = client.get("/service-worker.js")

    assert answer.mimetype == "text/javascript"
    assert answer.headers["Service-Worker-Allowed"] == "/"
    assert answer.headers["Cache-Control"] == "no-cache"
    assert answer.text.endswith((ROOT / "service_worker/worker.js").read_text("utf-8"))


def test_every_listed_file_is_there_under_its_hash(client: FlaskClient) -> None:
    for file in precache(client)["files"]:
        with client.get(file["url"]) as answer:
            digest = base64.b64encode(hashlib.sha256(answer.data).digest()).decode()
            assert (answer.status_code, file["integrity"]) == (200, f"sha256-{digest}"), file["url"]


def test_everything_the_tablet_imports_or_shows_is_listed(client: FlaskClient) -> None:
    """Or it would not start without a network."""
    listed = {file["url"] for file in precache(client)["files"]}
    ours = [path for path in (STATIC / "tablet").rglob("*") if path.is_file()]
    imports = json.loads(re.findall(r'<script type="importmap">(.*?)</script>', client.get("/tablet").text, re.S)[0])
    needed = {assets.url(path.relative_to(STATIC).as_posix()) for path in ours}
    needed |= {assets.url(path) for path in ("styles/tokens.css", "styles/tablet.css", "vendor/icons.svg")}
    needed |= {
        imports["imports"][name]
        for path in ours
        if path.suffix == ".js"
        for name in re.findall(r'(?:from|import) "([a-z@][^"./]*(?:/[^"]*)?)"', path.read_text("utf-8"))
    }

    assert needed - listed == set()
    assert precache(client)["files"][0]["url"] == "/tablet"


def test_nothing_is_listed_that_a_tablet_never_shows(client: FlaskClient) -> None:
    paths = [file["url"] for file in precache(client)["files"]]
    of_the_office = re.compile(r"/office/|/office\.css|/fonts/|/tabler.*(css|js)$|/htmx.*js$")

    assert [path for path in paths if of_the_office.search(path)] == []
    assert len(paths) == len(set(paths))


def test_the_version_follows_from_the_files_alone(client: FlaskClient) -> None:
    first, again = precache(client), precache(client)

    assert first == again
    assert first["version"].startswith(assets.tree())
    assert re.fullmatch(r"[\w-]+", first["version"])


def test_the_worker_knows_the_versions_that_must_not_run_any_more(app: Flask, client: FlaskClient) -> None:
    present = precache(client)["version"]
    app.config["WITHDRAWN_VERSIONS"] = ["0092c6a4", "a-longer-version_1", "7", present[:8]]

    told = precache(client)

    assert told["withdrawn"] == ["0092c6a4", "a-longer-version_1"]
    assert told["version"] == present


def test_the_manifest_is_json_and_its_icons_are_there(client: FlaskClient) -> None:
    answer = client.get("/tablet/manifest.webmanifest")

    manifest = json.loads(answer.text)
    assert answer.mimetype == "application/manifest+json"
    assert (manifest["start_url"], manifest["scope"]) == ("/tablet", "/tablet")
    for icon in manifest["icons"]:
        with client.get(icon["src"]) as picture:
            assert (picture.status_code, picture.mimetype) == (200, icon["type"])
