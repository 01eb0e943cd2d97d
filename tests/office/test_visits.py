"""The list of visits, one visit, and its photos."""

import io
import uuid
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from PIL import Image

from app.core import blobs
from app.core.clock import isoformat, now
from app.core.db import db
from app.core.ids import new_id
from app.estates.models import Estate, Unit
from app.issues.actions import accept
from app.issues.deferring import agree_to_defer, ask_to_defer
from app.issues.explaining import cannot_be_solved
from app.issues.models import Issue
from app.issues.rules import Cannot
from app.people.models import Department, Staff
from tests.builders import NOBODY, NOW, a_survey, a_survey_out
from tests.office.a_survey_back import staff
from tests.office.conftest import Desk, a_jpeg


def test_a_visit_stands_in_the_list_with_officer_rating_and_receipt(desk: Desk) -> None:
    desk.visit(rating="basic")

    page = desk.browser("supervisor").get("/visits").text

    for words in ("李敏", "陈建国", "基本满意", "HF-"):
        assert words in page


def test_visits_are_found_by_words_days_and_missing_signature(desk: Desk) -> None:
    desk.visit(wishes="想早点修好")
    desk.visit(unsigned={"reason": "refused", "note": "改天"}, wishes="不愿签")
    browser = desk.browser("supervisor")

    def found(query: str) -> int:
        return browser.get(f"/visits?{query}").text.count("data-row")

    assert found("") == 2
    assert found("q=早点") == 1
    assert found("only=unsigned") == 1
    assert found("only=review") == 0
    assert found("from=2026-11-01&to=2026-11-30") == 2
    assert found("from=2026-10-01&to=2026-10-31") == 0
    assert found(f"officer={uuid.uuid4()}") == 0
    assert found("from=nonsense&officer=nonsense") == 2


def test_the_page_shows_what_was_said_raised_and_signed(desk: Desk) -> None:
    open_issue = desk.tablet.an_issue(text="主卫渗水")
    solved = desk.tablet.an_issue(text="发票什么时候开", answered=True, answer="每季度第一周", promised_on=None)
    del solved["promised_on"]
    script = {"introduced": True, "purpose": True, "recent_work": False, "measures": True}
    visit_id = desk.visit(issues=[open_issue, solved], wishes="希望早点修好", script=script)

    page = desk.browser("supervisor").get(f"/visits/{visit_id}").text

    for words in ("主卫渗水", "当场答复：每季度第一周", "希望早点修好", "内容与签名一致", "平板 T", "未说"):
        assert words in page
    assert page.count('<figure class="ink">') == 2


def test_the_answer_to_a_callback_stands_on_its_visit(desk: Desk) -> None:
    issue_id = desk.issue(text="主卫渗水")
    visit_id = desk.dissatisfied(issue_id, "两天后又滴水")

    page = desk.browser("supervisor").get(f"/visits/{visit_id}").text

    for words in ("对以前事项的答复", "主卫渗水", "不满意", "两天后又滴水", "业主签字"):
        assert words in page


EXPLAINED = {"what": "explained", "words": "须等外墙大修", "cannot": "for_now"}
PUT_OFF = {"what": "new_date", "words": "材料未到", "from_on": "2026-11-30", "to_on": "2026-12-12"}


@pytest.mark.parametrize(
    ("met", "told"),
    [
        ({"name": "陈建国", "relation": "owner"}, False),
        ({"name": "路人甲", "relation": "owner"}, True),
        ({"name": "陈建国", "relation": "tenant"}, True),
        ({"name": "路人甲", "relation": "family"}, False),
    ],
)
def test_an_owner_or_tenant_whom_the_owner_file_does_not_know_is_told_apart(
    desk: Desk, met: dict[str, str], told: bool
) -> None:
    visit_id = desk.visit(interviewee=met)

    page = desk.browser("supervisor").get(f"/visits/{visit_id}").text

    assert ("不在业主档案中" in page) is told


