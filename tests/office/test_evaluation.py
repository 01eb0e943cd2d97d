"""What owners think and need, where supervisor and manager see it: ratings in counts, and what they raised by kind."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.core.clock import now
from app.core.db import db
from app.core.ids import new_id
from app.issues.models import Category
from tests.office.conftest import Desk


def judged(desk: Desk, *ratings: str) -> None:
    """Visits of today, each with how its owner rated the service."""
    at = now() - timedelta(minutes=30)
    started, ended = (f"{moment:%Y-%m-%dT%H:%M:%S}.000Z" for moment in (at, at + timedelta(minutes=10)))
    for rating in ratings:
        desk.visit(rating=rating, started_at=started, ended_at=ended)


@pytest.mark.clause("R43")
@pytest.mark.parametrize("who", ["supervisor", "manager"])
def test_owners_ratings_stand_in_counts_and_no_opinion_beside_them(desk: Desk, who: str) -> None:
    judged(desk, "satisfied", "basic", "dissatisfied", "none")

    page = desk.browser(who).get("/").text
    rates = re.sub(r"<[^>]+>|\s+", " ", page.split("满意率（满意以上 / 含基本满意）")[1].split("</section>")[0])

    assert re.findall(r"(\d+) / (\d+)", rates) == [("1", "3"), ("2", "3")]
    assert "不评价 1" in rates
    assert "不足 5 份" in rates


@pytest.mark.clause("R43")
def test_what_they_raised_is_counted_by_kind_for_the_manager_as_the_supervisor_put_it_right(desk: Desk) -> None:
    issue_id = desk.issue(text="想要儿童乐园", category="leak")
    with desk.app.app_context():
        other = db.session.scalars(sa.select(Category).filter_by(estate_id=desk.estate_id, code="other")).one().id
    form = {"event": str(new_id()), "category": str(other), "urgency": "ordinary", "note": "不是渗水"}

    desk.browser("supervisor").post(f"/issues/{issue_id}/classify", data=form)

    [row] = re.findall(r"<tr data-row>(.*?)</tr>", desk.browser("manager").get("/issues/problems").text, re.DOTALL)
    assert set(re.findall(r"category=([\w-]+)", row)) == {str(other)}
