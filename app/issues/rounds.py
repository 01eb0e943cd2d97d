"""An issue's rounds, one after another: what was settled, what was reported, what its owner said to it (R13)."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from app.core.journal import JournalLine
from app.issues.models import Issue, OwnerAnswer
from app.issues.rules import Move


@dataclass
class Round:
    """One round with a department. `sent_back`: what the supervisor saw, where nobody owns the issue.

    `handled`: the line that says what was done, reported by its department, with other work or answered on the spot.
    """

    number: int
    measure: str = ""
    method: str = ""
    responsible_id: uuid.UUID | None = None
    due_on: date | None = None
    rectified_at: datetime | None = None
    note: str = ""
    handled: JournalLine | None = None
    answer: OwnerAnswer | None = None
    sent_back: str = ""
    ended_at: datetime | None = None

    @property
    def began(self) -> bool:
        """Whether the department has settled anything in it yet."""
        return bool(self.measure or self.rectified_at)


_RECTIFIED = frozenset({Move.RECTIFY.value, Move.RECTIFIED_TOO.value})


def rounds_of(issue: Issue, lines: Iterable[JournalLine]) -> list[Round]:
    """Every round of an issue, the first one first, out of its history; of what was settled twice the last."""
    rounds = {n: Round(n) for n in range(1, issue.round + 1)}
    for line in lines:
        data, number = line.data, line.data.get("round", 1)
        if line.kind == Move.ACCEPT.value and number in rounds:
            this = rounds[number]
            this.measure, this.method = data["measure"], data.get("method", "")
            this.responsible_id, this.due_on = uuid.UUID(data["responsible"]), date.fromisoformat(data["due_on"])
        elif line.kind in _RECTIFIED and number in rounds:
            this = rounds[number]
            this.rectified_at, this.note, this.handled = line.at, data.get("note", ""), line
        elif line.kind == Move.ANSWER.value and number in rounds:
            rounds[number].handled = line
        elif line.kind == Move.SEND_BACK.value and number - 1 in rounds:
            rounds[number - 1].sent_back, rounds[number - 1].ended_at = data.get("reason", ""), line.at
    for said in issue.answers:
        if said.moved and said.round in rounds:
            rounds[said.round].answer, rounds[said.round].ended_at = said, said.answered_at
    return list(rounds.values())
