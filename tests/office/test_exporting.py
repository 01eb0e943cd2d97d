"""Lists taken away as files, read back as a spreadsheet program reads them."""

import csv
import io
import uuid
from datetime import datetime, timedelta

import openpyxl
import pytest
import sqlalchemy as sa

from app.core.db import db
from app.core.journal import JournalLine
from app.office import exporting
from tests.office.conftest import Desk


def taken(desk: Desk, path: str, who: str = "supervisor") -> bytes:
    with desk.browser(who).post(path) as answer:
        assert answer.status_code == 200, answer.text
        return bytes(answer.data)


def as_csv(content: bytes) -> list[dict[str, str]]:
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def test_a_workbook_holds_days_and_numbers_as_themselves_under_a_head_that_stays(desk: Desk) -> None:
    desk.issue(text="主卫渗水")

    sheet = openpyxl.load_workbook(io.BytesIO(taken(desk, "/issues/export/xlsx?state=routed"))).active

    assert sheet.freeze_panes == "A5"
    assert sheet["A1"].value == "事项 · 锦绣花园"
    assert sheet["A2"].value == "状态: 待接收"
    assert "共 1 行 · 导出人 孙主管" in sheet["A3"].value
    row = dict(zip([cell.value for cell in sheet[4]], sheet[5], strict=True))
    assert row["事项"].value == "主卫渗水"
    assert isinstance(row["提出"].value, datetime)
    assert isinstance(row["时限"].value, datetime)
    assert row["时限"].value - row["提出"].value > timedelta(hours=1)
    assert row["轮次"].value == 1
    assert sheet.column_dimensions["B"].width > 40


def test_what_looks_like_a_formula_stays_text(desk: Desk) -> None:
    desk.issue(text='=HYPERLINK("http://bad.example")')
    desk.issue(text="@SUM(1)\x07")
    desk.issue(text="＝SUM(1)")
    desk.issue(text="=1+1")
    desk.issue(text="#N/A")

    sheet = openpyxl.load_workbook(io.BytesIO(taken(desk, "/issues/export/xlsx"))).active
    rows = as_csv(taken(desk, "/issues/export/csv"))

    cells = [cell for line in sheet.iter_rows(min_row=5) for cell in line]
    shown = {str(cell.value): cell.data_type for cell in cells if str(cell.value)[:1] in ("=", "#")}
    assert shown == dict.fromkeys(('=HYPERLINK("http://bad.example")', "=1+1", "#N/A"), "s")
    assert {row["事项"][:2] for row in rows} == {"'=", "'@", "'＝", "#N"}


def test_words_longer_than_a_cell_holds_are_cut_and_not_left_out(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "_MOST_IN_A_CELL", 6)
    desk.issue(text="主卫渗水很严重\x07了")

    sheet = openpyxl.load_workbook(io.BytesIO(taken(desk, "/issues/export/xlsx"))).active

    row = dict(zip([cell.value for cell in sheet[4]], sheet[5], strict=True))
    assert row["事项"].value == "主卫渗水很严"


def test_a_file_holds_what_the_filter_shows_in_the_readers_language(desk: Desk) -> None:
    desk.issue(text="主卫渗水")
    desk.issue(text="想要儿童乐园", category="other")

    chinese = as_csv(taken(desk, "/issues/export/csv?q=渗水"))
    english = as_csv(taken(desk, "/issues/export/csv?state=reported", "english"))

    assert [row["事项"] for row in chinese] == ["主卫渗水"]
    assert [row["Issue"] for row in english] == ["想要儿童乐园"]
    assert english[0]["State"] == "Reported up, to be routed"


@pytest.mark.parametrize("name", ["visits", "units", "records", "batches"])
def test_every_list_can_be_taken_away_in_both_kinds(desk: Desk, name: str) -> None:
    desk.visit()

    browser = desk.browser("supervisor")

    for kind in ("csv", "xlsx"):
        with browser.post(f"/{name}/export/{kind}") as answer:
            assert answer.status_code == 200
            assert "attachment" in answer.headers["Content-Disposition"]
            assert answer.headers["Cache-Control"] == "private, no-store"
    assert browser.post(f"/{name}/export/pdf").status_code == 404


def test_phones_stay_masked_and_names_stay_with_customer_service(desk: Desk) -> None:
    desk.issue(text="主卫渗水")

    units = as_csv(taken(desk, "/units/export/csv"))
    own = as_csv(taken(desk, "/issues/export/csv", "department_manager"))
    whole = as_csv(taken(desk, "/issues/export/csv"))

    assert units[0]["电话"] == "138 **** 6021"
    assert whole[0]["业主"] == "陈建国"
    assert "业主" not in own[0]
    assert taken(desk, "/issues/export/csv", "other_manager").count(b"\n") == 1
    assert desk.browser("handler").post("/units/export/csv").status_code == 403


def test_the_journal_says_who_took_what_without_the_words_searched_for(desk: Desk) -> None:
    desk.issue(text="主卫渗水")

    taken(desk, "/issues/export/csv?q=陈建国&state=routed")

    with desk.app.app_context():
        line = db.session.scalars(sa.select(JournalLine).where(JournalLine.kind == "list:taken")).one()
        assert line.stream == desk.estate_id
        assert isinstance(line.staff_id, uuid.UUID)
        assert line.data == {
            "list": "issues",
            "format": "csv",
            "rows": 1,
            "cut": False,
            "filters": {"state": "routed"},
            "by_words": True,
        }


def test_a_list_that_is_too_long_is_cut_and_says_so(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "MOST_ROWS", 2)
    raised = [desk.tablet.an_issue(text=f"事项 {n}") for n in range(3)]
    desk.visit(issues=raised)

    text = taken(desk, "/issues/export/csv").decode("utf-8-sig").splitlines()
    sheet = openpyxl.load_workbook(io.BytesIO(taken(desk, "/issues/export/xlsx"))).active

    assert len(text) == 4
    assert "只" in text[-1]
    assert "只" in sheet["A3"].value
    assert sheet.max_row == 6
