"""The description of the door for other systems: every route is in it, and it holds to the rules of OpenAPI."""

import re
from typing import Any

from flask import Flask
from openapi_spec_validator import OpenAPIV31SpecValidator, validate

from app.api.openapi import ROUTES


def described(app: Flask) -> dict[str, Any]:
    answer = app.test_client().get("/api/v1/openapi.json")
    assert answer.status_code == 200
    return dict(answer.json)


def test_every_route_of_the_door_is_described_with_every_method(app: Flask) -> None:
    paths = described(app)["paths"]

    for rule in app.url_map.iter_rules():
        if rule.endpoint.startswith("api."):
            path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)
            methods = {method.lower() for method in rule.methods - {"OPTIONS", "HEAD"}}
            assert rule.endpoint in ROUTES, f"add {rule.endpoint} to ROUTES in app/api/openapi.py"
            assert methods == paths[path].keys(), path


def test_it_holds_to_the_rules_of_openapi_and_names_the_key(app: Flask) -> None:
    text = described(app)

    validate(text, cls=OpenAPIV31SpecValidator)
    post = text["paths"]["/api/v1/work-orders"]["post"]
    assert post["security"] == [{"key": []}]
    assert [one["name"] for one in post["parameters"]] == ["Idempotency-Key"]
    assert {"201", "400", "401", "409", "422", "429"} == post["responses"].keys()
