"""How a rate is written, on pages and on paper: computed from its counts, and never better than they are."""

from dataclasses import dataclass

FEW = 5
"""Fewer answers than these are flagged as a small group."""


@dataclass(frozen=True)
class Rate:
    """A rate as it is shown and printed: always with what it was counted from."""

    part: int
    whole: int

    @property
    def percent(self) -> str:
        """Rounded down, "–" for an empty whole."""
        return percent(self.part, self.whole)


def percent(part: int, whole: int) -> str:
    """`66.6 %`; "–" for an empty whole (policy, section 4).

    Rounded down: 1,999 of 2,000 are not all, and 89.96 % does not reach a target of 90 %.
    """
    if not whole:
        return "–"
    tenths = 1000 * part // whole
    return f"{tenths // 10}.{tenths % 10} %"
