"""The table of a work order's states and moves. A rule is a row; only the owner's answer closes one (R20 to R22)."""

import enum
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.issues.rules import CLOSING_ANSWERS, STRICT_ANSWERS, Answer, HowAnswered
from app.people.rules import Role


class State(enum.Enum):
    """Where a work order stands."""

    REPORTED = "reported"
    DISPATCHED = "dispatched"
    FINISHED = "finished"
    REWORK = "rework"
    CLOSED = "closed"
    CLOSED_UNSATISFIED = "closed_unsatisfied"


class Move(enum.Enum):
    """What can happen to a work order; the value is the journal's kind."""

    DISPATCH = "order:dispatched"
    TRANSFER = "order:transferred"
    ARRIVE = "order:arrived"
    FINISH = "order:finished"
    OWNER_SATISFIED = "order:owner_satisfied"
    OWNER_DISSATISFIED = "order:owner_dissatisfied"
    OWNER_OBJECTS = "order:owner_objected"
    CLOSE_UNSATISFIED = "order:closed_unsatisfied"


class Kind(enum.Enum):
    """Who pays: nobody, under warranty, or the owner."""

    FREE = "free"
    CHARGEABLE = "chargeable"


class Origin(enum.Enum):
    """How a work order came in."""

    DESK = "desk"
    FILE = "file"
    API = "api"


@dataclass(frozen=True)
class Step:
    """From a state, by a move, to a state; for one of the roles. `by_owner`: the move is what an owner says."""

    before: State
    move: Move
    after: State
    roles: frozenset[Role]
    by_owner: bool = False


_DESK = frozenset({Role.FRONT_DESK, Role.OFFICER, Role.SUPERVISOR})
_LEADERS = frozenset({Role.SUPERVISOR, Role.MANAGER})
_WORKERS = frozenset({Role.DEPARTMENT_MANAGER, Role.HANDLER, Role.FRONT_DESK, Role.SUPERVISOR})
_EXECUTIVE = frozenset({Role.EXECUTIVE})

STEPS = (
    Step(State.REPORTED, Move.DISPATCH, State.DISPATCHED, _DESK),
    Step(State.DISPATCHED, Move.ARRIVE, State.DISPATCHED, _WORKERS),
    Step(State.DISPATCHED, Move.FINISH, State.FINISHED, _WORKERS),
    Step(State.DISPATCHED, Move.TRANSFER, State.DISPATCHED, _LEADERS),
    Step(State.FINISHED, Move.OWNER_SATISFIED, State.CLOSED, _DESK, by_owner=True),
    Step(State.FINISHED, Move.OWNER_DISSATISFIED, State.REWORK, _DESK, by_owner=True),
    Step(State.REWORK, Move.ARRIVE, State.REWORK, _WORKERS),
    Step(State.REWORK, Move.FINISH, State.FINISHED, _WORKERS),
    Step(State.REWORK, Move.TRANSFER, State.REWORK, _LEADERS),
    Step(State.CLOSED, Move.OWNER_OBJECTS, State.REWORK, _DESK, by_owner=True),
    Step(State.CLOSED_UNSATISFIED, Move.OWNER_OBJECTS, State.REWORK, _DESK, by_owner=True),
    Step(State.REPORTED, Move.CLOSE_UNSATISFIED, State.CLOSED_UNSATISFIED, _EXECUTIVE),
    Step(State.DISPATCHED, Move.CLOSE_UNSATISFIED, State.CLOSED_UNSATISFIED, _EXECUTIVE),
    Step(State.FINISHED, Move.CLOSE_UNSATISFIED, State.CLOSED_UNSATISFIED, _EXECUTIVE),
    Step(State.REWORK, Move.CLOSE_UNSATISFIED, State.CLOSED_UNSATISFIED, _EXECUTIVE),
)
_TABLE = {(row.before, row.move): row for row in STEPS}

ENDED = frozenset({State.CLOSED, State.CLOSED_UNSATISFIED})
"""Where a work order ends. Only the first is satisfied; they are counted apart."""

MOVE_OF_ANSWER: dict[Answer, Move] = {
    Answer.SATISFIED: Move.OWNER_SATISFIED,
    Answer.DISSATISFIED: Move.OWNER_DISSATISFIED,
    Answer.OBJECTED: Move.OWNER_OBJECTS,
}

NEXT_ROUND = frozenset({Move.OWNER_DISSATISFIED, Move.OWNER_OBJECTS})
"""Moves that make rework: another round with the liable company's engineering (R21, R22)."""

MOST_CENTS = 1_000_000_000
CLOCKS_DIFFER = timedelta(minutes=10)
"""How far another system's clock may be ahead of ours."""


def step(before: State, move: Move) -> Step | None:
    """The row for a move from a state, if there is one."""
    return _TABLE.get((before, move))


def move_of(answer: Answer, state: State) -> Move:
    """What an owner's answer does to an order in a state, where there is a row for it.

    Dissatisfied with what was closed meanwhile, they object: any owner keeps it open.
    """
    if answer is Answer.DISSATISFIED and state in ENDED:
        return Move.OWNER_OBJECTS
    return MOVE_OF_ANSWER[answer]


def moves_open_to(roles: frozenset[Role], state: State) -> list[Move]:
    """What somebody with these roles can do to a work order in a state; an owner's answer to a callback is left out."""
    rows = (row for row in STEPS if row.before is state and row.roles & roles)
    return [row.move for row in rows if not row.by_owner or row.move is Move.OWNER_OBJECTS]


def closes(how: HowAnswered, round_: int) -> bool:
    """Whether "satisfied", given in this way, closes a round: after rework a telephone call does not (R22)."""
    return how in (CLOSING_ANSWERS if round_ == 1 else STRICT_ANSWERS)


def in_order(*moments: datetime | None) -> bool:
    """Whether those of the moments that are known follow each other, to the minute: forms and slips tell no seconds."""
    known = [moment.replace(second=0, microsecond=0) for moment in moments if moment is not None]
    return known == sorted(known)
