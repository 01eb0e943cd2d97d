"""Forms 1, 5 and 6 as the office takes them away: what is in them, sealed, and for whom."""

import csv
import io
import uuid
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.core.chain import ClosedDay, head
from app.core.clock import local_date, now
from app.core.db import db
from app.core.i18n import words_in
from app.core.ids import new_id
from app.core.journal import By
from app.documents.seal.examining import examine
from app.documents.seal.reading import read_seal
from app.documents.seal.seals import known_seals
from app.documents.sheets_of.complaint_record import complaint_sheet
from app.estates.models import Estate, Person, Unit
from app.issues.ending import object_to
from app.issues.models import Issue
from app.issues.owners_word import OwnersWord
from app.issues.rules import Answer, HowAnswered
from app.issues.who_answers import SaidBy, StandsAs
from app.jobs.closing import close_days
from app.people.queries import staff_by_login
from app.visits.models import Visit
from tests.builders import an_owner, fetch
from tests.core.chained import past_the_triggers
from tests.documents import reading
from tests.office.conftest import Desk
from tests.office.test_batches import Desks
from tests.office.test_batches import desks as desks  # noqa: PLC0414 - a fixture
from tests.office.test_batches import gathered as gathered  # noqa: PLC0414 - what it is made of
from tests.office.test_complaints import close, complaint_of, make, send

pytestmark = pytest.mark.any_database


def must_be_sealed(desk: Desk, answer: TestResponse) -> str:
    """The text of a paper that is sealed whole by this company, and that nobody keeps on the way."""
    assert answer.status_code == 200, answer.text
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Cache-Control"] == "private, no-store"
    with desk.app.app_context():
        read = read_seal(answer.data, known_seals())
    assert read is not None
    assert read.whole
    assert read.ours
    return reading.text(answer.data)


@pytest.mark.clause("V46")
def test_a_complaint_is_printed_from_its_receipt_to_its_review(desk: Desk) -> None:
    issue_id = make(desk)
    send(desk.browser("supervisor"), issue_id, "response", "respond", response="已致歉")
    close(desk, issue_id, reason="这次很快")
    send(desk.browser("manager"), issue_id, "review", "review", opinion="注意报修派单")
    complaint, browser = complaint_of(desk, issue_id), desk.browser("supervisor")

    page = browser.get(f"/issues/{issue_id}").text
    said = must_be_sealed(desk, browser.get(f"/complaints/{complaint.id}/complaint.pdf"))

    assert f"/complaints/{complaint.id}/complaint.pdf?lang=en" in page
    for words in (
        f"编号 No. {complaint.number}",
        "投诉人 Complainant 陈建国",
        "报修三次无人上门",
        "处理不及时 Not seen to in time",
        "首次响应 First response 已致歉 孙主管",
        "已更换 王师傅",
        "满意 Satisfied 上门面谈 At the door · 业主签字 signed by the owner",
        "业主意见 Owner's opinion 这次很快",
        "评审意见 Review, opinion 注意报修派单 周经理",
    ):
        assert words in said, (words, said)


@pytest.mark.clause("V46")
def test_who_took_an_objection_down_in_the_office_stands_on_the_record(desk: Desk) -> None:
    issue_id, owner = make(desk), SaidBy("陈建国", StandsAs.OWNER)
    close(desk, issue_id)
    word = OwnersWord.taken_down(Answer.OBJECTED, HowAnswered.COUNTER, "又坏了", said_at=now(), said_by=owner)

    with desk.app.app_context():
        issue, supervisor = fetch(Issue, issue_id), staff_by_login(desk.logins["supervisor"])
        object_to(issue, word, event_id=new_id(), by=By(supervisor.id), at=now())
        db.session.commit()
        sheet = complaint_sheet(issue.complaint, ("zh",), contact=str, printed_at=now())

    called = sheet.rounds[0].callbacks[-1]
    assert (called.by, called.said_by, called.opinion) == ("孙主管", "陈建国", "又坏了")
    page = desk.browser("supervisor").get(f"/issues/{issue_id}").text
    assert "孙主管 ·" in page.partition('id="complaint"')[2].partition("</dl>")[0]
    with desk.browser("supervisor").post("/complaints/export/csv?standing=all") as answer:
        [row] = csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig")))
    assert (row["回访人"], row["回访方式"], row["业主意见"]) == ("孙主管", "前台答复", "又坏了")


