"""What is done to an issue beside its usual way, as the pages of those who may do it offer it."""

import re
import uuid
from datetime import date

import pytest

from app.core import waits
from app.core.clock import isoformat, now
from app.core.db import db
from app.core.waits import Holder
from app.estates.models import Estate, HouseholdMember, Ownership, Tenancy, Unit
from app.estates.rules import Profile
from app.issues.models import Deferral, Issue, OwnerAnswer
from app.issues.rules import HowAnswered, HowTold, State
from app.people.queries import staff_by_login
from app.people.rules import Role
from tests.builders import a_staff, an_owner, fetch
from tests.office.conftest import IN_TIME, IN_TIME_SAID, Desk

WHY = {"reason": "防水材料未到货"}


def act(desk: Desk, who: str, issue_id: str, name: str, **form: str) -> str:
    """Send one act's form as somebody; what the page says then."""
    event = {"event": str(uuid.uuid4())}
    page = f"/issues/{issue_id}"
    came_from = {"Referer": f"http://localhost{page}"}
    browser = desk.browser(who)
    return browser.post(f"{page}/{name}", data=event | form, headers=came_from, follow_redirects=True).text


def state_of(desk: Desk, issue_id: str) -> State:
    with desk.app.app_context():
        found = fetch(Issue, issue_id)
        assert isinstance(found, Issue)
        return found.state


def accepted(desk: Desk, **wanted: str) -> str:
    """An issue that the department has accepted."""
    issue_id = desk.issue(**wanted)
    with desk.app.app_context():
        worker = staff_by_login(desk.logins["handler"])
        assert worker is not None
        settled = {"measure": "重做防水", "method": "闭水试验", "due_on": IN_TIME.isoformat()}
        form = settled | {"responsible": str(worker.id)}
    act(desk, "department_manager", issue_id, "accept", **form)
    return issue_id


def test_a_form_that_is_sent_again_with_other_words_is_not_called_done(desk: Desk) -> None:
    """The answer to the first was lost under way: what was written since is not in the history."""
    issue_id, event = accepted(desk), str(uuid.uuid4())
    first = {"event": event, "to_on": "2199-03-01"} | WHY

    said = [
        act(desk, "department_manager", issue_id, "defer", **form)
        for form in (first, first, first | {"reason": "防水材料涨价，另行订货"})
    ]

    assert ["已申请延期至" in page for page in said] == [True, True, False]
    assert "防水材料涨价，另行订货" in said[-1], "what was typed stays on the page"
    with desk.app.app_context():
        assert [one.reason for one in db.session.query(Deferral)] == [WHY["reason"]]


@pytest.mark.clause("R39")
def test_another_date_is_asked_for_agreed_and_told(desk: Desk) -> None:
    issue_id = accepted(desk)

    asked = act(desk, "department_manager", issue_id, "defer", to_on="2199-03-01", **WHY)
    agreed = act(desk, "supervisor", issue_id, "agree", note="")
    inbox = desk.browser("officer").get("/").text
    with desk.app.app_context():
        deferral = db.session.query(Deferral).one()
        deferral_id = str(deferral.id)
    told = act(desk, "officer", issue_id, "tell", deferral=deferral_id, how="phone")

    assert "已申请延期至 2199年3月1日。同意之前仍按原日期计算。" in asked
    assert "由 李敏 告知业主新日期" in agreed
    assert f"首次期限 {IN_TIME_SAID}" in agreed
    assert "业主尚未获知" in agreed
    assert "待告知新日期" in inbox
    assert "业主已知新日期 2199年3月1日" in told
    assert "业主尚未获知" not in told
    with desk.app.app_context():
        kept = db.session.query(Deferral).one()
        assert (kept.told_how, kept.to_on) == (HowTold.PHONE, date(2199, 3, 1))


