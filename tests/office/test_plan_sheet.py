"""A draft in its table: cells answered one by one, homes added by hand; a plan at work changed in the same table."""

import re
import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.agenda.actions import make_task, settle
from app.agenda.models import Task
from app.agenda.rules import TaskKind, TaskState
from app.core.clock import local_date, now
from app.core.db import db
from app.core.ids import new_id
from app.core.journal import By, JournalLine
from app.estates.models import Unit
from app.people.models import Device, Staff
from app.people.rules import Role
from app.sync.documents import documents
from app.visits.models import Plan, PlanAmendment, PlanLine, Visit
from app.visits.planning import cycle_ends, last_day, month_of
from app.visits.rules import Method, PlanState, Rating, Relation
from app.visits.spreading import days_left
from tests.builders import a_home, a_staff, a_unit, an_estate, an_owner
from tests.office.at_desks import cookies_of, known_again, logged_in
from tests.office.told import left_over, told
from tests.standing import BuiltOnce

WHO = {
    "supervisor": (Role.SUPERVISOR, "孙丽华"),
    "second_supervisor": (Role.SUPERVISOR, "钱主管"),
    "manager": (Role.MANAGER, "顾文博"),
    "property_manager": (Role.PROPERTY_MANAGER, "郑卫东"),
    "officer": (Role.OFFICER, "李敏"),
    "second_officer": (Role.OFFICER, "张伟"),
}
TWO = ("supervisor", "officer")
CHAIN = (("supervisor", "submit"), *((who, "review/hand_on") for who in ("manager", "property_manager", "supervisor")))


@dataclass(frozen=True)
class Desks:
    """An estate with two homes in this month's plan and one that is not in it; everybody at their desk."""

    app: Flask
    desks: dict[str, FlaskClient]
    plan: str
    outside: str

    def page(self, address: str = "", who: str = "supervisor") -> str:
        return self.desks[who].get(address or self.plan).text

    def lines(self, address: str = "") -> list[str]:
        return re.findall(r'<tr data-line="([^"]+)"', self.page(address))

    def value(self, line: str, field: str, address: str = "") -> str:
        """What stands in a cell of the page, as it is kept."""
        row = self.page(address).split(f'data-line="{line}"')[1]
        return re.search(rf'data-field="{field}"\s+data-value="([^"]*)"', row)[1]

    def write(
        self, *cells: tuple[str, str, str, str], address: str = "", who: str = "supervisor"
    ) -> tuple[int, list[dict[str, Any]]]:
        """Send (line, field, seen, text); the answers, or what was said to all of it."""
        sent = [dict(zip(("line", "field", "seen", "text"), cell, strict=True)) for cell in cells]
        answer = self.desks[who].post(f"{address or self.plan}/cells", json={"cells": sent})
        return answer.status_code, answer.json.get("cells", [answer.json])

    def spread(self, lines: list[str], first: date, last: date, address: str = "", **wanted: object) -> TestResponse:
        """Choose homes and spread them over days; the page that comes of it."""
        address = address or self.plan
        fields = {"line": lines, "act": "spread", "from": first.isoformat(), "to": last.isoformat(), "weekdays": "all"}
        return self.desks["supervisor"].post(
            f"{address}/lines", data=fields | wanted, headers={"Referer": address}, follow_redirects=True
        )

    def act(self, who: str, what: str, address: str = "", note: str = "原因", page: str = "") -> TestResponse:
        """Send the form of an act as it stands on a page."""
        prefix = what.rsplit("/", maxsplit=1)[-1].replace("-", "_")
        page = page or self.page(address, who)
        fields = dict(re.findall(rf'name="({prefix}-\w+)"\s+type="hidden"\s+value="([^"]*)"', page))
        return self.desks[who].post(f"{address or self.plan}/{what}", data=fields | {f"{prefix}-note": note})

    def put_to_work(self) -> None:
        for who, what in CHAIN:
            assert self.act(who, what).status_code == 302

    def amend(self, who: str = "supervisor") -> str:
        return self.desks[who].post(f"{self.plan}/amendments").location


