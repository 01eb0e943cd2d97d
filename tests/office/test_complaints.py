"""Complaints at the desk (V46): made on the issue's page, responded to, graded, reviewed; the register is form 6."""

import csv
import io
import re
import uuid

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from app.agenda.queries import due_about
from app.agenda.rules import CALLBACKS
from app.core.clock import local_date, now
from app.core.db import db
from app.core.ids import new_id
from app.core.journal import By
from app.estates.file_rules import Part
from app.estates.models import Estate
from app.issues.actions import accept, report_rectified
from app.issues.complaint_rules import Grade, Standing
from app.issues.models import Category, Complaint, Issue
from app.people.models import StaffRole
from app.people.queries import staff_by_login
from app.people.rules import Role
from tests.builders import a_staff, fetch
from tests.office.conftest import Desk


def complaint_of(desk: Desk, issue_id: str) -> Complaint:
    with desk.app.app_context():
        issue = fetch(Issue, issue_id)
        assert isinstance(issue, Issue)
        assert issue.complaint is not None
        return issue.complaint


def send(browser: FlaskClient, issue_id: str, act: str, prefix: str, **said: str) -> tuple[int, str]:
    """What the form of an act sends; what the page then says."""
    form = {f"complaint-{prefix}-{name}": value for name, value in said.items()}
    form[f"complaint-{prefix}-event"] = str(uuid.uuid4())
    path = f"/issues/{issue_id}/complaint{'/' + act if act else ''}"
    answer = browser.post(path, data=form, follow_redirects=True)
    return answer.status_code, answer.text


def make(desk: Desk, who: str = "officer", grade: str = "important", **said: str) -> str:
    issue_id = desk.issue(text="投诉：报修三次无人上门")
    status, _page = send(desk.browser(who), issue_id, "", "open", nature="delay", grade=grade, **said)
    assert status == 200
    return issue_id


def close(desk: Desk, issue_id: str, reason: str = "") -> None:
    """Accepted, rectified, and signed by the owner as satisfied."""
    with desk.app.app_context():
        issue, worker = db.session.get_one(Issue, uuid.UUID(issue_id)), staff_by_login(desk.logins["handler"])
        assert worker is not None
        moment = now()
        more = {"by": By(worker.id), "at": moment}
        accept(issue, "更换止水阀", worker, local_date(moment, "Asia/Shanghai"), event_id=new_id(), **more)
        report_rectified(issue, "已更换", event_id=new_id(), **more)
        task = due_about(issue.id, *CALLBACKS)[0]
        db.session.commit()
        task_id, round_ = str(task.id), issue.round
    answer = {"task_id": task_id, "issue_id": issue_id, "round": round_, "answer": "satisfied", "reason": reason}
    desk.visit(task_ids=[task_id], answers=[answer])


@pytest.mark.clause("V46")
def test_an_issue_becomes_a_complaint_on_its_page_with_a_record_and_a_limit(desk: Desk) -> None:
    issue_id = desk.issue(text="投诉：报修三次无人上门")
    browser = desk.browser("officer")
    before = browser.get(f"/issues/{issue_id}").text

    status, page = send(browser, issue_id, "", "open", nature="delay", grade="important")

    assert 'id="complaint-open"' in before
    assert status == 200
    complaint = complaint_of(desk, issue_id)
    assert (complaint.grade, complaint.standing) == (Grade.IMPORTANT, Standing.RECEIVED)
    assert f"已列为投诉 {complaint.number}" in page
    assert "投诉处理记录" in page
    assert "重要投诉" in page
    assert 'id="complaint-open"' not in page


def test_a_complaint_that_says_no_nature_is_refused_in_its_form_and_changes_nothing(desk: Desk) -> None:
    issue_id = desk.issue()

    status, page = send(desk.browser("officer"), issue_id, "", "open", nature="nonsense", grade="important")

    assert status == 422
    assert re.search(r'class="act card act-open"\s+id="complaint-open"', page)
    with desk.app.app_context():
        assert db.session.query(Complaint).count() == 0


