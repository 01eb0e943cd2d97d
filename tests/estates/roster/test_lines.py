"""Every row of a sheet becomes a line of a unit, or is passed over with the reason."""

from datetime import date

import pytest

from app.estates.roster.lines import At
from app.estates.roster.reading import read_sheets
from app.estates.roster.sheets import read_roster
from app.estates.rules import Occupancy, PersonKind
from tests.estates.roster.builders import (
    a_csv,
    a_workbook,
    codes,
    passed,
    the_lines,
    the_roster,
    under_headings,
)


def test_a_row_tells_all_it_knows_of_a_unit():
    headings = [
        "楼栋",
        "单元",
        "楼层",
        "房号",
        "建筑面积",
        "户型",
        "交付日期",
        "入住状态",
        "业主",
        "电话",
        "身份证号",
        "租户",
        "租户电话",
        "关怀",
        "备注",
    ]
    unit = [3.0, "1单元", "12层", 1202.0, "98.6㎡", "三室两厅", date(2024, 5, 18), "出租"]
    people = ["陈建国", 13812345678.0, "330106198001011234", "赵磊", "139 1234 5678"]

    (line,) = the_lines([headings, [*unit, *people, "独居老人、行动不便", "先打电话"]])

    assert (line.building, line.entrance, line.floor, line.number) == ("3", "1", 12, "1202")
    assert (line.area, line.layout, line.handover_on) == ("98.6", "三室两厅", date(2024, 5, 18))
    assert (line.occupancy, line.care, line.remarks) == (Occupancy.LET, ("独居老人", "行动不便"), "先打电话")
    (owner,), (tenant,) = line.owners, line.tenants
    assert (owner.name, owner.phones, owner.id_last4) == ("陈建国", ("13812345678",), "1234")
    assert (tenant.name, tenant.phones) == ("赵磊", ("13912345678",))
    assert not line.problems


@pytest.mark.parametrize("place", ["3-1-1202", "3栋1单元1202室", "３＃１－１２０２"])
def test_the_place_can_stand_in_one_column(place):
    (line,) = the_lines([["房号", "业主"], [place, "陈建国"]])

    assert (line.building, line.entrance, line.number) == ("3", "1", "1202")


def test_the_estates_name_before_a_building_is_not_part_of_it():
    book = read_sheets("r.csv", a_csv([["房屋地址", "业主"], ["锦绣花园3栋1单元1202", "陈建国"]]))

    (line,) = read_roster(book, estate_names=["锦绣花园"]).lines

    assert line.building == "3"


def test_merged_building_cells_count_for_all_their_rows():
    rows = under_headings(
        ["3栋", "1单元", "1201", "陈建国"], [None, None, "1202", "李敏"], [None, None, "1203", "赵磊"]
    )

    lines = the_lines(rows, merged=["A2:A4", "B2:B4"])

    assert [(line.building, line.entrance) for line in lines] == [("3", "1")] * 3
    assert not any(line.notes for line in lines)


def test_blank_building_cells_take_the_one_above_and_say_so():
    book = read_sheets(
        "r.csv",
        a_csv(
            under_headings(
                ["3栋", "1单元", "1201", "陈建国"],
                ["", "", "1202", "李敏"],
                ["4栋", "", "101", "赵磊"],
                ["", "2", "102", "吴芳"],
            ),
            encoding="gbk",
        ),
    )

    lines = read_roster(book).lines

    assert [(line.building, line.entrance) for line in lines] == [("3", "1"), ("3", "1"), ("4", ""), ("4", "2")]
    assert codes(lines[1].notes) == ["roster:from_above"]
    assert not lines[2].notes


def test_the_title_of_a_section_is_the_building_of_the_rows_below():
    roster = the_roster(
        [["房号", "业主"], ["3号楼1单元", None], ["1201", "陈建国"], ["5栋（高层）", None], ["101", "李敏"]],
        merged=["A2:B2", "A4:B4"],
    )

    assert [(line.building, line.entrance, line.number) for line in roster.lines] == [
        ("3", "1", "1201"),
        ("5", "", "101"),
    ]
    assert passed(roster) == {1: "roster:headings", 2: "roster:section", 4: "roster:section"}


