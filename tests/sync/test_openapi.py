"""The description of the sync: every route is in it, and the server says what it describes and nothing else."""

import re
from typing import Any

import pytest
from flask import Flask
from openapi_spec_validator import OpenAPIV31SpecValidator, validate

from app.core.db import db
from app.core.ids import new_id
from app.estates.models import Estate, Unit
from app.estates.owner_file import Hand, change_fields, member_joins
from app.people.models import Staff
from app.people.queries import departments
from app.sync.answers import EnrolAnswer, PullAnswer, PushAnswer
from app.sync.kinds import KINDS
from app.sync.openapi import ROUTES
from tests.builders import NOBODY, NOW, TODAY, a_line, a_survey, a_survey_out
from tests.sync.kept import a_visit, of_an_unknown_category
from tests.world import World

Json = dict[str, Any]

HAND = Hand(NOBODY, NOW, TODAY)


def described(app: Flask) -> Json:
    answer = app.test_client().get("/sync/openapi.json")
    assert answer.status_code == 200
    return dict(answer.json)


def references(part: object) -> set[str]:
    """Every `$ref` that stands anywhere in it."""
    if isinstance(part, dict):
        own = {part["$ref"]} if isinstance(part.get("$ref"), str) else set()
        return own.union(*(references(value) for value in part.values()))
    return set().union(*(references(value) for value in part)) if isinstance(part, list) else set()


def test_every_route_of_the_door_is_described_with_every_method(app: Flask) -> None:
    paths = described(app)["paths"]

    for rule in app.url_map.iter_rules():
        if not rule.endpoint.startswith("sync."):
            continue
        path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)
        methods = {method.lower() for method in rule.methods - {"OPTIONS"}}
        methods -= {"head"} if "get" in methods else set()
        assert rule.endpoint in ROUTES, f"add {rule.endpoint} to ROUTES in app/sync/openapi.py"
        assert methods <= paths[path].keys(), path


def test_it_holds_to_the_rules_of_openapi(app: Flask) -> None:
    text = described(app)

    validate(text, cls=OpenAPIV31SpecValidator)
    operations = [operation for path in text["paths"].values() for operation in path.values()]
    assert all(operation["summary"] for operation in operations)


def test_every_kind_of_operation_is_described_in_its_version(app: Flask) -> None:
    text = described(app)

    told = {(kind, int(v)) for kind, versions in text["x-operations"].items() for v in versions}

    assert told == KINDS.keys()
    assert "VisitAppended" in text["components"]["schemas"]


def test_enrolment_says_what_is_described(world: World) -> None:
    assert EnrolAnswer.model_validate(world.tablet.enrolled)


def test_a_push_says_what_is_described(world: World) -> None:
    tablet = world.tablet
    visit = a_visit(world, issues=[tablet.an_issue()])
    early = tablet.an_addendum(world.estate_id, a_visit(world))

    answer = tablet.push(tablet.freeze(visit), tablet.freeze(of_an_unknown_category(world)), tablet.freeze(early))

    told = PushAnswer.model_validate_json(answer.text)
    assert [receipt.status for receipt in told.receipts] == ["applied", "rejected", "review"]


@pytest.mark.parametrize("cursor", ["", "nonsense"])
def test_a_pull_says_what_is_described(app: Flask, world: World, cursor: str) -> None:
    tablet = world.tablet
    visit = a_visit(world, issues=[tablet.an_issue()], task_ids=[str(world.task_id)])
    with app.app_context():
        unit, estate = db.session.get_one(Unit, world.unit_id), db.session.get_one(Estate, world.estate_id)
        member_joins(unit, new_id(), "李芳", "配偶", None, HAND)
        change_fields(unit, unit, {"plates": ["浙A12345"], "preferred_contact": "周末"}, HAND)
        line_id = a_line(estate).id
        officer, [department] = db.session.get_one(Staff, world.officer_id), departments(estate.id)
        a_survey_out(a_survey(estate, officer, (department, "维修及时")), [unit], officer)
        db.session.commit()
    sent = [
        *(visit, of_an_unknown_category(world), tablet.an_addendum(world.estate_id, visit)),
        tablet.a_correction(world.estate_id, world.unit_id, "plates", {"plate": "浙A00001"}),
        tablet.an_inspection(world.estate_id),
        tablet.a_reading(world.estate_id, (line_id, 1)),
    ]
    tablet.receipts(*(tablet.freeze(operation) for operation in sent))

    told = PullAnswer.model_validate(tablet.pull(cursor))

    types = {change.type for change in told.changes}
    assert types == {"estate", "unit", "task", "issue", "record", "briefing", "survey"}
    kinds = {change.doc.kind for change in told.changes if change.type == "record"}
    assert kinds == {"visit", "addendum", "correction", "inspection", "briefing"}
    for change in told.changes:
        assert type(change.doc).__name__.lower() == f"{change.type}doc"
