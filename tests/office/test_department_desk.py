"""A department's first page and the screens of its acts: what it shows to whom, what is kept, what is refused."""

import io
import re
import uuid
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from PIL import Image
from werkzeug.test import TestResponse

from app.core import blobs
from app.core.clock import now
from app.core.db import db
from app.core.ids import new_id
from app.core.journal import By
from app.issues.actions import accept
from app.issues.complaining import Matter, open_complaint
from app.issues.complaint_rules import Grade, Nature
from app.issues.models import Issue
from app.issues.progress import ProgressNote, WorkPhoto
from app.issues.rules import State
from app.people.actions import give_role
from app.people.models import Department
from app.people.queries import staff_by_login
from app.people.rules import Role
from tests.builders import fetch
from tests.journeys.words import zh
from tests.office.conftest import IN_TIME, Desk, a_jpeg
from tests.office.test_issues import ACCEPTED, an_event, staff_id, state_of

IN_SCRIPT = {"HX-Request": "true"}


def accepted(desk: Desk, who: str = "handler", **wanted: Any) -> str:
    """An issue that this person is to rectify."""
    issue_id = desk.issue(**wanted)
    with desk.app.app_context():
        issue, person = db.session.get_one(Issue, uuid.UUID(issue_id)), staff_by_login(desk.logins[who])
        accept(issue, "重做防水", person, IN_TIME, method="涂两遍", event_id=new_id(), by=By(), at=now())
        db.session.commit()
    return issue_id


def send(browser: FlaskClient, issue_id: str, act: str, *photos: bytes, **wanted: Any) -> TestResponse:
    """Send the form of an act, with photos."""
    headers = wanted.pop("headers", {})
    files = [(io.BytesIO(photo), f"{n}.jpg") for n, photo in enumerate(photos)]
    form = {"event": an_event(), **wanted, **({"photos": files} if files else {})}
    return browser.post(f"/desk/{issue_id}/{act}", data=form, headers=headers, content_type="multipart/form-data")


def photos_kept(desk: Desk, issue_id: str) -> list[WorkPhoto]:
    with desk.app.app_context():
        found = sa.select(WorkPhoto).where(WorkPhoto.issue_id == uuid.UUID(issue_id)).order_by(WorkPhoto.position)
        return list(db.session.scalars(found))


def a_photo_with_a_place() -> bytes:
    """As a telephone takes it: with the place in it."""
    file, exif = io.BytesIO(), Image.Exif()
    exif[0x8825] = {1: "N", 2: (30.0, 16.0, 12.0), 3: "E", 4: (120.0, 9.0, 7.0)}
    exif[0x010F] = "Telephone"
    Image.new("RGB", (2600, 1300), (90, 120, 110)).save(file, "JPEG", exif=exif)
    return file.getvalue()


# --- the first page ---


@pytest.mark.clause("V46")
def test_a_department_sees_which_of_its_work_is_a_complaint(desk: Desk) -> None:
    issue_id = desk.issue(text="主卫渗水")
    with desk.app.app_context():
        matter = Matter(Nature.DELAY, Grade.MAJOR)
        open_complaint(db.session.get_one(Issue, uuid.UUID(issue_id)), matter, event_id=new_id(), by=By(), at=now())
        db.session.commit()
    manager = desk.browser("department_manager")

    pages = manager.get("/").text, manager.get(f"/desk/{issue_id}/accept").text

    assert ["重大投诉" in page for page in pages] == [True, True]
    assert "重大投诉" in desk.browser("supervisor").get("/").text


def test_a_department_finds_its_work_with_its_one_act_and_the_camera(desk: Desk) -> None:
    issue_id = desk.issue(text="主卫渗水")

    page = desk.browser("department_manager").get("/").text

    assert "主卫渗水" in page
    assert "新到 1" in page
    assert "还剩 23 小时" in page
    assert f'href="/desk/{issue_id}/accept?seen=' in page
    assert f'href="/desk/{issue_id}/progress?seen=' in page


