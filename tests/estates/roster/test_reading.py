"""Files of every kind become grids, or are refused in words."""

import io
import random
import zipfile
from datetime import date, datetime

import pytest
from openpyxl import Workbook

from app.core.errors import Refused, TooLarge
from app.estates.roster.archive import MAX_MARKS, MAX_MARKS_BESIDE
from app.estates.roster.grid import MAX_BYTES, MAX_ROWS, UNSAVED_FORMULA
from app.estates.roster.reading import read_sheets
from tests.estates.roster.builders import a_csv, a_part_changed, a_workbook, under_headings

ROWS = under_headings(["3", "1", "1202", "陈建国", "13812345678"])


def refusal(name: str, content: bytes) -> str:
    with pytest.raises(Refused) as refused:
        read_sheets(name, content)
    return refused.value.code


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_text_is_read_in_every_encoding_and_with_every_separator(encoding, separator):
    (grid,) = read_sheets("业主.csv", a_csv(ROWS, encoding=encoding, separator=separator)).sheets

    assert [list(row) for row in grid.rows] == ROWS


def test_a_separator_that_also_stands_in_values_does_not_split_them():
    content = "房号;业主;备注\n1202;陈建国;a,b,c,d,e\n1203;李敏;f,g,h,i\n".encode()

    (grid,) = read_sheets("r.csv", content).sheets

    assert grid.rows[1] == ("1202", "陈建国", "a,b,c,d,e")


def test_a_quoted_cell_keeps_its_line_break():
    (grid,) = read_sheets("r.csv", a_csv([["房号", "业主"], ["1202", "陈建国\n李敏"]])).sheets

    assert grid.rows[1] == ("1202", "陈建国\n李敏")


def test_a_quotation_mark_that_never_closes_is_refused_and_swallows_no_rows():
    assert refusal("r.csv", '房号,业主\n1202,"陈建国\n1203,李敏\n'.encode()) == "roster:unreadable_line"


def test_merged_cells_lend_their_value_to_all_they_cover():
    content = a_workbook(under_headings(["3", "1", "1201"], [None, None, "1202"]), merged=["A2:A3", "B2:B3"])

    (grid,) = read_sheets("r.xlsx", content).sheets

    assert grid.rows[2] == ("3", "1", "1202")
    assert grid.filled == {(2, 0), (2, 1)}


def test_hidden_rows_and_columns_are_read_like_others():
    def hide(workbook: Workbook) -> None:
        workbook.active.row_dimensions[2].hidden = True
        workbook.active.column_dimensions["D"].hidden = True

    (grid,) = read_sheets("r.xlsx", a_workbook(ROWS, also=hide)).sheets

    assert list(grid.rows[1]) == ROWS[1]


def test_a_hidden_sheet_is_named_and_not_read():
    def add_lists(workbook: Workbook) -> None:
        workbook.create_sheet("下拉").sheet_state = "hidden"

    book = read_sheets("r.xlsx", a_workbook(ROWS, also=add_lists))

    assert book.hidden == ("下拉",)
    assert len(book.sheets) == 1


def test_a_formula_counts_with_the_result_that_was_saved():
    content = a_part_changed(
        a_workbook([["房号", "业主"], ["=1200+2", "陈建国"]]),
        "xl/worksheets/sheet1.xml",
        lambda part: part.replace(b"<f>1200+2</f><v />", b"<f>1200+2</f><v>1202</v>").replace(
            b"<f>1200+2</f><v></v>", b"<f>1200+2</f><v>1202</v>"
        ),
    )

    (grid,) = read_sheets("r.xlsx", content).sheets

    assert grid.rows[1][0] == 1202


def test_a_formula_without_a_saved_result_is_marked_and_not_taken_for_blank():
    (grid,) = read_sheets("r.xlsx", a_workbook([["房号", "业主"], ["=1200+2", "陈建国"]])).sheets

    assert grid.rows[1][0] == UNSAVED_FORMULA


def test_days_come_as_days():
    (grid,) = read_sheets("r.xlsx", a_workbook([["房号", "交付日期"], ["1202", date(2024, 5, 18)]])).sheets

    assert grid.rows[1][1] == datetime.fromisoformat("2024-05-18")


def test_blank_rows_in_between_count_and_blank_rows_at_the_end_do_not():
    (grid,) = read_sheets("r.xlsx", a_workbook([["房号", "业主"], [], ["1202", "陈建国"], [" ", None], [None]])).sheets

    assert len(grid.rows) == 3


def test_what_a_workbook_says_about_its_size_is_not_believed():
    content = a_part_changed(
        a_workbook(ROWS),
        "xl/worksheets/sheet1.xml",
        lambda part: part.replace(b'<dimension ref="A1:E2" />', b'<dimension ref="A1:B1" />').replace(
            b'<dimension ref="A1:E2"/>', b'<dimension ref="A1:B1"/>'
        ),
    )

    (grid,) = read_sheets("r.xlsx", content).sheets

    assert list(grid.rows[1]) == ROWS[1]


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("r.pdf", b"%PDF-1.7", "roster:wrong_type"),
        ("r.xlsx", b"%PDF-1.7 ...", "roster:wrong_type"),
        ("r.csv", b"\x89PNG\r\n\x1a\n....", "roster:wrong_type"),
        ("r.xls", b"anything", "roster:old_workbook"),
        ("r.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "roster:old_workbook"),
        (
            "r.xlsx",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
            "roster:locked",
        ),
        ("r.xlsx", "房号,业主\n1202,陈建国\n".encode(), "roster:wrong_type"),
        ("r.csv", b"<html><table><tr><td>1202</td></tr></table></html>", "roster:wrong_type"),
        ("r.csv", b"", "roster:empty"),
        ("r.csv", b"\r\n  \r\n", "roster:empty"),
        ("r.xlsx", b"PK\x03\x04 and then nothing", "roster:unreadable"),
        ("r.csv", bytes(range(1, 256)) * 9, "roster:unreadable_text"),
        ("r.csv", b"\xff\xff\xff\xfe\xfe" * 30, "roster:unreadable_text"),
    ],
)
def test_what_is_no_roster_is_refused(name, content, code):
    assert refusal(name, content) == code


