"""What a line of the statistics counts, and that a total is never the sum of its lines."""

import random
import uuid
from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta

import pytest

from app.core.ids import new_id
from app.core.rates import Rate
from app.issues.became import Became
from app.reports.counting import (
    NOWHERE,
    Dimension,
    Due,
    Fact,
    Facts,
    Home,
    Key,
    Raised,
    Try,
    count,
    count_by,
)
from app.visits.rules import Category, Method, Rating

NORTH, SOUTH = new_id(), new_id()
REPAIRS = new_id()
MIN, HUA = new_id(), new_id()
FIRST = date(2026, 1, 1)


def a_try(unit: uuid.UUID, on: date = FIRST, rating: Rating | None = Rating.SATISFIED, **wanted: object) -> Try:
    more = {"building_id": NORTH, "categories": frozenset({Category.SCHEDULED}), "method": Method.DOOR} | wanted
    return Try(on=on, unit_id=unit, rating=rating, **more)  # type: ignore[arg-type]


def an_issue(became: Became = Became.OPEN, **wanted: object) -> Raised:
    more = {"on": FIRST, "building_id": NORTH, "department_id": REPAIRS, "method": Method.DOOR} | wanted
    return Raised(became=became, **more)  # type: ignore[arg-type]


def the_facts(*facts: Fact, homes: dict[uuid.UUID, Home]) -> Facts:
    """These facts of a year, with a share of 5 % for who speaks on behalf of owners."""
    return Facts(
        homes,
        [one for one in facts if isinstance(one, Try)],
        [one for one in facts if isinstance(one, Due)],
        [one for one in facts if isinstance(one, Raised)],
        proxy_share=5,
    )


def two_homes() -> tuple[uuid.UUID, uuid.UUID, dict[uuid.UUID, Home]]:
    one, other = new_id(), new_id()
    return one, other, {one: Home(NORTH, is_household=True), other: Home(SOUTH, is_household=True)}


def test_a_home_met_in_two_months_is_one_home_in_the_year() -> None:
    unit, _other, homes = two_homes()
    facts = the_facts(a_try(unit), a_try(unit, FIRST + timedelta(days=40)), homes=homes)

    months = count_by(facts, Dimension.MONTH, [1, 2], {})
    total = count(facts, {})

    assert [line.coverage for _month, line in months] == [Rate(1, 2), Rate(1, 2)]
    assert total.coverage == Rate(1, 2)
    assert total.tries == Rate(2, 2)


def test_a_visit_for_two_things_stands_in_both_lines_and_is_one_visit() -> None:
    unit, _other, homes = two_homes()
    both = frozenset({Category.SCHEDULED, Category.ISSUE_CALLBACK})
    facts = the_facts(a_try(unit, categories=both), homes=homes)

    lines = dict(count_by(facts, Dimension.CATEGORY, list(Category), {}))

    assert {key for key, line in lines.items() if line.tries.whole} == both
    assert count(facts, {}).tries == Rate(1, 1)


def test_whoever_is_only_rung_is_not_met() -> None:
    unit, other, homes = two_homes()
    facts = the_facts(a_try(unit, method=Method.PHONE), a_try(other, method=Method.PHONE), a_try(other), homes=homes)

    homes_of = count(facts, {}).households

    assert (homes_of.met, homes_of.by_phone, homes_of.visited) == (1, 1, 2)


def test_who_is_no_household_is_in_no_line_of_households() -> None:
    unit, vacant, homes = two_homes()
    homes[vacant] = Home(SOUTH, is_household=False)
    due = Due(on=FIRST, building_id=SOUTH, unit_id=vacant, is_callback=True, held=True, in_time=False)
    facts = the_facts(a_try(unit, rating=None), a_try(vacant), due, homes=homes)

    line = count(facts, {})

    assert (line.households.in_scope, line.households.met, line.households.due) == (1, 0, 0)
    assert line.coverage == Rate(0, 1)
    assert line.callbacks == Rate(1, 1)
    assert line.in_time == Rate(0, 1)


