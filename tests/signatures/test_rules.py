"""What makes a signature: ink, hashes and seals, as pure functions. Whatever comes, a broken one is only broken."""

import base64
import copy
from typing import Any

import pytest
import rfc8785
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given, settings
from hypothesis import strategies as st

from app.cli.demo_tablet import Enrolled, Tablet
from app.signatures.rules import How, canonical, enough_ink, seal_holds, sealed_part, sha256_hex
from tests.model_tablet import INK, STROKES

TABLET = Tablet()
TABLET.belongs_to(Enrolled("d", "T01", "s", "李敏", {}))
KEY = TABLET.public_key()
EVIDENCE = TABLET.evidence("a" * 64, "owner", {"name": "陈建国", "relation": "owner"}, INK, signed_at="now")

json_values = st.recursive(
    st.one_of(st.booleans(), st.integers(-(2**53) + 1, 2**53 - 1), st.text()),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.text(), inner, max_size=4)),
    max_leaves=12,
)


# --- ink ---


def line(*points: tuple[int, int]) -> list[list[int]]:
    return [[x, y, 500, 16 * n] for n, (x, y) in enumerate(points)]


ZIGZAG = line(*((100 + 60 * n, 200 + 90 * (n % 2)) for n in range(8)))
STRAIGHT_400 = line(*((50 * n, 0) for n in range(9)))


@pytest.mark.parametrize(
    ("strokes", "enough"),
    [
        (STROKES, True),
        ([ZIGZAG], True),
        # Eight points, 60 pixels of line, 40 pixels across: each is needed.
        ([ZIGZAG[:7]], False),
        ([STRAIGHT_400], False),
        ([STRAIGHT_400, line((400, 0), (200, 0))], True),
        ([line(*((0, 200 * (n % 2)) for n in range(20)))], False),
        ([line(*((0, 400 * (n % 2)) for n in range(20)))], True),
        # Lifting the pen draws no line.
        ([line((400 * (n % 2), 0)) for n in range(20)], False),
        ([], False),
        ([[]], False),
    ],
)
def test_a_signature_needs_points_length_and_breadth(strokes: list[list[list[int]]], enough: bool) -> None:
    assert enough_ink(strokes, How.SIGNED) == enough


@pytest.mark.parametrize(
    ("strokes", "enough"), [([], False), ([line((1, 1))], False), ([line((1, 1)), line((9, 9))], True)]
)
def test_a_witnessed_mark_needs_only_to_be_there(strokes: list[list[list[int]]], enough: bool) -> None:
    assert enough_ink(strokes, How.MARK) == enough


points = st.lists(st.tuples(*[st.integers(-(2**31), 2**53 - 1)] * 4).map(list), max_size=12)


@settings(max_examples=60, deadline=None, database=None)
@given(strokes=st.lists(points, max_size=5))
def test_any_ink_is_either_enough_or_not(strokes: list[list[list[int]]]) -> None:
    assert enough_ink(strokes, How.SIGNED) in (True, False)
    assert enough_ink(strokes, How.SIGNED) <= enough_ink(strokes, How.MARK)


# --- seal ---


def test_a_seal_holds_for_what_it_was_made_for() -> None:
    assert seal_holds(EVIDENCE, KEY)


@pytest.mark.parametrize("field", [field for field in EVIDENCE if field != "seal"])
def test_a_seal_breaks_when_any_field_changes_or_goes(field: str) -> None:
    changed, gone = copy.deepcopy(EVIDENCE), copy.deepcopy(EVIDENCE)
    changed[field] = "something else"
    del gone[field]

    assert not seal_holds(changed, KEY)
    assert not seal_holds(gone, KEY)
    assert not seal_holds(EVIDENCE | {"added": "later"}, KEY)


def test_a_seal_of_one_tablet_does_not_hold_with_the_key_of_another() -> None:
    assert not seal_holds(EVIDENCE, Tablet().public_key())


def a_number(value: int) -> str:
    return base64.urlsafe_b64encode(value.to_bytes(32)).decode().rstrip("=")


@pytest.mark.parametrize(
    "key",
    [
        {},
        {"x": "", "y": ""},
        {"x": "A" * 43, "y": "A" * 43},
        {"x": KEY["y"], "y": KEY["x"]},
        {"x": "~" * 43, "y": KEY["y"]},
        {"x": None, "y": 7},
        {"x": a_number(2**256 - 1), "y": KEY["y"]},
    ],
)
def test_a_key_that_is_none_opens_nothing(key: dict[str, Any]) -> None:
    assert not seal_holds(EVIDENCE, key)


NO_SEALS = [None, "", "A", "AA", 7, [], "ü", EVIDENCE["seal"] + "AA", EVIDENCE["seal"][:-2], "A" * 86, "_" * 86]


@pytest.mark.parametrize("seal", NO_SEALS, ids=range(len(NO_SEALS)))
def test_a_seal_that_is_none_is_broken(seal: object) -> None:
    assert not seal_holds(EVIDENCE | {"seal": seal}, KEY)


@settings(max_examples=60, deadline=None, database=None)
@given(
    seal=st.one_of(json_values, st.none(), st.floats()), key=st.dictionaries(st.sampled_from(["x", "y"]), json_values)
)
def test_whatever_comes_for_a_seal_or_a_key_is_only_broken(seal: object, key: dict[str, Any]) -> None:
    assert not seal_holds(EVIDENCE | {"seal": seal}, KEY)
    assert not seal_holds(EVIDENCE, key)


def test_the_seal_covers_everything_but_itself() -> None:
    assert sealed_part(EVIDENCE) == sealed_part(EVIDENCE | {"seal": "another"})
    assert sha256_hex(sealed_part(EVIDENCE)) == TABLET.previous


def test_a_key_of_the_right_form_is_on_the_curve() -> None:
    assert isinstance(TABLET.private.curve, ec.SECP256R1)
    assert {len(KEY["x"]), len(KEY["y"])} == {43}


# --- one text for one value ---


@settings(max_examples=100, deadline=None, database=None)
@given(value=json_values)
def test_a_value_has_one_text_however_its_keys_were_put_in(value: Any) -> None:
    def turned(inner: Any) -> Any:
        if isinstance(inner, dict):
            return {key: turned(inner[key]) for key in reversed(list(inner))}
        return [turned(one) for one in inner] if isinstance(inner, list) else inner

    assert canonical(value) == canonical(turned(value))


@pytest.mark.parametrize("value", ["\ud800", {"a": float("nan")}, 2**53, float("inf"), {1: "number"}])
def test_what_has_no_text_is_refused(value: Any) -> None:
    with pytest.raises(ValueError, match=r"."):
        canonical(value)


@settings(max_examples=300, deadline=None, database=None)
@given(value=st.lists(json_values | st.none() | st.floats(allow_nan=False, allow_infinity=False), max_size=4))
def test_the_quick_way_to_a_text_is_the_rfcs(value: Any) -> None:
    assert canonical(value) == rfc8785.dumps(value)


@pytest.mark.parametrize(
    "value",
    [
        *(0.5, 1e16, 1e21, 1e-7, 5e-324, -0.0, 10**15, None, {"\U00010000": 1, "\uffff": 2}),
        *('1.5 "2e3" \\', "1.5,", "null", "\x7f\x1f/", "".join(map(chr, range(0x20))), "\u2028", "😀"),
    ],
)
def test_a_value_that_needs_care_gets_the_rfcs_text(value: Any) -> None:
    for around in (value, [value], {"b": [1, value], "a": value}):
        assert canonical(around) == rfc8785.dumps(around)