def test_another_kind_of_archive_is_refused():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", "<document/>")

    assert refusal("r.xlsx", file.getvalue()) == "roster:wrong_type"


def test_a_file_above_the_limit_is_refused_before_it_is_opened():
    with pytest.raises(TooLarge):
        read_sheets("r.xlsx", b"PK\x03\x04" + b"\0" * MAX_BYTES)


def test_a_workbook_that_unpacks_to_far_more_is_refused_before_it_is_unpacked():
    bomb = a_part_changed(a_workbook(ROWS), "xl/worksheets/sheet1.xml", lambda part: part + b" " * 40_000_000)

    assert refusal("r.xlsx", bomb) == "roster:bomb"


def test_a_workbook_of_very_many_parts_is_refused():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for number in range(2_001):
            archive.writestr(f"xl/{number}", b"")

    assert refusal("r.xlsx", file.getvalue()) == "roster:bomb"


@pytest.mark.parametrize(
    ("part", "nothings"),
    [
        ("xl/worksheets/sheet1.xml", b"<row/>" * (MAX_MARKS + 1)),
        ("xl/styles.xml", b"<xf/>" * (MAX_MARKS_BESIDE + 1)),
        ("xl/workbook.xml", b"<definedName/>" * (MAX_MARKS_BESIDE + 1)),
    ],
)
def test_a_workbook_of_more_than_a_reader_takes_time_for_is_refused_before_it_is_read(part, nothings, monkeypatch):
    """Noise beside them keeps them from looking too tightly packed."""
    monkeypatch.setattr("openpyxl.load_workbook", None)
    noise = b"<!--%b-->" % random.Random(1).randbytes(200_000).hex().encode()

    def swell(content: bytes) -> bytes:
        start = content.rindex(b"</")
        return content[:start] + nothings + noise + content[start:]

    assert refusal("r.xlsx", a_part_changed(a_workbook(ROWS), part, swell)) == "roster:bomb"


def test_a_sheet_that_is_called_something_else_is_bounded_all_the_same(monkeypatch):
    """What is a sheet follows from what the workbook says of it, not from its name."""
    monkeypatch.setattr("openpyxl.load_workbook", None)
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(a_workbook(ROWS))) as old, zipfile.ZipFile(out, "w") as new:
        for member in old.namelist():
            content = old.read(member).replace(b"sheet1.xml", b"sheet1.jpg")
            if member == "xl/worksheets/sheet1.xml":
                content = content.replace(b"</sheetData>", b"<row/>" * MAX_MARKS + b"</sheetData>")
            new.writestr(member.replace("sheet1.xml", "sheet1.jpg"), content)

    assert refusal("r.xlsx", out.getvalue()) == "roster:bomb"


@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/styles.xml"])
def test_a_workbook_that_declares_entities_is_refused(part):
    declaration = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'

    def declare(content: bytes) -> bytes:
        start = content.index(b"?>") + 2 if content.startswith(b"<?xml") else 0
        return content[:start] + declaration + content[start:]

    assert refusal("r.xlsx", a_part_changed(a_workbook(ROWS), part, declare)) == "roster:unreadable"


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/styles.xml"])
def test_a_damaged_workbook_is_refused(part):
    content = a_part_changed(a_workbook(ROWS), part, lambda content: content[: len(content) // 2])

    assert refusal("r.xlsx", content) == "roster:unreadable"


def test_a_workbook_whose_rows_are_out_of_order_is_refused_rather_than_read_in_part():
    content = a_part_changed(
        a_workbook(ROWS), "xl/worksheets/sheet1.xml", lambda part: part.replace(b'<row r="2"', b'<row r="1"')
    )

    assert refusal("r.xlsx", content) == "roster:unreadable"


def test_more_rows_than_a_roster_has_are_refused():
    rows = [["房号", "业主"], *([str(number), "陈建国"] for number in range(MAX_ROWS))]

    assert refusal("r.csv", a_csv(rows)) == "roster:too_many_rows"


def test_a_value_far_below_everything_else_is_refused():
    def far_below(workbook: Workbook) -> None:
        workbook.active.cell(1_048_576, 1, "x")

    assert refusal("r.xlsx", a_workbook(ROWS, also=far_below)) == "roster:too_many_rows"


def test_more_columns_than_a_roster_has_are_refused():
    assert refusal("r.xlsx", a_workbook([["房号", "业主"] * 150])) == "roster:too_many_rows"


def test_merged_ranges_over_the_whole_sheet_cost_nothing():
    content = a_part_changed(
        a_workbook(ROWS, merged=["A5:B6"]),
        "xl/worksheets/sheet1.xml",
        lambda part: part.replace(b"A5:B6", b"A5:XFD1048576"),
    )

    (grid,) = read_sheets("r.xlsx", content).sheets

    assert len(grid.rows) == 2


def test_a_binary_workbook_is_told_how_to_become_a_roster():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.bin", b"")

    assert refusal("r.xlsx", file.getvalue()) == "roster:wrong_type"
