"""Lists as people at a desk see them: sorted by their heads, page by page, filtered, and acted on in bulk."""

import re
import uuid

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from app.core.db import db
from app.core.journal import JournalLine
from app.core.waits import Wait
from app.estates.models import Estate
from app.estates.rules import Occupancy, Profile
from app.issues.models import Issue
from app.issues.rules import State
from app.people.rules import Liable
from app.visits.models import Visit
from tests.builders import NOW, a_department, a_home, fetch
from tests.office.conftest import Desk
from tests.office.years import just_now


def numbers(page: str) -> list[str]:
    """The numbers of the issues, as they stand on the page."""
    return re.findall(r"<span class=\"keep\">(WT-\d{4}-\d{4})", page)


def raise_issues(desk: Desk, *texts: str, category: str = "leak") -> list[str]:
    raised = [desk.tablet.an_issue(text=text, category=category) for text in texts]
    desk.visit(issues=raised)
    return [str(issue["id"]) for issue in raised]


def state_of(desk: Desk, issue_id: str) -> State:
    with desk.app.app_context():
        found = fetch(Issue, issue_id)
        assert isinstance(found, Issue)
        return found.state


def test_a_click_on_a_head_sorts_and_another_turns_it_round(desk: Desk) -> None:
    raise_issues(desk, "渗水", "电梯", "门禁")
    browser = desk.browser("supervisor")

    usual, up, down = (browser.get(f"/issues{query}").text for query in ("", "?sort=number", "?sort=-number"))
    raised = browser.get("/issues?sort=raised").text

    assert re.search(r'aria-sort="ascending">\s*<a class="sort"\s+href="/issues\?sort=-limit"', usual)
    assert re.search(r'aria-sort="ascending">\s*<a class="sort"\s+href="/issues\?sort=-raised"', raised)
    assert numbers(up) == sorted(numbers(up))
    assert numbers(down) == numbers(up)[::-1]


@pytest.mark.parametrize("order", ["limit", "raised", "unit", "state", "department"])
def test_rows_that_are_equal_keep_their_order_from_page_to_page(desk: Desk, order: str) -> None:
    raise_issues(desk, *(f"事项 {n}" for n in range(22)))
    solved = [desk.tablet.an_issue(text=f"已答 {n}", answered=True, answer="已说明") for n in range(8)]
    desk.visit(issues=[{name: said for name, said in one.items() if name != "promised_on"} for one in solved])
    browser = desk.browser("supervisor")

    for direction in ("", "-"):
        query = f"/issues?state=all&sort={direction}{order}&size=25&page="
        pages = [browser.get(f"{query}{page}").text for page in (1, 2)]
        seen = [number for page in pages for number in numbers(page)]
        assert len(seen) == 30
        assert len(set(seen)) == 30
        if order == "limit":
            assert pages[0].count("已答") == 3, "what waits for nothing comes last, whichever way the rest is sorted"


def test_a_page_beyond_the_end_says_so_and_leads_back(desk: Desk) -> None:
    raise_issues(desk, "渗水")

    page = desk.browser("supervisor").get("/issues?state=routed&page=9").text

    assert "列表没有这一页" in page
    assert 'href="/issues?state=routed"' in page


