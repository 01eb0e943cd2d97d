"""A year handed up: its figures stay as they were counted, and go by the manager to the executive."""

import re
import uuid
from datetime import UTC, date, datetime

import pytest
import sqlalchemy as sa

from app.core import waits
from app.core.clock import local_date, now
from app.core.db import db
from app.core.errors import Refused
from app.core.ids import new_id
from app.core.journal import By
from app.estates.models import Estate
from app.issues.explaining import cannot_be_solved
from app.issues.models import Issue
from app.issues.rules import Cannot
from app.people.queries import staff_by_login
from app.reports.figures import from_text
from app.reports.handing_up import hand_up
from app.reports.models import YearReport
from app.reports.queries import Year, report_of, year_owed
from app.reports.rules import ReportState
from tests.builders import NOBODY
from tests.documents import reading
from tests.office.conftest import Desk
from tests.office.years import agreed

ZONE = "Asia/Shanghai"
LAST = local_date(now(), ZONE).year - 1
SAID = "全年走访平稳，渗水仍是首要问题"


@pytest.fixture
def last_year(desk: Desk) -> Desk:
    """An estate where somebody was visited last year."""
    at = f"{LAST}-06-01T02:00:00.000Z"
    desk.visit(started_at=at, ended_at=at, issues=[desk.tablet.an_issue(text="外墙渗水")])
    return desk


def handed_up(desk: Desk, summary: str = SAID, **more: str) -> str:
    """The address to which whoever hands last year up is led."""
    sent = {"event": str(new_id()), "summary": summary} | more
    answer = desk.browser("supervisor").post(f"/statistics/hand-up?year={LAST}", data=sent)
    assert answer.status_code == 302, answer.text
    return str(answer.location)


def moved(desk: Desk, who: str, path: str, move: str, after: int, note: str = "") -> int:
    sent = {f"{move}-event": str(new_id()), f"{move}-after": str(after), f"{move}-note": note}
    act = "take-back" if move == "take_back" else f"review/{move}"
    return desk.browser(who).post(f"{path}/{act}", data=sent).status_code


def the_state(desk: Desk) -> ReportState:
    with desk.app.app_context():
        report = report_of(desk.estate_id, LAST)
        assert report is not None
        return report.state


@pytest.mark.clause("R19")
def test_a_year_goes_by_the_manager_to_the_executive_who_assesses_it(last_year: Desk) -> None:
    path = handed_up(last_year)
    managers = last_year.browser("manager").get("/").text

    assert f"{LAST} 年度统计" in managers
    assert SAID[:8] in managers
    assert moved(last_year, "executive", path, "hand_on", after=1) == 403
    assert moved(last_year, "manager", path, "hand_on", after=1, note="请重点看三栋") == 302
    assert "待评审" in last_year.browser("executive").get("/").text
    assert moved(last_year, "executive", path, "hand_on", after=2, note="明年大修外墙") == 302

    assert the_state(last_year) is ReportState.ASSESSED
    page = last_year.browser("supervisor").get(path).text
    for words in (SAID, "明年大修外墙", "请重点看三栋", "已评审"):
        assert words in page, words
    with last_year.browser("executive").get(f"{path}.pdf?lang=zh") as answer:
        printed = re.sub(r"\s+", " ", reading.text(answer.data))
    for words in ("意见 · 已批阅 请重点看三栋 周经理", "意见 · 已评审 明年大修外墙 方振华"):
        assert words in printed, printed
    with last_year.app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).where(YearReport.assessed_at.is_not(None))) == 1
        assert waits.on(uuid.UUID(path.rsplit("/", 1)[1])) == []


