"""Reporting upward: an issue to supervisor and manager, its result to those above them. The caller commits.

A report moves nothing: whoever holds the issue goes on with it.
"""

import uuid
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from app.core import ahead, journal, waits
from app.core.clock import days_later
from app.core.db import attach, db, upsert
from app.core.errors import NotAllowed, Outdated, Refused
from app.core.i18n import _
from app.core.ids import new_id
from app.core.journal import By, Doc
from app.estates.models import Estate
from app.estates.rules import Limits, limits
from app.issues.models import Issue
from app.issues.report_rules import READERS, RESULT, RESULTS, TAKE_UP, readings_of
from app.issues.reported import IssueReport, IssueResult, IssueResultReading, reports_of
from app.issues.rules import ENDED, State, Step
from app.people.rules import Role

LEADERS = waits.Holder(role=Role.SUPERVISOR.value, also_role=Role.MANAGER.value)
"""Both see what is reported to them; either takes it up."""


def report_up(issue: Issue, *, event_id: uuid.UUID, by: By, at: datetime) -> bool:
    """What the officer cannot solve is reported to supervisor and manager (R10), whoever is at it.

    Returns whether anything happened. Raises Outdated for an issue that has ended, or is reported already.
    """
    if journal.happened(event_id):
        return False
    _lock(issue)
    if issue.state in ENDED:
        raise Outdated("issue:ended", _("This issue has ended: nothing is left to report."))
    if is_with_leaders(issue, reports_of(issue.id)):
        raise Outdated("issue:reported_already", _("Supervisor and manager have this issue already."))
    report = _open_report(issue, by=by, at=at)
    _note(issue, "issue:reported_up", by=by, at=at, data={"report": str(report.id)}, event_id=event_id)
    due = at + timedelta(hours=_limits(issue).notify_hours)
    waits.begin(issue.estate_id, ("issue_report", report.id), TAKE_UP, LEADERS, since=at, due_at=due)
    return True


def is_with_leaders(issue: Issue, reports: list[IssueReport]) -> bool:
    """Whether supervisor and manager are asked to act on it now."""
    return issue.state is State.REPORTED or any(report.taken_up_at is None for report in reports)


def take_up(issue: Issue, note: str, *, event_id: uuid.UUID, by: By, at: datetime) -> bool:
    """Supervisor or manager say what they have settled (R11). Raises Outdated if the other was faster."""
    if not note.strip():
        raise Refused("issue:note_missing", _("Say what you have settled."))
    if journal.happened(event_id):
        return False
    _lock(issue)
    waiting = [report for report in reports_of(issue.id) if report.taken_up_at is None]
    if not waiting:
        raise Outdated("issue:taken_up", _("Somebody else has taken up this report already."))
    _take_up(waiting, note.strip(), by=by, at=at)
    _note(issue, "issue:report_taken_up", by=by, at=at, data={"note": note.strip()}, event_id=event_id)
    return True


def report_result(issue: Issue, note: str, *, event_id: uuid.UUID, by: By, at: datetime) -> bool:
    """Supervisor or manager tell those above them what became of an issue that was reported (R12).

    Raises Refused for one that never was.
    """
    if not note.strip():
        raise Refused("issue:note_missing", _("Say what came of it."))
    if journal.happened(event_id):
        return False
    _lock(issue)
    reports = reports_of(issue.id)
    if not reports or by.staff_id is None:
        raise Refused("issue:never_reported", _("This issue was never reported upward."))
    result = IssueResult(
        id=new_id(),
        estate_id=issue.estate_id,
        issue_id=issue.id,
        round=issue.round,
        state=issue.state,
        note=note.strip(),
        by_id=by.staff_id,
        at=at,
    )
    db.session.add(result)
    db.session.flush()
    data = {"result": str(result.id), "note": result.note}
    _note(issue, "issue:result_reported", by=by, at=at, data=data, event_id=event_id)
    if issue.state is not State.REPORTED:
        _take_up([report for report in reports if report.taken_up_at is None], "", by=by, at=at)
    _need_no_result(reports)
    due = days_later(at, _limits(issue).review_days, _estate(issue).time_zone)
    for reader in READERS[_estate(issue).profile]:
        holder = waits.Holder(role=reader.role.value)
        waits.begin(issue.estate_id, ("issue_result", result.id), reader.what, holder, since=at, due_at=due)
    return True


