"""The door that is open to the world: its blueprint, and refusals as a page."""

from flask import Blueprint, current_app, render_template, request

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
