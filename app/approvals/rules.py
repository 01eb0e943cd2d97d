"""Review chains per kind of paper and profile, and the table of a review's moves."""

import enum
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from app.estates.rules import Profile, limits
from app.people.rules import MAY, Act, Role


class Paper(enum.Enum):
    """What goes through a chain."""

    PLAN = "plan"
    RECORDS = "records"
    AMENDMENT = "plan_amendment"
    YEAR = "year_report"
    SURVEY = "survey_report"


class Duty(enum.Enum):
    """What is done at a stage of a chain: 批阅, 批阅签字, 批准, 备案, 归档, 评审."""

    REVIEW = "review"
    SIGN = "sign"
    APPROVE = "approve"
    FILE = "file"
    ARCHIVE = "archive"
    ASSESS = "assess"


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
_YEAR = (
    Stage(Duty.REVIEW, Role.MANAGER, _REVIEW_DAYS),
    Stage(Duty.ASSESS, Role.EXECUTIVE, _REVIEW_DAYS),
)
_OVERSEEN: Chain = (_YEAR[0], Stage(Duty.REVIEW, Role.PROPERTY_MANAGER, _REVIEW_DAYS), _YEAR[1])
_OF_PAPERS: tuple[tuple[Paper, Chain], ...] = (
    (Paper.PLAN, _PLAN),
    (Paper.RECORDS, _RECORDS),
    (Paper.AMENDMENT, _PLAN),
    (Paper.YEAR, _YEAR),
    (Paper.SURVEY, _YEAR),
)
CHAINS: dict[tuple[Paper, Profile], Chain] = {
    (paper, profile): chain for paper, chain in _OF_PAPERS for profile in Profile
} | {(Paper.SURVEY, Profile.A): _OVERSEEN}
"""The policy's chains (V44; R15, R16, V47; R19; R32, V50, R33). The lead department, which files and archives, is the
supervisor's. Where the property manager is not the executive, they oversee the survey beside the manager."""

DRAFTED_BY: dict[Paper, Role] = {
    Paper.PLAN: Role.SUPERVISOR,
    Paper.RECORDS: Role.OFFICER,
    Paper.AMENDMENT: Role.SUPERVISOR,
    Paper.YEAR: Role.SUPERVISOR,
    Paper.SURVEY: Role.SUPERVISOR,
}
"""Who makes a paper, and mends one that was sent back."""

AS_THE = {Paper.AMENDMENT: Paper.PLAN}
"""A paper that takes the chain of another: whoever approved a plan approves what changes in it."""


DUTIES_OF: dict[Paper, tuple[Duty, ...]] = {
    Paper.PLAN: (Duty.REVIEW, Duty.APPROVE, Duty.FILE),
    Paper.RECORDS: (Duty.SIGN, Duty.REVIEW, Duty.ARCHIVE),
    Paper.YEAR: (Duty.REVIEW, Duty.ASSESS),
    Paper.SURVEY: (Duty.REVIEW, Duty.ASSESS),
}
"""What can be done at a stage; the last duty ends the chain."""

MOST_STAGES = 8
MOST_DAYS = 30


class ChainRule(enum.Enum):
    """What every chain must keep to."""

    NOT_EMPTY = "not_empty"
    KNOWN_DUTIES = "known_duties"
    READERS_ONLY = "readers_only"
    DAYS = "days"
    ENDS = "ends"
    SIGNED = "signed"
    SECOND_EYES = "second_eyes"


_RULES: tuple[tuple[ChainRule, Callable[[Paper, Chain], bool]], ...] = (
    (ChainRule.NOT_EMPTY, lambda _paper, chain: 0 < len(chain) <= MOST_STAGES),
    (ChainRule.KNOWN_DUTIES, lambda paper, chain: all(stage.duty in DUTIES_OF[paper] for stage in chain)),
    (ChainRule.READERS_ONLY, lambda _paper, chain: all(stage.role in MAY[Act.REVIEW_PAPERS] for stage in chain)),
    (ChainRule.DAYS, lambda _paper, chain: all(0 < stage.days <= MOST_DAYS for stage in chain)),
    (ChainRule.ENDS, lambda paper, chain: _places(chain, DUTIES_OF[paper][-1]) == [len(chain) - 1]),
    (ChainRule.SIGNED, lambda paper, chain: paper is not Paper.RECORDS or bool(_places(chain, Duty.SIGN))),
    (ChainRule.SECOND_EYES, lambda paper, chain: any(stage.role is not DRAFTED_BY[paper] for stage in chain)),
)
"""In the order in which they are told."""


def broken_rule(paper: Paper, chain: Chain) -> ChainRule | None:
    """The first rule that a chain breaks, if there is one."""
    return next((rule for rule, holds in _RULES if not holds(paper, chain)), None)


def _places(chain: Chain, duty: Duty) -> list[int]:
    return [n for n, stage in enumerate(chain) if stage.duty is duty]


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
    """The chain that a paper takes in an estate: its own setting, or else the policy's for its profile.

    The policy's stages take the days that the estate gives to signing (R15) and to reviewing (R16).
    """
    own = settings.get("chains", {}).get(AS_THE.get(paper, paper).value)
    if own:
        return read_chain(own)
    limit = limits(settings)
    days = {Duty.SIGN: limit.sign_days}
    return tuple(replace(stage, days=days.get(stage.duty, limit.review_days)) for stage in CHAINS[paper, profile])


def read_chain(kept: Sequence[dict[str, Any]]) -> Chain:
    """A chain as `Stage.plain` wrote it."""
    return tuple(Stage(Duty(stage["duty"]), Role(stage["role"]), int(stage["days"])) for stage in kept)
