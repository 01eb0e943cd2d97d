"""What a survey's figures count: recounted by hand, answer by answer, in another way."""

import itertools
import uuid

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.ids import new_id
from app.core.rates import Rate
from app.people.rules import Liable
from app.surveys.counting import FIVE_LEVELS, Answered, Facts, Item, Satisfaction, items_of, overall_of, returns_of
from app.surveys.rules import Filled, Level, SheetState, ends_early
from tests.builders import TODAY

NORTH, SOUTH = new_id(), new_id()
REPAIRS, GUARDS = new_id(), new_id()
QUICK, CLEAN, POLITE = (
    Item(new_id(), REPAIRS, Liable.PROPERTY),
    Item(new_id(), REPAIRS, Liable.PROPERTY),
    Item(new_id(), GUARDS, Liable.DEVELOPER),
)
ITEMS = (QUICK, CLEAN, POLITE)
GOOD, FAIR, BAD = Level.SATISFIED, Level.BASIC, Level.DISSATISFIED


def a_sheet(*levels: Level, **wanted: object) -> Answered:
    """One that came back signed, on paper, from the owner; these levels of the items in their order."""
    facts = {"building_id": NORTH, "state": SheetState.COLLECTED, "was_handed_out": True}
    facts |= {"filled": Filled.ON_PAPER, "signed": True}
    given = {item.id: level for item, level in zip(ITEMS, levels, strict=False)}
    return Answered(levels=given, **(facts | wanted))  # type: ignore[arg-type]


def the_facts(*sheets: Answered, share: int = 5, unsigned_count: bool = True) -> Facts:
    return Facts(ITEMS, sheets, len(sheets), share, unsigned_count)


def still(state: SheetState, *, was_handed_out: bool) -> Answered:
    return Answered(building_id=NORTH, state=state, was_handed_out=was_handed_out, levels={})


@pytest.mark.clause("R31")
def test_a_departments_rate_is_that_of_all_answers_to_its_items_and_not_a_mean_of_theirs() -> None:
    facts = the_facts(a_sheet(GOOD, BAD), a_sheet(GOOD, Level.NONE), a_sheet(GOOD, Level.NONE, BAD))

    department = items_of(facts, lambda item: item.department_id == REPAIRS)
    company = items_of(facts, lambda item: item.company is Liable.DEVELOPER)

    assert (department.strict, department.no_opinion) == (Rate(3, 4), 2)
    assert (company.strict, company.no_opinion) == (Rate(0, 1), 2)
    assert items_of(facts).strict == Rate(3, 5)


def test_mostly_satisfied_is_satisfied_in_the_broad_sense_alone() -> None:
    said = items_of(the_facts(a_sheet(Level.VERY_SATISFIED, GOOD, FAIR), a_sheet(BAD, Level.VERY_DISSATISFIED)))

    assert (said.levels, said.strict, said.broad) == ((1, 1, 1, 1, 1), Rate(2, 5), Rate(3, 5))


def test_what_was_handed_out_is_issued_also_where_it_was_declined_then() -> None:
    facts = the_facts(
        a_sheet(GOOD),
        a_sheet(GOOD, was_handed_out=False),
        still(SheetState.HANDED_OUT, was_handed_out=True),
        still(SheetState.DECLINED, was_handed_out=True),
        still(SheetState.DECLINED, was_handed_out=False),
        still(SheetState.TO_HAND_OUT, was_handed_out=False),
    )

    returns = returns_of(facts)

    assert (returns.distribution, returns.response) == (Rate(4, 6), Rate(2, 4))
    assert (returns.not_handed_out, returns.not_returned, returns.declined, returns.left) == (1, 1, 2, 2)


def test_of_proxies_above_the_share_the_least_favourable_count() -> None:
    own, for_them = [a_sheet(GOOD)] * 19, [a_sheet(GOOD, proxy=True), a_sheet(BAD, proxy=True)]

    facts = the_facts(*own, *for_them)

    said, returns = items_of(facts, lambda item: item is QUICK), returns_of(facts)
    assert (said.strict, said.left_out) == (Rate(19, 20), 1)
    assert (returns.valid, returns.left_out, returns.validity) == (20, 1, Rate(20, 21))