@pytest.mark.clause("R13")
@pytest.mark.clause("V46")
def test_the_record_tells_what_was_settled_and_done_in_each_round_before_its_callback(desk: Desk) -> None:
    issue_id = make(desk)
    desk.dissatisfied(issue_id, "又滴水")
    complaint, supervisor = complaint_of(desk, issue_id), desk.browser("supervisor")

    while_it_is_handled_again = must_be_sealed(desk, supervisor.get(f"/complaints/{complaint.id}/complaint.pdf"))
    close(desk, issue_id, reason="这次好了")
    in_the_end = must_be_sealed(desk, supervisor.get(f"/complaints/{complaint.id}/complaint.pdf"))

    again = "处理 Handling 第 2 轮 Round 2 – – 回访 Callback –"
    assert while_it_is_handled_again.index("又滴水") < while_it_is_handled_again.index(again)
    told = [
        "处理 Handling 第 1 轮 Round 1 措施 Measure 重做防水 责任人 Responsible person 王师傅",
        "结果 Result 已重做 王师傅",
        "又滴水",
        "处理 Handling 第 2 轮 Round 2 措施 Measure 更换止水阀 责任人 Responsible person 王师傅",
        "结果 Result 已更换 王师傅",
        "这次好了",
    ]
    for words in told:
        assert words in in_the_end, (words, in_the_end)
    assert [in_the_end.index(words) for words in told] == sorted(in_the_end.index(words) for words in told)


@pytest.mark.clause("V46")
def test_what_was_said_before_it_was_a_complaint_is_no_callback_on_it(desk: Desk) -> None:
    issue_id = desk.issue(text="投诉：两次没修好")
    desk.dissatisfied(issue_id, "又滴水")
    send(desk.browser("officer"), issue_id, "", "open", nature="delay", grade="important")
    complaint, supervisor = complaint_of(desk, issue_id), desk.browser("supervisor")

    page = supervisor.get(f"/issues/{issue_id}").text
    said = must_be_sealed(desk, supervisor.get(f"/complaints/{complaint.id}/complaint.pdf"))
    with supervisor.post("/complaints/export/csv?standing=all") as answer:
        [row] = csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig")))

    assert "列为投诉之前 Before it was a complaint 第 1 轮 Round 1 不满意 Dissatisfied" in said
    handled = "列为投诉之前 Before it was a complaint 处理 Handling 第 1 轮 Round 1 措施 Measure 重做防水"
    assert said.index(handled) < said.index("又滴水")
    assert said.index("又滴水") < said.index("处理 Handling 第 2 轮 Round 2 –") < said.index("回访 Callback –")
    record = page.partition('id="complaint"')[2].partition("</dl>")[0]
    assert "不满意" not in record
    assert (row["回访方式"], row["业主意见"]) == ("", "")

    desk.dissatisfied(issue_id, "还在滴")

    assert "不满意" in supervisor.get(f"/issues/{issue_id}").text.partition('id="complaint"')[2].partition("</dl>")[0]
    said = must_be_sealed(desk, supervisor.get(f"/complaints/{complaint.id}/complaint.pdf"))
    assert said.index("又滴水") < said.index("首次响应 First response 回访时") < said.index("第 2 轮 Round 2")
    assert said.index("第 2 轮 Round 2") < said.index("还在滴")


def the_owner(desk: Desk) -> Person:
    with desk.app.app_context():
        return db.session.scalars(sa.select(Person).where(Person.estate_id == desk.estate_id)).one()


def test_a_complaint_shows_no_more_of_a_phone_than_its_page(desk: Desk) -> None:
    raised = desk.tablet.an_issue(text="投诉：无人上门")
    owner = {"name": "陈建国", "relation": "owner", "person_id": str(the_owner(desk).id)}
    desk.visit(issues=[raised], interviewee=owner)
    send(desk.browser("officer"), raised["id"], "", "open", nature="delay", grade="important")
    complaint = complaint_of(desk, raised["id"])

    said = must_be_sealed(desk, desk.browser("manager").get(f"/complaints/{complaint.id}/complaint.pdf?lang=zh"))

    assert "138 **** 6021" in said
    assert "13812346021" not in said.replace(" ", "")


def test_an_owners_file_is_printed_for_those_who_read_it_without_those_who_left(desk: Desk) -> None:
    issue_id = desk.issue(text="主卫天花板渗水")
    with desk.app.app_context():
        unit, estate = db.session.get_one(Unit, desk.unit_id), db.session.get_one(Estate, desk.estate_id)
        unit.care, unit.plates, unit.do_not_disturb = ["听力不好"], ["浙A12345"], "12:00–14:00"
        today = local_date(now(), estate.time_zone)
        unit.ownerships[0].until = today - timedelta(days=30)
        an_owner(unit, "林晓", "13900007777", since=today - timedelta(days=30))
        db.session.commit()
    browser = desk.browser("officer")

    page = browser.get(f"/units/{desk.unit_id}").text
    said = must_be_sealed(desk, browser.get(f"/units/{desk.unit_id}/profile.pdf"))

    assert f"/units/{desk.unit_id}/profile.pdf?lang=zh" in page
    for words in ("林晓 业主 Owner", "13900007777", "听力不好", "浙A12345", "12:00–14:00", "主卫天花板渗水"):
        assert words in said, (words, said)
    assert "定期走访 Scheduled visit" in said
    assert "陈建国" not in said
    assert "13812346021" not in said
    assert issue_id