@pytest.mark.clause("R19")
def test_what_the_review_says_of_an_issue_stands_in_the_year_and_on_its_form_until_it_is_assessed(
    last_year: Desk,
) -> None:
    decided, left = last_year.issue(text="外墙渗水"), last_year.issue(text="电梯太慢")
    with last_year.app.app_context():
        november = datetime(LAST, 11, 3, tzinfo=UTC)
        for issue_id in (decided, left):
            issue = db.session.get_one(Issue, uuid.UUID(issue_id))
            cannot_be_solved(issue, Cannot.FOR_NOW, "须等大修", None, event_id=new_id(), by=NOBODY, at=november)
            agreed(issue, at=november)
        db.session.commit()
    path, executive = handed_up(last_year), last_year.browser("executive")
    moved(last_year, "manager", path, "hand_on", after=1)

    before = executive.get(path).text
    executive.post(f"/issues/{decided}/carry-on", data={"event": str(new_id()), "note": "列入明年大修"})
    page, paper = executive.get(path).text, reading.text(executive.get(f"{path}.pdf?lang=zh").data)
    moved(last_year, "executive", path, "hand_on", after=2)
    executive.post(f"/issues/{left}/carry-on", data={"event": str(new_id()), "note": "再等一年"})
    assessed, form = executive.get(path).text, reading.text(executive.get(f"{path}.pdf?lang=zh").data)

    assert "遗留事项中尚有 2 项未评定" in before
    assert "遗留事项中尚有 1 项未评定" in page
    assert all("列入明年大修" in said for said in (page, paper, assessed, form))
    assert not any("再等一年" in said for said in (assessed, form)), "assessed, it never changes"
    assert "评审时未评定" in assessed


def test_what_was_handed_up_stays_as_it_was_counted(last_year: Desk) -> None:
    path = handed_up(last_year)
    at = f"{LAST}-07-01T02:00:00.000Z"
    last_year.visit(started_at=at, ended_at=at)

    with last_year.app.app_context():
        report = report_of(last_year.estate_id, LAST)
        assert report is not None
        assert from_text(report.figures).total.tries.whole == 1
    browser = last_year.browser("executive")
    with browser.get(f"{path}.pdf?lang=zh") as answer:
        said = reading.text(answer.data)
    assert SAID in said
    assert "客服统计 孙主管" in re.sub(r"\s+", " ", said)
    assert "已上报本年度统计" in browser.get(f"/statistics?year={LAST}").text


def test_one_that_is_sent_back_is_counted_anew(last_year: Desk) -> None:
    path = handed_up(last_year)
    assert moved(last_year, "manager", path, "send_back", after=1, note="漏了七月") == 302
    at = f"{LAST}-07-01T02:00:00.000Z"
    last_year.visit(started_at=at, ended_at=at)

    supervisor = last_year.browser("supervisor")
    page, form = supervisor.get(path).text, supervisor.get(f"/statistics?year={LAST}").text
    again = handed_up(last_year, f"{SAID}（已补）")

    assert "漏了七月" in page
    assert "重新统计并上报" in page
    assert SAID in form, "what was said of the year is not to be typed again"
    assert again == path
    assert the_state(last_year) is ReportState.UNDER_REVIEW
    with last_year.app.app_context():
        report = report_of(last_year.estate_id, LAST)
        assert report is not None
        assert from_text(report.figures).total.tries.whole == 2


def test_whoever_handed_it_up_may_take_it_back_until_it_is_assessed(last_year: Desk) -> None:
    path = handed_up(last_year)

    assert moved(last_year, "manager", path, "take_back", after=1) == 403
    assert moved(last_year, "supervisor", path, "take_back", after=1) == 302
    assert the_state(last_year) is ReportState.BACK
    handed_up(last_year)
    moved(last_year, "manager", path, "hand_on", after=3)
    moved(last_year, "executive", path, "hand_on", after=4)
    assert moved(last_year, "supervisor", path, "take_back", after=5) == 409
    assert the_state(last_year) is ReportState.ASSESSED


