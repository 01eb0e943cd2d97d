"""The table of an issue's states and moves. A rule is a row; only an owner's answer leads to closed.

An issue that nobody owns, noticed on an inspection, ends otherwise: the supervisor verifies it.
"""

import enum
from collections.abc import Iterable
from dataclasses import dataclass

from app.people.rules import Role


class State(enum.Enum):
    """Where an issue stands."""

    RECORDED = "recorded"
    ANSWERED = "answered"
    REPORTED = "reported"
    ROUTED = "routed"
    ACCEPTED = "accepted"
    RECTIFIED = "rectified"
    CLOSED = "closed"
    VERIFIED = "verified"


class Move(enum.Enum):
    """What can happen to an issue; the value is the journal's kind."""

    ANSWER = "issue:answered"
    REPORT = "issue:reported"
    ROUTE = "issue:routed"
    CLASSIFY = "issue:classified"
    TRANSFER = "issue:transferred"
    ACCEPT = "issue:accepted"
    RECTIFY = "issue:rectified"
    OWNER_SATISFIED = "issue:owner_satisfied"
    OWNER_DISSATISFIED = "issue:owner_dissatisfied"
    VERIFY = "issue:verified"
    SEND_BACK = "issue:sent_back"


class Urgency(enum.Enum):
    """How soon an issue must be rectified."""

    URGENT = "urgent"
    ORDINARY = "ordinary"
    MAJOR = "major"


class Answer(enum.Enum):
    """What an owner says about an issue."""

    SATISFIED = "satisfied"
    DISSATISFIED = "dissatisfied"


class HowAnswered(enum.Enum):
    """How an owner's answer was given; kept and printed."""

    SIGNED = "signed"
    MARK = "mark"
    PHONE = "phone"
    WITNESSED = "witnessed"
    PROXY = "proxy"
    TOLD = "told"


@dataclass(frozen=True)
class Step:
    """From a state, by a move, to a state; for one of the roles. `by_owner`: the move is an owner's answer.

    `owned`: only for what an owner raised (True), only for what nobody owns (False), or for both (None).
    """

    before: State
    move: Move
    after: State
    roles: frozenset[Role]
    by_owner: bool = False
    owned: bool | None = None


_OFFICER = frozenset({Role.OFFICER, Role.FRONT_DESK, Role.SUPERVISOR})
_LEADERS = frozenset({Role.SUPERVISOR, Role.MANAGER})
_SUPERVISOR = frozenset({Role.SUPERVISOR})
_DEPARTMENT = frozenset({Role.DEPARTMENT_MANAGER})
_WORKERS = frozenset({Role.DEPARTMENT_MANAGER, Role.HANDLER})

STEPS = (
    Step(State.RECORDED, Move.ANSWER, State.ANSWERED, _OFFICER, owned=True),
    Step(State.RECORDED, Move.ROUTE, State.ROUTED, _OFFICER),
    Step(State.RECORDED, Move.REPORT, State.REPORTED, _OFFICER),
    Step(State.ANSWERED, Move.OWNER_SATISFIED, State.CLOSED, _OFFICER, by_owner=True, owned=True),
    Step(State.ANSWERED, Move.ROUTE, State.ROUTED, _OFFICER, owned=True),
    Step(State.ANSWERED, Move.REPORT, State.REPORTED, _OFFICER, owned=True),
    Step(State.REPORTED, Move.ROUTE, State.ROUTED, _LEADERS),
    Step(State.REPORTED, Move.CLASSIFY, State.REPORTED, _LEADERS),
    Step(State.ROUTED, Move.CLASSIFY, State.ROUTED, _LEADERS),
    Step(State.ROUTED, Move.ACCEPT, State.ACCEPTED, _DEPARTMENT),
    Step(State.ROUTED, Move.TRANSFER, State.ROUTED, _LEADERS),
    Step(State.ACCEPTED, Move.RECTIFY, State.RECTIFIED, _WORKERS),
    Step(State.ACCEPTED, Move.TRANSFER, State.ROUTED, _LEADERS),
    Step(State.RECTIFIED, Move.OWNER_SATISFIED, State.CLOSED, _OFFICER, by_owner=True, owned=True),
    Step(State.RECTIFIED, Move.OWNER_DISSATISFIED, State.ROUTED, _OFFICER, by_owner=True, owned=True),
    Step(State.RECTIFIED, Move.VERIFY, State.VERIFIED, _SUPERVISOR, owned=False),
    Step(State.RECTIFIED, Move.SEND_BACK, State.ROUTED, _SUPERVISOR, owned=False),
)
_TABLE = {(step.before, step.move): step for step in STEPS}

CLOSING_ANSWERS = frozenset(
    {HowAnswered.SIGNED, HowAnswered.MARK, HowAnswered.PHONE, HowAnswered.WITNESSED, HowAnswered.PROXY}
)
"""How a satisfied answer must be given to close an ordinary issue: told at the door alone, it does not."""


ENDED = frozenset({State.CLOSED, State.VERIFIED})
"""Where an issue ends: closed by its owner, or verified where it has none. Counted apart."""

NEXT_ROUND = frozenset({Move.OWNER_DISSATISFIED, Move.SEND_BACK})
"""Moves that begin another round with the department."""


def step(before: State, move: Move, *, owned: bool = True) -> Step | None:
    """The row for a move from a state, if there is one for an issue that an owner raised, or that nobody owns."""
    row = _TABLE.get((before, move))
    return row if row is not None and row.owned in (None, owned) else None


def moves_open_to(roles: frozenset[Role], state: State, *, owned: bool = True) -> list[Move]:
    """What somebody with these roles can do to an issue in a state, an owner's answers left out."""
    rows = (row for row in STEPS if row.before is state and row.owned in (None, owned))
    return [row.move for row in rows if not row.by_owner and row.roles & roles]


ICONS = (
    *("home", "wall", "window", "door", "droplet", "bath", "plug", "bolt", "temperature", "wind", "flame", "paint"),
    *("building-community", "elevator", "stairs", "bulb", "swimming", "parking", "car", "key", "lock", "shield-check"),
    *("eye", "camera", "volume", "leaf", "trees", "sparkles", "trash", "sun", "messages", "receipt", "coin", "heart"),
    *("heart-handshake", "calendar-event", "users", "wifi", "tool", "hammer", "speakerphone", "message", "dots"),
)
"""The pictures that a category can have."""


def can_be_chosen(tree: Iterable[tuple[str, str | None, bool]]) -> list[str]:
    """Codes of the categories that a tablet offers to choose: in use, as is the group they stand in, and no group.

    `tree`: code, code of the group, whether it is in use.
    """
    rows = list(tree)
    in_use = {code for code, _group, used in rows if used}
    groups = {group for _code, group, _used in rows}
    return [code for code, group, used in rows if used and code not in groups and (group is None or group in in_use)]
