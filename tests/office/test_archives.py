"""The records of a period as one file: ordered in the office, made by the press, taken away by whoever may."""

import hashlib
import json
import re
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
import sqlalchemy as sa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import load_pem_x509_certificates

from app.core import blobs
from app.core.clock import now
from app.core.db import db
from app.core.journal import JournalLine
from app.documents.archive import archives, periods
from app.documents.archive.archive_check import verify_archive
from app.documents.models import Archive
from app.estates.models import Estate
from app.jobs import archiving, press
from app.jobs.due import JOBS
from app.people.models import Staff
from app.people.rules import Role
from app.sync.kept import not_entered
from tests.builders import TODAY, a_staff, an_estate
from tests.documents import reading
from tests.documents.archived import (
    Files,
    QuickHand,
    a_visit_with_a_photo,
    close_the_journal,
    days_around,
    files_in,
    made,
    one,
    ordered,
    something_beside_the_visits,
    taken,
    the_work_shown,
    zipped,
)
from tests.documents.test_printing import NO_FONT_DRAWS_IT
from tests.documents.whole_archive import whole_archive
from tests.office.conftest import Desk
from tests.office.test_batches import Desks, desks, gathered
from tests.office.test_bundles import OneHand, asked_for

__all__ = ["desks", "gathered"]


def said(desk: Desk) -> list[tuple[str, str]]:
    """What the journal says of archives, and who did it."""
    people = {login: who for who, login in desk.logins.items()}
    with desk.app.app_context():
        found = sa.select(JournalLine.kind, Staff.login).outerjoin(Staff, Staff.id == JournalLine.staff_id)
        lines = db.session.execute(found.where(JournalLine.subject_type == "archive").order_by(JournalLine.seq))
        return [(kind, people.get(login, "")) for kind, login in lines]


@pytest.mark.clause("V47")
def test_the_records_of_a_period_are_ordered_made_and_taken_away_as_one_file(desk: Desk, tmp_path: Path) -> None:
    a_visit_with_a_photo(desk)
    desk.visit(wishes="希望早点修好")
    manager = desk.browser("manager")

    address = ordered(desk)
    waits = manager.get(address).text
    not_yet = manager.post(f"{address}.zip", headers={"Referer": ""})
    assert made(desk)
    assert not made(desk)
    archive = taken(desk, address, "manager")
    (tmp_path / "a.zip").write_bytes(archive)
    files = files_in(archive)
    published = load_pem_x509_certificates(desk.app.test_client().get("/verify/seals.pem").data)

    assert verify_archive(tmp_path / "a.zip", [one.public_bytes(Encoding.DER) for one in published]).wrong == []
    assert "正在汇集、打印并加盖电子章" in waits
    assert not_yet.status_code == 404
    manifest = json.loads(files["manifest.json"])
    assert {file["path"] for file in manifest["files"]} | {"manifest.json", "manifest.json.p7s"} == files.keys()
    assert len(manifest["records"]) == 2
    assert sum(path.endswith(".jpg") for path in files) == 1
    assert [path.rsplit("/")[-1] for path in sorted(files) if path.startswith("records/") and "photos" not in path] == [
        "sign-off-sheet.pdf",
        "signature-1-owner.json",
        "signature-2-officer.json",
        "statement.json",
        "visit-record.pdf",
    ] * 2
    assert any("希望早点修好" in reading.text(files[path]) for path in files if path.endswith("sheet.pdf"))
    assert said(desk) == [("archive:ordered", "supervisor"), ("archive:made", ""), ("archive:taken", "manager")]
    page = manager.get(address).text
    for words in ("档案已备好", "孙主管", "周经理", "生成与下载记录"):
        assert words in page


