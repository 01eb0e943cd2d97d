"""Whatever somebody pasted into a field, and however much, arrives and is entered on either database."""

import json
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from app.core.db import db
from app.issues.models import Issue
from app.signatures.actions import read_statement
from app.signatures.rules import canonical
from app.visits.agreement import what_differs
from app.visits.models import Visit
from tests.model_tablet import an_id
from tests.sync.conftest import World

PASTED, KEPT = "阳台\0漏水", "阳台�漏水"


def test_a_visit_with_nul_in_every_field_is_entered_and_is_what_was_signed(app: Flask, world: World) -> None:
    tablet = world.tablet
    issues = [tablet.an_issue(PASTED), tablet.an_issue(PASTED, answered=True, answer=PASTED, promised_on=None)]
    said = {"interviewee": {"name": PASTED, "relation": "other"}, "issues": issues, "wishes": PASTED}
    visit = tablet.a_visit(world.estate_id, world.unit_id, **said)

    [receipt] = tablet.receipts(tablet.freeze(visit))

    assert receipt["status"] == "applied"
    with app.app_context():
        kept = db.session.scalars(sa.select(Visit)).one()
        assert (kept.interviewee_name, kept.wishes) == (KEPT, KEPT)
        assert {issue.text for issue in db.session.scalars(sa.select(Issue))} == {KEPT}
        assert what_differs(kept, read_statement(visit["body"]["statement"])) == []


@pytest.mark.parametrize("kind", ["attempt", "refusal", "addendum", "correction", "inspection"])
def test_so_is_every_other_record(world: World, kind: str) -> None:
    [receipt] = world.tablet.receipts(world.tablet.freeze(_pasted_into(kind, world)))

    assert receipt["status"] == "applied"


def test_a_summary_put_together_of_the_longest_texts_can_be_read(world: World) -> None:
    tablet, note = world.tablet, "好" * 4000
    said = {"unsigned": {"reason": "refused", "note": note}, "witnessed": f"我在场。业主未签字：{note}"}
    visit = tablet.a_visit(world.estate_id, world.unit_id, **said)
    shown = json.loads(visit["body"]["statement"])

    [receipt] = tablet.receipts(tablet.freeze(visit))

    assert receipt["status"] == "applied"
    callback = {"issue_id": str(an_id()), "number": "", "text": note, "round": 1, "answer": "satisfied"}
    shown["callbacks"] = [callback | {"reason": "", "measure": f"{note[:2000]} · {note[:2000]}"}]
    assert read_statement(canonical(shown).decode()).callbacks[0].text == note


def _pasted_into(kind: str, world: World) -> dict[str, Any]:
    tablet, estate, unit = world.tablet, world.estate_id, world.unit_id
    if kind == "refusal":
        return tablet.a_visit(estate, unit, unsigned={"reason": "refused", "note": PASTED})
    if kind == "correction":
        return tablet.a_correction(estate, unit, "care", {"words": PASTED}, remark=PASTED)
    if kind == "inspection":
        return tablet.an_inspection(estate, text=PASTED, where={"place": PASTED})
    if kind == "attempt":
        tried = {"method": "door", "outcome": "nobody_home", "note": PASTED, "tried_at": "2026-11-23T06:32:00.000Z"}
        body = {"number": "T01-0002", "unit_id": str(unit), "task_ids": []} | tried
        return {"kind": "attempt.record", "estate_id": str(estate), "entity_id": str(an_id()), "body": body}
    visit = tablet.a_visit(estate, unit)
    tablet.receipts(tablet.freeze(visit))
    return tablet.an_addendum(estate, visit, PASTED)