@pytest.mark.clause("V45")
@pytest.mark.clause("R15")
@pytest.mark.clause("R16")
def test_a_visits_record_bears_the_opinions_and_signatures_of_those_who_read_it(desks: Desks) -> None:
    visits = the_visits(desks.desk)
    assert desks.line("supervisor", 0, "remark", "渗水请重点跟进").status_code == 302
    desks.passed_by("supervisor")
    assert desks.sign("manager", "同意，尽快整改").status_code == 302
    assert desks.act("executive", "review/hand_on", "已阅，请抓紧").status_code == 302
    browser = desks.browsers["officer"]

    page = browser.get(f"/visits/{visits[0]}").text
    answer = browser.get(f"/visits/{visits[0]}/record.pdf")
    said = must_be_sealed(desks.desk, answer)

    assert f"/visits/{visits[0]}/record.pdf?lang=en" in page
    for words in (
        "业主 Owner 陈建国",
        "138 **** 6021",
        "定期走访 Scheduled visit",
        "主卫渗水",
        "承诺 2026-11-26 前答复",
        "派单至工程维修部",
        "主管意见 Supervisor's opinion – 孙主管",
        "经理意见 Manager's opinion 同意，尽快整改 周经理",
        "领导批阅 Executive's review 已阅，请抓紧 方振华",
        "备注 Remarks 渗水请重点跟进 孙主管",
    ):
        assert words in said, (words, said)
    assert "13812346021" not in said
    assert [words for words in reading.alternatives(answer.data) if "孙主管" in words or "周经理" in words] == [
        "孙主管的签名 / Signature of 孙主管",
        "周经理的签名 / Signature of 周经理",
    ]


@pytest.mark.clause("R15")
def test_a_record_that_nobody_has_read_and_one_that_was_sent_back_bear_no_signature(desks: Desks) -> None:
    visits = the_visits(desks.desk)
    desks.passed_by("supervisor")
    assert desks.line("manager", 0, "send_back", "缺照片").status_code == 302
    browser = desks.browsers["supervisor"]

    sent_back, read = (reading_of(browser, visit) for visit in visits)

    assert "孙主管的签名" not in " ".join(reading.alternatives(sent_back))
    assert "缺照片" in reading.text(sent_back)
    assert "孙主管的签名" in " ".join(reading.alternatives(read))
    assert "周经理的签名" not in " ".join(reading.alternatives(read))


def reading_of(browser: FlaskClient, visit_id: str) -> bytes:
    answer = browser.get(f"/visits/{visit_id}/record.pdf")
    assert answer.status_code == 200
    return answer.data


def the_visits(desk: Desk) -> list[str]:
    """In the order in which they stand in a batch."""
    with desk.app.app_context():
        found = db.session.scalars(sa.select(Visit).order_by(Visit.started_at, Visit.id))
        return [str(visit.id) for visit in found]


def test_records_are_printed_for_customer_service_of_the_estate(desk: Desk) -> None:
    issue_id = make(desk)
    complaint = complaint_of(desk, issue_id)
    with desk.app.app_context():
        visit_id = db.session.get_one(Issue, uuid.UUID(issue_id)).visit_id
    paths = ["complaints/{}/complaint.pdf", "units/{}/profile.pdf", "visits/{}/record.pdf"]
    ids = [complaint.id, desk.unit_id, visit_id]

    for path, id_ in zip(paths, ids, strict=True):
        assert desk.browser("department_manager").get("/" + path.format(id_)).status_code == 403
        assert desk.browser("supervisor").get("/" + path.format(uuid.uuid4())).status_code == 404
        assert desk.browser("supervisor").get("/" + path.format(id_) + "?lang=fr").status_code == 404
        assert desk.app.test_client().get("/" + path.format(id_)).status_code == 302


@pytest.mark.clause("V47")
def test_an_archived_record_names_the_head_of_the_journal_that_covers_it_and_verifying_compares_them(
    desks: Desks,
) -> None:
    desks.passed_by("supervisor", "manager")
    desks.act("executive", "review/hand_on", "已阅")
    desks.act("supervisor", "review/hand_on")
    desk, browser = desks.desk, desks.browsers["supervisor"]
    with desk.app.app_context():
        visit = db.session.scalars(sa.select(Visit)).first()
        assert visit is not None
        paper = f"/visits/{visit.id}/record.pdf?lang=zh"
    before = browser.get(paper)

    with desk.app.app_context():
        close_days(now() + timedelta(days=1, hours=1))
        day = head(desk.estate_id)
        assert day is not None
    named = browser.get(paper)
    with desk.app.app_context():
        close_days(now() + timedelta(days=3))
        agrees = examine(named.data)

    assert "日志链首" not in must_be_sealed(desk, before)
    assert f"{day.day} {day.sha256[:8]} {day.sha256[8:16]}" in must_be_sealed(desk, named)
    assert browser.get(paper).data == named.data, "the day that covers the archiving stays the same"
    assert agrees.wrong == ()
    assert agrees.head is not None
    assert (agrees.head.day, agrees.head.sha256) == (day.day, day.sha256)
    with desk.app.app_context():
        past_the_triggers()
        db.session.execute(sa.delete(ClosedDay).where(ClosedDay.sha256 == day.sha256))
        [wrong] = examine(named.data).wrong
    assert words_in("en", wrong) == f"The fingerprint that stands on it, of {day.day}, is not in our journal."