@pytest.mark.clause("V46")
def test_the_supervisor_finds_the_first_response_in_the_inbox_and_the_manager_the_review(desk: Desk) -> None:
    issue_id = make(desk)
    supervisor, manager = desk.browser("supervisor"), desk.browser("manager")
    first = supervisor.get("/?what=complaint:respond").text
    status, _page = send(supervisor, issue_id, "response", "respond", response="已致歉，今天下午上门")
    close(desk, issue_id)
    last = manager.get("/?what=complaint:review").text
    reviewed, page = send(manager, issue_id, "review", "review", opinion="处理及时，注意报修派单")

    assert f"/issues/{issue_id}#complaint-respond" in first
    assert (status, reviewed) == (200, 200)
    assert f"/issues/{issue_id}#complaint-review" in last
    assert complaint_of(desk, issue_id).standing is Standing.REVIEWED
    assert "处理及时，注意报修派单" in page
    assert "没有此类待办" in manager.get("/?what=complaint:review").text


@pytest.mark.clause("V46")
@pytest.mark.clause("V46")
@pytest.mark.parametrize("another", [False, True], ids=["the only manager", "one of two"])
def test_a_complaint_about_the_manager_is_reviewed_by_another_or_else_by_the_executive(
    desk: Desk, another: bool
) -> None:
    with desk.app.app_context():
        manager = staff_by_login(desk.logins["manager"])
        assert manager is not None
        about = str(manager.id)
        if another:
            a_staff(fetch(Estate, desk.estate_id), Role.MANAGER, name="钱经理")
        db.session.commit()
    issue_id = make(desk, about=about)
    close(desk, issue_id)
    executive = desk.browser("executive")

    waiting = executive.get("/?what=complaint:review").text
    by_themselves, _page = send(desk.browser("manager"), issue_id, "review", "review", opinion="处理得当")
    status, page = send(executive, issue_id, "review", "review", opinion="已约谈，扣当月绩效")

    assert by_themselves == 403
    assert (f"/issues/{issue_id}#complaint-review" in waiting) is not another
    assert status == (403 if another else 200)
    assert ("已约谈，扣当月绩效" in page) is not another


@pytest.mark.clause("V46")
def test_the_first_response_to_a_complaint_about_the_only_supervisor_is_the_managers(desk: Desk) -> None:
    with desk.app.app_context():
        supervisor = staff_by_login(desk.logins["supervisor"])
        assert supervisor is not None
        about = str(supervisor.id)
        others = StaffRole.role == Role.SUPERVISOR, StaffRole.staff_id != supervisor.id
        db.session.execute(sa.delete(StaffRole).where(*others))
        db.session.commit()

    issue_id = make(desk, about=about)

    shown = [f"/issues/{issue_id}#" in desk.browser(who).get("/?what=complaint:respond").text for who in WHO]
    assert dict(zip(WHO, shown, strict=True)) == {"supervisor": False, "manager": True}


WHO = ("supervisor", "manager")


def test_the_supervisor_may_only_grade_up_the_manager_down_too_and_with_a_reason(desk: Desk) -> None:
    issue_id = make(desk)
    supervisor, manager = desk.browser("supervisor"), desk.browser("manager")

    refused, _page = send(supervisor, issue_id, "grade", "grade", seen="important", grade="ordinary", reason="轻微")
    without, _page = send(manager, issue_id, "grade", "grade", seen="important", grade="ordinary", reason=" ")
    unheard_of, _page = send(supervisor, issue_id, "grade", "grade", seen="grave", grade="major", reason="影响用电")
    kept = complaint_of(desk, issue_id).grade
    up, _page = send(supervisor, issue_id, "grade", "grade", seen="important", grade="major", reason="影响用电")
    down, page = send(manager, issue_id, "grade", "grade", seen="major", grade="ordinary", reason="现场核实为轻微")

    assert (refused, without, unheard_of, kept) == (422, 422, 422, Grade.IMPORTANT)
    assert (up, down) == (200, 200)
    assert complaint_of(desk, issue_id).grade is Grade.ORDINARY
    assert "现场核实为轻微" in page


