"""Review chains per kind of paper and profile, and the table of a review's moves."""

import enum
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from app.estates.rules import Profile
from app.people.rules import Role


class Paper(enum.Enum):
    """What goes through a chain."""

    PLAN = "plan"
    RECORDS = "records"
    AMENDMENT = "plan_amendment"


class Duty(enum.Enum):
    """What is done at a stage of a chain: 批阅, 批阅签字, 批准, 备案, 归档."""

    REVIEW = "review"
    SIGN = "sign"
    APPROVE = "approve"
    FILE = "file"
    ARCHIVE = "archive"


@dataclass(frozen=True)
class Stage:
    """One stage: what is done, in which role, within how many days."""

    duty: Duty
    role: Role
    days: int

    def plain(self) -> dict[str, Any]:
        """As it is kept with a review, and in an estate's settings."""
        return asdict(self) | {"duty": self.duty.value, "role": self.role.value}


Chain = tuple[Stage, ...]

_REVIEW_DAYS = 3

_PLAN = (
    Stage(Duty.REVIEW, Role.MANAGER, _REVIEW_DAYS),
    Stage(Duty.APPROVE, Role.PROPERTY_MANAGER, _REVIEW_DAYS),
    Stage(Duty.FILE, Role.SUPERVISOR, _REVIEW_DAYS),
)
_RECORDS = (
    Stage(Duty.SIGN, Role.SUPERVISOR, _REVIEW_DAYS),
    Stage(Duty.SIGN, Role.MANAGER, _REVIEW_DAYS),
    Stage(Duty.REVIEW, Role.EXECUTIVE, _REVIEW_DAYS),
    Stage(Duty.ARCHIVE, Role.SUPERVISOR, _REVIEW_DAYS),
)
_OF_PAPERS = ((Paper.PLAN, _PLAN), (Paper.RECORDS, _RECORDS), (Paper.AMENDMENT, _PLAN))
CHAINS: dict[tuple[Paper, Profile], Chain] = {
    (paper, profile): chain for paper, chain in _OF_PAPERS for profile in Profile
}
"""The policy's chains (V44; R15, R16, V47). The lead department, which files and archives, is the supervisor's."""

DRAFTED_BY: dict[Paper, Role] = {
    Paper.PLAN: Role.SUPERVISOR,
    Paper.RECORDS: Role.OFFICER,
    Paper.AMENDMENT: Role.SUPERVISOR,
}
"""Who makes a paper, and mends one that was sent back."""

AS_THE = {Paper.AMENDMENT: Paper.PLAN}
"""A paper that takes the chain of another: whoever approved a plan approves what changes in it."""


class State(enum.Enum):
    """Where a paper stands in its chain."""

    DRAFT = "draft"
    RUNNING = "running"
    SENT_BACK = "sent_back"
    COMPLETE = "complete"


class Move(enum.Enum):
    """What somebody does with a paper."""

    SUBMIT = "submit"
    HAND_ON = "hand_on"
    SEND_BACK = "send_back"
    TAKE_BACK = "take_back"


@dataclass(frozen=True)
class Step:
    """From a state, by a move, to a state. `last`: only at the last stage, only before it, or wherever (None)."""

    before: State
    move: Move
    after: State
    last: bool | None = None


STEPS = (
    Step(State.DRAFT, Move.SUBMIT, State.RUNNING),
    Step(State.RUNNING, Move.HAND_ON, State.RUNNING, last=False),
    Step(State.RUNNING, Move.HAND_ON, State.COMPLETE, last=True),
    Step(State.RUNNING, Move.SEND_BACK, State.SENT_BACK),
    Step(State.RUNNING, Move.TAKE_BACK, State.DRAFT),
    Step(State.SENT_BACK, Move.SUBMIT, State.RUNNING),
)

AT_A_STAGE = frozenset({Move.HAND_ON, Move.SEND_BACK})
"""Moves of whoever holds the stage; the others are the drafter's."""


def step(before: State, move: Move, *, last: bool) -> Step | None:
    """The row for a move from a state, if there is one; `last`: no stage comes after this one."""
    rows = (row for row in STEPS if row.before is before and row.move is move)
    return next((row for row in rows if row.last in (None, last)), None)


def chain_of(paper: Paper, profile: Profile, settings: dict[str, Any]) -> Chain:
    """The chain that a paper takes in an estate: its own setting, or else the policy's for its profile."""
    own = settings.get("chains", {}).get(AS_THE.get(paper, paper).value)
    return read_chain(own) if own else CHAINS[paper, profile]


def read_chain(kept: Sequence[dict[str, Any]]) -> Chain:
    """A chain as `Stage.plain` wrote it."""
    return tuple(Stage(Duty(stage["duty"]), Role(stage["role"]), int(stage["days"])) for stage in kept)