def _cannot(issue: Issue) -> None:
    cannot_be_solved(issue, Cannot.FOR_NOW, "须等外墙大修", None, event_id=new_id(), by=NOBODY, at=NOW)


def _put_off(issue: Issue) -> None:
    worker, more = db.session.get_one(Staff, issue.officer_id), {"by": NOBODY, "at": NOW}
    accept(issue, "换防水卷材", worker, date(2026, 11, 30), event_id=new_id(), **more)
    ask_to_defer(issue, date(2026, 12, 12), "材料未到", event_id=new_id(), **more)
    agree_to_defer(issue, "", event_id=new_id(), **more)


_LET_BE_TOLD = {"explained": _cannot, "new_date": _put_off}


@pytest.mark.parametrize(
    ("answer", "told", "who", "words"),
    [
        ("agreed", EXPLAINED, "supervisor", ("同意列入遗留", "暂时不能解决：须等外墙大修")),
        (
            "agreed",
            EXPLAINED,
            "english",
            ("Agrees that it is carried over", "cannot be solved for now: 须等外墙大修"),
        ),
        ("disagreed", EXPLAINED, "supervisor", ("不同意所作说明", "须等外墙大修")),
        ("disagreed", PUT_OFF, "supervisor", ("不同意新日期 12月12日", "材料未到")),
        ("agreed", PUT_OFF, "english", ("Agrees with the new date, 12 Dec", "by 12 Dec instead of 30 Nov: 材料未到")),
    ],
)
def test_an_answer_says_what_it_was_to(
    desk: Desk, answer: str, told: dict[str, str], who: str, words: tuple[str, str]
) -> None:
    issue_id = desk.issue(text="主卫渗水")
    given = {"issue_id": issue_id, "round": 1, "answer": answer, "reason": "已经等了两年"}
    if "to_on" in told:
        given |= {"new_date": told["to_on"]}
    with desk.app.app_context():
        issue = db.session.get_one(Issue, uuid.UUID(issue_id))
        _LET_BE_TOLD[told["what"]](issue)
        db.session.commit()
    visit_id = desk.visit(answers=[given])

    page = desk.browser(who).get(f"/visits/{visit_id}").text.replace("\xa0", " ")

    page = page.replace("2026年", "").replace(" 2026", "")  # said once that year is over
    for said in (*words, "已经等了两年"):
        assert said in page


def test_a_visit_without_a_signature_says_why(desk: Desk) -> None:
    visit_id = desk.visit(unsigned={"reason": "refused", "note": "改天再签"})

    page = desk.browser("supervisor").get(f"/visits/{visit_id}").text

    assert "业主不愿签字" in page
    assert "改天再签" in page


def test_a_visit_before_a_witness_says_who_they_are_and_what_they_signed_under(desk: Desk) -> None:
    unsigned, words = {"reason": "refused", "note": "改天再签"}, "本人在场。陈建国没有签字：改天再签"
    visit = desk.tablet.a_visit(desk.estate_id, desk.unit_id, unsigned=unsigned, witnessed=words)
    digest = visit["body"]["signatures"][0]["statement"]
    visit["body"]["signatures"].append(desk.tablet.sign(digest, "witness", "王刚", "neighbour"))

    page = desk.browser("supervisor").get(f"/visits/{desk.bring_in(visit)}").text

    assert "王刚 · 见证人（邻居）" in page
    assert words in page


@pytest.mark.parametrize("hours", [0, -5])
def test_a_visit_by_a_clock_that_was_behind_says_as_of_when_it_counts(desk: Desk, hours: int) -> None:
    desk.tablet.clock = timedelta(hours=hours)
    began = (now() - timedelta(days=1)).replace(second=30, microsecond=0)
    visit_id = desk.visit(started_at=isoformat(began), ended_at=isoformat(began))

    page = desk.browser("supervisor").get(f"/visits/{visit_id}").text

    set_right = (began - timedelta(hours=hours)).astimezone(ZoneInfo("Asia/Shanghai"))
    assert ("统计按" in page) == bool(hours)
    assert (f"{set_right:%H:%M} 计" in page) == bool(hours)


