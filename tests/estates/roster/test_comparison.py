"""What a roster would do to what is known, row by row; and doing it twice is doing it once."""

import uuid
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.errors import Refused
from app.estates.roster.comparison import Change, Plan, Relation, compare
from app.estates.roster.grid import Book, Grid
from app.estates.roster.households import Households, take_together
from app.estates.roster.known import Held, Known, KnownPerson, KnownUnit
from app.estates.roster.sheets import read_roster
from app.estates.rules import Occupancy, PersonKind
from tests.estates.roster.builders import codes, the_roster, under_headings

TODAY = date(2026, 11, 23)
CHEN = KnownPerson(uuid.UUID(int=1), "陈建国", PersonKind.PERSON, ("13812345678",))
LI = KnownPerson(uuid.UUID(int=2), "李敏", PersonKind.PERSON, ("13912345678",))


def test_an_empty_estate_gets_every_unit_and_person():
    plan = planned(["3", "1", "1202", "陈建国、李敏", "13812345678"], ["3", "1", "1203", "陈建国", "13812345678"])

    assert [(unit.unit_id, unit.number, len(unit.begins)) for unit in plan.units] == [
        (None, "1202", 2),
        (None, "1203", 1),
    ]
    assert [person.name for person in plan.new_people.values()] == ["陈建国", "李敏"]
    assert plan.units[0].facts == {"floor": (None, 12), "occupancy": (None, Occupancy.OWNER)}


def test_what_is_known_already_changes_nothing():
    plan = planned(["3", "1", "1202", "陈建国", "13812345678"], known=home_of(CHEN))

    assert plan.changes_nothing
    assert said(plan) == [[]]


def test_a_fact_that_differs_is_changed_and_a_blank_one_is_left():
    known = home_of(CHEN, area="98.60", layout="三室两厅")
    plan = compare(
        together([["房号", "面积", "户型", "交付日期"], ["3-1-1202", "98.6", None, "2018-05-18"]]), known, TODAY
    )

    assert said(plan) == [[Change("handover_on", None, date(2018, 5, 18))]]


def test_care_notes_are_added_to_those_from_visits():
    known = home_of(CHEN, care=("行动不便",))
    plan = compare(together([["房号", "关怀"], ["3-1-1202", "独居老人"]]), known, TODAY)

    assert said(plan) == [[Change("care", ("行动不便",), ("行动不便", "独居老人"))]]


def test_another_owner_means_that_one_ownership_ends_and_another_begins():
    plan = planned(["3", "1", "1202", "李敏", "13912345678"], known=home_of(CHEN))

    (unit,) = plan.units
    assert [(end.person_id, end.until) for end in unit.ends] == [(CHEN.id, TODAY)]
    assert [(begins.number, begins.since) for begins in unit.begins] == [(0, TODAY)]
    assert said(plan) == [
        [Change("owner_begins", new=TODAY, about="李敏"), Change("owner_ends", TODAY, about="陈建国")]
    ]


def test_a_purchase_date_is_where_one_ownership_ends_and_the_next_begins():
    rows = [["房号", "业主", "电话", "购房日期"], ["3-1-1202", "李敏", "13912345678", "2025-03-01"]]

    (unit,) = compare(together(rows), home_of(CHEN), TODAY).units

    assert unit.ends[0].until == unit.begins[0].since == date(2025, 3, 1)


def test_a_purchase_in_the_future_is_refused():
    rows = [["房号", "业主", "购房日期"], ["3-1-1202", "李敏", "2027-03-01"]]

    plan = compare(together(rows), home_of(CHEN), TODAY)

    assert codes(plan.refused[0].problems) == ["roster:date_in_future"]


def test_a_row_without_owner_ends_nothing():
    assert planned(["3", "1", "1202", None, None], known=home_of(CHEN)).changes_nothing


def test_a_co_owner_who_is_not_named_any_more_ends():
    known = home_of(CHEN, LI)

    plan = planned(["3", "1", "1202", "陈建国", "13812345678"], known=known)

    assert [end.person_id for end in plan.units[0].ends] == [LI.id]
    assert not plan.units[0].begins


def test_a_new_co_owner_in_a_second_row_is_that_rows_change():
    plan = planned(
        ["3", "1", "1202", "陈建国", "13812345678"], ["3", "1", "1202", "李敏", "13912345678"], known=home_of(CHEN)
    )

    assert said(plan) == [[], [Change("owner_begins", new=TODAY, about="李敏")]]


