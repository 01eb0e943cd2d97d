"""Reports upward at the desk: one tap, taken up, the result told and read; what is overdue with others; ageing."""

import re
import uuid
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from app.core import journal
from app.core.chain import head
from app.core.clock import now
from app.core.db import db
from app.core.waits import Wait
from app.estates.escalation import escalate
from app.estates.queries import all_estates
from app.issues.rules import Move
from app.jobs.due import JOBS
from app.jobs.worker import run_due
from tests.builders import NOBODY
from tests.office.conftest import Desk


def the_tap(page: str) -> str:
    """The event of the button that reports; fails if the page has none."""
    found = re.search(r'name="event"\s+value="([^"]+)"[^>]*>(?:(?!</button>).)*上报主管和经理', page, re.DOTALL)
    assert found, "no button to report with"
    return found[1]


def report(desk: Desk, issue_id: str) -> str:
    """The officer's one tap; the page after it."""
    browser = desk.browser("officer")
    event = the_tap(browser.get(f"/issues/{issue_id}").text)
    return browser.post(f"/issues/{issue_id}/report", data={"event": event}, follow_redirects=True).text


def an_event() -> str:
    return str(uuid.uuid4())


@pytest.mark.clause("R10")
def test_one_tap_puts_an_issue_into_both_inboxes(desk: Desk) -> None:
    issue_id = desk.issue(text="主卫渗水")

    page = report(desk, issue_id)

    assert "已上报，主管和经理的待办里都有了。" in page
    assert "等待接手" in page
    assert "上报主管和经理</button>" not in page
    for who in ("supervisor", "manager"):
        inbox = desk.browser(who).get("/").text
        assert "已上报" in inbox
        assert f"/issues/{issue_id}#take-up" in inbox
    assert f"/issues/{issue_id}#take-up" not in desk.browser("executive").get("/").text


def test_only_whoever_visits_has_the_tap(desk: Desk) -> None:
    issue_id = desk.issue(text="主卫渗水")

    for who in ("supervisor", "manager", "executive", "department_manager", "handler"):
        browser = desk.browser(who)
        assert f"/issues/{issue_id}/report" not in browser.get(f"/issues/{issue_id}").text
        assert browser.post(f"/issues/{issue_id}/report", data={"event": an_event()}).status_code == 403


@pytest.mark.clause("R11")
@pytest.mark.clause("R12")
def test_a_report_is_taken_up_its_result_told_and_read(desk: Desk) -> None:
    issue_id = desk.issue(text="主卫渗水")
    report(desk, issue_id)
    supervisor, executive = desk.browser("supervisor"), desk.browser("executive")

    taken = supervisor.post(
        f"/issues/{issue_id}/take-up", data={"event": an_event(), "settled": "周三前注浆"}, follow_redirects=True
    ).text
    told = supervisor.post(
        f"/issues/{issue_id}/result", data={"event": an_event(), "outcome": "已修好"}, follow_redirects=True
    ).text
    waits = executive.get("/").text
    page = executive.get(f"/issues/{issue_id}").text
    address = re.search(r'action="(/results/[^"]+/read)"', page)
    assert address
    read = executive.post(address[1], follow_redirects=True).text

    assert "周三前注浆" in taken
    assert "孙主管" in taken
    assert "分管领导：尚未阅读" in told
    assert "物业经理：尚未阅读" in told
    assert f"/issues/{issue_id}#results" in waits
    assert "已阅读：方振华" in read
    assert "分管领导：尚未阅读" not in read
    assert "物业经理：尚未阅读" in read
    assert f"/issues/{issue_id}#results" not in executive.get("/").text


def test_a_form_without_words_stands_open_and_changes_nothing(desk: Desk) -> None:
    issue_id = desk.issue(text="主卫渗水")
    report(desk, issue_id)
    browser = desk.browser("manager")

    answers = [
        browser.post(f"/issues/{issue_id}/take-up", data={"event": an_event(), "settled": ""}),
        browser.post(f"/issues/{issue_id}/result", data={"event": an_event(), "outcome": ""}),
    ]

    assert [answer.status_code for answer in answers] == [422, 422]
    assert "act-open" in answers[0].text
    assert "等待接手" in browser.get(f"/issues/{issue_id}").text


