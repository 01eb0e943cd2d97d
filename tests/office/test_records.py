"""Records to check: the list, one record in words, and deciding about it."""

import re
import uuid
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from app.core.db import db
from app.issues.actions import open_category
from app.issues.models import Issue
from app.office.visit_pages.record_words import REASONS
from app.office.visit_pages.records import clock_words
from app.people.models import Device
from app.sync.kinds import reason
from app.sync.models import Decision
from app.visits.models import Visit
from app.visits.rules import Review
from tests.builders import NOBODY, NOW
from tests.office.conftest import Desk, a_jpeg
from tests.office.told import left_over, told
from tests.visits.kept import worded_anew

Json = dict[str, Any]


def refused(desk: Desk, **wanted: Any) -> Json:
    """A visit with an issue of a category that nobody here knows, as the office got it."""
    issue = desk.tablet.an_issue(category="damp", text="主卫渗水，请打 13812346021")
    visit = desk.tablet.a_visit(desk.estate_id, desk.unit_id, **({"issues": [issue]} | wanted))
    frozen = desk.tablet.freeze(visit)
    [receipt] = desk.tablet.receipts(frozen)
    assert receipt["status"] == "rejected"
    return visit | {"op_id": frozen["op_id"], "frozen": frozen, "receipt": receipt}


def the_category_is_opened(desk: Desk) -> None:
    with desk.app.app_context():
        open_category(desk.estate_id, "damp", "防水", "Waterproofing", by=NOBODY, at=NOW)
        db.session.commit()


def counted(desk: Desk, model: type) -> int:
    with desk.app.app_context():
        return db.session.scalar(sa.select(sa.func.count()).select_from(model)) or 0


def after_in(page: str) -> str:
    found = re.search(r'name="after"[^>]*value="(\d+)"', page)
    assert found, page
    return found[1]


def test_a_record_that_could_not_be_entered_says_what_the_owner_answered_to_without_a_number(desk: Desk) -> None:
    issue_id = desk.issue(text="窗台渗水")
    told = {"what": "explained", "words": "须等外墙大修，问 13812346021", "cannot": "for_now"}
    given = {"issue_id": issue_id, "round": 1, "answer": "disagreed", "reason": "等了两年"}
    record = refused(desk, answers=[given], had_been_told={issue_id: told})

    page = desk.browser("supervisor").get(f"/records/{record['op_id']}").text

    for words in ("不同意所作说明", "暂时不能解决：须等外墙大修，问 138 **** 6021", "等了两年"):
        assert words in page
    assert "13812346021" not in page


@pytest.mark.parametrize("why", Review, ids=lambda why: why.value)
def test_whatever_a_person_is_to_look_at_has_words_at_the_office_and_on_the_tablet(why: Review) -> None:
    assert str(REASONS[why])
    assert str(reason(why)) != why.value


def test_a_refused_record_stands_in_the_list_the_inbox_and_the_menu(desk: Desk) -> None:
    record = refused(desk)
    browser = desk.browser("supervisor")

    listed, inbox = browser.get("/records").text, browser.get("/").text

    for words in ("走访", record["body"]["number"], "李敏", "平板 T", "有一件事项的类别本小区没有"):
        assert words in listed
    assert f"/records/{record['op_id']}" in inbox
    assert 'nav-count num">1</span>' in re.sub(r"\s+", " ", listed)


def test_the_page_says_who_when_why_and_what_it_says_but_no_telephone(desk: Desk) -> None:
    record = refused(desk, wishes="希望早点修好")

    page = desk.browser("supervisor").get(f"/records/{record['op_id']}").text

    for words in ("李敏", "陈建国", "主卫渗水", "希望早点修好", "满意", "damp", record["frozen"]["digest"]):
        assert words in page
    assert "13812346021" not in page
    assert "138 **** 6021" in page


def test_the_page_names_the_parts_in_which_what_was_signed_differs(desk: Desk) -> None:
    leak = desk.tablet.an_issue("主卫渗水", "leak")
    visit = desk.tablet.a_visit(desk.estate_id, desk.unit_id, wishes="希望早点修好", issues=[leak])
    visit["body"]["issues"][0]["category"] = "other"
    visit["body"]["wishes"] = "业主没说过的话"
    frozen = desk.tablet.freeze(visit)
    [receipt] = desk.tablet.receipts(frozen)

    page = desk.browser("supervisor").get(f"/records/{frozen['op_id']}").text

    assert receipt["code"] == "statement:differs"
    assert "与业主看过并签字的内容不同之处：业主期望 · 事项 1 的部门" in page
    signed = page.partition("业主看过并签字的原文")[2].partition("</section>")[0]
    for words in ("希望早点修好", "工程维修部"):
        assert words in signed
    assert "业主没说过的话" not in signed


