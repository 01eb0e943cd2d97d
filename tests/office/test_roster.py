"""The roster's pages: a preview that says everything, a confirmation that writes it, refusals in words."""

import io
import re
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.core import blobs
from app.core.blobs import Blob
from app.core.db import db
from app.core.journal import JournalLine
from app.estates.models import Person, Unit
from tests.builders import NOW, an_owner
from tests.estates.roster.builders import a_csv, a_workbook, under_headings
from tests.office.conftest import Desk

ROWS = under_headings(
    ["5栋", "1单元", 1202.0, "许文、赵磊", "13900001111、13900002222"],
    ["", "", "1203", "锦绣贸易有限公司", "0571-88012345"],
    ["", "", "1204", "王芳", "1381234"],
)


def test_the_preview_says_row_by_row_what_would_happen_and_writes_nothing(desk: Desk) -> None:
    before = kept(desk)

    page = uploaded(desk.browser("supervisor"), a_workbook([*ROWS, ["合计", "", "3户"]])).text

    for words in ("5-1-1202", "许文", "139 **** 1111", "锦绣贸易有限公司", "“1381234”不是电话号码", "楼栋", "合计行"):
        assert words in page
    assert "13900001111" not in page
    assert kept(desk) == before


def test_confirming_writes_what_was_shown_and_says_how_much(desk: Desk) -> None:
    browser = desk.browser("supervisor")
    page = uploaded(browser, a_workbook(ROWS))

    done = confirmed(browser, page)

    assert "已导入" in done.text
    assert "拒绝 1 行" in done.text
    with desk.app.app_context():
        assert {unit.short for unit in db.session.scalars(sa.select(Unit))} >= {"5-1-1202", "5-1-1203"}
        line = db.session.scalars(sa.select(JournalLine).where(JournalLine.kind == "roster:imported")).one()
        assert line.staff_id is not None
        assert line.data["rows"] == {"refused": 1, "changed": 0, "created": 2, "unchanged": 0, "passed_over": 1}


def test_the_same_file_again_offers_nothing_to_confirm(desk: Desk) -> None:
    browser = desk.browser("supervisor")
    confirmed(browser, uploaded(browser, a_workbook(ROWS)))
    after_one = kept(desk)

    page = uploaded(browser, a_csv(ROWS, encoding="gbk"), "业主.csv")

    assert "不会有任何变化" in page.text
    assert "shown" not in page.text
    assert kept(desk) == after_one


def test_a_preview_that_has_become_old_is_not_confirmed(desk: Desk) -> None:
    browser = desk.browser("supervisor")
    page = uploaded(browser, a_workbook(under_headings([*home(desk), "许文", "13900001111"])))
    with desk.app.app_context():
        an_owner(db.session.get_one(Unit, desk.unit_id), "赵磊", "13900002222")
        db.session.commit()
    before = kept(desk)

    again = confirmed(browser, page)

    assert "预览之后，小区数据已有变化" in again.text
    assert again.request.path == page.request.path
    assert kept(desk) == before


def test_confirming_twice_writes_once(desk: Desk) -> None:
    browser = desk.browser("supervisor")
    page = uploaded(browser, a_workbook(ROWS))
    confirmed(browser, page)
    after_one = kept(desk)

    confirmed(browser, page)

    assert kept(desk) == after_one


def test_two_who_confirm_at_the_same_moment_write_once(desk: Desk) -> None:
    browsers = [desk.browser("supervisor"), desk.browser("english")]
    pages = [uploaded(browser, a_workbook(ROWS)) for browser in browsers]

    with ThreadPoolExecutor(2) as both:
        answers = list(both.map(confirmed, browsers, pages))

    assert sorted(answer.request.path == "/roster" for answer in answers) == [False, True]
    with desk.app.app_context():
        assert len(db.session.scalars(sa.select(JournalLine).where(JournalLine.kind == "roster:imported")).all()) == 1
        assert [unit.short for unit in db.session.scalars(sa.select(Unit))].count("5-1-1202") == 1
        assert len(db.session.scalars(sa.select(Person).where(Person.name == "许文")).all()) == 1


def test_old_and_new_stand_side_by_side(desk: Desk) -> None:
    rows = under_headings([*home(desk), "陈建国", "13700000001"])

    page = uploaded(desk.browser("supervisor"), a_workbook(rows)).text

    assert re.search(r"138 \*{4} 6021 →.*137 \*{4} 0001", page, re.S)


def test_filters_show_rows_that_end_alike(desk: Desk) -> None:
    browser = desk.browser("supervisor")
    address = uploaded(browser, a_workbook(ROWS)).request.path

    refused = browser.get(address, query_string={"verdict": "refused"}).text

    assert "王芳" in refused
    assert "许文" not in refused


def test_a_long_roster_has_pages_that_keep_the_filter(desk: Desk) -> None:
    browser = desk.browser("supervisor")
    rows = under_headings(*(["5", "1", str(1000 + number), "许文", ""] for number in range(60)))
    address = uploaded(browser, a_workbook(rows)).request.path

    first = browser.get(address, query_string={"verdict": "created"}).text
    second = browser.get(address, query_string={"verdict": "created", "page": 2}).text

    assert f"{address}?verdict=created&amp;page=2" in first
    assert "5-1-1000" in first
    assert "5-1-1059" in second