def test_whoever_was_slower_is_told_so(desk: Desk) -> None:
    issue_id = desk.issue(text="主卫渗水")
    report(desk, issue_id)
    form = {"event": an_event(), "settled": "我来"}
    desk.browser("manager").post(f"/issues/{issue_id}/take-up", data=form)

    slower = desk.browser("supervisor").post(
        f"/issues/{issue_id}/take-up",
        data={"event": an_event(), "settled": "我也来"},
        headers={"Referer": f"http://localhost/issues/{issue_id}"},
        follow_redirects=True,
    )

    assert "这次上报已有别人接手了。" in slower.text


# --- overdue with others ---


def let_be_overdue(desk: Desk, days: int) -> None:
    """Everything that waits has been late for so long, and the job has run."""
    with desk.app.app_context():
        db.session.execute(sa.update(Wait).values(due_at=now() - timedelta(days=days)))
        db.session.commit()
        escalate(now())
        db.session.commit()


@pytest.mark.parametrize(("days", "who_is_told"), [(0, set()), (1, {"manager"}), (3, {"manager", "executive"})])
def test_what_is_overdue_stands_with_manager_and_executive(desk: Desk, days: int, who_is_told: set[str]) -> None:
    desk.issue(text="主卫渗水")
    let_be_overdue(desk, days)

    for who in ("manager", "executive", "supervisor", "officer"):
        browser = desk.browser(who)
        for address in ("/", "/overdue"):
            page = browser.get(address).text
            told = page.partition('id="elsewhere"')[2] if address == "/" else page
            assert ("主卫渗水" in told) == (who in who_is_told), (who, address)


def test_it_says_with_whom_it_is_and_what_they_owe_and_goes_once_it_is_done(desk: Desk) -> None:
    issue_id = desk.issue(text="主卫渗水")
    let_be_overdue(desk, 4)
    browser = desk.browser("executive")

    page, told = browser.get("/overdue").text, browser.get(f"/issues/{issue_id}").text
    desk.rectified(issue_id)
    afterwards = browser.get("/overdue").text

    for words in ("主卫渗水", "工程维修部", "定措施、责任人、日期", "逾期 4 天"):
        assert words in page
    assert "逾期：已报经理" in told
    assert "逾期：已报领导" in told
    assert "主卫渗水" not in afterwards
    assert "没有别人逾期的事" in afterwards


# --- ageing ---


def cells(page: str) -> list[tuple[str, str]]:
    """Address and count of each cell of the table by age."""
    table = page.partition('id="ageing"')[2].partition("</table>")[0]
    return re.findall(r'href="(/issues\?[^"]*round[^"]*)"[^>]*>(\d+)</a>', table)


def test_open_issues_stand_by_holder_and_round_and_each_number_leads_to_them(desk: Desk) -> None:
    desk.issue(text="主卫渗水")
    desk.issue(text="想要儿童乐园", category="other")
    again = desk.issue(text="阳台漏水")
    desk.dissatisfied(again, "还在漏")
    browser = desk.browser("supervisor")

    found = cells(browser.get("/").text)

    assert sorted(count for _address, count in found) == ["1", "1", "1"]
    for address, _count in found:
        page = browser.get(address.replace("&amp;", "&")).text
        assert sum(text in page for text in ("主卫渗水", "想要儿童乐园", "阳台漏水")) == 1, address


def test_a_department_sees_its_own_ages_and_an_officer_none(desk: Desk) -> None:
    desk.issue(text="主卫渗水")
    desk.issue(text="想要儿童乐园", category="other")

    own, other = desk.browser("department_manager").get("/").text, desk.browser("other_manager").get("/").text

    assert [count for _address, count in cells(own)] == ["1"]
    assert cells(other) == []
    assert 'id="ageing"' not in desk.browser("officer").get("/").text


def test_each_holder_has_a_total_and_what_is_late_leads_to_it(desk: Desk) -> None:
    for text, category in (("主卫渗水", "leak"), ("阳台漏水", "leak"), ("想要儿童乐园", "other")):
        desk.issue(text=text, category=category)
    with desk.app.app_context():
        late = db.session.scalars(sa.select(Wait).where(Wait.department_id.is_not(None))).first()
        late.due_at = now() - timedelta(hours=1)
        db.session.commit()
        late_id = late.subject_id
    browser = desk.browser("supervisor")

    table = browser.get("/").text.partition('id="ageing"')[2].partition("</table>")[0]
    address = re.search(r'class="ageing-late"\s+href="([^"]+)"', table)

    assert address
    page = browser.get(address[1].replace("&amp;", "&")).text
    assert (">1 逾期</a>" in table, f"with={desk.department_id}" in address[1]) == (True, True)
    assert re.search(r'ageing-all">\s*3\s*</td>', table), "all of them, together"
    assert re.findall(r'data-open[^>]*href="/issues/([^"]+)"', page) == [str(late_id)]


