"""The tablets' door: its blueprint, its tokens, and refusals as JSON."""

import zlib
from typing import TypeVar

from flask import Blueprint, Response, abort, current_app, jsonify, request
from isal import igzip
from pydantic import BaseModel, ValidationError

from app.core.errors import NotAllowed, Refused, TooLarge
from app.core.i18n import _
from app.core.json_size import count_values
from app.people.access import access_of
from app.people.models import Device, DeviceUser
from app.people.tablets import device_by_send_token, user_by_read_token

sync = Blueprint("sync", __name__, url_prefix="/sync")
LARGEST_BODY = 64 * 1024 * 1024
"""Bytes of operations going up, after gunzip."""
LARGEST_MESSAGE = 64 * 1024
"""Bytes of any other message, after gunzip."""
MOST_VALUES = 10_000
"""Values in a message. Operations are sealed strings of which 100 make some hundred; values that are empty lists or
objects take a hundred times the memory of their bytes, and a packed one takes a thousandth of those."""
PACKED = 2
"""A page of 800 kB becomes 51 kB in 0.3 ms; the standard library's level 5 makes 45 kB of it in 3.8 ms."""

M = TypeVar("M", bound=BaseModel)


class NoToken(NotAllowed):
    """The bearer token is missing, unknown or revoked."""

    status = 401


class Unreadable(Refused):
    """The body is not what this address takes. The tablet keeps what it sent."""

    status = 400


def sending_device() -> Device:
    """The tablet that holds the send token of this request, revoked or not: what it brings is kept either way."""
    device = device_by_send_token(_bearer())
    if device is None:
        raise NoToken("auth:token", _("This tablet is not known to the office."))
    return device


def reading_user() -> DeviceUser:
    """Whose vault the read token of this request belongs to."""
    user = user_by_read_token(_bearer())
    if user is None:
        raise NoToken("auth:token", _("This tablet may not read any more. Ask the office."))
    return user


def message(kind: type[M], most: int = LARGEST_MESSAGE) -> M:
    """The body of this request, of so many bytes at most, as a message. Raises Unreadable or TooLarge."""
    told = body(most)
    if count_values(told) > MOST_VALUES:
        raise TooLarge("message:too_large", _("The message is too large."))
    try:
        return kind.model_validate_json(told)
    except ValidationError as error:
        detail = str(error.errors(include_input=False, include_url=False))
        raise Unreadable("message:unreadable", _("The server cannot read this message."), detail=detail) from error


def body(most: int) -> bytes:
    """The bytes of this request's body, unpacked if they came gzipped. Raises TooLarge, before there are more."""
    raw = request.get_data()
    if request.content_encoding == "gzip":
        unpacker = zlib.decompressobj(wbits=31)
        try:
            raw = unpacker.decompress(raw, most + 1)
        except zlib.error as error:
            raise Unreadable("message:not_gzip", _("The server cannot read this message.")) from error
    if len(raw) > most:
        raise TooLarge("message:too_large", _("The message is too large."))
    return raw


@sync.before_request
def _let_in() -> None:
    if access_of(current_app.view_functions[request.endpoint or ""]) is None:
        abort(500, "a route without a permission")


@sync.errorhandler(Refused)
def _refused(refusal: Refused) -> tuple[Response, int, dict[str, str]]:
    current_app.logger.info("refused %s %s %s", request.path, refusal.code, refusal.detail)
    answer = {"code": refusal.code, "message": str(refusal.message)}
    held = refusal.detail.get("held")
    return jsonify(answer), refusal.status, {} if held is None else {"Upload-Offset": str(held)}


@sync.after_request
def _pack(response: Response) -> Response:
    """Gzip what is worth it, and let nobody on the way keep it."""
    response.headers["Cache-Control"] = "no-store"
    worth_it = response.status_code == 200 and (response.content_length or 0) > 1400
    if worth_it and request.accept_encodings.quality("gzip") > 0 and "Content-Encoding" not in response.headers:
        response.set_data(igzip.compress(response.get_data(), compresslevel=PACKED))
        response.headers["Content-Encoding"] = "gzip"
        response.headers["Vary"] = "Accept-Encoding"
    return response


def _bearer() -> str:
    kind, _space, token = request.headers.get("Authorization", "").partition(" ")
    return token if kind == "Bearer" else ""


def json_answer(text: str) -> Response:
    """A JSON body that is ready as text: receipts are told byte for byte."""
    return Response(text, mimetype="application/json")
