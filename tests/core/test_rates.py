"""A rate as it is written says no more than its counts."""

import pytest

from app.core.rates import percent


@pytest.mark.parametrize(
    ("part", "whole", "written"),
    [
        (0, 0, "–"),
        (0, 7, "0.0 %"),
        (2, 3, "66.6 %"),
        (29, 100, "29.0 %"),
        (1999, 2000, "99.9 %"),
        (4498, 5000, "89.9 %"),
        (4500, 5000, "90.0 %"),
        (5000, 5000, "100.0 %"),
    ],
)
def test_a_rate_is_rounded_down_and_is_a_dash_where_nothing_was_counted(part: int, whole: int, written: str) -> None:
    assert percent(part, whole) == written