@pytest.mark.parametrize("who", ["officer", "supervisor", "department_manager", "executive"])
@pytest.mark.clause("V46")
def test_nobody_but_the_manager_turns_a_complaint_back(desk: Desk, who: str) -> None:
    issue_id = make(desk)

    status, _page = send(desk.browser(who), issue_id, "back", "back", reason="不是投诉")

    assert status == 403
    assert complaint_of(desk, issue_id).standing is Standing.RECEIVED


def test_turned_back_it_is_an_ordinary_issue_and_the_register_keeps_it(desk: Desk) -> None:
    issue_id = make(desk)

    status, page = send(desk.browser("manager"), issue_id, "back", "back", reason="业主确认是咨询")

    assert status == 200
    assert "业主确认是咨询" in page
    assert 'id="complaint-open"' in page
    complaint = complaint_of(desk, issue_id)
    browser = desk.browser("supervisor")
    assert str(complaint.number) in browser.get("/complaints?standing=turned_back").text
    assert str(complaint.number) not in browser.get("/complaints").text


def test_of_two_who_grade_one_is_told_and_nothing_is_lost(desk: Desk) -> None:
    issue_id = make(desk)
    send(desk.browser("supervisor"), issue_id, "grade", "grade", seen="important", grade="major", reason="影响用电")

    status, page = send(
        desk.browser("manager"), issue_id, "grade", "grade", seen="important", grade="major", reason="再升一级"
    )

    assert status in (409, 422)
    assert "再升一级" in page or "投诉" in page
    assert complaint_of(desk, issue_id).grade is Grade.MAJOR


@pytest.mark.clause("V46")
def test_whom_a_complaint_is_about_is_offered_nothing_and_is_not_offered(desk: Desk) -> None:
    with desk.app.app_context():
        about = staff_by_login(desk.logins["department_manager"])
        supervisor = staff_by_login(desk.logins["supervisor"])
        assert about is not None
        assert supervisor is not None
        about_id, supervisor_id = str(about.id), str(supervisor.id)
    issue_id = make(desk, about=about_id)
    other = make(desk, about=supervisor_id)

    page = desk.browser("department_manager").get(f"/issues/{issue_id}").text
    of_supervisor = desk.browser("supervisor").get(f"/issues/{other}").text

    responsible = re.search(r'<select[^>]*name="responsible".*?</select>', page, re.DOTALL)
    assert responsible is None or about_id not in responsible.group()
    assert 'id="complaint-respond"' not in of_supervisor
    assert "王强" in page


@pytest.mark.clause("V46")
def test_the_register_taken_away_holds_every_column_of_form_6(desk: Desk) -> None:
    issue_id = make(desk)
    send(desk.browser("supervisor"), issue_id, "response", "respond", response="已致歉")
    close(desk, issue_id, reason="这次很快")
    send(desk.browser("manager"), issue_id, "review", "review", opinion="同意")

    with desk.browser("supervisor").post("/complaints/export/csv?standing=reviewed") as answer:
        [row] = csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig")))

    complaint = complaint_of(desk, issue_id)
    assert row["编号"] == complaint.number
    said = {
        name: row[name]
        for name in ("投诉内容", "性质", "等级", "首次响应结果", "处理结果", "回访结果", "业主意见", "评审意见")
    }
    assert said == {
        "投诉内容": "投诉：报修三次无人上门",
        "性质": "处理不及时",
        "等级": "重要投诉",
        "首次响应结果": "已致歉",
        "处理结果": "已更换",
        "回访结果": "满意",
        "业主意见": "这次很快",
        "评审意见": "同意",
    }
    assert all(row[name] for name in ("投诉时间", "投诉人", "房号", "受理人", "首次响应人", "首次响应", "处理人"))
    assert all(row[name] for name in ("处理时间", "时限", "回访人", "回访时间", "回访方式", "评审人", "评审时间"))
    assert row["联系方式"].count("*") >= 4 or row["联系方式"] == ""


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", True),
        ("?grade=important", True),
        ("?grade=major", False),
        ("?nature=delay&standing=received", True),
        ("?standing=reviewed", False),
        ("?q=三次", True),
        ("?q=没有这样的话", False),
        ("?overdue=yes", False),
        ("?sort=deadline&from=2020-01-01", True),
        ("?sort=-unit", True),
        ("?sort=grade", True),
        ("?sort=standing", True),
        ("?sort=number", True),
    ],
)
def test_the_register_is_filtered_sorted_and_searched(desk: Desk, query: str, found: bool) -> None:
    number = str(complaint_of(desk, make(desk)).number)

    page = desk.browser("supervisor").get(f"/complaints{query}").text

    assert (number in page) is found