def test_the_page_names_what_was_shown_and_never_so_though_the_record_is_entered(desk: Desk) -> None:
    visit = desk.tablet.a_visit(desk.estate_id, desk.unit_id, issues=[desk.tablet.an_issue("主卫渗水", "leak")])
    named = worded_anew(desk, visit, lambda statement: statement["issues"][0].update(department="别的部门"))
    frozen = desk.tablet.freeze(named)
    [receipt] = desk.tablet.receipts(frozen)

    page = desk.browser("supervisor").get(f"/records/{frozen['op_id']}").text

    assert receipt["code"] == "visit:misquoted"
    assert "与业主看过并签字的内容不同之处：事项 1 的部门" in page


def test_every_form_opens_at_its_own_address_and_no_name_stands_twice(desk: Desk) -> None:
    record = refused(desk)

    page = desk.browser("supervisor").get(f"/records/{record['op_id']}").text

    names = re.findall(r'\sid="([^"]+)"', page)
    assert [name for name in names if names.count(name) > 1] == []
    for choice in ("enter", "note", "set_aside"):
        assert re.search(rf'href="#{choice}"', page)
        assert re.search(rf'<section class="act card"\s+id="{choice}"', page)
        assert f'for="{choice}-note"' in page


def test_it_is_entered_by_a_button_and_shows_what_came_of_it(desk: Desk) -> None:
    record = refused(desk)
    the_category_is_opened(desk)
    browser = desk.browser("manager")

    answer = browser.post(f"/records/{record['op_id']}/enter", data={"after": "0"}, follow_redirects=True)

    assert "已按原记录计入" in answer.text
    assert f"/visits/{record['entity_id']}" in answer.text
    assert "周经理" in answer.text
    assert counted(desk, Visit) == 1
    assert record["op_id"] not in browser.get("/records").text
    assert record["op_id"] in browser.get("/records?only=decided").text


def test_an_unknown_category_is_put_right_from_a_list_of_those_that_fit(desk: Desk) -> None:
    record = refused(desk)
    browser, issue_id = desk.browser("supervisor"), record["body"]["issues"][0]["id"]
    page = browser.get(f"/records/{record['op_id']}").text
    assert f'name="category-{issue_id}"' in page

    browser.post(f"/records/{record['op_id']}/enter", data={"after": after_in(page), f"category-{issue_id}": "leak"})

    with desk.app.app_context():
        assert db.session.get_one(Issue, uuid.UUID(issue_id)).category.code == "leak"


@pytest.mark.parametrize(
    ("act", "data", "words"),
    [
        ("set_aside", {"note": ""}, "这里必须填写"),
        ("note", {"note": "   "}, "这里必须填写"),
        ("note", {"note": "长" * 2001}, "2000"),
        ("enter", {}, "办公室"),
        ("enter", {"category-none": "leak"}, "类别"),
    ],
)
def test_what_is_not_filled_in_well_is_told_in_words_and_changes_nothing(
    desk: Desk, act: str, data: dict[str, str], words: str
) -> None:
    record = refused(desk)
    address = f"/records/{record['op_id']}"

    answer = desk.browser("supervisor").post(
        f"{address}/{act}", data={"after": "0"} | data, headers={"Referer": f"http://localhost{address}"}
    )

    if answer.status_code == 302:
        assert answer.location.endswith(address)
    else:
        assert answer.status_code == 422
        assert "act-open" in answer.text
    assert counted(desk, Decision) == counted(desk, Visit) == 0


def test_the_second_of_two_deciders_is_told(desk: Desk) -> None:
    record = refused(desk)
    address = f"/records/{record['op_id']}"
    first, second = desk.browser("supervisor"), desk.browser("manager")

    first.post(f"{address}/set_aside", data={"after": "0", "note": "试用"})
    told = second.post(
        f"{address}/note",
        data={"after": "0", "note": "重新上门"},
        headers={"Referer": f"http://localhost{address}"},
        follow_redirects=True,
    )

    assert "刚刚已由别人处理" in told.text
    assert "试用" in told.text
    assert counted(desk, Decision) == 1