@pytest.fixture
def desks(app: Flask, built_once: BuiltOnce) -> Desks:
    cookies, plan, outside = built_once(_desks)
    return Desks(app, known_again(app, cookies), plan, outside)


def _desks(client: FlaskClient) -> tuple[dict[str, str], str, str]:
    app = client.application
    with app.app_context():
        estate = an_estate()
        homes = [a_home(estate, name) for name in ("陈建国", "王秀英")]
        logins = {who: a_staff(estate, role, name=name).login for who, (role, name) in WHO.items()}
        db.session.commit()
        assert len(homes) == 2
    browsers = logged_in(app, logins)
    month = month_of(local_date(now(), "Asia/Shanghai"))
    plan = browsers["supervisor"].post("/plans", data={"month": month}, follow_redirects=True).request.path
    with app.app_context():
        outside = a_unit(db.session.merge(estate), "9901")
        an_owner(outside, "赵磊")
        db.session.commit()
        return cookies_of(browsers), plan, str(outside.id)


def today() -> date:
    return local_date(now(), "Asia/Shanghai")


def end_of_month() -> str:
    return last_day(month_of(today())).isoformat()


def met(unit: Unit, at: datetime) -> None:
    """Somebody was met there."""
    officer = db.session.scalars(sa.select(Staff).filter_by(name=WHO["officer"][1])).one()
    tablet = Device(code="T09", key={}, send_token_hash="0" * 64, enrolled_at=at)
    db.session.add(tablet)
    db.session.flush()
    people = {"officer_id": officer.id, "interviewee_name": "陈建国", "interviewee_relation": Relation.OWNER}
    when = {"started_at": at, "ended_at": at, "received_at": at}
    said = {"method": Method.DOOR, "categories": [], "script": {}, "rating": Rating.SATISFIED, "complete": True}
    where = {"estate_id": unit.estate_id, "unit_id": unit.id, "device_id": tablet.id, "operation_id": new_id()}
    db.session.add(Visit(number="T09-0001", **where, **people, **when, **said))


def missed_last_month(desks: Desks) -> str:
    """Last month's plan went to the home outside this one and met nobody; returns the month."""
    last = local_date(now(), "Asia/Shanghai").replace(day=1) - timedelta(days=1)
    with desks.app.app_context():
        unit = db.session.get_one(Unit, uuid.UUID(desks.outside))
        supervisor, officer = (db.session.scalars(sa.select(Staff).filter_by(name=WHO[who][1])).one() for who in TWO)
        more = {"state": PlanState.ACTIVE, "made_by_id": supervisor.id, "made_at": now(), "active_at": now()}
        plan = Plan(id=new_id(), estate_id=unit.estate_id, month=month_of(last), **more)
        db.session.add(plan)
        db.session.flush()
        due = {"assignee_id": officer.id, "due_on": last, "subject_id": new_id(), "plan_id": plan.id}
        make_task(unit, TaskKind.PLANNED_VISIT, by=By(staff_id=supervisor.id), at=now(), **due)
        db.session.commit()
    return month_of(last)


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
    assert [(int(found[1]), home in found[2].split(" · ")) for found in told] == [(2, True)] * 2
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


# --- a plan at work is changed ---