def test_leaders_keep_their_inbox_and_other_departments_see_nothing(desk: Desk) -> None:
    desk.issue(text="主卫渗水")

    leader, other = desk.browser("supervisor").get("/").text, desk.browser("other_manager").get("/").text

    assert "work-list" not in leader
    assert "主卫渗水" not in other
    assert "暂无待办" in other


def test_what_is_written_over_several_lines_has_the_whole_width_of_a_telephone(desk: Desk) -> None:
    issue_id = desk.issue(text="主卫渗水")

    screen = desk.browser("department_manager").get(f"/desk/{issue_id}/accept").text

    wide = re.findall(r'<div class="field field-wide">.*?(<textarea[^>]*>)', screen, re.DOTALL)
    assert [('name="measure"' in one, 'rows="2"' in one) for one in wide] == [(True, True), (False, True)]


def test_a_handlers_own_work_comes_first_and_what_is_not_theirs_to_accept_is_looked_at(desk: Desk) -> None:
    new, others, mine = (
        desk.issue(text="新来的事"),
        accepted(desk, "department_manager", text="经理的事"),
        accepted(desk, text="师傅的事"),
    )

    page = desk.browser("handler").get("/").text

    assert page.index("师傅的事") < page.index("部门其他事项") < page.index("经理的事")
    assert f'href="/desk/{mine}/rectified?seen=' in page
    assert f'href="/desk/{others}/rectified?seen=' in page
    assert f'href="/desk/{new}/accept?seen=' not in page


def test_a_handlers_badge_counts_what_waits_for_the_department_and_not_what_the_owner_has(desk: Desk) -> None:
    badge = r'<a href="/"[^>]*>(?:(?!</a>).)*?<span class="nav-count num">(\d+)</span>'

    at_first = re.search(badge, desk.browser("handler").get("/").text, re.DOTALL)
    new = desk.issue(text="新来的事")
    accepted(desk, text="师傅的事")
    two = re.search(badge, desk.browser("handler").get("/").text, re.DOTALL)
    desk.rectified(new)
    one = re.search(badge, desk.browser("handler").get("/").text, re.DOTALL)

    assert at_first is None
    assert (two and two[1], one and one[1]) == ("2", "1")


@pytest.mark.clause("R13")
def test_what_came_back_from_its_owner_says_why_and_in_which_round_at_once(desk: Desk) -> None:
    issue_id = desk.issue(text="主卫渗水")
    desk.dissatisfied(issue_id, "两天后又滴水")
    manager = desk.browser("department_manager")

    page, screen = manager.get("/").text, manager.get(f"/desk/{issue_id}/accept").text

    for told in (page, screen):
        assert "两天后又滴水" in told
        assert "第 2 轮" in told
        assert "work-back" in told


def test_a_pile_is_shown_alone_and_an_empty_one_says_so(desk: Desk) -> None:
    desk.issue(text="主卫渗水")
    accepted(desk, text="厨房漏水")
    browser = desk.browser("department_manager")

    new, late, nonsense = (browser.get(f"/?show={pile}").text for pile in ("accept", "late", "nonsense"))

    assert ("主卫渗水" in new, "厨房漏水" in new) == (True, False)
    assert "work-list" not in late
    assert zh("Nothing of this kind waits for you") in late
    assert ("主卫渗水" in nonsense, "厨房漏水" in nonsense) == (True, True)


# --- accepting ---


