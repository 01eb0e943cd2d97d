"""Forms 2, 8 and 9 and blank visit records as the office takes them away: what is in them, sealed, and for whom."""

import io
import uuid
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.core.clock import local_date, now
from app.core.db import db
from app.core.i18n import words_in
from app.core.journal import By, JournalLine
from app.documents.seal.examining import examine
from app.documents.seal.reading import read_seal
from app.documents.seal.seals import known_seals
from app.documents.sheets_of.plan_sheet import plan_sheet
from app.estates.models import Estate
from app.people.queries import staff_by_login
from app.people.rules import Role
from app.visits.models import Plan, PlanLine
from app.visits.planning import month_of
from app.visits.plans import propose_plan
from tests.builders import a_staff, an_estate, put_to_work
from tests.documents import reading
from tests.office.conftest import Desk
from tests.office.orders_entered import address_of, dispatched
from tests.office.test_calls import reaches, rings, the_owner

pytestmark = pytest.mark.any_database


def the_plan_at_work(desk: Desk) -> str:
    """The address of this month's plan, its one home due with the officer."""
    with desk.app.app_context():
        supervisor = staff_by_login(desk.logins["supervisor"])
        assert supervisor is not None
        by, at = By(supervisor.id), now()
        today = local_date(at, "Asia/Shanghai")
        plan = propose_plan(db.session.get_one(Estate, desk.estate_id), month_of(today), today=today, by=by, at=at)
        put_to_work(plan, by=by, at=at)
        db.session.commit()
        return f"/plans/{plan.id}"


def the_line(desk: Desk) -> PlanLine:
    with desk.app.app_context():
        return db.session.scalars(sa.select(PlanLine)).one()


def must_be_sealed(desk: Desk, answer: TestResponse) -> str:
    """The text of a paper that is sealed whole by this company, and that nobody keeps on the way."""
    assert answer.status_code == 200, answer.text
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Cache-Control"] == "private, no-store"
    with desk.app.app_context():
        read = read_seal(answer.data, known_seals())
        assert examine(answer.data).wrong == ()
    assert read is not None
    assert read.whole
    assert read.ours
    return reading.text(answer.data)


def test_a_plan_is_printed_with_its_lines_what_became_of_them_and_who_signed(desk: Desk) -> None:
    plan = the_plan_at_work(desk)

    said = must_be_sealed(desk, desk.browser("supervisor").get(f"{plan}/plan.pdf"))

    for words in (
        "月度走访计划 Monthly visit plan",
        "执行中 At work",
        f"{address_of(desk)} 陈建国 从未 never",
        "锦绣花园 锦绣花园物业服务中心",
        the_line(desk).due_on.isoformat(),
        "已编制 Drafted",
        "已备案 Filed",
        "孙主管",
    ):
        assert words in said, (words, said)


def test_a_plan_is_at_work_on_paper_for_as_long_as_its_month_goes_on(desk: Desk) -> None:
    the_plan_at_work(desk)

    with desk.app.app_context():
        plan = db.session.scalars(sa.select(Plan)).one()
        printed = [plan_sheet(plan, ("zh", "en"), printed_at=at) for at in (now(), now() + timedelta(days=32))]

    assert [sheet.state for sheet in printed] == ["active", "over"]


def test_a_changed_form_is_found_out_though_nothing_was_signed_in_it(desk: Desk, client: FlaskClient) -> None:
    plan = desk.browser("supervisor").get(f"{the_plan_at_work(desk)}/plan.pdf").data
    at = plan.index(b"stream\n") + 20

    changed = plan[:at] + bytes([plan[at] ^ 1]) + plan[at + 1 :]

    with desk.app.app_context():
        wrong = [words_in("en", words) for words in examine(changed).wrong]
    assert wrong[0] == "The file was changed after it was sealed."
    page = client.post("/verify", data={"file": (io.BytesIO(plan), "plan.pdf")}, content_type="multipart/form-data")
    assert "由本公司加盖电子印章，此后未被改动" in page.text


def test_a_blank_visit_record_leads_back_to_its_line(desk: Desk) -> None:
    plan, browser = the_plan_at_work(desk), desk.browser("supervisor")
    line = the_line(desk)

    page = browser.get(plan).text
    printed = browser.get(f"{plan}/blank.pdf?officer={line.officer_id}&day={line.due_on}&lang=zh")
    opened = browser.get(f"/plans/lines/{line.id}", follow_redirects=True)

    assert "空白走访记录表" in page
    assert "手工填写" in must_be_sealed(desk, printed)
    assert f"http://localhost/plans/lines/{line.id}" in " ".join(reading.alternatives(printed.data))
    assert "/plans/due/" in opened.request.path
    assert address_of(desk) in opened.text


