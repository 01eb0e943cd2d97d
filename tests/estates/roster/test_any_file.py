"""Whatever stands in a file: every row gets exactly one verdict, and nothing is raised but a refusal."""

import contextlib
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.errors import Refused
from app.estates.roster.grid import Book, Grid
from app.estates.roster.households import take_together
from app.estates.roster.reading import read_sheets
from app.estates.roster.sheets import read_roster
from tests.estates.roster.builders import a_workbook

HEADINGS = [
    "楼栋",
    "单元",
    "楼层",
    "房号",
    "房屋地址",
    "建筑面积",
    "户型",
    "交付日期",
    "入住状态",
    "业主",
    "业主电话",
    "身份证号",
    "类型",
    "共有人",
    "共有人电话",
    "法人",
    "租户",
    "租户电话",
    "关怀",
    "备注",
    "购房日期",
    "序号",
    "车位",
    "Owner",
    "Unit",
    "Phone",
]
LIKELY = [
    *[
        "3",
        "3栋",
        "3号楼",
        "1单元",
        "1202",
        "0301",
        "3-1-1202",
        "3#1202",
        "2-1-1202",
        "张三",
        "李四",
        "张三、李四",
        "张三和李四",
        "锦绣贸易有限公司",
    ],
    *[
        "13812345678",
        "13912345678",
        "13812345678、13912345678",
        "1.38E+10",
        "98.6㎡",
        "自住",
        "出租",
        "2024.5",
        "个人",
        "公司",
    ],
    *["合计", "小计", "注：说明", "#REF!", "无", "-", "房号", "业主"],
    *(301.0, 1202, 13812345678.0, 98.6, 2024.1, date(2024, 5, 18), "", None),
]
ANYTHING = st.one_of(
    st.none(),
    st.text(max_size=12),
    st.integers(),
    st.floats(),
    st.booleans(),
    st.dates(),
    st.datetimes(),
    st.times(),
    st.timedeltas(),
)
A_WORKBOOK = a_workbook([["房号", "业主"], ["3-1-1202", "张三"]])
VALUES = st.one_of(st.sampled_from(LIKELY), ANYTHING)


@st.composite
def grids(draw):
    headings = draw(st.lists(st.sampled_from(HEADINGS), min_size=2, max_size=9, unique=True))
    if draw(st.booleans()):
        headings = ["房号", *headings]
    above = draw(st.lists(st.lists(VALUES, max_size=3), max_size=2))
    below = draw(st.lists(st.lists(VALUES, max_size=len(headings) + 1), max_size=8))
    rows = tuple(tuple(row) for row in [*above, headings, *below])
    filled = draw(st.frozensets(st.tuples(st.integers(0, 8), st.integers(0, 8)), max_size=6))
    return Grid(draw(st.sampled_from(["", "3栋", "Sheet1"])), rows, filled)


@settings(max_examples=100, deadline=None)
@given(st.lists(grids(), min_size=1, max_size=2))
def test_every_row_gets_exactly_one_verdict(sheets):
    try:
        roster = read_roster(Book(tuple(sheets)))
    except Refused:
        return

    together = take_together(roster)

    standing = [line.at for household in together.households for line in household.lines]
    refused = [line.at for line in together.refused]
    passed = [passed.at for passed in together.passed_over]
    every_row = [
        (position, row + 1)
        for position, sheet in enumerate(sheets)
        if roster.sheets[position].read
        for row in range(len(sheet.rows))
    ]
    assert sorted((at.sheet, at.row) for at in (*standing, *refused, *passed)) == every_row
    assert all(line.problems for line in together.refused)
    assert not any(line.problems for household in together.households for line in household.lines)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=400), st.sampled_from(["r.csv", "r.xlsx", "r.xls", "r", "业主.CSV"]))
def test_any_bytes_are_read_or_refused(content, name):
    read_or_refused(name, content)


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_a_workbook_with_damaged_bytes_is_read_or_refused(data):
    whole = bytearray(A_WORKBOOK)
    for _time in range(data.draw(st.integers(1, 6))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))

    read_or_refused("r.xlsx", bytes(whole))


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet='房号业主,;\t"\n\r 12张', max_size=200), st.sampled_from(["utf-8", "gb18030", "utf-16"]))
def test_any_text_is_read_or_refused(words, encoding):
    read_or_refused("r.csv", ("房号,业主\n" + words).encode(encoding))


@pytest.mark.parametrize("value", [time(12, 30), timedelta(days=2), True, 1e300, -0.0, 10**400])
def test_values_of_every_type_are_read_or_refused(value):
    rows = ((*HEADINGS[:21],), (value,) * 21)

    (sheet,) = read_roster(Book((Grid("", rows),))).sheets

    assert sheet.rows == 2


def read_or_refused(name: str, content: bytes) -> None:
    with contextlib.suppress(Refused):
        take_together(read_roster(read_sheets(name, content)))


def test_a_moment_in_a_room_cell_is_no_room():
    (line,) = read_roster(Book((Grid("", (("房号", "业主"), (datetime(2024, 3, 12), "张三"))),))).lines  # noqa: DTZ001

    assert [problem.code for problem in line.problems] == ["roster:date_in_place"]
