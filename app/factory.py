"""Puts the program together: settings, database, languages, doors."""

import uuid
from typing import Any

from flask import Flask, abort, g, request, session
from flask_login import LoginManager, current_user
from flask_wtf.csrf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from app import api, office, public, sync, tablet
from app.config import ROOT, from_environment
from app.core import assets, headers, i18n
from app.core import db as database
from app.core.db import db
from app.core.fields import Asked
from app.core.limits import limiter
from app.people.models import Staff

csrf = CSRFProtect()
_SAFE = {"GET", "HEAD", "OPTIONS"}


def create_app(config: dict[str, Any] | None = None) -> Flask:
    """The WSGI application, with settings from the environment unless given."""
    app = Flask("doorstep", root_path=str(ROOT / "app"), template_folder=str(ROOT / "templates"), static_folder=None)
    app.config.update(config or from_environment())
    _believe_proxies(app, app.config.get("PROXIES", 0))

    _read_no_nul(app)
    database.init_app(app)
    i18n.init_app(app, _locale)
    assets.init_app(app)
    headers.init_app(app)
    limiter.init_app(app)
    csrf.init_app(app)
    _log_people_in(app)
    _say_what_transactions_are_for(app)

    for door in (office, tablet, sync, public, api):
        door.init_app(app, csrf)
    return app


def _believe_proxies(app: Flask, count: int) -> None:
    """Whose request it is, and to which address it came, as that many proxies before us say; of none, nobody's word."""
    if count:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]


def _read_no_nul(app: Flask) -> None:
    """In no field of a request; and at an address with it there is nothing."""
    app.request_class = Asked

    @app.before_request
    def find_nothing() -> None:
        if "\0" in request.path:
            abort(404)


def _locale() -> str:
    if current_user and current_user.is_authenticated:
        return str(current_user.locale)
    return session.get("locale") or request.accept_languages.best_match(i18n.LOCALES) or i18n.DEFAULT_LOCALE


def _log_people_in(app: Flask) -> None:
    logins = LoginManager(app)

    @logins.user_loader  # type: ignore[untyped-decorator]
    def staff(key: str) -> Staff | None:
        staff_id, _dot, _fingerprint = key.partition(".")
        found = db.session.get(Staff, uuid.UUID(staff_id))
        return found if found and found.left_at is None and found.get_id() == key else None


def _say_what_transactions_are_for(app: Flask) -> None:
    @app.before_request
    def begin() -> None:
        if request.method in _SAFE:
            g.reading = database.begin_reading()

    @app.teardown_request
    def end(_error: BaseException | None) -> None:
        token = g.pop("reading", None)
        if token is not None:
            database.end_reading(token)
