"""Forms 1, 5 and 6 as the office takes them away: what is in them, sealed, and for whom."""

import uuid
from datetime import timedelta

import pytest
import sqlalchemy as sa
from werkzeug.test import TestResponse

from app.core.clock import local_date, now
from app.core.db import db
from app.documents.sealing import read_seal
from app.documents.seals import known_seals
from app.estates.models import Estate, Person, Unit
from tests.builders import an_owner
from tests.documents import reading
from tests.office.conftest import Desk
from tests.office.test_complaints import close, complaint_of, make, send


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
        "批阅 Review 注意报修派单 周经理",
    ):
        assert words in said, (words, said)


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


def test_records_are_printed_for_customer_service_of_the_estate(desk: Desk) -> None:
    complaint = complaint_of(desk, make(desk))
    paths = ["complaints/{}/complaint.pdf", "units/{}/profile.pdf"]
    ids = [complaint.id, desk.unit_id]

    for path, id_ in zip(paths, ids, strict=True):
        assert desk.browser("department_manager").get("/" + path.format(id_)).status_code == 403
        assert desk.browser("supervisor").get("/" + path.format(uuid.uuid4())).status_code == 404
        assert desk.browser("supervisor").get("/" + path.format(id_) + "?lang=fr").status_code == 404
        assert desk.app.test_client().get("/" + path.format(id_)).status_code == 302
