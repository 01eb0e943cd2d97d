"""Rows of one unit belong together; who is who; what contradicts itself is refused."""

import pytest

from app.estates.roster.households import take_together
from tests.estates.roster.builders import codes, the_roster, under_headings


def test_a_second_owner_in_a_second_row_is_a_co_owner():
    together = together_of(["3", "1", "1202", "张三", "13812345678"], ["3", "1", "1202", "李四", "13912345678"])

    (household,) = together.households
    assert [together.people[number].name for number in household.owners] == ["张三", "李四"]
    assert [line.at.row for line in household.lines] == [2, 3]


def test_a_row_that_repeats_another_is_passed_over_and_says_which():
    together = together_of(
        ["3", "1", "1202", "张三", "13812345678"], ["03栋", "1单元", "1202室", "张 三", "138-1234-5678"]
    )

    assert together.passed_over[-1].why.code == "roster:repeated"
    assert dict(together.passed_over[-1].why.values)["row"] == "2"
    assert len(together.households[0].lines) == 1


def test_a_nought_eaten_by_the_spreadsheet_makes_no_second_unit():
    together = together_of(["3", "1", "0301", "张三", ""], ["3", "1", 301.0, "李四", ""])

    assert len(together.households) == 1


def test_one_owner_of_two_units_is_one_person():
    together = together_of(["3", "1", "1202", "张三", "13812345678"], ["5", "1", "101", "张三", "13812345678/88012345"])

    assert [person.name for person in together.people] == ["张三"]
    assert together.people[0].phones == ("13812345678", "88012345")


def test_the_same_name_with_another_phone_is_another_person():
    together = together_of(["3", "1", "1202", "张三", "13812345678"], ["5", "1", "101", "张三", "13912345678"])

    assert len(together.people) == 2


def test_a_name_without_a_phone_is_one_person_within_its_unit_only():
    together = together_of(
        ["3", "1", "1202", "张三", ""], ["5", "1", "101", "张三", ""], ["5", "1", "101", "张三", "13812345678"]
    )

    assert [person.phones for person in together.people] == [(), ("13812345678",)]


def test_a_company_is_one_whatever_its_phone():
    together = together_of(
        ["3", "1", "101", "锦绣贸易有限公司", "0571-88012345"], ["3", "1", "102", "锦绣贸易有限公司", "13812345678"]
    )

    assert len(together.people) == 1


@pytest.mark.parametrize(
    ("headings", "first", "second"),
    [
        (["房号", "面积"], ["3-1-1202", 98.6], ["3-1-1202", 89]),
        (["房号", "楼层"], ["3-1-1202", 12], ["3-1-1202", 11]),
        (["房号", "交付日期"], ["3-1-1202", "2024-05-18"], ["3-1-1202", "2024-05-19"]),
        (["房号", "入住状态"], ["3-1-1202", "自住"], ["3-1-1202", "出租"]),
        (["房号", "业主", "电话"], ["3-1-1202", "张三", "13812345678"], ["3-1-1202", "张三", "13912345678"]),
    ],
)
def test_rows_that_contradict_each_other_are_refused_both(headings, first, second):
    together = take_together(the_roster([headings, first, second]))

    assert not together.households
    assert [codes(line.problems) for line in together.refused] == [["roster:rows_contradict"]] * 2
    assert dict(together.refused[0].problems[0].values)["rows"] == "2, 3"


def test_a_person_who_contradicts_themself_across_units_is_refused():
    headings = ["房号", "业主", "电话", "身份证号"]
    together = take_together(
        the_roster([headings, ["3-1-1202", "张三", "13812345678", "1234"], ["5-1-101", "张三", "13812345678", "9999"]])
    )

    assert [codes(line.problems) for line in together.refused] == [["roster:people_contradict"]] * 2


def test_all_rows_of_a_unit_stand_or_fall_together():
    together = together_of(
        ["3", "1", "1202", "张三", "1381234"], ["3", "1", "1202", "李四", "13912345678"], ["3", "1", "1203", "王五", ""]
    )

    assert [codes(line.problems) for line in together.refused] == [
        ["roster:phone_unreadable"],
        ["roster:row_of_unit_refused"],
    ]
    assert [household.told.number for household in together.households] == ["1203"]


def together_of(*rows):
    return take_together(the_roster(under_headings(*rows)))
