"""Other systems' door: work orders come in, then their progress; nothing is told but what became of them."""

from flask import Flask
from flask_wtf.csrf import CSRFProtect

from app.api import openapi, orders
from app.api.door import api

__all__ = ["api", "init_app", "openapi", "orders"]


def init_app(app: Flask, csrf: CSRFProtect) -> None:
    """Open the door. Systems bring a key with each request, no cookies: there is nothing to forge."""
    csrf.exempt(api)
    app.register_blueprint(api)