@pytest.mark.clause("R38")
def test_measure_method_person_and_date_are_settled_on_one_screen_with_defaults(desk: Desk) -> None:
    issue_id = desk.issue()
    manager = desk.browser("department_manager")
    screen = manager.get(f"/desk/{issue_id}/accept").text
    usual = re.search(r'type="date" value="([^"]+)"', screen) or re.search(r'value="(\d{4}-\d\d-\d\d)"', screen)
    assert usual

    answer = send(
        manager,
        issue_id,
        "accept",
        measure="重做主卫防水",
        method="两遍涂膜，闭水 48 小时",
        responsible=staff_id(desk, "department_manager"),
        due_on=usual[1],
    )

    assert f'<option selected value="{staff_id(desk, "department_manager")}"' in screen
    assert answer.headers["Location"] == "/"
    with desk.app.app_context():
        kept = fetch(Issue, issue_id)
        assert (kept.state, kept.measure, kept.method) == (State.ACCEPTED, "重做主卫防水", "两遍涂膜，闭水 48 小时")
        assert kept.due_on.isoformat() == usual[1]


@pytest.mark.clause("R38")
@pytest.mark.parametrize("missing", ["measure", "method", "responsible", "due_on"])
def test_without_one_of_them_nothing_is_accepted_and_what_was_typed_stays(desk: Desk, missing: str) -> None:
    issue_id = desk.issue()
    form = ACCEPTED | {"responsible": staff_id(desk, "handler")} | {missing: ""}

    answer = send(desk.browser("department_manager"), issue_id, "accept", **form)

    assert answer.status_code == 422
    assert "message-late" in answer.text
    assert ("重做主卫防水" in answer.text) == (missing != "measure")
    assert state_of(desk, issue_id) is State.ROUTED


def test_two_managers_at_once_one_wins_and_the_other_keeps_the_words(desk: Desk) -> None:
    issue_id = desk.issue()
    manager = desk.browser("department_manager")
    form = ACCEPTED | {"responsible": staff_id(desk, "handler")}
    send(manager, issue_id, "accept", **form)

    late = send(manager, issue_id, "accept", **form | {"measure": "换一种做法"})

    assert late.status_code == 409
    assert "换一种做法" in late.text
    assert "事项" in late.text
    assert manager.get(f"/desk/{issue_id}/accept").headers["Location"] == f"/issues/{issue_id}?seen="


# --- photos and notes ---


def test_photos_of_the_work_lose_their_place_and_stand_on_the_issues_page(desk: Desk) -> None:
    issue_id = accepted(desk)
    handler = desk.browser("handler")

    answer = send(handler, issue_id, "progress", a_photo_with_a_place(), a_jpeg(), stage="before", note="已断水")

    kept = photos_kept(desk, issue_id)
    page = desk.browser("supervisor").get(f"/issues/{issue_id}").text
    assert answer.headers["Location"] == "/"
    assert [(photo.width, photo.height) for photo in kept] == [(2000, 1000), (1200, 600)]
    with desk.app.app_context():
        stored = blobs.read(kept[0].sha256)
    assert not Image.open(io.BytesIO(stored)).getexif()
    for words in ("整改照片", "整改前", "已断水", "照片（整改前）", f"/desk/photos/{kept[1].id}/small.jpg"):
        assert words in page


def test_a_photo_of_the_work_is_shown_to_whoever_may_see_the_issue(desk: Desk) -> None:
    issue_id = accepted(desk)
    handler = desk.browser("handler")
    send(handler, issue_id, "progress", a_jpeg(), stage="after")
    [photo] = photos_kept(desk, issue_id)

    shown = handler.get(f"/desk/photos/{photo.id}/small.jpg")

    assert shown.mimetype == "image/jpeg"
    assert Image.open(io.BytesIO(shown.data)).size == (480, 240)
    assert desk.browser("other_manager").get(f"/desk/photos/{photo.id}/small.jpg").status_code == 404
    assert handler.get(f"/desk/photos/{photo.id}/huge.jpg").status_code == 404
    assert handler.get(f"/desk/photos/{uuid.uuid4()}/small.jpg").status_code == 404


