"""Natures and grades of complaints, and the table of a complaint's own steps (V46). A rule is a row.

The work itself goes on in the issue's table. What the issue does there moves the complaint along, and what people do
with the complaint itself stands here: respond first, grade, turn back, review.
"""

import enum
from dataclasses import dataclass

from app.issues.rules import CLOSING_ANSWERS, ENDED, NEXT_ROUND, STRICT_ANSWERS, HowAnswered, Move, State
from app.people.rules import Role


class Nature(enum.Enum):
    """What a complaint is about."""

    ATTITUDE = "attitude"
    QUALITY = "quality"
    DELAY = "delay"
    CHARGES = "charges"
    SAFETY = "safety"
    ENVIRONMENT = "environment"
    NEIGHBOURS = "neighbours"
    OTHER = "other"


class Grade(enum.Enum):
    """How grave it is; the limit of handling follows from it. In their order, the gravest last."""

    ORDINARY = "ordinary"
    IMPORTANT = "important"
    MAJOR = "major"


class Standing(enum.Enum):
    """Where a complaint stands."""

    RECEIVED = "received"
    RESPONDED = "responded"
    HANDLED = "handled"
    TO_REVIEW = "to_review"
    REVIEWED = "reviewed"
    TURNED_BACK = "turned_back"


class Act(enum.Enum):
    """What can happen to a complaint; the value is the journal's kind."""

    OPEN = "complaint:opened"
    RESPOND = "complaint:responded"
    HANDLE = "complaint:handled"
    END = "complaint:ended"
    REOPEN = "complaint:reopened"
    HANDLE_AGAIN = "complaint:to_handle_again"
    GRADE_UP = "complaint:graded_up"
    GRADE_DOWN = "complaint:graded_down"
    NAME_PERSON = "complaint:person_named"
    TURN_BACK = "complaint:turned_back"
    REVIEW = "complaint:reviewed"


@dataclass(frozen=True)
class Row:
    """From a standing, by an act, to a standing; for one of the roles. Without any it follows from the issue alone."""

    before: Standing
    act: Act
    after: Standing
    roles: frozenset[Role] = frozenset()


_ANYBODY = frozenset({Role.OFFICER, Role.FRONT_DESK, Role.SUPERVISOR, Role.MANAGER})
_LEADERS = frozenset({Role.SUPERVISOR, Role.MANAGER})
_MANAGER = frozenset({Role.MANAGER})
_REVIEWERS = frozenset({Role.MANAGER, Role.EXECUTIVE})

ROWS = (
    Row(Standing.TURNED_BACK, Act.OPEN, Standing.RECEIVED, _ANYBODY),
    Row(Standing.RECEIVED, Act.RESPOND, Standing.RESPONDED, _ANYBODY),
    # A department that has handled it has told the complainant nothing yet.
    Row(Standing.HANDLED, Act.RESPOND, Standing.HANDLED, _ANYBODY),
    Row(Standing.RECEIVED, Act.GRADE_UP, Standing.RECEIVED, _LEADERS),
    Row(Standing.RESPONDED, Act.GRADE_UP, Standing.RESPONDED, _LEADERS),
    Row(Standing.HANDLED, Act.GRADE_UP, Standing.HANDLED, _LEADERS),
    Row(Standing.RECEIVED, Act.GRADE_DOWN, Standing.RECEIVED, _MANAGER),
    Row(Standing.RESPONDED, Act.GRADE_DOWN, Standing.RESPONDED, _MANAGER),
    Row(Standing.HANDLED, Act.GRADE_DOWN, Standing.HANDLED, _MANAGER),
    Row(Standing.RECEIVED, Act.NAME_PERSON, Standing.RECEIVED, _LEADERS),
    Row(Standing.RESPONDED, Act.NAME_PERSON, Standing.RESPONDED, _LEADERS),
    Row(Standing.HANDLED, Act.NAME_PERSON, Standing.HANDLED, _LEADERS),
    Row(Standing.RECEIVED, Act.TURN_BACK, Standing.TURNED_BACK, _MANAGER),
    Row(Standing.RESPONDED, Act.TURN_BACK, Standing.TURNED_BACK, _MANAGER),
    Row(Standing.HANDLED, Act.TURN_BACK, Standing.TURNED_BACK, _MANAGER),
    Row(Standing.RECEIVED, Act.HANDLE, Standing.HANDLED),
    Row(Standing.RESPONDED, Act.HANDLE, Standing.HANDLED),
    Row(Standing.RECEIVED, Act.END, Standing.TO_REVIEW),
    Row(Standing.RESPONDED, Act.END, Standing.TO_REVIEW),
    Row(Standing.HANDLED, Act.END, Standing.TO_REVIEW),
    Row(Standing.HANDLED, Act.REOPEN, Standing.RESPONDED),
    # Another owner of the same work was not satisfied, and this one has not heard a word yet.
    Row(Standing.HANDLED, Act.HANDLE_AGAIN, Standing.RECEIVED),
    Row(Standing.RESPONDED, Act.REOPEN, Standing.RESPONDED),
    Row(Standing.TO_REVIEW, Act.REOPEN, Standing.RESPONDED),
    Row(Standing.REVIEWED, Act.REOPEN, Standing.RESPONDED),
    Row(Standing.TO_REVIEW, Act.REVIEW, Standing.REVIEWED, _REVIEWERS),
)
_TABLE = {(row.before, row.act): row for row in ROWS}

RUNNING = frozenset({Standing.RECEIVED, Standing.RESPONDED, Standing.HANDLED})
"""Standings in which the matter is not settled with its owner."""


def complaint_row(before: Standing, act: Act) -> Row | None:
    """The row for an act in a standing, if there is one."""
    return _TABLE.get((before, act))


def acts_open_to(roles: frozenset[Role], standing: Standing) -> list[Act]:
    """What somebody with these roles can do with a complaint, what follows from the issue left out."""
    return [row.act for row in ROWS if row.before is standing and row.roles & roles]


def closing_answers(*, complaint: bool) -> frozenset[HowAnswered]:
    """How a satisfied answer must be given to close an issue."""
    return STRICT_ANSWERS if complaint else CLOSING_ANSWERS


def follows(before: State, move: Move, after: State, *, responded: bool) -> Act | None:
    """What a move of the issue means for its complaint: handled, ended, or taken up again.

    `responded`: whether the complainant has had a first response.
    """
    if move in (Move.RECTIFY, Move.RECTIFIED_TOO, Move.ANSWER):
        return Act.HANDLE
    if after in ENDED:
        return Act.END
    # An answer on the spot that did not close it was none.
    if move in NEXT_ROUND or before in ENDED or before is State.ANSWERED:
        return Act.REOPEN if responded else Act.HANDLE_AGAIN
    return None


def graver(one: Grade, other: Grade) -> bool:
    """Whether the first is graver than the second."""
    order = list(Grade)
    return order.index(one) > order.index(other)
