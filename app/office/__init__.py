"""The office's pages, on a desktop or on a department worker's phone."""

from flask import Flask
from flask_wtf.csrf import CSRFProtect

from app.office import (
    amendments,
    batches,
    briefing,
    calls,
    department_work,
    devices,
    documents,
    due,
    inbox,
    inspections,
    issue,
    issues,
    login,
    owner_file,
    photos,
    plans,
    records,
    roster,
    search,
    setting_categories,
    setting_chains,
    setting_departments,
    setting_limits,
    setting_texts,
    settings,
    special_order,
    specials,
    units,
    unsent,
    visits,
    work_photos,
)
from app.office.door import office

__all__ = [
    "amendments",
    "batches",
    "briefing",
    "calls",
    "department_work",
    "devices",
    "documents",
    "due",
    "inbox",
    "init_app",
    "inspections",
    "issue",
    "issues",
    "login",
    "owner_file",
    "photos",
    "plans",
    "records",
    "roster",
    "search",
    "setting_categories",
    "setting_chains",
    "setting_departments",
    "setting_limits",
    "setting_texts",
    "settings",
    "special_order",
    "specials",
    "units",
    "unsent",
    "visits",
    "work_photos",
]


def init_app(app: Flask, _csrf: CSRFProtect) -> None:
    """Open the door, with every page that stands behind it."""
    app.register_blueprint(office)
