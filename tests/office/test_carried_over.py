"""The carry-over list of a year, and form 10 on paper with it."""

import uuid
from datetime import UTC, datetime

import pytest

from app.core.clock import now
from app.core.db import db
from app.core.ids import new_id
from app.core.journal import By
from app.issues.explaining import cannot_be_solved, carry_on, refuse
from app.issues.merging import merge
from app.issues.models import Issue
from app.issues.rules import Cannot
from app.people.queries import staff_by_login
from app.reports.carried_over import carried_over
from app.reports.queries import Year
from tests.builders import NOBODY, NOW
from tests.documents import reading
from tests.office.conftest import Desk
from tests.office.years import ZONE, agreed, just_now, put_on_the_list, taken, this_year


@pytest.mark.clause("R18")
def test_the_carry_over_list_says_why_and_what_the_review_said(desk: Desk) -> None:
    carried = put_on_the_list(desk, "外墙渗水")
    put_on_the_list(desk, "电梯太慢")
    refused = put_on_the_list(desk, "加装电梯")
    with desk.app.app_context():
        executive = staff_by_login(desk.logins["executive"])
        assert executive is not None
        by = By(staff_id=executive.id)
        issue = db.session.get_one(Issue, uuid.UUID(carried))
        carry_on(issue, "列入明年大修", event_id=new_id(), by=by, at=now())
        other = db.session.get_one(Issue, uuid.UUID(refused))
        refuse(other, "规划不允许", None, event_id=new_id(), by=by, at=now())
        agreed(other)
        db.session.commit()

        listed = {one.issue.text: one for one in carried_over(desk.estate_id, Year(this_year(), ZONE, now()))}

        assert set(listed) == {"外墙渗水", "电梯太慢", "加装电梯"}
        said = listed["外墙渗水"].reviewed
        assert said is not None
        assert (said.move, said.note, said.by) == ("issue:carried_on", "列入明年大修", "方振华")
        assert (listed["外墙渗水"].reason, listed["外墙渗水"].cannot) == ("须等外墙大修", Cannot.FOR_NOW)
        assert listed["电梯太慢"].reviewed is None
        assert (listed["加装电梯"].reason, listed["加装电梯"].cannot) == ("规划不允许", Cannot.AT_ALL)
        assert listed["加装电梯"].reviewed is not None
        assert carried_over(desk.estate_id, Year(this_year() - 1, ZONE, now())) == []


def test_a_list_keeps_the_opinion_of_its_own_review(desk: Desk) -> None:
    """What stays on it is reviewed again a year later: that is the opinion on the next list."""
    issue_id = desk.issue(text="外墙渗水")
    year = this_year() - 2
    with desk.app.app_context():
        issue = db.session.get_one(Issue, uuid.UUID(issue_id))
        november = datetime(year, 11, 3, tzinfo=UTC)
        cannot_be_solved(issue, Cannot.FOR_NOW, "须等大修", None, event_id=new_id(), by=NOBODY, at=november)
        agreed(issue, at=november)
        for n, note in enumerate(("列入大修", "再等一年"), start=1):
            february = datetime(year + n, 2, 3, tzinfo=UTC)
            carry_on(issue, note, event_id=new_id(), by=NOBODY, at=february)
        db.session.commit()

        lists = [carried_over(desk.estate_id, Year(year + n, ZONE, now())) for n in (0, 1)]

    assert [one.reviewed and one.reviewed.note for [one] in lists] == ["列入大修", "再等一年"]


def test_what_was_merged_stands_on_the_list_as_what_it_waited_for(desk: Desk) -> None:
    leads, follows = (desk.issue(text=text) for text in ("外墙渗水", "外墙也渗水"))
    with desk.app.app_context():
        leader, follower = (db.session.get_one(Issue, uuid.UUID(id_)) for id_ in (leads, follows))
        merge(follower, leader, "同一处外墙", event_id=new_id(), by=NOBODY, at=now())
        cannot_be_solved(leader, Cannot.AT_ALL, "结构所限", None, event_id=new_id(), by=NOBODY, at=now())
        agreed(leader)
        agreed(follower)
        db.session.commit()

        listed = carried_over(desk.estate_id, Year(this_year(), ZONE, now()))

    assert [(one.reason, one.cannot) for one in listed] == [("结构所限", Cannot.AT_ALL)] * 2
    assert taken(desk, f"?year={NOW.year}")["合计"]["不能解决"] == "2"


def test_the_form_is_printed_with_all_its_tables_and_the_list(desk: Desk) -> None:
    desk.visit(**just_now())
    put_on_the_list(desk, "外墙渗水")

    browser = desk.browser("supervisor")
    with browser.get(f"/statistics.pdf?lang=zh&year={this_year()}") as answer:
        assert answer.status_code == 200, answer.text
        said = reading.text(answer.data)
    with browser.get("/statistics.pdf?lang=en") as answer:
        english = reading.text(answer.data)

    assert "年度走访统计" in said
    for title in ("按月份", "按类别", "按方式", "按楼栋", "按部门", "遗留清单"):
        assert title in said, title
    assert "须等外墙大修" in said
    assert "Annual visit statistics" in english
    assert "Building 3" in english
    assert "Households Households due" in english, "no word is broken"
    assert "Days to close, nine of ten" in english
    assert browser.get("/statistics.pdf?lang=de").status_code == 404


def test_a_list_that_is_cut_says_so_on_paper(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.reports.figures.MOST", 1)
    put_on_the_list(desk, "外墙渗水")
    browser = desk.browser("supervisor")
    with browser.get("/statistics.pdf?lang=zh") as answer:
        whole = reading.text(answer.data)
    put_on_the_list(desk, "电梯太慢")
    with browser.get("/statistics.pdf?lang=zh") as answer:
        cut = reading.text(answer.data)

    assert "仅打印前 1 条，全部见事项列表。" in cut
    assert "仅打印前" not in whole
