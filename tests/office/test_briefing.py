"""The page of the briefing: who writes, who reads, what two people at once are told, and who has read what."""

import re
import uuid
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from werkzeug.test import TestResponse

from app.core.clock import local_date, now
from app.core.db import db
from app.core.ids import new_id
from app.estates.models import Building, Estate, Unit
from app.visits.briefed import briefing_of
from app.visits.briefing import Line, edit_item
from app.visits.models import BriefingItem
from app.visits.rules import BriefingKind
from tests.builders import NOBODY, NOW, a_company, a_line, an_estate, fetch
from tests.office.conftest import Desk

TODAY = local_date(now(), "Asia/Shanghai")
DAY = timedelta(days=1)


def a_form(**wanted: Any) -> dict[str, Any]:
    """What a supervisor fills in for a new line."""
    return {
        "event": str(new_id()),
        "after": "0",
        "kind": "measures",
        "text_zh": "外墙渗水：3 栋分段注浆",
        "text_en": "Outer walls of building 3 are sealed",
        "valid_from": TODAY.isoformat(),
        "valid_until": "",
        "owner": "",
    } | wanted


def write(desk: Desk, who: str = "supervisor", **wanted: Any) -> TestResponse:
    return desk.browser(who).post("/briefing/new", data=a_form(**wanted))


def an_edit(**wanted: Any) -> dict[str, Any]:
    form = a_form(**wanted)
    del form["kind"]
    return {f"edit-{name}": value for name, value in form.items()}


def kept(desk: Desk) -> list[tuple[str, str, int]]:
    with desk.app.app_context():
        items = briefing_of(desk.estate_id)
        return [(item.kind.value, item.newest.text_zh, item.version) for item in items]


def written(desk: Desk, text: str = "每 4 小时巡逻一次", **wanted: Any) -> str:
    with desk.app.app_context():
        item = a_line(db.session.get_one(Estate, desk.estate_id), text, **({"valid_from": TODAY} | wanted))
        db.session.commit()
        return str(item.id)


@pytest.mark.clause("R05", "R06")
def test_a_supervisor_writes_a_line_for_a_building_and_everybody_of_customer_service_reads_it(desk: Desk) -> None:
    with desk.app.app_context():
        building = db.session.scalars(sa.select(Building.id)).one()

    answer = write(desk, buildings=[str(building)], valid_until=(TODAY + 7 * DAY).isoformat())
    page = desk.browser("officer").get(answer.location).text

    assert answer.status_code == 302
    assert kept(desk) == [("measures", "外墙渗水：3 栋分段注浆", 1)]
    assert all(words in page for words in ("外墙渗水：3 栋分段注浆", "3 栋", "现行有效", "孙主管", "未读"))
    assert "Outer walls of building 3 are sealed" in desk.browser("english").get("/briefing").text


@pytest.mark.parametrize("who", ["officer", "manager", "executive", "admin"])
def test_others_of_customer_service_read_and_do_not_write(desk: Desk, who: str) -> None:
    item_id = written(desk)
    browser = desk.browser(who)

    pages = [browser.get(path).text for path in ("/briefing", f"/briefing/{item_id}")]
    refused = [
        browser.get("/briefing/new").status_code,
        browser.post("/briefing/new", data=a_form()).status_code,
        browser.post(f"/briefing/{item_id}/edit", data=an_edit(after="1")).status_code,
        browser.post(f"/briefing/{item_id}/end", data={"end-after": "1"}).status_code,
    ]

    assert all("每 4 小时巡逻一次" in page for page in pages)
    assert not any("/new" in page or "/edit" in page for page in pages)
    assert refused == [403] * 4
    assert kept(desk) == [("work", "每 4 小时巡逻一次", 1)]


def test_departments_do_not_see_it(desk: Desk) -> None:
    assert desk.browser("handler").get("/briefing").status_code == 403


def test_what_holds_what_is_coming_and_what_is_over_stand_apart(desk: Desk) -> None:
    written(desk, "现在的")
    written(desk, "以后的", valid_from=TODAY + DAY)
    written(desk, "过去的", valid_from=TODAY - 3 * DAY, valid_until=TODAY - DAY)
    browser = desk.browser("supervisor")

    pages = {show: browser.get(f"/briefing?show={show}").text for show in ("now", "coming", "over", "nonsense")}

    said = {show: re.findall("现在的|以后的|过去的", page) for show, page in pages.items()}
    assert said == {"now": ["现在的"], "coming": ["以后的"], "over": ["过去的"], "nonsense": ["现在的"]}