@pytest.mark.clause("R39")
def test_a_new_date_ticked_as_told_at_the_door_is_told_by_that(desk: Desk) -> None:
    issue_id = accepted(desk)
    act(desk, "department_manager", issue_id, "defer", to_on="2199-03-01", **WHY)
    act(desk, "supervisor", issue_id, "agree", note="")

    moment = isoformat(now())
    told = {"lines": [], "issues": [issue_id]}
    visit = desk.tablet.a_visit(desk.estate_id, desk.unit_id, told=told, started_at=moment, ended_at=moment)
    desk.bring_in(visit | {"v": 2})

    with desk.app.app_context():
        kept = db.session.query(Deferral).one()
        assert kept.told_how is HowTold.DOOR
        assert kept.told_at is not None


@pytest.mark.clause("R36")
def test_what_cannot_be_solved_is_explained_and_the_owners_word_is_taken_down(desk: Desk) -> None:
    issue_id = accepted(desk)

    act(desk, "department_manager", issue_id, "cannot", cannot="for_now", reason="须等全楼大修", explainer="")
    inbox = desk.browser("supervisor").get("/").text
    said = {"answer": "agreed", "how": "witnessed", "words": ""}
    unwitnessed = act(desk, "supervisor", issue_id, "explained", **said)
    with desk.app.app_context():
        names = ("陈建国", staff_by_login(desk.logins["supervisor"]).name)
    by_themselves = [act(desk, "supervisor", issue_id, "explained", **said, witness=name) for name in names]
    state = state_of(desk, issue_id)
    agreed = act(desk, "supervisor", issue_id, "explained", answer="agreed", how="phone", words="可以等")

    assert "待说明" in inbox
    assert ("请写明业主答复时的见证人" in unwitnessed, state) == (True, State.EXPLAINED)
    assert all("见证人不能是答复人，也不能是您本人" in page for page in by_themselves)
    assert "不计为满意，也不计为办结" in agreed
    assert "业主同意：列入遗留" in agreed
    assert state_of(desk, issue_id) is State.CARRIED_OVER


@pytest.mark.clause("R13")
@pytest.mark.parametrize(
    ("who", "given", "kept", "page"),
    [
        ("owner", {"how": "counter"}, ("陈建国", HowAnswered.COUNTER), "陈建国 · 前台答复"),
        # Neither owning nor renting it, they speak on behalf of the owner, as on the telephone.
        ("household", {"how": "phone"}, ("陈小宝", HowAnswered.PROXY), "陈小宝 · 代填"),
        ("else", {"how": "phone", "speaker_else": "老陈"}, ("老陈", HowAnswered.PROXY), "老陈 · 代填"),
    ],
)
def test_an_objection_says_who_made_it_and_how(
    desk: Desk, who: str, given: dict[str, str], kept: tuple[str, HowAnswered], page: str
) -> None:
    issue_id = desk.issue()
    act(desk, "executive", issue_id, "close", ending="withdrawn", reason="业主来电撤回")
    with desk.app.app_context():
        since = date(2025, 1, 1)
        db.session.add(HouseholdMember(estate_id=desk.estate_id, unit_id=desk.unit_id, name="陈小宝", since=since))
        db.session.commit()
    form = desk.browser("supervisor").get(f"/issues/{issue_id}").text
    choice = re.search(rf'<option[^>]* value="({who}[^"]*)"', form)
    assert choice

    nobody = act(desk, "supervisor", issue_id, "object", words="我没有撤回", speaker="", **given)
    still = state_of(desk, issue_id)
    objected = act(desk, "supervisor", issue_id, "object", words="我没有撤回", speaker=choice[1], **given)

    assert ("有业主提出异议" in nobody, still) == (False, State.CLOSED_UNSATISFIED)
    assert page in objected
    with desk.app.app_context():
        said = db.session.query(OwnerAnswer).one()
        assert (said.said_by, said.how) == kept
        assert (said.said_by_id is not None) is (who == "owner")