@pytest.mark.parametrize("asked", ["?day=2020-01-01", f"?officer={uuid.UUID(int=1)}"])
def test_no_blank_record_is_printed_where_nothing_is_due(desk: Desk, asked: str) -> None:
    plan = the_plan_at_work(desk)

    answer = desk.browser("supervisor").get(f"{plan}/blank.pdf{asked}")

    assert answer.status_code == 404
    assert "没有待走访" in answer.text


def test_more_blank_records_than_are_printed_at_once_are_refused_in_words(desk: Desk, monkeypatch) -> None:
    monkeypatch.setattr("app.documents.sheets_of.blank_records.MOST_PAGES", 0)

    answer = desk.browser("supervisor").get(f"{the_plan_at_work(desk)}/blank.pdf")

    assert answer.status_code == 422
    assert "请选择走访人或日期" in answer.text


def test_a_work_order_is_printed_for_whoever_may_see_it(desk: Desk) -> None:
    order = dispatched(desk)
    paper = f"/orders/{order.id}/order.pdf"

    said = must_be_sealed(desk, desk.browser("department_manager").get(paper))

    for words in ("维修工作单", order.number, "厨房水槽漏水", "陈建国", "13812346021", "王师傅", "业主满意签字"):
        assert str(words) in said, (words, said)
    assert desk.browser("other_manager").get(paper).status_code == 404


def test_the_register_is_printed_as_it_is_filtered_with_numbers_masked_and_the_journal_knows(desk: Desk) -> None:
    dispatched(desk)

    said = must_be_sealed(desk, desk.browser("supervisor").post("/orders/register.pdf?state=dispatched"))
    english = {"lang": "en"}
    none = must_be_sealed(desk, desk.browser("supervisor").post("/orders/register.pdf?state=closed", data=english))
    theirs = must_be_sealed(desk, desk.browser("department_manager").post("/orders/register.pdf"))

    assert "138 **** 6021" in said
    assert "13812346021" not in said
    assert "厨房水槽漏水" in said
    assert "Lines: 0" in none
    assert "****" not in theirs
    with desk.app.app_context():
        lines = db.session.scalars(sa.select(JournalLine).where(JournalLine.kind == "list:taken")).all()
        assert [(line.data["format"], line.data["rows"]) for line in lines] == [("pdf", 1), ("pdf", 0), ("pdf", 1)]


@pytest.mark.clause("P54")
def test_calls_are_printed_with_their_counts_and_rates(desk: Desk) -> None:
    rings(desk, number_called={"person_id": the_owner(desk), "index": 0, "ending": "6021"}, note="过会儿再打")
    reaches(desk, wishes="希望周末联系", rating="basic", task_ids=[str(desk.task_id)])

    said = must_be_sealed(desk, desk.browser("supervisor").get("/visits/calls.pdf"))

    for words in (
        "无人接听 No answer",
        "过会儿再打",
        "138 **** 6021",
        "希望周末联系",
        "接通率 Contact rate 50.0 % 1 / 2",
        "满意率（满意） Satisfaction rate, strict 0.0 % 0 / 1",
        "满意率（含基本满意） Satisfaction rate, broad 100.0 % 1 / 1",
    ):
        assert words in said, (words, said)
    assert "13812346021" not in said


def test_a_month_without_calls_of_one_officer_names_the_officer_and_nobody_of_another_estate(desk: Desk) -> None:
    with desk.app.app_context():
        officer, elsewhere = staff_by_login(desk.logins["officer"]), a_staff(an_estate(), Role.OFFICER, name="何平")
        db.session.commit()
        theirs, others = f"officer={officer.id}", f"officer={elsewhere.id}"

    def said(asked: str) -> str:
        return must_be_sealed(desk, desk.browser("english").get(f"/visits/calls.pdf?lang=en&{asked}"))

    assert "Caller 李敏" in said(theirs)
    assert "callbacks that were 李敏's on their day, whoever held them" in said(theirs)
    assert "何平" not in said(others)


def test_papers_are_for_those_who_may_see_what_stands_on_them(desk: Desk) -> None:
    plan = the_plan_at_work(desk)

    for path in (f"{plan}/plan.pdf", f"{plan}/blank.pdf", f"/plans/lines/{the_line(desk).id}", "/visits/calls.pdf"):
        assert desk.browser("handler").get(path).status_code == 403, path
        assert desk.app.test_client().get(path).status_code == 302, path
    for path in (f"/plans/{uuid.uuid4()}/plan.pdf", f"/plans/lines/{uuid.uuid4()}", f"{plan}/plan.pdf?lang=fr"):
        assert desk.browser("supervisor").get(path).status_code == 404, path