def test_what_is_searched_for_is_counted_up_to_a_limit(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    raise_issues(desk, *(f"主卫渗水 {n}" for n in range(27)))
    monkeypatch.setattr("app.office.listing._MOST_WITH_WORDS", 26)
    browser = desk.browser("english")

    searched, listed = (browser.get(f"/issues?size=25{words}").text for words in ("&q=渗水", ""))

    assert "Found: 26+" in searched
    assert "Found: 27<" in listed


@pytest.mark.parametrize("asked", ["", "state=reported", "state=all", "overdue=yes", "state=reported&overdue=yes"])
def test_a_list_says_how_many_its_pages_hold(desk: Desk, asked: str) -> None:
    raised = raise_issues(desk, *(f"主卫渗水 {n}" for n in range(27)), *(["门禁"] * 2), category="other")
    desk.visit(issues=[desk.tablet.an_issue(text="已答", answered=True, answer="已说明")])
    with desk.app.app_context():
        late = db.session.scalars(sa.select(Wait).where(Wait.subject_id.in_(map(uuid.UUID, raised[:26]))))
        for wait in late:
            wait.due_at = NOW
        db.session.commit()
    browser = desk.browser("english")

    pages = [browser.get(f"/issues?{asked}&size=25&page={page}").text for page in (1, 2)]

    held = sum(len(numbers(page)) for page in pages)
    assert held == {"state=all": 30, "": 29, "state=reported": 29}.get(asked, 26)
    assert all(f"Found: {held}<" in page for page in pages)


@pytest.mark.parametrize("page", ["/issues", "/orders"])
def test_a_list_asks_for_the_companies_of_the_profile_and_those_that_were_there(desk: Desk, page: str) -> None:
    browser = desk.browser("supervisor")
    asked = 'value="developer"'
    assert asked in browser.get(page).text

    with desk.app.app_context():
        estate = fetch(Estate, desk.estate_id)
        estate.profile = Profile.B
        db.session.commit()
    assert asked not in browser.get(page).text

    with desk.app.app_context():
        a_department(fetch(Estate, desk.estate_id), "地产公司工程部", Liable.DEVELOPER)
        db.session.commit()
    assert asked in browser.get(page).text


def test_the_inbox_shows_one_kind_of_act_alone(desk: Desk) -> None:
    raise_issues(desk, "想要儿童乐园", category="other")
    with desk.app.app_context():
        assert db.session.query(Issue).count() == 1
    browser = desk.browser("supervisor")

    routing, signing = browser.get("/?what=issue:route").text, browser.get("/?what=issue:accept").text

    assert "想要儿童乐园" in routing
    assert 'aria-current="true"' in routing
    assert "没有此类待办" in signing
    assert "想要儿童乐园" in browser.get("/?what=nonsense").text


def test_the_quarter_counts_households_met_and_ratings(desk: Desk) -> None:
    before = desk.browser("supervisor").get("/").text
    desk.visit(**just_now(), rating="basic")
    desk.visit(**just_now(), rating="none")

    after = desk.browser("supervisor").get("/").text

    assert "0 / 1" in before
    assert "0 / 0" in before
    assert "1 / 1" in after
    assert "不评价 1，不计入" in after
    assert "有效评价不足 5 份" in after


def test_a_home_that_is_marked_vacant_leaves_the_households_and_is_counted_beside_them(desk: Desk) -> None:
    with desk.app.app_context():
        home = a_home(db.session.get_one(Estate, desk.estate_id))
        home.occupancy = Occupancy.VACANT
        db.session.commit()

    page = desk.browser("supervisor").get("/").text

    assert "0 / 1" in page
    assert "空置，不计入：1" in page


def route_all(browser: FlaskClient, issue_ids: list[str], department_id: object, event: str = "") -> str:
    form = {"issue": issue_ids, "department": str(department_id), "event": event or str(uuid.uuid4())}
    return browser.post("/issues/route?state=all", data=form, follow_redirects=True).text


def test_the_chosen_are_routed_each_judged_by_its_own_row(desk: Desk) -> None:
    open_ones = raise_issues(desk, "想要儿童乐园", "想要健身器材", category="other")
    [routed] = raise_issues(desk, "渗水", category="leak")
    unknown = str(uuid.uuid4())

    page = route_all(desk.browser("supervisor"), [*open_ones, routed, unknown, open_ones[0]], desk.other_department_id)

    assert "已派单至保卫部：2 条" in page
    assert "未处理 1 条：已派单，待接收（WT-" in page
    assert "未处理 1 条：这里查不到" in page
    assert {state_of(desk, issue_id) for issue_id in open_ones} == {State.ROUTED}
    with desk.app.app_context():
        assert fetch(Issue, routed).department_id == desk.department_id


def test_a_bulk_act_sent_twice_happens_once(desk: Desk) -> None:
    [issue_id] = raise_issues(desk, "想要儿童乐园", category="other")
    browser, event = desk.browser("supervisor"), str(uuid.uuid4())

    for _time in range(2):
        route_all(browser, [issue_id], desk.department_id, event)

    with desk.app.app_context():
        lines = db.session.query(JournalLine).filter_by(subject_id=uuid.UUID(issue_id), kind="issue:routed").count()
    assert lines == 1


def test_nothing_chosen_or_no_department_is_refused_in_words(desk: Desk) -> None:
    [issue_id] = raise_issues(desk, "想要儿童乐园", category="other")
    browser = desk.browser("supervisor")
    here = {"Referer": "http://localhost/issues"}

    for form, words in (
        ({"issue": [], "department": str(desk.department_id)}, "请先在列表中选择"),
        ({"issue": ["nonsense"], "department": str(desk.department_id)}, "请先在列表中选择"),
        ({"issue": [issue_id], "department": str(uuid.uuid4())}, "请先选择部门"),
        ({"issue": [str(uuid.uuid4()) for _n in range(201)], "department": str(desk.department_id)}, "一次最多 200 条"),
    ):
        sent = {"event": str(uuid.uuid4()), **form}
        assert words in browser.post("/issues/route", data=sent, headers=here, follow_redirects=True).text
    assert state_of(desk, issue_id) is State.REPORTED


def test_a_department_routes_nothing_and_has_no_boxes(desk: Desk) -> None:
    [issue_id] = raise_issues(desk, "渗水")
    browser = desk.browser("department_manager")

    assert 'name="issue"' not in browser.get("/issues").text
    assert browser.post("/issues/route", data={"issue": issue_id}).status_code == 403


def test_the_chosen_records_are_looked_at_each_by_where_it_stands(desk: Desk) -> None:
    issue_id = desk.issue(text="主卫渗水")
    task_id, round_ = desk.rectified(issue_id)
    answer = {"task_id": task_id, "issue_id": issue_id, "round": round_, "answer": "satisfied", "reason": ""}
    unsigned = {"reason": "refused", "note": ""}
    visit_id = desk.visit(task_ids=[task_id], answers=[answer], unsigned=unsigned)
    rejected = desk.tablet.freeze(
        desk.tablet.a_visit(desk.estate_id, desk.unit_id, issues=[desk.tablet.an_issue(category="damp")])
    )
    desk.tablet.receipts(rejected)
    browser = desk.browser("supervisor")
    ids = re.findall(r'name="record"\s+value="([^"]+)"', browser.get("/records").text)
    assert len(ids) == 2

    form = {"record": [*ids, str(uuid.uuid4())], "event": str(uuid.uuid4())}
    page = browser.post("/records/looked-at", data=form, follow_redirects=True).text

    assert "已看过：1 条" in page
    assert page.count("未处理 1 条") == 2
    with desk.app.app_context():
        seen = fetch(Visit, visit_id)
        assert isinstance(seen, Visit)
        assert seen.review == ""