def test_a_tenant_leaves_the_owners_alone():
    rows = [["房号", "业主", "电话", "租户"], ["3-1-1202", "陈建国", "13812345678", "赵磊"]]

    plan = compare(together(rows), home_of(CHEN), TODAY)

    assert [(begins.relation, begins.since) for begins in plan.units[0].begins] == [(Relation.TENANT, TODAY)]
    assert not plan.units[0].ends


# Who is who


def test_an_owner_with_a_new_number_stays_and_gets_it():
    plan = planned(["3", "1", "1202", "陈建国", "13700000000"], known=home_of(CHEN))

    assert plan.units[0].is_nothing
    assert said(plan) == [[Change("phones", ("13812345678",), ("13700000000",), about="陈建国")]]


def test_a_further_number_is_added():
    plan = planned(["3", "1", "1202", "陈建国", "13700000000/13812345678"], known=home_of(CHEN))

    assert plan.people[0].facts["phones"][1] == ("13812345678", "13700000000")


def test_an_owner_without_a_number_stays():
    assert planned(["3", "1", "1202", "陈建国", None], known=home_of(CHEN)).changes_nothing


def test_a_known_owner_who_buys_another_unit_is_no_new_person():
    plan = planned(
        ["3", "1", "1202", "陈建国", "13812345678"], ["5", "1", "101", "陈建国", "13812345678"], known=home_of(CHEN)
    )

    assert not plan.new_people
    assert plan.units[1].begins[0].person_id == CHEN.id


def test_a_namesake_whose_number_is_told_elsewhere_is_another_person():
    plan = planned(
        ["3", "1", "1202", "陈建国", "13700000000"], ["5", "1", "101", "陈建国", "13812345678"], known=home_of(CHEN)
    )

    assert plan.units[0].begins[0].number is not None
    assert [end.person_id for end in plan.units[0].ends] == [CHEN.id]
    assert plan.units[1].begins[0].person_id == CHEN.id


def test_a_company_is_known_by_its_name_whatever_its_number():
    firm = KnownPerson(uuid.UUID(int=3), "锦绣贸易有限公司", PersonKind.COMPANY, ("88012345",))

    plan = planned(["3", "1", "1202", "锦绣贸易 有限公司", "0571-88010000"], known=home_of(firm))

    assert plan.units[0].is_nothing
    assert plan.people[0].facts == {"phones": (("88012345",), ("0571-88010000",))}


# Which unit is which


def test_a_nought_lost_in_the_file_finds_the_unit():
    known = home_of(CHEN, number="0301")

    plan = planned(["3", "1", 301.0, "陈建国", "13812345678"], known=known)

    assert plan.changes_nothing
    assert plan.standing[0].unit == "3-1-0301"


@pytest.mark.parametrize(("known_entrance", "told_entrance"), [("1", ""), ("", "1")])
def test_the_only_entrance_of_a_building_may_be_left_out(known_entrance, told_entrance):
    known = home_of(CHEN, entrance=known_entrance)

    plan = planned(
        ["3", told_entrance, "1202", "陈建国", "13812345678"], ["3", told_entrance, "1203", "", ""], known=known
    )

    assert [unit.unit_id is None for unit in plan.units] == [False, True]
    assert [unit.entrance for unit in plan.units] == [known_entrance, known_entrance]


def test_a_row_that_leaves_out_which_entrance_is_refused():
    known = home_of(CHEN, entrance="1")
    known = Known((*known.units, replace(known.units[0], id=uuid.UUID(int=99), entrance="2")), known.people)

    plan = planned(["3", "", "1202", "陈建国", "13812345678"], known=known)

    assert codes(plan.refused[0].problems) == ["roster:entrance_missing"]


def test_entrances_where_none_are_known_are_refused():
    plan = planned(["3", "1", "1202", "", ""], ["3", "2", "1202", "", ""], known=home_of(CHEN, entrance=""))

    assert {codes(line.problems)[0] for line in plan.refused} == {"roster:entrance_unlike"}


def test_units_that_the_roster_does_not_name_are_counted():
    assert planned(["5", "1", "101", "李敏", ""], known=home_of(CHEN)).untouched == 1


def test_the_digest_tells_whether_anything_is_different():
    rows = (["3", "1", "1202", "李敏", "13912345678"],)

    assert planned(*rows, known=home_of(CHEN)).digest() == planned(*rows, known=home_of(CHEN)).digest()
    assert planned(*rows, known=home_of(CHEN)).digest() != planned(*rows, known=home_of(LI)).digest()
    assert planned(*rows, known=home_of(CHEN, area="90")).digest() == planned(*rows, known=home_of(CHEN)).digest()