def test_what_is_beside_the_visits_is_in_it_with_the_departments_photos(desk: Desk) -> None:
    issue = desk.issue(text="主卫天花板渗水，雨后更重")
    shown = the_work_shown(desk, issue)
    something_beside_the_visits(desk)
    desk.rectified(issue)
    address = ordered(desk)
    made(desk, QuickHand())

    files, page = files_in(taken(desk, address)), desk.browser("supervisor").get(address).text
    manifest = json.loads(files["manifest.json"])
    told = {entry["type"]: json.loads(files[one(files, f"{entry['type']}.json")]) for entry in manifest["entries"]}
    [path] = [path for path in files if files[path] == shown]

    assert [entry["type"] for entry in manifest["entries"]] == ["attempt", "inspection", "issue", "issue"]
    assert {fact["key"]: fact["said"]["zh"] for fact in told["attempt"]["facts"]}["outcome"] == "家中无人"
    assert told["inspection"]["about"]["zh"] == "墙面瓷砖脱落"
    assert hashlib.sha256(shown).hexdigest() in [photo["sha256"] for photo in told["issue"]["photos"]]
    course = files[one(files, "issue.html")].decode()
    said = ("主卫天花板渗水，雨后更重", "已注浆，闭水两天", "工程维修部报告已整改", "整改后")
    for words in (*said, f'src="../../{path}"'):
        assert words in course, words
    assert "reports: rectified" in files[one(files, "issue-en.html")].decode()
    for words in ("未遇走访", "日常巡查", "事项及整改"):
        assert words in files["index.html"].decode(), words
        assert words in page, words
    assert "敲门无人应" in files["attempts.html"].decode()
    assert one(files, "issue.html") in files["issues.html"].decode()


def test_the_offices_papers_are_in_it_with_whoever_passed_them(desks: Desks, tmp_path: Path) -> None:
    archive = whole_archive(desks)
    files = files_in(archive)
    (tmp_path / "a.zip").write_bytes(archive)
    whole = verify_archive(tmp_path / "a.zip", [])
    papers = sorted(path.rsplit("/")[-1] for path in files if path.endswith(".pdf") and not path.startswith("records/"))

    assert whole.wrong == []
    counted = ("attempt", "inspection", "issue", "complaint", "calls", "register", "plan", "special", "batch", "year")
    assert whole.matters == dict.fromkeys(counted, 1) | {"attempt": 2, "issue": 3}
    assert papers == ["calls.pdf", "complaint-record.pdf", "plan.pdf", "register.pdf", "statistics.pdf"]
    assert "无人接听，晚上再打" in reading.text(files[one(files, "calls.pdf")])
    for page, words in {
        "plan.html": ("批准", "业主出国", "第 2 版", "已走访户数", "已走访 0 / 0 户"),
        "special.html": ("暖气打压前逐户确认", "阀门是否打开", "仍待走访"),
        "batch.html": ("两户，一户渗水", "孙主管", "已批阅签字"),
        "year.html": ("全年走访平稳", "请重点看外墙", "已评审", "明年大修外墙"),
    }.items():
        told = files[one(files, page)].decode()
        for word in words:
            assert word in told, (page, word)
    assert " · 仍待走访" in files[one(files, "special.html")].decode()
    assert 'class="many"' in files[one(files, "batch.html")].decode(), "a batch's numbers have the width of the page"
    complaint = json.loads(files[one(files, "complaint.json")])
    said = {fact["key"]: fact["said"]["zh"] for fact in complaint["facts"]}
    assert complaint["about"]["zh"] == f"{said['text']} · {said['grade']}"
    assert complaint["about"]["zh"] in files["complaints.html"].decode()
    assert {page for page in files if "<th>位置</th>" in files[page].decode(errors="ignore")} == {
        f"{kind}.html" for kind in ("attempts", "inspections", "issues", "complaints")
    }, "no column for a place where nothing has one"
    history = json.loads(files[one(files, "batch.json")])["history"]
    filed = [line["detail"]["zh"] for line in history if line["what"]["zh"] == "已归档"]
    assert filed == ["2 条记录"], "it was filed once, whatever was in it"
    less = zipped({path: files[path] for path in files if not path.endswith("plan.pdf")}, tmp_path / "b.zip")
    assert verify_archive(less, []).wrong == [f"{one(files, 'plan.pdf')}: missing"]


def test_a_period_in_which_nobody_was_met_is_archived_too(desk: Desk) -> None:
    something_beside_the_visits(desk)

    address = ordered(desk)
    made(desk, QuickHand())

    assert one(files_in(taken(desk, address)), "attempt.json")


def test_a_photo_that_an_issue_shares_with_its_visit_is_there_once(desk: Desk) -> None:
    a_visit_with_a_photo(desk)
    address = ordered(desk)
    made(desk, QuickHand())

    files = files_in(taken(desk, address))

    [photo] = [path for path in files if path.endswith(".jpg")]
    assert photo.startswith("records/")
    assert f'src="../../{photo}"' in files[one(files, "issue.html")].decode()


