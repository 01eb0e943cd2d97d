"""Special visits at a desk: ordered after a look at the homes, changed with a reason, seen by everybody."""

import re
import uuid
from dataclasses import dataclass, field
from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from markupsafe import Markup
from werkzeug.test import TestResponse

from app.agenda.models import Task
from app.agenda.rules import TaskKind, TaskState
from app.core.clock import local_date, now
from app.core.db import db
from app.estates.models import Building, Estate, Unit
from app.estates.rules import Occupancy
from app.people.queries import staff_by_login
from app.people.rules import Role
from app.visits.models import SpecialVisit
from tests.builders import a_staff, a_unit
from tests.office.conftest import Desk
from tests.office.told import left_over, told

TITLE = "暖气打压前逐户确认"
NEW = "/plans/special/new"


@dataclass
class Ordering:
    """Somebody at a desk with an order in front of them: the form as its page stands."""

    desk: Desk
    browser: FlaskClient
    stairs: dict[str, str]
    officer: str
    colleague: str
    fields: dict[str, object] = field(default_factory=dict)

    @property
    def day(self) -> date:
        return local_date(now(), "Asia/Shanghai") + timedelta(days=4)

    def send(self, act: str, **change: object) -> TestResponse:
        """The form as it stands, with what somebody changes in it."""
        blank = {"title": TITLE, "ask": "阀门", "due_on": self.day.isoformat(), "method": "door"}
        blank |= {"officer": [self.officer], "numbers": ""}
        self.fields = {**blank, **self.fields, **change}
        if "event" not in self.fields:
            self.fields |= hidden(self.browser.get(NEW).text, "event")
        answer = self.browser.post(NEW, data={**self.fields, "act": act})
        if answer.status_code != 302:
            self.fields |= hidden(answer.text, "event", "shown")
            self.fields["unit"] = re.findall(r'name="unit"\s+value="([^"]+)"\s+checked', answer.text)
        return answer

    def order(self, **change: object) -> str:
        """Show the homes, then order; the address of what was ordered."""
        self.send("show", **change)
        answer = self.send("order")
        assert answer.status_code == 302, answer.text
        return str(answer.location)

    def homes(self) -> list[tuple[str, TaskState, uuid.UUID, date]]:
        with self.desk.app.app_context():
            found = sa.select(Task).where(Task.kind == TaskKind.SPECIAL_VISIT).join(Task.unit).order_by(Unit.number)
            return [(task.unit.number, task.state, task.assignee_id, task.due_on) for task in db.session.scalars(found)]

    def change(self, address: str, act: str, numbers: list[str], page: str = "", **more: str) -> TestResponse:
        """The form of changes as it stands on the page, for the homes of these numbers."""
        shown = page or self.browser.get(address).text
        ids = dict(re.findall(r'name="home"\s+value="([^"]+)"\s+aria-label="([^"]+)"', shown))
        chosen = [id_ for id_, number in ids.items() if number in numbers]
        fields = {f"homes-{name}": value for name, value in more.items()}
        kept = hidden(shown, "homes-event", "homes-after")
        return self.browser.post(f"{address}/homes", data={**kept, **fields, "home": chosen, "act": act})


def hidden(page: str, *names: str) -> dict[str, str]:
    return {name: re.search(rf'name="{name}"\s+type="hidden"\s+value="([^"]*)"', page)[1] for name in names}


@pytest.fixture
def ordering(desk: Desk) -> Ordering:
    """Building 7 has two entrances with two homes each; one of them is vacant."""
    with desk.app.app_context():
        estate = db.session.get_one(Estate, desk.estate_id)
        units = [
            a_unit(estate, number, building="7", entrance=entrance, floor=int(number[:2]))
            for entrance, number in (("1", "0401"), ("1", "0301"), ("2", "0402"), ("2", "0302"))
        ]
        units[3].occupancy = Occupancy.VACANT
        colleague = a_staff(estate, Role.OFFICER, name="张华")
        db.session.flush()
        building = db.session.scalars(sa.select(Building).where(Building.name == "7")).one()
        officer = staff_by_login(desk.logins["officer"])
        stairs = {entrance: f"{building.id}/{entrance}" for entrance in ("1", "2")}
        made = Ordering(desk, desk.browser("executive"), stairs, str(officer.id), str(colleague.id))
        db.session.commit()
    return made


# --- ordering ---


