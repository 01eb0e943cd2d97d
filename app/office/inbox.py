"""The first page: what waits for me."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from flask import render_template, url_for

from app.approvals.actions import MEND, WAITS
from app.approvals.rules import Duty, Paper
from app.core import waits
from app.core.clock import now
from app.core.errors import Words
from app.core.i18n import current_locale, lazy_
from app.core.waits import Wait
from app.issues.actions import ACCEPT, CALL_BACK, RECTIFY, ROUTE, VERIFY
from app.issues.models import Issue
from app.issues.queries import issues_shown, open_by_department
from app.office.door import estate_id, me, office
from app.office.issues import category_paths
from app.office.moments import When
from app.office.plans import progress_this_month
from app.office.records import Row as KeptRow
from app.office.records import rows_of
from app.office.words import headline, role_words
from app.people.access import may
from app.people.queries import departments
from app.people.rules import Act
from app.sync.keeping import DECIDE
from app.sync.kept import kept_by_id
from app.visits.batches import MEND as MEND_RECORD
from app.visits.gathered import batches_by_id, lines_by_id
from app.visits.models import Batch, BatchLine, Plan
from app.visits.queries import plans_by_id

ACTS: dict[str, tuple[Words, Words, str]] = {
    ROUTE: (lazy_("To route"), lazy_("Choose the department"), "#route"),
    ACCEPT: (lazy_("To accept"), lazy_("Accept and settle"), "#accept"),
    RECTIFY: (lazy_("To rectify"), lazy_("Report rectified"), "#rectified"),
    CALL_BACK: (lazy_("To call back"), lazy_("Look at it"), ""),
    VERIFY: (lazy_("To be seen to"), lazy_("Verify or send back"), ""),
    DECIDE: (lazy_("Records to check"), lazy_("Look at it"), ""),
    WAITS[Duty.REVIEW]: (lazy_("To review"), lazy_("Read and review"), ""),
    WAITS[Duty.APPROVE]: (lazy_("To approve"), lazy_("Read and approve"), ""),
    WAITS[Duty.FILE]: (lazy_("To file"), lazy_("File and put to work"), "#pass"),
    WAITS[Duty.SIGN]: (lazy_("To review and sign"), lazy_("Read and sign"), ""),
    WAITS[Duty.ARCHIVE]: (lazy_("To archive"), lazy_("Archive"), "#pass"),
    MEND: (lazy_("Sent back"), lazy_("Put right"), ""),
    MEND_RECORD: (lazy_("Records sent back"), lazy_("Add what is missing"), ""),
}
"""What waits → the words of its count, of its button, where on the page the act stands."""


@dataclass(frozen=True)
class Row:
    """One thing that waits, whatever it is; since when, until when, and the act as its button."""

    wait: Wait
    act: Words
    url: str
    issue: Issue | None = None
    record: KeptRow | None = None
    plan: Plan | None = None
    batch: Batch | None = None
    line: BatchLine | None = None


@dataclass(frozen=True)
class Count:
    """How much waits of one kind, how much of it late."""

    words: Words
    number: int
    late: int


@office.get("/")
@may(Act.SEE_ESTATE)
def inbox() -> str:
    """Counts, then one list in the order to act."""
    here, when = me(), When(me().estate.time_zone, now())
    rows = _rows(waits.inbox(estate_id(), here.holders))
    return render_template(
        "office/inbox.html",
        rows=rows,
        counts=_counts(rows, when.now),
        category_paths=category_paths(),
        with_departments=_with_departments(when.now),
        progress=progress_this_month() if here.may(Act.SEE_PLAN) else None,
        titles=[role_words(role, here.estate.profile) for role in sorted(here.roles, key=lambda role: role.value)],
        when=when,
        headline=headline,
    )


def _rows(waiting: list[Wait]) -> list[Row]:
    issues = issues_shown(wait.subject_id for wait in waiting if wait.subject_type == "issue")
    records, plans = _records(waiting), plans_by_id(wait.subject_id for wait in waiting if wait.subject_type == "plan")
    batches = batches_by_id(wait.subject_id for wait in waiting if wait.subject_type == Paper.RECORDS.value)
    lines = lines_by_id(wait.subject_id for wait in waiting if wait.subject_type == "batch_line")
    rows = []
    for wait in waiting:
        id_, (_words, act, anchor) = wait.subject_id, ACTS[wait.what]
        if id_ in issues:
            rows.append(Row(wait, act, url_for("office.issue", issue_id=id_) + anchor, issue=issues[id_]))
        elif id_ in records:
            rows.append(Row(wait, act, url_for("office.record", op_id=id_), record=records[id_]))
        elif id_ in plans:
            rows.append(Row(wait, act, url_for("office.plan", plan_id=id_) + anchor, plan=plans[id_]))
        elif id_ in batches:
            rows.append(Row(wait, act, url_for("office.batch", batch_id=id_) + anchor, batch=batches[id_]))
        elif id_ in lines:
            line = lines[id_]
            url = url_for("office.batch", batch_id=line.batch_id, _anchor=f"record-{line.id}")
            rows.append(Row(wait, act, url, line=line))
    return rows


def _records(waiting: list[Wait]) -> dict[uuid.UUID, KeptRow]:
    """The kept records that wait for whoever looks, if they may decide about them."""
    ids = [wait.subject_id for wait in waiting if wait.what == DECIDE]
    if not ids or not me().may(Act.DECIDE_RECORDS):
        return {}
    return {row.id: row for row in rows_of(list(kept_by_id(ids).values()))}


def _counts(rows: list[Row], at: datetime) -> list[Count]:
    return [
        Count(words, len(found), sum(row.wait.due_at < at for row in found))
        for what, (words, _act, _anchor) in ACTS.items()
        if (found := [row for row in rows if row.wait.what == what])
    ]


def _with_departments(at: datetime) -> list[tuple[str, int, int]]:
    """Department, open issues with it, late ones among them; the fullest first."""
    counted = open_by_department(estate_id(), at)
    known = departments(estate_id())
    rows = [(one.name(current_locale()), *counted[one.id]) for one in known if one.id in counted]
    return sorted(rows, key=lambda row: -row[1])