def test_a_sheet_called_like_a_building_is_that_building():
    (line,) = the_lines([["房号", "业主"], ["1202", "陈建国"]], name="3栋")

    assert line.building == "3"
    assert codes(line.notes) == ["roster:from_sheet"]


def test_every_sheet_with_headings_is_read_and_the_others_are_named():
    def more_sheets(workbook):
        workbook.create_sheet("4栋").append(["房号", "业主"])
        workbook["4栋"].append(["101", "李敏"])
        workbook.create_sheet("说明").append(["请勿修改"])

    roster = the_roster([["房号", "业主"], ["1202", "陈建国"]], name="3栋", also=more_sheets)

    assert [(line.at, line.building) for line in roster.lines] == [(At(0, 2), "3"), (At(1, 2), "4")]
    assert [(sheet.name, sheet.read) for sheet in roster.sheets] == [("3栋", True), ("4栋", True), ("说明", False)]
    assert roster.name_of(At(1, 2)) == "4栋!2"


def test_rows_that_are_no_unit_are_passed_over_with_the_reason():
    roster = the_roster(
        [
            ["锦绣花园业主花名册"],
            [],
            ["序号", "楼栋", "房号", "业主", "电话"],
            [1, "3", "1202", "陈建国", "13812345678"],
            [],
            ["序号", "楼栋", "房号", "业主", "电话"],
            [2, "3", "1203", "李敏", "13912345678"],
            ["小计", None, None, "2户"],
            [3],
            [None, "合计：2 户"],
            ["注：以上为截止2024年5月的数据"],
        ],
        merged=["A1:E1"],
    )

    assert passed(roster) == {
        1: "roster:above_headings",
        2: "roster:blank",
        3: "roster:headings",
        5: "roster:blank",
        6: "roster:headings_again",
        8: "roster:total",
        9: "roster:only_serial",
        10: "roster:total",
        11: "roster:remark",
    }
    assert len(roster.lines) + len(roster.passed_over) == roster.rows == 11


def test_a_row_of_nothing_but_a_merged_building_is_blank():
    roster = the_roster(under_headings(["3", "1", "1202", "陈建国"], [], ["4", "1", "101", "李敏"]), merged=["A2:A3"])

    assert passed(roster)[3] == "roster:blank"


def test_an_owner_called_like_a_total_is_an_owner():
    (line,) = the_lines(under_headings(["3", "1", "1202", "合计总计有限公司", ""]))

    assert line.owners[0].name == "合计总计有限公司"


@pytest.mark.parametrize(
    ("names", "phones", "expected"),
    [
        ("张三、李四", "13812345678、13912345678", [("张三", ("13812345678",)), ("李四", ("13912345678",))]),
        ("张三\n李四", "13812345678\n13912345678", [("张三", ("13812345678",)), ("李四", ("13912345678",))]),
        ("张三/李四", 13812345678.0, [("张三", ("13812345678",)), ("李四", ("13812345678",))]),
        ("张三", "13812345678/13912345678", [("张三", ("13812345678", "13912345678"))]),
        ("张三、李四", "", [("张三", ()), ("李四", ())]),
    ],
)
def test_several_owners_have_as_many_phones_or_share_one(names, phones, expected):
    (line,) = the_lines(under_headings(["3", "1", "1202", names, phones]))

    assert [(owner.name, owner.phones) for owner in line.owners] == expected


def test_co_owners_in_their_own_column_are_owners():
    (line,) = the_lines([["房号", "业主", "电话", "共有人"], ["3-1-1202", "张三", "13812345678", "李四、王五"]])

    assert [(owner.name, owner.phones) for owner in line.owners] == [
        ("张三", ("13812345678",)),
        ("李四", ()),
        ("王五", ()),
    ]