@pytest.mark.clause("P53")
def test_the_executive_orders_for_an_entrance_after_a_look_at_its_homes(ordering: Ordering) -> None:
    shown = ordering.send("show", stairs=[ordering.stairs["1"]])
    assert shown.status_code == 200
    said = Markup(shown.text).striptags()
    assert "0401" in said
    assert "0402" not in said
    assert ordering.homes() == [], "looking orders nothing"

    answer = ordering.send("order")

    assert answer.status_code == 302
    to = uuid.UUID(ordering.officer)
    assert ordering.homes() == [(number, TaskState.DUE, to, ordering.day) for number in ("0301", "0401")]
    page = ordering.browser.get(answer.location).text
    assert TITLE in page
    assert "0 / 2" in page
    assert "已下达 2 户" in page
    assert "下达：2 户" in page


def test_what_is_pasted_is_found_and_what_is_not_clear_is_said(ordering: Ordering) -> None:
    shown = ordering.send("show", numbers="7-1-0401\n7栋2单元0402室\n陈建国\n9-9-9999\n")

    assert "9-9-9999" in shown.text
    assert "有 1 行无法确定" in shown.text
    assert len(ordering.fields["unit"]) == 3
    ordering.send("order")
    assert {"0401", "0402"} < {number for number, *_more in ordering.homes()}


def test_vacant_homes_are_left_out_unless_they_are_wanted(ordering: Ordering) -> None:
    ordering.send("show", stairs=[ordering.stairs["2"]])
    assert len(ordering.fields["unit"]) == 1

    ordering.send("show", vacant="y")

    assert len(ordering.fields["unit"]) == 2


def test_a_home_that_is_unticked_is_not_ordered(ordering: Ordering) -> None:
    ordering.send("show", stairs=[*ordering.stairs.values()])
    ordering.send("order", unit=ordering.fields["unit"][:1])

    assert len(ordering.homes()) == 1


def test_who_changes_the_choice_sees_the_homes_before_they_are_ordered(ordering: Ordering) -> None:
    ordering.send("show", stairs=[ordering.stairs["1"]])

    answer = ordering.send("order", stairs=[*ordering.stairs.values()])

    assert answer.status_code == 422
    assert "您更改了住户的选择" in answer.text
    assert ordering.homes() == []
    assert ordering.send("order").status_code == 302
    assert len(ordering.homes()) == 3


def test_a_form_sent_twice_orders_once(ordering: Ordering) -> None:
    ordering.send("show", stairs=[ordering.stairs["1"]])

    first, again = ordering.send("order"), ordering.send("order")

    assert first.location == again.location
    assert len(ordering.homes()) == 2


def test_an_order_that_is_sent_again_in_other_words_is_not_called_ordered(ordering: Ordering) -> None:
    """The answer to the first was lost under way: what was written since stays, and is an order of its own if sent."""
    ordering.send("show", stairs=[ordering.stairs["1"]])
    ordering.send("order")

    told = ordering.send("order", ask="阀门与地漏")

    assert told.status_code == 409
    assert "这张表单此前已提交" in told.text
    assert "阀门与地漏" in told.text
    assert len(ordering.homes()) == 2
    assert ordering.send("order").status_code == 302
    with ordering.desk.app.app_context():
        assert sorted(db.session.scalars(sa.select(SpecialVisit.ask))) == ["阀门", "阀门与地漏"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"title": ""}, "此字段必填|必填|required"),
        ({"due_on": "2020-01-01"}, "该日期已过"),
        ({"officer": []}, "请选择"),
        ({"unit": []}, "请先选择"),
    ],
)
def test_what_is_missing_is_said_and_what_was_typed_stays(
    ordering: Ordering, change: dict[str, object], words: str
) -> None:
    ordering.send("show", stairs=[ordering.stairs["1"]])

    answer = ordering.send("order", **change)

    assert answer.status_code == 422
    assert re.search(words, answer.text), answer.text
    assert "阀门" in answer.text
    assert ordering.homes() == []


@pytest.mark.clause("R41")
def test_the_supervisor_orders_what_a_leader_requires(ordering: Ordering) -> None:
    ordering.browser = ordering.desk.browser("supervisor")
    with ordering.desk.app.app_context():
        executive = staff_by_login(ordering.desk.logins["executive"])
        leader = str(executive.id)

    address = ordering.order(stairs=[ordering.stairs["1"]], required_by=leader)

    page = ordering.browser.get(address).text
    assert "要求人" in page
    assert "方振华" in page
    assert "孙主管" in page


