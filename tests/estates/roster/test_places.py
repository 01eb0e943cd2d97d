"""A unit is found however its place is written."""

import pytest

from app.estates.roster.cells import Misread
from app.estates.roster.places import Place, building_name, entrance_name, floor_number, floor_of, key, read_place


@pytest.mark.parametrize(
    ("words", "building", "entrance", "number"),
    [
        ("3-1-1202", "3", "1", "1202"),
        ("03-01-0301", "3", "1", "0301"),
        ("3栋1单元1202室", "3", "1", "1202"),
        ("三栋二单元1202", "3", "2", "1202"),
        ("3号楼1单元1202号", "3", "1", "1202"),
        ("3号1单元1202", "3", "1", "1202"),
        ("3幢1202", "3", None, "1202"),
        ("3#1202", "3", None, "1202"),
        ("3#1-1202", "3", "1", "1202"),
        ("3#楼-1-1202", "3", "1", "1202"),
        ("3/1/1202", "3", "1", "1202"),
        ("A座1202", "A", None, "1202"),
        ("东区3栋1202", "东区3", None, "1202"),
        ("1单元1202", None, "1", "1202"),
        ("3-1202", "3", None, "1202"),
        ("1202室", None, None, "1202"),
        ("1202", None, None, "1202"),
        ("商铺12", None, None, "商铺12"),
        ("12a", None, None, "12A"),
        ("Building 3, Entrance 1, Room 1202", "3", "1", "1202"),
        ("Block A 1202", "A", None, "1202"),
        ("Unit 1202", None, None, "1202"),
    ],
)
def test_a_place_in_one_cell(words, building, entrance, number):
    assert read_place(words) == Place(building, entrance, None, number)


@pytest.mark.parametrize(
    ("words", "entrance", "number"), [("1-1202", "1", "1202"), ("S1-01", None, "S1-01"), ("1202", None, "1202")]
)
def test_beside_a_building_two_figures_are_entrance_and_room(words, entrance, number):
    assert read_place(words, building_known=True) == Place(None, entrance, None, number)


def test_a_floor_between_entrance_and_room_is_a_floor():
    assert read_place("3栋1单元12层1202室") == Place("3", "1", 12, "1202")


@pytest.mark.parametrize("words", ["3-1-2-1202", "3栋4栋1202", "12层"])
def test_what_is_no_place_is_refused(words):
    with pytest.raises(Misread):
        read_place(words)


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("3", "3"),
        ("03", "3"),
        ("3栋", "3"),
        ("第3栋", "3"),
        ("3号楼", "3"),
        ("3#", "3"),
        ("#3", "3"),
        ("三幢", "3"),
        ("十二栋", "12"),
        ("二十一栋", "21"),
        ("a座", "A"),
        ("Building 3", "3"),
        ("Block A", "A"),
        ("3 栋", "3"),
        ("0", "0"),
        ("东区3栋", "东区3"),
        ("会所", "会所"),
    ],
)
def test_ways_to_write_a_building(words, name):
    assert building_name(words) == name


@pytest.mark.parametrize(
    ("words", "name"),
    [("1单元", "1"), ("一单元", "1"), ("01", "1"), ("甲单元", "甲"), ("Entrance 2", "2"), ("无", ""), ("-", "")],
)
def test_ways_to_write_an_entrance(words, name):
    assert entrance_name(words) == name


@pytest.mark.parametrize(
    ("words", "floor"),
    [
        ("12", 12),
        ("12层", 12),
        ("12F", 12),
        ("十二楼", 12),
        ("第3层", 3),
        ("12/33", 12),
        ("B1", -1),
        ("地下1层", -1),
        ("-1", -1),
        ("负二层", -2),
        ("", None),
    ],
)
def test_ways_to_write_a_floor(words, floor):
    assert floor_number(words) == floor


def test_what_is_no_floor_is_refused():
    with pytest.raises(Misread):
        floor_number("跃层")


@pytest.mark.parametrize(
    ("number", "floor"), [("1202", 12), ("0301", 3), ("301", 3), ("12", None), ("0012", None), ("S101", None)]
)
def test_a_room_number_tells_its_floor(number, floor):
    assert floor_of(number) == floor


def test_a_nought_that_a_spreadsheet_has_eaten_makes_no_other_unit():
    assert key("3", "1", "0301") == key("3", "1", "301")
    assert key("A", "", "12A") == key("a", "", "12a")
    assert key("3", "1", "0") != key("3", "1", "")
