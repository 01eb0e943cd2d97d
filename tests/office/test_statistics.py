"""A year in figures: who may read it, what its lines count, what is taken away of it."""

import html
import io
import re
import uuid
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from openpyxl import load_workbook

from app.agenda.actions import adjust, make_task
from app.agenda.models import Task
from app.agenda.rules import TaskKind
from app.core.clock import isoformat, local_date, now
from app.core.db import db
from app.core.ids import new_id
from app.core.journal import By
from app.estates.models import Estate, Unit
from app.estates.rules import Occupancy
from app.issues.ending import close_unsatisfied, object_to
from app.issues.models import Issue
from app.issues.owners_word import OwnersWord
from app.issues.rules import Answer, Cannot, Ending, HowAnswered
from app.people.queries import staff_by_login
from app.people.rules import Role
from tests.builders import NOBODY, NOW, a_home, a_staff, a_unit, an_estate
from tests.documents import reading
from tests.model_tablet import an_operation
from tests.office.conftest import Desk
from tests.office.years import ZONE, just_now, put_on_the_list, taken, this_year


@pytest.mark.parametrize(("who", "status"), [("supervisor", 200), ("manager", 200), ("executive", 200)])
def test_who_answers_for_the_visits_reads_their_statistics(desk: Desk, who: str, status: int) -> None:
    assert desk.browser(who).get("/statistics").status_code == status


@pytest.mark.parametrize("who", ["officer", "department_manager", "handler", "admin"])
@pytest.mark.parametrize("path", ["/statistics", "/statistics.pdf"])
def test_others_do_not(desk: Desk, who: str, path: str) -> None:
    browser = desk.browser(who)

    assert browser.get(path).status_code == 403
    assert "/statistics" not in browser.get("/").text


@pytest.mark.clause("R17")
def test_a_year_is_told_by_month_with_every_count_and_rate(desk: Desk) -> None:
    with desk.app.app_context():
        a_home(db.session.get_one(Estate, desk.estate_id))
        db.session.commit()
    on_the_spot = desk.tablet.an_issue(answered=True, answer="已当场调整")
    desk.visit(**just_now(), issues=[on_the_spot, desk.tablet.an_issue()])
    desk.visit(**just_now(), rating="basic", interviewee={"name": "小陈", "relation": "family"})

    told = taken(desk, "?by=month")
    total, month = told["合计"], told[f"{local_date(now(), ZONE).month}月"]

    assert (total["户数"], total["上门见面户"], total["走访覆盖率"]) == ("2", "1", "50.0 %")
    assert (total["走访次数"], total["见到次数"], total["见面率"]) == ("2", "2", "100.0 %")
    assert (total["有效评价"], total["满意"], total["超份额代答"]) == ("1", "1", "1")
    assert (total["提出的事项"], total["当场答复"], total["当场答复率"], total["未关闭"]) == ("2", "1", "50.0 %", "1")
    assert (total["业主满意，已关闭"], total["办结率"], total["办结中位天数"]) == ("1", "50.0 %", "0")
    # What was due may have been due in a month before the one in which the test runs.
    assert {**month, "分项": "", "应访户": ""} == {**total, "分项": "", "应访户": ""}


def test_a_filter_leaves_its_part_and_says_so(desk: Desk) -> None:
    with desk.app.app_context():
        building_id = db.session.get_one(Unit, desk.unit_id).building_id
    desk.visit(**just_now())
    desk.visit(**just_now(), method="phone", by_owner=False)

    by_phone = taken(desk, "?method=phone&by=building")["合计"]
    here = taken(desk, f"?building={building_id}")["合计"]
    page = desk.browser("supervisor").get("/statistics?method=phone&by=category").text

    assert (by_phone["走访次数"], by_phone["仅电话接通户"], by_phone["户数"]) == ("1", "1", "")
    assert (by_phone["走访覆盖率"], by_phone["回访率"]) == ("–", "–")
    assert (here["走访次数"], here["上门见面户"], here["仅电话接通户"]) == ("2", "1", "0")
    assert re.search(r'<option value="phone"\s+selected>', page)
    assert "清除筛选" in page


