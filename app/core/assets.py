"""Static files under `/static/<hash of the tree>/…`: immutable, so that relative imports never mix versions."""

import base64
import hashlib
import json
from functools import lru_cache
from pathlib import Path

from flask import Flask, Response, abort, current_app, request, send_from_directory

FOLDER = Path(__file__).parents[2] / "static"
_UNSERVED = {"vendor.js", "icons.json"}


@lru_cache(maxsize=1)
def files() -> dict[str, str]:
    """Path below `static/` → SHA-256 of the file in base64, for every file that is served."""
    return {
        path.relative_to(FOLDER).as_posix(): base64.b64encode(hashlib.sha256(path.read_bytes()).digest()).decode()
        for path in sorted(FOLDER.rglob("*"))
        if path.is_file() and path.relative_to(FOLDER).as_posix() not in _UNSERVED
    }


@lru_cache(maxsize=1)
def tree() -> str:
    """The version of all static files together: 16 hexadecimal digits."""
    listing = "\n".join(f"{path} {digest}" for path, digest in files().items())
    return hashlib.sha256(listing.encode()).hexdigest()[:16]


def url(path: str) -> str:
    """Where a static file is served. Raises KeyError for a file that is not there."""
    files()[path]
    return f"/static/{tree()}/{path}"


@lru_cache(maxsize=1)
def import_map() -> str:
    """The import map of the browser's modules as the exact text that stands in the page and is hashed in its CSP."""
    vendored = json.loads((FOLDER / "vendor/importmap.json").read_text("utf-8"))
    imports = {name: url(f"vendor/{path}") for name, path in vendored.items()}
    return json.dumps({"imports": imports}, indent=1, sort_keys=True)


def import_map_hash() -> str:
    """`sha256-…` of the import map, for `script-src`."""
    return "sha256-" + base64.b64encode(hashlib.sha256(import_map().encode()).digest()).decode()


def forget() -> None:
    """Read the tree anew at the next question: while developing, files change under a running server."""
    for answer in (files, tree, import_map):
        answer.cache_clear()


def init_app(app: Flask) -> None:
    """Serve the tree and give templates `static(path)`."""
    app.add_url_rule("/static/<version>/<path:path>", "static", _serve, methods=["GET"])
    app.jinja_env.globals.update(static=url, import_map=import_map)
    if app.debug:
        app.before_request(forget)


def _serve(version: str, path: str) -> Response:
    # A page of an older version must not get newer modules under its own address.
    if version != tree() or path not in files():
        current_app.logger.info("static file gone: %s", request.path)
        abort(404)
    response = send_from_directory(FOLDER, path, conditional=True)
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response