def test_visits_are_for_customer_service(desk: Desk) -> None:
    visit_id = desk.visit()
    browser = desk.browser("department_manager")

    assert browser.get("/visits").status_code == 403
    assert browser.get(f"/visits/{visit_id}").status_code == 403


def test_a_visit_of_another_estate_is_not_found(desk: Desk) -> None:
    assert desk.browser("supervisor").get(f"/visits/{uuid.uuid4()}").status_code == 404


def test_a_photo_is_shown_small_and_without_what_its_original_carried(desk: Desk) -> None:
    named, frozen = desk.tablet.a_photo(a_jpeg(1200, 600))
    issue_id = desk.issue(photos=[named])
    browser = desk.browser("handler")
    waiting = browser.get(f"/issues/{issue_id}").text
    desk.tablet.upload(named["sealed"], frozen)

    page = browser.get(f"/issues/{issue_id}").text
    shown = browser.get(f"/photos/{photo_id(desk, issue_id)}/small.jpg")

    assert "还在平板上" in waiting
    assert "还在平板上" not in page
    assert shown.mimetype == "image/jpeg"
    assert Image.open(io.BytesIO(shown.data)).size == (480, 240)
    assert "private" in shown.headers["Cache-Control"]


@pytest.mark.parametrize(("who", "size", "status"), [("other_manager", "small", 404), ("handler", "huge", 404)])
def test_a_photo_is_shown_to_nobody_else_and_in_no_other_size(desk: Desk, who: str, size: str, status: int) -> None:
    named, frozen = desk.tablet.a_photo(a_jpeg())
    issue_id = desk.issue(photos=[named])
    desk.tablet.upload(named["sealed"], frozen)

    assert desk.browser(who).get(f"/photos/{photo_id(desk, issue_id)}/{size}.jpg").status_code == status


def test_what_is_no_picture_is_not_shown(desk: Desk) -> None:
    named, frozen = desk.tablet.a_photo(b"not a picture at all")
    issue_id = desk.issue(photos=[named])
    desk.tablet.upload(named["sealed"], frozen)

    assert desk.browser("handler").get(f"/photos/{photo_id(desk, issue_id)}/small.jpg").status_code == 404


@pytest.mark.parametrize(("who", "status"), [("supervisor", 200), ("officer", 200), ("handler", 404)])
def test_a_photo_of_a_surveys_sheet_is_shown_to_whoever_may_read_the_sheet(desk: Desk, who: str, status: int) -> None:
    with desk.app.app_context():
        department, officer = db.session.get_one(Department, desk.department_id), staff(desk, "officer")
        survey = a_survey(db.session.get_one(Estate, desk.estate_id), staff(desk, "supervisor"), (department, "维修"))
        [sheet] = a_survey_out(survey, [db.session.get_one(Unit, desk.unit_id)], officer)
        told = {"sheet_id": str(sheet.id), "survey_id": str(survey.id), "act": "collected", "filled": "on_paper"}
        db.session.commit()
    named, frozen = desk.tablet.a_photo(a_jpeg())
    visit_id = desk.visit(surveys=[told | {"photos": [named]}])
    desk.tablet.upload(named["sealed"], frozen)
    address = f"/photos/{photo_id(desk, told['sheet_id'], 'survey_sheet')}/small.jpg"

    assert address in desk.browser("supervisor").get(f"/visits/{visit_id}").text
    assert desk.browser(who).get(address).status_code == status


def photo_id(desk: Desk, subject_id: str, subject_type: str = "issue") -> uuid.UUID:
    with desk.app.app_context():
        found = blobs.photos_of(uuid.UUID(subject_id), subject_type)
        db.session.rollback()
        return found[0].id