@pytest.mark.parametrize(
    ("asked", "line"), [("by=method&method=phone", "电话回访"), ("by=category&category=issue_callback", "事项回访")]
)
def test_of_what_is_filtered_by_there_is_its_own_line_alone(desk: Desk, asked: str, line: str) -> None:
    """Nobody was met at the door by phone: that is no coverage of 0 %."""
    desk.visit(**just_now(), method="phone", by_owner=False)

    told = taken(desk, f"?{asked}")

    assert list(told) == [line, "合计"]
    assert {**told[line], "分项": ""} == {**told["合计"], "分项": ""}


def test_in_one_building_no_other_is_told_of(desk: Desk) -> None:
    with desk.app.app_context():
        here = db.session.get_one(Unit, desk.unit_id).building
        estate = db.session.get_one(Estate, desk.estate_id)
        a_unit(estate, building="9").occupancy = Occupancy.VACANT
        db.session.commit()
        asked = f"?by=building&building={here.id}"
        name = f"{here.name} 栋"

    assert list(taken(desk, asked)) == [name, "合计"]
    browser = desk.browser("supervisor")
    assert "空置，不计入：1" in browser.get("/statistics").text
    assert "空置，不计入" not in browser.get(f"/statistics{asked}").text


def test_departments_are_taken_away_with_what_they_have_and_no_visits_at_all(desk: Desk) -> None:
    desk.issue()

    told = taken(desk, f"?by=department&year={NOW.year}")

    assert told["工程维修部"]["提出的事项"] == told["合计"]["提出的事项"] == "1"
    assert "走访次数" not in told["工程维修部"]
    assert (told["工程维修部"]["当场答复率"], told["合计"]["当场答复率"]) == ("–", "0.0 %")
    assert "当场答复的事项不派部门" in desk.browser("supervisor").get("/statistics?by=department").text
    assert "走访次数" in taken(desk, "?by=month")["合计"]


def test_the_workbook_says_which_year_it_counts_and_what_fewer_than_5_answered(desk: Desk) -> None:
    desk.visit(**just_now())

    with desk.browser("supervisor").post("/statistics/export/xlsx") as answer:
        sheet = load_workbook(io.BytesIO(answer.data)).active
    assert sheet is not None
    _title, [filters, *_], _by, head, *lines = sheet.iter_rows(values_only=True)

    assert filters == f"年度: {this_year()} · 统计维度: 月份"
    assert dict(zip(head, lines[-1], strict=True))["有效评价不足 5 份"] == "少"


@pytest.mark.clause("R42")
@pytest.mark.parametrize("here", [True, False], ids=["this month", "another month"])
def test_an_appraisal_is_printed_with_the_figures_of_the_page(desk: Desk, here: bool) -> None:
    desk.visit(**just_now(), issues=[desk.tablet.an_issue()])
    month = local_date(now(), ZONE).month
    asked = f"?by=officer&month={month if here else month % 12 + 1}"
    browser = desk.browser("supervisor")

    told, page = taken(desk, asked), browser.get(f"/statistics{asked}").text
    [paper] = set(re.findall(r'href="(/statistics/officers.pdf[^"]*lang=zh[^"]*)"', page))
    said = reading.text(browser.get(html.unescape(paper)).data)

    rates = [told["合计"][name] for name in ("见面率", "满意率（满意）", "办结率")]
    assert list(told) == ["李敏", "合计"]
    assert told["合计"]["提出的事项"] == ("1" if here else "0")
    assert "走访人员考核统计表" in said
    assert ("李敏" in said, "月份" in said) == (True, True)
    assert all(rate in said for rate in rates)


