"""The office's pages, on a desktop or on a department worker's phone."""

from flask import Flask
from flask_wtf.csrf import CSRFProtect

from app.office import (
    batches,
    devices,
    documents,
    inbox,
    issue,
    issues,
    login,
    photos,
    plans,
    records,
    roster,
    search,
    units,
    unsent,
    visits,
)
from app.office.door import office

__all__ = [
    "batches",
    "devices",
    "documents",
    "inbox",
    "init_app",
    "issue",
    "issues",
    "login",
    "photos",
    "plans",
    "records",
    "roster",
    "search",
    "units",
    "unsent",
    "visits",
]


def init_app(app: Flask, _csrf: CSRFProtect) -> None:
    """Open the door, with every page that stands behind it."""
    app.register_blueprint(office)
