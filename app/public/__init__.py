"""Pages open to the world: health, whether a signed sheet is genuine, an owner's copy."""

from flask import Flask
from flask_wtf.csrf import CSRFProtect

from app.public import copy, examine, failures, heads, health, seals, verify
from app.public.door import public

__all__ = ["copy", "examine", "failures", "heads", "health", "init_app", "seals", "verify"]


def init_app(app: Flask, _csrf: CSRFProtect) -> None:
    """Open the door, and answer for whatever fails."""
    app.register_blueprint(public)
    failures.init_app(app)
    copy.init_app(app)
