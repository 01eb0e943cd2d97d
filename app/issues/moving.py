"""How an issue moves: the row is found, state and journal line are written together, and what it waits for now."""

import uuid
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from app.agenda.actions import cancel, make_task
from app.agenda.queries import due_about
from app.agenda.rules import CALLBACKS, TaskKind
from app.core import ahead, journal, waits
from app.core.clock import days_later, local_date
from app.core.db import db
from app.core.errors import Outdated
from app.core.i18n import _
from app.core.journal import By, Doc
from app.estates.models import Estate
from app.estates.rules import Limits, limits
from app.issues import reporting
from app.issues.complaints import (
    callback_days,
    callback_kind,
    caller_back,
    follow,
    not_by_whom_it_is_about,
    within_limit,
)
from app.issues.models import Deferral, Issue
from app.issues.rules import ENDED, NEXT_ROUND, Move, State, Step, step
from app.issues.telling import explainer_of, let_tell, need_not_tell, visits
from app.people.models import Department
from app.people.rules import Role

ROUTE, ACCEPT, RECTIFY, CALL_BACK = "issue:route", "issue:accept", "issue:rectify", "issue:call_back"
VERIFY = "issue:verify"
AGREE, EXPLAIN, DECIDE = "issue:agree_deferral", "issue:explain", "issue:decide_liability"
"""What an issue waits for."""
TELL = "deferral:tell"
"""What a deferral waits for, once customer service has agreed."""

_AT_ITS_VISIT = frozenset({State.RECORDED, State.ANSWERED})
"""States that nothing waits in: an issue that leaves the visit where it was raised stands in the database first."""
_CLOCK_RUNS_ON = frozenset({Move.DISPUTE, Move.DECIDE_LIABILITY})
"""Moves that leave the limit as it was: whose it is may be in dispute, by when it is due is not."""


def row_for(issue: Issue, move: Move, event_id: uuid.UUID) -> Step | None:
    """The row for a move; nothing if this very event happened already.

    Raises Outdated if there is no such row, or if it is with another department than whoever moves it has seen.
    """
    if journal.happened(event_id):
        return None
    seen_with = issue.department_id
    lock(issue)
    row = step(issue.state, move, owned=issue.owned)
    if row is None or issue.department_id != seen_with:
        raise Outdated(
            "issue:not_open_to_this",
            _("This issue has moved on since: look at it again."),
            state=issue.state.value,
        )
    return row


def row_for_act(issue: Issue, move: Move, event_id: uuid.UUID, by: By) -> Step | None:
    """As `row_for`, for what somebody does of their own accord. Raises NotAllowed for whom the complaint is about.

    What an owner says, and what follows from it, is never refused because of who heard it.
    """
    row = row_for(issue, move, event_id)
    if row is not None:
        not_by_whom_it_is_about(issue, by)
    return row


def take(
    row: Step,
    issue: Issue,
    *,
    event_id: uuid.UUID,
    by: By,
    at: datetime,
    data: dict[str, Any],
    said_at: datetime | None = None,
) -> None:
    """Write state and journal line together, and what the issue waits for now. `said_at`: see `follow`; at once."""
    running = next(iter(waits.on(issue.id)), None) if row.move in _CLOCK_RUNS_ON else None
    issue.state = row.after
    if row.move in NEXT_ROUND:
        issue.round += 1
    issue.closed_at = at if row.after in ENDED else None
    if row.after is not State.ACCEPTED:
        need_not_be_told(issue, by=by, at=at, reason=row.move.value)
    if row.before is State.EXPLAINED:
        need_not_tell(issue, TaskKind.ISSUE_EXPLANATION, by=by, at=at, reason=row.move.value)
    write_down(issue, row.move.value, by=by, at=at, data={"round": issue.round, **data}, event_id=event_id)
    follow(issue, row.before, row.move, data=data, by=by, at=at, said_at=said_at or at)
    let_wait(issue, at=at, since=running.since if running else None, due_at=running.due_at if running else None)
    if row.after is State.EXPLAINED:
        _begin_explanation(issue, by=by, at=at)
    reporting.follow(issue, row, by=by, at=at)