@pytest.mark.clause("V44")
def test_a_change_goes_along_the_chain_and_stands_on_the_page_as_a_version(desks: Desks) -> None:
    desks.put_to_work()
    change = desks.amend()
    line, other = desks.lines(change)
    officer = desks.value(line, "officer", change)
    name = re.search(rf'data-value="{officer}"\s+data-text="([^"]+)"', desks.page(change))[1]
    new = {"李敏": "张伟", "张伟": "李敏"}[name]
    desks.write((line, "officer", officer, new), (line, "purpose", "", "渗水复查"), address=change)
    desks.desks["supervisor"].post(f"{change}/lines", data={"line": other, "act": "drop", "reason": "业主出国"})
    desks.desks["supervisor"].post(f"{change}/homes", data={"unit": desks.outside})
    assert "正在拟定这份计划的变更" in desks.page()

    waiting = []
    for who, what in CHAIN:
        waiting.append([one for one in WHO if "走访计划变更" in desks.page("/", one)])
        assert desks.act(who, what, change).status_code == 302

    assert waiting == [[], ["manager"], ["property_manager"], ["supervisor", "second_supervisor"]]
    page = re.sub(r"\s+", " ", desks.page(who="officer"))
    for words in ("第 2 版", f"<s>{name}</s> → <b>{new}</b>", "渗水复查", "原因：业主出国", "新增", "移出", "郑卫东"):
        assert words in page
    with desks.app.app_context():
        states = sorted(task.state.value for task in db.session.scalars(sa.select(Task)))
        assert states == ["cancelled", "due", "due"]
        task = db.session.scalars(sa.select(Task).where(Task.subject_id == uuid.UUID(line))).one()
        told = documents("task", [task.id], now())[task.id]
        assert (told["purpose"], told["assignee_name"]) == ("渗水复查", new), "the tablet is told"
        assert not {"time", "method"} & set(told), "absent rather than blank: no time is set, and it is at the door"
        assert db.session.scalars(sa.select(Plan)).one().version == 2


def test_a_visit_held_meanwhile_lets_its_line_fall_away_in_words(desks: Desks) -> None:
    desks.put_to_work()
    change = desks.amend()
    line = desks.lines(change)[0]
    desks.write((line, "purpose", "", "渗水复查"), address=change)
    with desks.app.app_context():
        task = db.session.scalars(sa.select(Task).where(Task.subject_id == uuid.UUID(line))).one()
        settle(task, new_id(), by=By(), at=now())
        db.session.commit()

    assert "期间已走访：此项变更不再执行" in desks.page(change)
    _status, [told] = desks.write((line, "purpose", "", "再写"), address=change)
    assert "已完成的不再更改" in told["message"]
    for who, what in CHAIN:
        assert desks.act(who, what, change).status_code == 302
    with desks.app.app_context():
        assert db.session.get_one(PlanLine, uuid.UUID(line)).purpose == ""
        assert (
            db.session.scalars(sa.select(Task).where(Task.subject_id == uuid.UUID(line))).one().state is TaskState.DONE
        )


def test_the_second_who_begins_a_change_is_led_to_the_first(desks: Desks) -> None:
    desks.put_to_work()
    first = desks.amend()

    second = desks.amend("second_supervisor")

    assert second == first
    assert "已有人在拟定这份计划的变更" in desks.page(first, "second_supervisor")


def test_two_at_once_at_a_change_one_wins_and_the_other_keeps_what_was_written(desks: Desks) -> None:
    desks.put_to_work()
    change = desks.amend()
    line = desks.lines(change)[0]
    desks.write((line, "purpose", "", "渗水复查"), address=change)
    desks.act("supervisor", "submit", change)
    seen = desks.page(change, "manager")
    desks.act("supervisor", "take-back", change, "漏了一户")

    answer = desks.act("manager", "review/send_back", change, "请补上三号楼", page=seen)

    assert answer.status_code == 409
    assert "孙丽华: 已撤回" in answer.text
    assert "请补上三号楼" in answer.text


def test_without_a_reason_nothing_is_taken_out_of_a_plan_at_work(desks: Desks) -> None:
    desks.put_to_work()
    change = desks.amend()
    sent = {"line": desks.lines(change)[0], "act": "drop", "reason": " "}

    answer = desks.desks["supervisor"].post(
        f"{change}/lines", data=sent, headers={"Referer": f"http://localhost{change}"}, follow_redirects=True
    )

    assert "请写明移出的原因" in answer.text
    assert len(desks.lines(change)) == 2


def test_what_was_to_change_is_let_go_of_or_all_of_it_thrown_away(desks: Desks) -> None:
    desks.put_to_work()
    change = desks.amend()
    line, other = desks.lines(change)
    desks.desks["supervisor"].post(f"{change}/lines", data={"line": other, "act": "drop", "reason": "业主出国"})
    desks.write((line, "day", desks.value(line, "day", change), end_of_month()), address=change)

    desks.desks["supervisor"].post(f"{change}/lines", data={"line": [other, line], "act": "leave"})
    assert len(desks.lines(change)) == 2
    assert "还没有变更" in desks.page(change)
    desks.desks["supervisor"].post(f"{change}/discard")

    assert "变更计划…" in desks.page()
    with desks.app.app_context():
        assert db.session.scalars(sa.select(Plan)).one().state is PlanState.ACTIVE
        assert db.session.scalars(sa.select(PlanAmendment)).one().version is None


