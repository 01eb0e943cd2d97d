"""What was noticed on inspections, at a desk: listed with its photos, put right, and verified or sent back."""

import uuid
from typing import Any

import pytest

from app.core import waits
from app.issues.models import Issue
from app.issues.moving import ACCEPT, VERIFY
from app.issues.rules import State
from tests.builders import fetch
from tests.office.conftest import Desk, a_jpeg
from tests.office.test_issues import ACCEPTED, an_event, staff_id, state_of


def noticed(desk: Desk, **wanted: Any) -> str:
    """The id of an issue that an inspection brought in."""
    inspection = desk.tablet.an_inspection(desk.estate_id, **wanted)
    desk.bring_in(inspection)
    return str(inspection["body"]["issue_id"])


def rectified(desk: Desk, issue_id: str) -> str:
    """Accepted and reported as done by its department; its address."""
    page = f"/issues/{issue_id}"
    form = ACCEPTED | {"event": an_event(), "responsible": staff_id(desk, "handler")}
    desk.browser("department_manager").post(f"{page}/accept", data=form)
    desk.browser("handler").post(f"{page}/rectified", data={"event": an_event(), "note": "已重新铺贴"})
    assert state_of(desk, issue_id) is State.RECTIFIED
    return page


def waits_for(desk: Desk, issue_id: str) -> list[str]:
    with desk.app.app_context():
        return [wait.what for wait in waits.on(uuid.UUID(issue_id))]


def test_it_stands_in_the_list_of_issues_by_its_place_and_can_be_asked_for_by_its_source(desk: Desk) -> None:
    noticed(desk)
    desk.issue(text="主卫渗水")
    browser = desk.browser("supervisor")

    everything, from_inspections = browser.get("/issues").text, browser.get("/issues?source=inspection").text

    assert "墙面瓷砖脱落" in everything
    assert "主卫渗水" in everything
    for words in ("墙面瓷砖脱落", "3-1 · 电梯厅", "李敏发现", "工程维修部", "已派单，待接收"):
        assert words in from_inspections
    assert "主卫渗水" not in from_inspections
    assert browser.get("/issues?q=电梯厅").text.count("data-row") == 1


def test_its_page_says_where_it_is_and_who_noticed_it_and_asks_no_owner(desk: Desk) -> None:
    issue_id = noticed(desk)

    page = desk.browser("supervisor").get(f"/issues/{issue_id}").text

    for words in ("3 栋 1 单元 · 2 层 · 电梯厅", "巡查发现", "李敏", "墙面瓷砖脱落", "巡查 HF-"):
        assert words in page
    for words in ("业主签名", "业主原话", "业主提出"):
        assert words not in page


def test_its_department_and_the_inbox_see_it_without_an_owner(desk: Desk) -> None:
    issue_id = noticed(desk)

    own, inbox = desk.browser("handler"), desk.browser("department_manager").get("/").text

    assert own.get(f"/issues/{issue_id}").status_code == 200
    assert desk.browser("other_manager").get(f"/issues/{issue_id}").status_code == 404
    for words in ("墙面瓷砖脱落", "3-1 · 电梯厅", "公共区域", "巡查"):
        assert words in inbox


def test_rectified_it_waits_for_the_supervisor_who_verifies_it(desk: Desk) -> None:
    issue_id = noticed(desk)
    page, browser = rectified(desk, issue_id), desk.browser("supervisor")
    waiting, inbox = browser.get(page).text, browser.get("/").text

    answer = browser.post(f"{page}/verify", data={"event": an_event(), "note": "现场已看"}, follow_redirects=True)

    for words in ("到现场核实", "客服主管", "确认核实", "退回部门"):
        assert words in waiting
    assert "核实或退回" in inbox
    for words in ("已核实。", "主管已核实", "现场已看"):
        assert words in answer.text
    assert state_of(desk, issue_id) is State.VERIFIED
    assert waits_for(desk, issue_id) == []


def test_sent_back_it_goes_another_round_and_is_then_verified_and_counted_apart(desk: Desk) -> None:
    issue_id = noticed(desk)
    page, browser = rectified(desk, issue_id), desk.browser("supervisor")

    sent = browser.post(
        f"{page}/send-back", data={"event": an_event(), "reason": "还有两块松动"}, follow_redirects=True
    )
    again = waits_for(desk, issue_id)
    rectified(desk, issue_id)
    browser.post(f"{page}/verify", data={"event": an_event()})

    for words in (
        "已退回工程维修部，第 2 轮。",
        "未整改到位",
        "还有两块松动",
        "第 2 轮 · 派单至工程维修部",
        "turn-late",
    ):
        assert words in sent.text
    assert again == [ACCEPT]
    with desk.app.app_context():
        issue = fetch(Issue, issue_id)
        assert isinstance(issue, Issue)
        assert (issue.state, issue.round, issue.closed_at is not None) == (State.VERIFIED, 2, True)
        assert issue.answers == []
    assert "墙面瓷砖脱落" not in browser.get("/issues").text
    assert "墙面瓷砖脱落" in browser.get("/issues?state=verified").text
    assert "墙面瓷砖脱落" not in browser.get("/issues?state=closed").text


