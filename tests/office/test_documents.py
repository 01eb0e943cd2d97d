"""The sign-off sheet as the office downloads it."""

import hashlib
import json
import uuid

import pytest

from app.core.db import db
from app.estates.models import Unit
from tests.documents import reading
from tests.office.conftest import Desk, a_jpeg


def test_the_sheet_of_a_visit_is_what_was_signed_and_how_it_went_on(desk: Desk) -> None:
    named, frozen = desk.tablet.a_photo(a_jpeg())
    leak = desk.tablet.an_issue(text="主卫天花板渗水", photos=[named])
    bill = desk.tablet.an_issue(text="发票什么时候开", answered=True, answer="每季度第一周", promised_on=None)
    del bill["promised_on"]
    visit_id = desk.visit(issues=[leak, bill], wishes="希望早点修好", rating="basic")
    desk.tablet.upload(named["sealed"], frozen)
    desk.dissatisfied(leak["id"], "两天后又滴水")

    answer = desk.browser("supervisor").get(f"/visits/{visit_id}/sheet.pdf")

    assert answer.mimetype == "application/pdf"
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=T")
    assert answer.headers["Cache-Control"] == "private, no-store"
    signed, _, history = reading.text(answer.data).partition("处理过程 History")
    with desk.app.app_context():
        label = db.session.get_one(Unit, desk.unit_id).label("zh")
    for words in (
        "业主回访记录表",
        f"房号 Unit {label}",
        "主卫天花板渗水 防水 工程维修部 承诺 2026-11-26 前答复您",
        "当场答复 Answered on the spot 每季度第一周",
        "希望早点修好",
        "✓ 基本满意",
        "陈建国 业主本人 owner",
    ):
        assert words in signed
    assert "两天后又滴水" not in signed
    told = [
        "业主提出 Raised by the owner",
        "派单至工程维修部",
        "工程维修部接收并定措施",
        "重做防水",
        "工程维修部报告已整改",
        "业主不满意 Owner dissatisfied 两天后又滴水 业主签字 signed by the owner",
        "再次整改",
    ]
    assert [history.index(words) for words in told] == sorted(history.index(words) for words in told)
    assert "业主满意，已关闭 Closed by the owner" in history
    assert reading.pictures(answer.data) == 1  # the photo
    assert max(width for width, _height in reading.picture_sizes(answer.data)) <= 640
    assert len(answer.data) < 300_000


def test_the_signed_text_travels_with_the_sheet_and_can_be_checked(desk: Desk) -> None:
    visit_id = desk.visit(wishes="多装路灯")
    browser = desk.browser("supervisor")

    pdf = browser.get(f"/visits/{visit_id}/sheet.pdf").data

    [[statement]] = reading.reader(pdf).attachments.values()
    sha256 = hashlib.sha256(statement).hexdigest()
    assert json.loads(statement)["wishes"] == "多装路灯"
    assert sha256 in reading.text(pdf).replace(" ", "")
    assert browser.get(f"/verify/{sha256}").status_code == 200
    assert f"http://localhost/verify/{sha256}" in " ".join(reading.alternatives(pdf))


def test_the_next_visit_carries_the_answer_to_the_last(desk: Desk) -> None:
    issue_id = desk.issue(text="主卫渗水")
    visit_id = desk.dissatisfied(issue_id, "两天后又滴水")

    said = reading.text(desk.browser("supervisor").get(f"/visits/{visit_id}/sheet.pdf").data)

    signed, _, history = said.partition("处理过程 History")
    assert "不满意 Dissatisfied 两天后又滴水" in signed
    assert "Nothing new was raised at this visit." in signed
    assert "业主提出 Raised by the owner" in history


@pytest.mark.parametrize(("language", "said", "unsaid"), [("zh", "总体评价", "Overall"), ("en", "Overall", "总体评价")])
def test_the_sheet_can_be_had_in_one_language(desk: Desk, language: str, said: str, unsaid: str) -> None:
    visit_id = desk.visit()

    text = reading.text(desk.browser("supervisor").get(f"/visits/{visit_id}/sheet.pdf?lang={language}").data)

    assert said in text
    assert unsaid not in text


def test_a_language_that_there_is_not_is_refused(desk: Desk) -> None:
    visit_id = desk.visit()

    assert desk.browser("supervisor").get(f"/visits/{visit_id}/sheet.pdf?lang=fr").status_code == 404


def test_an_unsigned_visit_says_why_and_a_photo_that_it_is_coming(desk: Desk) -> None:
    named, _frozen = desk.tablet.a_photo(a_jpeg())
    raised = desk.tablet.an_issue(photos=[named])
    visit_id = desk.visit(issues=[raised], unsigned={"reason": "refused", "note": "改天再签"})

    said = reading.text(desk.browser("supervisor").get(f"/visits/{visit_id}/sheet.pdf").data)

    assert "未签字：业主不愿签字 Not signed: declined" in said
    assert "原因 Reason 改天再签" in said
    assert "照片上传中 On its way to the office" in said


def test_a_talk_by_phone_has_the_officers_signature_alone(desk: Desk) -> None:
    visit_id = desk.visit(method="phone", by_owner=False)

    said = reading.text(desk.browser("supervisor").get(f"/visits/{visit_id}/sheet.pdf").data)

    assert "未签字：电话回访 Not signed: told by phone" in said
    assert "走访人签字 Officer's signature" in said


def test_what_is_no_picture_is_announced_as_such(desk: Desk) -> None:
    named, frozen = desk.tablet.a_photo(b"not a picture at all")
    visit_id = desk.visit(issues=[desk.tablet.an_issue(photos=[named])])
    desk.tablet.upload(named["sealed"], frozen)

    said = reading.text(desk.browser("supervisor").get(f"/visits/{visit_id}/sheet.pdf").data)

    assert "照片无法显示 Cannot be shown as a picture" in said


def test_a_name_that_no_font_draws_is_refused_in_words(desk: Desk) -> None:
    visit_id = desk.visit(interviewee={"name": "陈\U00031350", "relation": "owner"})

    answer = desk.browser("supervisor").get(f"/visits/{visit_id}/sheet.pdf")

    assert answer.status_code == 422
    assert "U+31350" in answer.text


def test_sheets_are_for_customer_service_of_the_estate(desk: Desk) -> None:
    visit_id = desk.visit()

    assert desk.browser("department_manager").get(f"/visits/{visit_id}/sheet.pdf").status_code == 403
    assert desk.browser("supervisor").get(f"/visits/{uuid.uuid4()}/sheet.pdf").status_code == 404
    assert desk.app.test_client().get(f"/visits/{visit_id}/sheet.pdf").status_code == 302
