"""Static files of one version, and the policy that lets a browser run no others."""

import base64
import hashlib
import json
import re

import pytest
from flask.testing import FlaskClient

from app.core import assets

STYLE = "styles/tokens.css"


def policy(client: FlaskClient) -> dict[str, list[str]]:
    """The content policy of the tablet's page, by directive."""
    parts = client.get("/tablet").headers["Content-Security-Policy"].split("; ")
    return {name: sources for name, *sources in (part.split(" ") for part in parts)}


def test_a_file_is_served_under_the_hash_of_its_tree_for_good(client: FlaskClient) -> None:
    with client.get(assets.url(STYLE)) as answer:
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert answer.data == (assets.FOLDER / STYLE).read_bytes()


@pytest.mark.parametrize("path", ["/static/0123456789abcdef/styles/tokens.css", "/static/styles/tokens.css"])
def test_another_version_is_not_found_rather_than_mixed(client: FlaskClient, path: str) -> None:
    answer = client.get(path)

    assert answer.status_code == 404
    assert "immutable" not in answer.headers.get("Cache-Control", "")


@pytest.mark.parametrize("path", ["../config.py", "%2e%2e/app/config.py", "vendor.js", "icons.json", "nothing.css"])
def test_only_files_of_the_tree_are_served(client: FlaskClient, path: str) -> None:
    assert client.get(f"/static/{assets.tree()}/{path}").status_code == 404


def test_a_file_that_is_not_there_is_noticed_while_the_page_is_made() -> None:
    with pytest.raises(KeyError):
        assets.url("styles/forgotten.css")


def test_the_import_map_in_the_page_is_the_one_that_the_policy_names(client: FlaskClient) -> None:
    page = client.get("/tablet").text
    [script] = re.findall(r'<script type="importmap">(.*?)</script>', page, re.DOTALL)

    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()

    assert f"'sha256-{digest}'" in policy(client)["script-src"]
    assert all(address.startswith(f"/static/{assets.tree()}/vendor/") for address in imports(script).values())


def imports(script: str) -> dict[str, str]:
    return json.loads(script)["imports"]


def test_the_policy_allows_nothing_inline_and_no_eval(client: FlaskClient) -> None:
    said = policy(client)

    assert said["default-src"] == ["'self'"]
    assert said["object-src"] == said["base-uri"] == said["frame-ancestors"] == ["'none'"]
    assert not any("unsafe" in source for sources in said.values() for source in sources)


@pytest.mark.parametrize("path", ["/healthz", "/login", "/tablet", "/nothing/here"])
def test_every_answer_carries_the_security_headers(client: FlaskClient, path: str) -> None:
    headers = client.get(path).headers

    assert "Content-Security-Policy" in headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"


def test_a_page_with_somebodys_data_is_kept_by_no_cache(client: FlaskClient) -> None:
    assert client.get("/login").headers["Cache-Control"] == "no-store"
