"""The tablets' data: enrolment, operations up, documents down, blobs."""

from flask import Flask
from flask_wtf.csrf import CSRFProtect

from app.sync import life, models, openapi, views
from app.sync.door import sync

__all__ = ["init_app", "life", "models", "openapi", "sync", "views"]


def init_app(app: Flask, csrf: CSRFProtect) -> None:
    """Open the door. Tablets bring bearer tokens, no cookies: there is nothing to forge."""
    csrf.exempt(sync)
    app.register_blueprint(sync)
