"""The list of issues, one issue, and what supervisor and department do about it at a desk."""

import uuid

import pytest

from app.issues.models import Issue
from app.issues.queries import categories_by_code
from app.issues.rules import State
from app.people.queries import staff_by_login
from tests.builders import fetch
from tests.office.conftest import IN_TIME, IN_TIME_SAID, Desk

ACCEPTED = {"measure": "重做主卫防水", "method": "剥除原涂层、注浆、两遍涂膜", "due_on": IN_TIME.isoformat()}


def state_of(desk: Desk, issue_id: str) -> State:
    with desk.app.app_context():
        found = fetch(Issue, issue_id)
        assert isinstance(found, Issue)
        return found.state


def staff_id(desk: Desk, who: str) -> str:
    with desk.app.app_context():
        found = staff_by_login(desk.logins[who])
        assert found is not None
        return str(found.id)


def category_id(desk: Desk, code: str) -> str:
    with desk.app.app_context():
        return str(categories_by_code(desk.estate_id)[code].id)


def an_event() -> str:
    return str(uuid.uuid4())


def test_an_issue_from_a_tablet_stands_in_the_list_with_who_holds_it(desk: Desk) -> None:
    desk.issue(text="主卫天花板渗水，墙角发黑。已经第三次了。")

    page = desk.browser("supervisor").get("/issues").text

    assert "主卫天花板渗水，墙角发黑" in page
    assert "已派单，待接收" in page
    assert "工程维修部" in page
    assert "还剩 23 小时" in page


def test_the_list_is_filtered_by_state_department_lateness_and_words(desk: Desk) -> None:
    desk.issue(text="主卫渗水", category="leak")
    desk.issue(text="想要儿童乐园", category="other")
    browser = desk.browser("supervisor")

    def found(query: str) -> tuple[bool, bool]:
        page = browser.get(f"/issues?{query}").text
        return "主卫渗水" in page, "想要儿童乐园" in page

    assert found("") == (True, True)
    assert found("state=routed") == (True, False)
    assert found("state=reported") == (False, True)
    assert found(f"department={desk.department_id}") == (True, False)
    assert found("overdue=yes") == (False, False)
    assert found("q=乐园") == (False, True)
    assert found("q=WT-") == (True, True)
    assert found("state=nonsense&department=nonsense&page=nonsense") == (True, True)


def test_a_department_sees_its_own_issues_alone(desk: Desk) -> None:
    issue_id = desk.issue(text="主卫渗水")
    own, other = desk.browser("department_manager"), desk.browser("other_manager")

    assert "主卫渗水" in own.get("/issues").text
    assert "主卫渗水" not in other.get("/issues").text
    assert own.get(f"/issues/{issue_id}").status_code == 200
    assert other.get(f"/issues/{issue_id}").status_code == 404


def test_the_page_says_who_holds_it_what_they_owe_and_until_when(desk: Desk) -> None:
    issue_id = desk.issue(text="主卫渗水")

    page = desk.browser("supervisor").get(f"/issues/{issue_id}").text

    for words in (
        "工程维修部",
        "定措施、责任人、日期",
        "还剩 23 小时",
        "业主提出",
        "派单至工程维修部",
        "内容与签名一致",
    ):
        assert words in page
    assert "138 **** 6021" not in page
    assert "<svg" in page
    assert "接收并定措施" not in page


def test_both_languages_tell_the_same(desk: Desk) -> None:
    issue_id = desk.issue(text="主卫渗水")

    page = desk.browser("english").get(f"/issues/{issue_id}").text

    assert "Settle measure, person and date" in page
    assert "Raised by the owner" in page
    assert "Content and signature agree" in page


def test_what_no_category_routes_is_routed_by_the_supervisor(desk: Desk) -> None:
    issue_id = desk.issue(category="other")
    browser = desk.browser("supervisor")

    answer = browser.post(
        f"/issues/{issue_id}/route",
        data={"event": an_event(), "department": str(desk.other_department_id)},
        follow_redirects=True,
    )

    assert "已派单至保卫部。" in answer.text
    assert state_of(desk, issue_id) is State.ROUTED


def test_no_department_is_chosen_before_somebody_chooses_it(desk: Desk) -> None:
    issue_id = desk.issue(category="other")
    browser = desk.browser("supervisor")

    form = browser.get(f"/issues/{issue_id}").text.partition(f"/issues/{issue_id}/route")[2].partition("</form>")[0]
    unchosen = browser.post(f"/issues/{issue_id}/route", data={"event": an_event(), "department": ""})

    assert '<option selected value="">请选择…</option>' in form
    assert (unchosen.status_code, "请先选择部门。" in unchosen.text) == (422, True)
    assert state_of(desk, issue_id) is State.REPORTED