@pytest.mark.parametrize("who", ["officer", "manager", "department_manager", "handler", "admin"])
def test_nobody_else_orders_or_changes(ordering: Ordering, who: str) -> None:
    address = ordering.order(stairs=[ordering.stairs["1"]])
    browser = ordering.desk.browser(who)

    answers = [
        browser.get(NEW),
        browser.post(NEW),
        browser.post(f"{address}/homes"),
        browser.post(f"{address}/withdraw"),
    ]

    assert {answer.status_code for answer in answers} == {403}
    assert {state for _number, state, *_more in ordering.homes()} == {TaskState.DUE}


def test_officers_see_it_without_a_way_to_change_it(ordering: Ordering) -> None:
    address = ordering.order(stairs=[ordering.stairs["1"]])
    browser = ordering.desk.browser("officer")

    assert TITLE in browser.get("/plans/special").text
    page = browser.get(address).text
    assert TITLE in page
    assert "homes-reason" not in page


def test_one_of_another_estate_is_not_found(ordering: Ordering) -> None:
    assert ordering.browser.get(f"/plans/special/{uuid.uuid4()}").status_code == 404


def test_an_empty_list_teaches(ordering: Ordering) -> None:
    page = ordering.browser.get("/plans/special").text

    assert "还没有专项走访" in page
    assert NEW in page
    assert NEW not in ordering.desk.browser("officer").get("/plans/special").text


# --- changing ---


@pytest.mark.clause("P53")
def test_single_homes_change_hands_and_days_and_are_withdrawn(ordering: Ordering) -> None:
    address = ordering.order(stairs=[ordering.stairs["1"]])
    later = ordering.day + timedelta(days=7)

    given = ordering.change(address, "give", ["0301"], reason="张华更熟悉", officer=ordering.colleague)
    moved = ordering.change(address, "put_off", ["0301"], reason="业主出差", due_on=later.isoformat())
    gone = ordering.change(address, "withdraw", ["0401"], reason="已电话确认")

    assert [answer.status_code for answer in (given, moved, gone)] == [302] * 3
    assert ordering.homes() == [
        ("0301", TaskState.DUE, uuid.UUID(ordering.colleague), later),
        ("0401", TaskState.CANCELLED, uuid.UUID(ordering.officer), ordering.day),
    ]
    page = ordering.browser.get(address).text
    for words in ("张华更熟悉", "业主出差", "已电话确认", "1 户转交张华", "撤回：1 户", "0 / 1"):
        assert words in page, words


@pytest.mark.parametrize(
    ("act", "numbers", "more", "words"),
    [
        ("put_off", ["0301"], {"reason": "改期"}, "请选择新的日期"),
        ("put_off", ["0301"], {"reason": "改期", "due_on": "2020-01-01"}, "该日期已过"),
        ("give", ["0301"], {"reason": "改派"}, "请选择"),
        ("withdraw", [], {"reason": "打压取消"}, "请先选择"),
        ("withdraw", ["0301"], {"reason": ""}, "必填|required"),
    ],
)
def test_a_change_that_lacks_something_is_refused_and_keeps_what_was_typed(
    ordering: Ordering, act: str, numbers: list[str], more: dict[str, str], words: str
) -> None:
    address = ordering.order(stairs=[ordering.stairs["1"]])
    before = ordering.homes()

    answer = ordering.change(address, act, numbers, **more)

    assert answer.status_code == 422
    assert re.search(words, answer.text)
    assert more["reason"] in answer.text
    assert answer.text.count("checked") == len(numbers)
    assert ordering.homes() == before


def test_of_two_at_once_the_second_is_told_who_was_faster_and_keeps_what_they_typed(ordering: Ordering) -> None:
    address = ordering.order(stairs=[ordering.stairs["1"]])
    seen = ordering.browser.get(address).text
    ordering.change(address, "give", ["0301"], reason="张华更熟悉", officer=ordering.colleague)

    answer = ordering.change(address, "withdraw", ["0301", "0401"], page=seen, reason="打压取消")

    assert answer.status_code == 409
    assert "方振华: 1 户转交张华" in answer.text, re.findall(r'role="alert">.*?</p>', answer.text, re.S)
    assert "打压取消" in answer.text
    assert {state for _number, state, *_more in ordering.homes()} == {TaskState.DUE}