def test_the_register_is_for_customer_service_and_empty_it_says_how_a_complaint_comes_there(desk: Desk) -> None:
    assert desk.browser("handler").get("/complaints").status_code == 403
    page = desk.browser("supervisor").get("/complaints").text

    assert "没有未结的投诉" in page


def test_a_complaints_own_address_leads_to_its_issue_for_those_who_may_know_of_it(desk: Desk) -> None:
    issue_id = make(desk)
    address = f"/complaints/{complaint_of(desk, issue_id).id}"

    answers = {who: desk.browser(who).get(address) for who in ("supervisor", "executive", "handler")}

    assert {who: answer.status_code for who, answer in answers.items()} == {
        "supervisor": 302,
        "executive": 302,
        "handler": 403,
    }
    assert answers["supervisor"].location == f"/issues/{issue_id}"
    assert desk.browser("supervisor").get(f"/complaints/{uuid.uuid4()}").status_code == 404


def test_the_register_reads_in_english(desk: Desk) -> None:
    make(desk)

    page = desk.browser("english").get("/complaints").text

    assert "Important complaint" in page
    assert "First response to give" in page


@pytest.mark.clause("V46")
def test_a_callback_is_not_given_to_whom_the_complaint_is_about(desk: Desk) -> None:
    with desk.app.app_context():
        about = staff_by_login(desk.logins["officer"])
        assert about is not None
        about_id = str(about.id)
    issue_id = make(desk, who="supervisor", about=about_id)
    with desk.app.app_context():
        issue, worker = db.session.get_one(Issue, uuid.UUID(issue_id)), staff_by_login(desk.logins["handler"])
        assert worker is not None
        more = {"by": By(worker.id), "at": now()}
        accept(issue, "更换止水阀", worker, local_date(now(), "Asia/Shanghai"), event_id=new_id(), **more)
        report_rectified(issue, "已更换", event_id=new_id(), **more)
        [task] = due_about(issue.id, *CALLBACKS)
        db.session.commit()
        assignee_id, task_id = str(task.assignee_id), str(task.id)

    page = desk.browser("executive").get(f"/plans/due/{task_id}").text

    assert assignee_id != about_id
    assert assignee_id in page
    assert f'value="{about_id}"' not in page


@pytest.mark.clause("R21")
def test_a_category_is_given_the_warranty_that_decides_and_the_history_tells_it(desk: Desk) -> None:
    browser = desk.browser("supervisor")
    tree = browser.get("/settings/categories").text
    with desk.app.app_context():
        category = db.session.query(Category).filter_by(code="leak").one()
        path, department = f"/settings/categories/{category.id}", str(category.department_id)
    form = {"name_zh": "渗漏", "name_en": "Leaks", "icon": "message", "department": department}
    seen = re.search(r'name="seen"[^>]*value="(\d+)"', browser.get(path).text)
    assert seen is not None

    wanted = form | {"seen": seen.group(1), "warranty_part": "waterproofing", "warranty_department": ""}
    refused = browser.post(path, data=wanted)
    taken = browser.post(path, data=wanted | {"warranty_department": str(desk.other_department_id)})

    assert "防水" in tree
    assert refused.status_code == 422
    assert "请选择保修期内派往哪个部门" in refused.text
    assert taken.status_code == 302
    with desk.app.app_context():
        kept = db.session.query(Category).filter_by(code="leak").one()
        assert kept.warranty_part is Part.WATERPROOFING
        assert kept.warranty_department_id == desk.other_department_id
    assert "保修期内派往" in browser.get("/settings/history").text