def test_a_photo_that_arrived_is_shown_and_one_that_did_not_is_not(desk: Desk) -> None:
    (here, sealed), (away, _bytes) = desk.tablet.a_photo(a_jpeg()), desk.tablet.a_photo(a_jpeg(400, 300))
    desk.tablet.upload(here["sealed"], sealed)
    record = refused(desk, issues=[desk.tablet.an_issue(category="damp", photos=[here, away])])
    browser, photos = desk.browser("supervisor"), f"/records/{record['op_id']}/photos"

    page = browser.get(f"/records/{record['op_id']}").text

    assert f"{photos}/{here['sealed']}/small.jpg" in page
    assert browser.get(f"{photos}/{here['sealed']}/small.jpg").mimetype == "image/jpeg"
    assert browser.get(f"{photos}/{away['sealed']}/small.jpg").status_code == 404
    assert browser.get(f"{photos}/{'a' * 64}/small.jpg").status_code == 404


def test_what_cannot_be_read_has_a_page_all_the_same(desk: Desk) -> None:
    visit = desk.tablet.a_visit(desk.estate_id, desk.unit_id)
    broken = visit | {"body": visit["body"] | {"issues": "none", "interviewee": 7, "rating": "splendid"}}
    odd = [desk.tablet.freeze(broken), desk.tablet.freeze(visit | {"surprise": 1})]
    odd.append(desk.tablet.freeze(visit | {"kind": "visit.sing"}))
    desk.tablet.receipts(*odd)
    browser = desk.browser("supervisor")

    pages = [browser.get(f"/records/{sent['op_id']}") for sent in odd]

    assert [page.status_code for page in pages] == [200, 200, 200]
    assert browser.get("/records?status=held").text.count("data-row") == 1


def test_work_of_a_withdrawn_tablet_is_entered_by_a_person(desk: Desk) -> None:
    with desk.app.app_context():
        db.session.get_one(Device, uuid.UUID(desk.tablet.device_id)).revoked_at = NOW
        db.session.commit()
    frozen = desk.tablet.freeze(desk.tablet.a_visit(desk.estate_id, desk.unit_id))
    desk.tablet.receipts(frozen)
    browser = desk.browser("supervisor")

    assert "收到前平板已停用" in browser.get(f"/records/{frozen['op_id']}").text
    browser.post(f"/records/{frozen['op_id']}/enter", data={"after": "0"})

    assert counted(desk, Visit) == 1


def test_records_are_for_supervisor_manager_and_administrator(desk: Desk) -> None:
    record = refused(desk)

    for who, status in {"supervisor": 200, "manager": 200, "admin": 200, "officer": 403, "handler": 403}.items():
        browser = desk.browser(who)
        assert browser.get("/records").status_code == status
        assert browser.get(f"/records/{record['op_id']}").status_code == status


def test_what_is_added_to_a_visit_stands_on_its_page(desk: Desk) -> None:
    visit = desk.tablet.a_visit(desk.estate_id, desk.unit_id)
    desk.bring_in(visit)
    desk.bring_in(desk.tablet.an_addendum(desk.estate_id, visit, "业主来电：厨房也渗水"))

    page = desk.browser("supervisor").get(f"/visits/{visit['entity_id']}").text

    assert "业主来电：厨房也渗水" in page
    assert "内容与签名一致" in page


@pytest.mark.parametrize(("minutes", "words"), [(1, ""), (5, "平板时钟快 5 分钟"), (-90, "平板时钟慢 1 小时 30 分钟")])
def test_how_far_a_tablets_clock_was_off_is_said(desk: Desk, app: Flask, minutes: int, words: str) -> None:

    with app.test_request_context():
        assert clock_words(minutes * 60_000 + (1000 if minutes > 0 else -1000)) == words


# --- the second of two ---


@pytest.mark.parametrize("first", ["note", "enter"])
def test_whoever_decided_second_reads_who_did_what_and_keeps_their_words(desk: Desk, first: str) -> None:
    record = refused(desk)
    address = f"/records/{record['op_id']}"
    if first == "enter":
        the_category_is_opened(desk)
    desk.browser("supervisor").post(f"{address}/{first}", data={"after": "0", "note": "李敏周四再去一次"})

    late = desk.browser("manager").post(f"{address}/note", data={"after": "0", "note": "重新上门"})

    assert late.status_code == 409
    assert "孙主管" in told(late)
    assert "李敏周四再去一次" in told(late)
    assert "重新上门" in left_over(late)