def test_an_empty_list_teaches_what_will_stand_there(desk: Desk) -> None:
    supervisor, officer = desk.browser("supervisor"), desk.browser("officer")

    assert "今天没有须知" in supervisor.get("/briefing").text
    assert supervisor.get("/briefing").text.count('href="/briefing/new"') == 2
    assert "/briefing/new" not in officer.get("/briefing").text


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        ({"text_zh": ""}, "必填"),
        ({"text_zh": "长" * 1001}, "1000"),
        ({"valid_from": ""}, "必填"),
        ({"valid_from": "昨天"}, "日期"),
        ({"valid_until": "2020-01-01"}, "截止日早于起始日"),
        ({"kind": "poem"}, "选"),
        ({"buildings": [str(new_id())]}, "所选楼栋不属于本小区"),
        ({"buildings": ["3"]}, "此项不能选择"),
        ({"kind": "facts", "owner": str(new_id())}, "没有这家公司"),
    ],
)
def test_bad_input_is_told_in_words_changes_nothing_and_keeps_what_was_typed(
    desk: Desk, wanted: dict, words: str
) -> None:
    answer = write(desk, **wanted)

    assert answer.status_code == 422
    assert words in answer.text
    assert "Outer walls of building 3 are sealed" in answer.text
    assert kept(desk) == []


def test_a_fact_about_a_company_owner_names_it_at_the_office(desk: Desk) -> None:
    with desk.app.app_context():
        company = str(a_company(db.session.get_one(Unit, desk.unit_id), "云栖贸易有限公司").id)
        db.session.commit()

    answer = write(desk, kind="facts", owner=company, text_zh="员工宿舍")

    assert "关于 云栖贸易有限公司" in desk.browser("manager").get(answer.location).text


def test_written_anew_it_is_a_version_and_the_one_before_stands_in_its_history(desk: Desk) -> None:
    item_id = written(desk)

    answer = desk.browser("supervisor").post(
        f"/briefing/{item_id}/edit", data=an_edit(after="1", text_zh="每 2 小时巡逻一次")
    )
    page = desk.browser("officer").get(answer.location).text

    assert (answer.status_code, kept(desk)) == (302, [("work", "每 2 小时巡逻一次", 2)])
    assert all(words in page for words in ("每 4 小时巡逻一次", "改写，第 2 版"))


def test_of_two_editors_the_second_is_told_and_keeps_what_was_typed(desk: Desk) -> None:
    item_id = written(desk)
    with desk.app.app_context():
        line = Line("每小时巡逻一次", TODAY)
        edit_item(fetch(BriefingItem, item_id), line, after=1, event_id=new_id(), by=NOBODY, at=NOW)
        db.session.commit()

    browser = desk.browser("supervisor")
    mine = an_edit(after="1", text_zh="每 3 小时巡逻一次", text_en="every three hours")
    told = browser.post(f"/briefing/{item_id}/edit", data=mine)

    assert told.status_code == 409
    assert all(words in told.text for words in ("别人先处理了", "刚被别人改写", "每小时巡逻一次", "每 3 小时巡逻一次"))
    assert kept(desk) == [("work", "每小时巡逻一次", 2)]
    again = dict(re.findall(r'name="(edit-(?:after|event))"\s+type="hidden"\s+value="([^"]*)"', told.text))
    assert browser.post(f"/briefing/{item_id}/edit", data=mine | again).status_code == 302
    assert kept(desk) == [("work", "每 3 小时巡逻一次", 3)]


def test_a_new_line_that_is_sent_again_in_other_words_is_not_called_written(desk: Desk) -> None:
    """The answer to the first was lost under way: what was written since stays, and is a line of its own if sent."""
    browser, sent = desk.browser("supervisor"), a_form()
    other = sent | {"text_zh": "外墙渗水：5 栋分段注浆"}

    first, again, told = (browser.post("/briefing/new", data=form) for form in (sent, sent, other))

    assert (first.status_code, told.status_code) == (302, 409)
    assert again.location == first.location
    assert "这张表单此前已提交" in told.text
    assert other["text_zh"] in told.text
    assert kept(desk) == [("measures", sent["text_zh"], 1)]
    event = re.findall(r'name="event"\s+type="hidden"\s+value="([^"]*)"', told.text)[0]
    assert browser.post("/briefing/new", data=other | {"event": event}).status_code == 302
    assert {text for _kind, text, _version in kept(desk)} == {sent["text_zh"], other["text_zh"]}