def lock(issue: Issue) -> None:
    """Read the issue as it is now; whoever moves the same one at this moment waits until we are done.

    Issues that are one piece of work are locked together, in the order of their ids.
    """
    if issue.state not in _AT_ITS_VISIT and not sa.inspect(issue).persistent:
        db.session.flush()
    if not sa.inspect(issue).persistent:
        return
    if issue.work_id is not None:
        lock_work(issue.work_id)
    db.session.flush()  # what we have changed ourselves is not read over
    db.session.refresh(issue, with_for_update=True)


def lock_work(*work_ids: uuid.UUID) -> None:
    """Nobody else moves an issue of these pieces of work until we are done."""
    together = sa.select(Issue.id).where(Issue.work_id.in_(work_ids) | Issue.id.in_(work_ids))
    db.session.execute(together.order_by(Issue.id).with_for_update()).all()


def begin_callback(issue: Issue, *, by: By, at: datetime) -> None:
    """Its owner is to be called back on, by whoever took it in (R13)."""
    if issue.unit is None:
        return
    today = today_of(issue, at)
    make_task(
        issue.unit,
        callback_kind(issue),
        assignee_id=caller_back(issue, today),
        due_on=today + timedelta(days=callback_days(issue)),
        subject_id=issue.id,
        round_=issue.round,
        by=by,
        at=at,
    )


def end_callback(issue: Issue, *, by: By, at: datetime, reason: str) -> None:
    """Nobody needs to call back any more."""
    for task in due_about(issue.id, *CALLBACKS):
        cancel(task, by=by, at=at, reason=reason)


def _begin_explanation(issue: Issue, *, by: By, at: datetime) -> None:
    """It is explained at the door by whoever was sent and visits (R36); all others do it without a task."""
    today = today_of(issue, at)
    sent, due_on = explainer_of(issue, today), today + timedelta(days=limits_of(issue).explanation_days)
    if sent is not None and visits(issue, sent, today):
        let_tell(issue, TaskKind.ISSUE_EXPLANATION, sent, due_on=due_on, by=by, at=at)


def let_wait(issue: Issue, *, at: datetime, since: datetime | None = None, due_at: datetime | None = None) -> None:
    """Say what the issue waits for in its new state; `since` and `due_at` where a limit runs on."""
    is_new = not sa.inspect(issue).persistent
    if not is_new:
        waits.end(issue.id)
    begin = partial(begin_wait, issue, is_new=is_new, since=since or at)
    limit, zone = limits_of(issue), estate_of(issue).time_zone
    if issue.state is State.REPORTED:
        due = at + timedelta(hours=limit.notify_hours)
        begin(ROUTE, reporting.LEADERS, due_at=due)
    elif issue.state is State.ROUTED:
        holder = waits.Holder(role=Role.DEPARTMENT_MANAGER.value, department_id=issue.department_id)
        due = due_at or at + timedelta(hours=limit.measure_hours)
        begin(ACCEPT, holder, due_at=due)
    elif issue.state is State.DISPUTED:
        begin(DECIDE, waits.Holder(role=who_decides(issue).value), due_at=due_at or at)
    elif issue.state is State.ACCEPTED:
        holder = waits.Holder(role=Role.DEPARTMENT_MANAGER.value, department_id=issue.department_id)
        begin(RECTIFY, holder, due_at=end_of(issue.due_on, issue))
    elif issue.state is State.DEFERRED:
        due = at + timedelta(hours=limit.notify_hours)
        begin(AGREE, waits.Holder(role=Role.SUPERVISOR.value), due_at=due)
    elif issue.state is State.EXPLAINED:
        sent = explainer_of(issue, today_of(issue, at))
        holder = waits.Holder(staff_id=sent) if sent else waits.Holder(role=Role.SUPERVISOR.value)
        begin(EXPLAIN, holder, due_at=days_later(at, limit.explanation_days, zone))
    elif issue.state is State.RECTIFIED:
        due = days_later(at, callback_days(issue), zone)
        if issue.owned:
            begin(CALL_BACK, waits.Holder(staff_id=caller_back(issue, today_of(issue, at))), due_at=due)
        else:
            begin(VERIFY, waits.Holder(role=Role.SUPERVISOR.value), due_at=due)


