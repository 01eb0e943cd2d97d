"""Pages open to the world: health, and whether a signed sheet is genuine."""

from flask import Flask
from flask_wtf.csrf import CSRFProtect

from app.public import health, verify
from app.public.door import public

__all__ = ["health", "init_app", "verify"]


def init_app(app: Flask, _csrf: CSRFProtect) -> None:
    """Open the door."""
    app.register_blueprint(public)
