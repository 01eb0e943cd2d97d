"""Phone callbacks in the office: form 2 for a month, and what the unit's page says of calls and dead numbers."""

import re
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.agenda.models import Task
from app.core.clock import isoformat, local_date, now
from app.core.db import db
from app.estates.models import Estate, Person, Unit
from app.people.queries import staff_by_login
from app.people.rules import Role
from tests.builders import a_staff
from tests.office.conftest import Desk
from tests.visits.kept import an_attempt


def the_owner(desk: Desk) -> str:
    """The id of whoever owns the desk's home."""
    with desk.app.app_context():
        return str(db.session.get_one(Unit, desk.unit_id).ownerships[0].person_id)


def rings(desk: Desk, outcome: str = "no_answer", at: datetime | None = None, **wanted: Any) -> None:
    """A call from the officer's tablet that reached nobody."""
    said = {"method": "phone", "outcome": outcome, "tried_at": isoformat(at or now())} | wanted
    desk.bring_in(an_attempt(desk, **said))  # type: ignore[arg-type] - a desk has all that is asked of a world


def reaches(desk: Desk, **wanted: Any) -> str:
    """A call that became a visit by phone, now."""
    times = {"started_at": isoformat(now()), "ended_at": isoformat(now())}
    return desk.visit(method="phone", by_owner=False, **(times | wanted))


@pytest.mark.clause("P54")
def test_the_month_shows_each_call_with_its_result_and_the_rates_with_their_counts(desk: Desk) -> None:
    called = {"person_id": the_owner(desk), "index": 0, "ending": "6021"}
    before = now() - timedelta(minutes=20)
    rings(desk, at=before, number_called=called, note="过会儿再打")
    reaches(desk, wishes="希望周末联系", rating="basic", task_ids=[str(desk.task_id)])

    page = desk.browser("supervisor").get("/visits/calls").text

    for words in (
        "电话回访",
        "无人接听",
        "过会儿再打",
        "138 **** 6021",
        "接通",
        "基本满意",
        "希望周末联系",
        "第 2 次",
        "定期走访",
    ):
        assert words in page, words
    assert "13812346021" not in page
    assert "1 / 2" in page, "reached of calls"
    assert "0 / 1" in page, "reached at the first attempt of households"


def test_the_page_shows_every_rate_of_the_paper_and_of_one_officer_what_each_is_counted_from(desk: Desk) -> None:
    """A colleague rings about a callback that is with the officer."""
    issue = desk.issue(text="主卫渗水")
    task_id, round_ = desk.rectified(issue)
    answer = {"task_id": task_id, "issue_id": issue, "round": round_, "answer": "dissatisfied", "reason": "还在渗"}
    reaches(desk, task_ids=[task_id], answers=[answer], rating="satisfied")
    with desk.app.app_context():
        officer = staff_by_login(desk.logins["officer"])
        colleague = a_staff(db.session.get_one(Estate, desk.estate_id), Role.OFFICER, name="张华")
        callback = db.session.get_one(Task, uuid.UUID(task_id))
        callback.assignee_id, callback.due_on = colleague.id, local_date(now(), "Asia/Shanghai")
        db.session.commit()
        ids = [officer.id, colleague.id]
    browser = desk.browser("supervisor")

    everybody, theirs, colleagues = (
        browser.get("/visits/calls", query_string={"officer": id_} if id_ else {}).text for id_ in (None, *ids)
    )

    names = ("接通率", "一次成功率", "满意率（满意）", "满意率（含基本满意）", "回访率", "及时率", "解决率")
    assert rates_on(everybody) == dict(zip(names, ["1 / 1"] * 6 + ["0 / 1"], strict=True))
    assert rates_on(theirs) == rates_on(everybody) | {"回访率": "0 / 0", "及时率": "0 / 0"}
    assert rates_on(colleagues) == dict.fromkeys(names, "0 / 0") | {"回访率": "1 / 1", "及时率": "1 / 1"}
    said = "回访率和及时率按到期日由%s负责的回访计算"
    assert [said % "李敏" in page for page in (everybody, theirs, colleagues)] == [False, True, False]
    assert said % "张华" in colleagues


def rates_on(page: str) -> dict[str, str]:
    return dict(re.findall(r'class="rate-row">\s*<span>([^<]+)</span>\s*<b class="num">([^<]+)</b>', page))


def test_what_was_not_solved_by_phone_shows_its_number_and_its_next_round(desk: Desk) -> None:
    issue = desk.issue(text="主卫渗水")
    task_id, round_ = desk.rectified(issue)
    answer = {"task_id": task_id, "issue_id": issue, "round": round_, "answer": "dissatisfied", "reason": "还在渗"}
    reaches(desk, task_ids=[task_id], answers=[answer])

    page = desk.browser("supervisor").get("/visits/calls").text

    for words in ("WT-", "还在渗", "第 2 轮", "事项回访"):
        assert words in page, words


def test_months_are_turned_and_a_foolish_one_is_this_one(desk: Desk) -> None:
    rings(desk, at=datetime(2025, 3, 5, 4, tzinfo=UTC))
    browser = desk.browser("supervisor")

    assert "无人接听" in browser.get("/visits/calls?month=2025-03").text
    assert "month=2025-02" in browser.get("/visits/calls?month=2025-03").text
    assert "无人接听" not in browser.get("/visits/calls?month=2025-04").text
    for foolish in ("soon", "0001-01", "9999-12", "2026-13"):
        assert "本月没有通话" in browser.get(f"/visits/calls?month={foolish}").text


def test_the_list_is_read_in_english_too(desk: Desk) -> None:
    rings(desk, "unallocated")

    page = desk.browser("english").get("/visits/calls").text

    for words in ("Phone callbacks", "Number not allocated", "attempt 1", "First-call success"):
        assert words in page, words


def test_calls_are_for_customer_service_and_of_ones_own_estate(desk: Desk) -> None:
    assert desk.browser("handler").get("/visits/calls").status_code == 403
    assert desk.app.test_client().get("/visits/calls").status_code == 302


def test_the_unit_shows_a_dead_number_with_its_day_and_what_is_to_come_of_a_try(desk: Desk) -> None:
    called = {"person_id": the_owner(desk), "index": 0, "ending": "6021"}
    rings(desk, "suspended", at=datetime(2026, 9, 2, 17, tzinfo=UTC), number_called=called)
    again = datetime(2031, 5, 3, 2, tzinfo=UTC)
    desk.bring_in(an_attempt(desk, left_note=True, again_at=isoformat(again)))  # type: ignore[arg-type]

    page = desk.browser("officer").get(f"/units/{desk.unit_id}").text

    assert "停机，" in page
    assert "9月3日" in page
    for words in ("已留条", "2031年5月3日 10:00", "电话回访"):
        assert words in page, words


def test_a_number_that_was_put_right_is_not_shown_as_dead(desk: Desk) -> None:
    owner = the_owner(desk)
    rings(desk, "wrong_number", number_called={"person_id": owner, "index": 0, "ending": "6021"})
    with desk.app.app_context():
        db.session.get_one(Person, uuid.UUID(owner)).phone = "13900009999"
        db.session.commit()

    page = desk.browser("officer").get(f"/units/{desk.unit_id}").text

    assert "号码有误，" not in page


def test_the_visits_lead_to_the_calls(desk: Desk) -> None:
    assert 'href="/visits/calls"' in desk.browser("supervisor").get("/visits").text