@pytest.mark.parametrize(("share", "valid"), [(0, 1), (50, 2), (100, 4)])
def test_the_share_of_proxies_is_of_all_that_count(share: int, valid: int) -> None:
    facts = the_facts(a_sheet(GOOD), *[a_sheet(GOOD, proxy=True)] * 3, share=share)

    assert returns_of(facts).valid == items_of(facts, lambda item: item is QUICK).valid == valid


@pytest.mark.parametrize(("unsigned_count", "valid"), [(True, 3), (False, 2)])
def test_sheets_without_a_name_count_unless_the_estate_says_not_and_phone_answers_always(
    unsigned_count: bool, valid: int
) -> None:
    by_phone = a_sheet(GOOD, signed=False, filled=Filled.BY_PHONE)
    facts = the_facts(a_sheet(GOOD), a_sheet(GOOD, signed=False), by_phone, unsigned_count=unsigned_count)

    returns, said = returns_of(facts), items_of(facts, lambda item: item is QUICK)

    assert (returns.valid, returns.unsigned) == (valid, 3 - valid)
    assert (said.valid, said.unsigned, said.by_phone) == (valid, 3 - valid, Rate(1, 1))
    assert (returns.signed_share, returns.by_phone) == (Rate(1, 3), 1)


def test_a_sheet_on_which_nothing_is_judged_came_back_and_is_not_valid() -> None:
    facts = the_facts(a_sheet(Level.NONE), a_sheet(), a_sheet(overall=GOOD))

    returns = returns_of(facts)

    assert (returns.collected, returns.valid, returns.blank) == (3, 1, 2)
    assert overall_of(facts).strict == Rate(1, 1)
    assert items_of(facts).strict.percent == "–"


def test_figures_of_nothing_are_dashes() -> None:
    returns, said = returns_of(the_facts()), items_of(the_facts())

    rates = (returns.distribution, returns.response, returns.validity, returns.signed_share, said.strict, said.broad)
    assert {rate.percent for rate in rates} == {"–"}
    assert not said.is_small


def test_the_worst_stands_first_and_what_nobody_judged_last() -> None:
    def said(*levels: int) -> Satisfaction:
        return Satisfaction(levels, Rate(0, 0), 0, 0, 0)  # type: ignore[arg-type]

    none, good, bad, better_broad = said(0, 0, 0, 0, 0), said(3, 0, 0, 0, 0), said(0, 1, 0, 1, 1), said(0, 1, 1, 1, 0)

    assert sorted([none, good, better_broad, bad], key=lambda one: one.badness) == [bad, better_broad, good, none]
    assert (bad.is_small, said(5, 0, 0, 0, 0).is_small) == (True, False)


def test_collecting_ends_early_while_sheets_are_out_in_the_days_that_were_set() -> None:
    assert ends_early(TODAY, TODAY, 1)
    assert not ends_early(TODAY, TODAY, 0)
    assert not ends_early(TODAY.replace(year=TODAY.year - 1), TODAY, 9)


# --- recounted ---

ANSWERS = st.sampled_from(Level)
SHEETS = st.builds(
    Answered,
    building_id=st.sampled_from([NORTH, SOUTH]),
    state=st.sampled_from(SheetState),
    was_handed_out=st.booleans(),
    filled=st.sampled_from([None, *Filled]),
    signed=st.booleans(),
    proxy=st.booleans(),
    overall=ANSWERS,
    levels=st.dictionaries(st.sampled_from([item.id for item in ITEMS]), ANSWERS),
)
FACTS = st.builds(
    lambda sheets, share, unsigned: Facts(ITEMS, sheets, len(sheets), share, unsigned),
    st.lists(SHEETS, max_size=40),
    st.integers(0, 100),
    st.booleans(),
)