# --- the second of two ---


@pytest.mark.clause("V44")
@pytest.mark.parametrize("again", ["anew", "from the list"])
def test_nobody_throws_away_what_a_colleague_wrote_in_a_draft_without_having_seen_it(
    desks: Desks,
    again: str,
) -> None:
    browser, [line, _other] = desks.desks["second_supervisor"], desks.lines()
    page = desks.page(who="second_supervisor")
    desks.write((line, "purpose", "", "问雨棚漏水"))

    if again == "anew":
        late = throw_away(browser, f"{desks.plan}/anew", page)
    else:
        month = re.findall(r"20\d\d-\d\d", page)[0]
        late = browser.post("/plans", data={"month": month}, follow_redirects=True)

    assert "孙丽华" in told(late)
    assert "问雨棚漏水" in desks.page()
    assert desks.lines()[0] == line


def test_whoever_has_seen_it_may_propose_anew_and_ones_own_writing_is_no_surprise(desks: Desks) -> None:
    line, _other = desks.lines()
    page = desks.page()
    desks.write((line, "purpose", "", "问雨棚漏水"))

    done = throw_away(desks.desks["supervisor"], f"{desks.plan}/anew", page)

    assert told(done) == ""
    assert "问雨棚漏水" not in desks.page()


def test_nobody_throws_away_a_change_that_a_colleague_is_drawing_up_without_having_seen_it(desks: Desks) -> None:
    desks.put_to_work()
    change = desks.amend()
    page = desks.page(change, "second_supervisor")
    desks.desks["supervisor"].post(
        f"{change}/lines", data={"line": desks.lines(change)[0], "act": "drop", "reason": "业主出国"}
    )

    late = throw_away(desks.desks["second_supervisor"], f"{change}/discard", page)
    done = throw_away(desks.desks["second_supervisor"], f"{change}/discard", late.text)

    assert "孙丽华" in told(late)
    assert told(done) == ""
    with desks.app.app_context():
        assert db.session.scalars(sa.select(PlanAmendment)).one().version is None


def throw_away(browser: FlaskClient, address: str, page: str) -> TestResponse:
    """Send the form that asks first, as it stands on a page."""
    by_others = re.findall(rf'action="{address}".*?name="by-others" value="(\d+)"', page, re.DOTALL)[0]
    there = address.rsplit("/", maxsplit=1)[0]
    referrer = {"Referer": f"http://localhost{there}"}
    return browser.post(address, data={"by-others": by_others}, headers=referrer, follow_redirects=True)


def test_the_reason_for_taking_homes_out_is_kept_when_the_change_was_handed_in_meanwhile(desks: Desks) -> None:
    desks.put_to_work()
    change = desks.amend()
    line, other = desks.lines(change)
    drop = {"line": other, "act": "drop", "reason": "业主出国"}
    desks.desks["supervisor"].post(f"{change}/lines", data=drop)
    desks.act("supervisor", "submit", change)

    late = desks.desks["second_supervisor"].post(
        f"{change}/lines", data=drop | {"line": line, "reason": "业主都不在本市"}
    )

    assert late.status_code == 409
    assert told(late)
    assert "业主都不在本市" in left_over(late)


def test_what_was_written_to_a_plan_that_has_lost_its_homes_is_kept(desks: Desks) -> None:
    page = desks.page()
    with desks.app.app_context():
        db.session.execute(sa.delete(PlanLine))
        db.session.commit()

    answer = desks.act("supervisor", "submit", note="业主都不在本市", page=page)

    assert answer.status_code == 422
    assert "一户也没有" in told(answer)
    assert "业主都不在本市" in left_over(answer)