@pytest.mark.parametrize(
    ("wanted", "has_scope"),
    [
        ({}, True),
        ({Dimension.CATEGORY: Category.SCHEDULED}, True),
        ({Dimension.METHOD: Method.DOOR, Dimension.BUILDING: NORTH}, True),
        ({Dimension.CATEGORY: Category.COMPLAINT_CALLBACK}, False),
        ({Dimension.METHOD: Method.PHONE}, False),
        ({Dimension.DEPARTMENT: REPAIRS}, False),
        ({Dimension.OFFICER: REPAIRS}, False),
    ],
)
def test_coverage_is_told_where_every_household_is_in_scope(wanted: dict[Dimension, Key], has_scope: bool) -> None:
    _unit, _other, homes = two_homes()

    line = count(the_facts(homes=homes), wanted)

    assert (line.coverage is not None) is has_scope
    assert (line.callbacks is None) is (Dimension.METHOD in wanted), "nobody knows the method before it is done"


@pytest.mark.clause("R42")
def test_visits_that_were_due_are_counted_beside_callbacks_and_by_no_method() -> None:
    unit, _other, homes = two_homes()
    facts = the_facts(
        *(
            Due(
                on=FIRST,
                building_id=NORTH,
                officer_id=who,
                unit_id=unit,
                is_callback=is_callback,
                held=held,
                in_time=in_time,
            )
            for who, is_callback, held, in_time in (
                (MIN, False, True, True),
                (MIN, False, True, False),
                (MIN, True, True, True),
                (HUA, False, False, False),
            )
        ),
        homes=homes,
    )

    lines = dict(count_by(facts, Dimension.OFFICER, [MIN, HUA], {}))

    total, by_phone = count(facts, {}), count(facts, {Dimension.METHOD: Method.PHONE})
    told = [(line.visits, line.visits_in_time, line.callbacks) for line in (lines[MIN], lines[HUA], total)]
    assert told[0] == (Rate(2, 2), Rate(1, 2), Rate(1, 1))
    assert told[1] == (Rate(0, 1), Rate(0, 1), Rate(0, 0))
    assert told[2] == (Rate(2, 3), Rate(1, 3), Rate(1, 1))
    assert (by_phone.visits, by_phone.visits_in_time) == (None, None)


def test_issues_are_told_by_what_became_of_them() -> None:
    closed = [an_issue(Became.CLOSED, round=n, days=n * n, on_the_spot=n == 1) for n in (1, 2, 3, 4)]
    others = [an_issue(one) for one in Became if one is not Became.CLOSED]

    issues = count(the_facts(*closed, *others, homes={}), {}).issues

    assert issues.raised == 8
    assert (issues.closed, issues.open, issues.for_now, issues.at_all, issues.ended) == (4, 1, 1, 1, 1)
    assert issues.answered_there == Rate(1, 8)
    assert issues.closure == Rate(4, 8)
    assert (issues.median_days, issues.p90, issues.rounds_each) == ("6.5", 16, "2.5")


def test_what_was_answered_on_the_spot_is_no_rate_of_a_department() -> None:
    there = an_issue(Became.CLOSED, on_the_spot=True, days=0, department_id=NOWHERE)
    facts = the_facts(there, an_issue(), an_issue(department_id=NOWHERE), homes={})

    lines = dict(count_by(facts, Dimension.DEPARTMENT, [REPAIRS, NOWHERE], {}))

    assert lines[REPAIRS].issues.answered_there is None
    assert lines[NOWHERE].issues.answered_there == Rate(1, 2)
    assert count(facts, {}).issues.answered_there == Rate(1, 3)


def test_figures_of_nothing_are_dashes() -> None:
    line = count(the_facts(homes={}), {})

    assert line.coverage is not None
    assert line.coverage.percent == line.satisfaction.strict.percent == line.issues.closure.percent == "–"
    assert line.issues.median_days == line.issues.rounds_each == "–"
    assert line.issues.p90 is None


def test_rounds_are_not_made_fewer_by_rounding() -> None:
    closed = [an_issue(Became.CLOSED, round=n, days=1) for n in (1, 1, 2)]

    assert count(the_facts(*closed, homes={}), {}).issues.rounds_each == "1.4"