@pytest.mark.clause("R43")
def test_the_supervisor_classifies_anew_and_the_history_tells_why(desk: Desk) -> None:
    issue_id = desk.issue(text="想要儿童乐园", category="other")
    browser = desk.browser("supervisor")
    form = {"event": an_event(), "category": category_id(desk, "leak"), "urgency": "urgent", "note": "其实是漏水"}

    said = browser.post(f"/issues/{issue_id}/classify", data=form, follow_redirects=True).text
    silent = browser.post(f"/issues/{issue_id}/classify", data=form | {"event": an_event(), "note": ""})

    assert "归类：防水 · 紧急" in said
    assert "其实是漏水" in said
    assert silent.status_code == 422
    assert "act-open" in silent.text


def test_a_department_accepts_and_reports_and_the_officer_is_to_call_back(desk: Desk) -> None:
    issue_id = desk.issue()
    manager, handler = desk.browser("department_manager"), desk.browser("handler")
    person = staff_id(desk, "handler")

    accepted = manager.post(
        f"/issues/{issue_id}/accept",
        data=ACCEPTED | {"event": an_event(), "responsible": person},
        follow_redirects=True,
    )
    reported = handler.post(
        f"/issues/{issue_id}/rectified",
        data={"event": an_event(), "note": "防水重做，已试水"},
        follow_redirects=True,
    )

    assert f"已接收：王师傅 负责，{IN_TIME_SAID}前完成。" in accepted.text
    assert "由 李敏 回访业主。" in reported.text
    assert "请用平板回访（上门或电话）" in reported.text
    assert "工程维修部报告已整改" in reported.text
    assert state_of(desk, issue_id) is State.RECTIFIED


def test_a_form_sent_twice_happens_once(desk: Desk) -> None:
    issue_id = desk.issue()
    manager = desk.browser("department_manager")
    form = ACCEPTED | {"event": an_event(), "responsible": staff_id(desk, "handler")}

    answers = [manager.post(f"/issues/{issue_id}/accept", data=form, follow_redirects=True) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[1].text.count("接收 · 王强") == 1


def test_a_form_that_is_not_filled_in_stands_open_and_says_what_is_missing(desk: Desk) -> None:
    issue_id = desk.issue()

    answer = desk.browser("department_manager").post(
        f"/issues/{issue_id}/accept",
        data={"event": an_event(), "measure": "", "due_on": "", "responsible": staff_id(desk, "handler")},
    )

    assert answer.status_code == 422
    assert "act-open" in answer.text
    assert "aria-invalid" in answer.text
    assert state_of(desk, issue_id) is State.ROUTED


def test_a_date_in_the_past_is_refused_in_words(desk: Desk) -> None:
    issue_id = desk.issue()
    page = f"/issues/{issue_id}"

    answer = desk.browser("department_manager").post(
        f"{page}/accept",
        data=ACCEPTED | {"event": an_event(), "due_on": "2020-01-01", "responsible": staff_id(desk, "handler")},
        headers={"Referer": f"http://localhost{page}"},
        follow_redirects=True,
    )

    assert "日期" in answer.text
    assert "message-late" in answer.text
    assert state_of(desk, issue_id) is State.ROUTED


@pytest.mark.parametrize(
    ("who", "act", "status"),
    [
        ("officer", "route", 403),
        ("officer", "accept", 403),
        ("officer", "classify", 403),
        ("department_manager", "classify", 403),
        ("supervisor", "accept", 403),
        ("supervisor", "rectified", 403),
        ("handler", "accept", 403),
        ("other_manager", "accept", 404),
    ],
)
def test_nobody_acts_in_anothers_place(desk: Desk, who: str, act: str, status: int) -> None:
    issue_id = desk.issue()

    answer = desk.browser(who).post(f"/issues/{issue_id}/{act}", data={"event": an_event()})

    assert answer.status_code == status
    assert state_of(desk, issue_id) is State.ROUTED


def test_a_dissatisfied_owner_is_visible_in_list_and_history(desk: Desk) -> None:
    issue_id = desk.issue(text="主卫渗水")
    desk.dissatisfied(issue_id, "两天后又滴水")
    browser = desk.browser("supervisor")

    listed, page = browser.get("/issues").text, browser.get(f"/issues/{issue_id}").text

    assert "第 2 轮" in listed
    for words in (
        "业主不满意",
        "两天后又滴水",
        "第 2 轮 · 派单至工程维修部",
        "重定措施、责任人、日期",
        "turn-late",
        "history-bad",
    ):
        assert words in page


def test_an_issue_of_another_estate_is_not_found(desk: Desk) -> None:
    assert desk.browser("supervisor").get(f"/issues/{uuid.uuid4()}").status_code == 404
