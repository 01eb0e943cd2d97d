"""Units as somebody writes them down who orders a visit there."""

from datetime import date

import pytest
from flask import Flask

from app.estates.models import Estate
from app.estates.naming import MOST_LINES, units_meant
from tests.builders import a_unit, an_estate, an_owner

DAY = date(2026, 11, 23)


@pytest.fixture
def estate(context: Flask) -> Estate:
    estate = an_estate()
    for building, entrance, number in (("3", "1", "1202"), ("3", "1", "0301"), ("3", "2", "1202"), ("5", "", "0301")):
        a_unit(estate, number, building=building, entrance=entrance)
    an_owner(a_unit(estate, "0402", building="3"), "陈建国")
    for number in ("0101", "0201"):
        an_owner(a_unit(estate, number, building="5", entrance=""), "王秀英")
    return estate


def meant(estate: Estate, text: str) -> list[tuple[str, list[str]]]:
    return [(one.words, [unit.short for unit in one.units]) for one in units_meant(estate.id, text, DAY)]


@pytest.mark.parametrize(
    ("words", "units"),
    [
        ("3-1-1202", ["3-1-1202"]),
        ("3栋1单元1202室", ["3-1-1202"]),
        ("3 栋 1 单元 1202", ["3-1-1202"]),
        ("Building 3, Entrance 1, 1202", ["3-1-1202"]),
        ("3-1-301", ["3-1-0301"]),
        ("5-0301", ["5-0301"]),
        ("5栋301", ["5-0301"]),
        ("0402", ["3-1-0402"]),
        ("陈建国", ["3-1-0402"]),
        ("cjg", ["3-1-0402"]),
    ],
)
def test_a_line_that_is_clear_means_one_unit(estate: Estate, words: str, units: list[str]) -> None:
    assert meant(estate, words) == [(words, units)]


@pytest.mark.parametrize(
    ("words", "units"),
    [("1202", ["3-1-1202", "3-2-1202"]), ("王秀英", ["5-0201", "5-0101"]), ("9-9-9999", []), ("？？", [])],
)
def test_a_line_that_can_mean_several_or_none_says_so(estate: Estate, words: str, units: list[str]) -> None:
    [(said, found)] = meant(estate, words)

    assert (said, sorted(found)) == (words, sorted(units))
    assert not units_meant(estate.id, words, DAY)[0].is_clear


def test_many_are_pasted_at_once_whichever_way_they_stand_apart(estate: Estate) -> None:
    text = "3-1-1202\r\n\n3-2-1202；5-0301\t0402\n3-1-0301, 5-0101，没有的\n"

    assert meant(estate, text) == [
        ("3-1-1202", ["3-1-1202"]),
        ("3-2-1202", ["3-2-1202"]),
        ("5-0301", ["5-0301"]),
        ("0402", ["3-1-0402"]),
        ("3-1-0301", ["3-1-0301"]),
        ("5-0101", ["5-0101"]),
        ("没有的", []),
    ]


def test_nobody_of_another_estate_is_meant(estate: Estate) -> None:
    assert meant(an_estate(), "3-1-1202") == [("3-1-1202", [])]


def test_what_is_longer_than_any_name_is_not_looked_for_and_the_list_has_an_end(estate: Estate) -> None:
    """SQLite refuses to look for so much."""
    assert meant(estate, "长" * 30_000) == [("长" * 30_000, [])]
    assert len(units_meant(estate.id, "甲 " * 2_000, DAY)) == MOST_LINES