def by_hand(facts: Facts, ids: list[uuid.UUID], building: uuid.UUID | None) -> dict[str, object]:
    """Every answer a row of its own; proxies are taken in one after the other, as long as they fit in their share."""
    rows = [
        (sheet.levels.get(id_, Level.NONE), sheet)
        for sheet in facts.sheets
        for id_ in ids
        if sheet.state is SheetState.COLLECTED and building in (None, sheet.building_id)
    ]
    unsigned = [
        sheet
        for _level, sheet in rows
        if not facts.unsigned_count and not sheet.signed and sheet.filled is not Filled.BY_PHONE
    ]
    kept = [(level, sheet) for level, sheet in rows if not any(sheet is one for one in unsigned)]
    own = [level for level, sheet in kept if level is not Level.NONE and not sheet.proxy]
    proxies = sorted(
        (FIVE_LEVELS.index(level) for level, sheet in kept if level is not Level.NONE and sheet.proxy), reverse=True
    )
    counted = list(own)
    while proxies and (len(counted) - len(own) + 1) * 100 <= facts.proxy_share * (len(counted) + 1):
        counted.append(FIVE_LEVELS[proxies.pop(0)])
    phone = [
        level
        for level, sheet in kept
        if level is not Level.NONE and not sheet.proxy and sheet.filled is Filled.BY_PHONE
    ]
    good = {Level.VERY_SATISFIED, Level.SATISFIED}
    return {
        "strict": Rate(sum(level in good for level in counted), len(counted)),
        "broad": Rate(sum(level in good | {Level.BASIC} for level in counted), len(counted)),
        "by_phone": Rate(sum(level in good | {Level.BASIC} for level in phone), len(phone)),
        "left_out": len(proxies),
        "no_opinion": sum(level is Level.NONE for level, _sheet in kept),
        "unsigned": len(rows) - len(kept),
    }


@settings(max_examples=150, deadline=None)
@given(FACTS, st.sampled_from([None, NORTH, SOUTH]))
def test_every_rate_is_what_a_hand_counts_answer_by_answer(facts: Facts, building: uuid.UUID | None) -> None:
    for n in range(1, len(ITEMS) + 1):
        for some in itertools.combinations(ITEMS, n):
            said = items_of(facts, lambda item, some=some: item in some, building)  # type: ignore[misc]

            assert {name: getattr(said, name) for name in by_hand(facts, [], None)} == by_hand(
                facts, [item.id for item in some], building
            )


@settings(max_examples=150, deadline=None)
@given(FACTS)
def test_every_sheet_is_in_one_place_and_every_answer_too(facts: Facts) -> None:
    whole, parts = returns_of(facts), [returns_of(facts, one) for one in (NORTH, SOUTH)]

    for one in (whole, *parts):
        assert one.households == one.not_handed_out + one.not_returned + one.declined + one.collected
        assert one.collected == one.valid + one.blank + one.unsigned + one.left_out
        assert one.collected <= one.issued <= one.households
    for name in ("households", "issued", "collected", "signed", "declined", "blank", "unsigned"):
        assert getattr(whole, name) == sum(getattr(part, name) for part in parts)
    assert whole.valid >= sum(part.valid for part in parts), "room for a proxy may come of two buildings together"
    every = overall_of(facts)
    assert whole.collected == every.valid + every.no_opinion + every.left_out + every.unsigned


@settings(max_examples=100, deadline=None)
@given(FACTS)
def test_what_proxies_say_above_their_share_is_left_out_where_it_is_most_favourable(facts: Facts) -> None:
    said = items_of(facts)
    with_all = items_of(Facts(facts.items, facts.sheets, facts.households, 100, facts.unsigned_count))
    without = items_of(Facts(facts.items, facts.sheets, facts.households, 0, facts.unsigned_count))

    assert with_all.valid - said.valid == said.left_out
    for rate in ("strict", "broad"):
        most, now, least = (getattr(one, rate).part for one in (with_all, said, without))
        assert most - now == min(said.left_out, most - least)
