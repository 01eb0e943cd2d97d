"""Which answers of owners count: no opinion does not, and somebody else's only up to a share."""

from collections import Counter

import pytest

from app.visits.judging import Judged
from app.visits.rules import Rating

SATISFIED, BASIC, DISSATISFIED, NONE = Rating.SATISFIED, Rating.BASIC, Rating.DISSATISFIED, Rating.NONE


def judged(
    door: dict[Rating, int] | None = None,
    phone: dict[Rating, int] | None = None,
    on_behalf: dict[Rating, int] | None = None,
    share: int = 5,
) -> Judged:
    return Judged(Counter(door or {}), Counter(phone or {}), Counter(on_behalf or {}), share)


def test_satisfaction_is_counted_twice_and_no_opinion_in_neither() -> None:
    found = judged({SATISFIED: 6, BASIC: 3, DISSATISFIED: 1, NONE: 4}, {NONE: 1})

    assert (found.satisfied, found.broadly, found.valid, found.no_opinion) == (6, 9, 10, 5)


def test_what_was_told_by_phone_counts_and_is_shown_apart() -> None:
    found = judged({SATISFIED: 6}, {SATISFIED: 1, BASIC: 1, DISSATISFIED: 1, NONE: 1})

    assert (found.satisfied, found.broadly, found.valid) == (7, 8, 9)
    assert (found.broadly_by_phone, found.valid_by_phone) == (2, 3)


@pytest.mark.parametrize(
    ("own", "on_behalf", "share", "valid", "left_out"),
    [
        # Of a hundred answers that count five may be somebody else's.
        (95, 5, 5, 100, 0),
        (95, 6, 5, 100, 1),
        (94, 5, 5, 98, 1),
        (18, 1, 5, 18, 1),
        (19, 1, 5, 20, 0),
        # Nobody spoke for themselves: nothing was answered.
        (0, 7, 5, 0, 7),
        (95, 5, 0, 95, 5),
        (1, 7, 100, 8, 0),
    ],
)
def test_answers_on_behalf_of_owners_count_up_to_their_share(
    own: int, on_behalf: int, share: int, valid: int, left_out: int
) -> None:
    found = judged({SATISFIED: own}, on_behalf={SATISFIED: on_behalf}, share=share)

    assert (found.valid, found.proxies_left_out) == (valid, left_out)


def test_of_more_such_answers_the_least_favourable_count() -> None:
    found = judged({SATISFIED: 40}, on_behalf={SATISFIED: 5, BASIC: 1, DISSATISFIED: 1, NONE: 3})

    assert found.counted == Counter({SATISFIED: 40, BASIC: 1, DISSATISFIED: 1})
    assert (found.proxies_left_out, found.no_opinion) == (5, 3)


def test_whoever_was_rung_spoke_for_themselves_too() -> None:
    """Ten at the door and nine by phone are nineteen owners' own answers: beside them one on behalf counts."""
    found = judged({SATISFIED: 10}, {SATISFIED: 9}, on_behalf={SATISFIED: 2})

    assert (found.valid, found.proxies_left_out) == (20, 1)


@pytest.mark.parametrize(("answers", "small"), [(0, False), (1, True), (4, True), (5, False)])
def test_few_answers_are_flagged(answers: int, small: bool) -> None:
    assert judged({SATISFIED: answers, NONE: 9}).is_small == small
