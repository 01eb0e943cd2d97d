"""The special meeting on a survey and the measures that follow of it: states, moves, what waits (R33 to R35)."""

import enum
from dataclasses import dataclass

from app.people.rules import Role

CLASSIFY, CALL = "survey:classify", "survey:call_meeting"
"""What a survey waits for: opinions that nobody has classified (R32), and the meeting, once its result is read."""
ATTEND, MINUTES = "meeting:attend", "meeting:minutes"
"""Whoever is called reads the summary and comes; the minutes are written."""
SETTLE, REPORT, READ, COLLECT = "measure:settle", "measure:report", "measure:read", "measure:collect"
"""What a measure waits for: its department twice, then the executive (R34) and customer service (R35) side by side."""
READING = "measure:read_by_executive"
"""The journal's kind of the executive's reading, which moves nothing."""


class Became(enum.Enum):
    """What an opinion on a sheet has become, once it is classified (R32)."""

    ISSUE = "issue"
    MERGED = "merged"
    PRAISE = "praise"
    NO_ACTION = "no_action"


WITHOUT_ACTION = frozenset({Became.PRAISE, Became.NO_ACTION})
"""Nothing is to be done about these; they are counted."""


class MeetingState(enum.Enum):
    """A special meeting is called, then held."""

    CALLED = "called"
    HELD = "held"


class MeetingMove(enum.Enum):
    """What happens with a meeting; the journal's kind of it."""

    CALL = "meeting:called"
    PUT_OFF = "meeting:put_off"
    RECORD = "meeting:recorded"


class MeasureState(enum.Enum):
    """Where a measure stands: its problem is set down in the minutes, the department settles and reports it."""

    SET_DOWN = "set_down"
    SETTLED = "settled"
    REPORTED = "reported"
    COLLECTED = "collected"
    DROPPED = "dropped"


class MeasureMove(enum.Enum):
    """What happens with a measure; the journal's kind of it."""

    SETTLE = "measure:settled"
    REPORT = "measure:reported"
    COLLECT = "measure:collected"
    ASK_AGAIN = "measure:asked_again"
    DROP = "measure:dropped"


@dataclass(frozen=True)
class MeasureStep:
    """From a state, by a move, to a state; for one of the roles."""

    before: MeasureState
    move: MeasureMove
    after: MeasureState
    roles: frozenset[Role]


_DEPARTMENT = frozenset({Role.DEPARTMENT_MANAGER})
_EXECUTIVE = frozenset({Role.EXECUTIVE})
_CUSTOMER_SERVICE = frozenset({Role.SUPERVISOR, Role.MANAGER})

MEASURE_STEPS = (
    MeasureStep(MeasureState.SET_DOWN, MeasureMove.SETTLE, MeasureState.SETTLED, _DEPARTMENT),
    MeasureStep(MeasureState.SETTLED, MeasureMove.REPORT, MeasureState.REPORTED, _DEPARTMENT),
    MeasureStep(MeasureState.REPORTED, MeasureMove.COLLECT, MeasureState.COLLECTED, _CUSTOMER_SERVICE),
    # The executive reads every report, before or after customer service has collected it, and may want more.
    MeasureStep(MeasureState.REPORTED, MeasureMove.ASK_AGAIN, MeasureState.SET_DOWN, _EXECUTIVE),
    MeasureStep(MeasureState.COLLECTED, MeasureMove.ASK_AGAIN, MeasureState.SET_DOWN, _EXECUTIVE),
    # Set down by mistake, or taken over by another one: with the reason, and never as carried out.
    MeasureStep(MeasureState.SET_DOWN, MeasureMove.DROP, MeasureState.DROPPED, _EXECUTIVE),
    MeasureStep(MeasureState.SETTLED, MeasureMove.DROP, MeasureState.DROPPED, _EXECUTIVE),
)
CARRIED_OUT = frozenset({MeasureState.REPORTED, MeasureState.COLLECTED})
"""The department says that it has done it; whether owners are satisfied say their issues alone."""


def measure_step(before: MeasureState, move: MeasureMove) -> MeasureStep | None:
    """The row for a move of a measure, if there is one."""
    return next((row for row in MEASURE_STEPS if (row.before, row.move) == (before, move)), None)


def measure_moves_open_to(roles: frozenset[Role], state: MeasureState) -> list[MeasureMove]:
    """What somebody with these roles can do with a measure in a state."""
    return [row.move for row in MEASURE_STEPS if row.before is state and row.roles & roles]


MOST_PROBLEMS = 20
"""Of one department in one meeting."""
