"""Headings are found by what they mean, wherever they stand."""

import pytest

from app.core.errors import Refused
from app.estates.roster.grid import Grid
from app.estates.roster.headings import find_headings
from app.estates.roster.reading import read_sheets
from app.estates.roster.sheets import read_roster
from app.estates.roster.vocabulary import Field, meaning
from tests.estates.roster.builders import a_csv, a_workbook

ONE_FIELD = [
    (Field.BUILDING, "楼栋 栋号 幢 楼号 所在楼栋 楼栋名称 座 Building Bldg.No Block Tower"),
    (Field.ENTRANCE, "单元 单元号 所在单元 Entrance Stair"),
    (Field.FLOOR, "楼层 所在楼层 Floor Level"),
    (Field.ROOM, "房号 室 室号 房间号 房屋编号 门牌号 Room Unit Unit# Room_No. Flat Apartment"),
    (Field.PLACE, "房屋地址 房产 楼栋单元房号 栋-单元-室 地址 Address"),
    (Field.AREA, "建筑面积 面积(㎡) 建筑面积（平方米） 产权面积 Area GFA Floor_Area(m2)"),
    (Field.LAYOUT, "户型 房型 Layout"),
    (Field.HANDOVER, "交付日期 交房时间 收房日期 Handover Handover_Date"),
    (Field.OCCUPANCY, "入住状态 居住情况 房屋状态 是否入住 Occupancy Status"),
    (Field.REMARKS, "备注 说明 Remarks Notes"),
    (
        Field.OWNER,
        "业主 业主姓名 产权人 房主 姓名* 业主姓名（必填） 业主名称 Owner Owner_Name Owner's_Name Name_of_Owner",
    ),
    (
        Field.OWNER_PHONE,
        "联系电话 手机 手机号码 电话 联系方式 业主电话 业主联系方式 Phone Mobile Tel. Owner_Phone Contact_No.",
    ),
    (Field.OWNER_ID, "身份证号 证件号码 业主身份证号 ID_No."),
    (Field.CO_OWNER, "共有人 共有人姓名 共同产权人 Co-owner"),
    (Field.TENANT, "租户 租户姓名 租客 承租人 Tenant Tenant_Name"),
    (Field.TENANT_PHONE, "租户电话 租客联系方式 承租人手机 Tenant_Phone"),
    (Field.LEGAL_REPRESENTATIVE, "法人 法定代表人 法人代表 Legal_Representative"),
    (Field.LICENCE, "营业执照号 统一社会信用代码 Licence_No."),
    (Field.OWNER_SINCE, "购房日期 过户时间 Purchase_Date"),
]


@pytest.mark.parametrize(
    ("field", "heading"), [(field, heading) for field, headings in ONE_FIELD for heading in headings.split()]
)
def test_a_heading_is_understood_in_both_languages(field, heading):
    other = "房号" if field is not Field.ROOM else "业主"
    found = find_headings(a_grid([other, heading.replace("_", " ")]))

    assert found is not None
    assert found.columns[1].field is field


@pytest.mark.parametrize(
    "heading", ["序号", "车位号", "车牌", "紧急联系人", "紧急联系电话", "性别", "套内面积", "通讯地址", "总楼层", "Sex"]
)
def test_a_column_that_is_not_understood_is_named_and_not_used(heading):
    found = find_headings(a_grid(["房号", "业主", "电话", heading], ["1202", "陈建国", "13812345678", "x"]))

    assert [unused.heading for unused in found.unused] == [heading]
    assert found.unused[0].letter == "D"


def test_a_column_without_a_heading_is_named_when_it_holds_something():
    found = find_headings(a_grid(["房号", "业主"], ["1202", "陈建国", "something"]))

    assert [(unused.letter, unused.heading) for unused in found.unused] == [("C", "")]


def test_headings_are_found_below_titles_and_notes():
    grid = a_grid(
        ["锦绣花园业主花名册"],
        [],
        ["制表：客服部", None, "2024年5月"],
        ["序号", "楼栋", "房号", "业主"],
        [1, "3", "1202", "陈建国"],
    )

    assert find_headings(grid).rows == (3,)


def test_blanks_line_breaks_and_full_width_letters_in_headings_do_not_matter():
    grid = a_grid(["楼 栋", "房\n号", "业主\n姓名", "ＴＥＬ", "　建筑面积　"])

    assert fields(grid) == [Field.BUILDING, Field.ROOM, Field.OWNER, Field.OWNER_PHONE, Field.AREA]


