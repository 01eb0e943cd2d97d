"""Main problems: every issue is counted once, in its category, by what became of it."""

import csv
import io
import re
import uuid

import pytest

from app.core.clock import now
from app.core.db import db
from app.core.ids import new_id
from app.issues.explaining import cannot_be_solved, owner_was_explained
from app.issues.models import Issue
from app.issues.owners_word import OwnersWord
from app.issues.rules import Answer, Cannot, HowAnswered
from tests.builders import NOBODY
from tests.office.conftest import Desk


def carried_over(desk: Desk, cannot: Cannot, **wanted: str) -> None:
    """An issue that cannot be solved, which its owner agreed to leave."""
    issue_id = desk.issue(**wanted)
    with desk.app.app_context():
        issue, more = db.session.get_one(Issue, uuid.UUID(issue_id)), {"by": NOBODY, "at": now()}
        cannot_be_solved(issue, cannot, "须等外墙大修", None, event_id=new_id(), **more)
        word = OwnersWord.taken_down(Answer.AGREED, HowAnswered.PHONE, "可以等", said_at=now())
        owner_was_explained(issue, word, event_id=new_id(), **more)
        db.session.commit()


def rows_of(page: str) -> list[list[str]]:
    """The numbers of each row, after its category."""
    rows = re.findall(r"<tr data-row>(.*?)</tr>", page, re.DOTALL)
    return [re.findall(r">\s*(\d+)\s*</(?:a|span)>", row) for row in rows]


@pytest.mark.clause("R18")
def test_the_main_problems_come_first_with_what_cannot_be_solved_for_now_or_at_all(desk: Desk) -> None:
    desk.issue(category="other")
    desk.issue()
    carried_over(desk, Cannot.FOR_NOW)
    carried_over(desk, Cannot.AT_ALL)
    browser = desk.browser("supervisor")

    page = browser.get("/issues/problems").text
    with browser.post("/issues/problems/export/csv") as answer:
        taken = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    with browser.post("/issues/export/csv?state=carried_over") as answer:
        listed = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))

    assert rows_of(page) == [["3", "1", "0", "2", "0"], ["1", "1", "0", "0", "0"]]
    assert "暂不能解决 1，不能解决 1" in page
    assert [(row["提出"], row["未关闭"], row["暂不能解决"], row["不能解决"]) for row in taken] == [
        ("3", "1", "1", "1"),
        ("1", "1", "0", "0"),
    ]
    assert sorted(row["不能解决"] for row in listed) == ["不能解决", "暂不能解决"]
    for href, number in re.findall(r'<a class="num"\s+href="([^"]+)">(\d+)</a>', page):
        assert browser.get(href.replace("&amp;", "&")).text.count("data-row") == int(number), href


def test_they_are_counted_by_year_and_department_and_never_beyond_ones_own(desk: Desk) -> None:
    desk.issue()
    desk.issue(category="other")

    supervisor, own = desk.browser("supervisor"), desk.browser("department_manager")

    assert len(rows_of(supervisor.get("/issues/problems").text)) == 2
    assert len(rows_of(supervisor.get(f"/issues/problems?department={desk.department_id}").text)) == 1
    assert len(rows_of(supervisor.get("/issues/problems?from=2020-01-01&to=2020-12-31").text)) == 0
    assert len(rows_of(own.get("/issues/problems").text)) == 1
    assert len(rows_of(desk.browser("other_manager").get("/issues/problems").text)) == 0
    assert "Main problems" in desk.browser("english").get("/issues/problems?sort=open").text