def begin_wait(
    issue: Issue, what: str, holder: waits.Holder, *, since: datetime, due_at: datetime, is_new: bool = False
) -> None:
    """Let an issue wait; one that is a complaint no longer than its grade allows."""
    waits.begin(
        issue.estate_id,
        ("issue", issue.id),
        what,
        holder,
        since=since,
        due_at=within_limit(issue, what, due_at),
        round_=issue.round,
        raised_at=issue.raised_at,
        is_new=is_new,
    )


def count_limits_anew(issue: Issue) -> None:
    """What an issue waits for has the limit that follows from the complaints about its work.

    With another limit it starts anew: nobody above has been told of it yet.
    """
    for wait in waits.on(issue.id):
        due_at = within_limit(issue, wait.what, plain_limit(issue, wait.what, wait.since) or wait.due_at)
        if due_at != wait.due_at:
            wait.due_at, wait.manager_told_at, wait.executive_told_at = due_at, None, None


def plain_limit(issue: Issue, what: str, since: datetime) -> datetime | None:
    """When an issue that waits since a moment must be done with it, were it no complaint; none where a day was set."""
    limit = limits_of(issue)
    if what == RECTIFY and issue.due_on is not None:
        return end_of(issue.due_on, issue)
    hours = {ROUTE: limit.notify_hours, ACCEPT: limit.measure_hours}.get(what)
    return since + timedelta(hours=hours) if hours is not None else None


def need_not_be_told(issue: Issue, *, by: By, at: datetime, reason: str) -> None:
    """The date that its owner was to be told of counts no more; nothing where its first date still counts."""
    if issue.due_on == issue.first_due_on:
        return
    untold = sa.select(Deferral.id).where(Deferral.issue_id == issue.id, Deferral.told_at.is_(None))
    for deferral_id in db.session.scalars(untold).all():
        waits.end(deferral_id)
    need_not_tell(issue, TaskKind.NEW_DATE, by=by, at=at, reason=reason)


def who_decides(issue: Issue) -> Role:
    """Whose word settles a dispute: the manager's inside one company, the executive's between two."""
    claimed = db.session.get(Department, issue.claimed_id) if issue.claimed_id else None
    own = db.session.get(Department, issue.department_id) if issue.department_id else None
    within = claimed is not None and own is not None and claimed.liable is own.liable
    return Role.MANAGER if within else Role.EXECUTIVE


def end_of(day: date | None, issue: Issue) -> datetime:
    """The last moment of a day where the estate stands."""
    assert day is not None, "an accepted issue has a date"
    midnight = datetime.combine(day + timedelta(days=1), time(), ZoneInfo(estate_of(issue).time_zone))
    return midnight.astimezone(UTC)


def write_down(
    issue: Issue,
    kind: str,
    *,
    by: By,
    at: datetime,
    data: dict[str, Any],
    event_id: uuid.UUID | None = None,
) -> None:
    """A line of the issue's history."""
    unit_id = issue.unit_id or (issue.unit.id if issue.unit else None)
    # Tablets hold what belongs to a unit: what nobody owns is none of their documents.
    changes = (Doc("issue", issue.id), Doc("unit", unit_id)) if unit_id else ()
    subject = ("issue", issue.id)
    journal.write(issue.estate_id, kind, subject, by=by, at=at, data=data, changes=changes, event_id=event_id)


def estate_of(issue: Issue) -> Estate:
    """The estate it belongs to."""
    return ahead.get_one(Estate, issue.estate_id)


def limits_of(issue: Issue) -> Limits:
    """The limits of its estate."""
    return limits(estate_of(issue).settings)


def today_of(issue: Issue, at: datetime) -> date:
    """Which day it is where the estate stands."""
    return local_date(at, estate_of(issue).time_zone)