def test_what_settles_nothing_is_said_to_settle_nothing(desk: Desk) -> None:
    issue_id = accepted(desk)
    act(desk, "department_manager", issue_id, "cannot", cannot="for_now", reason="须等全楼大修", explainer="")
    with desk.app.app_context():
        tenant = an_owner(fetch(Unit, desk.unit_id), "租客小周")
        owned = db.session.query(Ownership).filter_by(person_id=tenant.id).one()
        db.session.delete(owned)
        db.session.add(Tenancy(estate_id=desk.estate_id, unit_id=desk.unit_id, person_id=tenant.id, since=owned.since))
        fetch(Issue, issue_id).raised_by_id = db.session.query(Ownership).one().person_id
        db.session.commit()
        who = f"tenant:{tenant.id}"

    page = act(desk, "supervisor", issue_id, "explained", answer="agreed", how="phone", speaker=who)

    assert "已记录，但不产生效力" in page
    assert state_of(desk, issue_id) is State.EXPLAINED


def test_the_executive_alone_closes_without_satisfaction_and_the_owner_objects(desk: Desk) -> None:
    issue_id = desk.issue()
    form = {"ending": "withdrawn", "reason": "业主来电撤回"}

    by_the_supervisor = act(desk, "supervisor", issue_id, "close", **form)
    still = state_of(desk, issue_id)
    closed = act(desk, "executive", issue_id, "close", **form)
    listed = desk.browser("supervisor").get("/issues?state=closed_unsatisfied").text
    again = act(desk, "supervisor", issue_id, "object", how="phone", words="我没有撤回")

    assert (still, "单独统计" in by_the_supervisor) == (State.ROUTED, False)
    assert "未满意关闭：业主撤回" in closed
    assert issue_id in listed
    assert "第 2 轮" in again
    assert state_of(desk, issue_id) is State.ROUTED


@pytest.mark.clause("R12", "R16")
def test_where_the_property_manager_is_the_executive_they_see_and_do_what_is_the_executives(desk: Desk) -> None:
    issue_id, withdrawn = accepted(desk), {"ending": "withdrawn", "reason": "业主来电撤回"}
    with desk.app.app_context():
        estate = db.session.get_one(Estate, desk.estate_id)
        desk.logins["property_manager"] = a_staff(estate, Role.PROPERTY_MANAGER, name="郑卫东").login
        about, to_decide = ("issue", uuid.UUID(issue_id)), Holder(role=Role.EXECUTIVE.value)
        waits.begin(estate.id, about, "issue:decide_liability", to_decide, since=now(), due_at=now())
        db.session.commit()

    in_company_a = act(desk, "property_manager", issue_id, "close", **withdrawn)
    waits_in_a = f"/issues/{issue_id}" in desk.browser("property_manager").get("/").text
    with desk.app.app_context():
        db.session.get_one(Estate, desk.estate_id).profile = Profile.B
        db.session.commit()
    first_page = desk.browser("property_manager").get("/").text
    closed = act(desk, "property_manager", issue_id, "close", **withdrawn)

    assert ("未满意关闭：业主撤回" in in_company_a, waits_in_a) == (False, False)
    assert f"/issues/{issue_id}" in first_page
    assert "未满意关闭：业主撤回" in closed


def test_nobody_is_called_unreachable_who_was_not_tried(desk: Desk) -> None:
    issue_id = desk.issue()

    said = act(desk, "executive", issue_id, "close", ending="unreachable", reason="联系不上")

    assert "就此事项已联系业主 0 次" in said
    assert state_of(desk, issue_id) is State.ROUTED


def test_a_department_disputes_and_the_manager_decides(desk: Desk) -> None:
    issue_id = desk.issue()
    other = str(desk.other_department_id)

    act(desk, "department_manager", issue_id, "dispute", claimed=other, reason="门禁归保卫部")
    inbox = desk.browser("manager").get("/").text
    decided = act(desk, "manager", issue_id, "decide", department=other, reason="按分工表")

    assert "待裁定责任" in inbox
    assert "裁定：由保卫部负责" in decided
    assert state_of(desk, issue_id) is State.ROUTED


