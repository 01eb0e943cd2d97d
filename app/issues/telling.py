"""What an owner is to be told is a task of whoever tells it: an explanation (R36), or another date (R39).

A task comes and goes with what the issue waits for. The caller commits.
"""

import uuid
from datetime import date, datetime

from app.agenda.actions import cancel, make_task, settle
from app.agenda.queries import due_about
from app.agenda.rules import TaskKind
from app.core.journal import By
from app.issues.complaints import caller_back, is_about
from app.issues.models import Issue
from app.people.queries import staff_who_may
from app.people.rules import Act

TOLD_OTHERWISE = "issue:told_otherwise"
"""Why a task is called off: the owner was told in the office."""


def explainer_of(issue: Issue, on: date) -> uuid.UUID | None:
    """Whoever was sent to explain, but never whom its complaint is about; nobody where it is the supervisor's."""
    return caller_back(issue, on) if is_about(issue, issue.explainer_id) else issue.explainer_id


def visits(issue: Issue, staff_id: uuid.UUID, on: date) -> bool:
    """Whether somebody visits owners of the estate; all others tell in their own way, without a task."""
    return any(staff.id == staff_id for staff in staff_who_may(Act.CARRY_TABLET, issue.estate_id, on))


def let_tell(issue: Issue, kind: TaskKind, staff_id: uuid.UUID, *, due_on: date, by: By, at: datetime) -> None:
    """It is for them to tell the owner."""
    if issue.unit is not None:
        make_task(
            issue.unit,
            kind,
            assignee_id=staff_id,
            due_on=due_on,
            subject_id=issue.id,
            round_=issue.round,
            by=by,
            at=at,
        )


def told_on_visit(issue: Issue, kind: TaskKind, visit_id: uuid.UUID, *, by: By, at: datetime) -> None:
    """The owner was told, and has answered, on a visit."""
    for task in due_about(issue.id, kind):
        settle(task, visit_id, by=by, at=at)


def need_not_tell(issue: Issue, kind: TaskKind, *, by: By, at: datetime, reason: str) -> None:
    """Nobody needs to tell it any more."""
    for task in due_about(issue.id, kind):
        cancel(task, by=by, at=at, reason=reason)
