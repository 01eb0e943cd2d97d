"""The carry-over list of a year (R18): what could not be solved, why, and what the year's review said of it (R19)."""

import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

import sqlalchemy as sa

from app.core.db import by_id, db
from app.core.journal import JournalLine
from app.issues.models import Issue
from app.issues.queries import Wanted, issue_ids, issues_with_waits
from app.issues.rules import STEPS, Cannot, Move, State
from app.people.models import Staff
from app.reports.queries import Year

MOST = 2_000
"""Lines of a list that somebody can still review."""

_EXPLAINED = frozenset({Move.CANNOT.value, Move.CANNOT_TOO.value, Move.REFUSE.value})
_REVIEWS = frozenset({row.move.value for row in STEPS if row.before is State.CARRIED_OVER and not row.by_owner})


@dataclass(frozen=True)
class Reviewed:
    """What the review said of an issue: the move that it made, in whose words, who and when."""

    move: str
    note: str
    by: str
    at: datetime


@dataclass(frozen=True)
class CarriedOver:
    """An issue on the list. `reason`: why it cannot be solved, as its owner was told; `agreed_at`: when they agreed."""

    issue: Issue
    cannot: Cannot
    reason: str
    agreed_at: datetime
    reviewed: Reviewed | None


def carried_over(estate_id: uuid.UUID, year: Year, most: int = MOST) -> list[CarriedOver]:
    """What stood on the list at the year's end, or stands there now; along the buildings, up to a number."""
    at = min(year.moments[1], year.now)
    ids = issue_ids(estate_id, Wanted(carried_at=at, order="unit"), most)
    next_list_at = replace(year, number=year.number + 1).moments[1]
    told = _lines(estate_id, ids, next_list_at)
    staff = by_id(Staff, {line.staff_id for lines in told.values() for line in lines if line.staff_id})
    names = {id_: one.name for id_, one in staff.items()}
    return [_as_carried(issue, told[issue.id], at, names) for issue, _wait in issues_with_waits(ids)]


def _lines(estate_id: uuid.UUID, ids: Iterable[uuid.UUID], until: datetime) -> dict[uuid.UUID, list[JournalLine]]:
    """What was said of each until the list of the year after: what a review says later, it says of that one."""
    kinds = _EXPLAINED | _REVIEWS | {Move.OWNER_AGREED.value}
    found = sa.select(JournalLine).where(
        *(JournalLine.stream == estate_id, JournalLine.subject_id.in_(list(ids)), JournalLine.kind.in_(kinds)),
        JournalLine.at < until,
    )
    told: dict[uuid.UUID, list[JournalLine]] = defaultdict(list)
    for line in db.session.scalars(found.order_by(JournalLine.seq)):
        told[line.subject_id].append(line)
    return told


def _as_carried(issue: Issue, lines: list[JournalLine], at: datetime, names: dict[uuid.UUID, str]) -> CarriedOver:
    agreed = next(line for line in reversed(lines) if line.kind == Move.OWNER_AGREED.value and line.at <= at)
    why = next(line for line in reversed(lines) if line.kind in _EXPLAINED and line.seq < agreed.seq)
    said = _review(lines, agreed)
    return CarriedOver(
        issue=issue,
        cannot=Cannot(why.data["cannot"]) if "cannot" in why.data else issue.cannot or Cannot.FOR_NOW,
        reason=why.data["reason"],
        agreed_at=agreed.at,
        reviewed=_as_reviewed(said, names) if said else None,
    )


def _as_reviewed(said: JournalLine, names: dict[uuid.UUID, str]) -> Reviewed:
    by = names.get(said.staff_id, "") if said.staff_id else ""
    return Reviewed(said.kind, said.data.get("note") or said.data.get("reason") or "", by, said.at)


def _review(lines: list[JournalLine], agreed: JournalLine) -> JournalLine | None:
    """The last thing that was said of it while it stood on the list; else that it was refused, and so stands there."""
    last = next((line for line in reversed(lines) if line.seq < agreed.seq and line.kind == Move.REFUSE.value), None)
    for line in lines:
        if line.seq > agreed.seq and line.kind in _REVIEWS:
            last = line
            if line.kind != Move.CARRY_ON.value:
                break
    return last