def test_bilingual_headings_follow_their_chinese_words():
    grid = a_grid(["楼栋 Building", "单元 Unit", "房号 Room", "业主 Owner"])

    assert fields(grid) == [Field.BUILDING, Field.ENTRANCE, Field.ROOM, Field.OWNER]


def test_groups_above_headings_say_whose_phone_it_is():
    rows = [
        ["楼栋", "单元", "房号", "业主信息", None, None, "租户信息", None],
        [None, None, None, "姓名", "电话", "证件号", "姓名", "电话"],
        ["3", "1", "1202", "陈建国", "13812345678", "1234", "赵磊", "13912345678"],
    ]
    merged = ["A1:A2", "B1:B2", "C1:C2", "D1:F1", "G1:H1"]
    expected = [
        Field.BUILDING,
        Field.ENTRANCE,
        Field.ROOM,
        Field.OWNER,
        Field.OWNER_PHONE,
        Field.OWNER_ID,
        Field.TENANT,
        Field.TENANT_PHONE,
    ]

    (from_workbook,) = read_sheets("r.xlsx", a_workbook(rows, merged=merged)).sheets
    (from_text,) = read_sheets("r.csv", a_csv(rows)).sheets

    assert fields(from_workbook) == expected
    assert fields(from_text) == expected
    assert find_headings(from_workbook).rows == (0, 1)


@pytest.mark.parametrize(
    ("headings", "expected"),
    [
        ("业主姓名 联系电话 租户姓名 联系电话", [Field.OWNER, Field.OWNER_PHONE, Field.TENANT, Field.TENANT_PHONE]),
        ("租户姓名 联系电话 业主姓名 联系电话", [Field.TENANT, Field.TENANT_PHONE, Field.OWNER, Field.OWNER_PHONE]),
        ("业主姓名 租户姓名 联系电话", [Field.OWNER, Field.TENANT, Field.OWNER_PHONE]),
        ("业主姓名 业主电话 租户姓名 电话", [Field.OWNER, Field.OWNER_PHONE, Field.TENANT, Field.TENANT_PHONE]),
        ("姓名 电话1 电话2", [Field.OWNER, Field.OWNER_PHONE, Field.OWNER_PHONE]),
        ("业主 紧急联系人 紧急联系人电话 电话", [Field.OWNER, Field.OWNER_PHONE]),
        ("租户 电话", [Field.TENANT, Field.TENANT_PHONE]),
        ("业主 共有人 共有人电话 手机", [Field.OWNER, Field.CO_OWNER, Field.CO_OWNER_PHONE, Field.OWNER_PHONE]),
    ],
)
def test_a_phone_belongs_to_whoever_it_stands_beside(headings, expected):
    assert fields(a_grid(["房号", *headings.split()]))[1:] == expected


def test_the_word_unit_is_a_room_in_english_and_an_entrance_in_chinese():
    assert meaning("Unit").field is Field.ROOM
    assert meaning("单元").field is Field.ENTRANCE


def test_a_column_called_entrance_that_holds_rooms_is_the_room():
    grid = a_grid(["楼栋", "单元", "业主"], ["3", "1202", "陈建国"], ["3", "1203", "李敏"])

    assert fields(grid) == [Field.BUILDING, Field.ROOM, Field.OWNER]


def test_a_kind_of_flat_is_not_a_kind_of_owner():
    of_flats = a_grid(["房号", "类型", "业主"], ["1202", "住宅", "陈建国"], ["101", "商铺", "李敏"])
    of_owners = a_grid(["房号", "类型", "业主"], ["1202", "个人", "陈建国"], ["101", "公司", "某某有限公司"])

    assert fields(of_flats) == [Field.ROOM, Field.OWNER]
    assert fields(of_owners) == [Field.ROOM, Field.OWNER_KIND, Field.OWNER]


def test_of_two_columns_that_mean_the_same_the_first_counts_and_the_second_is_named():
    found = find_headings(a_grid(["房号", "业主", "业主姓名"]))

    assert [unused.heading for unused in found.unused] == ["业主姓名"]


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ([["3", "1", "1202", "陈建国"]], "roster:no_headings"),
        ([["产品", "数量", "单价"], ["螺丝", 5, 0.2]], "roster:no_headings"),
        ([["楼栋", "业主", "电话"], ["3", "陈建国", "13812345678"]], "roster:no_room_column"),
    ],
)
def test_a_sheet_without_headings_is_refused(rows, code):
    with pytest.raises(Refused) as refused:
        read_roster(read_sheets("r.xlsx", a_workbook(rows)))

    assert refused.value.code == code


def a_grid(*rows):
    return Grid("", tuple(tuple(row) for row in rows))


def fields(grid):
    return [column.field for column in find_headings(grid).columns]