# Doing it twice

NAMES = ["陈建国", "李敏", "陈建国、李敏", "锦绣贸易有限公司", "陈建国(已故)", "王芳、陈建国", ""]
PHONES = ["", "13800000001", "13800000002", "13800000003", "13800000001/13800000002", "13800000002、13800000003"]
ROWS = st.lists(
    st.tuples(
        st.sampled_from(["3", "3栋", "5", ""]),
        st.sampled_from(["", "1", "2"]),
        st.sampled_from(["101", "0101", "102", "5-1-101", "1-102", 101.0]),
        st.sampled_from(["", "98.6", 98.6, 89]),
        st.sampled_from(["", "自住", "出租", "空置"]),
        st.sampled_from(NAMES),
        st.sampled_from(PHONES),
        st.sampled_from(["", "", "", "1234", "5678"]),
        st.sampled_from(["", "李敏", "赵磊"]),
        st.sampled_from(PHONES[:3]),
        st.sampled_from(["", "", "2024-05-18", "2025-06-01"]),
        st.sampled_from(["", "独居", "独居、行动不便"]),
    ),
    min_size=1,
    max_size=7,
)
COLUMNS = (
    "楼栋",
    "单元",
    "房号",
    "面积",
    "入住状态",
    "业主",
    "业主电话",
    "身份证号",
    "租户",
    "租户电话",
    "购房日期",
    "关怀",
)


@settings(max_examples=250, deadline=None)
@given(st.lists(ROWS, min_size=1, max_size=3))
def test_importing_the_same_file_twice_changes_nothing(files):
    known = Known()
    for rows in files:
        try:
            told = take_together(read_roster(Book((Grid("", (COLUMNS, *rows)),))))
        except Refused:
            continue
        known = taken_over(compare(told, known, TODAY), known)

        again = compare(told, known, TODAY)

        assert again.changes_nothing, [unit for unit in again.units if not unit.is_nothing] + list(again.people)


def taken_over(plan: Plan, known: Known) -> Known:
    """What is known afterwards: a small database in memory."""
    units = {unit.id: unit for unit in known.units}
    people = {person.id: person for person in known.people}
    ids = {number: uuid.uuid4() for number in plan.new_people}
    for number, person in plan.new_people.items():
        people[ids[number]] = KnownPerson(
            ids[number],
            person.name,
            person.kind,
            person.phones,
            person.id_last4,
            person.legal_representative,
            person.licence_no,
        )
    for changed in plan.people:
        facts = {fact: new for fact, (_old, new) in changed.facts.items()}
        people[changed.person_id] = replace(people[changed.person_id], **facts)
    for planned_unit in plan.units:
        key = planned_unit.unit_id or uuid.uuid4()
        unit = units.get(key) or KnownUnit(key, planned_unit.building, planned_unit.entrance, planned_unit.number)
        assert planned_unit.unit_id or not any(
            (known.building, known.entrance, known.number) == (unit.building, unit.entrance, unit.number)
            for known in units.values()
        )
        unit = replace(unit, **{fact: new for fact, (_old, new) in planned_unit.facts.items()})
        ended = {end.held_id for end in planned_unit.ends}
        for relation, held in ((Relation.OWNER, "owners"), (Relation.TENANT, "tenants")):
            stay = [one for one in getattr(unit, held) if one.id not in ended]
            come = [
                Held(uuid.uuid4(), begins.person_id or ids[begins.number], begins.since)
                for begins in planned_unit.begins
                if begins.relation is relation
            ]
            unit = replace(unit, **{held: (*stay, *come)})
        units[key] = unit
    return Known(tuple(units.values()), tuple(sorted(people.values(), key=lambda person: person.id)))


def home_of(*owners: KnownPerson, number: str = "1202", entrance: str = "1", **facts) -> Known:
    held = tuple(Held(uuid.UUID(int=100 + place), owner.id, date(2024, 5, 18)) for place, owner in enumerate(owners))
    unit = KnownUnit(uuid.UUID(int=50), "3", entrance, number, floor=12, owners=held, **facts)
    return Known((unit,), owners)


def together(rows) -> Households:
    return take_together(the_roster(rows))


def planned(*rows, known: Known = Known()) -> Plan:
    return compare(together(under_headings(*rows)), known, TODAY)


def said(plan: Plan) -> list[list[Change]]:
    return [list(row.changes) for row in plan.standing]
