"""The tablets' door: its blueprint, tokens, and refusals as JSON."""

from flask import Blueprint

sync = Blueprint("sync", __name__, url_prefix="/sync")
