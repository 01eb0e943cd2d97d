"""What somebody sees when an address is wrong or the product fails: a page in words, or JSON for a program."""

from math import ceil

from flask import Flask, Response, current_app, jsonify, make_response, render_template, request
from jinja2 import TemplateNotFound
from werkzeug.exceptions import HTTPException, InternalServerError

from app.core.clock import now
from app.core.db import db
from app.core.limits import limiter
from app.core.problems import problem


def init_app(app: Flask) -> None:
    """Answer every failure that no door answers by itself. The log has the detail; the user never sees a trace."""
    app.register_error_handler(HTTPException, _told)
    app.register_error_handler(InternalServerError, _failed)


def _failed(failure: InternalServerError) -> Response:
    db.session.rollback()
    return _told(failure)


def _told(failure: HTTPException) -> Response:
    code = failure.code or 500
    if failure.response is not None:  # a redirect
        return make_response(failure.response)
    if request.path.startswith("/sync/"):
        return make_response(jsonify(code=f"http:{code}", message=failure.name), code)
    if request.path.startswith("/api/"):
        return problem(f"http:{code}", failure.name, code)
    return make_response(_page(code), code)


def _page(code: int) -> str:
    try:
        return render_template(f"errors/{code}.html", code=code, minutes=_minutes_to_wait())
    except TemplateNotFound:
        current_app.logger.warning("no page for status %s", code)
        return render_template("errors/500.html" if code >= 500 else "errors/400.html", code=code)


def _minutes_to_wait() -> int:
    """Until whoever tried too often may try again, where that is why they stand here."""
    limit = limiter.current_limit
    seconds = limit.reset_at - 1 - now().timestamp() if limit else 0  # it adds a second to be on the safe side
    return max(1, ceil(seconds / 60))
