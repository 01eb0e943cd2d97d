"""The clause ledger as it is read in the office."""

import pytest

from app.core.clock import isoformat, now
from tests.office.conftest import Desk


def test_each_clause_says_whether_anything_speaks_for_it(desk: Desk) -> None:
    at = isoformat(now())
    desk.visit(started_at=at, ended_at=at)

    page = desk.browser("supervisor").get("/statistics/clauses").text
    english = desk.browser("english").get("/statistics/clauses").text

    assert "条款台账" in page
    for clause in ("R01", "R43", "V52", "P53", "F55"):
        assert f"<b>{clause}</b>" in page
    assert "1 次" in page
    assert "近十二个月没有" in page
    assert "尚未纳入" in page
    assert "One visit per household in three months" in english


@pytest.mark.parametrize("who", ["officer", "handler", "admin"])
def test_it_is_for_who_answers_for_the_visits(desk: Desk, who: str) -> None:
    assert desk.browser(who).get("/statistics/clauses").status_code == 403
