"""A telephone number on pages that are not the owner's file: recognised, and not called."""

import pytest

from app.estates.masking import masked


@pytest.mark.parametrize(
    ("phone", "shown"),
    [
        ("13812346021", "138 **** 6021"),
        ("138-1234 6021", "138 **** 6021"),
        ("+86 138 1234 6021", "138 **** 6021"),
        ("021-63218765", "021 **** 8765"),
        ("63218765", "63 **** 65"),
        ("6321876", "6 **** 76"),
        ("63218", "****"),
        ("", ""),
    ],
)
def test_the_middle_of_a_number_is_left_out(phone: str, shown: str) -> None:
    assert masked(phone) == shown
