"""A draft in its table: cells answered one by one, homes added by hand, spread over days, and what it tells."""

import re
import uuid
from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.core.clock import local_date, now
from app.core.db import db
from app.core.journal import JournalLine
from app.visits.models import Plan, PlanLine
from app.visits.planning import cycle_ends, last_day, month_of
from app.visits.rules import Method, PlanState
from app.visits.spreading import days_left
from tests.office.plan_desks import Desks, met, missed_last_month, today
from tests.office.plan_desks import desks as desks  # noqa: PLC0414 - a fixture
from tests.office.told import told

# --- the sheet of a draft ---


@pytest.mark.clause("R41")
def test_the_sheet_has_the_columns_of_the_form_and_saves_each_cell_for_itself(desks: Desks) -> None:
    line, other = desks.lines()
    page, officer = desks.page(), desks.value(line, "officer")
    for words in ("房号", "业主", "上次见面", "走访人", "计划日期", "走访目的", "走访方式", "陈建国", "王秀英"):
        assert words in page

    status, answers = desks.write(
        (line, "officer", officer, "张伟"),
        (line, "method", "door", "电话"),
        (line, "purpose", "", "渗水复查"),
        (line, "time", "", "14:30"),
        (other, "day", desks.value(other, "day"), "1999-01-01"),
        (other, "officer", desks.value(other, "officer"), "王五"),
    )

    assert status == 200
    assert [answer["state"] for answer in answers] == ["saved"] * 4 + ["refused"] * 2
    assert (answers[0]["text"], answers[1]["shown"]) == ("张伟", "电话回访")
    assert "没有叫“王五”的走访人员" in answers[5]["message"]
    with desks.app.app_context():
        kept = db.session.get_one(PlanLine, uuid.UUID(line))
        assert (kept.purpose, kept.method, f"{kept.planned_time:%H:%M}") == ("渗水复查", Method.PHONE, "14:30")


def test_the_second_of_two_is_told_who_wrote_what_and_can_write_over_it(desks: Desks) -> None:
    line = desks.lines()[0]
    desks.write((line, "purpose", "", "春节前走访"))

    _status, [told] = desks.write((line, "purpose", "", "渗水复查"), who="second_supervisor")
    _status, [again] = desks.write((line, "purpose", told["value"], "渗水复查"), who="second_supervisor")

    assert (told["state"], told["value"]) == ("overtaken", "春节前走访")
    assert told["message"] == "孙丽华已改为“春节前走访”。"
    assert again["state"] == "saved"


@pytest.mark.parametrize("sent", [None, {}, {"cells": "x"}, {"cells": [{"line": "x"}]}], ids=str)
def test_what_cannot_be_read_changes_nothing(desks: Desks, sent: object) -> None:
    answer = desks.desks["supervisor"].post(f"{desks.plan}/cells", json=sent)

    assert answer.status_code == 422
    assert "无法读取" in answer.json["message"]


@pytest.mark.parametrize("sent", ["", "{", "[" * 100_000], ids=["nothing", "begun", "deep"])
def test_nor_does_what_is_no_json(desks: Desks, sent: str) -> None:
    assert desks.desks["supervisor"].post(f"{desks.plan}/cells", data=sent).status_code == 422


def test_under_review_the_sheet_is_closed_in_words(desks: Desks) -> None:
    line = desks.lines()[0]
    desks.act("supervisor", "submit")

    status, [told] = desks.write((line, "purpose", "", "晚了"), who="second_supervisor")

    assert status == 409
    assert "正在批阅" in told["message"]
    assert "data-sheet" not in desks.page()


@pytest.mark.parametrize("who", ["manager", "officer"])
def test_only_the_supervisor_writes_in_it(desks: Desks, who: str) -> None:
    answer = desks.desks[who].post(f"{desks.plan}/cells", json={"cells": []})

    assert answer.status_code == 403
    assert "data-sheet" not in desks.page(who=who)