def read_result(result: IssueResult, roles: frozenset[Role], *, by: By, at: datetime) -> bool:
    """A read-mark: who has read a result, and when. Returns whether it is new.

    `roles`: what the reader is; each of those who were to read it has, once one in their function has.
    """
    readers = readings_of(_estate(result.issue).profile, roles)
    if not readers or by.staff_id is None:
        raise NotAllowed("result:not_yours", _("This result was told to others."))
    mark = upsert(IssueResultReading).values(
        id=new_id(), estate_id=result.estate_id, result_id=result.id, staff_id=by.staff_id, at=at
    )
    marked = mark.on_conflict_do_nothing(index_elements=["result_id", "staff_id"]).returning(IssueResultReading.id)
    if db.session.execute(marked).first() is None:
        return False
    for reader in readers:
        waits.end(result.id, reader.what)
    _note(result.issue, "issue:result_read", by=by, at=at, data={"result": str(result.id)})
    return True


def follow(issue: Issue, row: Step, *, by: By, at: datetime) -> None:
    """What a move means for those to whom the issue was or is reported."""
    if row.after is State.REPORTED:
        if row.before in RESULTS:
            _need_no_result(reports_of(issue.id))
        if row.before is not State.REPORTED:
            _open_report(issue, by=by, at=at)
        return
    if row.before is State.RECORDED or row.before is State.ANSWERED:
        return  # it was never reported before
    if not {row.before, row.after} & (RESULTS | {State.REPORTED}):
        return
    reports = reports_of(issue.id)
    if row.before is State.REPORTED or row.after in ENDED:
        _take_up([report for report in reports if report.taken_up_at is None], "", by=by, at=at)
    if reports and row.after in RESULTS:
        _need_no_result(reports[:-1])  # it is told once, though reported again while it was to be told
        due = at + timedelta(hours=_limits(issue).report_hours)
        subject = ("issue_report", reports[-1].id)
        waits.begin(issue.estate_id, subject, RESULT, LEADERS, since=at, due_at=due)
    elif row.before in RESULTS:
        _need_no_result(reports)


def _open_report(issue: Issue, *, by: By, at: datetime) -> IssueReport:
    report = IssueReport(
        id=new_id(), estate_id=issue.estate_id, issue_id=issue.id, round=issue.round, by_id=by.staff_id, at=at, note=""
    )
    attach(report, issue=issue)
    db.session.add(report)
    return report


def _need_no_result(reports: list[IssueReport]) -> None:
    """Nobody is asked any more to tell what came of these."""
    for report in reports:
        waits.end(report.id, RESULT)


def _take_up(reports: list[IssueReport], note: str, *, by: By, at: datetime) -> None:
    for report in reports:
        report.taken_up_at, report.taken_up_by_id, report.note = at, by.staff_id, note
        waits.end(report.id, TAKE_UP)


def _lock(issue: Issue) -> None:
    """Read it as it is now; whoever else moves or reports it waits until we are done."""
    if sa.inspect(issue).persistent:
        db.session.refresh(issue, ["state", "round"], with_for_update=True)


def _note(
    issue: Issue, kind: str, *, by: By, at: datetime, data: dict[str, Any], event_id: uuid.UUID | None = None
) -> None:
    data, subject = {"round": issue.round, **data}, ("issue", issue.id)
    # Tablets show an issue's whole history, this line too; what nobody owns is none of their documents.
    changes = (Doc("issue", issue.id),) if issue.owned else ()
    journal.write(issue.estate_id, kind, subject, by=by, at=at, data=data, changes=changes, event_id=event_id)


def _estate(issue: Issue) -> Estate:
    return ahead.get_one(Estate, issue.estate_id)


def _limits(issue: Issue) -> Limits:
    return limits(_estate(issue).settings)
