"""What people write in cells and spreadsheets bend is read as it was meant, or refused."""

from datetime import date, datetime

import pytest
from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH

from app.estates.roster import cells
from app.estates.roster.cells import Misread
from app.estates.roster.days import day
from app.estates.roster.names import kind_of, names
from app.estates.roster.phones import phone_numbers
from app.estates.rules import Occupancy, PersonKind

EPOCH = WINDOWS_EPOCH
A_MORNING = datetime.fromisoformat("2024-05-18")  # as openpyxl reads a day


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (1202.0, "1202"),
        ("1202.0", "1202"),
        (98.60000000000001, "98.6"),
        ("１２０２　室", "1202 室"),
        (" a\u00a0\u200b b\ufeff ", "a b"),
        ("a\r\nb", "a b"),
        ("a_x000D_\nb", "a b"),
        ("3—1–1202", "3-1-1202"),
        (True, "是"),
        (None, ""),
        (A_MORNING, "2024-05-18"),
        ("a\x00\x07\ud800b", "ab"),
    ],
)
def test_a_cell_is_one_clean_line(value, expected):
    assert cells.text(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (13812345678.0, ["13812345678"]),
        (13812345678, ["13812345678"]),
        ("13812345678.0", ["13812345678"]),
        ("1.3812345678E10", ["13812345678"]),
        ("1.381234567E+10", ["13812345670"]),
        ("138 1234 5678", ["13812345678"]),
        ("138-1234-5678", ["13812345678"]),
        ("+86 138 1234 5678", ["13812345678"]),
        ("0086-13812345678", ["13812345678"]),
        ("8613812345678", ["13812345678"]),
        ("１３８１２３４５６７８", ["13812345678"]),
        ("\u00a013812345678\u202c", ["13812345678"]),
        ("'13812345678", ["13812345678"]),
        ("手机：13812345678", ["13812345678"]),
        ("13812345678/13987654321", ["13812345678", "13987654321"]),
        ("13812345678、13987654321", ["13812345678", "13987654321"]),
        ("13812345678 13987654321", ["13812345678", "13987654321"]),
        ("13812345678\n13987654321", ["13812345678", "13987654321"]),
        ("13812345678和13987654321", ["13812345678", "13987654321"]),
        ("1381234567813987654321", ["13812345678", "13987654321"]),
        ("13812345678、13812345678", ["13812345678"]),
        ("0571-88012345", ["0571-88012345"]),
        ("(0571)88012345", ["0571-88012345"]),
        ("057188012345", ["0571-88012345"]),
        ("010-62345678转801", ["010-62345678-801"]),
        ("0571-88012345-801", ["0571-88012345-801"]),
        ("+86 571 88012345", ["0571-88012345"]),
        ("88012345", ["88012345"]),
        ("400-800-1234", ["4008001234"]),
        ("+852 9123 4567", ["+85291234567"]),
        ("无", []),
        ("—", []),
        (None, []),
    ],
)
def test_phone_numbers(value, expected):
    assert list(phone_numbers(value).numbers) == expected


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("1.38E+10", "roster:phone_cut_off"),
        ("1.38123E+10", "roster:phone_cut_off"),
        ("1381234567", "roster:phone_unreadable"),
        ("138123456789", "roster:phone_unreadable"),
        (57188012345.0, "roster:phone_unreadable"),
        (138.5, "roster:phone_unreadable"),
        ("138****5678", "roster:phone_masked"),
        ("13812345678、12", "roster:phone_unreadable"),
    ],
)
def test_what_is_no_phone_number_is_refused(value, code):
    assert misread(phone_numbers, value) == code


@pytest.mark.parametrize(
    ("value", "beside"),
    [("13812345678（微信同号）", "微信同号"), ("李太太 13812345678", "李太太"), ("电话：13812345678", "")],
)
def test_what_stands_beside_a_number_is_kept_apart(value, beside):
    assert phone_numbers(value).beside == beside


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (A_MORNING, date(2024, 5, 18)),
        (date(2024, 5, 18), date(2024, 5, 18)),
        (45430, date(2024, 5, 18)),
        (45430.0, date(2024, 5, 18)),
        (20240518, date(2024, 5, 18)),
        ("2024/5/18", date(2024, 5, 18)),
        ("2024-05-18", date(2024, 5, 18)),
        ("2024.5.18", date(2024, 5, 18)),
        ("２０２４年５月１８日", date(2024, 5, 18)),
        ("2024 年 5 月 18 日", date(2024, 5, 18)),
        ("20240518", date(2024, 5, 18)),
        ("2024-05-18 00:00:00", date(2024, 5, 18)),
        ("18/5/2024", date(2024, 5, 18)),
        ("5/18/2024", date(2024, 5, 18)),
        ("5/5/2024", date(2024, 5, 5)),
        ("18 May 2024", date(2024, 5, 18)),
        ("May 18, 2024", date(2024, 5, 18)),
        ("2024.5", date(2024, 5, 1)),
        (2024.5, date(2024, 5, 1)),
        ("2024年5月", date(2024, 5, 1)),
        ("2024-10", date(2024, 10, 1)),
    ],
)
def test_days(value, expected):
    found = day(value, EPOCH)

    assert found.day == expected
    assert found.month_only == (expected.day == 1)


