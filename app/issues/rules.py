"""The table of an issue's states and moves. A rule is a row; only an owner's answer leads to closed.

Other ends are counted apart and never as satisfied: verified by the supervisor (what nobody owns), carried over with
the owner's agreement, closed without satisfaction by the executive.
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
    DISPUTED = "disputed"
    DEFERRED = "deferred"
    MERGED = "merged"
    RECTIFIED = "rectified"
    EXPLAINED = "explained"
    CLOSED = "closed"
    VERIFIED = "verified"
    CARRIED_OVER = "carried_over"
    CLOSED_UNSATISFIED = "closed_unsatisfied"


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
    ASK_TO_DEFER = "issue:deferral_asked"
    DEFER = "issue:deferred"
    KEEP_DATE = "issue:deferral_refused"
    CANNOT = "issue:cannot_be_solved"
    OWNER_AGREED = "issue:owner_agreed"
    OWNER_DISAGREED = "issue:owner_disagreed"
    CARRY_ON = "issue:carried_on"
    REFUSE = "issue:refused"
    OWNER_OBJECTED = "issue:owner_objected"
    CLOSE_UNSATISFIED = "issue:closed_unsatisfied"
    DISPUTE = "issue:disputed"
    DECIDE_LIABILITY = "issue:liability_decided"
    MERGE = "issue:merged"
    UNMERGE = "issue:unmerged"
    RECTIFIED_TOO = "issue:rectified_too"
    CANNOT_TOO = "issue:cannot_be_solved_too"
    WORKED_ON_AGAIN = "issue:worked_on_again"


class Urgency(enum.Enum):
    """How soon an issue must be rectified."""

    URGENT = "urgent"
    ORDINARY = "ordinary"
    MAJOR = "major"


class Answer(enum.Enum):
    """What an owner says about an issue."""

    SATISFIED = "satisfied"
    DISSATISFIED = "dissatisfied"
    AGREED = "agreed"
    DISAGREED = "disagreed"
    OBJECTED = "objected"


class Cannot(enum.Enum):
    """Whether something cannot be solved for now (暂不能解决), or not at all (不能解决)."""

    FOR_NOW = "for_now"
    AT_ALL = "at_all"


class Ending(enum.Enum):
    """Why the executive closes what its owner has not called good."""

    UNREACHABLE = "unreachable"
    WITHDRAWN = "withdrawn"
    MOVED = "moved"


class HowTold(enum.Enum):
    """How an owner was told of another date."""

    DOOR = "door"
    PHONE = "phone"


class HowAnswered(enum.Enum):
    """How an owner's answer was given; kept and printed."""

    SIGNED = "signed"
    MARK = "mark"
    PHONE = "phone"
    WITNESSED = "witnessed"
    PROXY = "proxy"
    TOLD = "told"
    COUNTER = "counter"


@dataclass(frozen=True)
class Step:
    """From a state, by a move, to a state; for one of the roles. `by_owner`: the move is an owner's answer.

    `owned`: only for what an owner raised (True), only for what nobody owns (False), or for both (None).
    `together`: only with the issue that leads the work which this one was merged into.
    """

    before: State
    move: Move
    after: State
    roles: frozenset[Role]
    by_owner: bool = False
    owned: bool | None = None
    together: bool = False