@pytest.mark.clause("R42")
def test_each_officer_has_a_line_of_what_they_did_and_of_what_was_theirs_to_do(desk: Desk) -> None:
    """A callback that was late with one officer and went to another stays the first one's."""
    desk.visit(**just_now(), issues=[desk.tablet.an_issue()])
    raised = desk.tablet.an_issue(text="门锁坏了")
    desk.visit(**just_now(), issues=[raised])
    task_id, _round = desk.rectified(raised["id"])
    with desk.app.app_context():
        estate = db.session.get_one(Estate, desk.estate_id)
        heir, task = a_staff(estate, Role.OFFICER, name="张华"), db.session.get_one(Task, uuid.UUID(task_id))
        task.due_on = local_date(now(), ZONE) - timedelta(days=2)
        adjust(task, assignee_id=heir.id, due_on=local_date(now(), ZONE), reason="接替", by=NOBODY, at=now())
        db.session.commit()

    told = taken(desk, "?by=officer")
    page = desk.browser("supervisor").get("/statistics?by=officer").text

    assert list(told) == ["李敏", "合计"]
    assert (told["李敏"]["见到次数"], told["李敏"]["应回访"], told["李敏"]["已回访"]) == ("2", "1", "0")
    assert (told["李敏"]["户数"], told["李敏"]["走访覆盖率"]) == ("", "–")
    assert "到期的事归到期日负责的人" in page


@pytest.mark.parametrize("asked", ["?year=1066", "?year=x", "?by=age", "?method=owl&category=none", "?building=7"])
def test_what_makes_no_sense_in_the_address_is_as_if_it_were_missing(desk: Desk, asked: str) -> None:
    desk.visit(**just_now())

    page = desk.browser("supervisor").get(f"/statistics{asked}")

    assert page.status_code == 200
    assert f"{this_year()}年度，截至" in page.text
    assert "清除筛选" not in page.text


def test_a_year_that_is_over_is_whole_and_leads_to_the_next(desk: Desk) -> None:
    last = NOW.year - 1
    at = f"{last}-12-31T15:59:00.000Z"
    desk.visit(started_at=at, ended_at=at)
    desk.visit(**just_now())
    browser = desk.browser("supervisor")

    page = browser.get(f"/statistics?year={last}").text
    december = taken(desk, f"?year={last}")

    assert f"{last}年度" in page
    assert "，截至" not in page
    assert f"/statistics?year={last + 1}" in page
    assert f"/statistics?year={last - 1}" not in page, "nothing happened before"
    assert list(december) == ["12月", "合计"], "the estate began in December"
    assert december["合计"]["走访次数"] == "1"
    assert f"/statistics?year={this_year() - 1}" in browser.get("/statistics").text


def test_a_year_in_which_nothing_that_was_due_was_done_has_its_statistics(desk: Desk) -> None:
    last = this_year() - 1
    with desk.app.app_context():
        unit = db.session.get_one(Unit, desk.unit_id)
        day = date(last, 12, 1)
        officer = staff_by_login(desk.logins["officer"])
        assert officer is not None
        who = {"assignee_id": officer.id, "by": NOBODY, "at": datetime(last, 11, 20, tzinfo=UTC)}
        make_task(unit, TaskKind.ORDER_CALLBACK, due_on=day, subject_id=new_id(), **who)
        db.session.commit()
    desk.visit(**just_now())

    december = taken(desk, f"?year={last}")["12月"]

    assert (december["应回访"], december["已回访"], december["回访率"]) == ("1", "0", "0.0 %")


def test_the_last_minute_of_a_year_is_told_by_the_estates_clock(desk: Desk) -> None:
    """Four in the afternoon in UTC is midnight there."""
    last = this_year() - 1
    at = f"{last}-12-31T16:00:00.000Z"
    desk.visit(started_at=at, ended_at=at)

    assert next(iter(taken(desk))) == "1月"
    assert taken(desk)["1月"]["走访次数"] == "1"


def test_other_endings_are_counted_apart_and_lower_the_closure_rate(desk: Desk) -> None:
    put_on_the_list(desk, "外墙渗水", Cannot.AT_ALL)
    ended = desk.issue(text="邻居吵闹")
    with desk.app.app_context():
        issue = db.session.get_one(Issue, uuid.UUID(ended))
        executive = staff_by_login(desk.logins["executive"])
        assert executive is not None
        close_unsatisfied(
            issue,
            Ending.WITHDRAWN,
            "业主撤回",
            tries=0,
            heard=len(issue.answers),
            event_id=new_id(),
            by=By(staff_id=executive.id),
            at=now(),
        )
        db.session.commit()

    total = taken(desk, f"?year={NOW.year}&by=department")["合计"]

    assert (total["提出的事项"], total["不能解决"], total["暂不能解决"], total["其他方式结束"]) == ("2", "1", "0", "1")
    assert (total["业主满意，已关闭"], total["办结率"]) == ("0", "0.0 %")