def test_day_numbers_follow_the_epoch_of_their_workbook():
    assert day(43968, MAC_EPOCH).day == date(2024, 5, 18)


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (2024.1, "roster:date_ambiguous"),
        ("5/6/2024", "roster:date_ambiguous"),
        ("2024年", "roster:date_unreadable"),
        (2024, "roster:date_unreadable"),
        ("2024-02-30", "roster:date_unreadable"),
        ("soon", "roster:date_unreadable"),
        (0.5, "roster:date_unreadable"),
        (-1, "roster:date_unreadable"),
        (float("inf"), "roster:date_unreadable"),
        ("0024-05-18", "roster:date_unreadable"),
    ],
)
def test_what_is_no_day_is_refused(value, code):
    assert misread(lambda given: day(given, EPOCH), value) == code


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (98.6, "98.6"),
        (98.60000001, "98.6"),
        (89, "89"),
        (100.0, "100"),
        ("98.6㎡", "98.6"),
        ("98.60 平方米", "98.6"),
        ("９８．６ m2", "98.6"),
        ("1,234.5", "1234.5"),
        ("-", None),
    ],
)
def test_areas(value, expected):
    assert cells.area(value) == expected


@pytest.mark.parametrize("value", [0, -5, "abc", "98,6", 1e9, float("nan"), "约90", 0.001])
def test_what_is_no_area_is_refused(value):
    assert misread(cells.area, value) == "roster:area_unreadable"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("陈建国", ["陈建国"]),
        ("陈 建 国", ["陈建国"]),
        ("张  三", ["张三"]),
        ("张三、李四", ["张三", "李四"]),
        ("张三,李四", ["张三", "李四"]),
        ("张三，李四；王五", ["张三", "李四", "王五"]),
        ("张三/李四", ["张三", "李四"]),
        ("张三\n李四", ["张三", "李四"]),
        ("张三和李四", ["张三", "李四"]),
        ("张三 李四", ["张三", "李四"]),
        ("张三、张三", ["张三"]),
        ("李和平", ["李和平"]),
        ("欧阳 娜娜", ["欧阳娜娜"]),
        ("杭州和平贸易有限公司", ["杭州和平贸易有限公司"]),
        ("杭州（中国）有限公司", ["杭州(中国)有限公司"]),
        ("ABC Co., Ltd.", ["ABC Co., Ltd."]),
        ("Smith, John", ["Smith, John"]),
        ("John Smith, Mary Smith", ["John Smith", "Mary Smith"]),
        ("John Smith and Mary Smith", ["John Smith", "Mary Smith"]),
        ("阿依古丽•买买提", ["阿依古丽·买买提"]),
        ("张三（已故）", ["张三"]),
        ("喆玥珺", ["喆玥珺"]),
        ("𠮷田", ["𠮷田"]),
        ("未售", []),
        ("/", []),
        (None, []),
    ],
)
def test_names(value, expected):
    assert list(names(value).names) == expected


@pytest.mark.parametrize("value", ["13812345678", 13812345678.0, 1202, "***", "张三13812345678"])
def test_what_is_no_name_is_refused(value):
    assert misread(names, value) == "roster:name_unreadable"


def test_what_stands_in_brackets_behind_a_name_is_kept_apart():
    assert names("张三（已故）、李四(配偶)").beside == "已故 配偶"


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("杭州和平贸易有限公司", PersonKind.COMPANY),
        ("锦绣集团", PersonKind.COMPANY),
        ("红星机械厂", PersonKind.COMPANY),
        ("社区服务中心", PersonKind.COMPANY),
        ("ABC Co., Ltd.", PersonKind.COMPANY),
        ("Golden Gate Limited", PersonKind.COMPANY),
        ("陈建国", PersonKind.PERSON),
        ("李中心", PersonKind.PERSON),
        ("王厂", PersonKind.PERSON),
        ("Marco Polo", PersonKind.PERSON),
    ],
)
def test_a_company_is_known_by_its_name(name, kind):
    assert kind_of(name) is kind


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("33010619800101123x", "123X"),
        ("330106 19800101 1234", "1234"),
        ("**************1234", "1234"),
        ("1234", "1234"),
        (1234, "1234"),
        ("E12345678", "5678"),
        ("无", None),
    ],
)
def test_only_the_last_four_signs_of_an_identity_number_are_kept(value, expected):
    assert cells.id_last4(value) == expected


@pytest.mark.parametrize("value", [330106198001011234.0, 330106198001011200, "3.30106E+17"])
def test_an_identity_number_that_a_spreadsheet_rounded_is_not_believed(value):
    assert misread(cells.id_last4, value) == "roster:id_lost"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("自住", Occupancy.OWNER),
        ("是", Occupancy.OWNER),
        ("出 租", Occupancy.LET),
        ("空置", Occupancy.VACANT),
        ("装修中", Occupancy.VACANT),
        ("Vacant", Occupancy.VACANT),
        ("—", None),
    ],
)
def test_who_lives_there(value, expected):
    assert cells.occupancy(value) is expected


def misread(read, value):
    with pytest.raises(Misread) as refused:
        read(value)
    return refused.value.code