def test_the_file_itself_is_not_kept_and_what_was_read_goes_when_it_is_done(desk: Desk) -> None:
    browser = desk.browser("supervisor")
    rows = [["房号", "业主", "身份证号"], ["5-1-1202", "许文", "330106198001011234"]]
    page = uploaded(browser, a_workbook(rows))
    with desk.app.app_context():
        (blob,) = db.session.scalars(sa.select(Blob)).all()
        path = blobs.path_of(blob.sha256)
        assert b"33010619800101" not in path.read_bytes()

    confirmed(browser, page)

    assert not path.exists()
    with desk.app.app_context():
        assert not db.session.scalars(sa.select(Blob)).all()


def test_a_roster_can_be_thrown_away(desk: Desk) -> None:
    browser = desk.browser("supervisor")
    address = uploaded(browser, a_workbook(ROWS)).request.path

    browser.post(f"{address}/drop")

    assert browser.get(address).status_code == 404


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("r.pdf", b"%PDF-1.7", "名册应为 .xlsx 或 .csv 文件"),
        ("r.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "另存为 .xlsx"),
        ("r.xlsx", b"PK\x03\x04 broken", "已损坏"),
        ("r.csv", "产品,数量\n螺丝,5\n".encode(), "没有找到表头"),
        ("r.csv", b"", "文件是空的"),
        ("", b"", "请先选择文件"),
    ],
)
def test_what_is_no_roster_is_refused_in_words_and_nothing_changes(
    desk: Desk, name: str, content: bytes, words: str
) -> None:
    before = kept(desk)

    page = uploaded(desk.browser("supervisor"), content, name)

    assert words in page.text
    assert page.request.path == "/roster"
    assert kept(desk) == before


@pytest.mark.parametrize("megabytes", [21, 100])
def test_a_file_that_is_too_large_is_refused_in_words(desk: Desk, megabytes: int) -> None:
    before = kept(desk)

    page = uploaded(desk.browser("supervisor"), b"PK\x03\x04" + b"\0" * megabytes * 1024 * 1024)

    assert "文件超过 20 MB" in page.text
    assert kept(desk) == before


def test_refusals_speak_english_to_those_who_read_english(desk: Desk) -> None:
    page = uploaded(desk.browser("english"), b"%PDF-1.7", "r.pdf")

    assert "A roster is an .xlsx or a .csv file." in page.text


@pytest.mark.parametrize("who", ["officer", "department_manager"])
def test_only_those_who_may_import_see_the_pages(desk: Desk, who: str) -> None:
    key = uploaded(desk.browser("supervisor"), a_workbook(ROWS)).request.path

    browser = desk.browser(who)

    assert browser.get("/roster").status_code == 403
    assert browser.get(key).status_code == 403
    assert browser.post(key, data={"shown": ""}).status_code == 403


@pytest.mark.parametrize("key", ["0" * 64, "../" + "0" * 61, "z" * 64])
def test_a_preview_that_is_not_there_is_not_found(desk: Desk, key: str) -> None:
    assert desk.browser("supervisor").get(f"/roster/{key}").status_code == 404


def test_another_blob_is_no_roster(desk: Desk) -> None:
    with desk.app.app_context():
        key = blobs.keep(b"a photo", "image/jpeg", at=NOW)
        db.session.commit()

    assert desk.browser("supervisor").get(f"/roster/{key}").status_code == 404


def uploaded(browser: FlaskClient, content: bytes, name: str = "业主.xlsx") -> TestResponse:
    """The page that an upload leads to."""
    file = (io.BytesIO(content), name)
    return browser.post(
        "/roster", data={"file": file}, headers={"Referer": "http://localhost/roster"}, follow_redirects=True
    )


def confirmed(browser: FlaskClient, page: TestResponse) -> TestResponse:
    """The page that confirming a preview leads to."""
    shown = re.search(r'name="shown" value="([0-9a-f]{64})"', page.text)
    assert shown, page.text
    referrer = {"Referer": f"http://localhost{page.request.path}"}
    return browser.post(page.request.path, data={"shown": shown[1]}, headers=referrer, follow_redirects=True)


def home(desk: Desk) -> list[str]:
    """Building, entrance and room of the desk's own unit."""
    with desk.app.app_context():
        unit = db.session.get_one(Unit, desk.unit_id)
        return [unit.building.name, unit.entrance, unit.number]


def kept(desk: Desk) -> tuple[set[uuid.UUID], set[tuple[uuid.UUID, str]], int]:
    """Units, people with phones, and how many lines the journal has."""
    with desk.app.app_context():
        units = set(db.session.scalars(sa.select(Unit.id)))
        people = {(person.id, person.phone) for person in db.session.scalars(sa.select(Person))}
        lines = db.session.scalar(sa.select(sa.func.count()).select_from(JournalLine)) or 0
        return units, people, lines
