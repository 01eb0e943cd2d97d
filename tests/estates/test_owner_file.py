"""The owner file: its fields with history, people who come and go, a sale, and the day where the estate stands."""

import json
import uuid
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from app.core import waits
from app.core.clock import local_date
from app.core.db import db
from app.core.errors import Outdated, Refused
from app.core.ids import new_id
from app.core.journal import By, JournalLine, history
from app.estates.corrections import wait_for_the_office
from app.estates.file_queries import file_history
from app.estates.file_rules import Part, warranties
from app.estates.models import FileChange, FileCorrection, Ownership, Person, Tenancy, Unit
from app.estates.owner_file import (
    Hand,
    Newcomer,
    change_fields,
    last_numbers,
    member_joins,
    member_leaves,
    move_in_person,
    move_out,
    sell,
    value_of,
)
from app.estates.queries import owners_on, tenants_on
from app.estates.rules import Occupancy
from tests.builders import NOBODY, NOW, TODAY, a_home, an_estate, an_owner

HAND = Hand(NOBODY, NOW, TODAY)


def newcomer(name: str = "许文", phone: str = "13900001111") -> Newcomer:
    return Newcomer(new_id(), name, phone)


def told(unit: Unit) -> list[tuple[str, Any, Any]]:
    return [(change.line.field, change.was, change.became) for change in reversed(file_history(unit))]


def test_a_field_keeps_what_it_was_and_the_journal_only_its_name(context: Flask) -> None:
    unit = a_home(an_estate())
    owner = unit.ownerships[0].person

    changed = change_fields(owner, unit, {"phone": "13900001111", "name": "陈建国"}, HAND)
    db.session.commit()

    assert changed == ["phone"]
    assert told(unit) == [("phone", "13812346021", "13900001111")]
    line = history(unit.id)[-1]
    assert (line.kind, line.data) == ("file:changed", {"fields": ["phone"], "person": str(owner.id)})


def test_no_value_of_an_owner_file_stands_in_the_journal(context: Flask) -> None:
    unit = a_home(an_estate())

    change_fields(unit.ownerships[0].person, unit, {"emergency_name": "张丽", "id_last4": "602X"}, HAND)
    member_joins(unit, new_id(), "王小明", "儿子", "13700002222", HAND)
    move_in_person(unit, newcomer("Daniel Fischer"), Tenancy, TODAY, HAND)
    db.session.commit()

    lines = json.dumps([line.data for line in db.session.scalars(sa.select(JournalLine))], ensure_ascii=False)
    assert not [
        words for words in ("张丽", "602X", "王小明", "13700002222", "Fischer", "13900001111") if words in lines
    ]


def test_who_writes_after_somebody_else_is_told_and_nothing_is_overwritten(context: Flask) -> None:
    unit = a_home(an_estate())
    owner = unit.ownerships[0].person
    change_fields(owner, unit, {"phone": "13900001111"}, HAND, seen=0)

    with pytest.raises(Outdated):
        change_fields(owner, unit, {"phone": "13900002222"}, HAND, seen=0)
    change_fields(owner, unit, {"id_last4": "6021"}, HAND, seen=0)
    change_fields(owner, unit, {"phone": "13900002222"}, HAND, seen=last_numbers([owner.id])[owner.id])

    assert (owner.phone, owner.id_last4) == ("13900002222", "6021")


@pytest.mark.parametrize(
    ("part", "until"),
    [
        (Part.WATERPROOFING, date(2029, 5, 18)),
        (Part.PIPES, date(2026, 5, 18)),
        (Part.WIRING, date(2026, 5, 18)),
        (Part.EQUIPMENT, date(2026, 5, 18)),
        (Part.FIT_OUT, date(2026, 5, 18)),
        (Part.HEATING_COOLING, date(2026, 3, 15)),
    ],
)
def test_the_warranty_of_each_part_follows_from_the_handover(part: Part, until: date) -> None:
    found = {warranty.part: warranty for warranty in warranties(date(2024, 5, 18), {})}

    assert (found[part].until, found[part].by_hand) == (until, False)


@pytest.mark.parametrize(
    ("handed_over", "until"),
    [
        (date(2024, 11, 15), date(2026, 9, 15)),
        (date(2024, 11, 16), date(2027, 3, 15)),
        (date(2025, 1, 10), date(2027, 3, 15)),
        (date(2024, 2, 29), date(2026, 3, 15)),
    ],
)
def test_only_seasons_that_begin_after_the_handover_count(handed_over: date, until: date) -> None:
    [heating] = [one for one in warranties(handed_over, {}) if one.part is Part.HEATING_COOLING]

    assert heating.until == until


