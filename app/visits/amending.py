"""The rules of amendments: their states and moves, and what may be changed about a line as it stands at work."""

import enum
from dataclasses import dataclass

from app.visits.terms import Terms


class AmendmentState(enum.Enum):
    """Drawn up, on its way through the chain (V44), a version of the plan, or thrown away."""

    DRAFT = "draft"
    UNDER_REVIEW = "under_review"
    FILED = "filed"
    DISCARDED = "discarded"


class AmendmentMove(enum.Enum):
    """What somebody does with an amendment."""

    WRITE = "write"
    SUBMIT = "submit"
    GIVE_BACK = "give_back"
    FILE = "file"
    DISCARD = "discard"


@dataclass(frozen=True)
class AmendmentStep:
    """From a state, by a move, to a state. Given back: sent back by a stage, or taken back by who drew it up."""

    before: AmendmentState
    move: AmendmentMove
    after: AmendmentState


AMENDMENT_STEPS = (
    AmendmentStep(AmendmentState.DRAFT, AmendmentMove.WRITE, AmendmentState.DRAFT),
    AmendmentStep(AmendmentState.DRAFT, AmendmentMove.SUBMIT, AmendmentState.UNDER_REVIEW),
    AmendmentStep(AmendmentState.DRAFT, AmendmentMove.DISCARD, AmendmentState.DISCARDED),
    AmendmentStep(AmendmentState.UNDER_REVIEW, AmendmentMove.GIVE_BACK, AmendmentState.DRAFT),
    AmendmentStep(AmendmentState.UNDER_REVIEW, AmendmentMove.FILE, AmendmentState.FILED),
)
OPEN = frozenset({AmendmentState.DRAFT, AmendmentState.UNDER_REVIEW})
"""A plan has one open amendment at most."""


def amendment_step(before: AmendmentState, move: AmendmentMove) -> AmendmentStep | None:
    """The row for a move of an amendment, if there is one."""
    return next((row for row in AMENDMENT_STEPS if row.before is before and row.move is move), None)


class Change(enum.Enum):
    """What an amendment does with a household."""

    CHANGED = "changed"
    ADDED = "added"
    DROPPED = "dropped"


class Standing(enum.Enum):
    """How a household stands in a plan at work: not in it, still to be visited, visited, or not due there any more."""

    ABSENT = "absent"
    DUE = "due"
    DONE = "done"
    OVER = "over"


class Came(enum.Enum):
    """What a line of an amendment has come to: it waits, it is in the plan, it fell away, or it said nothing."""

    OPEN = "open"
    TAKEN = "taken"
    FELL_AWAY = "fell_away"
    SAID_NOTHING = "said_nothing"


ALLOWED = frozenset(
    {
        (Standing.ABSENT, Change.ADDED),
        (Standing.DUE, Change.CHANGED),
        (Standing.DUE, Change.DROPPED),
    }
)
"""What was done never changes, and what is not due any more has nothing to change."""


def change_from(old: Terms | None, new: Terms | None) -> Change | None:
    """What it is to go from one to the other; nothing if they say the same."""
    if old == new:
        return None
    if old is None:
        return Change.ADDED
    return Change.DROPPED if new is None else Change.CHANGED
