"""Real .xlsx and .csv bytes from rows, with the messes of real life."""

import csv
import io
import zipfile
from collections.abc import Callable, Sequence
from typing import Any

from openpyxl import Workbook

from app.estates.roster.lines import Roster, RosterLine
from app.estates.roster.reading import read_sheets
from app.estates.roster.sheets import read_roster

HEADINGS = ["楼栋", "单元", "房号", "业主姓名", "联系电话"]


def a_workbook(
    rows: Sequence[Sequence[Any]],
    *,
    merged: Sequence[str] = (),
    name: str = "Sheet1",
    also: Callable[[Workbook], None] | None = None,
) -> bytes:
    """An .xlsx file; `merged` are ranges such as A2:A5; `also` may do more to the workbook before it is saved."""
    workbook = Workbook()
    sheet = workbook.active
    assert sheet is not None
    sheet.title = name
    for row in rows:
        sheet.append(list(row))
    for merge in merged:
        sheet.merge_cells(merge)
    if also:
        also(workbook)
    return saved(workbook)


def saved(workbook: Workbook) -> bytes:
    file = io.BytesIO()
    workbook.save(file)
    return file.getvalue()


def a_csv(rows: Sequence[Sequence[Any]], *, encoding: str = "utf-8", separator: str = ",") -> bytes:
    file = io.StringIO()
    csv.writer(file, delimiter=separator).writerows(rows)
    return file.getvalue().encode(encoding)


def a_part_changed(workbook: bytes, part: str, change: Callable[[bytes], bytes]) -> bytes:
    """The workbook with one part of its archive rewritten."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.namelist():
            content = old.read(member)
            new.writestr(member, change(content) if member == part else content)
    return out.getvalue()


def the_roster(rows: Sequence[Sequence[Any]], **how: Any) -> Roster:
    """The roster read from these rows as an .xlsx file."""
    return read_roster(read_sheets("roster.xlsx", a_workbook(rows, **how)))


def the_lines(rows: Sequence[Sequence[Any]], **how: Any) -> list[RosterLine]:
    return list(the_roster(rows, **how).lines)


def under_headings(*rows: Sequence[Any]) -> list[Sequence[Any]]:
    return [HEADINGS, *rows]


def codes(reasons: Sequence[Any]) -> list[str]:
    return [reason.code for reason in reasons]


def passed(roster: Roster) -> dict[int, str]:
    """Row → why it was passed over."""
    return {passed.at.row: passed.why.code for passed in roster.passed_over}
