"""Settings as a browser saves them: a page's form with what was typed into it, and what was set by it."""

import re
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.core.changes import changes
from app.core.db import db
from app.estates.models import Estate
from tests.office.conftest import Desk


def sent_with(page: str, *, action: str = "") -> dict[str, str]:
    """Every field as it stands in a page's form (the one with this action), as a browser would send it."""
    form = next(one for one in re.findall(r"<form.*?</form>", page, re.DOTALL) if action in one and 'seen"' in one)
    fields = {}
    for tag in re.findall(r"<input[^>]*>", form):
        told = dict(re.findall(r'(\S+?)="([^"]*)"', tag))
        if told.get("type") not in ("radio", "checkbox") or "checked" in tag:
            fields[told.get("name", "")] = told.get("value", "")
    for name, inside in re.findall(r'<textarea[^>]*name="([^"]*)"[^>]*>(.*?)</textarea>', form, re.DOTALL):
        fields[name] = inside.strip().replace("&#39;", "'")
    for name, inside in re.findall(r'<select[^>]*name="([^"]*)"[^>]*>(.*?)</select>', form, re.DOTALL):
        chosen = re.findall(r'<option[^>]*selected[^>]*value="([^"]*)"', inside)
        fields[name] = chosen[0] if chosen else ""
    return fields


def save(browser: FlaskClient, address: str, page: str | None = None, **typed: str) -> TestResponse:
    """Open a page (unless it was opened before), type into it, send it."""
    fields = sent_with(page or browser.get(address).text, action=f'action="{_target(address)}"')
    return browser.post(_target(address), data=fields | typed)


def _target(address: str) -> str:
    return "/settings/organisation" if address == "/settings" else address


def the_estate(desk: Desk) -> Estate:
    db.session.expire_all()
    return db.session.get_one(Estate, desk.estate_id)


def told(app: Flask, desk: Desk) -> list[tuple[str, Any, Any]]:
    with app.app_context():
        return [(row.setting, row.before, row.after) for row in changes(desk.estate_id)[0]]
