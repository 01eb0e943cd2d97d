"""The office's pages, on a desktop or on a department worker's phone."""

from flask import Flask
from flask_wtf.csrf import CSRFProtect

from app.office import inbox, login
from app.office.door import office

__all__ = ["inbox", "init_app", "login"]


def init_app(app: Flask, _csrf: CSRFProtect) -> None:
    """Open the door, with every page that stands behind it."""
    app.register_blueprint(office)