def test_who_was_not_met_without_anything_due_lowers_the_rate_of_scheduled_visits(desk: Desk) -> None:
    """Met, that would have been a scheduled visit."""
    desk.visit(**just_now())
    in_vain = {
        "number": desk.tablet.next_number(),
        "unit_id": str(desk.unit_id),
        "task_ids": [],
        "method": "door",
        "outcome": "nobody_home",
        "note": "",
        "tried_at": just_now()["started_at"],
    }
    desk.bring_in(an_operation("attempt.record", str(desk.estate_id), str(new_id()), in_vain, isoformat(now())))

    scheduled = taken(desk, "?by=category")["定期走访"]

    assert (scheduled["走访次数"], scheduled["见到次数"], scheduled["见面率"]) == ("2", "1", "50.0 %")


def test_what_stands_in_no_line_of_a_category_is_said_on_the_page_and_on_paper(desk: Desk) -> None:
    browser = desk.browser("supervisor")
    said = "日常巡查发现的事项没有走访类别，按类别统计时只计入合计。"

    assert said in browser.get("/statistics?by=category").text
    with browser.get("/statistics.pdf?lang=zh") as answer:
        assert said in reading.text(answer.data)


def test_what_its_owner_objected_to_was_not_answered_on_the_spot(desk: Desk) -> None:
    raised = desk.tablet.an_issue(answered=True, answer="已当场调整")
    desk.visit(**just_now(), issues=[raised])
    with desk.app.app_context():
        issue = db.session.get_one(Issue, uuid.UUID(raised["id"]))
        word = OwnersWord.taken_down(Answer.OBJECTED, HowAnswered.PHONE, "又松了", said_at=now())
        assert object_to(issue, word, event_id=new_id(), by=NOBODY, at=now())
        db.session.commit()
    task_id, round_ = desk.rectified(raised["id"])
    satisfied = {"task_id": task_id, "issue_id": raised["id"], "round": round_, "answer": "satisfied", "reason": ""}
    desk.visit(**just_now(), task_ids=[task_id], answers=[satisfied])

    total = taken(desk)["合计"]

    assert (total["当场答复"], total["业主满意，已关闭"], total["每件办结轮次"]) == ("0", "1", "2.0")


def test_days_to_close_end_when_the_owner_said_so_not_when_the_tablet_found_a_network(desk: Desk) -> None:
    three_days_ago = isoformat(now() - timedelta(days=3))
    on_the_spot = desk.tablet.an_issue(answered=True, answer="已当场调整")

    desk.visit(started_at=three_days_ago, ended_at=three_days_ago, issues=[on_the_spot])

    total = taken(desk)["合计"]
    assert (total["业主满意，已关闭"], total["办结中位天数"], total["九成办结天数"]) == ("1", "0", "0")


def test_an_estate_of_nothing_has_figures_of_nothing_and_hears_of_no_building_of_another(desk: Desk) -> None:
    desk.visit(**just_now())
    with desk.app.app_context():
        building_id = db.session.get_one(Unit, desk.unit_id).building_id
        login = a_staff(an_estate(), Role.SUPERVISOR, name="林主管").login
        db.session.commit()
    elsewhere = replace(desk, logins={"supervisor": login})

    browser = elsewhere.browser("supervisor")

    told = taken(elsewhere, f"?by=building&building={building_id}")

    assert list(told) == ["合计"]
    assert [told["合计"][name] for name in ("户数", "走访次数", "提出的事项", "办结率")] == ["0", "0", "0", "–"]
    for by in ("month", "category", "method", "building", "department"):
        page = browser.get(f"/statistics?by={by}&building={building_id}")
        assert page.status_code == 200
        assert "清除筛选" not in page.text
    with browser.get("/statistics.pdf?lang=en") as answer:
        assert "Nothing is carried over." in reading.text(answer.data)