def test_an_edit_that_is_sent_again_in_other_words_is_not_called_written(desk: Desk) -> None:
    item_id, browser = written(desk), desk.browser("supervisor")
    sent = an_edit(after="1", text_zh="每 2 小时巡逻一次")
    other = sent | {"edit-text_zh": "每 3 小时巡逻一次"}

    answers = [browser.post(f"/briefing/{item_id}/edit", data=form) for form in (sent, sent, other)]

    assert [answer.status_code for answer in answers] == [302, 302, 409]
    assert other["edit-text_zh"] in answers[-1].text
    assert "内容没有变化" not in browser.get(f"/briefing/{item_id}").text, "it was written anew, whichever answer came"
    assert kept(desk) == [("work", "每 2 小时巡逻一次", 2)]


def test_a_line_is_ended_once_and_whoever_comes_later_is_told(desk: Desk) -> None:
    item_id = written(desk)
    browser = desk.browser("supervisor")
    form = {"end-event": str(new_id()), "end-after": "1"}

    first, again = (browser.post(f"/briefing/{item_id}/end", data=form).status_code for _twice in range(2))
    late = browser.post(f"/briefing/{item_id}/edit", data=an_edit(after="1", text_zh="再写一遍"))

    assert (first, again, late.status_code) == (302, 302, 409)
    assert all(words in late.text for words in ("孙主管", "刚被别人停用", "再写一遍"))
    assert "每 4 小时巡逻一次" in browser.get("/briefing?show=over").text
    assert f"/briefing/{item_id}/edit" not in browser.get(f"/briefing/{item_id}").text


@pytest.mark.clause("R05")
def test_the_office_sees_who_has_read_which_version_and_who_has_not(desk: Desk) -> None:
    item_id = written(desk)
    browser = desk.browser("manager")
    before = browser.get(f"/briefing/{item_id}").text

    desk.tablet.receipts(desk.tablet.freeze(desk.tablet.a_reading(desk.estate_id, (item_id, 1))))
    read = browser.get(f"/briefing/{item_id}").text
    desk.browser("supervisor").post(f"/briefing/{item_id}/edit", data=an_edit(after="1", text_zh="改过"))
    anew = browser.get(f"/briefing/{item_id}").text

    assert [re.search(r"(\d) / (\d)", page).group() for page in (before, read, anew)] == ["0 / 1", "1 / 1", "0 / 1"]
    assert ("未读" in before, "已读" in read, "只读过第 1 版" in anew) == (True, True, True)
    assert "已读 0 / 1" in browser.get("/briefing").text


def test_another_estates_line_is_not_found(desk: Desk) -> None:
    with desk.app.app_context():
        elsewhere = a_line(an_estate(), "别处的", kind=BriefingKind.FACTS).id
        db.session.commit()
    browser = desk.browser("supervisor")

    assert browser.get(f"/briefing/{elsewhere}").status_code == 404
    assert browser.post(f"/briefing/{elsewhere}/edit", data=an_edit(after="1")).status_code in (302, 404)
    with desk.app.app_context():
        assert fetch(BriefingItem, uuid.UUID(str(elsewhere))).version == 1


@pytest.mark.clause("R06")
def test_the_page_of_a_visit_says_what_in_particular_was_told(desk: Desk) -> None:
    item_id, issue_id = written(desk), desk.issue(text="地库夜间没人巡逻")
    visit = desk.tablet.a_visit(desk.estate_id, desk.unit_id)
    told = {"lines": [{"id": item_id, "version": 1}], "issues": [issue_id]}

    visit_id = desk.bring_in(visit | {"v": 2, "body": visit["body"] | {"told": told}})
    page = desk.browser("supervisor").get(f"/visits/{visit_id}").text

    assert all(words in page for words in ("具体告知", "每 4 小时巡逻一次", "地库夜间没人巡逻"))
    assert f"/briefing/{item_id}" in page