def test_of_two_who_hand_it_up_the_second_is_told_and_keeps_what_was_typed(last_year: Desk) -> None:
    handed_up(last_year)

    sent = {"event": str(new_id()), "summary": "另一份小结"}
    answer = last_year.browser("english").post(f"/statistics/hand-up?year={LAST}", data=sent)

    assert answer.status_code == 409
    assert "handed up already" in answer.text
    assert "另一份小结" in answer.text


def test_a_form_sent_twice_hands_up_once(last_year: Desk) -> None:
    event = str(new_id())

    assert handed_up(last_year, event=event) == handed_up(last_year, event=event)


def test_a_line_break_counts_once_as_where_it_was_typed(last_year: Desk) -> None:
    handed_up(last_year, "字\r\n" * 1999 + "字")

    with last_year.app.app_context():
        report = report_of(last_year.estate_id, LAST)
        assert report is not None
        assert report.summary == "字\n" * 1999 + "字"


@pytest.mark.parametrize("summary", ["", "   ", "字" * 4001])
def test_without_fitting_words_nothing_is_handed_up(last_year: Desk, summary: str) -> None:
    sent = {"event": str(new_id()), "summary": summary}
    answer = last_year.browser("supervisor").post(f"/statistics/hand-up?year={LAST}", data=sent)

    assert answer.status_code == 422
    with last_year.app.app_context():
        assert report_of(last_year.estate_id, LAST) is None


def test_a_year_that_nobody_has_handed_up_is_named_to_who_counts_it(last_year: Desk) -> None:
    words = f"{LAST} 年度统计尚未上报"

    assert words in last_year.browser("supervisor").get("/").text
    assert words not in last_year.browser("manager").get("/").text
    path = handed_up(last_year)
    assert words not in last_year.browser("supervisor").get("/").text
    moved(last_year, "supervisor", path, "take_back", after=1)
    assert words in last_year.browser("supervisor").get("/").text


def test_a_year_without_anything_is_nobodys_to_hand_up(desk: Desk) -> None:
    desk.visit()
    with desk.app.app_context():
        estate = db.session.get_one(Estate, desk.estate_id)

        assert year_owed(estate, date(2026, 12, 31)) is None
        assert year_owed(estate, date(2027, 1, 1)) == 2026


@pytest.mark.parametrize("who", ["manager", "executive", "officer"])
def test_only_customer_service_hands_a_year_up(last_year: Desk, who: str) -> None:
    sent = {"event": str(new_id()), "summary": SAID}
    browser = last_year.browser(who)

    assert browser.post(f"/statistics/hand-up?year={LAST}", data=sent).status_code == 403
    if who != "officer":
        assert 'id="hand-up"' not in browser.get(f"/statistics?year={LAST}").text


@pytest.mark.clause("R17")
@pytest.mark.parametrize(("at", "may"), [("31T15:59", False), ("31T16:00", True)], ids=["new_years_eve", "new_year"])
def test_a_year_is_handed_up_whole_by_the_estates_clock(desk: Desk, at: str, may: bool) -> None:
    with desk.app.app_context():
        estate, supervisor = db.session.get_one(Estate, desk.estate_id), staff_by_login(desk.logins["supervisor"])
        assert supervisor is not None
        year = Year(LAST, ZONE, now().fromisoformat(f"{LAST}-12-{at}:00+00:00"))
        more = {"event_id": new_id(), "by": By(staff_id=supervisor.id)}
        if may:
            report = hand_up(estate, year, SAID, **more)
            assert from_text(report.figures).is_over
        else:
            with pytest.raises(Refused, match="year:not_over"):
                hand_up(estate, year, SAID, **more)


def test_a_year_that_runs_has_no_way_to_be_handed_up(desk: Desk) -> None:
    this, sent = LAST + 1, {"event": str(new_id()), "summary": SAID}
    supervisor = desk.browser("supervisor")

    refused = supervisor.post(f"/statistics/hand-up?year={this}", data=sent)

    assert refused.status_code == 422
    assert "年度结束后方可上报" in refused.text
    assert 'id="hand-up"' not in supervisor.get(f"/statistics?year={this}").text
