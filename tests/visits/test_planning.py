"""Proposing a month: everybody in time, nobody twice, a floor in one hand, the work shared evenly."""

import itertools
import uuid
from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.estates.rules import months_before
from app.visits.planning import Home, due_in, last_day, month_of, propose, walking_order

CYCLE = 3
LI, ZHANG = uuid.UUID(int=1), uuid.UUID(int=2)


def a_home(
    number: str = "1202",
    building: str = "3",
    entrance: str = "1",
    floor: int | None = 12,
    last_met_on: date | None = None,
) -> Home:
    return Home(uuid.uuid4(), building, entrance, floor, number, last_met_on)


# --- who is due ---


@pytest.mark.parametrize(
    ("last_met_on", "due"),
    [
        (None, True),
        (date(2026, 5, 2), True),
        (date(2026, 8, 1), True),
        (date(2026, 8, 30), True),
        # The cycle of the 31st ends on the last day of a month that has only 30.
        (date(2026, 8, 31), True),
        (date(2026, 9, 1), False),
        (date(2026, 11, 20), False),
    ],
)
@pytest.mark.clause("P53")
def test_a_home_is_due_in_the_month_in_which_its_cycle_ends(last_met_on: date | None, due: bool) -> None:
    home = a_home(last_met_on=last_met_on)

    assert due_in([home], "2026-11", CYCLE) == ([home] if due else [])


@pytest.mark.parametrize(
    ("last_met_on", "today", "due_on"),
    [
        (date(2026, 8, 12), date(2026, 10, 25), date(2026, 11, 12)),
        (date(2026, 8, 31), date(2026, 10, 25), date(2026, 11, 30)),
        # Overdue already: as soon as the month begins, or today if it has begun.
        (date(2026, 5, 2), date(2026, 10, 25), date(2026, 11, 1)),
        (date(2026, 8, 5), date(2026, 11, 23), date(2026, 11, 23)),
        # Never met: within the month.
        (None, date(2026, 11, 23), date(2026, 11, 30)),
        (date(2025, 11, 30), date(2026, 2, 1), date(2026, 2, 28)),
    ],
)
def test_a_proposal_names_the_day_the_cycle_ends(last_met_on: date | None, today: date, due_on: date) -> None:
    month = "2026-02" if today.month == 2 else "2026-11"

    [proposal] = propose([a_home(last_met_on=last_met_on)], [LI], month, CYCLE, today)

    assert proposal.due_on == due_on


def test_months_have_their_last_days_and_names() -> None:
    assert [last_day(month).day for month in ("2026-02", "2028-02", "2026-04", "2026-12")] == [28, 29, 30, 31]
    assert month_of(date(2026, 1, 31)) == "2026-01"
    with pytest.raises(ValueError, match="month"):
        last_day("2026-13")


# --- in what order, and by whom ---


def test_homes_stand_in_walking_order() -> None:
    """Building by building, entrance by entrance, down the stairs, and numbers as numbers."""
    homes = [
        a_home("201", building="10", floor=2),
        a_home("1201", building="3", floor=12),
        a_home("1202", building="3", floor=12),
        a_home("302", building="3", floor=3),
        a_home("101", building="3", entrance="2", floor=1),
        a_home("101", building="A", floor=1),
        a_home("B1", building="3", floor=-1),
    ]

    walked = sorted(homes, key=walking_order)

    places = [f"{home.building}-{home.entrance}-{home.number}" for home in walked]
    assert places == ["3-1-1201", "3-1-1202", "3-1-302", "3-1-B1", "3-2-101", "10-1-201", "A-1-101"]


def test_nobody_to_go_means_nothing_proposed() -> None:
    assert propose([a_home()], [], "2026-11", CYCLE, date(2026, 11, 1)) == []
    assert propose([], [LI], "2026-11", CYCLE, date(2026, 11, 1)) == []


def test_neighbouring_floors_go_to_the_same_officer() -> None:
    homes = [a_home(f"{floor}0{door}", floor=floor) for floor in range(1, 9) for door in (1, 2)]

    proposals = propose(homes, [LI, ZHANG], "2026-11", CYCLE, date(2026, 11, 1))

    assert [p.officer_id for p in proposals] == [LI] * 8 + [ZHANG] * 8