def test_unchanged_records_make_the_same_archive_but_for_when_it_was_made(desk: Desk) -> None:
    a_visit_with_a_photo(desk)
    close_the_journal(desk)
    hand, again = OneHand(), OneHand()

    first = ordered(desk)
    made(desk, hand)
    second = ordered(desk)
    made(desk, again)

    once, twice = (without_its_moment(files_in(taken(desk, address))) for address in (first, second))
    assert (hand.printed, again.printed) == (2, 0)
    assert once == twice


def without_its_moment(files: Files) -> Files:
    """What an archive holds, as if it did not say when it was made, on its first pages and in what is signed."""
    says_when = ("index.html", "index-en.html", "README.txt")
    signed = {*says_when, "SHA256SUMS", "manifest.json.p7s"}
    manifest = json.loads(files["manifest.json"]) | {"made_at": ""}
    manifest["files"] = [file for file in manifest["files"] if file["path"] not in signed]
    pages = {path: re.sub(rb"\d{4}-\d\d-\d\d \d\d:\d\d", b"", files[path]) for path in says_when}
    others = {path: content for path, content in files.items() if path not in signed}
    return others | pages | {"manifest.json": json.dumps(manifest).encode()}


def test_an_archive_is_for_those_who_keep_archives_and_for_their_estate(desk: Desk) -> None:
    desk.visit()
    address = ordered(desk)
    made(desk, QuickHand())
    with desk.app.app_context():
        other = an_estate(code="ZX")
        stranger = a_staff(other, Role.MANAGER, name="别处经理").login
        db.session.commit()

    for who in ("officer", "executive", "department_manager", "handler", "admin"):
        browser = desk.browser(who)
        assert browser.get("/batches/archives").status_code == 403, who
        assert browser.get(address).status_code == 403, who
        assert browser.post(f"{address}.zip").status_code == 403, who
        assert browser.post("/batches/archives", data=days_around()).status_code == 403, who
    assert "/batches/archives" not in desk.browser("officer").get("/batches").text
    assert "/batches/archives" in desk.browser("manager").get("/batches").text
    desk.logins["stranger"] = stranger
    elsewhere = desk.browser("stranger")
    assert elsewhere.get(address).status_code == 404
    assert elsewhere.post(f"{address}.zip").status_code == 404
    assert address not in elsewhere.get("/batches/archives").text


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        ({"last": "2020-01-01"}, "截止日早于起始日"),
        ({"first": "2019-01-01"}, "一份档案最多包含一年"),
        ({"first": "31.12."}, "请选择起止日期"),
        ({"first": "0001-01-01", "last": "0001-01-31"}, "请选择起止日期"),
        ({"first": "9999-12-30", "last": "9999-12-31"}, "请选择起止日期"),
        ({"first": "2020-01-01", "last": "2020-01-31"}, "该期间没有任何记录"),
        ({"period": "everything"}, "请选择起止日期"),
        ({"lang": "fr"}, "中文、英文或中英"),
    ],
)
def test_what_cannot_be_ordered_is_said_and_what_was_chosen_stays(
    desk: Desk, wanted: dict[str, str], words: str
) -> None:
    desk.visit()
    fields = days_around() | wanted

    answer = desk.browser("supervisor").post("/batches/archives", data=fields)

    assert answer.status_code == 422
    assert words in answer.text
    assert f'value="{fields["last"]}"' in answer.text
    with desk.app.app_context():
        assert db.session.scalars(sa.select(Archive)).all() == []


def test_whoever_orders_what_is_being_made_is_led_there(desk: Desk) -> None:
    desk.visit()

    first, second = ordered(desk), ordered(desk, "manager")

    assert first == second
    assert said(desk) == [("archive:ordered", "supervisor")]


def test_the_months_quarters_and_years_are_offered_with_what_they_hold(desk: Desk) -> None:
    empty = desk.browser("supervisor").get("/batches/archives").text
    desk.visit()

    page = desk.browser("supervisor").get("/batches/archives").text

    assert "尚无可归档的记录" in empty
    assert page.count("1 份记录，已归档 0 份") == 3
    with desk.app.app_context():
        estate = db.session.get_one(Estate, desk.estate_id)
        [month] = periods.months_recorded(estate, TODAY)
        assert periods.visits_within(estate, periods.month_of(month)) != []
        assert periods.visits_within(estate, periods.month_of(month - timedelta(days=1))) == []


