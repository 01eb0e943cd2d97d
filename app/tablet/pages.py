"""What a tablet installs: one static page, a service worker with its precache list, a manifest."""

import base64
import hashlib
import json
from functools import lru_cache

from flask import Blueprint, Response, current_app, render_template

from app.config import ROOT
from app.core import assets
from app.people.access import anybody

tablet = Blueprint("tablet", __name__)
_NOT_FOR_TABLETS = (
    "office/",
    "vendor/fonts/",
    "vendor/tabler",
    "vendor/htmx",
    "styles/office",
    "styles/documents",
    "styles/copy",
)
SHELL = "/tablet"
SHOWN = 8  # characters of a version that the tablet's own page shows


@tablet.get(SHELL)
@tablet.get(SHELL + "/")
@anybody("the shell holds no data; a tablet opens it before anybody is logged in")
def shell() -> Response:
    """The one page of the tablet app. The same bytes for everybody, so that it can be precached."""
    response = Response(shell_page(), mimetype="text/html")
    response.headers["Cache-Control"] = "no-cache"
    response.headers["Vary"] = "Accept-Encoding"
    return response


@tablet.get("/service-worker.js")
@anybody("a browser fetches its service worker without credentials")
def service_worker() -> Response:
    """Our worker, with the list of files that this version consists of and of versions that it may push aside."""
    listing = json.dumps(precache() | {"withdrawn": withdrawn()}, sort_keys=True)
    worker = (ROOT / "service_worker/worker.js").read_text("utf-8")
    response = Response(f"self.__PRECACHE = {listing};\n{worker}", mimetype="text/javascript")
    response.headers["Cache-Control"] = "no-cache"
    response.headers["Service-Worker-Allowed"] = "/"
    return response


@tablet.get("/tablet/manifest.webmanifest")
@anybody("a browser reads it to install the app")
def manifest() -> Response:
    """Name, colours and icons of the installed app."""
    page = render_template("tablet/manifest.webmanifest")
    return Response(page, mimetype="application/manifest+json", headers={"Cache-Control": "no-cache"})


@lru_cache(maxsize=4)
def _rendered(_tree: str) -> str:
    return render_template("tablet/shell.html")


def shell_page() -> str:
    """The shell page for the present tree of static files."""
    return _rendered(assets.tree())


def precache() -> dict[str, object]:
    """Version and files (address and integrity) of the shell as it stands."""
    page = shell_page().encode()
    digest = base64.b64encode(hashlib.sha256(page).digest()).decode()
    listed = [{"url": SHELL, "integrity": f"sha256-{digest}"}]
    listed += [
        {"url": assets.url(path), "integrity": f"sha256-{digest}"}
        for path, digest in assets.files().items()
        if not path.startswith(_NOT_FOR_TABLETS)
    ]
    return {"version": assets.tree() + digest[:8].replace("/", "_").replace("+", "-"), "files": listed}


def withdrawn() -> list[str]:
    """Beginnings of versions that must not run on any tablet any more: the setting WITHDRAWN_VERSIONS.

    Never the version that is served here, nor a beginning too short to mean one version.
    """
    present = str(precache()["version"])
    named: list[str] = current_app.config["WITHDRAWN_VERSIONS"]
    return [version for version in named if len(version) >= SHOWN and not present.startswith(version)]