_OFFICER = frozenset({Role.OFFICER, Role.FRONT_DESK, Role.SUPERVISOR})
_LEADERS = frozenset({Role.SUPERVISOR, Role.MANAGER})
_FRONT = _OFFICER | _LEADERS
_SUPERVISOR = frozenset({Role.SUPERVISOR})
_DEPARTMENT = frozenset({Role.DEPARTMENT_MANAGER})
_WORKERS = frozenset({Role.DEPARTMENT_MANAGER, Role.HANDLER})
_DECIDERS = frozenset({Role.MANAGER, Role.EXECUTIVE})
_EXECUTIVE = frozenset({Role.EXECUTIVE})
_WHO_KNOWS = _LEADERS | _DEPARTMENT

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
    # Whose it is, is in dispute: the manager decides, between companies the executive.
    Step(State.ROUTED, Move.DISPUTE, State.DISPUTED, _DEPARTMENT),
    Step(State.DISPUTED, Move.DECIDE_LIABILITY, State.ROUTED, _DECIDERS),
    # What cannot be rectified at once is agreed with customer service (R39).
    Step(State.ACCEPTED, Move.ASK_TO_DEFER, State.DEFERRED, _DEPARTMENT),
    Step(State.DEFERRED, Move.DEFER, State.ACCEPTED, _LEADERS),
    Step(State.DEFERRED, Move.KEEP_DATE, State.ACCEPTED, _LEADERS),
    Step(State.DEFERRED, Move.RECTIFY, State.RECTIFIED, _WORKERS),
    # What cannot be solved is explained to its owner (R36) and, if they agree, carried over to the year's review (R18).
    Step(State.REPORTED, Move.CANNOT, State.EXPLAINED, _LEADERS, owned=True),
    Step(State.ROUTED, Move.CANNOT, State.EXPLAINED, _WHO_KNOWS, owned=True),
    Step(State.ACCEPTED, Move.CANNOT, State.EXPLAINED, _WHO_KNOWS, owned=True),
    Step(State.DEFERRED, Move.CANNOT, State.EXPLAINED, _LEADERS, owned=True),
    Step(State.EXPLAINED, Move.OWNER_AGREED, State.CARRIED_OVER, _FRONT, by_owner=True, owned=True),
    Step(State.EXPLAINED, Move.OWNER_DISAGREED, State.REPORTED, _FRONT, by_owner=True, owned=True),
    Step(State.EXPLAINED, Move.ROUTE, State.ROUTED, _LEADERS, owned=True),
    Step(State.CARRIED_OVER, Move.ROUTE, State.ROUTED, _LEADERS, owned=True),
    Step(State.CARRIED_OVER, Move.CARRY_ON, State.CARRIED_OVER, _DECIDERS, owned=True),
    Step(State.CARRIED_OVER, Move.REFUSE, State.EXPLAINED, _DECIDERS, owned=True),
    # Several owners, one piece of work: each is called back and answers alone.
    Step(State.REPORTED, Move.MERGE, State.MERGED, _LEADERS, owned=True),
    Step(State.ROUTED, Move.MERGE, State.MERGED, _LEADERS, owned=True),
    Step(State.ACCEPTED, Move.MERGE, State.MERGED, _LEADERS, owned=True),
    Step(State.DEFERRED, Move.MERGE, State.MERGED, _LEADERS, owned=True),
    Step(State.MERGED, Move.UNMERGE, State.REPORTED, _LEADERS, owned=True),
    Step(State.MERGED, Move.RECTIFIED_TOO, State.RECTIFIED, _WORKERS, owned=True, together=True),
    Step(State.MERGED, Move.CANNOT_TOO, State.EXPLAINED, _WHO_KNOWS, owned=True, together=True),
    Step(State.RECTIFIED, Move.WORKED_ON_AGAIN, State.MERGED, _OFFICER, owned=True, together=True),
    # Only the executive, with a reason, counted apart.
    Step(State.REPORTED, Move.CLOSE_UNSATISFIED, State.CLOSED_UNSATISFIED, _EXECUTIVE, owned=True),
    Step(State.ROUTED, Move.CLOSE_UNSATISFIED, State.CLOSED_UNSATISFIED, _EXECUTIVE, owned=True),
    Step(State.ACCEPTED, Move.CLOSE_UNSATISFIED, State.CLOSED_UNSATISFIED, _EXECUTIVE, owned=True),
    Step(State.DISPUTED, Move.CLOSE_UNSATISFIED, State.CLOSED_UNSATISFIED, _EXECUTIVE, owned=True),
    Step(State.DEFERRED, Move.CLOSE_UNSATISFIED, State.CLOSED_UNSATISFIED, _EXECUTIVE, owned=True),
    Step(State.MERGED, Move.CLOSE_UNSATISFIED, State.CLOSED_UNSATISFIED, _EXECUTIVE, owned=True),
    Step(State.RECTIFIED, Move.CLOSE_UNSATISFIED, State.CLOSED_UNSATISFIED, _EXECUTIVE, owned=True),
    Step(State.EXPLAINED, Move.CLOSE_UNSATISFIED, State.CLOSED_UNSATISFIED, _EXECUTIVE, owned=True),
    # Within the days of objection the owner opens it again, by any channel.
    Step(State.CLOSED, Move.OWNER_OBJECTED, State.REPORTED, _FRONT, by_owner=True, owned=True),
    Step(State.CLOSED_UNSATISFIED, Move.OWNER_OBJECTED, State.REPORTED, _FRONT, by_owner=True, owned=True),
    Step(State.CARRIED_OVER, Move.OWNER_OBJECTED, State.REPORTED, _FRONT, by_owner=True, owned=True),
)
_TABLE = {(step.before, step.move): step for step in STEPS}
OWNERS = frozenset(step.move for step in STEPS if step.by_owner)
"""Moves that are an owner's own answer."""