def test_a_change_that_is_sent_again_in_other_words_is_not_called_done(ordering: Ordering) -> None:
    """The answer to the first was lost under way."""
    address = ordering.order(stairs=[ordering.stairs["1"]])
    seen, to = ordering.browser.get(address).text, ordering.colleague

    answers = [
        ordering.change(address, "give", homes, page=seen, reason="张华更熟悉", officer=to)
        for homes in (["0301"], ["0301"], ["0301", "0401"])
    ]

    assert [answer.status_code for answer in answers] == [302, 302, 409]
    assert answers[-1].text.count("已移交 1 户") == 2, "both answers say what it came to"
    assert answers[-1].text.count("checked") == 2, "what was chosen stays chosen"
    assert [str(officer) for _number, _state, officer, _day in ordering.homes()] == [to, ordering.officer]


def test_the_whole_is_withdrawn_with_a_reason_and_then_nothing_of_it_can_change(ordering: Ordering) -> None:
    address = ordering.order(stairs=[ordering.stairs["1"]])
    fields = hidden(ordering.browser.get(address).text, "whole-event", "whole-after")

    silent = ordering.browser.post(f"{address}/withdraw", data=fields)
    done = ordering.browser.post(f"{address}/withdraw", data=fields | {"whole-reason": "打压取消"})

    assert (silent.status_code, done.status_code) == (422, 302)
    assert {state for _number, state, *_more in ordering.homes()} == {TaskState.CANCELLED}
    page = ordering.browser.get(address).text
    assert "打压取消" in page
    assert "已撤回" in page
    assert "homes-reason" not in page
    with ordering.desk.app.app_context():
        assert db.session.scalars(sa.select(SpecialVisit)).one().withdrawn_at is not None


# --- what became of it ---


@pytest.mark.clause("R02")
def test_what_was_met_and_what_was_not_stands_there_live(ordering: Ordering) -> None:
    desk = ordering.desk
    with desk.app.app_context():
        number = db.session.get_one(Unit, desk.unit_id).short
    address = ordering.order(numbers=f"{number}\n7-1-0401")
    with desk.app.app_context():
        tasks = {task.unit_id: str(task.id) for task in special_tasks()}
        other = next(unit_id for unit_id in tasks if unit_id != desk.unit_id)
    visit_id = desk.visit(task_ids=[str(desk.task_id), tasks[desk.unit_id]])
    attempt = {
        "number": desk.tablet.next_number(),
        "unit_id": str(other),
        "task_ids": [tasks[other]],
        "method": "door",
        "outcome": "refused",
        "note": "",
        "tried_at": "2026-11-23T06:32:00.000Z",
    }
    desk.bring_in(
        {"kind": "attempt.record", "estate_id": str(desk.estate_id), "entity_id": str(uuid.uuid4()), "body": attempt}
    )

    page = ordering.browser.get(address).text

    assert "1 / 2" in page
    assert f"/visits/{visit_id}" in page
    assert "不愿接受走访" in page or "拒" in page
    assert "1 / 2" in ordering.browser.get("/plans/special").text
    visit = ordering.browser.get(f"/visits/{visit_id}").text
    for words in ("定期走访", "专项走访"):
        assert words in visit


def special_tasks() -> list[Task]:
    return list(db.session.scalars(sa.select(Task).where(Task.kind == TaskKind.SPECIAL_VISIT)))


def test_it_reads_in_english_too(ordering: Ordering) -> None:
    address = ordering.order(stairs=[ordering.stairs["1"]])
    browser = ordering.desk.browser("english")

    for path in ("/plans/special", address, NEW):
        page = browser.get(path)
        assert page.status_code == 200
        assert "special visit" in page.text.lower()


# --- the second of two ---


def test_the_reason_for_a_change_is_kept_when_all_of_it_was_withdrawn(ordering: Ordering) -> None:
    address = ordering.order(stairs=[ordering.stairs["1"]])
    seen = ordering.browser.get(address).text
    whole = hidden(seen, "whole-event", "whole-after") | {"whole-reason": "打压取消"}
    ordering.browser.post(f"{address}/withdraw", data=whole)

    late = ordering.change(address, "withdraw", ["0301"], page=seen, reason="暖气已通")

    assert late.status_code == 409
    assert "方振华" in told(late)
    assert "暖气已通" in left_over(late)