def test_two_owners_issues_become_one_piece_of_work_and_two_again(desk: Desk) -> None:
    first, second = desk.issue(text="外墙渗水"), desk.issue(text="外墙也渗水")

    merged = act(desk, "supervisor", second, "merge", into=first, reason="同一面外墙")
    state = state_of(desk, second)
    apart = act(desk, "supervisor", second, "unmerge", reason="是另一面墙")

    assert "每位业主分别回访、分别答复" in merged
    assert "查看牵头事项" in merged
    assert state is State.MERGED
    assert "恢复单独处理" in apart
    assert state_of(desk, second) is State.ROUTED


def test_a_phone_answer_of_whoever_has_sold_the_unit_closes_nothing_and_is_looked_at(desk: Desk) -> None:
    issue_id = desk.issue()
    task_id, round_ = desk.rectified(issue_id)
    with desk.app.app_context():
        held = db.session.query(Ownership).filter_by(unit_id=desk.unit_id).one()
        held.until = date(2026, 1, 1)
        seller_id, unit = str(held.person_id), held.unit
        an_owner(unit, "赵敏", since=date(2026, 1, 1))
        db.session.commit()
    answer = {"task_id": task_id, "issue_id": issue_id, "round": round_, "answer": "satisfied", "reason": ""}
    by_phone = {"name": "陈建国", "relation": "owner", "person_id": seller_id}

    visit_id = desk.visit(method="phone", interviewee=by_phone, task_ids=[task_id], answers=[answer])

    assert state_of(desk, issue_id) is State.RECTIFIED
    assert "答复人此前已售出该房屋" in desk.browser("supervisor").get(f"/visits/{visit_id}").text


@pytest.mark.parametrize(
    ("who", "name"),
    [
        ("officer", "defer"),
        ("handler", "dispute"),
        ("department_manager", "agree"),
        ("department_manager", "merge"),
        ("department_manager", "explained"),
        ("department_manager", "object"),
        ("supervisor", "close"),
        ("supervisor", "decide"),
        ("supervisor", "carry-on"),
        ("manager", "close"),
    ],
)
def test_nobody_takes_a_way_that_is_not_theirs(desk: Desk, who: str, name: str) -> None:
    issue_id = desk.issue()

    answer = desk.browser(who).post(f"/issues/{issue_id}/{name}", data={"event": str(uuid.uuid4())})

    assert answer.status_code == 403
    assert state_of(desk, issue_id) is State.ROUTED


def test_the_page_keeps_one_main_act_and_folds_the_rarer_ones(desk: Desk) -> None:
    issue_id = accepted(desk)

    page = desk.browser("department_manager").get(f"/issues/{issue_id}").text
    english = desk.browser("english").get(f"/issues/{issue_id}").text

    bar = page.split('class="turn-acts"')[1].split("</section>")[0]
    assert bar.count("btn-primary") == 1
    assert bar.index("报告已整改") < bar.index("<details") < bar.index("申请延期")
    assert "It cannot be solved" in english


def test_whoever_was_slower_is_told_what_changed_and_keeps_what_they_had_written(desk: Desk) -> None:
    issue_id = accepted(desk)
    act(desk, "department_manager", issue_id, "defer", to_on="2199-03-01", **WHY)
    act(desk, "supervisor", issue_id, "agree", note="")

    slower = act(desk, "manager", issue_id, "keep-date", reason="材料昨天已经到货，不应再拖")

    assert "message-late" in slower
    assert "您刚才填写的内容" in slower
    assert "材料昨天已经到货，不应再拖" in slower
    assert state_of(desk, issue_id) is State.ACCEPTED


def test_a_refused_act_stands_open_with_what_was_typed_and_can_be_sent_again(desk: Desk) -> None:
    issue_id = accepted(desk)

    refused = act(desk, "department_manager", issue_id, "defer", to_on=str(IN_TIME), reason="厂家尚未发货，等三周")
    again = act(desk, "department_manager", issue_id, "defer", to_on="2199-03-01", reason="厂家尚未发货，等三周")

    assert "message-late" in refused
    assert "厂家尚未发货，等三周</textarea>" in refused
    assert "您刚才填写的内容" not in refused
    assert "已申请延期至 2199年3月1日" in again