CLOSING_ANSWERS = frozenset(
    {
        HowAnswered.SIGNED,
        HowAnswered.MARK,
        HowAnswered.PHONE,
        HowAnswered.COUNTER,
        HowAnswered.WITNESSED,
        HowAnswered.PROXY,
    }
)
"""How a satisfied answer must be given to close an ordinary issue: told at the door alone, it does not."""
STRICT_ANSWERS = frozenset({HowAnswered.SIGNED, HowAnswered.MARK, HowAnswered.WITNESSED})
"""How a satisfied answer must be given to a complaint, or after rework: signed, or witnessed where it was refused."""


MOVE_OF_ANSWER: dict[Answer, Move] = {
    Answer.SATISFIED: Move.OWNER_SATISFIED,
    Answer.DISSATISFIED: Move.OWNER_DISSATISFIED,
    Answer.AGREED: Move.OWNER_AGREED,
    Answer.DISAGREED: Move.OWNER_DISAGREED,
    Answer.OBJECTED: Move.OWNER_OBJECTED,
}
"""What an owner's answer does to an issue, where there is a row for it."""
CLOSED_MEANWHILE = frozenset({State.CLOSED, State.CLOSED_UNSATISFIED})
"""Ends that a callback under way may not know of: who is dissatisfied then objects, as any owner keeps it open."""
CONTENT = frozenset({Answer.SATISFIED, Answer.AGREED})
"""Answers after which nobody works on an issue any more: it counts how, and by whom, they were given."""

ENDED = frozenset({State.CLOSED, State.VERIFIED, State.CARRIED_OVER, State.CLOSED_UNSATISFIED})
"""Where an issue ends: closed by its owner; verified where it has none; or one of the exceptions. Counted apart."""

WORKED_ON = frozenset({State.REPORTED, State.ROUTED, State.DISPUTED, State.ACCEPTED, State.DEFERRED})
"""States of an issue that a piece of work is done for: of those that were merged only one at a time."""

NEXT_ROUND = frozenset({Move.OWNER_DISSATISFIED, Move.SEND_BACK, Move.OWNER_OBJECTED, Move.WORKED_ON_AGAIN})
"""Moves that begin another round."""


def step(before: State, move: Move, *, owned: bool = True) -> Step | None:
    """The row for a move from a state, if there is one for an issue that an owner raised, or that nobody owns."""
    row = _TABLE.get((before, move))
    return row if row is not None and row.owned in (None, owned) else None


def move_of(answer: Answer, state: State) -> Move:
    """What an owner's answer does to an issue in a state, where there is a row for it."""
    if answer is Answer.DISSATISFIED and state in CLOSED_MEANWHILE:
        return Move.OWNER_OBJECTED
    return MOVE_OF_ANSWER[answer]


def moves_open_to(roles: frozenset[Role], state: State, *, owned: bool = True) -> list[Move]:
    """What somebody with these roles can do to an issue in a state by a move alone; an owner's answers left out."""
    rows = (row for row in STEPS if row.before is state and row.owned in (None, owned))
    return [row.move for row in rows if not (row.by_owner or row.together) and row.roles & roles]


def answers_open_to(roles: frozenset[Role], state: State, *, owned: bool = True) -> list[Move]:
    """Which owner's answers somebody with these roles can take down about an issue in a state."""
    rows = (row for row in STEPS if row.before is state and row.owned in (None, owned))
    return [row.move for row in rows if row.by_owner and row.roles & roles]


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
