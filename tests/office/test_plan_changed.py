"""A plan at work is changed in its table; of two who work at a plan the second overwrites nothing unseen."""

import re
import uuid

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.agenda.actions import settle
from app.agenda.models import Task
from app.agenda.rules import TaskState
from app.core.clock import now
from app.core.db import db
from app.core.ids import new_id
from app.core.journal import By
from app.sync.documents import documents
from app.visits.models import Plan, PlanAmendment, PlanLine
from app.visits.rules import PlanState
from tests.office.plan_desks import CHAIN, WHO, Desks, end_of_month
from tests.office.plan_desks import desks as desks  # noqa: PLC0414 - a fixture
from tests.office.told import left_over, told

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