def test_a_warranty_written_by_hand_stands_until_it_is_taken_away(context: Flask) -> None:
    unit = a_home(an_estate())
    unit.handover_on = date(2024, 5, 18)

    change_fields(unit, unit, {"warranty.pipes": date(2028, 1, 1)}, HAND)
    by_hand = {one.part: one for one in warranties(unit.handover_on, unit.warranty)}[Part.PIPES]
    change_fields(unit, unit, {"warranty.pipes": None}, HAND)

    assert (by_hand.until, by_hand.by_hand) == (date(2028, 1, 1), True)
    assert unit.warranty == {}
    assert told(unit) == [("warranty.pipes", None, "2028-01-01"), ("warranty.pipes", "2028-01-01", None)]


def test_a_sale_ends_every_owner_and_two_begin_together_on_that_day(context: Flask) -> None:
    unit = a_home(an_estate())
    an_owner(unit, "李芳", phone="13700003333")
    unit.care, unit.plates, unit.do_not_disturb = ["家有婴儿"], ["浙A12345"], "12:00–14:00"
    member_joins(unit, new_id(), "陈小宝", "儿子", "", HAND)
    buyers = [newcomer("许文"), newcomer("沈国平", "13900004444")]

    sell(unit, owners_on(unit, TODAY), buyers, TODAY, HAND)
    again = sell(unit, owners_on(unit, TODAY), buyers, TODAY, HAND)
    db.session.commit()

    assert {person.name for person in again} == {"许文", "沈国平"}
    assert {held.person.name for held in owners_on(unit, TODAY - timedelta(days=1))} == {"陈建国", "李芳"}
    assert {held.person.name for held in owners_on(unit, TODAY)} == {"许文", "沈国平"}
    assert [member.until for member in unit.household] == [TODAY]
    assert (unit.care, unit.plates, unit.do_not_disturb) == ([], [], None)


def test_of_two_owners_one_can_sell_alone_and_the_household_stays(context: Flask) -> None:
    unit = a_home(an_estate())
    an_owner(unit, "李芳")
    unit.care = ["独居老人"]
    [sold] = [held for held in owners_on(unit, TODAY) if held.person.name == "李芳"]

    sell(unit, [sold], [newcomer("许文")], TODAY, HAND, household_leaves=False)

    assert {held.person.name for held in owners_on(unit, TODAY)} == {"陈建国", "许文"}
    assert unit.care == ["独居老人"]


def test_two_sales_at_once_are_one_and_the_second_is_told(context: Flask) -> None:
    unit = a_home(an_estate())
    held, seen = owners_on(unit, TODAY), 0
    sell(unit, held, [newcomer("许文")], TODAY, HAND, seen=seen)

    with pytest.raises(Outdated):
        sell(unit, held, [newcomer("沈国平")], TODAY, HAND, seen=seen)

    assert {one.person.name for one in owners_on(unit, TODAY)} == {"许文"}


@pytest.mark.parametrize(
    ("at", "allowed"),
    [
        (datetime(2026, 11, 23, 15, 59, tzinfo=UTC), False),
        (datetime(2026, 11, 23, 16, 0, tzinfo=UTC), True),
    ],
)
def test_a_sale_counts_from_midnight_where_the_estate_stands(context: Flask, at: datetime, allowed: bool) -> None:
    estate = an_estate(time_zone="Asia/Shanghai")
    unit = a_home(estate)
    hand, on = Hand(NOBODY, at, local_date(at, estate.time_zone)), date(2026, 11, 24)

    if not allowed:
        with pytest.raises(Refused, match="in_future"):
            sell(unit, owners_on(unit, hand.today), [newcomer()], on, hand)
        return
    sell(unit, owners_on(unit, hand.today), [newcomer()], on, hand)

    assert [held.person.name for held in owners_on(unit, hand.today)] == ["许文"]


def test_a_sale_cannot_be_before_its_seller_came_nor_without_anybody(context: Flask) -> None:
    unit = a_home(an_estate())
    held = owners_on(unit, TODAY)

    for leaving, buyers, on in [(held, [newcomer()], date(2024, 5, 18)), (held, [], TODAY), ([], [newcomer()], TODAY)]:
        with pytest.raises(Refused), db.session.begin_nested():
            sell(unit, leaving, buyers, on, HAND)

    assert [one.person.name for one in owners_on(unit, TODAY)] == ["陈建国"]


def test_a_tenant_moves_in_and_out_and_the_last_owner_stays(context: Flask) -> None:
    unit = a_home(an_estate())

    tenant = move_in_person(unit, newcomer("Daniel Fischer"), Tenancy, TODAY - timedelta(days=3), HAND)
    let = unit.occupancy
    move_out(unit, tenants_on(unit, TODAY)[0], TODAY, HAND)
    with pytest.raises(Refused, match="last_owner"):
        move_out(unit, owners_on(unit, TODAY)[0], TODAY, HAND)

    assert let is Occupancy.LET
    assert (tenants_on(unit, TODAY), tenants_on(unit, TODAY - timedelta(days=1))[0].person) == ([], tenant)