def test_what_is_sent_back_says_what_is_not_right(desk: Desk) -> None:
    page = rectified(desk, noticed(desk))

    answer = desk.browser("supervisor").post(f"{page}/send-back", data={"event": an_event(), "reason": ""})

    assert answer.status_code == 422
    assert "act-open" in answer.text


def test_of_two_supervisors_one_is_told_that_the_other_was_faster(desk: Desk) -> None:
    issue_id = noticed(desk)
    page, first, second = rectified(desk, issue_id), desk.browser("supervisor"), desk.browser("english")

    first.post(f"{page}/verify", data={"event": an_event()})
    answer = second.post(
        f"{page}/send-back",
        data={"event": an_event(), "reason": "still loose"},
        headers={"Referer": f"http://localhost{page}"},
        follow_redirects=True,
    )

    assert "This issue has moved on since" in answer.text
    assert state_of(desk, issue_id) is State.VERIFIED


@pytest.mark.parametrize("who", ["officer", "manager", "executive", "department_manager", "handler", "admin"])
@pytest.mark.parametrize("act", ["verify", "send-back"])
def test_nobody_but_the_supervisor_ends_it(desk: Desk, who: str, act: str) -> None:
    issue_id = noticed(desk)
    page = rectified(desk, issue_id)

    answer = desk.browser(who).post(f"{page}/{act}", data={"event": an_event(), "reason": "x"})

    assert answer.status_code == 403
    assert state_of(desk, issue_id) is State.RECTIFIED


def test_what_an_owner_raised_the_supervisor_cannot_verify(desk: Desk) -> None:
    issue_id = desk.issue()
    page, browser = rectified(desk, issue_id), desk.browser("supervisor")

    answer = browser.post(f"{page}/verify", data={"event": an_event()}, headers={"Referer": f"http://localhost{page}"})

    assert answer.status_code != 200
    assert "确认核实" not in browser.get(page).text
    assert state_of(desk, issue_id) is State.RECTIFIED


def test_the_list_of_inspections_shows_place_photos_and_what_became_of_each(desk: Desk) -> None:
    named, frozen = desk.tablet.a_photo(a_jpeg())
    late, _never_sent = desk.tablet.a_photo(a_jpeg(300, 200))
    noticed(desk, photos=[named])
    noticed(desk, where={"place": "地下车库"}, text="地面积水", photos=[late])
    desk.tablet.upload(named["sealed"], frozen)
    browser = desk.browser("supervisor")

    page = browser.get("/visits/inspections").text

    for words in ("墙面瓷砖脱落", "地面积水", "3 栋 1 单元 · 2 层 · 电梯厅", "地下车库", "HF-", "照片待上传"):
        assert words in page
    assert page.count("/small.jpg") == 1
    assert page.count("data-row") == 2
    assert browser.get("/visits/inspections?q=积水").text.count("data-row") == 1
    assert browser.get(f"/visits/inspections?officer={uuid.uuid4()}").text.count("data-row") == 0
    assert browser.get("/visits/inspections?officer=nonsense").text.count("data-row") == 2


def test_without_any_the_list_teaches_what_will_stand_there(desk: Desk) -> None:
    assert "还没有巡查发现" in desk.browser("supervisor").get("/visits/inspections").text
    assert desk.browser("handler").get("/visits/inspections").status_code == 403


def test_a_photo_of_an_inspection_is_shown_to_whoever_may_see_its_issue(desk: Desk) -> None:
    named, frozen = desk.tablet.a_photo(a_jpeg())
    issue_id = noticed(desk, photos=[named])
    desk.tablet.upload(named["sealed"], frozen)

    page = desk.browser("handler").get(f"/issues/{issue_id}").text
    address = next(part for part in page.split('"') if part.endswith("/small.jpg"))

    assert desk.browser("handler").get(address).mimetype == "image/jpeg"
    assert desk.browser("other_manager").get(address).status_code == 404


def test_one_with_an_unknown_category_is_read_and_put_right_under_to_check(desk: Desk) -> None:
    named, frozen = desk.tablet.a_photo(a_jpeg())
    inspection = desk.tablet.an_inspection(desk.estate_id, category="tiles", photos=[named])
    [receipt] = desk.tablet.receipts(desk.tablet.freeze(inspection))
    desk.tablet.upload(named["sealed"], frozen)
    page, browser = f"/records/{receipt['op_id']}", desk.browser("supervisor")
    issue_id = inspection["body"]["issue_id"]

    shown = browser.get(page).text
    answer = browser.post(f"{page}/enter", data={"after": "0", f"category-{issue_id}": "leak"}, follow_redirects=True)

    for words in ("巡查", "3 栋 1 单元 · 2 层 · 电梯厅", "墙面瓷砖脱落", "tiles", "small.jpg"):
        assert words in shown
    assert answer.status_code == 200
    assert state_of(desk, issue_id) is State.ROUTED
    assert waits_for(desk, issue_id) == [ACCEPT]


def test_the_supervisors_limit_is_that_of_a_callback(desk: Desk) -> None:
    issue_id = noticed(desk)
    rectified(desk, issue_id)

    with desk.app.app_context():
        [wait] = waits.on(uuid.UUID(issue_id))
        assert (wait.what, wait.role, wait.staff_id) == (VERIFY, "supervisor", None)
        assert (wait.due_at - wait.since).days == 3
