"""The description of the sync, made from the message types: `GET /sync/openapi.json`."""

import functools
import re
from dataclasses import dataclass
from typing import Any, Literal

from flask import Response, current_app, jsonify
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from app.people.access import anybody
from app.signatures.messages import Evidence, StatementText
from app.sync.answers import EnrolAnswer, PullAnswer, PushAnswer, RecoverAnswer, Refusal
from app.sync.door import sync
from app.sync.kinds import KINDS
from app.sync.messages import Enrol, Escrow, OperationText, Push, Recover, Wiped

Json = dict[str, Any]
_REF = "#/components/schemas/{model}"
SEND, READ = "sendToken", "readToken"


@dataclass(frozen=True)
class Described:
    """What a route takes and answers, and the token it asks for. No `answer` is an empty one."""

    takes: type[BaseModel] | None = None
    answer: type[BaseModel] | None = None
    token: str = ""
    status: int = 200


ROUTES: dict[str, Described] = {
    "sync.enrol_tablet": Described(Enrol, EnrolAnswer),
    "sync.escrow": Described(Escrow, token=READ, status=204),
    "sync.recover": Described(Recover, RecoverAnswer, SEND),
    "sync.wiped": Described(Wiped, token=SEND, status=204),
    "sync.push": Described(Push, PushAnswer, SEND),
    "sync.pull": Described(answer=PullAnswer, token=READ),
    "sync.ask_blob": Described(token=SEND),
    "sync.put_blob": Described(token=SEND),
    "sync.description": Described(),
}
"""Endpoint → what it is about. A test fails for a route that is not here."""

_HEADERS = {"sync.put_blob": ("Upload-Offset", "Upload-Length")}
_UPLOAD_ANSWER = {
    "Upload-Offset": {"description": "Bytes that the server holds.", "schema": {"type": "integer"}},
    "Upload-Complete": {"description": "?1 once all are there and checked.", "schema": {"type": "string"}},
}
_PULL_ANSWER = {
    "Next-Cursor": {
        "description": "The cursor of this page, if there is more: the next can be asked for while this one comes.",
        "schema": {"type": "string"},
    },
}


@sync.get("/openapi.json")
@anybody("it describes the messages and holds nothing of anybody")
def description() -> Response:
    """How tablets and server speak, as OpenAPI 3.1."""
    return jsonify(_description())


@functools.cache
def _description() -> Json:
    refs, schemas = _schemas()
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Doorstep sync",
            "version": "1",
            "description": "Operations go up frozen and are taken in once; documents come down by cursor. "
            "Bodies may be sent with Content-Encoding: gzip. Fields that are not known are passed over by tablets.",
        },
        "paths": _paths(refs),
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                SEND: {"type": "http", "scheme": "bearer", "description": "Hands in what was saved; needs no PIN."},
                READ: {"type": "http", "scheme": "bearer", "description": "Reads one person's scope."},
            },
        },
        "x-operations": {
            kind: {str(v): {"$ref": refs[row.body]} for (known, v), row in sorted(KINDS.items()) if known == kind}
            for kind in sorted({kind for kind, _v in KINDS})
        },
    }


def _schemas() -> tuple[dict[Any, str], Json]:
    """The reference of each message type, and all schemas by name."""
    taken = [row.takes for row in ROUTES.values() if row.takes]
    frozen = [OperationText, StatementText, Evidence, *(row.body for row in KINDS.values())]
    told = [row.answer for row in ROUTES.values() if row.answer] + [Refusal]
    wanted: list[tuple[Any, Literal["validation"]]] = [(one, "validation") for one in (*taken, *frozen, *told)]
    known, defs = models_json_schema(wanted, ref_template=_REF)
    refs = {model: str(schema["$ref"]) for (model, _mode), schema in known.items()}
    return refs, defs["$defs"]


def _paths(refs: dict[Any, str]) -> Json:
    paths: Json = {}
    for rule in current_app.url_map.iter_rules():
        if rule.endpoint in ROUTES:
            path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)
            for method in sorted((rule.methods or set()) - {"OPTIONS"} - _by_itself(rule.methods)):
                paths.setdefault(path, {})[method.lower()] = _operation(rule.endpoint, sorted(rule.arguments), refs)
    return dict(sorted(paths.items()))


def _by_itself(methods: set[str] | None) -> set[str]:
    """HEAD, where it only accompanies GET."""
    return {"HEAD"} if methods and "GET" in methods else set()


def _operation(endpoint: str, arguments: list[str], refs: dict[Any, str]) -> Json:
    row = ROUTES[endpoint]
    operation: Json = {
        "operationId": endpoint.removeprefix("sync."),
        "summary": (current_app.view_functions[endpoint].__doc__ or "").strip().splitlines()[0],
        "parameters": _parameters(endpoint, arguments),
        "responses": {str(row.status): _answer(endpoint, row, refs), "4XX": _refusal(refs), "5XX": _refusal(refs)},
        "security": [{row.token: []}] if row.token else [],
    }
    if row.takes:
        content = {"application/json": {"schema": {"$ref": refs[row.takes]}}}
        operation["requestBody"] = {"required": True, "content": content}
    elif endpoint in _HEADERS:
        binary = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}
        operation["requestBody"] = {"required": True, "content": binary}
    return operation


def _parameters(endpoint: str, arguments: list[str]) -> list[Json]:
    named = [{"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in arguments]
    if endpoint == "sync.pull":
        cursor = "As the last pull gave it; absent or empty for everything."
        named.append({"name": "cursor", "in": "query", "description": cursor, "schema": {"type": "string"}})
    for name in _HEADERS.get(endpoint, ()):
        named.append({"name": name, "in": "header", "required": True, "schema": {"type": "integer"}})
    return named


def _answer(endpoint: str, row: Described, refs: dict[Any, str]) -> Json:
    if row.answer:
        content = {"application/json": {"schema": {"$ref": refs[row.answer]}}}
        headers = {"headers": _PULL_ANSWER} if endpoint == "sync.pull" else {}
        return {"description": (row.answer.__doc__ or "").strip(), **headers, "content": content}
    if endpoint.endswith("_blob"):
        return {"description": "How far the upload has come.", "headers": _UPLOAD_ANSWER}
    return {"description": "Done." if row.status == 204 else "This description."}


def _refusal(refs: dict[Any, str]) -> Json:
    schema = {"schema": {"$ref": refs[Refusal]}}
    return {"description": "Refused, in words, or for now.", "content": {"application/json": schema}}
