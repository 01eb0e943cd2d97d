"""The tablet's shell page, its service worker and manifest."""

from flask import Flask
from flask_wtf.csrf import CSRFProtect

from app.tablet.pages import tablet


def init_app(app: Flask, csrf: CSRFProtect) -> None:
    """Open the door. It sets no cookie and takes no form."""
    csrf.exempt(tablet)
    app.register_blueprint(tablet)
