"""The office's pages, on a desktop or on a department worker's phone."""

from flask import Flask
from flask_wtf.csrf import CSRFProtect

from app.office import (
    batches,
    devices,
    documents,
    inbox,
    inspections,
    issue,
    issues,
    login,
    photos,
    plans,
    records,
    roster,
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
    "inspections",
    "issue",
    "issues",
    "login",
    "photos",
    "plans",
    "records",
    "roster",
    "units",
    "unsent",
    "visits",
]


def init_app(app: Flask, _csrf: CSRFProtect) -> None:
    """Open the door, with every page that stands behind it."""
    app.register_blueprint(office)
