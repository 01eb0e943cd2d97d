"""Which answers close what was asked about: the same rows as the tablet, which says so before it asks."""

import json
from pathlib import Path

import pytest

from app.issues.complaint_rules import closing_answers
from app.issues.who_answers import is_only_the_owners
from app.repairs.rules import closes
from app.signatures.rules import SignerRole
from app.visits.rules import Method, Relation, how_answered

ROWS = json.loads((Path(__file__).parents[1] / "vectors" / "closing.json").read_text())["rows"]


@pytest.mark.parametrize(("what", "raised", "round_", "method", "relation", "signed", "expected"), ROWS)
def test_satisfied_closes_it_or_does_not(
    what: str, raised: str, round_: int, method: str, relation: str, signed: str, expected: bool
) -> None:
    roles = frozenset({SignerRole(signed)}) if signed else frozenset()

    how = how_answered(Method(method), Relation(relation), roles, marked=False)

    counts = closes(how, round_) if what == "order" else how in closing_answers(complaint=what == "complaint")
    rents, owns = relation == Relation.TENANT.value, relation == Relation.OWNER.value
    anothers = is_only_the_owners(by_owner=raised == "owner", rents=rents, owns=owns)
    assert (counts and not anothers) is expected
