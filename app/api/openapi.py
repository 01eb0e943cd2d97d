"""The description of this door, made from the message types: `GET /api/v1/openapi.json`."""

import functools
import re
from dataclasses import dataclass
from typing import Any, Literal

from flask import Response, current_app, jsonify
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from app.api.door import api
from app.api.messages import Arrived, Dispatched, Finished, Problem, WorkOrderPosted, WorkOrderTold
from app.core.problems import MEDIA_TYPE
from app.people.access import anybody

Json = dict[str, Any]
_REF = "#/components/schemas/{model}"
_IDEMPOTENCY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "A key of your own, one for each request. The same request again gets the same answer.",
    "schema": {"type": "string", "maxLength": 255},
}


@dataclass(frozen=True)
class Described:
    """What a route takes and answers, with which status, and which refusals it knows."""

    takes: type[BaseModel] | None = None
    answer: type[BaseModel] | None = None
    status: int = 200
    refusals: tuple[int, ...] = ()
    open: bool = False


ROUTES: dict[str, Described] = {
    "api.post_order": Described(WorkOrderPosted, WorkOrderTold, 201, (400, 401, 409, 422, 429)),
    "api.get_order": Described(None, WorkOrderTold, 200, (401, 404, 429)),
    "api.order_dispatched": Described(Dispatched, WorkOrderTold, 200, (400, 401, 404, 409, 422, 429)),
    "api.order_arrived": Described(Arrived, WorkOrderTold, 200, (400, 401, 404, 409, 422, 429)),
    "api.order_finished": Described(Finished, WorkOrderTold, 200, (400, 401, 404, 409, 422, 429)),
    "api.description": Described(open=True),
}
"""Endpoint → what it is about. A test fails for a route that is not here."""

_REFUSED = {
    400: "The body cannot be read; `errors` names the fields.",
    401: "The key is missing, unknown or withdrawn.",
    404: "No work order of yours has this number.",
    409: "The number is known with other content, or the order has moved on meanwhile. Nothing was changed.",
    422: "It was read, and cannot be: the words say why. Nothing was changed.",
    429: "Too many requests; Retry-After says when to come again.",
}


@api.get("/openapi.json")
@anybody("it describes the messages and holds nothing of anybody")
def description() -> Response:
    """How other systems speak with the office, as OpenAPI 3.1."""
    return jsonify(_description())


@functools.cache
def _description() -> Json:
    models = [WorkOrderPosted, Dispatched, Arrived, Finished, WorkOrderTold, Problem]
    wanted: list[tuple[Any, Literal["validation"]]] = [(one, "validation") for one in models]
    known, defs = models_json_schema(wanted, ref_template=_REF)
    refs = {model: str(schema["$ref"]) for (model, _mode), schema in known.items()}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Doorstep work orders",
            "version": "1",
            "description": "Post work orders and their progress. Only the owner's answer at the callback closes one. "
            "Words come in Chinese or English, as Accept-Language asks.",
        },
        "servers": [{"url": "/"}],
        "paths": _paths(refs),
        "components": {
            "schemas": defs["$defs"],
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer", "description": "The key of your system."}},
        },
    }


def _paths(refs: dict[Any, str]) -> Json:
    paths: Json = {}
    for rule in current_app.url_map.iter_rules():
        if rule.endpoint in ROUTES:
            path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)
            for method in sorted((rule.methods or set()) - {"OPTIONS", "HEAD"}):
                paths.setdefault(path, {})[method.lower()] = _operation(rule.endpoint, sorted(rule.arguments), refs)
    return dict(sorted(paths.items()))


def _operation(endpoint: str, arguments: list[str], refs: dict[Any, str]) -> Json:
    row = ROUTES[endpoint]
    doc = current_app.view_functions[endpoint].__doc__ or ""
    named: list[Json] = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in arguments
    ]
    operation: Json = {
        "operationId": endpoint.removeprefix("api."),
        "summary": doc.strip().splitlines()[0],
        "parameters": [*named, _IDEMPOTENCY] if row.takes else named,
        "responses": {str(row.status): _answer(row, refs)}
        | {
            str(status): {"description": _REFUSED[status], "content": {MEDIA_TYPE: {"schema": {"$ref": refs[Problem]}}}}
            for status in row.refusals
        },
        "security": [] if row.open else [{"key": []}],
    }
    if row.takes:
        content = {"application/json": {"schema": {"$ref": refs[row.takes]}}}
        operation["requestBody"] = {"required": True, "content": content}
    return operation


def _answer(row: Described, refs: dict[Any, str]) -> Json:
    if row.answer is None:
        return {"description": "This description."}
    schema = {"schema": {"$ref": refs[row.answer]}}
    return {"description": (row.answer.__doc__ or "").strip(), "content": {"application/json": schema}}
