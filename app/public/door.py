"""The door that is open to the world: its blueprint, and refusals as a page."""

from flask import Blueprint, current_app, render_template, request, url_for

from app.core.errors import Refused
from app.core.i18n import current_locale

public = Blueprint("public", __name__)


@public.app_context_processor
def _language() -> dict[str, str]:
    return {"locale": current_locale()}


@public.errorhandler(Refused)
def _refused(refusal: Refused) -> tuple[str, int]:
    current_app.logger.info("refused %s %s %s", request.path, refusal.code, refusal.detail)
    return render_template("errors/refused.html", message=refusal.message), refusal.status


def reached_at() -> str:
    """The address under which people reach the office, `/` at its end: what a request calls us is only a claim."""
    return str(current_app.config["PUBLIC_URL"] or request.host_url).rstrip("/") + "/"


def where_it_is_checked(sha256: str) -> str:
    """The address, for a paper, at which whoever holds it learns whether it is genuine."""
    return reached_at() + url_for("public.verify", sha256=sha256).removeprefix("/")
