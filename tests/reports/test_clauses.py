"""The clause ledger names every clause of the policy, and nothing as evidence that never happens."""

import re
from datetime import timedelta

from flask import Flask

from app.config import ROOT
from app.core.clock import now
from app.issues.rules import Move
from app.reports.clauses import CHAPTERS, evidence
from tests.test_house_rules import CLAUSES
from tests.world import World

ALL = [clause for chapter in CHAPTERS for clause in chapter.clauses]


def test_every_clause_of_the_policy_stands_in_it_once() -> None:
    assert sorted(clause.id for clause in ALL) == sorted(CLAUSES)


def test_what_is_named_as_evidence_is_written_somewhere() -> None:
    """A review's kind is its paper and what was done; a move's is its value; any other stands in the code as it is."""
    written = {move.value for move in Move}
    written |= {
        f"{paper}:{done}"
        for paper in ("plan", "records", "year_report", "survey_report")
        for done in ("submit", "review", "sign", "file", "archive", "assess")
    }
    code = "\n".join(path.read_text("utf-8") for path in (ROOT / "app").rglob("*.py") if path.name != "clauses.py")
    written |= set(re.findall(r'"([a-z_]+:[a-z_]+)"', code))

    assert {kind for clause in ALL for kind in clause.kinds} - written == set()


def test_evidence_is_counted_in_its_own_estate_and_time(app: Flask, world: World) -> None:
    world.tablet.receipts(
        world.tablet.freeze(world.tablet.a_visit(world.estate_id, world.unit_id, issues=[world.tablet.an_issue()]))
    )
    with app.app_context():
        found = evidence(world.estate_id, now() - timedelta(days=365))
        later = evidence(world.estate_id, now() + timedelta(days=1))
        elsewhere = evidence(world.unit_id, now() - timedelta(days=365))

    assert (found["V45"].count, found["R07"].count) == (1, 1)
    assert found["V45"].last is not None
    assert found["R16"].count == found["R23"].count == 0
    assert not any(one.count for one in (*later.values(), *elsewhere.values()))
