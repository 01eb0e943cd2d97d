"""Homes of a plan spread over days: every officer every day, a floor on one day, nobody left out."""

import uuid
from collections import Counter
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.errors import Refused
from app.estates.models import Building, Unit
from app.visits.amending import Change
from app.visits.models import PlanLine
from app.visits.ordered import as_planned
from app.visits.planning import walking_order
from app.visits.sheet import Typed
from app.visits.spreading import Weekdays, days_between, days_left, in_time_until, spread
from app.visits.terms import Field, Terms
from app.visits.versions import SheetLine

LI, ZHANG = uuid.UUID(int=1), uuid.UUID(int=2)
END = date(2026, 11, 30)
DAYS = [date(2026, 11, day) for day in (2, 3, 4)]


def a_line(floor: int = 12, door: int = 1, officer: uuid.UUID = LI, change: Change | None = None) -> SheetLine:
    unit = Unit(id=uuid.uuid4(), entrance="1", floor=floor, number=f"{floor:02}{door:02}")
    unit.building = Building(name="3")
    return SheetLine(PlanLine(), uuid.uuid4(), unit, Terms(officer, END), change)


def days_of(lines: list[SheetLine], typed: list[Typed]) -> list[int]:
    """On which day of the month each line is to be visited now."""
    days = {one.line_id: date.fromisoformat(one.text).day for one in typed}
    return [days[line.id] for line in lines]


@pytest.mark.clause("P53")
@pytest.mark.parametrize(
    ("met", "planned", "in_time"),
    [
        (date(2026, 8, 20), 21, date(2026, 11, 20)),
        (date(2026, 8, 20), 20, None),
        (date(2026, 8, 4), 30, date(2026, 11, 4)),
        (date(2026, 8, 3), 30, None),  # no day that is left would be in time
        (None, 30, None),
    ],
    ids=str,
)
def test_a_day_after_the_visit_cycle_is_told_where_a_day_before_its_end_is_left(
    met: date | None, planned: int, in_time: date | None
) -> None:
    known = {} if met is None else {LI: met}

    told = in_time_until({LI: date(2026, 11, planned)}, known, earliest=date(2026, 11, 4), cycle_months=3)

    assert told == ({} if in_time is None else {LI: in_time})


@pytest.mark.clause("V44")
def test_an_officer_goes_down_the_stairs_a_part_each_day() -> None:
    lines = [a_line(floor, door) for floor in (6, 5, 4, 3, 2, 1) for door in (1, 2)]

    typed = spread(lines, DAYS)

    assert days_of(lines, typed) == [2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4]
    assert {(one.field, one.seen) for one in typed} == {(Field.DAY, "2026-11-30")}


def test_each_officer_has_something_to_do_on_each_day() -> None:
    lines = [a_line(floor, officer=officer) for floor in (3, 2, 1) for officer in (LI, ZHANG)]

    assert days_of(lines, spread(lines, DAYS)) == [2, 2, 3, 3, 4, 4]


def test_what_a_change_takes_out_of_the_plan_needs_no_day() -> None:
    stays, goes = a_line(), a_line(11, change=Change.DROPPED)

    assert [one.line_id for one in spread([stays, goes], DAYS)] == [stays.id]


some_lines = st.lists(
    st.builds(a_line, st.integers(-1, 9), st.integers(1, 4), st.sampled_from([LI, ZHANG])), max_size=40
)


@settings(max_examples=100, deadline=None, database=None)
@given(lines=some_lines, count=st.integers(1, 20))
def test_every_home_has_one_of_the_days_and_the_way_is_walked_once(lines: list[SheetLine], count: int) -> None:
    days = [date(2026, 11, day) for day in range(1, count + 1)]

    typed = spread(lines, days)

    found = {one.line_id: date.fromisoformat(one.text) for one in typed}
    assert len(typed) == len(lines) == len(found)
    assert set(found.values()) <= set(days)
    for officer in (LI, ZHANG):
        theirs = sorted(
            (line for line in lines if line.terms.officer_id == officer),
            key=lambda line: walking_order(as_planned(line.unit)),
        )
        walked = [found[line.id] for line in theirs]
        assert walked == sorted(walked)
        floors = {(line.unit.floor, found[line.id]) for line in theirs}
        largest = max(Counter(line.unit.floor for line in theirs).values(), default=0)
        assert len(floors) == len({line.unit.floor for line in theirs})
        assert all(abs(n - len(theirs) / count) <= largest for n in Counter(walked).values())


# --- the days to choose from ---


@pytest.mark.parametrize(
    ("today", "first", "many"),
    [
        (date(2026, 10, 25), date(2026, 11, 1), 30),
        (date(2026, 11, 23), date(2026, 11, 23), 8),
        (date(2026, 11, 30), END, 1),
        (date(2026, 12, 1), None, 0),
    ],
)
def test_days_that_are_over_are_not_offered(today: date, first: date | None, many: int) -> None:
    days = days_left("2026-11", today)

    assert (days[0] if days else None, len(days)) == (first, many)


@pytest.mark.parametrize(
    ("weekdays", "expected"),
    [
        (Weekdays.ALL, [26, 27, 28, 29, 30]),
        (Weekdays.MONDAY_TO_FRIDAY, [26, 27, 30]),
        (Weekdays.AT_THE_WEEKEND, [28, 29]),
    ],
)
def test_only_such_days_of_the_week_are_taken(weekdays: Weekdays, expected: list[int]) -> None:
    assert [day.day for day in days_between(date(2026, 11, 26), END, weekdays)] == expected


@pytest.mark.parametrize(
    ("first", "last", "weekdays"),
    [
        (END, date(2026, 11, 26), Weekdays.ALL),
        (date(2026, 11, 23), date(2026, 11, 27), Weekdays.AT_THE_WEEKEND),
        (date(2026, 11, 28), date(2026, 11, 29), Weekdays.MONDAY_TO_FRIDAY),
    ],
)
def test_a_span_without_such_a_day_is_refused(first: date, last: date, weekdays: Weekdays) -> None:
    with pytest.raises(Refused) as refusal:
        days_between(first, last, weekdays)

    assert refusal.value.code == "plan:no_day"