def test_few_answers_are_flagged_and_answers_on_behalf_count_up_to_their_share() -> None:
    unit, _other, homes = two_homes()
    own = [a_try(unit) for _ in range(4)]
    for_them = [a_try(unit, on_behalf=True) for _ in range(3)]

    few = count(the_facts(*own, *for_them, homes=homes), {}).satisfaction
    many = count(the_facts(*own * 5, *for_them, homes=homes), {}).satisfaction

    assert few.is_small
    assert (few.strict, few.left_out) == (Rate(4, 4), 3)
    assert not many.is_small
    assert (many.strict, many.left_out) == (Rate(21, 21), 2)


@pytest.mark.parametrize("seed", range(20))
def test_every_line_of_a_random_year_is_counted_from_its_own_facts(seed: int) -> None:
    dice = random.Random(seed)
    homes = {new_id(): Home(dice.choice((NORTH, SOUTH)), dice.random() < 0.8) for _ in range(8)}
    tries = [
        a_try(
            unit := dice.choice(list(homes)),
            FIRST + timedelta(days=dice.randrange(365)),
            dice.choice((None, *Rating)),
            building_id=homes[unit].building_id,
            method=dice.choice((Method.DOOR, Method.PHONE)),
            officer_id=dice.choice((MIN, HUA)),
            categories=frozenset(dice.sample(list(Category), dice.randint(0, 3))),
        )
        for _ in range(60)
    ]
    raised = [
        an_issue(
            dice.choice(list(Became)),
            on=FIRST + timedelta(days=dice.randrange(365)),
            building_id=dice.choice((NORTH, SOUTH, NOWHERE)),
            method=dice.choice(list(Method)),
            department_id=dice.choice((REPAIRS, NOWHERE)),
            officer_id=dice.choice((MIN, HUA)),
        )
        for _ in range(40)
    ]
    facts = the_facts(*tries, *raised, homes=homes)
    keys: dict[Dimension, list[Key]] = {
        Dimension.MONTH: list(range(1, 13)),
        Dimension.CATEGORY: list(Category),
        Dimension.METHOD: list(Method),
        Dimension.BUILDING: [NORTH, SOUTH, NOWHERE],
        Dimension.DEPARTMENT: [REPAIRS, NOWHERE],
        Dimension.OFFICER: [MIN, HUA],
    }
    by, other = dice.sample([one for one in Dimension if one is not Dimension.DEPARTMENT], 2)
    wanted: dict[Dimension, Key] = {other: dice.choice(keys[other])} if dice.random() < 0.7 else {}

    for key, line in count_by(facts, by, keys[by], wanted):
        assert line == count(facts, {**wanted, by: key})
        of_it = [one for one in tries if all(_is(one, *pair) for pair in {**wanted, by: key}.items())]
        issues = [one for one in raised if all(_is(one, *pair) for pair in {**wanted, by: key}.items())]
        assert line.tries == Rate(sum(one.rating is not None for one in of_it), len(of_it))
        at_the_door = _households((one for one in of_it if one.rating and one.method is Method.DOOR), homes)
        assert line.households.met == len(at_the_door)
        assert line.households.visited == len(_households(of_it, homes))
        became = Counter(one.became for one in issues)
        assert (line.issues.raised, line.issues.closed) == (len(issues), became[Became.CLOSED])
        assert line.issues.open + line.issues.ended == became[Became.OPEN] + became[Became.ENDED]
    if by in (Dimension.MONTH, Dimension.METHOD, Dimension.BUILDING, Dimension.OFFICER):
        lines = count_by(facts, by, keys[by], wanted)
        assert sum(line.issues.raised for _key, line in lines) == count(facts, wanted).issues.raised


def _is(one: Fact, by: Dimension, key: Key) -> bool:
    """In plain words: whether this fact belongs to this line."""
    if by is Dimension.MONTH:
        return one.on.month == key
    if by is Dimension.CATEGORY:
        return key in one.categories
    if by is Dimension.OFFICER:
        return one.officer_id == key
    return key == (one.method if by is Dimension.METHOD else one.building_id)


def _households(tries: Iterable[Try], homes: dict[uuid.UUID, Home]) -> set[uuid.UUID]:
    return {one.unit_id for one in tries if homes[one.unit_id].is_household}