@pytest.mark.parametrize("words", ["9901", "赵磊", "zl"])
def test_a_home_is_found_and_added_by_hand(desks: Desks, words: str) -> None:
    page = desks.page(f"{desks.plan}?add={words}")
    assert f'value="{desks.outside}"' in page
    assert "赵磊" in page

    desks.desks["supervisor"].post(f"{desks.plan}/homes", data={"unit": desks.outside})

    assert len(desks.lines()) == 3
    assert "没有与" in desks.page(f"{desks.plan}?add={words}")


@pytest.mark.clause("P53")
def test_what_an_earlier_month_has_not_met_is_shown_and_put_in_with_one_press(desks: Desks) -> None:
    before = missed_last_month(desks)
    page = desks.page()
    assert "此前未见到、尚未列入任何计划：1 户" in page
    assert f"9901 ({before})" in page

    desks.desks["supervisor"].post(f"{desks.plan}/homes", data={"unit": desks.outside})

    page = desks.page()
    assert len(desks.lines()) == 3
    assert "尚未列入任何计划" not in page
    assert f"{before} 未见到" in page


@pytest.mark.clause("P53")
def test_a_month_that_is_over_is_not_called_at_work(desks: Desks) -> None:
    desks.put_to_work()
    missed_last_month(desks)

    rows = desks.page("/plans").split("<tr data-row>")[1:]

    assert [("执行中" in row, "当月已结束" in row) for row in rows] == [(True, False), (False, True)]


@pytest.mark.parametrize("state", [PlanState.DRAFT, PlanState.UNDER_REVIEW])
def test_a_plan_that_was_not_filed_in_its_month_says_so_and_asks_for_nothing(desks: Desks, state: PlanState) -> None:
    with desks.app.app_context():
        db.session.execute(sa.update(Plan).values(month="2026-01", state=state))
        db.session.commit()

    page, listed = desks.page(), desks.page("/plans")

    assert "当月已结束，该计划未完成备案" in page
    assert not any(act in page for act in ("/submit", "/take-back", "/anew", "/cells"))
    assert "当月已结束，未备案" in listed


@pytest.mark.parametrize("handed_in", [False, True])
def test_a_change_that_was_not_filed_in_its_month_says_so_and_asks_for_nothing(
    desks: Desks, *, handed_in: bool
) -> None:
    desks.put_to_work()
    change = desks.amend()
    desks.write((desks.lines(change)[0], "purpose", "", "看看渗水"), address=change)
    if handed_in:
        assert desks.act("supervisor", "submit", change).status_code == 302
    with desks.app.app_context():
        db.session.execute(sa.update(Plan).values(month="2026-01"))
        db.session.commit()

    pages = [desks.page(change, who) for who in ("supervisor", "manager")]

    for page in pages:
        assert "当月已结束，本次计划变更未完成备案" in page
        assert not any(act in page for act in ("/submit", "/take-back", "/review/", "/cells", "/discard"))


def test_a_plan_at_work_shows_it_too_and_its_change_takes_it_up(desks: Desks) -> None:
    desks.put_to_work()
    missed_last_month(desks)
    assert "尚未列入任何计划：1 户" in desks.page()
    assert "尚未列入任何计划" not in desks.page(who="manager")
    change = desks.amend()

    desks.desks["supervisor"].post(f"{change}/homes", data={"unit": desks.outside})

    assert len(desks.lines(change)) == 3
    assert "尚未列入任何计划" not in desks.page(change)


def test_homes_whose_day_is_over_are_named_to_who_drafts_and_to_who_reviews(desks: Desks) -> None:
    with desks.app.app_context():
        yesterday = local_date(now(), "Asia/Shanghai") - timedelta(days=1)
        db.session.execute(sa.update(PlanLine).values(due_on=yesterday))
        db.session.commit()
    drafted = desks.page()
    with desks.app.app_context():
        db.session.execute(sa.update(Plan).values(state=PlanState.UNDER_REVIEW))
        db.session.commit()

    assert "计划日期已过" in drafted
    assert "备案后即为逾期" in desks.page(who="manager")