def test_what_is_with_a_department_leads_to_just_that_also_where_it_was_merged(desk: Desk) -> None:
    leads, merged, done = (desk.issue(text=text) for text in ("主卫渗水", "次卫渗水", "阳台漏水"))
    desk.rectified(done)
    supervisor = desk.browser("supervisor")
    supervisor.post(f"/issues/{merged}/merge", data={"event": an_event(), "into": leads, "reason": "同一根管"})
    browser = desk.browser("officer")

    [(address, count)] = re.findall(
        r'<td><a href="(/issues\?with=[^"]+)">[^<]+</a></td>\s*<td class="num">(\d+)</td>', browser.get("/").text
    )

    assert set(re.findall(r'data-open[^>]*href="/issues/([^"]+)"', browser.get(address).text)) == {leads, merged}
    assert count == "2"


def test_what_was_carried_into_this_year_is_asked_of_the_list_and_counted_on_the_first_page(desk: Desk) -> None:
    last_year, taken_up, this_year = (desk.issue(text=text) for text in ("加装电梯", "更换水泵", "封闭阳台"))
    new_year = datetime(now().astimezone(ZoneInfo("Asia/Shanghai")).year, 1, 1, tzinfo=ZoneInfo("Asia/Shanghai"))
    moments = {
        last_year: [(Move.OWNER_AGREED, -20), (Move.CARRY_ON, 20)],
        taken_up: [(Move.OWNER_AGREED, -20), (Move.ROUTE, -10)],
        this_year: [(Move.OWNER_AGREED, 5)],
    }
    with desk.app.app_context():
        for issue_id, said in moments.items():
            for move, days in said:
                about, at = ("issue", uuid.UUID(issue_id)), new_year + timedelta(days=days)
                journal.write(desk.estate_id, move.value, about, by=NOBODY, at=at, data={"round": 1})
                db.session.commit()
    browser = desk.browser("executive")

    def found(asked: str) -> list[str]:
        page = browser.get(f"/issues?carried={asked}").text
        return [text for text in ("加装电梯", "更换水泵", "封闭阳台") if text in page]

    first_page = browser.get("/").text.partition("遗留清单")[2].partition("</table>")[0]
    assert (found("into"), found("since")) == (["加装电梯"], ["封闭阳台"])
    assert re.findall(r"<b>(\d+)</b>", first_page) == ["1", "1"]
    assert 'href="/issues?carried=into"' in first_page


def test_with_and_round_are_filters_of_the_list(desk: Desk) -> None:
    desk.issue(text="主卫渗水")
    desk.issue(text="想要儿童乐园", category="other")
    called_back = desk.issue(text="阳台漏水")
    desk.rectified(called_back)
    browser = desk.browser("supervisor")

    def found(query: str) -> list[str]:
        page = browser.get(f"/issues?{query}").text
        return [text for text in ("主卫渗水", "想要儿童乐园", "阳台漏水") if text in page]

    assert found(f"with={desk.department_id}") == ["主卫渗水"]
    assert found("with=supervisor") == ["想要儿童乐园"]
    assert found("with=officers") == ["阳台漏水"]
    assert found("round=2") == []
    assert found("with=nobody&round=9") == ["主卫渗水", "想要儿童乐园", "阳台漏水"]


# --- what runs by itself ---


def test_the_administrator_sees_when_each_job_last_ran(desk: Desk) -> None:
    browser = desk.browser("admin")
    before = browser.get("/settings/jobs").text

    run_due(desk.app, now())
    after = browser.get("/settings/jobs").text

    assert "没有运行" in before
    assert "没有运行" not in after
    assert "运行正常" in after
    assert [job.name for job in JOBS if f"<b>{job.name}</b>" in after] == [], "each by what it does, never by its code"
    assert desk.browser("supervisor").get("/settings/jobs").status_code == 403


def test_the_administrator_sees_the_last_closed_days_of_the_journal(desk: Desk) -> None:
    browser = desk.browser("admin")
    before = browser.get("/settings/jobs").text

    run_due(desk.app, now() + timedelta(days=2))
    after = browser.get("/settings/jobs").text

    assert "第一天结束后即封存。" in before
    with desk.app.app_context():
        newest = head(all_estates()[0].id)
    assert newest.sha256 in after
    assert newest.day.isoformat() in after
