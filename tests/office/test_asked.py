"""What is asked of a list: filters, order and page go into the address and come back the same."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.office.asked import FURTHEST, SIZES, Asked, Choice, Column, Days, ListOf, Option, Spoken

A_LIST: ListOf[object] = ListOf(
    name="things",
    title="Things",
    columns=(
        Column("raised", "Raised", str, sorts=True),
        Column("unit", "Unit", str, sorts=True),
        Column("text", "Text", str),
    ),
    filters=(
        Choice("state", "State", lambda: [Option("open", "Open"), Option("closed", "Closed")]),
        Choice("officer", "Officer", list, ids=True),
        Days("Raised"),
        Spoken("Words"),
    ),
    usual=lambda asked: "-raised" if asked.get("state") == "closed" else "raised",
)

days = st.dates(date(1900, 1, 1), date(9998, 12, 31)).map(date.isoformat)
words = st.text(max_size=80).map(lambda text: text.replace("\0", "").strip()).filter(bool)
chosen = st.fixed_dictionaries(
    {},
    optional={
        "state": st.sampled_from(["open", "closed"]),
        "officer": st.uuids().map(str),
        "from": days,
        "to": days,
        "q": words,
    },
)
orders = st.sampled_from(["", "raised", "-raised", "unit", "-unit"])


@given(chosen, orders, st.integers(1, 50), st.sampled_from(SIZES))
def test_what_is_asked_comes_back_from_the_address(filters: dict[str, str], order: str, page: int, size: int) -> None:
    asked = Asked(filters, order, page, size)

    assert A_LIST.read(asked.address()) == asked


@given(
    st.dictionaries(st.sampled_from(["state", "officer", "from", "to", "q", "sort", "page", "size", "x"]), st.text())
)
def test_no_address_is_refused_and_what_is_understood_stays_understood(address: dict[str, str]) -> None:
    asked = A_LIST.read(address)

    assert A_LIST.read(asked.address()) == asked
    assert 1 <= asked.page <= FURTHEST // asked.size
    assert asked.size in SIZES


@pytest.mark.parametrize(
    "address",
    [
        {"state": "nonsense"},
        {"officer": "nobody"},
        {"from": "2026-02-30", "to": "0001-01-01"},
        {"sort": "text"},
        {"sort": "--raised"},
        {"page": "-3"},
        {"page": "٣"},
        {"size": "7"},
        {"q": "  "},
    ],
)
def test_what_makes_no_sense_is_as_if_it_were_missing(address: dict[str, str]) -> None:
    assert A_LIST.read(address) == Asked()


def test_a_changed_filter_begins_at_the_first_page() -> None:
    asked = Asked({"state": "open", "q": "渗水"}, "-unit", 7, 100)

    changed = asked.with_(state=None, officer="x")

    assert changed == Asked({"q": "渗水", "officer": "x"}, "-unit", 1, 100)


def test_the_usual_order_depends_on_what_is_asked() -> None:
    assert A_LIST.order_of(Asked()) == "raised"
    assert A_LIST.order_of(Asked({"state": "closed"})) == "-raised"
    assert A_LIST.order_of(Asked({"state": "closed"}, "unit")) == "unit"


def test_filters_are_said_in_words() -> None:
    asked = Asked({"state": "open", "from": "2026-11-01", "q": "渗水"})

    assert A_LIST.say(asked) == ["State: Open", "Raised: 2026-11-01 – …", "Words: 渗水"]
