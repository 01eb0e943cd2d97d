"""Refusals as RFC 9457 says them: `application/problem+json`, for programs that are not tablets."""

import json
from typing import Any

from flask import Response

MEDIA_TYPE = "application/problem+json"


def problem(code: str, words: str, status: int, **more: Any) -> Response:
    """`code` is stable for programs, `words` are for a person, in the language that was asked for."""
    said = {"type": f"urn:doorstep:{code}", "title": words, "status": status, "code": code, **more}
    return Response(json.dumps(said, ensure_ascii=False), status, mimetype=MEDIA_TYPE)
