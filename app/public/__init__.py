"""Pages open to the world: health, and whether a signed sheet is genuine."""

from flask import Flask
from flask_wtf.csrf import CSRFProtect

from app.public import examine, failures, heads, health, verify
from app.public.door import public

__all__ = ["examine", "failures", "heads", "health", "init_app", "verify"]


def init_app(app: Flask, _csrf: CSRFProtect) -> None:
    """Open the door, and answer for whatever fails."""
    app.register_blueprint(public)
    failures.init_app(app)