@pytest.mark.parametrize(
    ("photos", "words"),
    [([b"no picture at all"], "JPEG"), ([a_jpeg(20, 20)] * 7, "一次最多 6 张照片。"), ([a_jpeg()], "有照片超过")],
    ids=["no picture", "too many", "too large"],
)
def test_what_is_no_photo_is_refused_in_words_and_the_note_stays(
    desk: Desk, photos: list[bytes], words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.office.issue_pages.work_photos._MOST_BYTES", 2000)
    issue_id = accepted(desk)

    answer = send(desk.browser("handler"), issue_id, "progress", *photos, stage="before", note="已断水")

    assert answer.status_code == 422
    assert words in answer.text
    assert "已断水" in answer.text
    assert photos_kept(desk, issue_id) == []


def test_the_script_is_told_where_to_go_on_or_why_not(desk: Desk) -> None:
    issue_id = accepted(desk)
    handler = desk.browser("handler")

    done = send(handler, issue_id, "progress", a_jpeg(), stage="after", headers=IN_SCRIPT)
    refused = send(handler, issue_id, "progress", b"no picture", stage="after", headers=IN_SCRIPT)

    assert (done.status_code, done.headers["HX-Redirect"]) == (204, "/")
    assert refused.status_code == 422
    assert "message-late" in refused.text
    assert "<html" not in refused.text


def test_what_is_added_before_a_form_is_sent_again_is_kept_and_the_rest_once(desk: Desk) -> None:
    """Its first answer was lost under way: whoever sends it again was told that nothing had arrived."""
    issue_id = accepted(desk)
    handler, form = desk.browser("handler"), {"event": str(uuid.uuid4()), "stage": "before", "headers": IN_SCRIPT}
    first, second = a_jpeg(), a_jpeg(600, 600)

    answers = [
        send(handler, issue_id, "progress", *photos, note=note, **form).status_code
        for note, photos in [("已断水", [first]), ("已断水", [first]), ("已断水，已拆吊顶", [first, second])]
    ]

    page = handler.get(f"/issues/{issue_id}").text
    assert answers == [204] * 3
    assert {photo.width for photo in photos_kept(desk, issue_id)} == {600, 1200}
    assert len(photos_kept(desk, issue_id)) == 2
    assert "已断水，已拆吊顶" in page
    with desk.app.app_context():
        assert [note.text for note in db.session.scalars(sa.select(ProgressNote))] == ["已断水", "已断水，已拆吊顶"]


def test_a_report_that_is_sent_again_with_more_words_keeps_them_beside_it(desk: Desk) -> None:
    issue_id = accepted(desk)
    handler, event = desk.browser("handler"), str(uuid.uuid4())

    answers = [
        send(handler, issue_id, "rectified", note=note, event=event).status_code
        for note in ("已重做防水", "已重做防水", "已重做防水，闭水两天")
    ]

    assert answers == [302] * 3
    assert state_of(desk, issue_id) is State.RECTIFIED
    with desk.app.app_context():
        assert [note.text for note in db.session.scalars(sa.select(ProgressNote))] == ["已重做防水，闭水两天"]


def test_customer_service_notes_too_and_stays_at_the_issue(desk: Desk) -> None:
    issue_id = accepted(desk)

    answer = send(desk.browser("officer"), issue_id, "progress", stage="before", note="业主周四在家")

    page = desk.browser("handler").get(f"/issues/{issue_id}").text
    assert answer.headers["Location"] == f"/issues/{issue_id}"
    assert "业主周四在家" in page


# --- reporting ---


@pytest.mark.clause("R40")
def test_reported_with_a_photo_it_waits_for_the_callback_and_is_not_closed(desk: Desk) -> None:
    issue_id, event = accepted(desk), an_event()
    handler = desk.browser("handler")
    form = {"event": event, "note": "防水重做，已试水"}

    answers = [send(handler, issue_id, "rectified", a_jpeg(), **form) for _ in range(2)]

    [photo] = photos_kept(desk, issue_id)
    page = desk.browser("supervisor").get(f"/issues/{issue_id}").text
    assert [answer.headers["Location"] for answer in answers] == ["/", "/"]
    assert state_of(desk, issue_id) is State.RECTIFIED
    assert photo.stage.value == "after"
    assert page.count("工程维修部报告已整改") == 1
    assert "防水重做，已试水" in page
    assert "李敏" in page
    assert "已报整改、等待回访确认：1" in handler.get("/").text


def test_what_the_issues_own_page_reports_takes_photos_too(desk: Desk) -> None:
    issue_id = accepted(desk)
    form = {"event": an_event(), "note": "已重做", "photos": [(io.BytesIO(a_jpeg()), "1.jpg")]}

    desk.browser("handler").post(f"/issues/{issue_id}/rectified", data=form, content_type="multipart/form-data")

    assert state_of(desk, issue_id) is State.RECTIFIED
    assert len(photos_kept(desk, issue_id)) == 1


@pytest.mark.clause("R13")
def test_earlier_rounds_are_folded_on_the_issues_page_with_what_the_owner_said(desk: Desk) -> None:
    issue_id = desk.issue(text="主卫渗水")
    desk.dissatisfied(issue_id, "两天后又滴水")

    page = desk.browser("supervisor").get(f"/issues/{issue_id}").text
    rounds = page.partition('class="card rounds"')[2].partition("</section>")[0]

    for words in ("第 1 轮", "重做防水", "王师傅", "已重做", "不满意", "两天后又滴水", "业主签字"):
        assert words in rounds
    assert "业主对第 1 轮的意见：" in page


@pytest.mark.parametrize(
    ("who", "act", "status"),
    [
        ("handler", "accept", 403),
        ("supervisor", "accept", 403),
        ("supervisor", "rectified", 403),
        ("executive", "progress", 403),
        ("other_manager", "rectified", 404),
        ("other_manager", "progress", 404),
    ],
)
def test_nobody_works_in_anothers_place(desk: Desk, who: str, act: str, status: int) -> None:
    issue_id = accepted(desk)
    browser = desk.browser(who)

    answers = browser.get(f"/desk/{issue_id}/{act}"), send(browser, issue_id, act, note="已做", headers=IN_SCRIPT)

    assert [answer.status_code for answer in answers] == [status, status]
    assert state_of(desk, issue_id) is State.ACCEPTED


# --- roles in one department count for nothing in another ---


def test_the_manager_of_one_department_who_works_in_another_decides_nothing_there(desk: Desk) -> None:
    issue_id = desk.issue()
    with desk.app.app_context():
        person = staff_by_login(desk.logins["other_manager"])
        here = db.session.get_one(Department, desk.department_id)
        more = {"since": date(2025, 1, 1), "by": By(), "at": now()}
        give_role(person, desk.estate_id, Role.HANDLER, department=here, **more)
        db.session.commit()
    browser = desk.browser("other_manager")
    settled = ACCEPTED | {"responsible": staff_id(desk, "other_manager")}

    answers = [
        send(browser, issue_id, "accept", **settled),
        browser.post(f"/issues/{issue_id}/dispute", data={"event": an_event()}),
        browser.post(f"/issues/{issue_id}/cannot", data={"event": an_event()}),
    ]

    assert [answer.status_code for answer in answers] == [403, 403, 403]
    assert state_of(desk, issue_id) is State.ROUTED
    assert browser.get(f"/issues/{issue_id}").status_code == 200


def test_an_officer_who_also_works_in_a_department_reports_nothing_rectified_for_others(desk: Desk) -> None:
    issue_id = accepted(desk)
    with desk.app.app_context():
        person = staff_by_login(desk.logins["officer"])
        there = db.session.get_one(Department, desk.other_department_id)
        give_role(person, desk.estate_id, Role.HANDLER, department=there, since=date(2025, 1, 1), by=By(), at=now())
        db.session.commit()

    answer = send(desk.browser("officer"), issue_id, "rectified", note="好了")

    assert answer.status_code == 403
    assert state_of(desk, issue_id) is State.ACCEPTED
