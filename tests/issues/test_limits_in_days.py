"""A limit in days ends at the same time of day by the clock of where the estate stands, also when clocks change."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from app.core import waits
from app.core.ids import new_id
from app.core.journal import By
from app.issues.answering import may_object_until
from app.issues.complaining import Matter, open_complaint
from app.issues.complaint_rules import Grade, Nature
from app.issues.deferring import untold
from app.issues.models import Complaint, Issue
from app.issues.reported import results_of
from app.issues.reporting import report_result, report_up
from app.issues.rules import Move, State
from tests.issues.conftest import Ground

SATURDAY = datetime(2026, 10, 24, 8, tzinfo=UTC)
"""Ten o'clock in Berlin, the day before its clocks are put back; from the next day on ten o'clock is nine in UTC."""


def called_back(ground: Ground) -> datetime:
    issue = ground.an_issue(State.ACCEPTED)
    ground.take(issue, Move.RECTIFY, at=SATURDAY)
    return _due(issue)


def explained(ground: Ground) -> datetime:
    issue = ground.an_issue(State.ROUTED)
    ground.take(issue, Move.CANNOT, at=SATURDAY)
    return _due(issue)


def objected_to(ground: Ground) -> datetime:
    issue = ground.an_issue(State.RECTIFIED)
    ground.take(issue, Move.OWNER_SATISFIED, at=SATURDAY)
    until = may_object_until(issue)
    assert until is not None
    return until


def told(ground: Ground) -> datetime:
    issue = ground.an_issue(State.DEFERRED)
    ground.take(issue, Move.DEFER, at=SATURDAY)
    deferral = untold(issue)
    assert deferral is not None
    [wait] = waits.on(deferral.id)
    return wait.due_at


def handled(ground: Ground) -> datetime:
    return _a_complaint(ground).deadline_at


def reviewed(ground: Ground) -> datetime:
    complaint = _a_complaint(ground, State.RECTIFIED)
    ground.take(complaint.issue, Move.OWNER_SATISFIED, at=SATURDAY)
    [wait] = waits.on(complaint.id)
    return wait.due_at


def read(ground: Ground) -> datetime:
    issue, more = ground.an_issue(State.ROUTED), {"by": By(ground.officer.id), "at": SATURDAY}
    report_up(issue, event_id=new_id(), **more)
    report_result(issue, "防水已重做", event_id=new_id(), **more)
    [result] = results_of(issue.id)
    [due_at] = {wait.due_at for wait in waits.on(result.id)}
    return due_at


@pytest.mark.parametrize(
    ("limit", "ends"),
    [(called_back, 27), (explained, 31), (told, 27), (objected_to, 31), (handled, 27), (reviewed, 27), (read, 27)],
    ids=lambda one: getattr(one, "__name__", str(one)),
)
def test_days_are_counted_by_the_estates_calendar(
    ground: Ground, limit: Callable[[Ground], datetime], ends: int
) -> None:
    ground.estate.time_zone = "Europe/Berlin"

    assert limit(ground) == datetime(2026, 10, ends, 9, tzinfo=UTC)


def _due(issue: Issue) -> datetime:
    [wait] = waits.on(issue.id)
    return wait.due_at


def _a_complaint(ground: Ground, state: State = State.ROUTED) -> Complaint:
    issue = ground.an_issue(state)
    matter = Matter(Nature.DELAY, Grade.IMPORTANT, None)
    open_complaint(issue, matter, event_id=new_id(), by=By(ground.officer.id), at=SATURDAY)
    assert issue.complaint is not None
    return issue.complaint