def test_what_is_not_here_or_cannot_be_printed_is_named(desk: Desk) -> None:
    a_visit_with_a_photo(desk, sent=False)
    desk.visit(wishes=f"找{NO_FONT_DRAWS_IT}师傅")

    address = ordered(desk)
    made(desk)
    files = files_in(taken(desk, address))

    absent = {(gone["why"], gone["what"][-4:] == ".pdf") for gone in json.loads(files["manifest.json"])["absent"]}
    assert absent == {("photo:on_its_way", False), ("document:glyph_missing", True)}
    for page in (desk.browser("manager").get(address).text, files["index.html"].decode()):
        assert "该照片尚在平板上" in page
        assert "单上有一个字，服务器上没有字体能印出来" in page
    assert "This photo is still on the tablet." in files["index-en.html"].decode()


def test_a_photo_that_is_another_than_its_name_is_not_passed_on(desk: Desk) -> None:
    a_visit_with_a_photo(desk)
    address = ordered(desk)
    with desk.app.app_context():
        photo = db.session.execute(sa.text("SELECT sha256 FROM photo")).scalar_one()
        blobs.path_of(photo).write_bytes(b"another")
    made(desk, QuickHand())

    files = files_in(taken(desk, address))

    assert [gone["why"] for gone in json.loads(files["manifest.json"])["absent"]] == ["photo:altered"]
    assert not any("photos/" in path for path in files)


def test_archives_go_after_a_month(desk: Desk) -> None:
    desk.visit()
    address = ordered(desk)
    made(desk, QuickHand())
    [clear_up] = [job for job in JOBS if job.name == "clear_up"]
    with desk.app.app_context():
        [file] = archives.folder().glob("*.zip")
        clear_up.run(now())
        db.session.commit()
        assert file.exists()

        clear_up.run(now() + archives.KEPT_FOR + timedelta(minutes=1))
        db.session.commit()

    assert not file.exists()
    assert desk.browser("supervisor").get(address).status_code == 404
    assert ("archive:ordered", "supervisor") in said(desk)


def test_a_press_that_was_stopped_begins_anew_and_sheets_asked_for_meanwhile_go_first(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    for wish in ("多装路灯", "早点修好电梯"):
        desk.visit(wishes=wish)
    browser, hand = desk.browser("supervisor"), OneHand()
    address, bundle = ordered(desk), asked_for(browser)
    monkeypatch.setattr(archiving, "_TOLD_EVERY", 0.0)

    archiving.make_next_archive(desk.app, hand, now(), not_entered, until_told=lambda _seconds: True)
    half = browser.get(address).text
    meanwhile = partial(press.make_next, desk.app, hand, now())
    archiving.make_next_archive(desk.app, hand, now(), not_entered, meanwhile=meanwhile)

    assert "1 / 2" in half
    assert "档案已备好" in browser.get(address).text
    assert "文件已备好" in browser.get(bundle).text
    with desk.app.app_context():
        assert [path.suffix for path in archives.folder().iterdir()] == [".zip"]


def test_what_fails_again_and_again_is_given_up_and_said(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.visit()
    address = ordered(desk)
    monkeypatch.setattr(archiving, "_make_sure", lambda _path: 1 / 0)

    tries = [made(desk, QuickHand()) for _ in range(4)]

    assert tries == [True, True, True, False]
    assert "档案未能生成" in desk.browser("supervisor").get(address).text


def test_anybody_can_read_the_index_in_both_languages(desk: Desk) -> None:
    a_visit_with_a_photo(desk)
    address = ordered(desk)
    made(desk)

    files = files_in(taken(desk, address))

    for page, words in (
        ("index.html", ("业主走访档案", "陈建国", "签字确认单")),
        ("index-en.html", ("Sign-off sheet",)),
    ):
        text = files[page].decode()
        assert all(word in text for word in words)
        for kind in ("sign-off-sheet.pdf", "visit-record.pdf", "statement.json", ".jpg"):
            assert f'href="{one(files, kind)}"' in text
        assert "<script" not in text
        assert "http" not in text.replace("http-equiv", "")