def test_a_company_keeps_its_legal_representative_and_licence():
    (line,) = the_lines(
        [
            ["房号", "业主", "电话", "法人", "统一社会信用代码"],
            ["3-101", "杭州锦绣贸易有限公司", "0571-88012345", "周明", "91330106MA2XXXXX1A"],
        ]
    )

    (owner,) = line.owners
    assert owner.kind is PersonKind.COMPANY
    assert (owner.legal_representative, owner.licence_no) == ("周明", "91330106MA2XXXXX1A")


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (["3", "1", None, "陈建国", "13812345678"], "roster:no_room"),
        ([None, None, "1202", "陈建国", "13812345678"], "roster:no_building"),
        (["3", "1", "2-1-1202", "陈建国", "13812345678"], "roster:place_differs"),
        (["3", "1", "3-2-1202", "陈建国", "13812345678"], "roster:place_differs"),
        ([date(2024, 3, 1), "1", "1202", "陈建国", "13812345678"], "roster:date_in_place"),
        (["#REF!", "1", "1202", "陈建国", "13812345678"], "roster:cell_error"),
        (["3", "1", "1202", "#N/A", "13812345678"], "roster:cell_error"),
        (["3", "1", "=1200+2", "陈建国", "13812345678"], "roster:formula_unsaved"),
        (["3", "1", 12.5, "陈建国", "13812345678"], "roster:place_unreadable"),
        (["3", "1", "1202", "陈建国", "1381234567"], "roster:phone_unreadable"),
        (["3", "1", "1202", "陈建国", "1.38E+10"], "roster:phone_cut_off"),
        (["3", "1", "1202", None, "13812345678"], "roster:phone_without_name"),
        (["3", "1", "1202", "13812345678", None], "roster:name_unreadable"),
        (["3", "1", "1202", "张三、李四、王五", "13812345678、13912345678"], "roster:phones_unmatched"),
        (["3", "1", "1202", "张" * 121, "13812345678"], "roster:too_long"),
        (["3", "1", "1" * 21, "张三", "13812345678"], "roster:too_long"),
        (["3", "1", "1202", "张" * 40_000, None], "roster:too_long"),
    ],
)
def test_a_row_that_cannot_be_right_is_refused_with_the_reason(row, code):
    (line,) = the_lines(under_headings(row))

    assert codes(line.problems) == [code]


def test_a_person_with_a_companys_name_is_refused():
    (line,) = the_lines([["房号", "类型", "业主"], ["3-101", "个人", "锦绣贸易有限公司"]])

    assert codes(line.problems) == ["roster:kind_differs"]


def test_what_is_not_taken_from_a_cell_is_said():
    (line,) = the_lines(under_headings(["3", "1", "1202", "张三（已故）", "13812345678（微信同号）"]))

    assert [str(dict(note.values)["value"]) for note in line.notes] == ["已故", "微信同号"]
    assert codes(line.notes) == ["roster:left_out", "roster:left_out"]


def test_a_month_is_taken_as_its_first_day_and_said_so():
    (line,) = the_lines([["房号", "交房时间"], ["3-1-1202", "2024.5"]])

    assert line.handover_on == date(2024, 5, 1)
    assert codes(line.notes) == ["roster:month_only"]


def test_of_an_identity_number_nothing_but_the_end_goes_on():
    (line,) = the_lines([["房号", "业主", "身份证号"], ["3-1-1202", "张三", "330106198001011234"]])

    assert "33010619800101" not in repr(line)
    assert line.owners[0].id_last4 == "1234"


def test_an_identity_number_stored_as_a_number_is_not_taken():
    (line,) = the_lines([["房号", "业主", "身份证号"], ["3-1-1202", "张三", 330106198001011234.0]])

    assert line.owners[0].id_last4 is None
    assert codes(line.notes) == ["roster:id_lost"]


def test_gbk_text_is_read_like_a_workbook():
    rows = under_headings(["3栋", "1单元", "1202", "陈建国", "138 1234 5678"])

    from_text = read_roster(read_sheets("业主.csv", a_csv(rows, encoding="gbk")))
    from_workbook = read_roster(read_sheets("业主.xlsx", a_workbook(rows)))

    assert from_text.lines == from_workbook.lines
