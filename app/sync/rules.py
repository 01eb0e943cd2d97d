"""Where an operation stands, from its receipt and the last decision about it, and what may be done about it then."""

import enum

APPLIED, REVIEW, REJECTED, HELD = "applied", "review", "rejected", "held"
"""What a receipt says: it is written once, on arrival."""

REVOKED, NOT_HERE = "device:revoked", "visit:not_here"
NOT_ENTERED = frozenset({REVOKED, NOT_HERE})
"""Codes of a `review` that was kept without taking effect."""

ESTRANGED = frozenset({"operation:author_unknown", "operation:not_your_estate"})
"""Codes of an operation whose own word about its estate does not count."""


class Outcome(enum.Enum):
    """What was decided about an operation after it had its receipt."""

    APPLIED = "applied"
    SEEN = "seen"
    NOTED = "noted"
    SET_ASIDE = "set_aside"
    REFUSED = "refused"


class Standing(enum.Enum):
    """Where an operation stands now."""

    ENTERED = "entered"
    TO_LOOK_AT = "to_look_at"
    WAITING = "waiting"
    REJECTED = "rejected"
    HELD = "held"
    NOTED = "noted"
    SET_ASIDE = "set_aside"


class Choice(enum.Enum):
    """What a person can do about an operation."""

    ENTER = "enter"
    SEEN = "seen"
    NOTE = "note"
    SET_ASIDE = "set_aside"


CHOICES: dict[Standing, tuple[Choice, ...]] = {
    Standing.ENTERED: (),
    Standing.TO_LOOK_AT: (Choice.SEEN,),
    Standing.WAITING: (Choice.ENTER, Choice.NOTE, Choice.SET_ASIDE),
    Standing.REJECTED: (Choice.ENTER, Choice.NOTE, Choice.SET_ASIDE),
    Standing.HELD: (Choice.ENTER, Choice.SET_ASIDE),
    Standing.NOTED: (Choice.ENTER,),
    Standing.SET_ASIDE: (Choice.ENTER,),
}
"""What is open in each standing. Nothing that was entered is ever taken back: later facts are addenda."""

UNDECIDED = frozenset({Standing.TO_LOOK_AT, Standing.WAITING, Standing.REJECTED, Standing.HELD})
IN_EFFECT = frozenset({Standing.ENTERED, Standing.TO_LOOK_AT})

TOLD: dict[Standing, str] = {
    Standing.ENTERED: "applied",
    Standing.TO_LOOK_AT: "review",
    Standing.WAITING: "review",
    Standing.REJECTED: "rejected",
    Standing.HELD: "held",
    Standing.NOTED: "set_aside",
    Standing.SET_ASIDE: "set_aside",
}
"""The word for it in the tablet's `record` document."""


def standing(status: str, code: str, outcome: Outcome | None = None, outcome_code: str = "") -> Standing:
    """From status and code of the receipt, and outcome and code of the last decision if there is one."""
    if outcome is None:
        return _on_arrival(status, code)
    if outcome is Outcome.APPLIED:
        return Standing.TO_LOOK_AT if outcome_code else Standing.ENTERED
    return _DECIDED[outcome]


_DECIDED = {
    Outcome.SEEN: Standing.ENTERED,
    Outcome.NOTED: Standing.NOTED,
    Outcome.SET_ASIDE: Standing.SET_ASIDE,
    Outcome.REFUSED: Standing.REJECTED,
}


def _on_arrival(status: str, code: str) -> Standing:
    if status == REVIEW:
        return Standing.WAITING if code in NOT_ENTERED else Standing.TO_LOOK_AT
    return {APPLIED: Standing.ENTERED, REJECTED: Standing.REJECTED, HELD: Standing.HELD}[status]