FIELDS: dict[type[Any], dict[str, list[Any]]] = {
    Person: {
        "name": ["许文", "沈国平"],
        "sex": ["male", "female", None],
        "phone": ["13900001111", "", "057188881234"],
        "other_phones": [[], ["13900002222"], ["13900002222", "13900003333"]],
        "emergency_name": [None, "张丽"],
        "consent_on": [None, date(2026, 1, 2)],
    },
    Unit: {
        "area": ["128.6", None],
        "handover_on": [date(2024, 5, 18), None],
        "occupancy": list(Occupancy),
        "care": [[], ["独居老人"], ["独居老人", "家有婴儿"]],
        "plates": [[], ["浙A12345"]],
        "remarks": ["", "门铃坏了"],
        "warranty.pipes": [None, date(2028, 1, 1)],
        "preferred_contact": [None, "晚上七点后"],
    },
}


@pytest.mark.parametrize("seed", range(6))
def test_history_played_again_is_the_file_as_it_stands(context: Flask, seed: int) -> None:
    chance, unit = Random(seed), a_home(an_estate())
    subjects: list[Any] = [unit, unit.ownerships[0].person]
    at_first = {(one.id, field): value_of(one, field) for one in subjects for field in FIELDS[type(one)]}
    for step in range(30):
        subject = chance.choice(subjects)
        fields = {
            field: chance.choice(values) for field, values in FIELDS[type(subject)].items() if chance.random() < 0.4
        }
        change_fields(subject, unit, fields, Hand(NOBODY, NOW + timedelta(minutes=step), TODAY))
        if chance.random() < 0.2:
            member_joins(unit, new_id(), "陈小宝", "儿子", "", HAND)
        if chance.random() < 0.2 and (still := [one for one in unit.household if one.until is None]):
            member_leaves(unit, chance.choice(still), TODAY, HAND)
        if chance.random() < 0.1:
            sell(unit, owners_on(unit, TODAY), [newcomer()], TODAY, HAND) if _sellable(unit) else None
    db.session.commit()

    played = dict(at_first)
    lines = db.session.scalars(sa.select(FileChange).order_by(FileChange.subject_id, FileChange.number))
    for line in lines:
        key, was, became = (
            (line.subject_id, line.field),
            *(json.loads(text or "null") for text in (line.was, line.became)),
        )
        assert played.get(key, _before(key, unit, was)) == was
        played[key] = became

    for one in [*subjects, *(held.person for held in unit.ownerships)]:
        for field in FIELDS[type(one)]:
            assert played.get((one.id, field)) == value_of(one, field), field
    owners = sorted(str(held.person_id) for held in owners_on(unit, TODAY))
    assert sorted(played.get((unit.id, "owners")) or owners) == owners
    still = [str(member.id) for member in unit.household if member.until is None]
    assert played.get((unit.id, "household")) == (still or None)


def _sellable(unit: Unit) -> bool:
    return all(held.since < TODAY for held in owners_on(unit, TODAY))


def _before(key: tuple[uuid.UUID, str], unit: Unit, was: Any) -> Any:
    """Who owned it at first stands in no history: whoever the first change says."""
    return was if key == (unit.id, "owners") else None


def test_values_can_be_erased_and_nothing_else_of_a_change(context: Flask) -> None:
    unit = a_home(an_estate())
    change_fields(unit.ownerships[0].person, unit, {"phone": "13900001111"}, HAND)
    db.session.commit()

    for column, value in [("field", "name"), ("was", '"13700000000"'), ("number", 9)]:
        with pytest.raises(sa.exc.DBAPIError, match="never changes"), db.session.begin_nested():
            db.session.execute(sa.update(FileChange).values({column: value, "became": None}))
    db.session.execute(sa.update(FileChange).values(was=None, became=None))

    [change] = file_history(unit)
    assert (change.erased, change.line.field) == (True, "phone")


def test_a_change_in_one_home_is_seen_in_every_home_of_that_person(context: Flask) -> None:
    estate = an_estate()
    unit, other = a_home(estate), a_home(estate, "沈国平")
    owner = unit.ownerships[0].person
    db.session.add(Ownership(estate_id=estate.id, unit=other, person=owner, since=date(2025, 1, 1)))

    change_fields(owner, unit, {"phone": "13900001111"}, Hand(By(), NOW, TODAY))
    db.session.commit()

    assert told(other) == told(unit)


def test_the_days_to_decide_about_a_correction_are_days_of_the_estates_calendar(context: Flask) -> None:
    """Where clocks are put back at night, that day has 25 hours."""
    estate = an_estate()
    estate.time_zone = "Europe/Berlin"
    correction, noted_at = FileCorrection(id=new_id()), datetime(2026, 10, 24, 8, tzinfo=UTC)

    wait_for_the_office(correction, estate, Hand(NOBODY, noted_at, noted_at.date()))

    assert [wait.due_at for wait in waits.on(correction.id)] == [datetime(2026, 10, 27, 9, tzinfo=UTC)]
