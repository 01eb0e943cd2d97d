"""The door of other systems: its blueprint, whose key it is, bodies as messages, refusals as problems in words."""

import hashlib
from contextlib import suppress
from typing import Any, TypeVar, cast

from flask import Blueprint, Response, abort, current_app, g, request
from pydantic import BaseModel, ValidationError
from werkzeug.exceptions import RequestEntityTooLarge

from app.core.clock import now
from app.core.errors import NotAllowed, Refused, TooLarge
from app.core.i18n import _
from app.core.problems import problem
from app.people.access import access_of
from app.people.systems import OtherSystem, seen, system_with

api = Blueprint("api", __name__, url_prefix="/api/v1")
LARGEST_BODY = 64 * 1024
"""Bytes of a request: a work order has a few hundred."""

M = TypeVar("M", bound=BaseModel)


class NoKey(NotAllowed):
    """The key is missing, unknown or withdrawn."""

    status = 401


class Unreadable(Refused):
    """The body is not what this address takes; `errors` names each field that is wrong."""

    status = 400


def system_here() -> OtherSystem:
    """Whose key came with this request. Only inside a view for systems."""
    return cast(OtherSystem, g.system)


def message(kind: type[M]) -> M:
    """The body of this request as a message. Raises Unreadable or TooLarge."""
    sent = _body()
    try:
        return kind.model_validate_json(sent)
    except ValidationError as error:
        told = error.errors(include_input=False, include_url=False, include_context=False)
        wrong = [{"field": ".".join(map(str, one["loc"])), "message": _said(one["type"])} for one in told]
        fields = ", ".join(dict.fromkeys(one["field"] for one in wrong if one["field"]))
        words = _("These fields cannot be read: %(fields)s.", fields=fields) if fields else _("This is no JSON.")
        raise Unreadable("request:unreadable", words, errors=wrong) from error


def _body() -> bytes:
    """The bytes of this request, whether it says how many they are or not. Raises TooLarge."""
    request.max_content_length = LARGEST_BODY + 1  # what goes on and on is cut off there
    with suppress(RequestEntityTooLarge):
        if len(told := request.get_data()) <= LARGEST_BODY:
            return told
    raise TooLarge("request:too_large", _("This request is too large."))


def who_asks() -> str:
    """What requests are counted by: the key that they bring."""
    return hashlib.sha256(_bearer().encode()).hexdigest()


@api.before_request
def _let_in() -> None:
    access = access_of(current_app.view_functions[request.endpoint or ""])
    if access is None:
        abort(500, "a route without a permission")
    if access.who == "anybody":
        return
    system = system_with(_bearer())
    if system is None:
        raise NoKey("auth:key", _("This key opens nothing. Ask the administrator of the estate for one."))
    if request.method not in ("GET", "HEAD"):
        seen(system, now())
    g.system = system


@api.errorhandler(Refused)
def _refused(refusal: Refused) -> Response:
    current_app.logger.info("refused %s %s", request.path, refusal.code)
    more: dict[str, Any] = {name: refusal.detail[name] for name in ("errors",) if name in refusal.detail}
    answer = problem(refusal.code, str(refusal.message), refusal.status, **more)
    if isinstance(refusal, NoKey):
        answer.headers["WWW-Authenticate"] = "Bearer"
    return answer


@api.after_request
def _for_nobody_else(response: Response) -> Response:
    """Nobody on the way keeps it, and what is told is in the language that was asked for."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["Vary"] = "Accept-Language"
    return response


def _said(kind: str) -> str:
    """What is wrong with a field, in words."""
    words = {
        "missing": _("This field is missing."),
        "extra_forbidden": _("There is no such field."),
        "string_too_long": _("This is too long."),
        "string_too_short": _("This is blank."),
        "timezone_aware": _("A moment needs its time zone, such as 2026-11-27T09:30:00+08:00."),
        "json_invalid": _("This is no JSON."),
        "enum": _("This is none of the values there are."),
    }
    return str(words.get(kind, _("This value cannot be read.")))


def _bearer() -> str:
    kind, _space, key = request.headers.get("Authorization", "").partition(" ")
    return key.strip() if kind.lower() == "bearer" else ""