names = st.sampled_from(["1", "2", "02", "10", "A", "甲"])
floors = st.one_of(st.none(), st.integers(-2, 6))
numbers = st.sampled_from(["1", "01", "101", "102", "201", "B1", ""])
some_homes = st.lists(
    st.builds(
        Home,
        st.uuids(),
        names,
        st.sampled_from(["", "1", "2"]),
        floors,
        numbers,
        st.one_of(st.none(), st.dates(date(2025, 11, 1), date(2026, 11, 30))),
    ),
    max_size=60,
    unique_by=lambda home: home.unit_id,
)
some_officers = st.lists(st.uuids(), min_size=1, max_size=5, unique=True)


@settings(max_examples=150, deadline=None, database=None)
@given(homes=some_homes, officers=some_officers)
def test_every_home_that_is_due_is_proposed_once_in_walking_order(homes: list[Home], officers: list[uuid.UUID]) -> None:
    proposals = propose(homes, officers, "2026-11", CYCLE, date(2026, 11, 10))

    assert sorted(p.home.unit_id for p in proposals) == sorted(h.unit_id for h in due_in(homes, "2026-11", CYCLE))
    assert [p.home for p in proposals] == sorted((p.home for p in proposals), key=walking_order)
    assert all(date(2026, 11, 10) <= p.due_on <= date(2026, 11, 30) for p in proposals)


@settings(max_examples=150, deadline=None, database=None)
@given(homes=some_homes, officers=some_officers)
def test_a_floor_is_never_split_and_each_share_is_fair_to_within_one_floor(
    homes: list[Home], officers: list[uuid.UUID]
) -> None:
    proposals = propose(homes, officers, "2026-11", CYCLE, date(2026, 11, 10))

    floor_of = {p.home.unit_id: (p.home.building, p.home.entrance, p.home.floor) for p in proposals}
    hands = {(floor_of[p.home.unit_id], p.officer_id) for p in proposals}
    sizes = Counter(floor_of.values())
    assert len(hands) == len(sizes)
    shares = Counter(p.officer_id for p in proposals)
    fair, largest = len(proposals) / len(officers), max(sizes.values(), default=0)
    assert all(abs(shares[officer] - fair) <= largest for officer in officers)
    assert [officer for officer, _its in itertools.groupby(p.officer_id for p in proposals)] == [
        officer for officer in officers if shares[officer]
    ]


# --- a year of it ---


@settings(max_examples=25, deadline=None, database=None)
@given(
    last_met=st.lists(st.one_of(st.none(), st.dates(date(2025, 10, 1), date(2025, 12, 31))), min_size=1, max_size=30),
    early=st.lists(st.integers(0, 20), min_size=40, max_size=40),
)
@pytest.mark.clause("P53")
def test_in_a_year_of_plans_everybody_is_proposed_in_time_and_nobody_twice_in_a_month(
    last_met: list[date | None], early: list[int]
) -> None:
    """Officers go on the day that was proposed or some days earlier, never before the month begins."""
    homes = [a_home(str(n), floor=n // 3, last_met_on=day) for n, day in enumerate(last_met)]
    days_early = itertools.cycle(early)

    for month in [f"2026-{n:02}" for n in range(1, 13)]:
        first = last_day(month).replace(day=1)
        proposals = propose(homes, [LI, ZHANG], month, CYCLE, first)
        assert max(Counter(p.home.unit_id for p in proposals).values(), default=1) == 1
        met = {}
        for p in proposals:
            limit = months_before(p.home.last_met_on, -CYCLE) if p.home.last_met_on else last_day(month)
            assert p.due_on <= max(limit, first)
            met[p.home.unit_id] = max(p.due_on - timedelta(days=next(days_early)), first)
        homes = [
            Home(*(h.unit_id, h.building, h.entrance, h.floor, h.number, met.get(h.unit_id, h.last_met_on)))
            for h in homes
        ]
        assert due_in(homes, month, CYCLE) == []