@pytest.mark.clause("P53")
def test_who_drafts_and_who_approves_see_which_homes_that_are_due_stand_in_no_plan(desks: Desks) -> None:
    before, line = desks.page(), desks.lines()[0]
    with desks.app.app_context():
        home = db.session.get_one(PlanLine, uuid.UUID(line)).unit.short
    desks.desks["supervisor"].post(f"{desks.plan}/lines", data={"act": "drop", "line": line})

    pages = [desks.page(), desks.page(who="manager")]

    told = [re.search(r"按走访周期应访、尚未列入任何计划：(\d+) 户（([^）]+)）", page) for page in pages]
    assert [(int(found[1]), f'<span class="keep">{home}</span>' in found[2]) for found in told] == [(2, True)] * 2
    assert told[0][0] not in before


def test_the_work_in_a_draft_is_not_thrown_away_before_somebody_was_asked(desks: Desks) -> None:
    page = desks.page()

    assert 'href="#anew"' in page
    asks = page.split('id="anew"')[1].split("</section>")[0]
    assert f'action="{desks.plan}/anew"' in asks
    assert "手工改动" in asks
    assert page.count(f'action="{desks.plan}/anew"') == 1


@pytest.mark.clause("V44")
def test_chosen_homes_are_spread_over_days(desks: Desks) -> None:
    lines, days = desks.lines(), days_left(month_of(today()), today())
    assert desks.page().count(f'<option value="{days[0].isoformat()}"') == 2, "the first day, and the last"

    answer = desks.spread(lines, days[0], days[-1])

    assert "2 户已分摊到 1 天" in answer.text, "they are neighbours"
    [day] = {desks.value(line, "day") for line in lines}
    assert day in {day.isoformat() for day in days}
    with desks.app.app_context():
        written = db.session.scalars(sa.select(JournalLine).where(JournalLine.kind == "plan:cells_written")).all()
        fields = {cell["field"] for line in written for cell in line.data["cells"]}
        assert fields <= {"day"}, "who changed what stands in the journal as if it were typed"


@pytest.mark.clause("P53")
def test_whoever_spreads_homes_is_told_which_come_after_their_cycle_though_they_need_not(desks: Desks) -> None:
    line, day, last = desks.lines()[0], today() - timedelta(days=88), last_day(month_of(today()))
    with desks.app.app_context():
        met(db.session.get_one(PlanLine, uuid.UUID(line)).unit, now() - timedelta(days=88))
        db.session.commit()

    in_time, late = desks.spread([line], today(), today()).text, desks.spread([line], last, last).text

    assert "走访周期到期之后" not in in_time
    assert ("现有 1 户排在走访周期到期之后" in late) == (cycle_ends(day, 3) < last)


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        ({"to": "1999-01-01"}, "1999-01-01"),
        ({"from": ""}, "哪一天？"),
        ({"weekdays": "someday"}, "请选择安排在星期几"),
        ({"line": []}, "请先选择"),
    ],
    ids=str,
)
def test_days_that_cannot_be_are_refused_and_change_nothing(
    desks: Desks, wanted: dict[str, object], words: str
) -> None:
    before = [desks.value(line, "day") for line in desks.lines()]

    answer = desks.spread(desks.lines(), today(), today(), **wanted)

    assert words in told(answer)
    assert [desks.value(line, "day") for line in desks.lines()] == before


def test_a_plan_at_work_is_spread_anew_by_a_change(desks: Desks) -> None:
    desks.put_to_work()
    change, day = desks.amend(), today().isoformat()

    answer = desks.spread(desks.lines(change), today(), today(), address=change)

    assert "2 户已分摊到 1 天" in answer.text
    assert {desks.value(line, "day", change) for line in desks.lines(change)} == {day}
