"""What has become of an issue, as lists and statistics count it: each is in one of these."""

import enum

from app.issues.queries import OPEN
from app.issues.rules import Cannot, State


class Became(enum.Enum):
    """`closed`: by its owner, satisfied. `for_now`, `at_all`: carried over, as it cannot be solved. `ended`: otherwise.

    Verified, or closed without satisfaction: counted apart, and never as satisfied.
    """

    OPEN = "open"
    CLOSED = "closed"
    FOR_NOW = "for_now"
    AT_ALL = "at_all"
    ENDED = "ended"


def became(state: State, cannot: Cannot | None) -> Became:
    """By where it stands now, and what was found that cannot be solved."""
    if state in OPEN:
        return Became.OPEN
    if state is State.CARRIED_OVER:
        return Became.AT_ALL if cannot is Cannot.AT_ALL else Became.FOR_NOW
    return Became.CLOSED if state is State.CLOSED else Became.ENDED
